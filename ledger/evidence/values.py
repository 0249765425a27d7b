"""What coded values are called in Chinese, for pages and screens; the codes are English words.

Keyed by the code, or by `field.code` where the same code means something else in a field.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.evidence.names import ROLES_ZH

_ZH: Final[Mapping[str, str]] = {
    **ROLES_ZH,
    # Goods, certificates, tenders
    "grain": "粮食", "oil": "食用油", "meat": "畜肉", "poultry": "禽肉", "egg": "蛋品",
    "aquatic": "水产", "vegetable": "蔬菜", "fruit": "水果", "dairy": "乳制品", "bean-product": "豆制品",
    "condiment": "调味品", "frozen": "冷冻食品", "prepared": "预制食品", "prepackaged-food": "预包装食品",
    "bulk-food": "散装食品", "catering": "餐饮服务", "edible-oil": "食用油",
    "business-licence": "营业执照", "food-business-permit": "食品经营许可证",
    "food-production-permit": "食品生产许可证", "labour-dispatch-permit": "劳务派遣许可证",
    "liability-insurance": "责任保险", "haccp": "HACCP 认证", "iso-22000": "ISO 22000 认证",
    "health-certificate": "健康证", "uscc": "统一社会信用代码", "jy": "食品经营许可编号",
    "sc": "食品生产许可编号", "number_scheme.none": "不校验", "ocr": "自动识别", "manual": "人工",
    "scope.labour": "劳务服务", "scope.record": "整条记录", "scope.fields": "部分字段",
    # Receiving
    "g": "克", "ml": "毫升", "piece": "件", "box": "箱", "kg": "千克", "l": "升", "inbound": "入库",
    "outbound": "出库", "return": "退货", "waste": "废弃", "device": "设备", "pass": "合格",
    "fail": "不合格", "full": "全部接收", "partial": "部分接收", "returned": "退回", "destroyed": "销毁",
    "held": "封存", "spoiled": "变质", "foreign-body": "异物", "temperature": "温度不符",
    "expired": "过期", "no-document": "票证不全", "label": "标签不符", "short-weight": "短斤少两",
    "wrong-item": "品种不符", "late": "迟到", "other": "其他", "stored": "已存皮重", "weighed": "现场称皮",
    "preset": "预置皮重", "tare_source.none": "无皮重", "synchronised": "已同步",
    "unsynchronised": "未同步", "unknown": "未知", "yaohua-continuous": "耀华连续方式",
    "yaohua-reversed": "耀华反序方式", "yaohua-a12e": "耀华 A12E", "yaohua-command": "耀华指令方式",
    "toledo-continuous": "托利多连续方式", "mt-sics": "梅特勒 MT-SICS", "and": "艾安得", "cas": "凯士",
    "ohaus": "奥豪斯", "pin": "密码", "face": "人脸", "card": "刷卡", "signature": "签名", "seal": "盖章",
    "fingerprint": "指纹", "initial-verification": "首次检定", "periodic-verification": "周期检定",
    "calibration": "校准", "certificate_kind.calibration": "检定证书",
    # Money
    "credit": "收入", "debit": "支出", "bank-api": "银行接口", "statement-file": "对账单文件",
    "wechat": "微信", "alipay": "支付宝", "unionpay": "银联", "bank-app": "手机银行", "counter": "柜面",
    "rejected": "拒收", "quality": "质量", "penalty": "违约扣款", "rounding": "尾差",
    # Staff and kitchen
    "fit": "可上岗", "unfit": "不可上岗", "fever": "发热", "diarrhoea": "腹泻", "vomiting": "呕吐",
    "jaundice": "黄疸", "sore-throat": "咽痛", "skin-infection": "皮肤感染", "cough": "咳嗽",
    "breakfast": "早餐", "lunch": "午餐", "dinner": "晚餐", "snack": "加餐", "scale": "电子秤",
    "cabinet": "留样柜", "thermometer": "温度计", "morning-checker": "晨检仪", "camera": "摄像头",
    "role.camera": "摄像网关",
    # Alerts and work orders
    "minor": "一般", "major": "较大", "critical": "重大", "normal": "正常", "no-hat": "未戴工作帽",
    "no-mask": "未戴口罩", "no-uniform": "未穿工作服", "bare-torso": "赤膊", "smoking": "吸烟",
    "phone": "使用手机", "rodent": "鼠患", "open-bin": "垃圾桶未盖", "covered-lens": "镜头遮挡",
    "night-motion": "夜间异动", "wear-protection": "穿戴防护", "clean": "清洁", "repair": "维修",
    "train": "培训", "replace": "更换", "dispose": "处置", "document": "补齐资料", "as-inspected": "按检查意见整改",
    "lower-risk": "降低风险", "photo": "照片", "scan": "扫描件", "clip": "视频",
    # Inspections and incidents
    "not-applicable": "不适用", "rectify": "整改", "routine": "日常", "follow-up": "复查",
    "complaint": "投诉举报", "special": "专项", "joint": "联合", "daily-control": "日管控",
    "weekly-check": "周排查", "monthly-meeting": "月调度", "hygiene": "环境卫生", "storage": "储存",
    "labels": "标签标识", "purchase-records": "进货查验记录", "health-certificates": "健康证",
    "morning-check": "晨检", "samples": "留样", "disinfection": "清洗消毒", "pest-control": "病媒防制",
    "additives": "食品添加剂", "ventilation": "通风排烟", "item_code.waste": "餐厨废弃物",
    "illness": "疑似食源性疾病", "spoiled-food": "食品变质", "chemical": "化学性危害", "injury": "伤害",
    "allergy": "过敏", "abdominal-pain": "腹痛", "rash": "皮疹",
    "dizziness": "头晕", "serving-stopped": "停止供餐", "samples-sealed": "封存留样",
    "kitchen-sealed": "封闭后厨", "goods-sealed": "封存食材", "medical-care": "送医救治",
    "parents-informed": "告知家长", "education-bureau": "教育局", "market-regulator": "市场监管部门",
    "health-commission": "卫生健康部门", "above": "高于上限", "below": "低于下限",
    "sample-cabinet": "留样柜", "cold-store": "冷藏库", "freezer": "冷冻库", "hot-holding": "热食保温",
    "vehicle": "运输车辆",
    # Findings
    "sample-of-dish": "菜品留样", "check-of-shift": "当班晨检", "weigh-in-of-order": "订单过秤",
    "acceptance-of-delivery": "送货验收", "settlement-of-acceptance": "验收结算",
    "closure-of-work-order": "工单销号", "companion-of-meal": "陪餐", "menu-of-day": "当日菜单",
    "self-inspection-of-period": "期间自查", "temperature-of-cabinet": "柜温记录",
    "bank-entry-of-settlement": "结算付款", "disposition-of-alert": "预警处置",
    "sample-too-small": "留样不足量", "sample-disposed-early": "留样提前处置",
    "temperatures-uniform": "温度过于一致", "photo-reused": "照片重复使用", "photo-similar": "照片高度相似",
    "weights-identical": "重量完全相同", "weights-round": "重量过整", "timing-impossible": "时间不可能",
    "device-silent": "设备静默", "back-dated": "突击补录",
    "clock-skewed": "时钟偏差", "limit-raised": "调高限值", "entered-by-hand": "手工录入",
    "price-above-reference": "高于参考价", "balance-broken": "余额不连续",
    "accepted-without-order": "无订单验收", "supplier-differs": "供应商与订单不符",
    "short-delivery": "短交", "accepted-above-weighed": "验收量高于过秤量",
    "price-above-award": "高于中标价", "settled-without-acceptance": "无验收结算",
    "settled-twice": "重复结算", "settled-above-accepted": "结算量高于验收量",
    "settled-for-another": "结算对象不符", "price-above-order": "结算价高于订单价",
    "invoice-used-twice": "发票重复使用", "paid-twice": "重复付款", "overpaid": "超额付款",
    "payee-differs": "收款账户不符", "debit-without-settlement": "无结算支出",
    "meals-paid-not-served": "已缴费未供餐", "meals-served-not-paid": "供餐多于缴费",
    "ingredients-short": "食材少于食谱用量", "ingredients-over": "食材多于食谱用量",
    "settled-then-corrected": "结算后更正", "ruling-by-a-party": "裁定人参与过争议记录", "matched": "相符",
    "mismatched": "不符",
    "supplier-not-admitted": "供应商未准入", "supplier-suspended": "供应商已被暂停",
    "supplier-removed": "供应商已被剔除", "admission-over": "准入期限已满",
    "certificate-rejected": "证照审查未通过", "certificate-missing": "未提交证照",
    "goods-outside-permit": "超出许可范围", "health-certificate-lapsed": "健康证过期",
    "health-certificate-missing": "未提交健康证",
    "photo-older-than-order": "照片早于工单", "reviewed-by-own-organisation": "由本单位复核",
    "served-while-frozen": "冻结期间供餐",
    # Risk
    "closed": "销号", "reopened": "退回", "missing-evidence": "证据缺失", "suspicions": "疑点线索",
    "overdue-work-orders": "逾期工单", "inspection-results": "检查结果", "temperature-alarms": "温度报警",
    "rejections": "拒收", "incidents": "食品安全事件", "lapsed-certificates": "证照过期",
    "inspection-alerts": "巡检预警",
    "freeze": "冻结", "response.joint": "多部门联合处置", "serving": "供餐", "ordering": "订货",
    "public-security": "公安机关", "discipline-inspection": "纪检监察", "rectified": "已整改",
    "inspection-passed": "检查合格", "tests-passed": "检验合格", "issued-in-error": "冻结有误",
    # Credit
    "punctuality": "准时", "documents": "票证", "price": "价格", "evaluations": "学校评价", "a": "甲级",
    "b": "乙级", "c": "丙级", "d": "丁级", "delivered": "正常履约", "certificate-lapsed": "证照过期",
    "suspicion": "疑点线索", "incident": "食品安全事件", "evaluation": "学校评价", "ruling": "裁定",
    "in-full": "足量", "rectification": "整改", "factor_code.credit": "信用分", "factor_code.quality": "质量",
    "entry_kind.late": "迟到", "entry_kind.short-weight": "未足量", "undelivered": "未送货",
    "document-missing": "票证缺失", "inspection": "监督检查", "recall": "召回",
    "rectification-late": "整改逾期", "withdrawn": "依据已撤回",
    "entry_kind.expired": "到期失效", "wrong-weight": "重量有误", "wrong-time": "时间有误",
    "wrong-party": "主体有误", "wrong-reason": "原因有误", "wrong-price": "价格有误",
    "wrong-score": "评分有误", "not-delivered-by-us": "非本方供货", "counted-twice": "重复计算",
    "withdraw": "撤回", "correct": "更正", "recompute": "重算", "inspect-again": "复检",
    "recompute-credit": "重算信用", "pay": "付款", "upheld": "成立", "partly-upheld": "部分成立",
    "decision.rejected": "不成立",
    # Figures and duties
    "meals-served": "供餐份数", "amount-settled": "结算金额", "orders-open": "未完成订单",
    "deliveries-accepted": "验收次数", "deliveries-rejected": "拒收次数", "figure_code.waste": "废弃物重量",
    "alerts": "预警次数", "figure_code.temperature-alarms": "温度报警次数", "work-orders-opened": "新开工单",
    "figure_code.suspicions": "疑点线索数",
    "alerts-open": "未处置预警", "work-orders-overdue": "逾期工单", "evidence-missing": "证据缺失",
    "certificates-lapsing": "即将到期证照", "count": "个数", "fen": "分", "ppm": "百万分比", "s": "秒",
    "day": "天", "price-against-reference": "价格与参考价之比", "share-eaten": "进食率",
    "satisfaction": "满意度", "waste-per-day": "日均餐余", "queue-per-meal": "每餐排队时长",
    "samples-kept": "留样完成率", "checks-made": "晨检完成率", "food-safety-director": "食品安全总监",
    "food-safety-officer": "食品安全员", "acceptance": "验收", "cooking": "烹制",
    "settlement": "结算", "payment": "付款", "companion-meal": "陪餐", "money": "管钱",
    "procurement": "采购准入", "goods": "管物", "oversight": "监督",
    # Shared and governance
    "content": "内容", "receipt": "收讫", "quantity": "数量", "handover": "交接",
    "alarm-seen": "报警已知悉", "did-not-occur": "并未发生", "incorrect-data": "数据有误",
    "data-subject-request": "本人要求", "guardian-request": "监护人要求",
    "consent-withdrawn": "撤回同意", "purpose-fulfilled": "目的已实现", "service-ended": "停止服务",
    "unlawful-processing": "违法处理", "not-needed": "不再必要", "authority-order": "主管机关决定",
    "retention-expired": "保存期满", "court-order": "法院裁决",
    "public": "公开", "restricted": "受限", "reproduced": "一致", "not-reproduced": "不一致",
}  # fmt: skip


def in_chinese(field: str, codes: Iterable[str]) -> dict[str, str]:
    """Those of a field's codes that have a Chinese name, and the name."""
    found = {code: _ZH.get(f"{field}.{code}", _ZH.get(code)) for code in codes}
    return {code: name for code, name in found.items() if name is not None}
