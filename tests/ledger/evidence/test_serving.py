"""Serving: meals and waste."""

from typing import Any

GATEWAY = "gateway:bx-0001"


def test_a_meal_served_is_about_the_meal_and_every_dish(example: Any, prepare: Any) -> None:
    made = prepare(example("meal-service"))

    assert {name.partition(":")[0] for name in made.statement.subjects} == {
        "canteen", "dish", "meal",
    }  # fmt: skip
    assert len(made.statement.subjects) == 6


def test_each_sitting_is_a_document_of_its_own(example: Any, prepare: Any) -> None:
    first, second = (prepare(example("meal-service", sitting_no=number)) for number in (1, 2))

    assert first.document_key != second.document_key


def test_waste_is_weighed_by_hand_or_by_the_scale_that_is_named(example: Any, faults: Any) -> None:
    by_hand = example("waste-log", scale=...)

    assert not faults(by_hand)
    assert faults({**by_hand, "issuer": GATEWAY}) == {("/payload/scale", "missing")}


def test_a_scale_s_waste_needs_no_name(example: Any, faults: Any) -> None:
    assert not faults({**example("waste-log", accountable=...), "issuer": GATEWAY})


def test_waste_that_nobody_collects_has_no_collector(example: Any, faults: Any) -> None:
    composted = example("waste-log", disposal="composted", collector_name=...)

    assert not faults(composted)


def test_waste_is_about_the_meal_it_is_left_of(example: Any, prepare: Any) -> None:
    made = prepare(example("waste-log"))

    assert made.statement.subjects == (
        "canteen:2105020001~01",
        "device:bx-0001-scale-1",
        "meal:2105020001~01~2026-11-23~lunch",
    )
