"""What an anchor costs (FORMATS §3): at most 130,000 gas with history up to a billion entries.

No tree of that size is needed: the hashes of a proof are free to choose, and the two roots follow.
"""

import random
from collections.abc import Iterator
from hashlib import sha256

import pytest
from rig import Rig

from anchoring.chain import Receipt
from ledger import merkle, proof

BOUND = 130_000
BILLION = 10**9


def synthetic(old: int, new: int) -> tuple[bytes, bytes, list[bytes]]:
    """Two roots and a proof between them, over perfect subtrees with made-up hashes."""

    def node(where: proof.Node) -> bytes:
        return sha256(b"%d %d" % where).digest()

    def subtree(start: int, end: int) -> bytes:
        nodes = proof.cover(start, end)
        # Nodes of one tree agree: a subtree that is cut further is the hash of its halves.
        return merge([whole(level, index) for level, index in nodes])

    def merge(hashes: list[bytes]) -> bytes:
        root = hashes[-1]
        for left in reversed(hashes[:-1]):
            root = merkle.node_hash(left, root)
        return root

    def whole(level: int, index: int) -> bytes:
        """Made up, unless the old tree ends inside: then out of its halves."""
        start, end = index << level, (index + 1) << level
        if level and (start < old < end):
            halves = whole(level - 1, 2 * index), whole(level - 1, 2 * index + 1)
            return merkle.node_hash(*halves)
        return node((level, index))

    plan = proof.consistency_plan(old, new)
    path = proof.perform(plan, lambda where: whole(*where))
    return subtree(0, old), subtree(0, new), path


def pairs(size: int) -> Iterator[tuple[int, int]]:
    """Sizes up to `size` whose proofs are longest, and some at random."""
    top = 1 << (size.bit_length() - 1)
    yield from ((top - 3, top + 1), (top - 1, top + 1), (top // 2 - 3, top // 2 + 1))
    yield from ((size - 1000, size), (size // 2 - 3, size), (size - 1, size), (1, size))
    dice = random.Random(size)
    for _ in range(8):
        old = dice.randrange(1, size - 1)
        yield old, dice.randrange(old + 1, size)


def cost(rig: Rig, old: int, new: int) -> Receipt:
    old_root, new_root, path = synthetic(old, new)
    proof.verify_consistency(old, new, old_root, new_root, path)
    genesis = sha256(b"%d %d" % (old, new)).digest()
    rig.transact("register", genesis)
    lid = rig.log_id(genesis)
    assert rig.transact("anchor", lid, old, old_root, []).gas_used <= 80_000
    receipt = rig.transact("anchor", lid, new, new_root, path)
    assert receipt.succeeded
    return receipt


@pytest.mark.parametrize(("size", "bound"), [(10**3, 100_000), (10**6, 115_000), (BILLION, BOUND)])
def test_an_anchor_stays_below_its_bound(rig: Rig, size: int, bound: int) -> None:
    dearest = max(cost(rig, old, new).gas_used for old, new in pairs(size) if 0 < old < new)

    assert dearest <= bound


def test_a_registration_is_cheap(rig: Rig) -> None:
    assert rig.transact("register", sha256(b"cheap").digest()).gas_used <= 50_000
