"""The policy changes while something stands open: it is owed by the new rules, and nobody is surprised."""

from collections.abc import Mapping

import pytest
from components.told_canteen import DAY, ToldCanteen, utc

from ledger.oversight.completeness import Completeness

SAMPLE = "sample-of-dish"
FIRST, SECOND = (f"dish:2105020001~01~{DAY}~lunch~{dish}" for dish in ("d-1", "d-2"))
DAY_S, HOUR_S = 86_400, 3_600
LONGER: Mapping[str, object] = {"grace_s": {"sample_of_dish": 3 * DAY_S}}
SHORTER: Mapping[str, object] = {"grace_s": {"sample_of_dish": HOUR_S}}
LATER: Mapping[str, object] = {"meal_over_s": {"lunch": 20 * HOUR_S}}
SOONER: Mapping[str, object] = {"meal_over_s": {"lunch": 12 * HOUR_S}}


def lunch() -> ToldCanteen:
    """Two dishes, by the built-in policy missing on the next day after 14:00."""
    told = ToldCanteen(Completeness(), policies={"completeness": {"kinds": [SAMPLE]}})
    told.menu("d-1", "d-2")
    told.go(f"{DAY} 11:00")
    return told


def change(told: ToldCanteen, rules: Mapping[str, object]) -> None:
    told.rule("completeness", 2, kinds=[SAMPLE], **rules)


@pytest.mark.parametrize("touched", [False, True], ids=["left alone", "another sample comes"])
@pytest.mark.parametrize(
    ("rules", "missing_at"),
    [(LONGER, "2026-09-10 14:00"), (LATER, "2026-09-08 20:00")],
    ids=["longer grace", "later meal"],
)
def test_a_longer_time_is_waited_for(
    rules: Mapping[str, object], missing_at: str, touched: bool
) -> None:
    told = lunch()
    change(told, rules)
    if touched:
        told.sample("d-2")
    told.go(missing_at)
    assert told.found == []
    told.until(utc(missing_at).replace("00.000Z", "00.001Z"))

    assert told.missing(SAMPLE) == ([FIRST] if touched else [FIRST, SECOND])


@pytest.mark.parametrize("touched", [False, True], ids=["left alone", "another sample comes"])
@pytest.mark.parametrize(
    ("rules", "missing_at"),
    [(SHORTER, f"{DAY} 15:00"), (SOONER, "2026-09-08 12:00")],
    ids=["shorter grace", "sooner meal"],
)
def test_a_shorter_time_is_found_at_the_new_one(
    rules: Mapping[str, object], missing_at: str, touched: bool
) -> None:
    told = lunch()
    change(told, rules)
    if touched:
        told.sample("d-2")
    told.go(missing_at)
    assert told.found == []
    told.until(utc(missing_at).replace("00.000Z", "00.001Z"))

    assert told.missing(SAMPLE) == ([FIRST] if touched else [FIRST, SECOND])


@pytest.mark.parametrize("touched", [False, True], ids=["left alone", "another sample comes"])
def test_what_is_asked_for_from_now_on_is_owed_of_open_pages_too(touched: bool) -> None:
    told = ToldCanteen(Completeness(), policies={"completeness": {"kinds": []}})
    told.menu("d-1", "d-2")
    told.go(f"{DAY} 11:00")
    told.rule("completeness", 2, kinds=[SAMPLE])
    if touched:
        told.sample("d-2")
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == ([FIRST] if touched else [FIRST, SECOND])


def test_what_is_not_asked_for_any_more_is_not_found() -> None:
    told = lunch()
    told.rule("completeness", 2, kinds=[])
    told.go("2026-09-20 00:00")

    assert told.found == []


@pytest.mark.parametrize("rules", [SHORTER, SOONER], ids=["shorter grace", "sooner meal"])
def test_a_time_that_is_over_already_is_found_once_the_policy_stands_in_the_log(
    rules: Mapping[str, object],
) -> None:
    told = lunch()
    told.go("2026-09-08 13:00")
    change(told, rules)
    assert told.found == []
    told.sample("d-2")  # in the same batch as the policy
    told.until(utc("2026-09-08 13:00").replace("00.000Z", "00.001Z"))

    assert told.missing(SAMPLE) == [FIRST]
    (found,) = told.found
    assert found.request["occurred_at"] == utc("2026-09-08 13:00")
    assert found.request["payload"]["policy_version"] == 2


def test_what_came_in_time_by_the_old_rules_is_not_missing_by_the_new_ones() -> None:
    told = lunch()
    told.go(f"{DAY} 13:30")
    told.sample("d-1")
    told.sample("d-2")
    change(told, SOONER)
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.statuses(SAMPLE) == ["late", "late"]


def asked_for(*kinds: str, **rules: object) -> ToldCanteen:
    told = ToldCanteen(Completeness(), policies={"completeness": {"kinds": [*kinds], **rules}})
    told.go(f"{DAY} 07:00")
    told.menu("d-1", "d-2")
    return told


@pytest.mark.parametrize("touched", [False, True], ids=["left alone", "another sample comes"])
def test_what_is_newly_asked_for_has_the_grace_from_the_policy_on(touched: bool) -> None:
    told = asked_for()
    told.go("2026-09-10 09:00")  # the grace after lunch is over for two days
    told.rule("completeness", 2, kinds=[SAMPLE])
    if touched:
        told.sample("d-2")
    told.go("2026-09-11 09:00")
    assert told.found == []
    assert told.statuses(SAMPLE) == (["open", "late"] if touched else ["open", "open"])
    told.until(utc("2026-09-11 09:00").replace("00.000Z", "00.001Z"))

    assert told.missing(SAMPLE) == ([FIRST] if touched else [FIRST, SECOND])


def test_what_was_due_long_before_it_is_asked_for_is_not_owed() -> None:
    told = asked_for(keep_days=3)
    told.go(f"{DAY} 16:00")
    told.serve("d-1")  # its page is remembered until the 10th
    told.go("2026-09-10 15:00")
    assert f"completeness {FIRST.replace('dish:', 'meal:').rpartition('~')[0]}" in told.state
    told.rule("completeness", 2, kinds=[SAMPLE], keep_days=3)
    told.go("2026-09-20 00:00")

    assert told.found == []


@pytest.mark.parametrize("found", [0, 1], ids=["before it is missing", "after it was found"])
def test_a_kind_that_was_not_asked_for_in_between(found: int) -> None:
    told = lunch()
    told.sample("d-2")
    told.go("2026-09-08 13:00" if not found else "2026-09-09 08:00")
    told.rule("completeness", 2, kinds=[])
    told.go("2026-09-09 09:00")
    assert told.statuses(SAMPLE) == ["void", "void"]
    told.rule("completeness", 3, kinds=[SAMPLE])
    told.go("2026-09-10 09:00")
    assert told.statuses(SAMPLE) == ["missing" if found else "open", "met"]
    assert len(told.found) == found
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == [FIRST]
    assert told.statuses(SAMPLE) == ["missing", "met"]


def test_what_is_not_asked_for_any_more_is_forgotten() -> None:
    told = lunch()
    told.rule("completeness", 2, kinds=[])
    told.go("2026-09-20 00:00")

    assert told.statuses(SAMPLE) == ["void", "void"]
    assert list(told.state) == ["policy completeness"]


def test_a_meal_whose_companion_is_asked_for_later() -> None:
    told = asked_for("companion-of-meal", companion_meals=["dinner"])
    told.go("2026-09-08 09:00")
    told.rule("completeness", 2, kinds=["companion-of-meal"])
    told.go("2026-09-11 09:00")
    assert told.found == []
    told.go("2026-09-11 09:01")
    told.rule("completeness", 3, kinds=["companion-of-meal"], companion_meals=["dinner"])
    told.go("2026-09-11 10:00")

    assert told.missing("companion-of-meal") == [f"meal:2105020001~01~{DAY}~lunch"]
    assert told.statuses("companion-of-meal") == ["void"]


def test_a_record_that_is_corrected_after_the_policy_changed() -> None:
    told = lunch()
    sample = told.sample("d-1")
    told.sample("d-2")
    change(told, SHORTER)
    told.go(f"{DAY} 14:30")
    told.correct(sample)
    told.go(f"{DAY} 15:00")
    assert told.found == []
    told.go(f"{DAY} 15:01")

    assert told.missing(SAMPLE) == [FIRST]
