"""Civil days beside the log's time, at midnight, over a change of clocks, and at the calendar's ends."""

import pytest

from ledger.oversight import civil

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("time", "zone", "day"),
    [
        ("2026-10-31T15:59:59.999Z", SHANGHAI, "2026-10-31"),
        ("2026-10-31T16:00:00.000Z", SHANGHAI, "2026-11-01"),
        ("2026-03-29T22:30:00.000Z", "Europe/Berlin", "2026-03-30"),
        ("2026-10-31T18:29:59.999Z", "Asia/Kolkata", "2026-10-31"),
        ("2026-10-31T18:30:00.000Z", "Asia/Kolkata", "2026-11-01"),
        ("0001-01-01T00:00:00.000Z", "America/New_York", "0001-01-01"),
        ("9999-12-31T23:59:59.999Z", SHANGHAI, "9999-12-31"),
    ],
)
def test_a_moment_lies_in_the_schools_own_day(time: str, zone: str, day: str) -> None:
    assert civil.day_of(time, zone) == day


def test_a_day_begins_where_the_one_before_ends() -> None:
    assert civil.begin_of("2026-11-01", SHANGHAI) == "2026-10-31T16:00:00.000Z"
    assert civil.end_of("2026-10-31", SHANGHAI) == "2026-10-31T16:00:00.000Z"
    # The day on which clocks go forward has 23 hours.
    first, last = (f("2026-03-29", "Europe/Berlin") for f in (civil.begin_of, civil.end_of))
    assert civil.seconds_between(first, last) == 23 * 3600


def test_days_and_moments_stay_within_the_calendar() -> None:
    assert civil.days_later("2026-02-28", 1) == "2026-03-01"
    assert civil.days_later("9999-12-31", 400) == "9999-12-29"
    assert civil.begin_of("0001-01-01", SHANGHAI) == "0001-01-02T15:54:17.000Z"
    assert civil.later("9999-12-31T00:00:00.000Z", 10**12) == "9999-12-30T23:59:59.999Z"
    assert civil.later("9999-12-31T00:00:00.000Z", civil.DAY_S) == "9999-12-30T23:59:59.999Z"
    assert civil.later("0001-01-03T08:00:00.000Z", -civil.DAY_S) == "0001-01-02T08:00:00.000Z"
    assert civil.later("0001-01-03T08:00:00.000Z", -2 * civil.DAY_S) == "0001-01-02T00:00:00.000Z"
    assert civil.later("2028-02-28T08:09:10.011Z", 2 * civil.DAY_S) == "2028-03-01T08:09:10.011Z"
    assert civil.days_between("2026-10-01", "2026-11-01") == 31


@pytest.mark.parametrize(
    ("claimed", "credible"),
    [
        ("2026-10-31T02:00:00.000Z", "2026-10-31T02:00:00.000Z"),
        ("2026-10-25T02:00:00.000Z", "2026-10-25T02:00:00.000Z"),
        ("1970-01-01T00:00:00.000Z", "2026-10-31T08:00:00.000Z"),
        ("2026-10-31T09:00:00.000Z", "2026-10-31T08:00:00.000Z"),
    ],
)
def test_a_claim_that_cannot_be_gives_way_to_the_logs_time(claimed: str, credible: str) -> None:
    assert civil.credible(claimed, "2026-10-31T08:00:00.000Z", within_days=7) == credible


def test_periods_and_schools() -> None:
    assert civil.period_of("2028-02-10", "month") == ("2028-02-01", "2028-02-29")
    assert civil.period_of("2026-11-23", "quarter") == ("2026-10-01", "2026-12-31")
    assert civil.school_of("canteen:2105020001~01") == "school:2105020001"
    assert civil.school_of("school:2105020001") == "school:2105020001"
