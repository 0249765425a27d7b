"""Temperatures of a cabinet: day by day without a gap."""

from components.told_cabinet import KIND, Cabinet
from components.told_canteen import CABINET, DAY, SCHOOL, utc
from components.told_log import LEDGER

from ledger.oversight.completeness import Completeness
from ledger.oversight.engine import Engine

MONDAY, TUESDAY, WEDNESDAY = DAY, "2026-09-08", "2026-09-09"


def test_days_without_a_gap_are_silence() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 24)
    told.hours(TUESDAY, 0, 24)
    told.hours(WEDNESDAY, 0, 12)

    assert told.found == []
    assert (told.status(MONDAY), told.status(TUESDAY)) == ("met", "met")


def test_a_gap_of_an_hour_is_found_once_with_the_log_before_it() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 12)
    before = told.records[-1]
    told.hours(MONDAY, 13, 24)
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 02:00")
    assert told.found == []
    told.hours(WEDNESDAY, 2, 12)

    (found,) = told.of("missing-evidence")
    assert (found["source"], found["expected_for"]) == (before.id, CABINET)
    assert (found["responsible"], found["expected_type"]) == (SCHOOL, "temperature-log")
    assert found["due_at"] == utc(f"{TUESDAY} 02:00")
    assert (told.status(MONDAY), told.status(TUESDAY)) == ("missing", "met")
    detail = told.rows["completeness", f"{KIND} {CABINET} {MONDAY}"].detail
    assert detail is not None
    assert detail["gaps"] == [[utc(f"{MONDAY} 11:50"), utc(f"{MONDAY} 13:00")]]


def test_a_shorter_gap_is_none() -> None:
    told = Cabinet(temperature_gap_s=4_200)
    told.hours(MONDAY, 8, 12)
    told.hours(MONDAY, 13, 24)
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 12:00")

    assert told.found == []


def test_readings_that_were_none_are_a_gap() -> None:
    told = Cabinet()
    told.go(f"{MONDAY} 23:55")
    told.log(f"{MONDAY} 08:00", f"{MONDAY} 23:50", none=range(12, 20))
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 03:00")

    assert told.missing(KIND) == [CABINET]


def test_a_few_readings_that_were_none_are_no_gap() -> None:
    told = Cabinet()
    told.go(f"{MONDAY} 23:55")
    told.log(f"{MONDAY} 08:00", f"{MONDAY} 23:50", none=range(12, 15))
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 03:00")

    assert told.found == []


def test_a_gap_over_midnight_is_seen_in_its_length() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 23)
    told.go(f"{MONDAY} 23:20:01")
    told.log(f"{MONDAY} 23:00", f"{MONDAY} 23:20")
    told.go(f"{TUESDAY} 01:00")
    told.log(f"{TUESDAY} 00:30", f"{TUESDAY} 00:50")
    told.hours(TUESDAY, 1, 24)
    told.hours(WEDNESDAY, 0, 12)

    assert told.missing(KIND) == [CABINET]


def test_what_waited_offline_and_came_within_the_grace_is_late() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 20)
    told.go(f"{TUESDAY} 08:00")
    told.log(f"{MONDAY} 20:00", f"{TUESDAY} 07:50")
    told.hours(TUESDAY, 8, 24)
    told.go(f"{WEDNESDAY} 03:00")

    assert told.found == []
    assert (told.status(MONDAY), told.status(TUESDAY)) == ("late", "met")


def test_a_cabinet_that_falls_silent_is_found_once_and_leaves_service() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 15)
    told.go("2026-10-30 00:00")

    assert told.missing(KIND) == [CABINET]
    assert told.status(TUESDAY) == "missing"
    days = sorted(row.day for row in told.rows.values())
    assert days == [f"2026-09-{day:02}" for day in range(7, 15)]
    missing = {(row.detail or {})["missing_record"] for row in told.rows.values()}
    assert len(missing) == 1
    engine = Engine([Completeness()], ledger=LEDGER.hex(), zone="Asia/Shanghai")
    for seen in told.records:
        engine.step(seen)
    assert len(engine.take_changes().findings) == 1


def test_readings_that_come_after_all_make_the_day_late() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 12)
    told.hours(MONDAY, 13, 24)
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 09:00")
    late = told.log(f"{MONDAY} 12:00", f"{MONDAY} 12:50")
    told.go("2026-09-10 00:00")

    row = told.rows["completeness", f"{KIND} {CABINET} {MONDAY}"]
    assert row.detail is not None
    assert (row.status, row.detail["record"]) == ("late", late.id)
    assert row.detail["missing_record"] is not None
    assert len(told.found) == 1


def test_what_fills_a_part_of_a_gap_makes_no_second_one() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 12)
    told.hours(MONDAY, 18, 24)
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 09:00")
    told.log(f"{MONDAY} 12:00", f"{MONDAY} 12:50")
    told.hours(WEDNESDAY, 9, 24)
    told.hours("2026-09-10", 0, 3)

    assert told.missing(KIND) == [CABINET]
    assert told.status(MONDAY) == "missing"
    gap = told.rows["completeness", f"{KIND} {CABINET} {MONDAY}"].detail
    assert gap is not None
    assert gap["gaps"] == [[utc(f"{MONDAY} 12:50"), utc(f"{MONDAY} 18:00")]]


def test_a_corrected_log_leaves_a_gap() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 12)
    told.go(f"{MONDAY} 18:00")
    wrong = told.log(f"{MONDAY} 12:00", f"{MONDAY} 17:50")
    told.hours(MONDAY, 18, 24)
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 09:00")
    assert told.status(MONDAY) == "met"
    told.correct(wrong, issuer=SCHOOL)
    told.go(f"{WEDNESDAY} 09:01")

    assert told.missing(KIND) == [CABINET]


def test_what_a_clock_of_another_year_says_is_no_reading() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 24)
    told.log("2031-01-01 08:00", "2031-01-01 08:50")
    told.log("1970-01-02 08:00", "1970-01-02 08:50")
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 01:00")

    assert told.found == []
    assert not [key for key in told.state if "2031" in key or "1970" in key]
