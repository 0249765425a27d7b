"""Samples of every dish that a menu names or a kitchen serves."""

import pytest
from components.told_canteen import CANTEEN, DAY, SCHOOL, ToldCanteen, utc

from ledger.oversight.completeness import Completeness

MENU, SAMPLE, COMPANION = "menu-of-day", "sample-of-dish", "companion-of-meal"
LUNCH = f"meal:2105020001~01~{DAY}~lunch"
DISH = f"dish:2105020001~01~{DAY}~lunch~"
NEXT = "2026-09-08"


def canteen(**rules: object) -> ToldCanteen:
    return ToldCanteen(Completeness(), policies={"completeness": rules})


def test_every_dish_with_a_sample_is_silence() -> None:
    told = canteen()
    told.menu("d-1", "d-2")
    told.go(f"{DAY} 11:30")
    told.sample("d-1")
    told.sample("d-2")
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == []
    assert {row.status for row in told.rows_of(SAMPLE).values()} == {"met"}


def test_a_dish_without_a_sample_is_missing_a_day_after_the_meal_is_over() -> None:
    told = canteen()
    menu = told.menu("d-1", "d-2")
    told.go(f"{DAY} 11:30")
    told.sample("d-1")

    told.go(f"{NEXT} 14:00")
    assert told.missing(SAMPLE) == []
    told.go(f"{NEXT} 14:01")

    (found,) = [one for one in told.of("missing-evidence") if one["obligation_kind"] == SAMPLE]
    assert found["source"] == menu.id
    assert found["expected_type"] == "sample-retained"
    assert found["expected_for"] == f"{DISH}d-2"
    assert found["due_at"] == utc(f"{DAY} 14:00")
    assert (found["responsible"], found["canteen"]) == (SCHOOL, CANTEEN)
    row = told.rows_of(SAMPLE)[f"{DISH}d-2"]
    assert (row.status, row.scope, row.day) == ("missing", SCHOOL, DAY)
    assert row.detail is not None
    (record,) = [one for one in told.records if one.fields.get("obligation_kind") == SAMPLE]
    assert row.detail["missing_record"] == record.id
    assert [link.id for link in record.links] == [menu.id]


def test_a_sample_that_comes_after_that_is_late_and_linked() -> None:
    told = canteen()
    told.menu("d-1")
    told.go("2026-09-09 08:00")
    sample = told.sample("d-1")
    told.go("2026-09-20 00:00")

    row = told.rows_of(SAMPLE)[f"{DISH}d-1"]
    assert row.status == "late"
    assert row.detail is not None
    assert (row.detail["record"], row.detail["record_index"]) == (sample.id, sample.index)
    assert row.detail["late_s"] == 42 * 3600
    assert row.detail["missing_record"] is not None
    assert len(told.missing(SAMPLE)) == 1


def test_a_sample_within_the_grace_is_late_and_nothing_is_found() -> None:
    told = canteen()
    told.menu("d-1")
    told.go(f"{DAY} 14:05")
    told.sample("d-1", occurred=f"{DAY} 11:30")
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == []
    row = told.rows_of(SAMPLE)[f"{DISH}d-1"]
    assert (row.status, (row.detail or {})["late_s"]) == ("late", 300)


def test_a_sample_may_stand_in_the_log_before_its_menu() -> None:
    told = canteen()
    told.go(f"{DAY} 11:30")
    told.sample("d-1")
    told.go(f"{DAY} 18:00")
    told.menu("d-1")
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == []
    assert told.rows_of(SAMPLE)[f"{DISH}d-1"].status == "met"


def test_what_became_known_only_later_has_its_grace_from_then() -> None:
    told = canteen()
    told.go("2026-09-09 10:00")
    told.menu("d-1")
    told.go("2026-09-10 09:59")
    assert told.missing(SAMPLE) == []
    told.go("2026-09-10 10:01")

    assert told.missing(SAMPLE) == [f"{DISH}d-1"]


def test_what_becomes_known_once_it_would_be_forgotten_is_not_owed() -> None:
    told = canteen()
    told.go("2026-09-16 10:00")
    told.menu("d-1")
    told.go("2026-10-01 00:00")

    assert told.found == []
    assert told.rows_of(SAMPLE) == {}


def test_a_corrected_sample_is_missing_though_it_was_in_time() -> None:
    told = canteen()
    told.menu("d-1")
    told.go(f"{DAY} 11:30")
    sample = told.sample("d-1")
    told.go("2026-09-09 08:00")
    told.correct(sample)
    assert told.missing(SAMPLE) == []
    told.go("2026-09-09 08:01")

    assert told.missing(SAMPLE) == [f"{DISH}d-1"]


@pytest.mark.parametrize("correction_first", [False, True])
def test_a_sample_put_right_makes_nothing_late_or_missing(correction_first: bool) -> None:
    told = canteen()
    told.menu("d-1")
    told.go(f"{DAY} 11:30")
    sample = told.sample("d-1")
    told.go("2026-09-09 08:00")
    if correction_first:
        told.correct(sample)
        link = {"rel": "replaces", "id": sample.id, "sha256": sample.leaf_hash.hex()}
        fields = {name: value for name, value in sample.fields.items() if name != "blobs"}
        told.say("sample-retained", links=[link], **fields)
    else:
        told.replace(sample, slot="B2")
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == []
    assert told.rows_of(SAMPLE)[f"{DISH}d-1"].status == "met"


def test_an_erased_sample_counts_no_more() -> None:
    told = canteen()
    told.menu("d-1")
    told.go(f"{DAY} 11:30")
    sample = told.sample("d-1")
    told.go(f"{DAY} 12:00")
    told.erase(sample)
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == [f"{DISH}d-1"]


def test_what_was_served_counts_and_not_what_was_planned() -> None:
    told = canteen()
    menu = told.menu("d-1", "d-2")
    told.go(f"{DAY} 11:30")
    told.sample("d-1")
    told.go(f"{DAY} 13:00")
    served = told.serve("d-1", "d-9")
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == [f"{DISH}d-9"]
    assert told.rows["completeness", f"{SAMPLE} {menu.id} {DISH}d-2"].status == "void"
    assert told.of("missing-evidence")[0]["source"] == served.id


def test_a_dish_that_was_not_made_owes_no_sample() -> None:
    told = canteen()
    told.menu("d-1")
    told.go(f"{DAY} 13:00")
    dish = {"dish_code": "d-1", "dish_name": "x", "portions_made": 0, "portions_served": 0}
    told.serve(dishes=[{**dish, "portion_g": 1}])
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == []


def test_a_menu_takes_over_from_what_was_served_when_it_comes_later() -> None:
    told = canteen()
    told.go(f"{DAY} 13:00")
    served = told.serve("d-1")
    told.go(f"{DAY} 15:00")
    menu = told.menu("d-1")

    rows = [name for _, name in told.rows if name.startswith(SAMPLE)]
    assert rows == [f"{SAMPLE} {menu.id} {DISH}d-1"]
    assert served.index < menu.index


def test_a_menu_that_supersedes_another_in_time_takes_its_place() -> None:
    told = canteen()
    first = told.menu("d-1", "d-2")
    told.go(f"{DAY} 09:00")
    told.menu("d-1", "d-3", supersedes=[first.id])
    told.go(f"{DAY} 11:30")
    told.sample("d-1")
    told.sample("d-3")
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == []
    assert told.rows["completeness", f"{SAMPLE} {first.id} {DISH}d-2"].status == "void"


def test_no_menu_ends_what_another_one_owes_of_a_meal_that_is_over() -> None:
    told = canteen()
    first = told.menu("d-1", "d-2")
    told.go(f"{DAY} 11:30")
    told.sample("d-1")
    told.go(f"{DAY} 15:00")
    told.menu("d-1", supersedes=[first.id])
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == [f"{DISH}d-2"]


def test_a_menu_without_a_meal_ends_it_where_it_supersedes_one_with_it() -> None:
    told = canteen()
    first = told.menu("d-1", meal="snack")
    told.menu("d-2", supersedes=[first.id])
    told.go(f"{DAY} 11:30")
    told.sample("d-2")
    told.go("2026-09-20 00:00")

    assert told.missing(SAMPLE) == []


@pytest.mark.parametrize(("grams", "found"), [(124, ["sample-too-small"]), (125, [])])
def test_a_sample_below_the_weight_is_suspicious(grams: int, found: list[str]) -> None:
    told = canteen()
    told.menu("d-1")
    told.go(f"{DAY} 11:30")
    sample = told.sample("d-1", amount_g=grams)

    assert told.suspicions() == found
    for one in told.of("suspicion"):
        assert one["observations"] == [{"record": sample.id, "field": "amount_g"}]
    assert told.rows_of(SAMPLE)[f"{DISH}d-1"].status == "met"


@pytest.mark.parametrize(
    ("disposed", "reason", "found"),
    [
        ("2026-09-09 11:29", "broken-seal", ["sample-disposed-early"]),
        ("2026-09-09 11:29", "taken-by-authority", []),
        ("2026-09-09 11:30", "time-up", []),
    ],
)
@pytest.mark.parametrize("sample_first", [True, False])
def test_a_sample_disposed_of_before_its_time_is_suspicious(
    disposed: str, reason: str, found: list[str], sample_first: bool
) -> None:
    other = canteen()
    other.go(f"{DAY} 11:30")
    record = other.sample("d-1")
    told = canteen()
    told.go("2026-09-09 12:00")
    if sample_first:
        told.sample("d-1", occurred=f"{DAY} 11:30")
        told.dispose(told.records[-1], disposed, reason_code=reason)
    else:
        told.dispose(record, disposed, reason_code=reason)
        told.post(
            "sample-retained",
            {k: v for k, v in record.fields.items() if k != "blobs"},
            issuer=record.issuer,
            blobs=record.fields["blobs"],
            occurred_at=record.occurred_at,
            record_id=record.id,
        )

    assert told.suspicions() == found


def test_days_at_the_end_of_all_calendars_are_days() -> None:
    told = canteen()
    first = told.menu("d-1", day="9999-12-31")
    told.menu("d-2", day="9999-12-31", supersedes=[first.id])
    told.go("2026-09-20 00:00")

    assert told.found == []
