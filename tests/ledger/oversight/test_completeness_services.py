"""Every meal that was to be served has a record of its service."""

import pytest
from components.told_canteen import DAY, SCHOOL, ToldCanteen, utc

from ledger.oversight.completeness import Completeness

SERVICE = "service-of-meal"
LUNCH = f"meal:2105020001~01~{DAY}~lunch"
NEXT = "2026-09-08"


def canteen(**rules: object) -> ToldCanteen:
    return ToldCanteen(Completeness(), policies={"completeness": {"kinds": [SERVICE], **rules}})


def test_a_meal_on_the_calendar_without_its_service_is_missing_three_days_later() -> None:
    told = canteen()
    calendar = told.calendar(period_until=NEXT)
    told.go(f"{DAY} 13:00")
    told.serve("d-1")
    told.go("2026-09-12 00:00")
    assert told.found == []
    told.go("2026-09-12 00:01")

    (found,) = told.of("missing-evidence")
    assert (found["obligation_kind"], found["source"]) == (SERVICE, calendar.id)
    assert (found["expected_type"], found["responsible"]) == ("meal-service", SCHOOL)
    assert found["expected_for"] == f"meal:2105020001~01~{NEXT}~lunch"
    assert found["due_at"] == utc("2026-09-09 00:00")
    assert told.rows_of(SERVICE)[LUNCH].status == "met"


def test_without_a_calendar_the_menu_asks_for_it() -> None:
    told = canteen()
    menu = told.menu("d-1")
    told.go("2026-09-12 00:00")

    assert told.missing(SERVICE) == [LUNCH]
    assert told.of("missing-evidence")[0]["source"] == menu.id


def test_a_service_typed_in_the_next_day_is_late_and_not_missing() -> None:
    told = canteen()
    told.calendar(period_until=DAY)
    told.go(f"{NEXT} 08:00")
    told.serve("d-1")
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.rows_of(SERVICE)[LUNCH].status == "late"


def test_a_service_after_it_was_missed_is_linked() -> None:
    told = canteen()
    told.calendar(period_until=DAY)
    told.go("2026-09-20 08:00")
    served = told.serve("d-1")

    row = told.rows_of(SERVICE)[LUNCH]
    assert told.missing(SERVICE) == [LUNCH]
    assert (row.status, (row.detail or {})["record"]) == ("late", served.id)


@pytest.mark.parametrize("calendar_first", [True, False])
def test_the_calendar_may_come_after_the_service(calendar_first: bool) -> None:
    told = canteen()
    told.go(f"{DAY} 12:00")
    if calendar_first:
        told.calendar(period_until=DAY)
    told.serve("d-1")
    told.menu("d-1")
    if not calendar_first:
        told.calendar(period_until=DAY)
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert [row.status for row in told.rows_of(SERVICE).values()] == ["met"]


def test_a_closed_day_and_a_snack_owe_none() -> None:
    told = canteen()
    closed = [{"on": DAY, "meals": [], "reason_code": "holiday"}]
    told.calendar(period_until=DAY, exceptions=closed)
    told.menu("d-1")
    told.menu("d-1", day="2026-10-12", meal="snack")
    told.go("2026-10-20 00:00")

    assert told.found == []


def test_a_service_that_is_taken_back_met_nothing() -> None:
    told = canteen()
    told.calendar(period_until=DAY)
    told.go(f"{DAY} 13:00")
    served = told.serve("d-1")
    told.correct(served)
    told.go("2026-09-20 00:00")

    assert told.missing(SERVICE) == [LUNCH]


def test_a_service_that_is_put_right_is_as_punctual_as_the_first() -> None:
    told = canteen()
    told.calendar(period_until=DAY)
    told.go(f"{DAY} 13:00")
    served = told.serve("d-1")
    told.go("2026-09-11 13:00")
    right = told.replace(served, diners=404)
    told.go("2026-09-20 00:00")

    assert told.found == []
    row = told.rows_of(SERVICE)[LUNCH]
    assert (row.status, (row.detail or {})["record"]) == ("met", right.id)


def test_a_plan_that_is_taken_back_owes_none() -> None:
    told = canteen()
    menu = told.menu("d-1")
    told.correct(menu)
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.statuses(SERVICE) == ["void"]
