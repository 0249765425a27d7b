"""Kitchen: retained samples."""

from typing import Any


def test_a_sample_is_about_its_meal_its_dish_and_its_cabinet(example: Any, prepare: Any) -> None:
    made = prepare(example("sample-retained"))

    assert made.statement.subjects == (
        "canteen:2105020001~01",
        "device:bx-0001-cabinet-1",
        "dish:2105020001~01~2026-11-23~lunch~d-4",
        "meal:2105020001~01~2026-11-23~lunch",
    )
    assert made.devices == ("device:bx-0001-cabinet-1",)


def test_too_little_is_stored_so_that_it_can_become_a_finding(example: Any, faults: Any) -> None:
    assert not faults(
        example(
            "sample-retained",
            amount_g=90,
            temperature_mC=12_000,
            retain_until="2026-11-23T12:00:00+08:00",
        )
    )


def test_a_kitchen_names_who_answers_for_it_a_cabinet_does_not(example: Any, faults: Any) -> None:
    request = example("sample-retained")

    assert not faults(request)
    assert faults({**request, "issuer": "school:2105020001"}) == {
        ("/payload/accountable", "missing")
    }


def test_a_dish_named_in_chinese_has_a_subject_too(example: Any, prepare: Any) -> None:
    made = prepare(example("sample-retained", dish_code="红烧肉"))

    assert any(
        name.startswith("dish:2105020001~01~2026-11-23~lunch~h-")
        for name in made.statement.subjects
    )
