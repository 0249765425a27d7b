"""Inspections, incidents and alarms."""

from typing import Any

import pytest

from ledger.evidence import catalogue
from ledger.evidence.examples import school_day as day

PASSED = [{"item_code": "hygiene", "result": "pass"}]


def test_only_a_regulator_inspects_and_it_names_whom(example: Any, prepare: Any) -> None:
    made = prepare(example("official-inspection"))

    assert made.posters == {"regulator"}
    assert made.statement.subjects == (day.CANTEEN, day.SCHOOL)


def test_what_passes_has_neither_deadline_nor_severity(example: Any, faults: Any) -> None:
    passed = {"items": PASSED, "conclusion": "pass"}

    assert not faults(example("official-inspection", **passed, rectify_by=...))
    assert faults(example("official-inspection", **passed)) == {("/payload/rectify_by", "deadline")}
    graded = [PASSED[0] | {"severity": "minor"}]
    assert ("/payload/items/0/severity", "severity") in faults(
        example("official-inspection", items=graded, conclusion="pass", rectify_by=...)
    )


def test_what_does_not_pass_failed_somewhere(example: Any, faults: Any) -> None:
    assert ("/payload/conclusion", "conclusion") in faults(
        example("official-inspection", items=PASSED, conclusion="fail", rectify_by=...)
    )


@pytest.mark.parametrize(
    ("level", "first", "last", "holds"),
    [
        ("daily-control", "2026-11-23", "2026-11-23", True),
        ("weekly-check", "2026-11-17", "2026-11-23", True),
        ("weekly-check", "2026-11-16", "2026-11-23", False),
        ("monthly-meeting", "2026-11-01", "2026-11-23", True),
        ("monthly-meeting", "2026-10-31", "2026-11-23", False),
    ],
)
def test_a_level_has_its_length(
    level: str, first: str, last: str, holds: bool, example: Any, faults: Any
) -> None:
    met: dict[str, Any] = {}
    if level == "monthly-meeting":
        met = {"attendees": [day.HEAD, day.COOK], "decisions": ["更换消毒柜"]}
    made = example("self-inspection", level=level, period_from=first, period_until=last, **met)

    assert faults(made) == (set() if holds else {("/payload/period_until", "too-long")})


def test_a_check_may_be_of_the_day_that_already_began_east_of_utc(
    example: Any, faults: Any
) -> None:
    request = example("self-inspection", period_from="2026-11-24", period_until="2026-11-24")

    assert not faults({**request, "occurred_at": "2026-11-24T07:00:00+08:00"})
    assert faults({**request, "occurred_at": "2026-11-22T23:00:00+00:00"}) == {
        ("/payload/period_until", "ahead")
    }


def test_an_incident_stands_with_its_meal_and_its_dishes(example: Any, prepare: Any) -> None:
    made = prepare(example("incident"))

    assert made.statement.subjects == (
        day.CANTEEN,
        "dish:2105020001~01~2026-11-23~lunch~braised-pork",
        "meal:2105020001~01~2026-11-23~lunch",
        day.SCHOOL,
    )


def test_an_incident_without_a_meal_is_reported_too(example: Any, prepare: Any) -> None:
    made = prepare(example("incident", meal=..., meal_on=..., dish_codes=...))

    assert made.statement.subjects == (day.CANTEEN, day.SCHOOL)


def test_an_incident_that_nobody_was_told_of_yet_is_stored(example: Any, faults: Any) -> None:
    assert not faults(example("incident", reported_to=[], reported_at=...))


def test_names_have_no_place_in_an_incident(example: Any, faults: Any) -> None:
    assert faults(example("incident", patients=["小明"])) == {
        ("/payload/patients", "unknown-field")
    }


def test_an_alarm_comes_from_the_device_it_is_about(example: Any, prepare: Any) -> None:
    made = prepare(example("temperature-alarm"))

    assert made.posters == {"device"}
    assert made.devices == (day.CABINET,)
    assert catalogue.get("temperature-alarm").bound_field == "canteen"


def test_a_freezer_or_hot_counter_alarms_below_too(example: Any, faults: Any) -> None:
    hot = {"zone": "hot-holding", "direction": "below", "limit_mC": 60_000}

    assert not faults(example("temperature-alarm", **hot, extreme_mC=59_999))
    assert faults(example("temperature-alarm", **hot, extreme_mC=60_000)) == {
        ("/payload/extreme_mC", "within-limit")
    }
