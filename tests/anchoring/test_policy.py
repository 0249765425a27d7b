"""The pure decisions, each by itself."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring import policy
from anchoring.chain import Fees, Receipt
from anchoring.policy import (
    Action,
    AnchoringPolicy,
    Become,
    FindEvent,
    Resend,
    Seen,
    Send,
    TakeReceipt,
    Wait,
)
from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress, AnchorState, Attempt, Mined

RULES = AnchoringPolicy()
NOW = 1_795_000_000_000
TARGET = AnchorTarget(1, "0x" + "11" * 32, "0x" + "22" * 20, "33" * 32, "0x" + "44" * 20)
MINED = Mined("0xaa", 0, 100, "0xb100", NOW // 1000)


def attempt(tx_hash: str = "0xaa", nonce: int = 7, **changes: Any) -> Attempt:
    return replace(Attempt(tx_hash, b"raw", nonce, 1000, 100, NOW), **changes)


def row(state: AnchorState, *attempts: Attempt, **changes: Any) -> AnchorProgress:
    mined = MINED if state is AnchorState.MINED else None
    plain = AnchorProgress(TARGET, 20, bytes(32), state, NOW, NOW, attempts, mined)
    return replace(plain, **changes)


def receipt(tx_hash: str = "0xaa", *, succeeded: bool = True) -> dict[str, Receipt]:
    return {tx_hash: Receipt(tx_hash, 101, "0xb101", succeeded, 90_000, None, ())}


def seen(**changes: Any) -> Seen:
    plain = Seen(
        now_ms=NOW,
        head_size=10,
        nonce=7,
        receipts={},
        block_stands=True,
        final_number=-1,
        larger_open=False,
        smaller_open=False,
        other_sent=False,
        handed_over_ms=NOW,
        underpriced=False,
    )
    return replace(plain, **changes)


def decide(
    state: AnchorState, *attempts: Attempt, row_changes: Any = None, **changes: Any
) -> Action:
    return policy.decide(row(state, *attempts, **(row_changes or {})), seen(**changes), RULES)


PLANNED, SENT, MINED_ = AnchorState.PLANNED, AnchorState.SENT, AnchorState.MINED
BACK = [AnchorState.REORGED, AnchorState.REPLACED, AnchorState.FAILED]


def test_a_planned_row_is_sent_when_nothing_is_in_its_way() -> None:
    assert decide(PLANNED) == Send()
    assert decide(PLANNED, other_sent=True) == Wait()
    assert decide(PLANNED, row_changes={"not_before_ms": NOW + 1}) == Wait()
    assert decide(PLANNED, head_size=-1) == Wait(), "the log is not registered yet"
    assert decide(PLANNED, head_size=-1, row_changes={"size": 0}) == Send()


@pytest.mark.parametrize("head_size", [20, 21])
@pytest.mark.parametrize("state", [PLANNED, SENT, AnchorState.FAILED, AnchorState.REORGED])
def test_what_the_contract_holds_already_is_looked_for(state: AnchorState, head_size: int) -> None:
    assert decide(state, attempt(), head_size=head_size) == FindEvent()


def test_a_needless_row_stays_replaced_while_the_larger_stands() -> None:
    assert decide(AnchorState.REPLACED, head_size=21) == Wait()
    assert decide(AnchorState.REPLACED, head_size=19) == Become(PLANNED, "")


@pytest.mark.parametrize("state", [PLANNED, AnchorState.REORGED, AnchorState.FAILED])
def test_a_larger_row_on_its_way_replaces_a_smaller_one(state: AnchorState) -> None:
    action = decide(state, larger_open=True)

    assert isinstance(action, Become)
    assert action.state is AnchorState.REPLACED
    assert decide(AnchorState.REPLACED, larger_open=True) == Wait()


@pytest.mark.parametrize("state", BACK)
def test_reorged_replaced_and_failed_lead_back_to_planned(state: AnchorState) -> None:
    assert decide(state, attempt()) == Become(PLANNED, "")
    assert decide(state, attempt(), row_changes={"not_before_ms": NOW + 1}) == Wait()


@pytest.mark.parametrize("state", [PLANNED, SENT, *BACK])
def test_an_attempt_that_is_mined_counts_in_every_state(state: AnchorState) -> None:
    found = receipt()

    assert decide(state, attempt(), receipts=found) == TakeReceipt(found["0xaa"])
    older = decide(state, attempt(), attempt("0xbb", 8), receipts=found)
    assert older == TakeReceipt(found["0xaa"])


def test_a_reverted_newest_attempt_is_a_failure_and_an_older_one_is_not() -> None:
    reverted = receipt(succeeded=False)
    action = decide(SENT, attempt(), receipts=reverted, nonce=8)
    assert isinstance(action, Become)
    assert action.state is AnchorState.FAILED

    assert decide(SENT, attempt(), attempt("0xbb", 8), receipts=reverted, nonce=8) == Wait()


def test_a_nonce_used_by_another_transaction_is_a_replacement() -> None:
    action = decide(SENT, attempt(), nonce=8)

    assert isinstance(action, Become)
    assert action.state is AnchorState.REPLACED


def test_a_sent_row_is_handed_over_again_then_outbid() -> None:
    assert decide(SENT, attempt()) == Wait()
    assert decide(SENT, attempt(), now_ms=NOW + 29_999) == Wait()
    assert decide(SENT, attempt(), now_ms=NOW + 30_000) == Resend()
    assert decide(SENT, attempt(), now_ms=NOW + 60_000, handed_over_ms=NOW + 30_001) == Wait()
    assert decide(SENT, attempt(), handed_over_ms=None) == Resend(), "after a restart"
    assert decide(SENT, attempt(), now_ms=NOW + 180_000, handed_over_ms=NOW + 170_000) == Send()
    assert decide(SENT, attempt(), underpriced=True) == Send()


def test_a_mined_row_is_final_at_its_depth_while_its_block_stands() -> None:
    assert decide(MINED_, attempt(), final_number=99) == Wait()
    assert decide(MINED_, attempt(), final_number=100, smaller_open=True) == Wait()
    assert decide(MINED_, attempt(), final_number=100) == Become(AnchorState.FINAL, "")


def test_a_mined_row_whose_block_is_gone_moved_or_is_reorged() -> None:
    gone = decide(MINED_, attempt(), block_stands=False, final_number=100)
    assert isinstance(gone, Become)
    assert gone.state is AnchorState.REORGED

    found = receipt()
    moved = decide(MINED_, attempt(), block_stands=False, receipts=found)
    assert moved == TakeReceipt(found["0xaa"])


@pytest.mark.parametrize(
    ("latest", "finalized", "confirmations", "final"),
    [
        (100, 36, None, 36),
        (100, None, None, -1),
        (100, None, 0, 100),
        (100, None, 12, 88),
        (5, None, 12, -1),
        (100, 36, 12, 88),
        (100, 99, 12, 99),
    ],
)
def test_final_is_the_nodes_tag_or_a_depth(
    latest: int, finalized: int | None, confirmations: int | None, final: int
) -> None:
    assert policy.final_number(latest, finalized, confirmations) == final


@pytest.mark.parametrize(
    ("log_size", "last_size", "passed_s", "due"),
    [
        (0, 0, 1e9, False),
        (1, 0, 0, True),
        (5, 5, 1e9, False),
        (1004, 5, 5, False),
        (1005, 5, 4.9, False),
        (1005, 5, 5, True),
        (6, 5, 59.9, False),
        (6, 5, 60, True),
    ],
)
def test_an_anchor_is_due_by_count_or_by_time(
    log_size: int, last_size: int, passed_s: float, due: bool
) -> None:
    last_ms = NOW - int(1000 * passed_s)

    assert due is policy.is_due(
        RULES, log_size=log_size, last_size=last_size, last_ms=last_ms, now_ms=NOW
    )


wei = st.integers(0, 10**24)


@given(wei, wei, wei, wei)
def test_an_offer_outbids_every_attempt_of_its_nonce_by_the_percentage(
    most: int, tip: int, old_most: int, old_tip: int
) -> None:
    before = row(
        SENT,
        attempt(nonce=7, max_fee_wei=old_most, priority_fee_wei=old_tip),
        attempt(nonce=6, max_fee_wei=10**30, priority_fee_wei=10**30),
    )
    offer = policy.offer(before, 7, Fees(most, tip), RULES)

    assert offer is not None
    assert offer.priority_fee_wei is not None
    assert offer.max_fee_wei >= most
    assert offer.priority_fee_wei >= tip
    assert offer.max_fee_wei * 100 >= old_most * 125
    assert offer.priority_fee_wei * 100 >= old_tip * 125
    assert offer.max_fee_wei > old_most
    assert policy.offer(before, 8, Fees(most, tip), RULES) == Fees(most, tip)


def test_no_offer_goes_above_the_bound() -> None:
    bounded = replace(RULES, max_fee_wei=1200)

    assert policy.offer(row(PLANNED), 7, Fees(1200, 1), bounded) == Fees(1200, 1)
    assert policy.offer(row(PLANNED), 7, Fees(1201, 1), bounded) is None
    assert policy.offer(row(SENT, attempt()), 7, Fees(1000, 1), bounded) is None


def test_a_legacy_chain_gets_one_price() -> None:
    old = attempt(priority_fee_wei=None)

    assert policy.offer(row(SENT, old), 7, Fees(900, None), RULES) == Fees(1250, None)


def test_waits_double_up_to_the_longest() -> None:
    waits = [
        policy.setback(row(PLANNED, setbacks=count), RULES, NOW)["not_before_ms"] - NOW
        for count in (0, 1, 2, 6, 7, 50, 5000)
    ]

    assert waits == [5000, 10_000, 20_000, 320_000, 600_000, 600_000, 600_000]
