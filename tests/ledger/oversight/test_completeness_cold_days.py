"""When a cabinet has to be read: while its canteen serves, and no outage accounts for the time."""

import pytest
from components.told_cabinet import KIND, Cabinet
from components.told_canteen import CABINET, DAY, GATEWAY, utc

from ledger.oversight.seen import Seen

MONDAY, TUESDAY, WEDNESDAY = DAY, "2026-09-08", "2026-09-09"


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
