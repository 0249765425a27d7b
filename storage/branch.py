"""The one branch of the log: a head is built upon only if it extends all that was ever released.

    marks (of this process, of all) → each a root on the way to the head? → build upon it

Whatever this process committed itself is known to be on the branch. What other processes of the
same log committed since is hashed on from there, leaf by leaf, as it stands in the database. Where
that does not lead to the head, everything is read again from the stored tiles (DESIGN §8).
"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection, select

from ledger.compact import CompactRange
from ledger.errors import NotFoundError
from ledger.tile_proof import TileCache, tree_root_at
from storage import reads
from storage.mark import Mark, MemoryMark, ReleasedMark, RolledBackError
from storage.tables import CheckpointRow, EntryRow

Marks = Callable[[], list[Mark]]
"""Gives what a head must extend."""

_NEAR: Final = 8_192
"""Most leaves hashed on; a head further off is checked by the stored tiles."""

_SINCE = (
    select(reads.ENTRY.leaf_hash, reads.CHECKPOINT.size)
    .join_from(
        EntryRow.__table__,  # type: ignore[attr-defined]
        CheckpointRow.__table__,  # type: ignore[attr-defined]
        reads.CHECKPOINT.size == reads.ENTRY.index + 1,
        isouter=True,
    )
    .order_by(reads.ENTRY.index)
)


class Branch:
    """What one process knows of the branch; the head's lock is held by whoever calls `check`."""

    def __init__(self, mark: ReleasedMark) -> None:
        """`mark` is the one shared by all processes of this log."""
        self._mark = mark
        self._released = MemoryMark()
        self._committed = MemoryMark()
        self._tip: CompactRange | None = None
        self._roots: dict[int, bytes] = {}

    def ask(self) -> Marks:
        """Begin to read the marks; the call returned gives them.

        They are what this process committed and released, and what all of them ever released. The
        call raises `UnavailableError` if the shared mark does not answer.
        """
        shared = self._mark.begin_read()

        def marks() -> list[Mark]:
            found = (self._committed.read(), self._released.read(), shared())
            return [mark for mark in found if mark is not None]

        return marks

    def is_released(self, head: Mark) -> bool:
        """Whether this process released exactly this head last."""
        return self._released.read() == head

    def release(self, head: Mark) -> None:
        """Raise the mark to a checked head before that is shown to anyone.

        Raises:
            RolledBackError: another root of that size was released.
            UnavailableError: the mark may not have been raised.
        """
        known = self._released.read()
        if head.size and (known is None or known.size < head.size):
            self._mark.advance(head)
            self._released.advance(head)

    def check(self, connection: Connection, head: CompactRange, asked: Marks) -> None:
        """The locked head extends what was ever released, or nothing is signed.

        Args:
            connection: the one that locked the head. It was open before the marks were asked for: a
                database put back meanwhile would have ended it.
            head: the locked head.
            asked: the marks, `ask`ed for before the head was locked or since.

        Raises:
            RolledBackError: it does not.
            UnavailableError: the shared mark does not answer.
        """
        marks = asked()
        at_head = Mark(head.size, head.root())
        if self._tip != head:
            self._follow(connection, head)
        if self._tip != head or any(
            self._roots.get(mark.size) != mark.root for mark in (*marks, at_head)
        ):
            self.check_stored(connection, head, marks)
            self._roots.update((mark.size, mark.root) for mark in (*marks, at_head))
            self._tip = head
        least = min((mark.size for mark in marks), default=head.size)
        for size in [size for size in self._roots if size < least]:
            del self._roots[size]

    def commit(self, head: CompactRange, root: bytes) -> None:
        """Take note of a head that this process built upon a checked one, and committed."""
        self._committed.advance(Mark(head.size, root))
        self._roots[head.size] = root
        self._tip = head

    def forget(self) -> None:
        """Trust the marks alone: a transaction failed, and its outcome may be unknown."""
        self._tip = None
        self._roots.clear()

    def check_stored(
        self, connection: Connection, head: CompactRange, marks: Sequence[Mark]
    ) -> None:
        """As `check`, by the stored tiles alone: each root is computed once, past every cache.

        Requires that the marks were read before the head, or while it is locked.

        Raises:
            RolledBackError: the head does not extend one of the marks.
        """
        at_head = Mark(head.size, head.root())
        below = {mark: "was released" for mark in marks if mark != at_head}
        if not below:
            return
        largest = max(mark.size for mark in below)
        if largest > head.size:
            raise RolledBackError(
                f"a checkpoint of size {largest} was released, the database holds "
                f"{head.size} entries: it was rolled back; nothing is signed any more"
            )
        tiles, cache = reads.TileReader(connection), TileCache()
        for mark, what in {**below, at_head: "stands in the head"}.items():
            try:
                found = tree_root_at(mark.size, tiles, cache)
            except NotFoundError as error:
                raise RolledBackError(
                    f"size {mark.size} {what}, but {error}; nothing is signed any more"
                ) from error
            if found != mark.root:
                raise RolledBackError(
                    f"root {mark.root.hex()} of size {mark.size} {what}, the stored entries have "
                    f"{found.hex()}; nothing is signed any more"
                )

    def _follow(self, connection: Connection, head: CompactRange) -> None:
        """Hash on from the tip to what other processes committed: the roots of their checkpoints.

        What is not the head in the end was no way there, and is forgotten.
        """
        tip = self._tip
        if tip is None or not tip.size < head.size <= tip.size + _NEAR:
            self.forget()
            return
        rows = connection.execute(
            _SINCE.where(reads.ENTRY.index >= tip.size, reads.ENTRY.index < head.size)
        )
        leaves: list[bytes] = []
        roots: dict[int, bytes] = {}
        for leaf, checkpoint in rows:
            leaves.append(bytes(leaf))
            if checkpoint is not None:
                tip = tip.extend(leaves)
                roots[tip.size] = tip.root()
                leaves.clear()
        if tip != head or leaves:
            self.forget()
            return
        self._roots.update(roots)
        self._tip = tip
