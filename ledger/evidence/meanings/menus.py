"""What the fields of calendars and menus mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "serving-calendar.calendar_no": ("The bureau's number of the calendar.", "供餐日历编号。"),
    "serving-calendar.term": ("The term it is for, as the bureau writes it.", "所属学期。"),
    "serving-calendar.period_from": ("First day of the term.", "学期首日。"),
    "serving-calendar.period_until": ("Last day of the term.", "学期末日。"),
    "serving-calendar.weekly": (
        "The meals of an ordinary week, by weekday.",
        "常规一周各日的餐次。",
    ),
    "serving-calendar.weekly.weekday": (
        "Day of the week, 1 is Monday and 7 Sunday.",
        "星期，1 为周一，7 为周日。",
    ),
    "serving-calendar.weekly.meals": (
        "The meals served on that weekday; each owes a menu and samples.",
        "当日供应的餐次，每餐均须有食谱和留样。",
    ),
    "serving-calendar.exceptions": (
        "Days on which it is otherwise; they replace the weekday's meals.",
        "例外日期，取代该星期的常规餐次。",
    ),
    "serving-calendar.exceptions.on": ("The excepted day.", "例外日期。"),
    "serving-calendar.exceptions.meals": (
        "The meals served on that day; none: closed.",
        "当日供应的餐次；空表示停餐。",
    ),
    "serving-calendar.exceptions.reason_code": ("Why that day is otherwise.", "例外原因。"),
    "serving-calendar.diners_expected": (
        "How many people a meal is usually cooked for.",
        "每餐通常就餐人数。",
    ),
    "menu.menu_no": (
        "The school's number; the parts of a split menu have one each.",
        "食谱编号；拆分的食谱各有编号。",
    ),
    "menu.period_from": ("First day the menu covers.", "食谱首日。"),
    "menu.period_until": (
        "Last day the menu covers, at most seven in all.",
        "食谱末日，最多七天。",
    ),
    "menu.published_at": (
        "When those who eat could first read it.",
        "向就餐者公示的时间。",
    ),
    "menu.published_where": ("Where it is shown.", "公示位置。"),
    "menu.meals": ("Every meal of the period, each once.", "期间各餐，每餐一项。"),
    "menu.meals.diners_planned": (
        "How many are to eat, staff included.",
        "计划就餐人数（含教职工）。",
    ),
    "menu.meals.dishes": (
        "Every dish of the meal; a sample of each is owed.",
        "该餐全部菜品，每道均须留样。",
    ),
    "menu.meals.dishes.dish_code": (
        "The dish's code, the same until it is served and sampled; part of its subject.",
        "菜品编号，自食谱至供餐、留样保持一致，构成菜品主体。",
    ),
    "menu.meals.dishes.preparation": (
        "How it comes to the table; cold, raw and decorated-cake may be forbidden by policy.",
        "加工方式；凉菜、生食、裱花蛋糕可能被政策禁止。",
    ),
    "portion_g": ("Grams of one portion as served.", "每份供应重量（克）。"),
    "recipe_code": ("The standard recipe it follows.", "所依据的标准食谱编号。"),
    "recipe_version": ("Which version of the standard recipe.", "标准食谱版本。"),
    "menu.meals.dishes.contains": (
        "Allergens and ingredients under a ban, as far as they are in it.",
        "所含过敏原及受限原料。",
    ),
}
