"""The compact range: a tree of any size as the hashes of its largest perfect subtrees.

One hash for every 1 in the binary form of the size, largest subtree first: all that is needed to
append, and to compute the root. The head row of the log keeps one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import MalformedError
from ledger.merkle import EMPTY_ROOT, HASH_SIZE, node_hash, node_row

MAX_SIZE = 2**63
"""Sizes are below this, so that a signed 64-bit column holds them."""


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a subtree out of the perfect subtrees it consists of, left to right."""
    if not hashes:
        return EMPTY_ROOT
    node = hashes[-1]
    for left in reversed(hashes[:-1]):
        node = node_hash(left, node)
    return node


@dataclass(frozen=True, slots=True)
class CompactRange:
    """The leaves [0, size) of a log.

    Attributes:
        size: number of leaves, 0 <= size < 2^63.
        hashes: roots of the perfect subtrees from left to right, popcount(size) of them.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.size < MAX_SIZE:
            raise MalformedError(f"no tree has {self.size} leaves")
        if len(self.hashes) != self.size.bit_count():
            raise MalformedError(f"{len(self.hashes)} hashes for a range of {self.size}")
        if any(len(node) != HASH_SIZE for node in self.hashes):
            raise MalformedError("a hash that is not 32 bytes")

    def append(self, leaf_hash: bytes) -> "CompactRange":
        """The range with one leaf more."""
        hashes = list(self.hashes)
        size, node = self.size, leaf_hash
        while size & 1:
            node = node_hash(hashes.pop(), node)
            size >>= 1
        return CompactRange(self.size + 1, (*hashes, node))

    def extend(self, leaf_hashes: Sequence[bytes]) -> "CompactRange":
        """The range with these leaves more."""
        old, row = list(self.hashes), list(leaf_hashes)
        size, hashes = self.size + len(row), []
        for level in range(size.bit_length()):
            if self.size >> level & 1:
                row.insert(0, old.pop())
            if size >> level & 1:
                hashes.append(row[-1])
            row = node_row(row)
        return CompactRange(size, tuple(reversed(hashes)))

    def root(self) -> bytes:
        """Root of the tree of this size."""
        return fold(self.hashes)

    def to_bytes(self) -> bytes:
        """u64 size, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @staticmethod
    def from_bytes(data: bytes) -> "CompactRange":
        """The range that `to_bytes` wrote.

        Raises:
            MalformedError: another number of bytes than the size asks for.
        """
        size, rest = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or len(rest) != HASH_SIZE * size.bit_count():
            raise MalformedError(f"{len(data)} bytes are no compact range")
        hashes = (rest[at : at + HASH_SIZE] for at in range(0, len(rest), HASH_SIZE))
        return CompactRange(size, tuple(hashes))


EMPTY = CompactRange(0, ())
"""The range of the empty log."""
