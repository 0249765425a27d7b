"""Inclusion and consistency proofs (RFC 6962 §2.1.1 and §2.1.2; subtrees as in draft-ietf-plants).

A proof is first a pure plan: for each of its hashes, the perfect subtrees that hash folds together.
Whoever holds the nodes performs it. Verification needs no plan and no tree.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from ledger.compact import fold
from ledger.errors import VerificationError
from ledger.merkle import EMPTY_ROOT, HASH_SIZE, node_hash

Node: TypeAlias = tuple[int, int]
"""(level, index): the perfect subtree over the leaves [index · 2^level, (index + 1) · 2^level)."""


Plan: TypeAlias = list[tuple[Node, ...]]
"""For each hash of a proof the nodes, left to right, whose fold it is; nearly always one."""


def cover(start: int, end: int) -> tuple[Node, ...]:
    """The perfect subtrees, left to right, whose fold is the hash of the subtree [start, end).

    Requires 0 <= start <= end, start a multiple of the smallest power of two >= end - start.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return tuple(nodes)


def inclusion_plan(index: int, size: int) -> Plan:
    """The nodes that prove leaf `index` in the tree of `size`; leaf's sibling first.

    Raises:
        VerificationError: unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise VerificationError(f"no leaf {index} in a tree of {size}")
    inner = (index ^ (size - 1)).bit_length()
    plan: Plan = []
    for level in range(inner):
        sibling = (index >> level) ^ 1
        if (sibling + 1) << level <= size:
            plan.append(((level, sibling),))
        else:
            plan.append(cover(sibling << level, size))
    plan.extend(
        ((level, (index >> level) - 1),)
        for level in range(inner, index.bit_length())
        if index >> level & 1
    )
    return plan


def consistency_plan(old_size: int, new_size: int) -> Plan:
    """The nodes that prove the tree of `old_size` to be a prefix of that of `new_size`.

    Raises:
        VerificationError: unless 0 < old_size <= new_size.
    """
    _check_sizes(old_size, new_size)
    return subtree_consistency_plan(0, old_size, new_size)


def subtree_consistency_plan(start: int, end: int, size: int) -> Plan:
    """The nodes that prove the subtree [start, end) to be part of the tree of `size`.

    Raises:
        VerificationError: not a subtree of it.
    """
    _check_subtree(start, end)
    if end > size:
        raise VerificationError(f"the subtree [{start}, {end}) is not within a tree of {size}")
    plan: Plan = []
    if start == end:
        return plan
    low, high, whole = 0, size, True
    while (start, end) != (low, high):
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        if end <= middle:
            plan.append(cover(middle, high))
            high = middle
        else:
            plan.append(cover(low, middle))
            if start < middle:
                start, whole = middle, False
            low = middle
    if not whole:
        plan.append(cover(low, high))
    plan.reverse()
    return plan


def perform(plan: Plan, node: Callable[[Node], bytes]) -> list[bytes]:
    """The proof's hashes, reading each node by `node`."""
    return [fold([node(part) for part in nodes]) for nodes in plan]


def root_from_inclusion(index: int, size: int, leaf_hash: bytes, path: Sequence[bytes]) -> bytes:
    """The root that `path` leads to.

    Raises:
        VerificationError: index outside the tree, a wrong number of hashes, or one not of 32 bytes.
    """
    if not 0 <= index < size:
        raise VerificationError(f"no leaf {index} in a tree of {size}")
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(path) != inner + border:
        raise VerificationError(
            f"wrong number of hashes to prove leaf {index} in a tree of {size}",
            expected=str(inner + border),
            found=str(len(path)),
        )
    _check_hashes(leaf_hash, *path)
    node = leaf_hash
    for level, sibling in enumerate(path[:inner]):
        right = index >> level & 1
        node = node_hash(sibling, node) if right else node_hash(node, sibling)
    for left in path[inner:]:
        node = node_hash(left, node)
    return node


def verify_inclusion(
    index: int, size: int, leaf_hash: bytes, path: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf stands at `index` of the tree of `size` and `root`.

    Raises:
        VerificationError: it is not shown; carries both roots where it came to comparing them.
    """
    _compare("inclusion", root, root_from_inclusion(index, size, leaf_hash, path))


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree of `old_root` is a prefix of that of `new_root`.

    Size 0 proves nothing and is refused: who accepts it says so outside.

    Raises:
        VerificationError: it is not shown.
    """
    _check_sizes(old_size, new_size)
    verify_subtree_consistency(
        0, old_size, new_size, subtree_root=old_root, root=new_root, path=path
    )


def verify_subtree_inclusion(
    index: int, start: int, end: int, *, leaf_hash: bytes, path: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf stands at `index` of the subtree [start, end) whose root is `root`.

    Raises:
        VerificationError: not a subtree, or it is not shown.
    """
    _check_subtree(start, end)
    if index < start:
        raise VerificationError(f"leaf {index} is not in the subtree [{start}, {end})")
    verify_inclusion(index - start, end - start, leaf_hash, path, root)


def verify_subtree_consistency(
    start: int, end: int, size: int, *, subtree_root: bytes, root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the subtree [start, end) is part of the tree of `size` and `root`.

    Raises:
        VerificationError: not a subtree of it, or it is not shown.
    """
    _check_subtree(start, end)
    if end > size:
        raise VerificationError(f"the subtree [{start}, {end}) is not within a tree of {size}")
    _check_hashes(*path)
    if start == end:
        # Part of every tree, whatever its root.
        _compare("an empty subtree", EMPTY_ROOT, subtree_root)
        if path:
            raise VerificationError("a consistency proof with more hashes than it needs")
        return
    # Positions, at the level reached, of the subtree's first and last node and of the tree's last.
    first, last, edge = start, end - 1, size - 1
    while first != last and (last == edge or last & 1):
        first, last, edge = first >> 1, last >> 1, edge >> 1
    rest = list(path)
    if first == last:
        seed = subtree_root
    elif rest:
        seed = rest.pop(0)
    else:
        raise VerificationError("a consistency proof without the hashes it needs")
    inside = whole = seed
    for sibling in rest:
        if edge == 0:
            raise VerificationError("a consistency proof with more hashes than it needs")
        if last & 1 or last == edge:
            if first < last:
                inside = node_hash(sibling, inside)
            whole = node_hash(sibling, whole)
            while not last & 1:
                first, last, edge = first >> 1, last >> 1, edge >> 1
        else:
            whole = node_hash(whole, sibling)
        first, last, edge = first >> 1, last >> 1, edge >> 1
    if edge != 0:
        raise VerificationError("a consistency proof without the hashes it needs")
    _compare("consistency with the older root", subtree_root, inside)
    _compare("consistency with the newer root", root, whole)


def _check_sizes(old_size: int, new_size: int) -> None:
    if not 0 < old_size <= new_size:
        raise VerificationError(f"no consistency proof leads from {old_size} to {new_size}")


def _check_subtree(start: int, end: int) -> None:
    """A subtree begins at a multiple of the smallest power of two that holds it."""
    if not 0 <= start <= end or start & ((1 << max(0, end - start - 1).bit_length()) - 1):
        raise VerificationError(f"[{start}, {end}) is no subtree")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(node) != HASH_SIZE for node in hashes):
        raise VerificationError("a hash that is not 32 bytes")


def _compare(what: str, expected: bytes, found: bytes) -> None:
    if expected != found:
        raise VerificationError(
            f"{what} is not shown: roots differ", expected=expected.hex(), found=found.hex()
        )
