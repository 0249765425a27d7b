"""Devices: clocks that are wrong, silence, limits raised, and days written in minutes."""

from typing import Any

import pytest
from components.kitchen_records import (
    CABINET,
    COOK,
    GATEWAY,
    SCALE,
    SCHOOL,
    SUPPLIER,
    Kitchen,
    at,
    person,
)

from ledger.oversight.seen import Seen

CYCLE = [4_000, 4_400, 4_800, 4_300]


def status(kitchen: Kitchen, day: int, clock: str = "06:00", **more: Any) -> Seen:
    return kitchen.other(
        "device-status", day, clock,
        **{"observed_at": at(day, clock), "outbox_records": 0, "outbox_oldest_at": ..., **more},
    )  # fmt: skip


def outage(kitchen: Kitchen, day: int, begun: str, ended: str, **more: Any) -> Seen:
    fields = {"from_at": begun, "until_at": ended, "links": []}
    return kitchen.other("outage", day, "08:00", **{**fields, **more})


def work(kitchen: Kitchen, day: int) -> Seen:
    return kitchen.check(day, "05:40", COOK, 36_300 + 100 * (day * day % 7))


def test_a_device_that_says_its_clock_is_off_is_found_once() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, clock_offset_ms=-90_000)
    assert kitchen.rules() == []
    for day in range(2, 6):
        kitchen.weigh(day, "06:08", 9_000 + 135 * day, clock_offset_ms=-400_000)

    (found,) = kitchen.found()
    assert (found["suspicion_kind"], found["ext"]["rule"]) == ("clock-skewed", "clock-offset")
    assert found["ext"]["measured"] == {"device": SCALE, "measured": 400_000, "allowed": 180_000}


def test_a_record_of_the_future_is_found() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:12", 11_520, logged=at(1, "06:08"))
    assert kitchen.rules() == []
    kitchen.other("dispatch", 1, "09:00", logged=at(1, "08:00"))

    (found,) = kitchen.found()
    assert found["ext"]["rule"] == "clock-ahead"
    assert found["responsible"] == SUPPLIER


def test_a_device_whose_every_record_is_old_has_a_clock_that_is_behind() -> None:
    kitchen = Kitchen()
    for hour in range(8):
        kitchen.check(
            1, f"0{hour}:10", person(hour), 36_100 + 100 * hour, logged=at(1, f"{hour + 3}:15")
        )

    assert kitchen.rules() == ["clock-behind"]
    assert kitchen.found()[0]["ext"]["measured"]["device"] == f"{GATEWAY} morning-check"


def test_a_device_that_was_offline_sends_new_records_among_the_old() -> None:
    kitchen = Kitchen()
    for hour in range(8):
        kitchen.check(
            1, f"0{hour}:10", person(hour), 36_100 + 100 * hour, logged=at(1, f"{hour + 3}:15")
        )
        kitchen.check(1, f"{hour + 3}:14", person(20 + hour), 36_150 + 100 * hour)

    assert kitchen.rules() == []


def test_people_write_things_down_when_they_find_the_time() -> None:
    kitchen = Kitchen()
    for day in range(1, 10):
        kitchen.other(
            "cooking-step", day, "10:00", logged=at(day, "19:00"), meal_on=f"2026-09-{day:02}",
            started_at=at(day, "09:00"), ended_at=at(day, "09:40"), core_temperature_mC=99_000,
        )  # fmt: skip

    assert kitchen.rules() == []


def test_a_record_that_a_device_kept_for_days_is_late_unless_an_outage_is_declared() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, logged=at(6, "06:08"))
    kitchen.until(9)
    assert kitchen.rules() == ["clock-late"]

    excused = Kitchen()
    excused.weigh(1, "06:08", 11_520, logged=at(6, "06:08"))
    outage(excused, 6, at(1, "05:00"), at(6, "06:00"))
    excused.until(9)
    assert excused.rules() == []


def test_a_late_record_taken_back_is_not_late() -> None:
    kitchen = Kitchen()
    kitchen.correct(kitchen.weigh(1, "06:08", 11_520, logged=at(6, "06:08")))
    kitchen.until(9)

    assert kitchen.rules() == []


def regular(kitchen: Kitchen, days: range) -> None:
    for day in days:
        work(kitchen, day)
        status(kitchen, day)


def test_a_device_that_reported_every_day_and_is_silent_for_two_is_found() -> None:
    kitchen = Kitchen()
    regular(kitchen, range(1, 7))
    work(kitchen, 7)
    kitchen.until(8, "12:30")
    assert kitchen.rules() == []
    eighth = work(kitchen, 8)
    for day in range(9, 14):
        work(kitchen, day)

    (found,) = kitchen.found()
    assert found["suspicion_kind"] == "device-silent"
    assert found["ext"]["measured"] == {"device": SCALE, "silent_days": 2}
    assert eighth.id in {one["record"] for one in found["observations"]}
    assert kitchen.rows()[0].day == "2026-09-07"


def test_a_device_that_reports_often_is_missed_after_one_day() -> None:
    kitchen = Kitchen()
    for day in range(1, 7):
        work(kitchen, day)
        for hour in (1, 7, 13, 19):
            kitchen.series(day, f"{hour:02}:00", CYCLE)
    work(kitchen, 7)
    kitchen.until(8, "12:30")

    assert kitchen.rules() == ["device-silent"]
    assert kitchen.found()[0]["ext"]["measured"]["device"] == CABINET


def test_holidays_say_nothing_and_one_day_missed_is_no_silence() -> None:
    kitchen = Kitchen()
    regular(kitchen, range(1, 7))
    regular(kitchen, range(20, 26))
    work(kitchen, 26)
    regular(kitchen, range(27, 30))
    kitchen.until(40)

    assert kitchen.rules() == []


def test_a_device_that_was_never_regular_is_not_missed() -> None:
    kitchen = Kitchen()
    for day in range(1, 20):
        work(kitchen, day)
        if day % 4 in (1, 2):
            status(kitchen, day)
    kitchen.until(40)

    assert kitchen.rules() == []


def test_what_was_stored_and_sent_the_next_morning_counts_for_its_day() -> None:
    kitchen = Kitchen()
    regular(kitchen, range(1, 7))
    for day in (7, 8):
        work(kitchen, day)
        status(kitchen, day, logged=at(day + 1, "05:00"))
    kitchen.until(9, "13:00")

    assert kitchen.rules() == []


def test_a_declared_outage_of_the_device_excuses_silence() -> None:
    kitchen = Kitchen()
    regular(kitchen, range(1, 7))
    work(kitchen, 7)
    outage(kitchen, 7, at(7, "05:00"), at(9, "06:00"), devices=[SCALE])
    work(kitchen, 8)
    kitchen.until(9, "13:00")
    assert kitchen.rules() == []

    other = Kitchen()
    regular(other, range(1, 7))
    work(other, 7)
    outage(other, 7, at(7, "05:00"), at(9, "06:00"), devices=[CABINET])
    work(other, 8)
    other.until(9, "13:00")
    assert other.rules() == ["device-silent"]


def test_an_outage_taken_back_excuses_nothing() -> None:
    kitchen = Kitchen()
    regular(kitchen, range(1, 7))
    work(kitchen, 7)
    kitchen.correct(outage(kitchen, 7, at(7, "05:00"), at(9, "06:00"), devices=[SCALE]))
    work(kitchen, 8)
    kitchen.until(9, "13:00")

    assert kitchen.rules() == ["device-silent"]


def test_a_working_day_taken_back_is_none() -> None:
    kitchen = Kitchen()
    regular(kitchen, range(1, 7))
    kitchen.correct(work(kitchen, 7))
    work(kitchen, 8)
    kitchen.until(9, "13:00")

    assert kitchen.rules() == []


def test_a_limit_raised_before_readings_that_it_would_have_alarmed_at_is_found() -> None:
    kitchen = Kitchen()
    before = kitchen.series(1, "06:00", CYCLE)
    raised = kitchen.series(1, "07:00", CYCLE, alarm_high_mC=15_000)
    assert kitchen.rules() == []
    warm = kitchen.series(1, "08:00", [5_000, 8_600, 9_800, 9_000], alarm_high_mC=15_000)

    (found,) = kitchen.found()
    assert found["suspicion_kind"] == "limit-raised"
    assert [one["record"] for one in found["observations"]] == [before.id, raised.id, warm.id]
    assert found["ext"]["measured"]["old_mC"] == 8_000


def test_the_batch_that_brings_the_new_limit_may_be_the_warm_one() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "06:00", CYCLE)
    kitchen.series(1, "07:00", [5_000, 8_600, 9_800, 9_000], alarm_high_mC=15_000)

    assert kitchen.rules() == ["limit-raised"]


def test_a_lower_limit_taken_away_is_loosened_too() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "06:00", CYCLE)
    kitchen.series(1, "07:00", [1_000, -600, -900, 400], alarm_low_mC=None)

    assert kitchen.rules() == ["limit-raised"]


def test_a_limit_raised_for_another_use_and_kept_is_silence() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "06:00", CYCLE)
    kitchen.series(1, "07:00", CYCLE, alarm_high_mC=10_000)
    kitchen.series(2, "07:00", [5_000, 8_600, 9_800, 9_000], alarm_high_mC=10_000)
    kitchen.series(3, "07:00", CYCLE, alarm_high_mC=8_000)
    kitchen.series(3, "08:00", [5_000, 8_600, 9_800, 9_000], alarm_high_mC=8_000)

    assert kitchen.rules() == []


def test_a_limit_put_back_rings_by_itself() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "06:00", CYCLE)
    kitchen.series(1, "07:00", CYCLE, alarm_high_mC=15_000)
    kitchen.series(1, "08:00", [5_000, 8_600, 9_800, 9_000])

    assert kitchen.rules() == []


def test_an_old_batch_that_comes_late_changes_no_limit() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "07:00", CYCLE, cabinet="device:other")
    wide = {"alarm_high_mC": 15_000, "cabinet": "device:other", "logged": at(1, "09:00")}
    kitchen.series(1, "05:00", [5_000, 8_600, 9_800, 9_000], **wide)
    assert kitchen.rules() == []
    kitchen.series(1, "07:00", CYCLE, alarm_high_mC=10_000)
    kitchen.series(1, "06:00", CYCLE, alarm_high_mC=8_000, logged=at(1, "09:00"))
    kitchen.series(1, "10:00", [5_000, 8_600, 9_800, 9_000], alarm_high_mC=10_000)

    assert kitchen.rules() == []


def alarm(kitchen: Kitchen, limit: int) -> Seen:
    return kitchen.other(
        "temperature-alarm", 1, "10:30", cabinet=CABINET, direction="above", limit_mC=limit,
        extreme_mC=limit + 900, limit_set_at=at(1, "07:10"), started_at=at(1, "09:40"), ended_at=None,
    )  # fmt: skip


def test_an_alarm_whose_limit_was_raised_hours_before_is_found() -> None:
    kitchen = Kitchen()
    before = kitchen.series(1, "06:00", CYCLE)
    rung = alarm(kitchen, 12_000)

    (found,) = kitchen.found()
    assert [one["record"] for one in found["observations"]] == [before.id, rung.id]
    assert {one["field"] for one in found["observations"]} == {"alarm_high_mC", "limit_set_at"}


def test_an_alarm_whose_limit_was_made_stricter_is_no_lie() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "06:00", CYCLE)
    alarm(kitchen, 6_000)

    assert kitchen.rules() == []


def test_a_limit_raised_by_a_batch_taken_back_was_not_raised() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "06:00", CYCLE)
    kitchen.correct(kitchen.series(1, "07:00", CYCLE, alarm_high_mC=15_000))
    kitchen.series(1, "08:00", [5_000, 8_600, 9_800, 9_000], alarm_high_mC=15_000)

    assert kitchen.rules() == []


def back_dated(kitchen: Kitchen, days: int, each: int, kind: str = "companion-meal") -> list[Seen]:
    """Evening of day 10: records of the days before, one a minute."""
    posted = []
    for number in range(days * each):
        day = 8 - number // each
        posted.append(
            kitchen.other(
                kind, day, "18:00", meal_on=f"2026-09-{day:02}", companion=person(number), ate_at=at(day, "12:00"),
                logged=at(10, f"20:{number:02}"), links=[],
            )
        )  # fmt: skip
    return posted


def test_days_of_records_written_in_minutes_are_found_a_day_later() -> None:
    kitchen = Kitchen()
    posted = back_dated(kitchen, 5, 4)
    kitchen.until(11, "19:00")
    assert kitchen.rules() == []
    kitchen.until(11, "21:00")

    (found,) = kitchen.found()
    assert found["suspicion_kind"] == "back-dated"
    assert {one["record"] for one in found["observations"]} == {one.id for one in posted}
    assert found["ext"]["measured"] == {"records": 20, "days": 5, "submitter": SCHOOL}


@pytest.mark.parametrize(("days", "each"), [(2, 8), (5, 2)])
def test_few_records_or_few_days_are_no_burst(days: int, each: int) -> None:
    kitchen = Kitchen()
    back_dated(kitchen, days, each)
    kitchen.until(13)

    assert kitchen.rules() == []


def test_records_corrected_late_are_no_burst() -> None:
    kitchen = Kitchen()
    for one in back_dated(kitchen, 5, 4):
        kitchen.correct(one)
    kitchen.until(13)

    assert kitchen.rules() == []


def test_an_outage_declared_within_a_day_excuses_the_records_that_it_covers() -> None:
    kitchen = Kitchen()
    back_dated(kitchen, 5, 4)
    outage(kitchen, 11, at(3, "05:00"), at(10, "20:00"), late_types=["companion-meal"])
    kitchen.until(13)
    assert kitchen.rules() == []

    other = Kitchen()
    back_dated(other, 5, 4)
    outage(other, 11, at(3, "05:00"), at(10, "20:00"), late_types=["weigh-in"])
    other.until(13)
    assert other.rules() == ["back-dated"]


def test_a_morning_offline_is_sent_at_once_and_is_no_burst() -> None:
    kitchen = Kitchen()
    for number in range(30):
        clock = f"0{6 + number // 15}:{10 + number % 15}"
        kitchen.weigh(1, clock, 5_000 + 735 * number, logged=at(1, f"09:{number:02}"))
    kitchen.until(5)

    assert kitchen.rules() == []
