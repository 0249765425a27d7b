"""RFC 6962 §2.1 written down as it stands there: slow, recursive, and what the fast code must equal.

Over leaf hashes instead of entries; n > 1 throughout the recursions.
"""

from collections.abc import Sequence
from hashlib import sha256

Leaves = Sequence[bytes]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: Leaves) -> bytes:
    """§2.1: the Merkle Tree Hash."""
    if len(d) == 0:
        return sha256(b"").digest()
    if len(d) == 1:
        return d[0]
    k = split(len(d))
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m: int, d: Leaves) -> list[bytes]:
    """§2.1.1: the audit path of leaf m."""
    if len(d) == 1:
        return []
    k = split(len(d))
    if m < k:
        return [*path(m, d[:k]), mth(d[k:])]
    return [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: Leaves) -> list[bytes]:
    """§2.1.2: the consistency proof from the first m leaves."""
    return subproof(m, d, b=True)


def subproof(m: int, d: Leaves, *, b: bool) -> list[bytes]:
    if m == len(d):
        return [] if b else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b=b), mth(d[k:])]
    return [*subproof(m - k, d[k:], b=False), mth(d[:k])]


def leaves(count: int) -> list[bytes]:
    """Different leaf hashes, the same every time."""
    return [sha256(b"\x00" + i.to_bytes(8, "big")).digest() for i in range(count)]


class Tiles:
    """A `HashReader` that computes every hash from the leaves, and keeps count of what was read."""

    def __init__(self, leaf_hashes: Leaves) -> None:
        self.leaf_hashes = leaf_hashes
        self.read: list[tuple[int, int, int]] = []

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        self.read.append((level, tile, width))
        span = 256**level
        first = tile * 256
        return b"".join(
            mth(self.leaf_hashes[at * span : (at + 1) * span]) for at in range(first, first + width)
        )
