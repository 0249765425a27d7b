"""Payments and accounts: paid once, to the fen, out of a chain of balances without a hole."""

import pytest
from bought import ACCOUNT, BANK, FUNDS, SCHOOL, Bought, audited, told_again, value_fen
from components.told_log import ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.reconciliation.family import Reconciliation
from ledger.oversight.seen import Seen

MORNING = "2026-09-07T20:30:00.000Z"
OCTOBER = "2026-10-05T02:00:00.000Z"
LATER = "2026-10-05T02:00:00.001Z"
JUDGED = "2026-10-08T00:00:00.000Z"
END = "2026-12-15T00:00:00.000Z"
RICE = {"rice": 10_000}
FEN = value_fen("rice", 10_000)
LATE = "01a206fd-6778-7a62-a7b8-0000000000f2"
BROKEN = "balance-broken"


def settled() -> tuple[Bought, Seen]:
    """A school whose rice was settled, and not paid yet."""
    bought = Bought()
    _, taken = bought.delivery(RICE, MORNING)
    return bought, bought.settle([(taken.id, RICE)], OCTOBER)


def refund(bought: Bought, **changes: object) -> Seen:
    example = TYPES["refund"].example
    return bought.log.post("refund", {**example["payload"], **changes}, issuer=FUNDS)


def meal_payment(bought: Bought, **changes: object) -> Seen:
    example = TYPES["meal-payment"].example
    return bought.log.post("meal-payment", {**example["payload"], **changes}, issuer=BANK)


def test_a_settlement_paid_twice_is_found_at_once() -> None:
    bought, settlement = settled()
    bought.pay(settlement)
    bought.log.until(LATER)
    assert bought.suspicions == []

    bought.pay(settlement)
    bought.log.until("2026-10-05T02:00:00.002Z")

    (found,) = bought.log.of("suspicion")
    assert (found["suspicion_kind"], found["responsible"]) == ("paid-twice", FUNDS)
    assert found["inputs"] == 3
    assert bought.row()["unpaid_fen"] == -FEN


def test_a_fen_too_much_is_found_and_a_fen_too_little_is_listed() -> None:
    bought, settlement = settled()
    bought.entry(-FEN - 1, pays=[settlement])
    bought.log.until(LATER)
    assert bought.suspicions == ["overpaid"]

    bought, settlement = settled()
    bought.entry(-FEN + 1, pays=[settlement])
    bought.log.until(END)
    assert bought.suspicions == []
    assert bought.results == ["mismatched"]
    (line,) = bought.row()["differences"]
    assert (line["code"], line["expected"], line["found"]) == ("not-paid", FEN, FEN - 1)


def test_instalments_are_no_second_payment() -> None:
    bought, settlement = settled()
    bought.entry(-1_000, pays=[settlement])
    bought.entry(1_000 - FEN, pays=[settlement])
    bought.log.until(END)

    assert bought.suspicions == []
    assert bought.results == ["matched"]


def test_what_was_paid_counts_for_the_earlier_period_first() -> None:
    bought = Bought()
    _, one = bought.delivery(RICE, MORNING)
    _, two = bought.delivery(RICE, "2026-10-07T20:30:00.000Z")
    both = bought.settle(
        [(one.id, RICE), (two.id, RICE)], "2026-10-20T02:00:00.000Z", period_until="2026-10-25"
    )
    bought.entry(-FEN - 100, pays=[both])
    bought.log.until(END)

    assert (bought.row()["paid_fen"], bought.row()["status"]) == (FEN, "matched")
    october = bought.row(first="2026-10-01")
    assert (october["paid_fen"], october["unpaid_fen"]) == (100, FEN - 100)


def test_a_payment_told_twice_counts_once() -> None:
    bought, settlement = settled()
    entry = bought.pay(settlement)
    again = {**entry.fields, "bank_reference": "2026-10-05/0318", "source": "statement-file"}
    link = [{"rel": "pays", "id": settlement.id}]
    bought.log.post("account-entry", again, issuer=FUNDS, links=link)
    bought.log.until(LATER)

    assert bought.suspicions == []


def test_a_payment_taken_back_is_none() -> None:
    bought, settlement = settled()
    bought.pay(settlement)
    second = bought.pay(settlement)
    bought.log.correct(second)
    bought.log.until(END)

    assert "paid-twice" not in bought.suspicions
    assert bought.row()["unpaid_fen"] == 0


def test_money_from_another_account_than_the_settlements_is_listed() -> None:
    bought, settlement = settled()
    bought.pay(settlement, account="account:another")
    bought.log.until(END)

    (line,) = bought.row()["differences"]
    assert (line["code"], line["expected"], line["found"]) == (
        "payer-differs", ACCOUNT, "account:another",
    )  # fmt: skip
    assert bought.results == ["mismatched"]


def test_a_debit_without_a_settlement_is_found_after_the_grace() -> None:
    bought, _ = settled()
    bought.entry(-777)
    bought.log.until("2026-10-07T02:00:00.000Z")
    assert bought.suspicions == []

    bought.log.until("2026-10-07T02:00:00.001Z")

    (found,) = bought.log.of("suspicion")
    assert (found["suspicion_kind"], found["responsible"]) == ("debit-without-settlement", FUNDS)
    (line,) = bought.row("account", "2026-10-01")["differences"]
    assert (line["about"], line["expected"], line["found"]) == ("101", 0, 777)


def debit(bought: Bought, fen: int, pays: str) -> None:
    """A debit that names a bill which the log does not know yet."""
    example = TYPES["account-entry"].example["payload"]
    payload = {**example, "amount_fen": fen, "booked_on": bought.log.now[:10]}
    bought.log.post("account-entry", payload, issuer=BANK, links=[{"rel": "pays", "id": pays}])


@pytest.mark.parametrize(
    ("posted", "kinds"),
    [
        ("2026-10-07T02:00:00.000Z", []),
        ("2026-10-07T03:00:00.000Z", ["debit-without-settlement"]),
    ],
)
def test_a_settlement_may_be_posted_after_its_payment_within_the_grace(
    posted: str, kinds: list[str]
) -> None:
    bought = Bought()
    _, taken = bought.delivery(RICE, MORNING)
    bought.log.until(OCTOBER)
    debit(bought, FEN, LATE)
    bought.settle([(taken.id, RICE)], posted, record_id=LATE)
    bought.entry(1, posted, account=ACCOUNT, entry_no=319, balance_after_fen=4_120_395)
    bought.log.until(END)

    # What was found stays; the rows say what stands now.
    assert bought.suspicions == kinds
    assert bought.results == ["matched"]
    assert bought.codes("account", "2026-10-01") == []


@pytest.mark.parametrize("purpose", ["手续费", "餐费"])
def test_what_the_policy_calls_an_outflow_of_its_own_needs_no_settlement(purpose: str) -> None:
    bought, _ = settled()
    bought.entry(-500, purpose=purpose)
    bought.log.until(JUDGED)

    assert bought.suspicions == ([] if purpose == "手续费" else ["debit-without-settlement"])


def test_a_refund_is_an_outflow_and_paid_once() -> None:
    bought = Bought()
    paid = refund(bought)
    bought.entry(-168_000, pays=[paid])
    bought.log.until("2026-09-10T00:00:00.000Z")
    assert bought.suspicions == []

    bought.entry(-168_000, pays=[paid])
    bought.log.until("2026-09-10T00:00:00.001Z")

    assert bought.suspicions == ["paid-twice"]
    assert bought.codes("account") == ["paid-twice"]


@pytest.mark.parametrize(
    ("fen", "codes"), [(272_400, []), (270_000, []), (270_001, ["credit-differs"])]
)
def test_what_parents_paid_comes_in_with_fees_or_without(fen: int, codes: list[str]) -> None:
    bought = Bought()
    paid = meal_payment(bought, fees_fen=2_400, business_on="2026-09-01")
    bought.entry(fen, pays=[paid])
    bought.log.until(END)

    assert bought.codes("account") == codes
    assert bought.suspicions == []


@pytest.mark.parametrize("first", ["payment", "credit"])
def test_a_credit_that_names_nothing_is_the_payments_of_its_amount(first: str) -> None:
    bought = Bought()
    if first == "payment":
        meal_payment(bought)
        bought.entry(272_400)
        assert "loose" not in str(bought.log.state[f"reconciliation account {ACCOUNT}"])
    else:
        bought.entry(272_400)
        meal_payment(bought)
    bought.log.until(END)

    assert bought.codes("account") == []
    assert not [key for key in bought.log.state if " owing " in key or " bill " in key]


def test_what_parents_paid_and_nobody_credited_is_noted() -> None:
    bought = Bought()
    meal_payment(bought)
    bought.entry(5)
    bought.log.until(END)

    assert bought.codes("account") == ["not-credited"]
    assert bought.row("account")["status"] == "matched"


# The chain


def entries(*numbers: int, wrong: int = 0) -> ToldLog:
    """Entries of 100 fen each, in this order; `wrong` has a balance that does not follow."""
    log = ToldLog(Reconciliation())
    for minute, number in enumerate(numbers):
        payload = {
            **TYPES["account-entry"].example["payload"],
            "entry_no": number,
            "bank_reference": f"r{minute}",
            "booked_on": "2026-09-01",
            "direction": "credit",
            "amount_fen": 100,
            "balance_after_fen": 100 * number + (7 if number == wrong else 0),
        }
        at = f"2026-09-01T01:{minute:02}:00.000Z"
        log.post("account-entry", payload, issuer=BANK, at=at)
    return log


def broken(log: ToldLog) -> list[tuple[object, ...]]:
    """What the account's row says of the chain."""
    (row,) = [row for row in log.rows.values() if row.kind == "account"]
    assert row.detail is not None
    return [
        (one["about"], one["expected"], one["found"], one["unit"])
        for one in row.detail["differences"]
    ]


@pytest.mark.parametrize(
    "numbers", [(1, 2, 3, 4), (4, 3, 2, 1), (3, 1, 4, 2), (318, 317, 320, 319)]
)
def test_entries_chain_in_whatever_order_they_come(numbers: tuple[int, ...]) -> None:
    log = entries(*numbers)
    log.until(JUDGED)

    assert log.found == []
    assert broken(log) == []
    ((key, state),) = [
        (key, state) for key, state in log.state.items() if "account account:" in key
    ]
    assert len(state["stretches"]) == 1  # type: ignore[index, call-overload, arg-type]
    assert key


def test_a_missing_entry_is_found_after_the_grace() -> None:
    log = entries(1, 2, 5)
    log.until("2026-09-03T01:02:00.000Z")
    assert log.found == []

    log.until("2026-09-03T01:02:00.001Z")

    (found,) = log.of("suspicion")
    assert (found["suspicion_kind"], found["responsible"], found["severity"]) == (
        BROKEN, BANK, "critical",
    )  # fmt: skip
    assert broken(log) == [("3-4", 200, 400, "fen")]


def test_a_balance_that_does_not_follow_is_found() -> None:
    log = entries(1, 2, 3, wrong=3)
    log.until(JUDGED)

    assert [one["suspicion_kind"] for one in log.of("suspicion")] == [BROKEN]
    assert broken(log) == [("", 200, 207, "fen")]


def test_a_number_used_twice_is_found() -> None:
    log = entries(1, 2, 2)
    log.until(JUDGED)

    assert [one["suspicion_kind"] for one in log.of("suspicion")] == [BROKEN]
    assert broken(log) == [("2", 1, 2, "entry")]


def test_an_entry_that_comes_late_puts_the_row_right() -> None:
    log = entries(1, 2, 4)
    log.until(JUDGED)
    assert broken(log) == [("3", 200, 300, "fen")]

    payload = {**log.records[-2].fields, "entry_no": 3, "balance_after_fen": 300}
    log.post("account-entry", {**payload, "bank_reference": "late"}, issuer=BANK)
    log.until("2026-10-20T00:00:00.000Z")

    assert broken(log) == []
    assert len(log.found) == 1


def test_a_break_that_opens_again_is_found_once() -> None:
    log = entries(1, 3)
    log.until("2026-09-05T00:00:00.000Z")
    payload = {**log.records[-2].fields, "entry_no": 2, "balance_after_fen": 200}
    late = log.post("account-entry", {**payload, "bank_reference": "late"}, issuer=BANK)
    log.until("2026-09-10T00:00:00.000Z")
    log.correct(late)
    log.until("2026-09-20T00:00:00.000Z")
    log.post("account-entry", {**payload, "bank_reference": "end", "entry_no": 4}, issuer=BANK)

    assert broken(log) == [("2", 100, 200, "fen")]
    assert audited(log)[1] == []


def test_an_entry_taken_back_leaves_a_hole_and_its_replacement_fills_it() -> None:
    log = entries(1, 2, 3, 4)
    wrong = log.records[2]
    log.correct(wrong)
    log.until("2026-09-05T00:00:00.000Z")
    assert broken(log) == [("2", 100, 200, "fen")]

    log.post("account-entry", {**wrong.fields, "bank_reference": "right"}, issuer=BANK)
    log.until(JUDGED)

    assert broken(log) == []
    (row,) = [row for row in log.rows.values() if row.kind == "account"]
    assert row.detail is not None
    assert (row.detail["entries"], row.detail["credits_fen"]) == (4, 400)


def test_a_replacement_posted_before_the_correction_takes_the_place() -> None:
    log = entries(1, 2, 3, wrong=2)
    wrong = log.records[2]
    right = {**wrong.fields, "balance_after_fen": 200, "bank_reference": "right"}
    log.post("account-entry", right, issuer=BANK)
    log.correct(wrong)
    log.until(JUDGED)

    assert log.found == []
    assert broken(log) == []


def test_an_account_number_erased_leaves_the_chain_whole() -> None:
    log = entries(1, 2, 3)
    log.erase(log.records[2], "counterparty_account", "counterparty_name", "remittance_text")
    log.until(JUDGED)

    assert log.found == []


def test_an_account_is_shown_with_its_school_while_it_serves_one() -> None:
    bought, settlement = settled()
    bought.pay(settlement)
    assert bought.row("account", "2026-10-01")["scope"] == SCHOOL

    refund(bought, school="school:2105020002")
    bought.entry(-168_000)

    assert bought.row("account", "2026-10-01")["scope"] == ACCOUNT


def test_a_statement_opens_and_closes_with_what_moved() -> None:
    bought, settlement = settled()
    bought.pay(settlement)
    bought.entry(500)
    bought.log.until(END)

    row = bought.row("account", "2026-10-01")
    assert row["opening_fen"] + row["credits_fen"] - row["debits_fen"] == row["closing_fen"]
    assert (row["first_entry_no"], row["last_entry_no"], row["entries"]) == (101, 102, 2)


@pytest.mark.parametrize("seed", range(8))
def test_differences_are_the_same_in_whatever_order_records_come(seed: int) -> None:
    bought = Bought()
    order, one = bought.delivery(RICE, MORNING, rejected={"rice": 1_000})
    rejection = bought.reject(order, {"rice": 1_000})
    _, two = bought.delivery({"pork-leg": 5_000, "egg-box": 2}, "2026-09-10T20:30:00.000Z")
    cut = (rejection.id, "rejected", 1)
    first = bought.settle([(one.id, RICE)], OCTOBER, deductions=[cut])
    second = bought.settle([(two.id, {"pork-leg": 5_500}), (one.id, {"rice": 10})])
    for settlement in (first, first, second):
        bought.pay(settlement)
    bought.entry(-4_321)
    bought.log.until(END)

    again = told_again(bought, seed)
    again.log.until(END)

    # Which of two settlements is the second depends on which came first, and so it should.
    kinds = {"settled-twice", "settled-above-accepted"}
    assert {*again.suspicions} - kinds == {*bought.suspicions} - kinds
    assert {*again.suspicions} & kinds
    ours, theirs = bought.row(), again.row()
    for name in ("goods", "accepted_fen", "settled_fen", "paid_fen", "status"):
        assert theirs[name] == ours[name], name
