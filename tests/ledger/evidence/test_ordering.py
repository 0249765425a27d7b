"""Ordering: what must be bought, and what the supplier answers."""

from typing import Any

from ledger.evidence.examples.school_day import CLERK, SCHOOL


def test_a_plan_is_the_engine_s_or_the_school_s_own(
    example: Any, prepare: Any, faults: Any
) -> None:
    by_hand = example("demand-plan", accountable=CLERK)

    assert prepare(example("demand-plan")).posters == {"engine", "school"}
    for issuer in (SCHOOL, "canteen:2105020001~01"):
        assert not faults(by_hand | {"issuer": issuer})
    for issuer in ("school:2105020002", "bureau:11210500001234567Y~funds"):
        assert ("/payload/school", "other-school") in faults(by_hand | {"issuer": issuer})


def test_nothing_is_bought_of_what_lies_in_store(example: Any, faults: Any) -> None:
    line = example("demand-plan")["payload"]["lines"][0]

    def of(needed: int, stock: int, quantity: int) -> Any:
        changed = {"needed_quantity": needed, "stock_quantity": stock, "quantity": quantity}
        return faults(example("demand-plan", lines=[line | changed]))

    assert not of(2_000, 2_500, 0)
    assert not of(2_500, 2_500, 0)
    assert not of(2_501, 2_500, 1)
    assert of(2_000, 2_500, 500) == {("/payload/lines/0/quantity", "net-demand")}


def test_one_meal_on_two_days_is_two_meals(example: Any, faults: Any) -> None:
    meals = [{"on": day, "meal": "lunch", "portions": 115} for day in ("2026-11-23", "2026-11-24")]

    assert not faults(example("demand-plan", meals=meals, period_until="2026-11-24"))


def test_an_answer_is_about_the_order_and_the_supplier(example: Any, prepare: Any) -> None:
    made = prepare(example("order-response"))

    assert made.statement.subjects == ("order:2105020001~A-17", "supplier:91210500MA0UTC1A0P")
    assert made.bound_party == "supplier:91210500MA0UTC1A0P"


def test_some_of_an_order_is_neither_all_nor_none(example: Any, faults: Any) -> None:
    whole, other = example("order-response")["payload"]["lines"]
    none = {"confirmed_quantity": 0, "reason_code": "out-of-stock"}
    unpromised = {"deliver_from": ..., "deliver_until": ...}

    assert not faults(example("order-response", response="partial", lines=[whole, other | none]))
    assert not faults(
        example("order-response", response="declined", lines=[whole | none], **unpromised)
    )
    for said in ("accepted", "partial"):
        assert ("/payload/response", "response") in faults(
            example("order-response", response=said, lines=[whole | none, other | none])
        )


def test_something_else_in_full_is_still_not_what_was_ordered(example: Any, faults: Any) -> None:
    lines = example("order-response")["payload"]["lines"]
    instead = {"substitute_item_code": "egg-tray", "reason_code": "out-of-stock"}

    assert faults(example("order-response", lines=[lines[0], lines[1] | instead])) == {
        ("/payload/response", "response")
    }
    assert not faults(
        example("order-response", response="partial", lines=[lines[0], lines[1] | instead])
    )
