"""Meals served while frozen."""

import pytest
from components.risking import (
    CANTEEN,
    NEXT,
    SCHOOL,
    SECOND,
    at,
    frozen,
    lift,
    log,
    meal,
    night,
    regulators,
    responses,
    served,
)


def test_a_meal_served_while_frozen_is_found_and_is_a_joint_case() -> None:
    told = log()
    freeze = frozen(told)
    seen = meal(told, at("11:30"), at("12:40"))
    told.until(at("16:40"))
    assert served(told) == []
    told.until("2026-09-01T08:40:00.001Z")

    (found,) = served(told)
    assert (found["responsible"], found["canteen"]) == (SCHOOL, CANTEEN)
    assert [observed["record"] for observed in found["observations"]] == [seen.id, freeze]
    assert found["inputs"] == 2
    assert responses(told) == ["freeze", "joint"]
    night(told)
    assert len(served(told)) == 1


@pytest.mark.parametrize("began", ["08:30", "09:29"])
def test_what_was_on_the_tables_already_is_no_violation(began: str) -> None:
    told = log()
    frozen(told, at("09:00"))
    meal(told, at(began), at("12:40"))
    night(told)

    assert served(told) == []


def test_another_canteen_serves() -> None:
    told = log()
    frozen(told)
    meal(told, at("11:30"), at("12:40"), SECOND)
    night(told)

    assert served(told) == []


@pytest.mark.parametrize(("since", "count"), [("11:00", 0), ("11:30", 0), ("11:31", 1)])
def test_a_lift_counts_from_the_time_it_names_though_it_comes_late(since: str, count: int) -> None:
    told = log()
    freeze = frozen(told)
    meal(told, at("11:30"), at("12:40"))
    lift(told, freeze, at("14:00"), since=at(since), claimed=at("11:00"))
    night(told)

    assert len(served(told)) == count


def test_a_freeze_of_ordering_alone_lets_serve() -> None:
    told = log(held_back={"major": ["ordering"], "critical": []})
    frozen(told)
    meal(told, at("11:30"), at("12:40"))
    night(told)

    assert served(told) == []


def test_a_freeze_that_comes_after_the_meal_is_held_against_it() -> None:
    told = log()
    meal(told, at("11:30"), at("12:40"))
    regulators(told, at("14:00"))
    night(told)

    assert len(served(told)) == 1


def test_every_meal_is_waited_for_by_itself() -> None:
    told = log()
    freeze = frozen(told)
    noon = meal(told, at("11:30"), at("12:40"))
    meal(told, at("16:00"), at("16:35"))
    lift(told, freeze, at("17:00"), since=at("15:50"), claimed=at("15:50"))
    night(told)

    (found,) = served(told)
    assert found["observations"][0]["record"] == noon.id


def test_a_meal_taken_back_was_not_served() -> None:
    told = log()
    frozen(told)
    told.correct(meal(told, at("11:30"), at("12:40")))
    night(told)

    assert served(told) == []


def test_a_lift_taken_back_makes_the_meal_a_finding() -> None:
    told = log()
    freeze = frozen(told)
    ended = lift(told, freeze, at("10:00"))
    meal(told, at("11:30"), at("12:40"))
    night(told)
    assert served(told) == []

    told.correct(ended)
    night(told, NEXT)

    assert len(served(told)) == 1
