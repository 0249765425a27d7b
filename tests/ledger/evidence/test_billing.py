"""Billing: meals by school and day, invoices, and money paid back."""

from typing import Any

import pytest

from ledger.evidence import catalogue


@pytest.mark.parametrize("name", ["meal-order", "refund"])
def test_what_parents_order_is_about_no_child(example: Any, prepare: Any, name: str) -> None:
    kind = catalogue.get(name)

    assert all(rule.personal for rule in kind.blobs)
    assert {s.partition(":")[0] for s in prepare(example(name)).statement.subjects} <= {
        "school", "account",
    }  # fmt: skip


def test_meals_are_ordered_at_the_bank_and_paid_back_by_the_bureau() -> None:
    assert catalogue.get("meal-order").posters == {"bank"}
    assert catalogue.get("refund").posters == {"bureau-funds"}
    assert catalogue.get("invoice").posters == {"supplier"}


def test_half_a_fen_of_a_meal_is_rounded_up(example: Any, faults: Any) -> None:
    meal = example("refund")["payload"]["meals"][0] | {"portions": 3, "unit_price_fen": "1200.5"}

    def of(amount_fen: int) -> Any:
        paid = [{**meal, "amount_fen": amount_fen}]
        return faults(example("refund", meals=paid, portions=3, amount_fen=amount_fen))

    assert not of(3_602)
    assert of(3_601) == {("/payload/meals/0/amount_fen", "amount")}


def test_more_cannot_be_cancelled_than_was_ordered(example: Any, faults: Any) -> None:
    meal = example("meal-order")["payload"]["meals"][0]
    beyond = {"ordered": 2, "cancelled": 3, "portions": 0, "amount_fen": 0}

    assert faults(example("meal-order", meals=[meal | beyond], portions=0, amount_fen=0)) == {
        ("/payload/meals/0/portions", "net-portions")
    }


def test_one_meal_at_two_prices_is_no_repetition(example: Any, faults: Any) -> None:
    meals = example("meal-order")["payload"]["meals"]
    subsidised = {"meal": "breakfast", "unit_price_fen": "0", "amount_fen": 0}

    assert not faults(
        example("meal-order", meals=[meals[0], meals[1] | subsidised], amount_fen=45_000)
    )


def test_an_invoice_is_about_supplier_school_and_lots(example: Any, prepare: Any) -> None:
    made = prepare(example("invoice"))

    assert made.statement.subjects == (
        "lot:91210500MA0UTC1A0P~pork-leg~P-1122",
        "school:2105020001",
        "supplier:91210500MA0UTC1A0P",
    )
    assert made.bound_party == "supplier:91210500MA0UTC1A0P"


def test_tax_is_contained_in_the_total(example: Any, faults: Any) -> None:
    assert not faults(example("invoice", untaxed_fen=30_189, tax_fen=2_717))
    assert not faults(example("invoice", colour="red", cancels_invoice_no="26212000000000120001"))
