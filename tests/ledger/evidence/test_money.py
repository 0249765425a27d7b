"""Money: settlements, paid meals and lines of the account."""

from typing import Any

from ledger.evidence import catalogue


def test_a_settlement_is_about_payer_payee_school_and_lots(example: Any, prepare: Any) -> None:
    made = prepare(example("settlement"))

    assert made.statement.subjects == (
        "account:mq3vhx2k7d5ncotyz4arlw6pbe",
        "lot:91210500MA0UTC1A0P~pork-leg~P-1122",
        "school:2105020001",
        "supplier:91210500MA0UTC1A0P",
    )
    assert made.bound_party is None


def test_without_deductions_net_is_gross(example: Any, faults: Any) -> None:
    assert not faults(example("settlement", deductions=..., net_fen=34_386))
    assert not faults(example("settlement", deductions=[], net_fen=34_386))
    assert faults(example("settlement", deductions=...)) == {("/payload/net_fen", "net-amount")}


def test_more_may_be_deducted_than_was_earned(example: Any, faults: Any) -> None:
    cut = {"record": "01a206fd-6778-7a62-a7b8-000000000016", "reason_code": "penalty"}

    assert not faults(
        example("settlement", deductions=[{**cut, "amount_fen": 40_000}], net_fen=-5_614)
    )


def test_500_lines_are_settled_at_once(example: Any, faults: Any) -> None:
    line = example("settlement")["payload"]["lines"][1]
    price = example("settlement")["payload"]["line_prices"][1]
    numbers = range(1, 501)

    assert not faults(
        example(
            "settlement",
            lines=[{**line, "line_no": n} for n in numbers],
            line_prices=[{**price, "line_no": n} for n in numbers],
            gross_fen=500 * 4_440,
            deductions=...,
            net_fen=500 * 4_440,
        )
    )


def test_the_period_may_be_one_day(example: Any, faults: Any) -> None:
    assert not faults(example("settlement", period_from="2026-11-23", period_until="2026-11-23"))


def test_only_the_bank_speaks_for_its_own_interface(example: Any, prepare: Any) -> None:
    assert prepare(example("account-entry")).posters == {"bank"}
    assert prepare(example("account-entry", source="statement-file")).posters == {
        "bank",
        "bureau-funds",
    }


def test_a_balance_may_be_negative_an_amount_may_not(example: Any, faults: Any) -> None:
    assert not faults(example("account-entry", balance_after_fen=-1))
    assert faults(example("account-entry", amount_fen=-1)) == {("/payload/amount_fen", "too-small")}


def test_nobody_is_accountable_for_what_a_bank_says(example: Any, faults: Any) -> None:
    person = "person:k2vt6yqj4zrm7xbc5hdwonpeas"

    for name in ("meal-payment", "account-entry"):
        assert faults(example(name, accountable=person)) == {
            ("/payload/accountable", "unknown-field")
        }


def test_names_of_payers_are_personal() -> None:
    assert {"counterparty_name", "counterparty_account", "remittance_text"} <= catalogue.get(
        "account-entry"
    ).personal
    assert all(rule.personal for rule in catalogue.get("meal-payment").blobs)
