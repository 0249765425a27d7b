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
    raise NotImplementedError
