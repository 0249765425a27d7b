"""Orders and selections under awards: what was agreed precedes them, is in term, and has the goods."""

from typing import Any

import pytest
from bought import ADMISSION, SCHOOL, SUPPLIER, Bought, told_again

from ledger.oversight.seen import Seen

EVE = "2026-09-07T00:00:00.000Z"
JUDGED = "2026-09-09T20:00:00.001Z"
PORK = {"pork-leg": {"unit_price_fen": "2599.5"}}


def ordered(bought: Bought, items: dict[str, int] | None = None, **changes: Any) -> None:
    """An order of pork, and the two days until it is judged."""
    bought.order(items or {"pork-leg": 10_000}, EVE, **changes)
    bought.log.until(JUDGED)


def bare() -> Bought:
    """Nothing is agreed."""
    return Bought(agreed=False)


def found(bought: Bought) -> list[str]:
    """What is shown of the order, but that nothing came."""
    return [code for code in bought.codes() if code != "not-delivered"]


def test_an_order_under_an_award_that_precedes_it_is_in_order() -> None:
    bought = bare()
    award = bought.award(PORK)
    ordered(bought, under=award)

    assert found(bought) == []
    assert not [key for key in bought.log.state if "lacking" in key]


def test_an_order_without_a_link_rests_on_whatever_covers_it() -> None:
    bought = bare()
    bought.award(PORK)
    ordered(bought)

    assert found(bought) == []


def test_an_order_of_a_supplier_that_won_nothing_is_found() -> None:
    bought = bare()
    ordered(bought)

    (one,) = bought.log.of("suspicion")
    assert (one["suspicion_kind"], one["severity"]) == ("order-without-award", "major")
    assert one["responsible"] == SCHOOL
    line = bought.row()["differences"][0]
    assert (line["expected"], line["found"], line["unit"]) == (0, 25_995, "fen")
    assert line["records"] == [
        {"index": bought.log.records[2].index, "id": bought.log.records[2].id}
    ]


def test_anothers_award_is_not_the_suppliers() -> None:
    bought = bare()
    award = bought.award(PORK, awarded_to="supplier:91210500MA0R4W7K2A")
    ordered(bought, under=award)

    assert found(bought) == ["order-without-award"]


@pytest.mark.parametrize(
    ("schools", "codes"), [([SCHOOL], []), (["school:2105020002"], ["order-without-award"])]
)
def test_a_contract_is_for_the_schools_that_it_names(schools: list[str], codes: list[str]) -> None:
    bought = bare()
    bought.contract(schools=schools)
    ordered(bought)

    assert found(bought) == codes


@pytest.mark.parametrize(
    ("term", "codes"),
    [
        ({"term_from": "2026-09-07"}, []),
        ({"term_from": "2026-09-08"}, []),
        ({"term_from": "2026-09-09"}, ["order-outside-term"]),
        ({"term_until": "2026-09-07"}, []),
        ({"term_until": "2026-09-06"}, ["order-outside-term"]),
    ],
)
def test_an_order_is_in_term_on_its_day_or_on_that_of_the_delivery(
    term: dict[str, str], codes: list[str]
) -> None:
    bought = bare()
    bought.award(PORK, **term)
    ordered(bought)

    assert found(bought) == codes
    assert bought.suspicions == codes


def test_days_outside_a_term_are_counted_from_its_nearer_end() -> None:
    bought = bare()
    bought.award(PORK, term_until="2026-09-04")
    ordered(bought)

    (line,) = [one for one in bought.row()["differences"] if one["code"] == "order-outside-term"]
    assert (line["expected"], line["found"], line["difference"]) == ("2026-09-04", "2026-09-07", 3)


def test_goods_that_nothing_in_term_has_are_told_by_quantity() -> None:
    bought = bare()
    bought.award(PORK)
    bought.award({"egg-box": {"unit_price_fen": "1480"}}, term_from="2026-10-01")
    ordered(bought, {"pork-leg": 10_000, "egg-box": 3})

    (line,) = [one for one in bought.row()["differences"] if one["code"] == "item-not-awarded"]
    assert (line["about"], line["found"], line["unit"], line["level"]) == (
        "egg-box", 3, "box", "mismatch",
    )  # fmt: skip
    assert bought.suspicions == []


@pytest.mark.parametrize(
    ("day", "codes"), [("2026-09-07", []), ("2026-09-08", ["order-before-award"])]
)
def test_an_award_precedes_the_first_order(day: str, codes: list[str]) -> None:
    bought = bare()
    bought.award(PORK, awarded_on=day, objections_until="2026-09-30")
    ordered(bought)

    assert found(bought) == codes
    assert bought.suspicions == codes


def test_an_older_agreement_speaks_for_an_order_before_the_award() -> None:
    bought = bare()
    bought.contract()
    bought.award(PORK, awarded_on="2026-09-30", objections_until="2026-09-30")
    ordered(bought)

    assert found(bought) == []


def test_an_award_told_before_the_order_is_judged_is_in_time() -> None:
    bought = bare()
    bought.order({"pork-leg": 10_000}, EVE)
    bought.award(PORK, "2026-09-09T20:00:00.000Z")
    bought.log.until("2026-09-10T00:00:00.000Z")

    assert found(bought) == []


def test_an_award_told_after_the_order_was_judged_counts_from_its_entry() -> None:
    bought = bare()
    ordered(bought)
    assert found(bought) == ["order-without-award"]

    bought.award(PORK, "2026-09-10T00:00:00.000Z")
    bought.log.until("2026-09-11T00:00:00.000Z")

    assert found(bought) == ["order-before-award"]
    assert bought.suspicions == ["order-without-award", "order-before-award"]


def replaced(bought: Bought, award: Seen) -> None:
    bought.log.correct(award)
    link = {"rel": "replaces", "id": award.id, "sha256": award.leaf_hash.hex()}
    payload = {**award.fields, "bids": 9}
    bought.log.post("tender-award", payload, issuer=ADMISSION, links=[link])


def test_an_award_that_was_replaced_is_as_old_as_its_first_version() -> None:
    bought = bare()
    award = bought.award(PORK)
    bought.order({"pork-leg": 10_000}, EVE, under=award)
    bought.log.until(JUDGED)
    replaced(bought, award)
    bought.dispatch("order:2105020001~A-2", {"pork-leg": 10_000}, "2026-09-20T00:00:00.000Z")
    bought.log.until("2026-09-21T00:00:00.000Z")

    assert found(bought) == []


def test_a_corrected_award_speaks_for_nobody_and_an_erased_one_against_nobody() -> None:
    for erased, codes in ((False, ["order-without-award"]), (True, [])):
        bought = bare()
        award = bought.award(PORK)
        if erased:
            bought.log.erase(award)
        else:
            bought.log.correct(award)
        ordered(bought, under=award)
        assert found(bought) == codes


def test_the_same_is_found_in_whatever_order_it_comes() -> None:
    bought = bare()
    bought.award(PORK, awarded_on="2026-09-08", objections_until="2026-09-30")
    bought.order({"pork-leg": 10_000}, EVE)
    again = [told_again(bought, seed, agreed=False) for seed in range(6)]
    for one in again:
        one.log.until("2026-10-10T00:00:00.000Z")

    assert {tuple(one.suspicions) for one in again} == {("order-before-award",)}


# Selections


def selections(bought: Bought) -> list[tuple[str, str, list[str]]]:
    """Scope, status and codes of the rows."""
    return [
        (row.scope, row.status, [one["code"] for one in row.detail["differences"]])
        for row in bought.log.rows.values()
        if row.kind == "selection" and row.detail is not None
    ]


def test_a_supplier_that_won_something_may_be_chosen() -> None:
    bought = bare()
    bought.award(PORK)
    bought.select("2026-09-02T00:00:00.000Z")
    bought.log.until("2026-09-20T00:00:00.000Z")

    assert (selections(bought), bought.suspicions) == ([], [])
    assert not [key for key in bought.log.state if "selection" in key]


@pytest.mark.parametrize("term", [None, {"term_until": "2026-08-31", "term_from": "2026-08-01"}])
def test_a_supplier_that_won_nothing_for_that_time_is_found(term: dict[str, str] | None) -> None:
    bought = bare()
    if term:
        bought.contract(**term)
    bought.select("2026-09-02T00:00:00.000Z")
    bought.log.until("2026-09-20T00:00:00.000Z")

    assert selections(bought) == [(SCHOOL, "mismatched", ["selection-without-award"])]
    (one,) = bought.log.of("suspicion")
    assert (one["severity"], one["responsible"]) == ("minor", SCHOOL)
    assert SUPPLIER in str([row.detail for row in bought.log.rows.values()])


@pytest.mark.parametrize(("day", "late"), [("2026-09-02", False), ("2026-09-03", True)])
def test_a_supplier_is_chosen_on_the_day_that_it_won_or_later(day: str, *, late: bool) -> None:
    bought = bare()
    bought.contract(signed_on=day)
    bought.select("2026-09-02T00:00:00.000Z")
    bought.log.until("2026-09-20T00:00:00.000Z")

    found = [(SCHOOL, "mismatched", ["selection-before-award"])]
    assert selections(bought) == (found if late else [])


def test_an_award_that_comes_within_the_grace_of_a_selection_is_in_time() -> None:
    bought = bare()
    bought.select("2026-09-02T00:00:00.000Z")
    bought.award(PORK, "2026-09-08T00:00:00.000Z")
    bought.log.until("2026-09-20T00:00:00.000Z")

    assert (selections(bought), bought.suspicions) == ([], [])


def test_a_selection_is_looked_at_again_when_an_award_comes_and_forgotten_in_the_end() -> None:
    bought = bare()
    bought.select("2026-09-02T00:00:00.000Z")
    bought.award(PORK, "2026-09-12T00:00:00.000Z")
    bought.log.until("2026-09-20T00:00:00.000Z")
    assert selections(bought) == [(SCHOOL, "mismatched", ["selection-before-award"])]

    bought.log.until("2027-06-01T00:00:00.000Z")

    assert not [key for key in bought.log.state if key.split(" ")[1] == "selection"]


def test_a_selection_taken_back_leaves_no_row() -> None:
    bought = bare()
    chosen = bought.select("2026-09-02T00:00:00.000Z")
    bought.log.until("2026-09-20T00:00:00.000Z")
    bought.log.correct(chosen)

    assert selections(bought) == []
    assert not [key for key in bought.log.state if key.split(" ")[1] == "selection"]
