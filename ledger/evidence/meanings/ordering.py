"""What the fields of demand plans and answers to orders mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "plan_no": ("The number of the plan.", "需求计划编号。"),
    "demand-plan.period_from": ("First day that is planned for.", "计划起始日。"),
    "demand-plan.period_until": ("Last day that is planned for.", "计划截止日。"),
    "demand-plan.basis": (
        "Whether portions come from meals ordered or from a forecast.",
        "份数来自订餐或预测。",
    ),
    "demand-plan.meals": ("Each meal and its portions.", "各餐次及份数。"),
    "demand-plan.meals.on": ("The day of the meal.", "用餐日期。"),
    "demand-plan.meals.portions": ("Portions wanted of this meal.", "该餐次份数。"),
    "demand-plan.portions": ("Sum of the meals' portions.", "份数合计。"),
    "needed_quantity": (
        "What the recipes take for the portions, in the line's unit.",
        "按食谱所需数量，单位见 unit。",
    ),
    "stock_quantity": ("What lies in store of it, in the line's unit.", "现有库存，单位见 unit。"),
    "demand-plan.lines.quantity": (
        "What is left to buy: needed less in stock, at least 0.",
        "应采购数量：需求减库存，不小于 0。",
    ),
    "order-response.response_no": ("The supplier's number of its answer.", "供应商接单编号。"),
    "order-response.response": (
        "Whether all of the order is taken, some of it, or none.",
        "全部接单、部分接单或拒单。",
    ),
    "order-response.deliver_from": ("From when the supplier will deliver.", "承诺送达的最早时间。"),
    "order-response.deliver_until": ("By when the supplier will deliver.", "承诺送达的最晚时间。"),
    "ordered_quantity": (
        "What the order asks for, as the supplier read it.",
        "供应商所读到的订购数量。",
    ),
    "confirmed_quantity": ("What the supplier will deliver of it.", "供应商确认供应的数量。"),
    "substitute_item_code": ("What it will deliver instead.", "替代商品编码。"),
    "order-response.lines.reason_code": (
        "Why less or something else will come.",
        "短缺或替代的原因。",
    ),
    "order-response.note": ("What the school should know besides.", "给学校的说明。"),
}
"""By field, or by type and path where a type needs its own words."""
