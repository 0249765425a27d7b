"""Temperatures of a cabinet: day by day without a gap, while the canteen serves."""

from typing import Any

import pytest
from components.told_canteen import CABINET, DAY, GATEWAY, SCHOOL, ToldCanteen, utc
from components.told_log import LEDGER

from ledger import timestamp
from ledger.oversight.completeness import Completeness
from ledger.oversight.engine import Engine
from ledger.oversight.seen import Seen

KIND = "temperature-of-cabinet"
MONDAY, TUESDAY, WEDNESDAY = DAY, "2026-09-08", "2026-09-09"
HOUR_MS = 3_600_000


class Cabinet(ToldCanteen):
    """A cabinet read every ten minutes, in batches."""

    def __init__(self, **rules: Any) -> None:
        kinds = rules.pop("kinds", [KIND])
        super().__init__(Completeness(), policies={"completeness": {"kinds": kinds, **rules}})
        self.counter = 0

    def log(self, first: str, last: str, *, none: range = range(0), **changes: Any) -> Seen:
        """The readings from a local time to another; null for those of these numbers."""
        begin, end = timestamp.parse(utc(first)), timestamp.parse(utc(last))
        count = (end - begin) // 600_000 + 1
        readings = [None if number in none else 4_000 for number in range(count)]
        counter_from, self.counter = self.counter, self.counter + count
        return self.say(
            "temperature-log",
            counter_from=counter_from,
            counter_until=self.counter - 1,
            interval_s=600,
            first_read_at=utc(first),
            last_read_at=utc(last),
            mC_readings=readings,
            **changes,
        )

    def hours(self, day: str, first: int, last: int) -> None:
        """A batch for every hour, posted when it is full."""
        for hour in range(first, last):
            end = f"{day} {hour:02}:50"
            self.go(f"{end}:01")
            self.log(f"{day} {hour:02}:00", end)

    def status(self, day: str) -> str:
        row = self.rows.get(("completeness", f"{KIND} {CABINET} {day}"))
        return "" if row is None else row.status


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


def test_nobody_reads_while_nobody_is_served() -> None:
    told = Cabinet()
    told.calendar(period_until="2026-09-11")
    for day in range(7, 14):
        told.hours(f"2026-09-{day:02}", 0, 24)
    told.go("2026-10-30 00:00")

    assert told.found == []
    assert told.status("2026-09-13") == "met"
    assert told.status("2026-09-14") == ""


def test_samples_are_in_the_cabinet_for_two_days_after_service() -> None:
    told = Cabinet()
    told.calendar(period_until="2026-09-11")
    for day in range(7, 12):
        told.hours(f"2026-09-{day:02}", 0, 24)
    told.hours("2026-09-12", 0, 10)
    told.go("2026-10-30 00:00")

    assert told.missing(KIND) == [CABINET]
    assert told.status("2026-09-13") == "missing"


def test_a_cabinet_may_be_switched_off_when_the_last_samples_had_their_time() -> None:
    told = Cabinet()
    closed = [{"on": f"2026-09-{day}", "meals": [], "reason_code": "holiday"} for day in (14, 15)]
    told.calendar(exceptions=closed, period_until="2026-09-18")
    for day in range(7, 13):
        told.hours(f"2026-09-{day:02}", 0, 24)
    told.hours("2026-09-13", 0, 14)
    told.hours("2026-09-14", 10, 11)
    told.hours("2026-09-15", 20, 21)
    for day in range(16, 19):
        told.hours(f"2026-09-{day}", 6 if day == 16 else 0, 24)
    told.hours("2026-09-19", 0, 24)
    told.hours("2026-09-20", 0, 15)
    told.go("2026-10-30 00:00")

    assert told.found == []
    assert [told.status(f"2026-09-{day}") for day in (13, 14, 15, 16)] == ["met", "", "", "met"]


def test_nobody_asks_what_was_read_after_the_last_samples_had_their_time() -> None:
    told = Cabinet()
    told.calendar(period_until="2026-09-11")
    for day in range(7, 13):
        told.hours(f"2026-09-{day:02}", 0, 24)
    told.hours("2026-09-13", 0, 13)
    told.hours("2026-09-14", 10, 11)
    told.log("2026-09-13 13:00", "2026-09-13 13:50")
    told.go("2026-10-30 00:00")

    assert told.found == []
    assert told.status("2026-09-13") == "late"


def test_a_cabinet_that_stays_off_when_serving_begins_again_is_found() -> None:
    told = Cabinet()
    closed = [{"on": f"2026-09-{day}", "meals": [], "reason_code": "holiday"} for day in (14, 15)]
    told.calendar(exceptions=closed, period_until="2026-09-18")
    for day in range(7, 14):
        told.hours(f"2026-09-{day:02}", 0, 24)
    before = told.records[-1]
    told.hours("2026-09-17", 6, 24)
    told.go("2026-09-18 03:00")

    assert told.missing(KIND) == [CABINET]
    assert told.of("missing-evidence")[0]["source"] == before.id
    assert told.status("2026-09-16") == "missing"


def outage(told: Cabinet, first: str, last: str, *devices: str) -> Seen:
    return told.say(
        "outage",
        devices=list(devices),
        from_at=utc(first),
        until_at=utc(last),
        late_types=["temperature-log"],
        planned=False,
    )


@pytest.mark.parametrize("device", [CABINET, GATEWAY])
@pytest.mark.parametrize("told_at", [f"{MONDAY} 20:30", f"{WEDNESDAY} 10:00"])
def test_an_outage_of_the_cabinet_accounts_for_its_time(device: str, told_at: str) -> None:
    told = Cabinet(outage_told_within_s=3 * 86_400)
    told.hours(MONDAY, 8, 12)
    told.hours(MONDAY, 20, 24 if told_at > f"{TUESDAY}" else 21)
    if told_at < TUESDAY:
        told.go(f"{MONDAY} 20:55")
        declared = outage(told, f"{MONDAY} 11:55", f"{MONDAY} 20:00", device)
        told.hours(MONDAY, 21, 24)
    told.hours(TUESDAY, 0, 24)
    if told_at > TUESDAY:
        told.go(told_at)
        declared = outage(told, f"{MONDAY} 11:55", f"{MONDAY} 20:00", device)
    told.go("2026-09-11 00:00")

    row = told.rows["completeness", f"{KIND} {CABINET} {MONDAY}"]
    assert row.status == "excused"
    assert (row.detail or {})["outage"] == declared.id
    assert len(told.found) == (0 if told_at < TUESDAY else 1)


@pytest.mark.parametrize(
    ("until", "devices"), [("18:00", (CABINET,)), ("20:00", ("device:another",))]
)
def test_an_outage_accounts_for_no_other_time_and_device(
    until: str, devices: tuple[str, ...]
) -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 12)
    told.hours(MONDAY, 20, 21)
    outage(told, f"{MONDAY} 11:55", f"{MONDAY} {until}", *devices)
    told.hours(MONDAY, 21, 24)
    told.hours(TUESDAY, 0, 24)
    told.go("2026-09-11 00:00")

    assert told.missing(KIND)[:1] == [CABINET]
    assert told.status(MONDAY) == "missing"


def test_what_a_clock_of_another_year_says_is_no_reading() -> None:
    told = Cabinet()
    told.hours(MONDAY, 8, 24)
    told.log("2031-01-01 08:00", "2031-01-01 08:50")
    told.log("1970-01-02 08:00", "1970-01-02 08:50")
    told.hours(TUESDAY, 0, 24)
    told.go(f"{WEDNESDAY} 01:00")

    assert told.found == []
    assert not [key for key in told.state if "2031" in key or "1970" in key]
