"""Whose account money goes to: as registered, as settled, as paid."""

from typing import Any

import pytest
from bought import FUNDS, PAYEE, Bought, value_fen

from ledger.oversight.reconciliation.payees import same
from ledger.oversight.seen import Seen

MORNING = "2026-09-07T20:30:00.000Z"
OCTOBER = "2026-10-05T02:00:00.000Z"
LATER = "2026-10-05T02:00:00.001Z"
END = "2026-12-15T00:00:00.000Z"
RICE = {"rice": 10_000}


def settled(**changes: str) -> tuple[Bought, Seen]:
    bought = Bought()
    bought.register()
    _, taken = bought.delivery(RICE, MORNING)
    return bought, bought.settle([(taken.id, RICE)], OCTOBER, **changes)


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (PAYEE, "0000111122223333", True),
        (PAYEE, "0000-1111-2222-3333", True),
        (PAYEE, "0000111122223334", False),
        (PAYEE, "0000********3333", True),
        (PAYEE, "****3333", True),
        (PAYEE, "****3334", False),
        (PAYEE, "1000********3333", False),
        (PAYEE, "*", False),
        ("0000****3333", "00******3333", True),
    ],
)
def test_account_numbers_are_compared_as_they_are_written(
    one: str, other: str, answer: bool
) -> None:
    assert same(one, other) is answer


def test_money_to_the_registered_account_is_silence() -> None:
    bought, settlement = settled(payee_account="0000111122223333")
    bought.pay(settlement, counterparty_account="0000****3333")
    bought.log.until(END)

    assert bought.suspicions == []
    assert bought.results == ["matched"]


def test_a_settlement_to_another_account_is_found_at_once_and_shown() -> None:
    bought, settlement = settled(payee_account="6222 0000 0000 0001")
    bought.pay(settlement, counterparty_account=None)
    bought.log.until(LATER)

    (found,) = bought.log.of("suspicion")
    assert (found["suspicion_kind"], found["responsible"]) == ("payee-differs", FUNDS)
    assert (found["policy_name"], found["severity"]) == ("payee", "critical")
    bought.log.until(END)
    assert bought.codes() == ["payee-differs"]
    assert bought.results == ["mismatched"]
    assert bought.suspicions == ["payee-differs"]


def test_a_payment_to_another_account_than_the_settlement_says_is_found() -> None:
    bought, settlement = settled()
    bought.pay(settlement, counterparty_account="6222 0000 0000 0001")
    bought.log.until(LATER)

    assert bought.suspicions == ["payee-differs"]


def test_a_registration_that_comes_later_is_held_against_what_was_settled() -> None:
    bought = Bought()
    _, taken = bought.delivery(RICE, MORNING)
    bought.settle([(taken.id, RICE)], OCTOBER, payee_account="1")
    bought.log.until("2026-10-20T00:00:00.000Z")
    assert bought.suspicions == []

    bought.register()
    bought.log.until("2026-10-20T00:00:00.001Z")

    assert bought.suspicions == ["payee-differs"]


def test_an_account_that_changes_afterwards_makes_nothing_wrong() -> None:
    bought, settlement = settled()
    bought.log.until(LATER)
    old = next(seen for seen in bought.log.records if seen.type == "supplier-registration")
    bought.register(account="7777")
    bought.log.correct(old)
    bought.pay(settlement)
    bought.log.until(END)

    assert bought.suspicions == []


def test_a_registration_taken_back_binds_nobody() -> None:
    bought = Bought()
    wrong = bought.register(account="7777")
    bought.log.correct(wrong)
    _, taken = bought.delivery(RICE, MORNING)
    bought.settle([(taken.id, RICE)], OCTOBER)
    bought.log.until(LATER)

    assert bought.suspicions == []


def test_an_erased_account_is_forgotten_and_the_sums_are_not() -> None:
    bought, settlement = settled()
    bought.pay(settlement)
    bought.log.until(LATER)
    bought.log.erase(settlement, "payee_account")
    bought.log.until(END)

    kept: Any = bought.log.state[f"payee settlement {settlement.id}"]
    assert kept["versions"] == []
    assert bought.results == ["matched"]
    assert bought.row()["settled_fen"] == value_fen("rice", 10_000)


def test_nothing_is_kept_for_good() -> None:
    bought, settlement = settled()
    bought.pay(settlement)
    bought.log.until("2027-05-01T00:00:00.000Z")

    assert not [key for key in bought.log.state if key.startswith("payee settlement")]
