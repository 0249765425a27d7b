"""Examples of menus: the term's calendar, and what is to be eaten on Monday and Tuesday."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    ADMISSION,
    CANTEEN,
    CLERK,
    DAY,
    HEAD,
    SCHOOL,
    record,
)

SERVING_CALENDAR: Final[dict[str, Any]] = {
    "id": record(0xA2),
    "type": "serving-calendar",
    "occurred_at": "2026-08-24T10:00:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "bureau": ADMISSION,
        "calendar_no": "GC-2026-2-01",
        "school": SCHOOL,
        "canteen": CANTEEN,
        "term": "2026-2027-1",
        "period_from": "2026-09-01",
        "period_until": "2027-01-15",
        "weekly": [{"weekday": day, "meals": ["lunch"]} for day in range(1, 6)],
        "exceptions": [
            {"on": "2026-10-01", "meals": [], "reason_code": "holiday"},
            {"on": "2026-10-02", "meals": [], "reason_code": "holiday"},
            {"on": "2026-10-10", "meals": ["lunch"], "reason_code": "made-up-day"},
        ],
        "diners_expected": 236,
        "accountable": CLERK,
    },
}

SERVING_CALENDAR_REFUSED: Final = (
    Refused(
        "a term that ends before it begins",
        {"/payload/period_until": "2026-08-31", "/payload/exceptions": []},
        "/payload/period_until",
        "period",
    ),
    Refused(
        "a calendar of two years",
        {"/payload/period_until": "2028-09-01"},
        "/payload/period_until",
        "too-long",
    ),
    Refused(
        "another school's canteen",
        {"/payload/canteen": "canteen:2105020002~01"},
        "/payload/canteen",
        "other-school",
    ),
    Refused(
        "an eighth day of the week",
        {"/payload/weekly/4/weekday": 8},
        "/payload/weekly/4/weekday",
        "too-large",
    ),
    Refused(
        "one weekday twice",
        {"/payload/weekly/4/weekday": 1},
        "/payload/weekly/4/weekday",
        "twice",
    ),
    Refused(
        "one day excepted twice",
        {"/payload/exceptions/1/on": "2026-10-01"},
        "/payload/exceptions/1/on",
        "twice",
    ),
    Refused(
        "one meal twice on a day",
        {"/payload/weekly/0/meals": ["lunch", "lunch"]},
        "/payload/weekly/0/meals/1",
        "twice",
    ),
    Refused(
        "one meal twice on an excepted day",
        {"/payload/exceptions/2/meals": ["lunch", "lunch"]},
        "/payload/exceptions/2/meals/1",
        "twice",
    ),
    Refused(
        "an exception outside the term",
        {"/payload/exceptions/0/on": "2027-02-01"},
        "/payload/exceptions/0/on",
        "outside-period",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)


def _dish(code: str, name: str, portion_g: int, *contains: str, **more: Any) -> dict[str, Any]:
    return {
        "dish_code": code,
        "dish_name": name,
        "preparation": "hot",
        "portion_g": portion_g,
        "contains": list(contains),
        **more,
    }


MENU: Final[dict[str, Any]] = {
    "id": record(0xA3),
    "type": "menu",
    "occurred_at": "2026-11-19T16:00:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "menu_no": "SP-2026-48",
        "canteen": CANTEEN,
        "period_from": DAY,
        "period_until": "2026-11-27",
        "published_at": "2026-11-19T15:30:00+08:00",
        "published_where": "canteen-wall",
        "meals": [
            {
                "meal_on": DAY,
                "meal": "lunch",
                "diners_planned": 230,
                "dishes": [
                    _dish("d-1", "米饭", 180),
                    _dish("d-2", "清炒油菜", 120),
                    _dish("d-3", "紫菜蛋花汤", 200, "egg"),
                    _dish(
                        "d-4", "红烧肉", 90, "pork", "soy", recipe_code="R-017", recipe_version=2
                    ),
                ],
            },
            {
                "meal_on": "2026-11-24",
                "meal": "lunch",
                "diners_planned": 230,
                "dishes": [_dish("d-1", "米饭", 180), _dish("d-5", "番茄炒蛋", 140, "egg")],
            },
        ],
        "accountable": HEAD,
    },
    "links": [
        {"rel": "under", "id": record(0xA2)},
        {"rel": "under", "id": record(0xA4)},
    ],
}

_FIVE_DAYS_OF_THIRTEEN: Final = [
    {
        "meal_on": f"2026-11-{day}",
        "meal": "lunch",
        "diners_planned": 230,
        "dishes": [_dish(f"d-{number}", "菜品", 100) for number in range(1, 14)],
    }
    for day in range(23, 28)
]

MENU_REFUSED: Final = (
    Refused("a menu without meals", {"/payload/meals": []}, "/payload/meals", "too-few"),
    Refused(
        "a meal without dishes",
        {"/payload/meals/1/dishes": []},
        "/payload/meals/1/dishes",
        "too-few",
    ),
    Refused(
        "a week of nine days",
        {"/payload/period_until": "2026-12-01"},
        "/payload/period_until",
        "too-long",
    ),
    Refused(
        "a week that ends before it begins",
        {"/payload/period_until": "2026-11-22"},
        "/payload/period_until",
        "period",
    ),
    Refused(
        "published after the record that says so",
        {"/payload/published_at": "2026-11-22T08:00:00+08:00"},
        "/payload/published_at",
        "not-yet",
    ),
    Refused(
        "a meal of another week",
        {"/payload/meals/1/meal_on": "2026-12-01"},
        "/payload/meals/1/meal_on",
        "outside-period",
    ),
    Refused(
        "one meal twice",
        {"/payload/meals/1/meal_on": DAY},
        "/payload/meals/1/meal",
        "twice",
    ),
    Refused(
        "two dishes of one code in a meal",
        {"/payload/meals/0/dishes/1/dish_code": "d-1"},
        "/payload/meals/0/dishes/1/dish_code",
        "twice",
    ),
    Refused(
        "more dishes than a document has subjects",
        {"/payload/meals": _FIVE_DAYS_OF_THIRTEEN},
        "/payload/meals",
        "too-many",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
