"""What anchoring needs of the rest of the service, as Protocols over `ledger` values.

`api` joins them: the storage folder implements `AnchorStore` and `LogReader` without importing
this file. An in-memory store with fault hooks stands in `anchoring/memory_store.py`; one contract
suite runs on all of them (`tests/anchoring/anchor_store_contract.py`).
"""

from collections.abc import Sequence
from typing import Protocol

from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress


class AnchorStore(Protocol):
    """Rows of anchors, and the lease that lets one process at a time anchor.

    Every method may raise `UnavailableError`; of a `put_anchor` that raised it nobody knows
    whether the row was stored, and whoever called reads again.
    """

    def put_anchor(self, progress: AnchorProgress) -> AnchorProgress:
        """Store the row of (target, size) and return it with its new revision.

        Durable on return. `revision` 0 makes a new row, any other must be the stored row's own.

        Raises:
            ConflictError: the row exists already, or its revision is another.
        """
        ...

    def anchor(self, target: AnchorTarget, size: int) -> AnchorProgress | None:
        """The row of (target, size), or None."""
        ...

    def open_anchors(self, target: AnchorTarget) -> Sequence[AnchorProgress]:
        """The rows larger than the largest final one, ascending by size; none of them is final."""
        ...

    def largest_final_anchor(self, target: AnchorTarget) -> AnchorProgress | None:
        """The final row of largest size, the registration (size 0) included, or None."""
        ...

    def take_lease(self, name: str, holder: str, ttl_s: float) -> bool:
        """Take the lease for `ttl_s` seconds from now, or prolong it.

        By the database's clock, so that processes with clocks of their own agree. True if it is
        the holder's now; false while another's runs.
        """
        ...

    def drop_lease(self, name: str, holder: str) -> None:
        """Let another take the lease at once; nothing happens if it is not the holder's."""
        ...


class LogReader(Protocol):
    """The log as far as its checkpoints were released; anything beyond must never be anchored."""

    def released_head(self) -> tuple[int, bytes]:
        """Size and root of the largest checkpoint released; size 0 before genesis."""
        ...

    def root_at(self, size: int) -> bytes:
        """The root at a size, 0 < size <= released size."""
        ...

    def consistency_proof(self, old_size: int, new_size: int) -> Sequence[bytes]:
        """RFC 6962 §2.1.2, for 0 < old_size <= new_size <= released size."""
        ...

    def genesis_leaf_hash(self) -> bytes:
        """Leaf hash of entry 0.

        Raises:
            NotFoundError: the log is empty.
        """
        ...
