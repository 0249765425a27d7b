"""What types, families, roles, links and files are called in Chinese, for pages and screens."""

from collections.abc import Mapping
from typing import Final

TYPES_ZH: Final[Mapping[str, str]] = {
    "supplier-registration": "供应商登记", "certificate": "资质证照", "certificate-review": "证照审查",
    "tender": "招标", "tender-award": "中标结果", "reference-price": "参考价", "contract": "合同",
    "admission": "准入", "supplier-selection": "供应商遴选", "supplier-evaluation": "供应商评价",
    "demand-plan": "需求计划", "order": "订单", "order-response": "接单答复", "dispatch": "发货",
    "lot-document": "批次票证", "weigh-in": "过秤", "acceptance": "验收", "rejection": "拒收",
    "stock-move": "库存变动", "recall": "召回", "meal-order": "订餐", "meal-payment": "餐费缴纳",
    "account-entry": "专户流水", "invoice": "发票", "settlement": "结算", "refund": "退款",
    "staff-registration": "从业人员登记", "health-certificate": "健康证", "shift-roster": "排班",
    "morning-check": "晨检", "serving-calendar": "供餐日历", "recipe-standard": "标准食谱",
    "menu": "菜单", "cooking-step": "烹制步骤", "meal-service": "供餐", "sample-retained": "留样",
    "sample-disposed": "留样处置", "temperature-log": "温度记录", "companion-meal": "陪餐",
    "waste-log": "餐余记录", "satisfaction-survey": "满意度调查", "nutrition-profile": "营养档案",
    "consent": "知情同意", "calibration": "检定校准", "device-status": "设备状态", "outage": "设备中断",
    "inspection-alert": "巡检预警", "official-inspection": "监督检查", "self-inspection": "自查",
    "incident": "食品安全事件", "temperature-alarm": "温度报警", "expiry-warning": "到期预警",
    "missing-evidence": "证据缺失", "suspicion": "疑点线索", "reconciliation": "对账",
    "work-order": "整改工单", "rectification": "整改", "rectification-review": "整改复核",
    "risk-assessment": "风险评估", "risk-response": "风险处置", "freeze-lift": "解除冻结",
    "rating": "评级", "credit-entry": "信用记录", "dispute": "异议", "ruling": "裁定",
    "dashboard-snapshot": "看板快照", "kpi-report": "指标报告",
    "responsibility-assignment": "责任分工", "correction": "更正", "confirmation": "会签确认",
    "genesis": "创世记录", "anchor-target": "锚定目标", "log-key": "账本密钥更换", "mandate": "委托授权",
    "party-registration": "主体登记", "role-grant": "角色授予", "key-registration": "密钥登记",
    "key-revocation": "密钥吊销", "device-registration": "设备登记", "policy": "规则",
    "erasure": "删除", "access-denied": "越权拒绝", "subject-index": "主体索引",
    "audit-report": "审计报告", "backup-receipt": "备份回执",
}  # fmt: skip
"""From a type's name to its Chinese one."""

FAMILIES_ZH: Final[Mapping[str, str]] = {
    "supply": "供应", "money": "资金", "staff": "人员", "kitchen": "厨房", "devices": "设备",
    "oversight": "监督", "shared": "通用", "governance": "治理",
}  # fmt: skip

ROLES_ZH: Final[Mapping[str, str]] = {
    "bureau-funds": "教育局资金部门", "bank": "银行", "bureau-admission": "教育局准入部门",
    "supplier": "供应商", "labour": "劳务公司", "school": "学校", "school-acceptance": "学校验收",
    "kitchen": "后厨", "device": "设备", "camera": "摄像网关", "regulator": "监管部门",
    "auditor": "审计方", "engine": "规则引擎", "admin": "管理员", "operator": "运营方",
    "authority": "授权机构", "principal": "委托方", "key-holder": "密钥持有者",
    "anyone": "任何有角色的主体",
}  # fmt: skip
"""Roles, and the offices that governance knows beside them."""

SIDES_ZH: Final[Mapping[str, str]] = {
    "money": "管钱", "procurement": "采购准入", "goods": "管物", "oversight": "监督", "service": "服务",
}  # fmt: skip
"""The sides of the wall."""

LINKS: Final[Mapping[str, tuple[str, str]]] = {
    "renews": ("takes the place of one that lapses", "续期，接替即将到期者"),
    "reviews": ("has looked at it and decides", "审查并作出结论"),
    "under": ("rests on this agreement, award or rule", "依据该协议、中标或规则"),
    "selects": ("chooses it", "选定"),
    "acknowledges": ("has taken note of it", "知悉或接单"),
    "fulfils": ("carries it out", "履行"),
    "accepts": ("takes the goods in", "验收货物"),
    "rejects": ("refuses the goods", "拒收货物"),
    "settles": ("is the reckoning of it", "据以结算"),
    "pays": ("is the money for it", "据以支付"),
    "bills": ("demands the money for it", "据以开票"),
    "opens": ("makes it a task", "由此立案或开工单"),
    "answers": ("is the answer to it", "答复"),
    "lifts": ("ends it", "解除"),
    "disputes": ("contradicts it", "提出异议"),
    "rules-on": ("decides the dispute about it", "就争议作出裁定"),
    "replaces": ("is the right record in its place", "以正确记录替换"),
    "corrects": ("takes it back", "更正"),
    "erases": ("says that it was erased, and why", "声明已删除及原因"),
    "cites": ("was computed from it", "以其为依据"),
    "samples": ("is a sample of it", "由其留样"),
    "disposes": ("clears it away", "处置"),
    "uses": ("was made with it", "使用"),
    "confirms": ("signs it as a second", "会签确认"),
    "calibrates": ("verified this device", "检定该设备"),
    "supersedes": ("counts from now on instead of it", "取代旧版本"),
}
"""What a link says of the record that has it."""

FILES_ZH: Final[Mapping[str, str]] = {
    "photo": "照片", "face": "面部照片", "palm": "手心照片", "back": "手背照片", "frame": "画面",
    "clip": "视频片段", "scan": "扫描件", "lines": "明细", "statement": "对账单",
    "lot-document": "批次票证", "business-licence": "营业执照", "report": "报告",
    "contract": "合同", "notice": "公示或通知", "sheet": "标准表", "form": "表样", "raw": "原始数据",
    "decision": "决定书", "minutes": "会议纪要", "screenshot": "查询截图", "invoice": "发票",
}  # fmt: skip
"""Roles of files."""
