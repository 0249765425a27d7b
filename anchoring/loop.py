"""The loop that anchors a log: whose turn it is, what is due, how far it came.

A chain that is down, or shows what it should not, stops nothing else: `step` reports it as
`trouble`, and the anchors lag.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic, sleep
from typing import Final

from anchoring import policy
from anchoring.chain import Chain
from anchoring.lookout import View
from anchoring.policy import AnchoringPolicy
from anchoring.progress import Worker
from anchoring.store import AnchorStore, LogReader
from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress, AnchorState
from ledger.errors import ConflictError, LedgerError, UnavailableError

LEASE_S: Final = 120.0
"""Longer than a step takes, also one in which every call to the node times out late."""

_SETTLED: Final = frozenset({AnchorState.MINED, AnchorState.FINAL})

_TROUBLED: Final = frozenset({AnchorState.FAILED, AnchorState.REORGED})

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnchoringReport:
    """How far anchoring is, for `/metrics`, `/readyz` and pages.

    Attributes:
        leader: whether this process holds the lease; if not, what is stored is reported.
        log_size: released size.
        mined_size: largest size in a block, 0 for none.
        final_size: largest size final, 0 for none.
        anchor_lag: records released and not under a mined anchor.
        trouble: why the step could not go on, in English; empty if it could.
    """

    leader: bool
    log_size: int
    mined_size: int
    final_size: int
    anchor_lag: int
    trouble: str


class Anchoring:
    """One log anchored under one target, by the account that registered it. For one thread."""

    def __init__(
        self,
        chain: Chain,
        store: AnchorStore,
        log: LogReader,
        *,
        target: AnchorTarget,
        key: bytes,
        clock_ms: Callable[[], int],
        holder: str,
        rules: AnchoringPolicy | None = None,
    ) -> None:
        """Nothing is asked of chain, store or log yet.

        Args:
            chain: the node.
            store: rows and lease.
            log: what was released of the log.
            target: the contract, as genesis or an `anchor-target` record names it.
            key: the 32-byte secp256k1 key that pays.
            clock_ms: POSIX milliseconds.
            holder: a name of this process alone, for the lease.
            rules: when to anchor; the defaults if None.
        """
        self._chain = chain
        self._store = store
        self._log = log
        self._target = target
        self._clock_ms = clock_ms
        self._holder = holder
        self._rules = rules or AnchoringPolicy()
        self._worker = Worker(
            chain, store, log, target=target, key=key, clock_ms=clock_ms, rules=self._rules
        )
        self._lease = f"anchoring {target.chain_id} {target.contract}"
        self._checked = False
        self._block_seen = ""

    def step(self) -> AnchoringReport:
        """Go one step further, whatever state all is in; no `LedgerError` comes out."""
        leader, trouble = False, ""
        try:
            leader = self._store.take_lease(self._lease, self._holder, LEASE_S)
            if leader:
                trouble = self._step()
        except LedgerError as error:
            # Among them a row that another process changed: it is read anew with the next step.
            self._checked = False
            trouble = str(error) or type(error).__name__
        return self._report(leader=leader, trouble=trouble)

    def check_log(self) -> None:
        """Hold the log against what the contract has of it: for start-up, before anything is signed.

        Raises:
            ConflictError: the log was put back behind its anchor, or is another log.
            UnavailableError: the node does not answer, or is not the target's: nothing is shown.
        """
        self._worker.lookout.check_target()
        latest = self._chain.block("latest")
        if latest is None:
            raise UnavailableError("the node has no newest block")
        self._worker.lookout.look(latest)

    def request(self) -> AnchorProgress:
        """Plan an anchor of the released head now; the row that stands for it.

        Any process may ask, whoever holds the lease.

        Raises:
            ConflictError: the log is empty, or another process asked at the same moment.
            UnavailableError: the store does not answer.
        """
        size, root = self._log.released_head()
        if size == 0:
            raise ConflictError("an empty log has nothing to anchor")
        return self._worker.plan(size, root)

    def settle(self, size: int, *, timeout_s: float) -> AnchorProgress:
        """Step until an anchor of at least `size` is mined; the row of the smallest such.

        Plans an anchor of the released head if none is under way.

        Raises:
            UnavailableError: not within `timeout_s`; later steps go on with it.
        """
        deadline = monotonic() + timeout_s
        try:
            while True:
                if not any(row.size >= size for row in self._rows()):
                    self.request()
                report = self.step()
                for row in self._rows():
                    if row.size >= size and row.state in _SETTLED:
                        return row
                if monotonic() >= deadline:
                    why = report.trouble or "it waits to be mined"
                    raise UnavailableError(f"size {size} is not anchored yet: {why}")
                sleep(min(0.1, timeout_s))
        finally:
            self._let_go()

    def run(
        self,
        stop: Event,
        *,
        interval_s: float = 1.0,
        report: Callable[[AnchoringReport], None] | None = None,
    ) -> None:
        """Step every `interval_s` until `stop` is set, more rarely while there is trouble."""
        pause_s = interval_s
        while not stop.is_set():
            try:
                found = self.step()
                trouble = found.trouble
                if report is not None:
                    report(found)
            except Exception as error:
                # A fault of this program: the ledger goes on, and so do later attempts.
                _logger.exception("anchoring failed")
                trouble = str(error) or type(error).__name__
            pause_s = min(30.0, 2 * pause_s) if trouble else interval_s
            stop.wait(pause_s)
        self._let_go()

    def _let_go(self) -> None:
        """Let another process anchor at once."""
        try:
            self._store.drop_lease(self._lease, self._holder)
        except LedgerError as error:
            _logger.info("the anchoring lease runs out by itself: %s", error)

    def _rows(self) -> list[AnchorProgress]:
        final = self._store.largest_final_anchor(self._target)
        return [*([] if final is None else [final]), *self._store.open_anchors(self._target)]

    def _report(self, *, leader: bool, trouble: str) -> AnchoringReport:
        size = mined = final = 0
        try:
            size, _ = self._log.released_head()
            rows = self._rows()
            mined = max((row.size for row in rows if row.state in _SETTLED), default=0)
            final = max((row.size for row in rows if row.state is AnchorState.FINAL), default=0)
        except LedgerError as error:
            trouble = trouble or str(error)
        return AnchoringReport(leader, size, mined, final, max(0, size - mined), trouble)

    def _step(self) -> str:
        size, root = self._log.released_head()
        if size == 0:
            return ""
        rows = self._rows()
        open_rows = [row for row in rows if row.state is not AnchorState.FINAL]
        due = self._is_due(rows, size)
        if self._checked and not open_rows and not due:
            return ""
        if not self._checked:
            self._worker.lookout.check_target()
        latest = self._chain.block("latest")
        if latest is None:
            raise UnavailableError("the node has no newest block")
        quiet = not due and all(row.state is AnchorState.MINED for row in open_rows)
        if self._checked and quiet and latest.hash == self._block_seen:
            return ""
        view = self._worker.lookout.look(latest)
        self._worker.give_up_what_is_gone(view)
        self._worker.plan_what_lacks(view)
        if due:
            self._worker.plan(size, root)
        trouble = self._advance(view)
        self._checked, self._block_seen = True, latest.hash
        return trouble

    def _is_due(self, rows: list[AnchorProgress], size: int) -> bool:
        """Whether the released head is to be planned: never while another waits to be mined."""
        last = rows[-1] if rows and rows[-1].size else None
        if last is not None and last.state not in _SETTLED:
            return False
        return policy.is_due(
            self._rules,
            log_size=size,
            last_size=0 if last is None else last.size,
            last_ms=0 if last is None else last.planned_at_ms,
            now_ms=self._clock_ms(),
        )

    def _advance(self, view: View) -> str:
        rows = list(self._store.open_anchors(self._target))
        for place, row in enumerate(rows):
            rows[place] = self._worker.advance(row, rows, view)
            if rows[place] != row:
                view = self._worker.lookout.look_again(view)
        return next((row.detail for row in rows if row.state in _TROUBLED), "")
