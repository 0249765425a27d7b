"""Menus: calendars and weeks."""

from typing import Any

import pytest

from ledger.errors import RefusedError
from ledger.evidence import subjects


def meals(days: int, dishes: int) -> list[dict[str, Any]]:
    """A lunch of so many dishes on each of so many days from Monday on."""
    return [
        {
            "meal_on": f"2026-11-{23 + day}",
            "meal": "lunch",
            "diners_planned": 230,
            "dishes": [
                {
                    "dish_code": f"d-{dish}",
                    "dish_name": "菜品",
                    "preparation": "hot",
                    "portion_g": 100,
                    "contains": [],
                }
                for dish in range(dishes)
            ],
        }
        for day in range(days)
    ]


def test_a_menu_and_a_sample_are_about_the_same_meal_and_dish(example: Any, prepare: Any) -> None:
    menu = set(prepare(example("menu")).statement.subjects)
    sample = prepare(example("sample-retained")).statement.subjects

    shared = {name for name in sample if name.startswith(("meal:", "dish:"))}
    assert shared == {
        "meal:2105020001~01~2026-11-23~lunch",
        "dish:2105020001~01~2026-11-23~lunch~d-4",
    }
    assert shared <= menu


def test_every_meal_and_every_dish_is_a_subject(example: Any, prepare: Any) -> None:
    made = prepare(example("menu", meals=meals(2, 3)))

    assert len(made.statement.subjects) == 1 + 2 + 2 * 3
    dish = subjects.dish("canteen:2105020001~01", "2026-11-24", "lunch", "d-2")
    assert dish in made.statement.subjects


def test_a_menu_of_too_many_dishes_is_to_be_split(example: Any, prepare: Any) -> None:
    assert len(prepare(example("menu", meals=meals(3, 20))).statement.subjects) == 64

    with pytest.raises(RefusedError) as refusal:
        prepare(example("menu", meals=meals(4, 15) + meals(5, 1)[4:]))

    said = {fault.pointer: fault for fault in refusal.value.faults}
    assert "split the document" in said["/payload/meals"].message_en
    assert "拆分单据" in said["/payload/meals"].message_zh
    assert said["/payload/meals"].code == "too-many"


def test_half_a_menu_is_no_second_one_of_the_same_number(example: Any, prepare: Any) -> None:
    first = prepare(example("menu", menu_no="SP-2026-48/1"))
    second = prepare(example("menu", menu_no="SP-2026-48/2"))

    assert first.document_key != second.document_key


def test_a_forbidden_dish_is_stored_so_that_it_can_become_a_finding(
    example: Any, faults: Any
) -> None:
    week = meals(1, 1)
    week[0]["dishes"][0] |= {"preparation": "raw", "contains": ["green-beans"]}

    assert not faults(example("menu", meals=week))


def test_a_calendar_is_the_bureau_s_and_about_the_school(example: Any, prepare: Any) -> None:
    made = prepare(example("serving-calendar"))

    assert made.posters == {"bureau-admission"}
    assert made.statement.subjects == ("canteen:2105020001~01", "school:2105020001")


def test_a_closed_day_has_no_meals(example: Any, faults: Any) -> None:
    closed = [{"on": "2026-11-24", "meals": [], "reason_code": "weather"}]

    assert not faults(example("serving-calendar", exceptions=closed))
