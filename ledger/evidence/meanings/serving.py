"""What the fields of meal services and waste logs mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "transfer_no": (
        "Number of the paper that the collector signed for it.",
        "餐厨废弃物收运联单编号。",
    ),
    "meal-service.sitting_no": (
        "Which sitting or counter of the meal, counted from 1.",
        "分批就餐或窗口序号，从 1 起。",
    ),
    "meal-service.started_at": ("When the first portion was served.", "首份供应时间。"),
    "meal-service.ended_at": ("When serving ended.", "供餐结束时间。"),
    "meal-service.diners": (
        "How many people were served, children and staff alike; never who.",
        "实际就餐人数（含教职工），不涉及个人。",
    ),
    "meal-service.staff_meals": ("How many of the diners were staff.", "其中教职工人数。"),
    "meal-service.dishes": ("Every dish that was served, each once.", "实际供应的菜品，每道一项。"),
    "meal-service.dishes.portions_made": ("How many portions there were.", "制作份数。"),
    "meal-service.dishes.portions_served": (
        "How many portions were handed out; what remains is unserved waste.",
        "供出份数，余下为未供应部分。",
    ),
    "meal-service.dishes.holding_temperature_mC": (
        "Temperature of the dish while served, in thousandths of a degree Celsius.",
        "供餐时菜品温度（千分之一摄氏度）。",
    ),
    "meal-service.queue_longest_s": (
        "The longest that anyone waited in the queue, in seconds.",
        "最长排队时间（秒）。",
    ),
    "meal-service.queue_method": (
        "How the queue was measured; without it the figure cannot be repeated.",
        "排队时间的测量方法。",
    ),
    "waste-log.waste_kind": (
        "What kind of waste: plate waste, unserved food, trimmings and so on.",
        "废弃物种类。",
    ),
    "waste-log.container_code": ("Code on the bin.", "垃圾桶编号。"),
    "waste-log.weighed_at": ("When the bin was weighed.", "称重时间。"),
    "waste-log.gross_g": ("Bin with waste, in grams.", "毛重（克）。"),
    "waste-log.tare_g": ("Empty bin, in grams.", "皮重（克）。"),
    "waste-log.net_g": ("Waste alone, in grams: gross less tare.", "净重（克），毛重减皮重。"),
    "waste-log.weigh_in": (
        "Record of the scale's own reading, where there is one.",
        "对应的称重记录编号（如有）。",
    ),
    "waste-log.disposal": ("What becomes of it.", "处置方式。"),
    "waste-log.collector_name": (
        "The firm that took it away; required where it is collected.",
        "收运单位；收运时必填。",
    ),
    "waste-log.collector_licence_no": ("The collector's licence.", "收运单位许可编号。"),
}
