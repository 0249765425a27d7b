"""A whole Merkle tree in memory: for payloads and subject indexes, whose leaves are at hand at once.

The log itself is never held so; its proofs are planned in `proof` and read from tiles.
"""

from collections.abc import Sequence

from ledger.errors import VerificationError
from ledger.merkle import EMPTY_ROOT, node_row


class MemoryTree:
    """RFC 6962 tree over leaf hashes, which do not change afterwards."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        """Hash the tree, level by level."""
        row = list(leaf_hashes)
        self._levels = [row]
        # An odd last node moves up as it is: pairing from the left this way is the RFC's split at
        # the largest power of two.
        while len(row) > 1:
            above = node_row(row)
            if len(row) & 1:
                above.append(row[-1])
            self._levels.append(above)
            row = above

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """32 bytes; `EMPTY_ROOT` for no leaves."""
        return self._levels[-1][0] if self.size else EMPTY_ROOT

    def path(self, index: int) -> tuple[bytes, ...]:
        """Inclusion proof of leaf `index`, its sibling first.

        Raises:
            VerificationError: no such leaf.
        """
        if not 0 <= index < self.size:
            raise VerificationError(f"no leaf {index} in a tree of {self.size}")
        path = []
        for row in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(row):
                path.append(row[sibling])
            index >>= 1
        return tuple(path)
