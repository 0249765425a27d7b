"""The anchoring loop (being filled in)."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from anchoring.chain import Chain
from anchoring.store import AnchorStore, LogReader
from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress


@dataclass(frozen=True, slots=True)
class AnchoringReport:
    """How far anchoring is, for `/metrics`, `/readyz` and pages.

    Attributes:
        leader: whether this process holds the lease.
        log_size: released size.
        mined_size: largest size in a block, 0 for none.
        final_size: largest size final, 0 for none.
        anchor_lag: records not yet under a mined anchor.
        trouble: why the step could not go on, in English; empty if it could.
    """

    leader: bool
    log_size: int
    mined_size: int
    final_size: int
    anchor_lag: int
    trouble: str


class Anchoring:
    """One log anchored under one target."""

    def __init__(
        self,
        chain: Chain,
        store: AnchorStore,
        log: LogReader,
        *,
        target: AnchorTarget,
        key: bytes,
        clock_ms: Callable[[], int],
        every_records: int = 1000,
        every_s: float = 60.0,
        confirmations: int | None = None,
        holder: str,
    ) -> None:
        """`key` is the 32-byte secp256k1 key that pays; `holder` names this process."""
        raise NotImplementedError

    def step(self) -> AnchoringReport:
        """Go one step further, whatever state all is in; never raises."""
        raise NotImplementedError

    def request(self) -> AnchorProgress:
        """Plan an anchor of the released head now; the row that stands for it."""
        raise NotImplementedError

    def run(self, stop: Event, *, interval_s: float = 1.0) -> None:
        """Step until `stop` is set."""
        raise NotImplementedError

    def settle(self, size: int, *, timeout_s: float) -> AnchorProgress:
        """Step until the anchor of at least `size` is mined (init: size 1, demo, `mealtrace anchor`).

        Raises:
            UnavailableError: not within `timeout_s`; it goes on with the next step.
        """
        raise NotImplementedError
