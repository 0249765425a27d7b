"""What the fields of demand plans and answers to orders mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "portions": ("How many meals.", "份数。"),
    "demand-plan.plan_no": ("The school's number of the plan.", "需求计划编号。"),
    "demand-plan.basis": (
        "What the number of meals rests on: paid meal orders, or a forecast.",
        "份数依据：已缴费订餐（meal-orders）或预测（forecast）。",
    ),
    "demand-plan.meals": ("The meals that are planned for.", "计划所含餐次。"),
    "demand-plan.meals.on": ("Day of the meal.", "供餐日期。"),
    "demand-plan.portions": ("Meals in all.", "总份数。"),
    "demand-plan.lines.needed_quantity": (
        "What the recipes need, in `unit`.",
        "按食谱所需数量，单位见 `unit`。",
    ),
    "demand-plan.lines.stock_quantity": (
        "What is in the store already, in `unit`.",
        "现有库存，单位见 `unit`。",
    ),
    "order-response.lines.ordered_quantity": (
        "What was ordered, in `unit`.",
        "订单数量，单位见 `unit`。",
    ),
    "order-response.lines.confirmed_quantity": (
        "What the supplier will deliver, in `unit`; 0 refuses the line.",
        "供应商确认供货数量，单位见 `unit`；0 表示不接该行。",
    ),
    "order-response.lines.substitute_item_code": (
        "Item that is offered instead.",
        "拟替代的品项代码。",
    ),
    "order-response.lines.reason_code": (
        "Why less or something else is confirmed.",
        "减量或替代的原因。",
    ),
    "order-response.note": ("What the school should know besides.", "对学校的补充说明。"),
}
