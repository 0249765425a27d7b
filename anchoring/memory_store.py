"""An `AnchorStore` in memory, with hooks that fail it: for tests, and to read the Protocol by."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic

from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress, AnchorState
from ledger.errors import ConflictError


class MemoryAnchorStore:
    """Implements `anchoring.store.AnchorStore`; for one thread.

    Attributes:
        before: called with a method's name before it does anything; what it raises comes out.
        after: called likewise when all is stored: the answer is lost, the row is not.
        clock_s: the database's clock.
    """

    def __init__(self) -> None:
        self.before: Callable[[str], None] = lambda _method: None
        self.after: Callable[[str], None] = lambda _method: None
        self.clock_s: Callable[[], float] = monotonic
        self._rows: dict[tuple[AnchorTarget, int], AnchorProgress] = {}
        self._leases: dict[str, tuple[str, float]] = {}

    def put_anchor(self, progress: AnchorProgress) -> AnchorProgress:
        """As in `AnchorStore`."""
        self.before("put_anchor")
        key = (progress.target, progress.size)
        stored = self._rows.get(key)
        if (0 if stored is None else stored.revision) != progress.revision:
            raise ConflictError(f"the anchor of size {progress.size} has moved on")
        # Through bytes and back, as a database would: nothing survives that is not stored.
        revision = progress.revision + 1
        row = AnchorProgress.from_bytes(progress.to_bytes(), revision=revision)
        self._rows[key] = row
        self.after("put_anchor")
        return row

    def anchor(self, target: AnchorTarget, size: int) -> AnchorProgress | None:
        """As in `AnchorStore`."""
        self.before("anchor")
        return self._rows.get((target, size))

    def open_anchors(self, target: AnchorTarget) -> Sequence[AnchorProgress]:
        """As in `AnchorStore`."""
        self.before("open_anchors")
        final = self._final(target)
        settled = -1 if final is None else final.size
        return [row for row in self._of(target) if row.size > settled]

    def largest_final_anchor(self, target: AnchorTarget) -> AnchorProgress | None:
        """As in `AnchorStore`."""
        self.before("largest_final_anchor")
        return self._final(target)

    def take_lease(self, name: str, holder: str, ttl_s: float) -> bool:
        """As in `AnchorStore`."""
        self.before("take_lease")
        owner, until = self._leases.get(name, (holder, 0.0))
        if owner != holder and self.clock_s() < until:
            return False
        self._leases[name] = (holder, self.clock_s() + ttl_s)
        return True

    def drop_lease(self, name: str, holder: str) -> None:
        """As in `AnchorStore`."""
        self.before("drop_lease")
        if self._leases.get(name, ("", 0.0))[0] == holder:
            del self._leases[name]

    def lose(self, target: AnchorTarget, size: int) -> None:
        """Forget a row, as a restored backup would."""
        self._rows.pop((target, size), None)

    def _of(self, target: AnchorTarget) -> list[AnchorProgress]:
        rows = (replace(row) for (owner, _), row in self._rows.items() if owner == target)
        return sorted(rows, key=lambda row: row.size)

    def _final(self, target: AnchorTarget) -> AnchorProgress | None:
        rows = [row for row in self._of(target) if row.state is AnchorState.FINAL]
        return rows[-1] if rows else None
