"""Procurement: tenders, awards and contracts."""

from typing import Any

BUREAU = "bureau:11210500001234567Y~admission"
SUPPLIER = "supplier:91210500MA0UTC1A0P"
LABOUR = "labour:91210500MA0P7C4K8D"
SCHOOL = "school:2105020001"


def test_a_tender_and_its_award_are_found_by_bureau_and_winner(example: Any, prepare: Any) -> None:
    assert prepare(example("tender")).statement.subjects == (BUREAU,)
    assert prepare(example("tender-award")).statement.subjects == (BUREAU, SUPPLIER)
    assert prepare(example("tender-award")).bound_party == BUREAU


def test_offers_may_be_opened_at_the_deadline_itself(example: Any, faults: Any) -> None:
    assert not faults(example("tender", opens_at="2026-07-27T09:00:00+08:00"))
    assert not faults(example("tender", opens_at="2026-07-27T01:00:00Z"))
    assert faults(example("tender", opens_at="2026-07-27T00:59:59.999Z")) == {
        ("/payload/opens_at", "period")
    }


def test_labour_is_won_at_a_sum_without_items(example: Any, prepare: Any, faults: Any) -> None:
    won = {"awarded_to": LABOUR, "lines": ..., "line_prices": ..., "amount_fen": 48_000_000}

    assert prepare(example("tender-award", **won)).statement.subjects == (BUREAU, LABOUR)
    assert faults(example("tender-award", lines=..., line_prices=...)) == {
        ("/payload/lines", "missing")
    }


def test_a_price_and_a_discount_exclude_each_other_and_neither_is_too_little(
    example: Any, faults: Any
) -> None:
    price = {"line_no": 1, "price_unit": "kg"}
    second = example("tender-award")["payload"]["line_prices"][1]

    def of(**agreed: Any) -> Any:
        return faults(example("tender-award", line_prices=[price | agreed, second]))

    assert not of(unit_price_fen="2599.5")
    assert not of(discount_bp=0)
    assert of() == {("/payload/line_prices/0", "price-or-discount")}
    assert of(unit_price_fen="0", discount_bp=0) == {
        ("/payload/line_prices/0", "price-or-discount")
    }


def test_every_item_of_a_list_is_held_against_every_price(example: Any, faults: Any) -> None:
    price = {"price_unit": "kg", "unit_price_fen": "100"}

    assert faults(
        example("tender-award", line_prices=[{**price, "line_no": n} for n in (1, 1, 7)])
    ) == {
        ("/payload/line_prices/1/line_no", "line-price"),
        ("/payload/line_prices/2/line_no", "line-price"),
        ("/payload/line_prices", "line-price"),
    }


def test_a_contract_is_read_by_both_sides_and_by_its_schools(example: Any, prepare: Any) -> None:
    made = prepare(example("contract"))

    assert made.statement.subjects == (BUREAU, LABOUR, SCHOOL, "school:2105020002")
    assert made.posters == {"bureau-admission"}
    assert made.bound_party == BUREAU


def test_a_school_contracts_with_its_supplier_for_itself(
    example: Any, prepare: Any, faults: Any
) -> None:
    own = {
        "purchaser": SCHOOL, "contractor": SUPPLIER, "contract_kind": "goods",
        "schools": [SCHOOL], "workers_least": ...,
    }  # fmt: skip
    made = prepare(example("contract", **own) | {"issuer": SCHOOL})

    assert made.posters == {"school"}
    assert made.bound_party == SCHOOL
    for others in (["school:2105020002"], [SCHOOL, "school:2105020002"]):
        assert faults(example("contract", **{**own, "schools": others})) == {
            ("/payload/schools", "other-school")
        }


def test_only_who_buys_or_sells_stands_in_a_contract(example: Any, faults: Any) -> None:
    bank = "bank:91210500MA10D3WN2E"

    assert faults(example("contract", contractor=bank)) == {
        ("/payload/contractor", "not-a-subject")
    }
    assert faults(example("contract", purchaser=bank)) == {("/payload/purchaser", "not-a-subject")}
