"""Menus and companions of the meals that a calendar names, and days that it closes."""

from components.told_canteen import DAY, ToldCanteen

from ledger.oversight.completeness import Completeness

MENU, SAMPLE, COMPANION = "menu-of-day", "sample-of-dish", "companion-of-meal"
LUNCH = f"meal:2105020001~01~{DAY}~lunch"
DISH = f"dish:2105020001~01~{DAY}~lunch~"
NEXT = "2026-09-08"


def canteen(**rules: object) -> ToldCanteen:
    return ToldCanteen(Completeness(), policies={"completeness": rules})


def test_a_meal_on_the_calendar_needs_a_menu_before_its_day_begins() -> None:
    told = canteen(kinds=[MENU])
    calendar = told.calendar(period_until="2026-09-11")
    told.go("2026-09-04 16:00")
    told.menu("d-1")
    told.go("2026-09-07 20:00")
    told.menu("d-1", day=NEXT)
    told.go("2026-09-09 20:00")
    told.menu("d-1", day="2026-09-09")

    told.go("2026-09-11 00:01")
    assert told.missing(MENU) == ["meal:2105020001~01~2026-09-10~lunch"]
    assert told.of("missing-evidence")[0]["source"] == calendar.id
    rows = told.rows_of(MENU)
    assert rows[LUNCH].status == "met"
    assert rows["meal:2105020001~01~2026-09-09~lunch"].status == "late"
    told.go("2026-09-30 00:00")
    assert len(told.missing(MENU)) == 2


def test_days_that_the_calendar_leaves_out_owe_nothing() -> None:
    told = canteen(kinds=[MENU, COMPANION])
    closed = [{"on": "2026-09-09", "meals": [], "reason_code": "weather"}]
    told.calendar(period_until="2026-09-13", exceptions=closed)
    told.go("2026-09-30 00:00")

    meals = [f"meal:2105020001~01~2026-09-{day:02}~lunch" for day in (7, 8, 10, 11)]
    assert told.missing(MENU) == meals
    assert told.missing(COMPANION) == meals


def test_a_day_taken_from_the_calendar_takes_its_meals_from_the_menu() -> None:
    told = canteen(kinds=[MENU, SAMPLE, COMPANION])
    first = told.calendar()
    told.menu("d-1")
    told.go(f"{DAY} 06:30")
    closed = [{"on": DAY, "meals": [], "reason_code": "weather"}]
    told.calendar(calendar_no="GC-2", exceptions=closed, supersedes=[first.id])
    told.go("2026-09-08 23:59")

    assert told.found == []
    assert told.rows["completeness", f"{MENU} {first.id} {LUNCH}"].status == "void"
    assert set(told.statuses(SAMPLE)) == {"void"}


def test_a_snow_day_may_be_put_on_the_calendar_the_day_after() -> None:
    told = canteen(kinds=[SAMPLE])
    first = told.calendar()
    told.menu("d-1")
    told.go("2026-09-08 09:00")
    closed = [{"on": DAY, "meals": [], "reason_code": "weather"}]
    told.calendar(calendar_no="GC-2", exceptions=closed, supersedes=[first.id])
    told.go("2026-09-12 00:00")

    assert told.found == []


def test_a_menu_for_a_closed_day_makes_nothing_due() -> None:
    told = canteen(kinds=[SAMPLE, COMPANION])
    closed = [{"on": DAY, "meals": [], "reason_code": "holiday"}]
    told.calendar(period_until=DAY, exceptions=closed)
    told.go("2026-09-06 16:00")
    told.menu("d-1")
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.rows_of(COMPANION) == {}


def test_a_meal_served_all_the_same_owes_its_samples() -> None:
    told = canteen(kinds=[SAMPLE])
    told.calendar(exceptions=[{"on": DAY, "meals": [], "reason_code": "holiday"}])
    told.menu("d-1")
    told.go(f"{DAY} 13:00")
    told.serve("d-1")
    told.go("2026-09-09 00:00")

    assert told.missing(SAMPLE) == [f"{DISH}d-1"]


def test_a_corrected_calendar_owes_nothing() -> None:
    told = canteen(kinds=[MENU, COMPANION])
    calendar = told.calendar()
    told.go(f"{DAY} 06:00")
    told.correct(calendar)
    told.go("2026-09-30 00:00")

    assert told.found == []
    assert set(told.statuses(MENU)) == {"void"}
    assert "completeness calendar canteen:2105020001~01" not in told.state


def test_a_calendar_put_right_owes_by_the_right_one() -> None:
    told = canteen(kinds=[MENU])
    wrong = told.calendar(weekly=[{"weekday": 1, "meals": ["dinner"]}])
    right = told.replace(wrong, weekly=[{"weekday": 1, "meals": ["lunch"]}])
    told.go("2026-09-09 00:00")

    assert told.missing(MENU) == [LUNCH]
    assert told.of("missing-evidence")[0]["source"] == right.id


def test_somebody_eats_along_or_it_is_missing() -> None:
    told = canteen(kinds=[COMPANION])
    told.calendar(period_until=NEXT)
    told.go(f"{DAY} 13:00")
    told.say("companion-meal", meal_on=DAY, ate_at=told.now)
    told.go("2026-09-12 00:00")
    assert told.missing(COMPANION) == []
    told.go("2026-09-12 00:01")

    assert told.missing(COMPANION) == [f"meal:2105020001~01~{NEXT}~lunch"]
    assert told.rows_of(COMPANION)[LUNCH].status == "met"


def test_without_a_calendar_the_menu_asks_for_a_companion() -> None:
    told = canteen(kinds=[COMPANION])
    menu = told.menu("d-1")
    told.go("2026-09-12 00:00")

    assert told.missing(COMPANION) == [LUNCH]
    assert told.of("missing-evidence")[0]["source"] == menu.id


def test_a_meal_that_no_policy_names_needs_no_companion() -> None:
    told = canteen(kinds=[COMPANION])
    told.menu("d-1", meal="snack")
    told.go("2026-09-12 00:00")

    assert told.found == []


def test_a_kind_that_the_policy_does_not_name_is_not_asked_for() -> None:
    told = canteen(kinds=[MENU])
    told.menu("d-1")
    told.go("2026-09-12 00:00")

    assert told.found == []
    assert told.rows == {}
