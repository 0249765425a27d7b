"""The contract's two verifiers against the vectors of others, the RFC's recursion, and our own.

The vectors fix hashes of other lengths and sizes that the ABI cannot say; those are left out, and
counted, so that no change leaves out more.
"""

import base64
import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rig import Rig, TreeLog

from ledger import proof
from ledger.errors import VerificationError

LARGEST = 2**64 - 1
LOG = TreeLog()
LOG.grow(70)
FORGED = TreeLog([*LOG.leaves[:2], sha256(b"forged").digest(), *LOG.leaves[3:]])


def unb64(text: str) -> bytes:
    return base64.b64decode(text)


def expressible(*, sizes: list[int], hashes: list[bytes]) -> bool:
    return all(0 <= size <= LARGEST for size in sizes) and all(len(one) == 32 for one in hashes)


class Logs:
    """Logs of one contract, each with one anchor: the state from which a vector is tried."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.at = cache(self._at)

    def _at(self, size: int, root: bytes) -> bytes:
        genesis = sha256(b"%d %s" % (size, root)).digest()
        self.rig.transact("register", genesis)
        lid = self.rig.log_id(genesis)
        self.rig.transact("anchor", lid, size, root, [])
        return lid


@pytest.fixture(scope="module")
def logs(rig: Rig) -> Logs:
    return Logs(rig)


def read(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    return [
        (str(path.relative_to(folder)), json.loads(path.read_bytes()))
        for path in sorted(folder.rglob("*.json"))
    ]


def test_consistency_vectors(logs: Logs, merkle_vectors: Path) -> None:
    tried = refused_by_size = 0
    for name, case in read(merkle_vectors / "consistency"):
        old, new = case["size1"], case["size2"]
        roots = [unb64(case["root1"]), unb64(case["root2"])]
        path = [unb64(node) for node in case["proof"] or []]
        if not expressible(sizes=[old, new], hashes=[*roots, *path]) or old == 0:
            # Size 0 cannot be anchored: nothing to start from.
            continue
        refusal = logs.rig.refusal("anchor", logs.at(old, roots[0]), new, roots[1], path)
        if new <= old:
            assert refusal == "SizeNotIncreasing", name
            refused_by_size += 1
        elif case["wantErr"]:
            assert refusal == "InconsistentRoot", name
        else:
            assert refusal == "", name
        tried += 1

    assert (tried, refused_by_size) == (CONSISTENCY_TRIED, CONSISTENCY_BY_SIZE)


def test_inclusion_vectors(logs: Logs, merkle_vectors: Path) -> None:
    tried = 0
    for name, case in read(merkle_vectors / "inclusion"):
        index, size = case["leafIdx"], case["treeSize"]
        root, leaf_hash = unb64(case["root"]), unb64(case["leafHash"])
        path = [unb64(node) for node in case["proof"] or []]
        if not expressible(sizes=[index, size], hashes=[root, leaf_hash, *path]) or size == 0:
            continue
        lid = logs.at(size, root)
        (shown,) = logs.rig.read("verifyInclusion", lid, size, index, leaf_hash, path)
        assert shown is not case["wantErr"], name
        tried += 1

    assert tried == INCLUSION_TRIED


CONSISTENCY_TRIED, CONSISTENCY_BY_SIZE, INCLUSION_TRIED = 67, 6, 69


@pytest.fixture(scope="module")
def embedded_logs(embedded_contract: Rig) -> Logs:
    return Logs(embedded_contract)


def spoilt(path: list[bytes], data: st.DataObject) -> list[bytes]:
    """The path, or one with a hash dropped, added, changed or moved."""
    stranger = sha256(b"stranger").digest()
    at = data.draw(st.integers(0, len(path)))
    changes: list[Callable[[], list[bytes]]] = [
        lambda: path,
        lambda: [*path[:at], stranger, *path[at:]],
        lambda: path[:at] + path[at + 1 :],
        lambda: [*path[:at], stranger, *path[at + 1 :]],
        lambda: path[at:] + path[:at],
    ]
    return data.draw(st.sampled_from(changes))()


def holds(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except VerificationError:
        return False
    return True


@given(st.data())
def test_consistency_is_taken_exactly_where_the_verifier_takes_it(
    embedded_logs: Logs, data: st.DataObject
) -> None:
    """Proofs of this log and of a forged one, spoilt or not, between these sizes or others."""
    size = st.integers(1, len(LOG.leaves) - 1)
    old, step = data.draw(size), data.draw(st.integers(1, 20))
    new = min(old + step, len(LOG.leaves))
    anchored, shown, prover = (data.draw(st.sampled_from([LOG, FORGED])) for _ in range(3))
    other_old, other_new = data.draw(st.sampled_from([(old, new), (old, old), (1, new)]))
    path = spoilt(list(prover.consistency_proof(other_old, other_new)), data)
    old_root, new_root = anchored.root_at(old), shown.root_at(new)
    lid = embedded_logs.at(old, old_root)

    wanted = holds(proof.verify_consistency, old, new, old_root, new_root, path)
    refusal = embedded_logs.rig.refusal("anchor", lid, new, new_root, path)
    assert wanted is (refusal == "")


@given(st.data())
def test_inclusion_is_shown_exactly_where_the_verifier_takes_it(
    embedded_logs: Logs, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(LOG.leaves)))
    index = data.draw(st.integers(0, size - 1))
    claimed = data.draw(st.one_of(st.just(index), st.integers(0, LARGEST)))
    path = spoilt(list(LOG.inclusion_proof(index, size)), data)
    leaf_hash, root = LOG.leaves[index], LOG.root_at(size)
    lid = embedded_logs.at(size, root)

    wanted = holds(proof.verify_inclusion, claimed, size, leaf_hash, path, root)
    (shown,) = embedded_logs.rig.read("verifyInclusion", lid, size, claimed, leaf_hash, path)
    assert wanted is shown


def test_every_proof_of_small_trees_is_taken(embedded_logs: Logs) -> None:
    for old in range(1, 18):
        lid = embedded_logs.at(old, LOG.root_at(old))
        for new in range(old + 1, 35):
            path = LOG.consistency_proof(old, new)
            assert embedded_logs.rig.refusal("anchor", lid, new, LOG.root_at(new), path) == ""


def test_the_largest_sizes_overflow_nothing(embedded_logs: Logs) -> None:
    """A proof of nothing but one hash repeated, at sizes next to 2^64."""
    for old, new in [(LARGEST - 1, LARGEST), (2**63, LARGEST), (2**63 - 1, 2**63 + 1)]:
        root = sha256(b"%d" % old).digest()
        lid = embedded_logs.at(old, root)
        for length in (0, 1, 63, 64, 127, 200):
            assert (
                embedded_logs.rig.refusal("anchor", lid, new, root, [root] * length)
                == "InconsistentRoot"
            )
        (shown,) = embedded_logs.rig.read("verifyInclusion", lid, old, old - 1, root, [root] * 64)
        assert shown is False
