"""The policy changes: what follows for cabinets, outages, calendars and lots; and for a log told again."""

from collections.abc import Mapping
from functools import partial

import pytest
from components.told_cabinet import KIND as TEMPERATURE
from components.told_cabinet import Cabinet
from components.told_canteen import COOK, DAY, SUPPLIER, ToldCanteen, utc
from components.told_delivery import Delivery
from components.told_term import DAYS, Term, retold, whole_term

from ledger.oversight.completeness import Completeness

TUESDAY, WEDNESDAY = "2026-09-08", "2026-09-09"
HOUR_S = 3_600


def a_moment_after(told: ToldCanteen, local: str) -> None:
    told.until(utc(local).replace("00.000Z", "00.001Z"))


def gap(**rules: object) -> Cabinet:
    """Monday is read until noon, and again from two in the afternoon on."""
    told = Cabinet(**rules)
    told.hours(DAY, 8, 12)
    told.hours(DAY, 14, 24)
    return told


def test_a_gap_that_is_due_later_now_is_found_later() -> None:
    told = gap()
    told.rule(
        "completeness", 2, kinds=[TEMPERATURE], due_after_s={"temperature_of_cabinet": 20_000}
    )
    told.go(f"{WEDNESDAY} 05:33")
    assert told.found == []
    told.go(f"{WEDNESDAY} 05:34")

    assert len(told.found) == 1


def test_a_gap_that_is_missing_sooner_now_is_found_sooner() -> None:
    told = gap()
    told.go(f"{TUESDAY} 03:00")
    told.rule(
        "completeness", 2, kinds=[TEMPERATURE], grace_s={"temperature_of_cabinet": 2 * HOUR_S}
    )
    told.go(f"{TUESDAY} 04:00")
    assert told.found == []
    a_moment_after(told, f"{TUESDAY} 04:00")

    assert len(told.found) == 1


@pytest.mark.parametrize(
    "before", [{"kinds": []}, {"temperature_gap_s": 8_000}], ids=["not asked for", "no gap"]
)
def test_a_gap_that_was_none_has_the_grace_from_the_policy_on(before: Mapping[str, object]) -> None:
    told = gap(**before)
    told.hours(TUESDAY, 0, 24)
    told.hours(WEDNESDAY, 0, 12)
    told.rule("completeness", 2, kinds=[TEMPERATURE])
    told.hours(WEDNESDAY, 12, 24)
    assert told.status(DAY) == "open"
    told.hours("2026-09-10", 0, 11)
    assert told.found == []
    told.go("2026-09-10 12:00")

    assert [told.status(day) for day in (DAY, TUESDAY)] == ["missing", "met"]
    assert len(told.found) == 1


def test_an_outage_that_is_too_long_now_excuses_nothing() -> None:
    told = ToldCanteen(Completeness(), policies={"completeness": {"kinds": ["check-of-shift"]}})
    told.roster(COOK, starts=f"{DAY} 06:00", ends=f"{DAY} 14:00")
    times = {"from_at": utc(f"{DAY} 05:00"), "until_at": utc(f"{DAY} 08:00")}
    outage = told.say("outage", late_types=["morning-check"], planned=True, **times)
    told.go(f"{DAY} 08:10")
    told.check(COOK, f"{DAY} 05:48")
    assert told.statuses("check-of-shift") == ["excused"]
    told.rule("completeness", 2, kinds=["check-of-shift"], outage_longest_s=HOUR_S)
    told.go(f"{DAY} 08:11")

    detail = told.rows["completeness", f"outage {outage.id}"].detail
    assert detail is not None
    assert detail["void_because"] == "too-long"
    assert told.statuses("check-of-shift") == ["late"]
    told.rule("completeness", 3, kinds=["check-of-shift"])
    told.go(f"{DAY} 08:12")

    assert told.statuses("outage") == ["excused"]
    assert told.statuses("check-of-shift") == ["excused"]


def test_an_outage_declared_after_the_policy_changed_finds_what_was_late_before() -> None:
    told = ToldCanteen(Completeness(), policies={"completeness": {"kinds": ["check-of-shift"]}})
    told.roster(COOK, starts=f"{DAY} 06:00", ends=f"{DAY} 14:00")
    told.go(f"{DAY} 08:10")
    told.check(COOK, f"{DAY} 05:48")
    told.rule("completeness", 2, kinds=["check-of-shift"], ahead_days=8)
    told.go(f"{DAY} 09:00")
    times = {"from_at": utc(f"{DAY} 05:00"), "until_at": utc(f"{DAY} 08:00")}
    told.say("outage", late_types=["morning-check"], planned=False, **times)
    told.go(f"{DAY} 09:01")

    assert told.statuses("check-of-shift") == ["excused"]


def test_days_are_opened_sooner_at_once() -> None:
    told = ToldCanteen(Completeness(), policies={"completeness": {"kinds": ["menu-of-day"]}})
    told.calendar()
    before = len(told.rows)
    told.rule("completeness", 2, kinds=["menu-of-day"], ahead_days=14)
    told.go("2026-09-01 08:01")

    assert before < len(told.rows) == 7


def test_a_loose_weigh_in_waits_on() -> None:
    told = Delivery("weigh-in-of-order")
    told.go(f"{DAY} 06:10")
    told.weigh(without=("order", "order_line_no"))
    told.rule("completeness", 2, kinds=["weigh-in-of-order"], ahead_days=8)
    told.go(f"{DAY} 06:11")

    assert any("loose" in key for key in told.state)


def test_a_lot_whose_papers_are_asked_for_otherwise() -> None:
    asked = "document-of-lot"
    told = Delivery(asked)
    told.go(f"{DAY} 06:10")
    told.weigh()
    lot = f"lot:{SUPPLIER.partition(':')[2]}~pork-leg~P-1122"
    told.rule("completeness", 2, kinds=[asked], lot_documents=[{"begins": "", "any_of": []}])
    told.go("2026-09-20 00:00")

    assert told.missing(asked) == [lot]
    assert sorted(told.statuses(asked)) == ["missing", "void"]


@pytest.mark.parametrize("stretch", [1, 3, 7, 1_000])
def test_a_log_with_several_policies_gives_the_same_in_whatever_stretches(stretch: int) -> None:
    told = Term(kinds=["menu-of-day", "sample-of-dish"])
    policies: list[tuple[str, Mapping[str, object]]] = [
        (f"{DAYS[1]} 11:25", {"kinds": ["sample-of-dish", "check-of-shift", "weigh-in-of-order"]}),
        (
            f"{DAYS[2]} 06:20",
            {"grace_s": {"check_of_shift": HOUR_S}, "companion_meals": ["dinner"]},
        ),
        (f"{DAYS[4]} 13:00", {"kinds": ["menu-of-day", TEMPERATURE], "temperature_gap_s": 600}),
        (f"{DAYS[5]} 05:00", {"ahead_days": 9, "due_after_s": {"temperature_of_cabinet": 0}}),
    ]
    left_out = (" 05:50", " 06:10", " 11:21", " 12:01", " 13:50:30")
    events = [event for event in whole_term() if not event[0].endswith(left_out)]
    for version, (at, rules) in enumerate(policies, 2):
        events.append((at, partial(Term.rule, name="completeness", version=version, **rules)))
    told.run(events)

    kinds = {found["obligation_kind"] for found in told.of("missing-evidence")}
    assert kinds == {"sample-of-dish", "check-of-shift", "weigh-in-of-order", TEMPERATURE}
    assert retold(told, stretch) == (told.found, told.rows, told.state)
