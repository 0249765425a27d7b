"""Outages: what they excuse, what they do not, and that they are shown themselves."""

from typing import Any

import pytest
from components.told_canteen import COOK, DAY, SCHOOL, ToldCanteen, utc

from ledger.oversight.completeness import Completeness
from ledger.oversight.seen import Seen

CHECK, SAMPLE = "check-of-shift", "sample-of-dish"
EARLY = {"starts": f"{DAY} 06:00", "ends": f"{DAY} 14:00"}


def canteen(**rules: object) -> ToldCanteen:
    return ToldCanteen(Completeness(), policies={"completeness": rules})


def declare(told: ToldCanteen, first: str, last: str, **changes: Any) -> Seen:
    links = [{"rel": "supersedes", "id": one} for one in changes.pop("supersedes", ())]
    given = {"late_types": ["morning-check"], "planned": False, **changes}
    return told.say("outage", from_at=utc(first), until_at=utc(last), links=links, **given)


def late_check(told: ToldCanteen, logged: str = f"{DAY} 08:10") -> None:
    told.roster(COOK, **EARLY)
    told.go(logged)
    told.check(COOK, f"{DAY} 05:48")


@pytest.mark.parametrize("declared_first", [True, False])
def test_an_outage_that_covers_what_was_due_excuses_that_it_came_late(
    declared_first: bool,
) -> None:
    told = canteen()
    if declared_first:
        declared = declare(told, f"{DAY} 05:00", f"{DAY} 08:00", planned=True)
    late_check(told)
    if not declared_first:
        told.go(f"{DAY} 17:00")
        declared = declare(told, f"{DAY} 05:00", f"{DAY} 08:00")
    told.go("2026-09-20 00:00")

    row = told.rows_of(CHECK)[COOK]
    assert row.detail is not None
    assert (row.status, row.detail["outage"]) == ("excused", declared.id)
    assert row.detail["late_s"] == 130 * 60
    assert told.found == []


def test_an_outage_is_a_row_of_its_own() -> None:
    told = canteen()
    declared = declare(told, f"{DAY} 05:00", f"{DAY} 08:00", planned=True)

    row = told.rows["completeness", f"outage {declared.id}"]
    assert (row.kind, row.status, row.scope, row.day) == ("outage", "excused", SCHOOL, DAY)
    assert row.detail is not None
    assert row.detail["late_types"] == ["morning-check"]
    assert row.detail["void_because"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"late_types": ["weigh-in"]},
        {"canteen": "canteen:2105020001~02"},
        {"from_at": utc(f"{DAY} 06:01")},
        {"until_at": utc(f"{DAY} 05:59")},
    ],
)
def test_an_outage_excuses_no_other_record_canteen_or_time(changes: dict[str, Any]) -> None:
    told = canteen()
    late_check(told)
    times = {"from_at": utc(f"{DAY} 05:00"), "until_at": utc(f"{DAY} 08:00")}
    given = {"late_types": ["morning-check"], "planned": False, **times, **changes}
    told.say("outage", **given)
    told.go("2026-09-20 00:00")

    assert told.rows_of(CHECK)[COOK].status == "late"


def test_nothing_is_missing_while_an_outage_lasts_and_its_grace_after_it() -> None:
    told = canteen()
    told.roster(COOK, **EARLY)
    told.go(f"{DAY} 05:30")
    declare(told, f"{DAY} 05:00", "2026-09-09 05:00")
    told.go("2026-09-10 05:00")
    assert told.found == []
    told.go("2026-09-10 05:01")
    assert told.missing(CHECK) == [COOK]

    told.check(COOK, f"{DAY} 05:48")
    assert told.rows_of(CHECK)[COOK].status == "late"


def test_a_whole_schools_outage_excuses_all_its_canteens() -> None:
    told = canteen()
    late_check(told)
    declare(told, f"{DAY} 05:00", f"{DAY} 08:00")
    outage = told.records[-1]
    assert "canteen" in outage.fields

    other = canteen()
    late_check(other)
    times = {"from_at": utc(f"{DAY} 05:00"), "until_at": utc(f"{DAY} 08:00")}
    other.say("outage", late_types=["morning-check"], planned=False, without=("canteen",), **times)
    other.go(f"{DAY} 09:00")

    assert other.rows_of(CHECK)[COOK].status == "excused"


@pytest.mark.parametrize(
    ("first", "last", "declared", "because"),
    [
        (f"{DAY} 05:00", "2026-09-15 05:00", f"{DAY} 06:00", "too-long"),
        (f"{DAY} 05:00", f"{DAY} 08:00", "2026-09-08 08:01", "told-too-late"),
    ],
)
def test_an_outage_beyond_the_policy_excuses_nothing(
    first: str, last: str, declared: str, because: str
) -> None:
    told = canteen()
    if declared < f"{DAY} 08:10":
        told.go(declared)
        outage = declare(told, first, last)
        late_check(told)
    else:
        late_check(told)
        told.go(declared)
        outage = declare(told, first, last)
    told.go("2026-09-20 00:00")

    row = told.rows["completeness", f"outage {outage.id}"]
    assert (row.status, (row.detail or {})["void_because"]) == ("void", because)
    assert told.rows_of(CHECK)[COOK].status == "late"


def test_only_so_many_outages_a_month_excuse() -> None:
    told = canteen(outages_in_30_days=1)
    told.go("2026-09-02 10:00")
    declare(told, "2026-09-02 09:00", "2026-09-02 10:00", outage_no="TY-1")
    late_check(told)
    second = declare(told, f"{DAY} 05:00", f"{DAY} 08:00")
    told.go("2026-09-20 00:00")

    row = told.rows["completeness", f"outage {second.id}"]
    assert (row.detail or {})["void_because"] == "too-many"
    assert told.rows_of(CHECK)[COOK].status == "late"


def test_an_outage_that_is_superseded_gives_way_to_the_other() -> None:
    told = canteen()
    told.go(f"{DAY} 05:10")
    first = declare(told, f"{DAY} 05:00", f"{DAY} 05:30")
    second = declare(told, f"{DAY} 05:00", f"{DAY} 08:00", outage_no="TY-2", supersedes=[first.id])
    late_check(told)

    assert told.rows["completeness", f"outage {first.id}"].status == "void"
    assert (told.rows_of(CHECK)[COOK].detail or {})["outage"] == second.id


def test_a_corrected_outage_excuses_nothing_any_more() -> None:
    told = canteen()
    late_check(told)
    outage = declare(told, f"{DAY} 05:00", f"{DAY} 08:00")
    told.go(f"{DAY} 10:00")
    assert told.rows_of(CHECK)[COOK].status == "excused"
    told.correct(outage)
    told.go(f"{DAY} 10:01")

    assert told.rows_of(CHECK)[COOK].status == "late"
    row = told.rows["completeness", f"outage {outage.id}"]
    assert (row.status, (row.detail or {})["void_because"]) == ("void", "corrected")


def test_outages_are_forgotten_long_after_they_are_over() -> None:
    told = canteen()
    late_check(told)
    declare(told, f"{DAY} 05:00", f"{DAY} 08:00")
    told.go("2026-12-01 00:00")

    assert list(told.state) == ["policy completeness"]
