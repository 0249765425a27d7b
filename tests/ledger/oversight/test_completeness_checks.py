"""Morning checks: everyone on a roster, before work; and self-inspections of days, weeks, months."""

import pytest
from components.told_canteen import COOK, DAY, HAND, HEAD, ToldCanteen, utc

from ledger.oversight.completeness import Completeness

CHECK, SELF = "check-of-shift", "self-inspection-of-period"
EARLY = {"starts": f"{DAY} 06:00", "ends": f"{DAY} 14:00"}


def canteen(**rules: object) -> ToldCanteen:
    return ToldCanteen(Completeness(), policies={"completeness": rules})


def test_everyone_checked_before_work_is_silence() -> None:
    told = canteen()
    told.roster(COOK, HAND, **EARLY)
    told.go(f"{DAY} 05:50")
    told.check(COOK, f"{DAY} 05:48")
    told.check(HAND, f"{DAY} 05:49")
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert {row.status for row in told.rows_of(CHECK).values()} == {"met"}


def test_who_was_not_checked_is_missing_a_day_after_work_began() -> None:
    told = canteen()
    roster = told.roster(COOK, HAND, **EARLY)
    told.go(f"{DAY} 05:50")
    told.check(COOK, f"{DAY} 05:48")
    told.go("2026-09-08 06:00")
    assert told.found == []
    told.go("2026-09-08 06:01")

    (found,) = told.of("missing-evidence")
    assert (found["expected_for"], found["source"]) == (HAND, roster.id)
    assert found["due_at"] == utc(f"{DAY} 06:00")
    assert told.rows_of(CHECK)[HAND].day == DAY


def test_a_batch_that_waited_offline_is_late_and_no_more() -> None:
    told = canteen()
    told.go(f"{DAY} 08:10")
    told.check(COOK, f"{DAY} 05:48")
    told.roster(COOK, **EARLY)
    told.go("2026-09-20 00:00")

    assert told.found == []
    row = told.rows_of(CHECK)[COOK]
    assert (row.status, (row.detail or {})["late_s"]) == ("late", 130 * 60)


def test_a_check_of_another_day_or_after_work_is_none() -> None:
    told = canteen()
    told.roster(COOK, **EARLY)
    told.go("2026-09-06 05:50")
    told.check(COOK, "2026-09-06 05:48")
    told.go(f"{DAY} 15:00")
    told.check(COOK, f"{DAY} 14:30")
    told.go("2026-09-20 00:00")

    assert told.missing(CHECK) == [COOK]


def test_one_check_serves_two_shifts_of_a_day() -> None:
    told = canteen()
    told.roster(COOK, **EARLY)
    told.roster(COOK, starts=f"{DAY} 15:00", ends=f"{DAY} 20:00", shift="late")
    told.go(f"{DAY} 05:50")
    told.check(COOK, f"{DAY} 05:48")
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.statuses(CHECK) == ["met", "met"]


def test_a_check_in_the_evening_serves_a_shift_after_midnight() -> None:
    told = canteen()
    told.roster(COOK, starts="2026-09-08 00:30", ends="2026-09-08 06:00", shift="night")
    told.go(f"{DAY} 23:55")
    check = told.check(COOK, f"{DAY} 23:50")
    told.go("2026-09-08 00:00")
    assert told.rows_of(CHECK)[COOK].status == "met"

    told.correct(check)
    told.go("2026-09-20 00:00")
    assert told.missing(CHECK) == [COOK]


def test_a_clock_that_was_reset_does_not_hide_a_check() -> None:
    told = canteen()
    told.roster(COOK, **EARLY)
    told.go(f"{DAY} 05:50")
    told.check(COOK, "1970-01-01 08:00")
    told.go("2026-09-20 00:00")

    assert told.found == []


def test_a_substitute_stands_in_for_who_is_not_there() -> None:
    told = canteen()
    told.roster(COOK, **EARLY)
    told.go(f"{DAY} 05:50")
    substitute = told.check(HAND, f"{DAY} 05:48")
    told.go("2026-09-20 00:00")

    assert told.found == []
    row = told.rows_of(CHECK)[COOK]
    assert row.detail is not None
    assert (row.status, row.detail["stands_in"]) == ("met", HAND)
    assert row.detail["record"] == substitute.id


def test_a_substitute_stands_in_for_one_only() -> None:
    told = canteen()
    told.roster(COOK, HEAD, **EARLY)
    told.go(f"{DAY} 05:50")
    told.check(HAND, f"{DAY} 05:48")
    told.go("2026-09-20 00:00")

    assert told.missing(CHECK) == [HEAD]


def test_no_substitute_counts_where_the_policy_knows_none() -> None:
    told = canteen(substitutes=0)
    told.roster(COOK, **EARLY)
    told.go(f"{DAY} 05:50")
    told.check(HAND, f"{DAY} 05:48")
    told.go("2026-09-20 00:00")

    assert told.missing(CHECK) == [COOK]


def test_a_substitute_whose_check_is_corrected_stands_in_for_nobody() -> None:
    told = canteen()
    told.roster(COOK, **EARLY)
    told.go(f"{DAY} 05:50")
    check = told.check(HAND, f"{DAY} 05:48")
    told.go("2026-09-09 00:00")
    told.correct(check)
    told.go("2026-09-20 00:00")

    assert told.missing(CHECK) == [COOK]


@pytest.mark.parametrize(("superseded", "found"), [("08:30", []), ("23:59", [COOK])])
def test_a_roster_superseded_in_time_is_void(superseded: str, found: list[str]) -> None:
    told = canteen()
    first = told.roster(COOK, HAND, **EARLY)
    told.go(f"{DAY} 05:50")
    told.check(HAND, f"{DAY} 05:48")
    told.go(f"{DAY} 08:30" if superseded == "08:30" else "2026-09-08 06:01")
    told.roster(HAND, **EARLY, supersedes=[first.id])
    told.go("2026-09-20 00:00")

    assert told.missing(CHECK) == found
    row = told.rows["completeness", f"{CHECK} {first.id} {COOK}"]
    assert row.status == ("missing" if found else "void")
    assert told.rows_of(CHECK)[HAND].status == "met"


def test_a_corrected_roster_owes_nothing() -> None:
    told = canteen()
    roster = told.roster(COOK, **EARLY)
    told.correct(roster)
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.statuses(CHECK) == ["void"]


def test_an_erased_roster_owes_nothing() -> None:
    told = canteen()
    roster = told.roster(COOK, **EARLY)
    told.erase(roster)
    told.go("2026-09-20 00:00")

    assert told.found == []


def test_what_a_check_found_may_be_erased_and_it_was_made() -> None:
    told = canteen()
    told.roster(COOK, **EARLY)
    told.go(f"{DAY} 05:50")
    check = told.check(COOK, f"{DAY} 05:48")
    told.erase(check, "forehead_mC", "hands", "symptoms", "result")
    told.go("2026-09-20 00:00")

    assert told.found == []


def inspect(told: ToldCanteen, level: str, first: str, last: str) -> None:
    members = ("measures_taken",)
    meeting = {"attendees": [COOK, HEAD], "decisions": ["x"]} if level == "monthly-meeting" else {}
    items = [{"item_code": "hygiene", "result": "pass"}]
    told.say(
        "self-inspection",
        without=members,
        level=level,
        period_from=first,
        period_until=last,
        items=items,
        conclusion="pass",
        **meeting,
    )


def test_days_weeks_and_months_of_service_are_inspected_or_missing() -> None:
    told = canteen(kinds=[SELF])
    told.calendar(period_until="2026-09-10")
    told.go("2026-09-07 17:00")
    inspect(told, "daily-control", DAY, DAY)
    told.go("2026-09-08 17:00")
    inspect(told, "daily-control", "2026-09-08", "2026-09-08")
    told.go("2026-09-10 17:00")
    inspect(told, "daily-control", "2026-09-10", "2026-09-10")
    told.go("2026-09-14 09:00")
    inspect(told, "weekly-check", "2026-09-07", "2026-09-13")
    told.go("2026-10-10 00:00")

    canteen_of = "canteen:2105020001~01"
    assert told.missing(SELF) == [
        f"{canteen_of} daily-control 2026-09-09",
        f"{canteen_of} monthly-meeting 2026-09-01",
    ]
    rows = told.rows_of(SELF)
    assert rows[f"{canteen_of} weekly-check 2026-09-07"].status == "late"
    assert rows[f"{canteen_of} monthly-meeting 2026-09-01"].day == "2026-09-30"


def test_a_week_without_service_needs_no_inspection() -> None:
    told = canteen(kinds=[SELF])
    closed = [
        {"on": f"2026-09-{day}", "meals": [], "reason_code": "holiday"} for day in range(14, 19)
    ]
    told.calendar(period_until="2026-09-20", exceptions=closed)
    told.go("2026-10-10 00:00")

    weeks = [one for one in told.missing(SELF) if "weekly" in one]
    assert weeks == ["canteen:2105020001~01 weekly-check 2026-09-07"]


def test_a_corrected_inspection_is_missing() -> None:
    told = canteen(kinds=[SELF], self_inspections=["daily-control"])
    told.calendar(period_until=DAY)
    told.go(f"{DAY} 17:00")
    inspect(told, "daily-control", DAY, DAY)
    told.correct(told.records[-1])
    told.go("2026-09-12 00:00")

    assert told.missing(SELF) == [f"canteen:2105020001~01 daily-control {DAY}"]
