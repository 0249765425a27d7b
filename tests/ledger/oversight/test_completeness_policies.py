"""The policy changes while something is open: what holds is the policy in force when its time comes."""

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
@pytest.mark.parametrize("rules", [SHORTER, SOONER], ids=["shorter grace", "sooner meal"])
def test_a_shorter_time_is_found_at_the_old_one_at_the_latest(
    rules: Mapping[str, object], touched: bool
) -> None:
    told = lunch()
    change(told, rules)
    if touched:
        told.sample("d-2")
    told.until(utc("2026-09-08 14:00").replace("00.000Z", "00.001Z"))

    assert told.missing(SAMPLE) == ([FIRST] if touched else [FIRST, SECOND])


@pytest.mark.xfail(
    strict=True, reason="a page is woken at the time that held when its item was looked at last"
)
@pytest.mark.parametrize("touched", [False, True], ids=["left alone", "another sample comes"])
@pytest.mark.parametrize(
    ("rules", "missing_at"),
    [(SHORTER, f"{DAY} 15:00"), (SOONER, "2026-09-08 12:00")],
    ids=["shorter grace", "sooner meal"],
)
def test_a_shorter_time_is_not_missed(
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


@pytest.mark.xfail(
    strict=True, reason="what was not asked for when it came on a page is not looked at by itself"
)
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
