"""Hashes of the Merkle tree (RFC 6962 §2.1, SHA-256)."""

from collections.abc import Sequence
from hashlib import sha256

HASH_SIZE = 32
"""Bytes of a node's hash."""

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def tree_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes in order; `EMPTY_ROOT` for none."""
    row = list(leaf_hashes)
    if not row:
        return EMPTY_ROOT
    # An odd last node moves up as it is: pairing from the left this way is the RFC's split at the
    # largest power of two.
    while len(row) > 1:
        above = node_row(row)
        if len(row) & 1:
            above.append(row[-1])
        row = above
    return row[0]


def node_row(row: Sequence[bytes]) -> list[bytes]:
    """The hashes of neighbours in pairs, half as many; an odd last one is left out."""
    pairs = zip(row[::2], row[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]
