"""Where one anchor stands on its way to the chain: what a store of anchors keeps of it.

    planned → sent → mined → final          reorged, replaced, failed → planned

Size 0 is the registration of the log's id in the contract, made before the first anchor. Values
only: `anchoring/policy.py` decides, `anchoring/loop.py` performs, a store keeps.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from ledger import canonical, timestamp
from ledger.anchor import Anchor, AnchorTarget
from ledger.canonical import JsonInput
from ledger.encoding import b64, unb64
from ledger.errors import LedgerError, MalformedError


class AnchorState(StrEnum):
    """The states of DESIGN §8."""

    PLANNED = "planned"
    """Wanted, and no transaction of it can still be mined."""
    SENT = "sent"
    """A signed transaction is kept; whether a node has it is never assumed."""
    MINED = "mined"
    """Its event stands in a block that may still be reorganised away."""
    FINAL = "final"
    """Its block will not change any more."""
    REORGED = "reorged"
    """The block that held it is no longer of the chain."""
    REPLACED = "replaced"
    """Another transaction took its nonce, or a larger anchor stands in its place."""
    FAILED = "failed"
    """The contract or the node refused it; `detail` says why."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One signed transaction; those of one anchor share a nonce until it goes back to planned.

    Attributes:
        tx_hash: `0x` and 64 digits.
        raw: the signed transaction, to be sent again as it is.
        nonce: of the sending account.
        max_fee_wei: most paid for a unit of gas.
        priority_fee_wei: tip for a unit of gas, or None in a transaction before EIP-1559.
        signed_at_ms: POSIX milliseconds.
    """

    tx_hash: str
    raw: bytes
    nonce: int
    max_fee_wei: int
    priority_fee_wei: int | None
    signed_at_ms: int


@dataclass(frozen=True, slots=True)
class Mined:
    """The event of an anchor as the node reports it; hashes as in `ledger.anchor.Anchor`."""

    tx_hash: str
    log_index: int
    block_number: int
    block_hash: str
    block_timestamp_s: int


@dataclass(frozen=True, slots=True)
class AnchorProgress:
    """One row of a store of anchors; (target, size) is its key.

    Attributes:
        target: where it is to stand.
        size: tree size, or 0 for the registration.
        root: root of the log at `size`; of size 0 the leaf hash of genesis.
        state: see above.
        planned_at_ms: when it was first wanted, POSIX milliseconds.
        changed_at_ms: when `state` last changed.
        attempts: transactions signed for it, oldest first, cut to the newest 32.
        mined: in states mined and final, else None.
        setbacks: how often it was reorged, replaced or failed.
        not_before_ms: nothing is sent for it earlier.
        detail: why it stands where it stands, in English; may be empty.
        revision: 0 before it is stored, then counted up with each change.
    """

    target: AnchorTarget
    size: int
    root: bytes
    state: AnchorState
    planned_at_ms: int
    changed_at_ms: int
    attempts: tuple[Attempt, ...] = ()
    mined: Mined | None = None
    setbacks: int = 0
    not_before_ms: int = 0
    detail: str = ""
    revision: int = 0

    def to(self, state: AnchorState, now_ms: int, **changes: Any) -> "AnchorProgress":
        """The row in another state; `mined` is dropped unless given."""
        return replace(self, **{"state": state, "changed_at_ms": now_ms, "mined": None, **changes})

    def to_anchor(self, consistency: tuple[bytes, ...]) -> Anchor:
        """What a bundle says of it; `consistency` leads between its size and the checkpoint's.

        Requires the state mined or final, and a size above 0.
        """
        if self.mined is None or self.size == 0:
            raise MalformedError(f"the anchor of size {self.size} stands in no block")
        return Anchor(
            chain_id=self.target.chain_id,
            genesis_hash=self.target.genesis_hash,
            contract=self.target.contract,
            tx_hash=self.mined.tx_hash,
            log_index=self.mined.log_index,
            block_number=self.mined.block_number,
            block_hash=self.mined.block_hash,
            block_time=timestamp.format(1000 * self.mined.block_timestamp_s),
            size=self.size,
            root=self.root,
            consistency=consistency,
        )

    def to_bytes(self) -> bytes:
        """Canonical JSON of the whole row but its revision, for a store's one column."""
        return canonical.serialise(
            {
                "target": self.target.to_json(),
                "size": self.size,
                "root": b64(self.root),
                "state": self.state.value,
                "planned_at_ms": self.planned_at_ms,
                "changed_at_ms": self.changed_at_ms,
                "attempts": [_attempt_to_json(attempt) for attempt in self.attempts],
                "mined": _mined_to_json(self.mined),
                "setbacks": self.setbacks,
                "not_before_ms": self.not_before_ms,
                "detail": self.detail,
            }
        )

    @staticmethod
    def from_bytes(data: bytes, *, revision: int) -> "AnchorProgress":
        """The row that `to_bytes` wrote.

        Raises:
            MalformedError: anything else.
        """
        try:
            return _from_json(canonical.parse(data), revision)
        except (LedgerError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise MalformedError("not a row of an anchor") from error


KEPT_ATTEMPTS: Final = 32
"""Fee replacements are few; whoever needs more than this has other troubles."""


def _attempt_to_json(attempt: Attempt) -> JsonInput:
    # Fees are text: a wei amount has no bound that JSON's integers keep.
    tip = attempt.priority_fee_wei
    return {
        "tx_hash": attempt.tx_hash,
        "raw": b64(attempt.raw),
        "nonce": attempt.nonce,
        "max_fee_wei": str(attempt.max_fee_wei),
        "priority_fee_wei": None if tip is None else str(tip),
        "signed_at_ms": attempt.signed_at_ms,
    }


def _mined_to_json(mined: Mined | None) -> JsonInput:
    if mined is None:
        return None
    return {
        "tx_hash": mined.tx_hash,
        "log_index": mined.log_index,
        "block_number": mined.block_number,
        "block_hash": mined.block_hash,
        "block_timestamp_s": mined.block_timestamp_s,
    }


def _from_json(row: Any, revision: int) -> AnchorProgress:
    attempts = tuple(
        Attempt(
            tx_hash=item["tx_hash"],
            raw=unb64(item["raw"]),
            nonce=item["nonce"],
            max_fee_wei=int(item["max_fee_wei"]),
            priority_fee_wei=(
                None if item["priority_fee_wei"] is None else int(item["priority_fee_wei"])
            ),
            signed_at_ms=item["signed_at_ms"],
        )
        for item in row["attempts"]
    )
    return AnchorProgress(
        target=AnchorTarget.of_json(row["target"]),
        size=row["size"],
        root=unb64(row["root"], 32),
        state=AnchorState(row["state"]),
        planned_at_ms=row["planned_at_ms"],
        changed_at_ms=row["changed_at_ms"],
        attempts=attempts,
        mined=None if row["mined"] is None else Mined(**row["mined"]),
        setbacks=row["setbacks"],
        not_before_ms=row["not_before_ms"],
        detail=row["detail"],
        revision=revision,
    )
