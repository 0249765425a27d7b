"""What the fields of meal orders, invoices and refunds mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "invoice_code": (
        "The code printed before the number of an older invoice; a fully digital one has none.",
        "发票代码，仅旧版发票有；数电发票没有，请省略。",
    ),
    "meal-order.batch_no": ("The bank's number of the batch of orders.", "订餐批次号。"),
    "meal-order.meal_on": ("The day on which the meals are eaten.", "用餐日期。"),
    "meal-order.channel": ("Through what parents ordered.", "订餐渠道。"),
    "closed_at": (
        "When ordering closed; later changes are not in it.",
        "订餐截止时间，其后变动不计入。",
    ),
    "meal-order.meals": ("Each meal, by group and price.", "各餐次，按人群和单价分列。"),
    "diner_group": (
        "Who eats, as a group and never a child.",
        "用餐人群，不得细到学生个人。",
    ),
    "ordered": ("Portions ordered.", "订餐份数。"),
    "cancelled": ("Portions cancelled before ordering closed.", "截止前退订份数。"),
    "meal-order.meals.portions": ("Ordered less cancelled.", "订餐减退订的份数。"),
    "meal-order.meals.unit_price_fen": (
        "Price of one portion in fen, a decimal string.",
        "每份价格，单位分，十进制字符串。",
    ),
    "meal-order.meals.amount_fen": (
        "Portions × price in fen, half a fen rounded up.",
        "份数乘单价，四舍五入到分。",
    ),
    "meal-order.portions": ("Sum of the meals' portions.", "份数合计。"),
    "meal-order.amount_fen": ("Sum of the meals' amounts, in fen.", "金额合计，单位分。"),
    "meal-order.lines_root": (
        "RFC 6962 root, in hex, over the lines of the bank's file; these stay off the log.",
        "银行明细文件 lines 逐行的 RFC 6962 根哈希（十六进制），明细不上链。",
    ),
    "invoice_kind": ("What kind of invoice it is.", "发票种类。"),
    "colour": ("blue bills, red takes an earlier invoice back.", "蓝字为开票，红字为冲销。"),
    "cancels_invoice_no": ("The invoice that a red one takes back.", "红字发票所冲销的原发票号。"),
    "buyer_uscc": ("The buyer's credit code as printed.", "购买方统一社会信用代码。"),
    "invoice.issued_on": ("Day on which it was issued.", "开票日期。"),
    "invoice.period_from": ("First day of the deliveries billed.", "所开票配送的起始日。"),
    "invoice.period_until": ("Last day of the deliveries billed.", "所开票配送的截止日。"),
    "invoice.lines": ("The goods billed.", "开票商品明细。"),
    "untaxed_fen": ("The amount without tax, in fen.", "不含税金额，单位分。"),
    "invoice.tax_fen": (
        "The tax that amount_fen contains, in fen.",
        "税额，已含于价税合计，单位分。",
    ),
    "invoice.amount_fen": (
        "The total with tax in fen, the sum of the lines.",
        "价税合计，等于各行合计，单位分。",
    ),
    "refund_no": ("The bureau's number of the refund.", "退款编号。"),
    "refund.account": ("The account that it is paid from, a pseudonym.", "退款所出账户（假名）。"),
    "refund.channel": ("Through what it is paid back.", "退款渠道。"),
    "refund.reason_code": ("Why it is paid back.", "退款原因。"),
    "refund.meals_from": ("First day of the meals paid back.", "所退餐次的起始日。"),
    "refund.meals_until": ("Last day of the meals paid back.", "所退餐次的截止日。"),
    "refund.meals": ("The meals paid back, by group and price.", "所退餐次，按人群和单价分列。"),
    "refund.meals.portions": ("Portions paid back.", "退款份数。"),
    "refund.meals.unit_price_fen": (
        "Price of one portion in fen, a decimal string.",
        "每份价格，单位分，十进制字符串。",
    ),
    "refund.meals.amount_fen": (
        "Portions × price in fen, half a fen rounded up.",
        "份数乘单价，四舍五入到分。",
    ),
    "refund.portions": ("Sum of the portions paid back.", "退款份数合计。"),
    "refund.amount_fen": ("What is paid back in all, in fen.", "退款总额，单位分。"),
    "refund.payments": ("How many payments it is made in.", "退款笔数。"),
    "refund.lines_root": (
        "RFC 6962 root, in hex, over the lines of the file lines; these stay off the log.",
        "明细文件 lines 逐行的 RFC 6962 根哈希（十六进制），明细不上链。",
    ),
    "refund.prepared_by": ("Who prepared the refund.", "退款制单人。"),
    "refund.approved_by": ("Who approved it, somebody else.", "退款审批人，不得为制单人。"),
}
"""By field, or by type and path where a type needs its own words."""
