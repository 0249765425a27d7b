"""Supply: who may deliver, what was ordered and what was sent for it."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "uscc": (
        "The unified social credit code, 18 characters; its check character must hold.",
        "统一社会信用代码，18 位，校验位须正确。",
    ),
    "legal_name": (
        "The company's name as on its business licence.",
        "企业名称，与营业执照一致。",
    ),
    "registered_address": (
        "The registered address.",
        "注册地址。",
    ),
    "legal_representative": (
        "The legal representative's name.",
        "法定代表人姓名。",
    ),
    "contact_name": (
        "Whom to ask.",
        "联系人。",
    ),
    "contact_phone": (
        "The contact's telephone number.",
        "联系电话。",
    ),
    "categories": (
        "Kinds of goods it supplies.",
        "供货品类。",
    ),
    "supplier-registration.payee_account": (
        "The bank account to be paid; a payment to another becomes a finding.",
        "收款账号；付至其他账号即成为问题线索。",
    ),
    "payee_account_name": (
        "The name in which that account is held.",
        "收款账户户名。",
    ),
    "holder": (
        "Whose certificate it is: a supplier, labour firm, school or canteen.",
        "持证主体：供应商、劳务公司、学校或食堂。",
    ),
    "certificate_kind": (
        "Which licence or permit.",
        "证照类别。",
    ),
    "number_scheme": (
        "How the number is checked: uscc, jy, sc, or none.",
        "编号校验规则：uscc 信用代码、jy 经营许可、sc 生产许可、none 不校验。",
    ),
    "valid_from": (
        "First day of validity, where it is not the day of issue.",
        "有效期起始日，与签发日不同时填写。",
    ),
    "certificate.valid_until": (
        "Last day of validity; null where it is open-ended.",
        "有效期截止日；长期有效填 null。",
    ),
    "certificate.scope": (
        "What it permits.",
        "许可范围。",
    ),
    "order_no": (
        "The school's number of the order.",
        "订单号，由学校编制。",
    ),
    "ordered_by": (
        "Who ordered, as a pseudonym; never one of those who accept the delivery.",
        "下单人（假名标识），不得参与该单验收。",
    ),
    "deliver_from": (
        "From when on the delivery is expected.",
        "要求送达时间起。",
    ),
    "deliver_until": (
        "Until when it must have come; later is late.",
        "要求送达时间止，逾时即为迟到。",
    ),
    "order.amount_fen": (
        "The whole order in fen: the sum of its lines.",
        "订单总金额（分），等于各行金额之和。",
    ),
    "tolerance_bp": (
        "How much more or less than ordered is taken, in hundredths of a percent.",
        "允许的数量偏差（万分比）。",
    ),
    "meals_planned": (
        "The number of meals it is ordered for; held against the meals paid for.",
        "计划餐数，与已缴费餐数核对。",
    ),
    "dispatch_no": (
        "The supplier's number of the delivery.",
        "送货单号，由供应商编制。",
    ),
    "vehicle_no": (
        "The vehicle's plate.",
        "车牌号。",
    ),
    "driver": (
        "Who drives, as a pseudonym.",
        "司机（假名标识）。",
    ),
    "vehicle_temperature_mC": (
        "Temperature in the load when it leaves, in thousandths of a degree Celsius.",
        "发车时车厢温度（千分之一摄氏度）。",
    ),
    "produced_on": (
        "Day of production.",
        "生产日期。",
    ),
    "use_by": (
        "Last day it may be used.",
        "保质期截止日。",
    ),
    "producer_name": (
        "Who produced it, as on the label.",
        "生产者名称，按标签填写。",
    ),
    "producer_licence_no": (
        "The producer's licence number, SC and 14 digits for instance.",
        "生产许可证号，如 SC 加 14 位数字。",
    ),
    "dispatch.lines.origin": (
        "Where it comes from.",
        "产地。",
    ),
}
