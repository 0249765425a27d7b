"""Civil days: which day it is at the school, and that no claim leads out of the calendar."""

import pytest

from ledger.oversight import civil

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-08-31T15:59:59.999Z", "2026-08-31"),
        ("2026-08-31T16:00:00.000Z", "2026-09-01"),
        ("1969-12-31T23:59:59.999Z", "1970-01-01"),
    ],
)
def test_a_day_is_the_schools(moment: str, day: str) -> None:
    assert civil.day_of(moment, ZONE) == day


def test_a_day_ends_where_the_next_begins() -> None:
    end = civil.end_of("2026-08-31", ZONE)

    assert end == "2026-08-31T16:00:00.000Z"
    assert civil.day_of(end, ZONE) == "2026-09-01"


def test_a_day_of_a_zone_with_summer_time_has_as_many_hours_as_it_has() -> None:
    assert civil.end_of("2026-03-28", "Europe/Berlin") == "2026-03-28T23:00:00.000Z"
    assert civil.end_of("2026-03-29", "Europe/Berlin") == "2026-03-29T22:00:00.000Z"


def test_times_move_by_minutes_and_hours() -> None:
    assert civil.minutes_later("2026-08-31T23:59:00.001Z", 2) == "2026-09-01T00:01:00.001Z"
    assert civil.hours_later("2026-03-01T00:30:00.000Z", -1) == "2026-02-28T23:30:00.000Z"
    assert civil.days_later("2028-02-28", 2) == "2028-03-01"


@pytest.mark.parametrize("zone", [ZONE, "America/Los_Angeles", "UTC"])
def test_what_lies_at_the_edge_of_the_calendar_stays_in_it(zone: str) -> None:
    assert civil.minutes_later("9999-12-31T23:59:59.999Z", 120) == "9999-12-31T00:00:00.000Z"
    assert civil.hours_later("0001-01-01T00:00:00.000Z", -9) == "0001-01-01T00:00:00.000Z"
    assert civil.end_of(civil.days_later("9999-12-31", 60), zone).startswith("9999-12-")
    assert civil.end_of("9999-12-31", zone).startswith("9999-12-")
    assert civil.end_of("0001-01-01", zone).startswith("0001-01-0")
