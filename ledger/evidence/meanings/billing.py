"""What the fields of meal orders, invoices and refunds mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "diner_group": (
        "Who eats, as a group: never a child.",
        "用餐人群，仅为群体，绝不涉及具体学生。",
    ),
    "meal-order.closed_at": ("When ordering closed.", "订餐截止时间。"),
    "meal-order.meals": ("Orders by meal and group.", "各餐次、各人群的订餐数。"),
    "meal-order.meals.portions": (
        "Meals that are to be cooked: ordered less cancelled.",
        "应备份数：订餐数减退订数。",
    ),
    "meal-order.meals.ordered": ("Meals that were ordered.", "订餐份数。"),
    "meal-order.meals.cancelled": ("Meals that were cancelled again.", "退订份数。"),
    "meal-order.portions": ("Meals to be cooked in all.", "应备总份数。"),
    "invoice.invoice_kind": ("What kind of invoice it is.", "发票种类。"),
    "invoice.colour": (
        "Blue bills goods; red takes back an earlier invoice.",
        "蓝字为正常发票，红字冲销先前发票。",
    ),
    "invoice.cancels_invoice_no": (
        "The invoice that a red one takes back.",
        "红字发票所冲销的发票号。",
    ),
    "invoice.buyer_uscc": ("Unified social credit code of the buyer.", "购买方统一社会信用代码。"),
    "invoice.untaxed_fen": ("Amount without tax, in fen.", "不含税金额，单位分。"),
    "refund.refund_no": ("The bank's number of the refund.", "退款编号。"),
    "refund.reason_code": ("Why the money goes back.", "退款原因。"),
    "refund.meals": ("Meals that are paid back, by day and group.", "退款所涉餐次与人群。"),
    "refund.meals.portions": ("Meals that are paid back.", "退款份数。"),
    "refund.portions": ("Meals paid back in all.", "退款总份数。"),
}
