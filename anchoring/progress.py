"""One step's work on the rows of a target: asks the chain, lets `policy.py` decide, performs.

Crash points. A transaction is signed and stored before it is handed over, and its hash follows
from its bytes: a process that ends at any line leaves a row from which the next one goes on,
handing the same transaction over again, or finding it mined. A row is written under its revision,
and before anything is sent, so that two processes, should the lease fail, cannot both send.
"""

from collections.abc import Callable, Sequence
from typing import Final, assert_never

from anchoring import contract, policy
from anchoring.account import Account, Transaction
from anchoring.chain import Chain, EventLog, Receipt, RevertedError, SendRefusedError
from anchoring.contract import ContractHead
from anchoring.lookout import Lookout, View
from anchoring.policy import (
    AnchoringPolicy,
    Become,
    FindEvent,
    Resend,
    Seen,
    Send,
    TakeReceipt,
    Wait,
)
from anchoring.store import AnchorStore, LogReader
from ledger import proof
from ledger.anchor import AnchorTarget
from ledger.anchor_progress import KEPT_ATTEMPTS, AnchorProgress, AnchorState, Attempt, Mined
from ledger.errors import UnavailableError, VerificationError

_CHANGES: Final = 8
"""Most changes of one row in one step: planned to final on an instant chain takes three."""

_ENDED: Final = frozenset({AnchorState.FINAL, AnchorState.REPLACED})

_UNDER_WAY: Final = frozenset({AnchorState.PLANNED, AnchorState.SENT, *policy.UNWANTED})


class Worker:
    """Carries rows forward. What it remembers spares questions; nothing rests on it."""

    def __init__(
        self,
        chain: Chain,
        store: AnchorStore,
        log: LogReader,
        *,
        target: AnchorTarget,
        key: bytes,
        clock_ms: Callable[[], int],
        rules: AnchoringPolicy,
    ) -> None:
        """Args as `loop.Anchoring`."""
        self._chain = chain
        self._store = store
        self._log = log
        self._target = target
        self._account = Account(key)
        self.lookout = Lookout(
            chain, log, target=target, account=self._account.address, rules=rules
        )
        self._clock_ms = clock_ms
        self._rules = rules
        self._handed_over: dict[str, int] = {}
        self._underpriced: set[str] = set()

    def plan(self, size: int, root: bytes) -> AnchorProgress:
        """The row of a size, planned now if there is none."""
        row = self._store.anchor(self._target, size)
        if row is not None:
            return row
        now_ms = self._clock_ms()
        return self._store.put_anchor(
            AnchorProgress(self._target, size, root, AnchorState.PLANNED, now_ms, now_ms)
        )

    def plan_what_lacks(self, view: View) -> None:
        """Plan the registration if it lacks, and a row for what is anchored but not stored."""
        if not view.head.registered:
            self.plan(0, self._log.genesis_leaf_hash())
            return
        final = self._store.largest_final_anchor(self._target)
        if view.head.size > (0 if final is None else final.size):
            self.plan(view.head.size, view.head.root)

    def give_up_what_is_gone(self, view: View) -> None:
        """Final anchors that the contract has no more were not final after all.

        So it goes where confirmations are few. A node that is merely behind shows the same head,
        but not yet the block.

        Raises:
            UnavailableError: the node is behind, or contradicts itself.
        """
        held = view.head.size if view.head.registered else -1
        while True:
            row = self._store.largest_final_anchor(self._target)
            if row is None or row.size <= held:
                return
            if row.mined is not None:
                block = self._chain.block(row.mined.block_number)
                if block is None or block.hash == row.mined.block_hash:
                    raise UnavailableError(
                        f"the node does not show the anchor of size {row.size}, which is final:"
                        f" it is behind block {row.mined.block_number}"
                    )
            self._become(row, AnchorState.REORGED, "its block was reorganised away, though final")

    def advance(
        self, row: AnchorProgress, rows: Sequence[AnchorProgress], view: View
    ) -> AnchorProgress:
        """Carry a row as far as it goes now.

        Args:
            row: one of `rows`.
            rows: the open rows as they stand now.
            view: the chain of this step.
        """
        for _ in range(_CHANGES):
            seen = self._observe(row, rows, view)
            match policy.decide(row, seen, self._rules):
                case Wait():
                    return row
                case Become(state, detail):
                    row = self._become(row, state, detail)
                case TakeReceipt(receipt):
                    row = self._take_receipt(row, receipt)
                case FindEvent():
                    row = self._find_event(row)
                case Resend():
                    row, view = self._hand_over(row), self.lookout.look_again(view)
                case Send():
                    sent = self._send(row)
                    if sent is row:
                        return row
                    row, view = sent, self.lookout.look_again(view)
                case never:
                    assert_never(never)
            if row.state is AnchorState.FINAL:
                return row
        return row

    def _observe(self, row: AnchorProgress, rows: Sequence[AnchorProgress], view: View) -> Seen:
        mined = row.mined
        stands = False
        if mined is not None:
            block = self._chain.block(mined.block_number)
            stands = block is not None and block.hash == mined.block_hash
        receipts: dict[str, Receipt] = {}
        for attempt in () if stands else row.attempts:
            receipt = self._chain.receipt(attempt.tx_hash)
            if receipt is not None:
                receipts[attempt.tx_hash] = receipt
        newest = row.attempts[-1].tx_hash if row.attempts else ""
        others = [other for other in rows if other.size != row.size]
        return Seen(
            now_ms=self._clock_ms(),
            head_size=view.head.size if view.head.registered else -1,
            nonce=view.nonce,
            receipts=receipts,
            block_stands=stands,
            final_number=view.final_number,
            larger_open=row.size > 0
            and any(other.size > row.size and other.state in _UNDER_WAY for other in others),
            smaller_open=any(
                other.size < row.size and other.state not in _ENDED for other in others
            ),
            other_sent=any(other.state is AnchorState.SENT for other in others),
            handed_over_ms=self._handed_over.get(newest),
            underpriced=newest in self._underpriced,
        )

    def _become(self, row: AnchorProgress, state: AnchorState, detail: str) -> AnchorProgress:
        now_ms = self._clock_ms()
        changes: dict[str, object] = {"detail": detail[:500]}
        if state is AnchorState.FINAL:
            changes["mined"] = row.mined
        elif state in policy.UNWANTED:
            changes |= policy.setback(row, self._rules, now_ms)
        return self._store.put_anchor(row.to(state, now_ms, **changes))

    def _take_receipt(self, row: AnchorProgress, receipt: Receipt) -> AnchorProgress:
        for event in receipt.logs:
            if self._is_own(event, row):
                return self._mined(row, event)
        return self._become(row, AnchorState.FAILED, f"{receipt.tx_hash} shows no event of ours")

    def _is_own(self, event: EventLog, row: AnchorProgress) -> bool:
        """Whether the event is the contract's own about this row's size and root."""
        if event.address != self._target.contract or event.topics[1:2] != (self.lookout.log_id(),):
            return False
        if row.size == 0:
            return event.topics[0] == contract.event_topic("Registered")
        found = contract.parse_anchored(event, 0)
        return found is not None and (found.size, found.root) == (row.size, row.root)

    def _mined(self, row: AnchorProgress, event: EventLog) -> AnchorProgress:
        block = self._chain.block(event.block_number)
        if block is None or block.hash != event.block_hash:
            raise UnavailableError(f"block {event.block_number} changed while it was read")
        for attempt in row.attempts:
            self._handed_over.pop(attempt.tx_hash, None)
            self._underpriced.discard(attempt.tx_hash)
        mined = Mined(
            tx_hash=event.tx_hash,
            log_index=event.log_index,
            block_number=event.block_number,
            block_hash=event.block_hash,
            block_timestamp_s=block.timestamp_s,
        )
        return self._store.put_anchor(
            row.to(AnchorState.MINED, self._clock_ms(), mined=mined, detail="")
        )

    def _find_event(self, row: AnchorProgress) -> AnchorProgress:
        """The event by which the contract came to hold this size, or the row is needless."""
        if row.size == 0:
            return self._become(row, AnchorState.FINAL, "found registered")
        found = contract.anchored(
            self._chain, self._target.contract, self.lookout.log_id(), row.size
        )
        if found is None:
            return self._become(row, AnchorState.REPLACED, "a larger anchor stands in its place")
        root, block_number = found
        topics = [
            contract.event_topic("Anchored"),
            self.lookout.log_id(),
            contract.log_topic(row.size),
        ]
        for event in self._chain.logs(self._target.contract, topics, block_number, block_number):
            if self._is_own(event, row):
                return self._mined(row, event)
        raise UnavailableError(
            f"the contract holds root {root.hex()} at size {row.size}, the node shows no event of it"
        )

    def _send(self, row: AnchorProgress) -> AnchorProgress:
        """Sign, store, hand over; the row itself if nothing may be sent now."""
        chain, head = self._chain, self.lookout.head()
        if head.size >= row.size > 0:
            return row
        try:
            data = self._call(row, head)
            gas = chain.estimate_gas(self._account.address, self._target.contract, data)
        except RevertedError as error:
            why = contract.explain(error.data) if error.data else str(error)
            return self._become(row, AnchorState.FAILED, f"the contract refuses it: {why}")
        except VerificationError as error:
            return self._become(
                row, AnchorState.FAILED, f"the log does not extend its anchor: {error}"
            )
        nonce, suggested = chain.nonce(self._account.address), chain.fees()
        fees = policy.offer(row, nonce, suggested, self._rules)
        if fees is None:
            detail = f"gas would cost {suggested.max_fee_wei} wei, above the bound"
            return (
                row
                if row.state is AnchorState.SENT
                else self._become(row, AnchorState.FAILED, detail)
            )
        # A fifth more than estimated: the next block's state may differ a little.
        raw, tx_hash = self._account.sign(
            Transaction(
                self._target.chain_id, nonce, self._target.contract, data, gas + gas // 5, fees
            )
        )
        now_ms = self._clock_ms()
        attempt = Attempt(tx_hash, raw, nonce, fees.max_fee_wei, fees.priority_fee_wei, now_ms)
        kept = (*row.attempts, attempt)[-KEPT_ATTEMPTS:]
        stored = self._store.put_anchor(row.to(AnchorState.SENT, now_ms, attempts=kept, detail=""))
        return self._hand_over(stored)

    def _call(self, row: AnchorProgress, head: ContractHead) -> bytes:
        if row.size == 0:
            return contract.call_data("register", row.root)
        path: Sequence[bytes] = ()
        if head.size:
            path = self._log.consistency_proof(head.size, row.size)
            proof.verify_consistency(head.size, row.size, head.root, row.root, path)
        return contract.call_data("anchor", self.lookout.log_id(), row.size, row.root, list(path))

    def _hand_over(self, row: AnchorProgress) -> AnchorProgress:
        attempt = row.attempts[-1]
        self._handed_over[attempt.tx_hash] = self._clock_ms()
        self._underpriced.discard(attempt.tx_hash)
        try:
            self._chain.send(attempt.raw)
        except SendRefusedError as error:
            if error.reason == "other":
                return self._become(row, AnchorState.FAILED, f"the node refuses it: {error}")
            if error.reason == "underpriced":
                self._underpriced.add(attempt.tx_hash)
            # Known: it waits there already. Nonce: something was mined, as the receipts will show.
        return row
