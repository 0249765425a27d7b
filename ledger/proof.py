"""Inclusion and consistency proofs (RFC 6962 §2.1.1 and §2.1.2; subtrees as in draft-ietf-plants).

A proof is first a pure plan: for each of its hashes, the perfect subtrees that hash folds together.
Whoever holds the nodes performs it. Verification needs no plan and no tree.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

Node: TypeAlias = tuple[int, int]
"""(level, index): the perfect subtree over the leaves [index · 2^level, (index + 1) · 2^level)."""


Plan: TypeAlias = list[tuple[Node, ...]]
"""For each hash of a proof the nodes, left to right, whose fold it is; nearly always one."""


def cover(start: int, end: int) -> tuple[Node, ...]:
    """The perfect subtrees, left to right, whose fold is the hash of the subtree [start, end).

    Requires 0 <= start < end, start a multiple of the smallest power of two >= end - start.
    """
    raise NotImplementedError


def inclusion_plan(index: int, size: int) -> Plan:
    """The nodes that prove leaf `index` in the tree of `size`; leaf's sibling first.

    Raises:
        VerificationError: unless 0 <= index < size.
    """
    raise NotImplementedError


def consistency_plan(old_size: int, new_size: int) -> Plan:
    """The nodes that prove the tree of `old_size` to be a prefix of that of `new_size`.

    Raises:
        VerificationError: unless 0 < old_size <= new_size.
    """
    raise NotImplementedError


def perform(plan: Plan, node: Callable[[Node], bytes]) -> list[bytes]:
    """The proof's hashes, reading each node by `node`."""
    raise NotImplementedError


def root_from_inclusion(index: int, size: int, leaf_hash: bytes, path: Sequence[bytes]) -> bytes:
    """The root that `path` leads to.

    Raises:
        VerificationError: index outside the tree, a wrong number of hashes, or one not of 32 bytes.
    """
    raise NotImplementedError


def verify_inclusion(
    index: int, size: int, leaf_hash: bytes, path: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf stands at `index` of the tree of `size` and `root`.

    Raises:
        VerificationError: it is not shown; carries both roots where it came to comparing them.
    """
    raise NotImplementedError


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree of `old_root` is a prefix of that of `new_root`.

    Size 0 proves nothing and is refused: who accepts it says so outside.

    Raises:
        VerificationError: it is not shown.
    """
    raise NotImplementedError


def verify_subtree_inclusion(
    index: int, start: int, end: int, *, leaf_hash: bytes, path: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf stands at `index` of the subtree [start, end) whose root is `root`.

    Raises:
        VerificationError: not a subtree, or it is not shown.
    """
    raise NotImplementedError


def verify_subtree_consistency(
    start: int, end: int, size: int, *, subtree_root: bytes, root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the subtree [start, end) is part of the tree of `size` and `root`.

    Raises:
        VerificationError: not a subtree of it, or it is not shown.
    """
    raise NotImplementedError
