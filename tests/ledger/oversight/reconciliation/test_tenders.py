"""Tenders and awards: whoever wins, wins what was asked for, of whom, for how much, after all offers."""

from typing import Any

import pytest
from bought import ADMISSION, SUPPLIER, Bought
from components.told_log import ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples.school_day import LABOUR
from ledger.oversight.family import Row

AWARDED = "2026-09-01T00:00:00.000Z"
JUDGED = "2026-09-08T00:00:00.001Z"
PORK = {"pork-leg": {"unit_price_fen": "2599.5"}}
PORK_AND_RICE = {**PORK, "rice": {"unit_price_fen": "613.33"}}
_OTHERS = ("91210500MA0R4W7K2A", "91350100M000100Y43", "91210500MA10D3WN2E")


def awards(log: ToldLog) -> list[Row]:
    """The rows of awards."""
    return [row for _, row in sorted(log.rows.items()) if row.kind == "award"]


def codes(bought: Bought) -> list[str]:
    """What is shown of the awards."""
    found = []
    for row in awards(bought.log):
        assert row.detail is not None
        found += [one["code"] for one in row.detail["differences"]]
    return found


def test_an_award_as_it_was_tendered_is_matched_once_its_grace_is_over() -> None:
    bought = Bought()
    bought.award(PORK, AWARDED)
    bought.log.until("2026-09-08T00:00:00.000Z")
    (row,) = awards(bought.log)
    assert (row.scope, row.day, row.status) == (SUPPLIER, "2026-07-30", "open")

    bought.log.until(JUDGED)

    (row,) = awards(bought.log)
    assert row.status == "matched"
    assert row.detail is not None
    assert row.detail["tender_no"] == "BX-SC-2026-03"
    assert bought.suspicions == []


def test_an_award_of_a_tender_that_nobody_published_is_found() -> None:
    bought = Bought()
    award = bought.award(PORK, AWARDED, tendered=False)
    bought.log.until(JUDGED)

    (found,) = bought.log.of("suspicion")
    assert (found["suspicion_kind"], found["severity"]) == ("award-without-tender", "major")
    assert found["responsible"] == ADMISSION
    assert found["observations"] == [{"record": award.id}]
    assert [row.status for row in awards(bought.log)] == ["mismatched"]


def test_a_tender_of_another_number_or_bureau_is_not_the_awards() -> None:
    bought = Bought()
    bought.tender(tender_no="BX-SC-2026-04")
    bought.award(PORK, AWARDED, tendered=False)
    bought.log.until(JUDGED)

    assert bought.suspicions == ["award-without-tender"]


def test_a_tender_that_comes_within_the_grace_is_in_time() -> None:
    bought = Bought()
    bought.award(PORK, AWARDED, tendered=False)
    bought.tender("2026-09-08T00:00:00.000Z")
    bought.log.until(JUDGED)

    assert codes(bought) == []


def test_a_tender_that_comes_later_counts_from_its_entry() -> None:
    bought = Bought()
    bought.award(PORK, AWARDED, tendered=False)
    bought.tender("2026-09-08T02:00:00.000Z")
    bought.log.until("2026-09-09T00:00:00.000Z")

    assert codes(bought) == ["award-before-opening"]
    assert bought.suspicions == ["award-without-tender", "award-before-opening"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"awarded_on": "2026-07-27"}, []),
        ({"awarded_on": "2026-07-26"}, ["award-before-opening"]),
        ({"package_no": "3"}, ["package-not-tendered"]),
        ({"amount_fen": 320_000_000}, []),
        ({"amount_fen": 320_000_001}, ["awarded-above-ceiling"]),
        ({"term_until": "2027-02-01"}, ["term-outside-tender"]),
        ({"term_from": "2026-08-31"}, ["term-outside-tender"]),
        ({"term_from": "2026-08-31", "package_no": "9"},
         ["package-not-tendered", "term-outside-tender"]),
    ],
)  # fmt: skip
def test_an_award_is_held_against_its_package(changes: dict[str, Any], found: list[str]) -> None:
    bought = Bought()
    bought.award(PORK, AWARDED, **changes)
    bought.log.until(JUDGED)

    assert codes(bought) == found
    assert sorted(bought.suspicions) == found
    assert [row.status for row in awards(bought.log)] == ["mismatched" if found else "matched"]


def test_a_day_too_early_is_told_in_days() -> None:
    bought = Bought()
    bought.award(PORK, AWARDED, awarded_on="2026-07-24")
    bought.log.until(JUDGED)

    (row,) = awards(bought.log)
    assert row.detail is not None
    (line,) = row.detail["differences"]
    assert (line["expected"], line["found"], line["difference"], line["unit"]) == (
        "2026-07-27", "2026-07-24", -3, "day",
    )  # fmt: skip


def test_food_is_won_by_suppliers_and_labour_by_labour_firms() -> None:
    bought = Bought()
    bought.tender(tender_kind="labour")
    bought.award(PORK, AWARDED)
    labour = {
        **TYPES["tender-award"].example["payload"],
        "award_no": "LW-1",
        "awarded_to": LABOUR,
        "amount_fen": 1_000,
    }
    del labour["lines"], labour["line_prices"]
    bought.log.post("tender-award", labour, issuer=ADMISSION)
    bought.log.until(JUDGED)

    statuses = {row.scope: row.status for row in awards(bought.log)}
    assert statuses == {SUPPLIER: "mismatched", LABOUR: "matched"}
    assert codes(bought) == ["winner-of-other-kind"]


def test_no_more_firms_win_a_package_than_may() -> None:
    bought = Bought()
    for party in ("", *_OTHERS[:2]):
        bought.award(PORK, AWARDED, **({"awarded_to": f"supplier:{party}"} if party else {}))
    bought.award({"rice": {"unit_price_fen": "613.33"}})
    bought.log.until(JUDGED)
    assert codes(bought) == []

    bought.award(PORK, awarded_to=f"supplier:{_OTHERS[2]}")
    bought.log.until("2026-10-01T00:00:00.000Z")

    assert codes(bought) == ["winners-above-tender"]
    assert bought.suspicions == ["winners-above-tender"]


def test_items_are_of_the_packages_categories_as_far_as_the_policy_knows_them() -> None:
    known = [
        {"begins": "p", "category": "vegetable"},
        {"begins": "pork", "category": "meat"},
        {"begins": "ri", "category": "grain"},
    ]
    for table, found in ((known, ["item-outside-package"]), ([], []), ([3, {"begins": 1}], [])):
        bought = Bought(item_categories=table)
        bought.award(PORK_AND_RICE, AWARDED)
        bought.log.until(JUDGED)
        assert codes(bought) == found


def test_an_award_or_a_tender_taken_back_was_never_told() -> None:
    bought = Bought()
    award = bought.award(PORK, AWARDED)
    tender = next(seen for seen in bought.log.records if seen.type == "tender")
    bought.log.until(JUDGED)
    bought.log.correct(tender)
    bought.log.until("2026-09-09T00:00:00.000Z")
    assert codes(bought) == ["award-without-tender"]

    bought.log.correct(award)

    assert awards(bought.log) == []


def test_a_tender_that_was_replaced_is_as_old_as_its_first_version() -> None:
    bought = Bought()
    award = bought.award(PORK, AWARDED, package_no="3")
    tender = next(seen for seen in bought.log.records if seen.type == "tender")
    packages = [{**tender.fields["packages"][0], "package_no": "3"}]
    bought.log.until("2026-10-01T00:00:00.000Z")
    assert codes(bought) == ["package-not-tendered"]

    bought.log.correct(tender)
    link = {"rel": "replaces", "id": tender.id, "sha256": tender.leaf_hash.hex()}
    payload = {**tender.fields, "packages": packages, "ceiling_fen": packages[0]["ceiling_fen"]}
    bought.log.post("tender", payload, issuer=ADMISSION, links=[link])
    bought.log.until("2026-10-02T00:00:00.000Z")

    assert codes(bought) == []
    assert award.fields["package_no"] == "3"


def test_an_erased_award_leaves_no_row() -> None:
    bought = Bought()
    award = bought.award(PORK, AWARDED)
    bought.log.until(JUDGED)
    bought.log.erase(award)

    assert awards(bought.log) == []


def test_what_is_long_over_is_forgotten() -> None:
    bought = Bought()
    bought.award(PORK, AWARDED)
    bought.log.until("2028-12-31T00:00:00.000Z")

    kept = {key.split(" ")[1] for key in bought.log.state}
    assert kept.isdisjoint({"tender", "tendered", "agreed", "lacking"})
