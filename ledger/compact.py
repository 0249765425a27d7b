"""The compact range: a tree of any size as the hashes of its largest perfect subtrees.

One hash for every 1 in the binary form of the size, largest subtree first: all that is needed to
append, and to compute the root. The head row of the log keeps one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CompactRange:
    """The leaves [0, size) of a log.

    Attributes:
        size: number of leaves, 0 <= size < 2^63.
        hashes: roots of the perfect subtrees from left to right, popcount(size) of them.
    """

    size: int
    hashes: tuple[bytes, ...]

    def append(self, leaf_hash: bytes) -> "CompactRange":
        """The range with one leaf more."""
        raise NotImplementedError

    def root(self) -> bytes:
        """Root of the tree of this size."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """u64 size, then the hashes."""
        raise NotImplementedError

    @staticmethod
    def from_bytes(data: bytes) -> "CompactRange":
        """The range that `to_bytes` wrote.

        Raises:
            MalformedError: another number of bytes than the size asks for.
        """
        raise NotImplementedError


EMPTY = CompactRange(0, ())
"""The range of the empty log."""
