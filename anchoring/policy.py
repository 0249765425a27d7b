"""What to do about anchors: pure decisions over a row and what a node shows of it.

    planned → sent → mined → final          reorged, replaced, failed → planned

Nothing here asks a node, reads a clock or stores anything: `loop.py` performs. Every decision
rests on what is stored and what the chain shows now, never on what this process remembers, so
that it may end at any moment and another may go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from anchoring.chain import Fees, Receipt
from ledger.anchor_progress import AnchorProgress, AnchorState

DEFAULT_DEPTH: Final = 64
"""Blocks that make an anchor final where neither the node nor a setting says so: two epochs."""

UNWANTED: Final = frozenset({AnchorState.REORGED, AnchorState.REPLACED, AnchorState.FAILED})
"""The states that lead back to planned."""


@dataclass(frozen=True, slots=True)
class AnchoringPolicy:
    """When to anchor, and how patiently.

    Attributes:
        every_records: anchor when so many records came since the last anchor.
        every_s: anchor when so long passed since the last anchor, and any record came.
        least_s: never due within this time of the last anchor, however many records come: each costs
            gas, and the larger one stands for both. What is asked for is planned at once.
        confirmations: blocks above an anchor that make it final, besides the node's own tag.
        resend_after_s: hand a transaction over again when it is not mined by then.
        bump_after_s: pay more for a transaction that is not mined by then.
        bump_percent: how much more; nodes ask for 10 (geth) to 100 (blob pools).
        max_fee_wei: most to pay for a unit of gas, or None for no bound.
        backoff_s: wait after the first setback; doubled with each.
        max_backoff_s: longest wait.
    """

    every_records: int = 1000
    every_s: float = 60.0
    least_s: float = 5.0
    confirmations: int | None = None
    resend_after_s: float = 30.0
    bump_after_s: float = 180.0
    bump_percent: int = 25
    max_fee_wei: int | None = None
    backoff_s: float = 5.0
    max_backoff_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the chain shows of one row, and what stands beside it.

    Attributes:
        now_ms: POSIX milliseconds.
        head_size: size anchored last in the contract; -1 while the log is not registered.
        nonce: number of the account's mined transactions.
        receipts: of the row's attempts, by hash, as far as they are mined.
        block_stands: of a mined row, whether its block is still canonical.
        final_number: highest block that is final, -1 for none.
        larger_open: whether an anchor of larger size is on its way to a block.
        smaller_open: whether a smaller one, the registration included, may still become final.
        other_sent: whether the account has a transaction of another row under way.
        handed_over_ms: when this process handed over the newest attempt, None if it never did.
        underpriced: whether a node refused the newest attempt because another one pays as much.
    """

    now_ms: int
    head_size: int
    nonce: int
    receipts: Mapping[str, Receipt]
    block_stands: bool
    final_number: int
    larger_open: bool
    smaller_open: bool
    other_sent: bool
    handed_over_ms: int | None
    underpriced: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do now."""


@dataclass(frozen=True, slots=True)
class Send:
    """Build the call on the contract's head of now, sign it, keep it, hand it over.

    Of a row that is sent already: at a higher fee, so that it takes the place of the newest attempt.
    """


@dataclass(frozen=True, slots=True)
class Resend:
    """Hand the newest attempt over again."""


@dataclass(frozen=True, slots=True)
class TakeReceipt:
    """This attempt was mined: keep where its event stands."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class FindEvent:
    """The contract is that far already: look for the event that says how."""


@dataclass(frozen=True, slots=True)
class Become:
    """The row changes its state, and nothing is sent."""

    state: AnchorState
    detail: str


Action: TypeAlias = Wait | Send | Resend | TakeReceipt | FindEvent | Become


def is_due(
    policy: AnchoringPolicy, *, log_size: int, last_size: int, last_ms: int, now_ms: int
) -> bool:
    """Whether a new anchor is to be planned; `last` is the largest planned or made, or zeros."""
    if log_size <= last_size:
        return False
    enough = log_size - last_size >= policy.every_records
    wait_s = min(policy.least_s, policy.every_s) if enough else policy.every_s
    return last_size == 0 or now_ms - last_ms >= 1000 * wait_s


def final_number(latest: int, finalized: int | None, confirmations: int | None) -> int:
    """The highest block that counts as final, -1 for none: by the node's tag, or by depth."""
    by_depth = -1 if confirmations is None else latest - confirmations
    return max(-1 if finalized is None else finalized, by_depth, -1)


def decide(row: AnchorProgress, seen: Seen, policy: AnchoringPolicy) -> Action:
    """The next thing to do about a row that is not final."""
    receipt = _receipt(row, seen)
    if row.state is AnchorState.MINED:
        return _decide_mined(row, seen, receipt)
    if receipt is not None and receipt.succeeded:
        return TakeReceipt(receipt)
    if row.state is AnchorState.SENT:
        return _decide_sent(row, seen, policy, receipt)
    if seen.head_size >= row.size:
        # A transaction of ours was mined unnoticed, or a larger anchor made this one needless.
        return Wait() if row.state is AnchorState.REPLACED else FindEvent()
    if seen.larger_open:
        if row.state is AnchorState.REPLACED:
            return Wait()
        return Become(AnchorState.REPLACED, "a larger anchor is under way")
    if seen.now_ms < row.not_before_ms:
        return Wait()
    if row.state in UNWANTED:
        return Become(AnchorState.PLANNED, row.detail)
    registered = seen.head_size >= 0 or row.size == 0
    return Send() if registered and not seen.other_sent else Wait()


def _receipt(row: AnchorProgress, seen: Seen) -> Receipt | None:
    """Of attempts under one nonce at most one is mined; of several nonces the one that succeeded."""
    found = [seen.receipts[a.tx_hash] for a in row.attempts if a.tx_hash in seen.receipts]
    return next((one for one in found if one.succeeded), found[-1] if found else None)


def _decide_mined(row: AnchorProgress, seen: Seen, receipt: Receipt | None) -> Action:
    assert row.mined is not None
    if not seen.block_stands:
        if receipt is not None and receipt.succeeded:
            return TakeReceipt(receipt)
        return Become(AnchorState.REORGED, f"block {row.mined.block_hash} was reorganised away")
    if row.mined.block_number <= seen.final_number and not seen.smaller_open:
        # Rows below the largest final one are looked at no more: the smaller go first.
        return Become(AnchorState.FINAL, "")
    return Wait()


def _decide_sent(
    row: AnchorProgress, seen: Seen, policy: AnchoringPolicy, receipt: Receipt | None
) -> Action:
    newest = row.attempts[-1]
    if receipt is not None and receipt.tx_hash in _hashes(row, newest.nonce):
        return Become(AnchorState.FAILED, f"{receipt.tx_hash} was mined, and reverted")
    if seen.head_size >= row.size:
        return FindEvent()
    if seen.nonce > newest.nonce:
        return Become(AnchorState.REPLACED, f"another transaction took the nonce {newest.nonce}")
    if seen.underpriced or seen.now_ms - newest.signed_at_ms >= 1000 * policy.bump_after_s:
        return Send()
    handed_over_ms = seen.handed_over_ms
    if handed_over_ms is None or seen.now_ms - handed_over_ms >= 1000 * policy.resend_after_s:
        return Resend()
    return Wait()


def _hashes(row: AnchorProgress, nonce: int) -> set[str]:
    return {attempt.tx_hash for attempt in row.attempts if attempt.nonce == nonce}


def setback(row: AnchorProgress, policy: AnchoringPolicy, now_ms: int) -> dict[str, int]:
    """The changes that count a setback, and put off what is tried next."""
    wait_s = min(policy.max_backoff_s, policy.backoff_s * 2 ** min(row.setbacks, 30))
    return {"setbacks": row.setbacks + 1, "not_before_ms": now_ms + int(1000 * wait_s)}


def offer(row: AnchorProgress, nonce: int, suggested: Fees, policy: AnchoringPolicy) -> Fees | None:
    """The fees of a new attempt, or None where they would be above the bound.

    Another attempt under this nonce may wait at a node: it is replaced only by one that pays
    `bump_percent` more in both fees.
    """
    most, tip = suggested.max_fee_wei, suggested.priority_fee_wei
    for attempt in row.attempts:
        if attempt.nonce == nonce:
            most = max(most, _raised(attempt.max_fee_wei, policy))
            if tip is not None:
                tip = max(tip, _raised(attempt.priority_fee_wei or 0, policy))
    if policy.max_fee_wei is not None and most > policy.max_fee_wei:
        return None
    return Fees(most, tip)


def _raised(wei: int, policy: AnchoringPolicy) -> int:
    return wei + max(1, -(-wei * policy.bump_percent // 100))
