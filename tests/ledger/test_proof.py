"""Proofs: equal to the RFC's recursion, to the vectors of others, and refused when touched."""

import base64
import json
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc6962
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle, proof
from ledger.errors import VerificationError

LEAVES = rfc6962.leaves(140)


def node_of(leaves: list[bytes]) -> Callable[[proof.Node], bytes]:
    def node(node: proof.Node) -> bytes:
        level, index = node
        span = leaves[index << level : (index + 1) << level]
        assert len(span) == 1 << level, "a plan names perfect subtrees only"
        return rfc6962.mth(span)

    return node


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    new = draw(st.integers(1, len(LEAVES)))
    return draw(st.integers(1, new)), new


@given(sizes())
def test_inclusion_proofs_are_the_recursions(case: tuple[int, int]) -> None:
    index, size = case[0] - 1, case[1]
    leaves = LEAVES[:size]
    path = proof.perform(proof.inclusion_plan(index, size), node_of(leaves))

    assert rfc6962.path(index, leaves) == path
    assert rfc6962.mth(leaves) == proof.root_from_inclusion(index, size, leaves[index], path)
    proof.verify_inclusion(index, size, leaves[index], path, rfc6962.mth(leaves))


@given(sizes())
def test_consistency_proofs_are_the_recursions(case: tuple[int, int]) -> None:
    old, new = case
    path = proof.perform(proof.consistency_plan(old, new), node_of(LEAVES[:new]))

    assert rfc6962.proof(old, LEAVES[:new]) == path
    proof.verify_consistency(old, new, rfc6962.mth(LEAVES[:old]), rfc6962.mth(LEAVES[:new]), path)


@given(sizes(), st.data())
def test_a_touched_inclusion_proof_is_refused(case: tuple[int, int], data: st.DataObject) -> None:
    index, size = case[0] - 1, case[1]
    leaves, root = LEAVES[:size], rfc6962.mth(LEAVES[:size])
    good = rfc6962.path(index, leaves)
    path = data.draw(touched(good))
    with pytest.raises(VerificationError):
        proof.verify_inclusion(index, size, leaves[index], path, root)


@given(sizes(), st.data())
def test_a_touched_consistency_proof_is_refused(case: tuple[int, int], data: st.DataObject) -> None:
    old, new = case
    roots = rfc6962.mth(LEAVES[:old]), rfc6962.mth(LEAVES[:new])
    path = data.draw(touched(rfc6962.proof(old, LEAVES[:new])))
    with pytest.raises(VerificationError):
        proof.verify_consistency(old, new, *roots, path)


def touched(good: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    stranger = sha256(b"stranger").digest()
    places = st.integers(0, len(good))
    longer = places.map(lambda at: [*good[:at], stranger, *good[at:]])
    if not good:
        return longer
    places = st.integers(0, len(good) - 1)
    return st.one_of(
        longer,
        places.map(lambda at: good[:at] + good[at + 1 :]),
        places.map(lambda at: [*good[:at], stranger, *good[at + 1 :]]),
        places.map(lambda at: [*good[:at], good[at][:31], *good[at + 1 :]]),
    )


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (5, 4)])
def test_no_leaf_outside_the_tree_is_proven(index: int, size: int) -> None:
    with pytest.raises(VerificationError):
        proof.inclusion_plan(index, size)
    with pytest.raises(VerificationError):
        proof.verify_inclusion(index, size, LEAVES[0], [], LEAVES[0])


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (-1, 1), (2, 1)])
def test_nothing_is_consistent_with_size_0_or_with_a_smaller_tree(old: int, new: int) -> None:
    with pytest.raises(VerificationError):
        proof.consistency_plan(old, new)
    with pytest.raises(VerificationError):
        proof.verify_consistency(old, new, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, [])


def test_a_mismatch_carries_both_roots() -> None:
    with pytest.raises(VerificationError) as caught:
        proof.verify_inclusion(0, 1, LEAVES[0], [], LEAVES[1])

    assert (LEAVES[1].hex(), LEAVES[0].hex()) == (caught.value.expected, caught.value.found)


def test_proofs_reach_the_largest_sizes() -> None:
    size = 2**63 - 1

    assert len(proof.inclusion_plan(0, size)) == 63
    assert len(proof.inclusion_plan(size - 1, size)) == 62
    assert len(proof.consistency_plan(size - 1, size)) <= 126


def subtrees(limit: int) -> Iterator[tuple[int, int]]:
    """Every subtree [start, end) with end <= limit, empty ones too, by end, then start."""
    for end in range(limit + 1):
        for start in range(end):
            if start % (1 << (end - start - 1).bit_length()) == 0:
                yield start, end
        yield end, end


def test_subtree_roots_and_proofs_have_the_known_digests() -> None:
    leaves = [merkle.leaf_hash(bytes([value])) for value in range(130)]
    node = node_of(leaves)
    roots, proofs = sha256(), sha256()
    for start, end in subtrees(130):
        part = leaves[start:end]
        root = merkle.tree_root(part)
        assert root == proof.perform([proof.cover(start, end)], node)[0]
        roots.update(f"[{start}, {end}) {root.hex()}\n".encode())
        for index in range(start, end):
            path = proof.perform(proof.inclusion_plan(index - start, end - start), node_of(part))
            proof.verify_subtree_inclusion(
                index, start, end, leaf_hash=leaves[index], path=path, root=root
            )
            words = [str(index), f"[{start}, {end})", *(node.hex() for node in path)]
            proofs.update((" ".join(words) + "\n").encode())

    assert roots.hexdigest() == "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"
    assert proofs.hexdigest() == "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"


def test_consistency_proofs_of_every_subtree_hold_and_have_the_known_digest() -> None:
    leaves = [merkle.leaf_hash(bytes([value])) for value in range(130)]
    node = cache(node_of(leaves))
    roots = {(start, end): merkle.tree_root(leaves[start:end]) for start, end in subtrees(130)}
    proofs = sha256()
    for size in range(131):
        for start, end in subtrees(size):
            path = proof.perform(proof.subtree_consistency_plan(start, end, size), node)
            words = [f"[{start}, {end})", str(size), *(node.hex() for node in path)]
            proofs.update((" ".join(words) + "\n").encode())
            proof.verify_subtree_consistency(
                start,
                end,
                size,
                subtree_root=roots[start, end],
                root=roots[0, size],
                path=path,
            )

    # draft-ietf-plants-merkle-tree-certs, appendix C: the accumulated vector.
    assert proofs.hexdigest() == "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74"


@pytest.mark.parametrize("size", [1, 2, 7, 8, 21])
def test_a_touched_subtree_consistency_proof_is_refused(size: int) -> None:
    root = merkle.tree_root(LEAVES[:size])
    for start, end in subtrees(size):
        plan = proof.subtree_consistency_plan(start, end, size)
        path = proof.perform(plan, node_of(LEAVES[:size]))
        part = merkle.tree_root(LEAVES[start:end])
        bad = [(part, root, [*path, root]), (root[::-1], root, path)]
        if start < end:
            bad.append((part, part[::-1], path))
        if path:
            bad += [(part, root, path[1:]), (part, root, path[:-1]), (part, root, path[::-1][1:])]
        for subtree_root, tree_root, hashes in bad:
            with pytest.raises(VerificationError):
                proof.verify_subtree_consistency(
                    start, end, size, subtree_root=subtree_root, root=tree_root, path=hashes
                )


@pytest.mark.parametrize(
    ("start", "end", "size"), [(1, 3, 8), (2, 5, 8), (9, 9, 8), (5, 4, 8), (-2, 0, 8), (0, 9, 8)]
)
def test_what_is_no_subtree_is_refused(start: int, end: int, size: int) -> None:
    with pytest.raises(VerificationError):
        proof.subtree_consistency_plan(start, end, size)
    with pytest.raises(VerificationError):
        proof.verify_subtree_consistency(
            start, end, size, subtree_root=LEAVES[0], root=LEAVES[0], path=[]
        )


def decode(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def run_inclusion(case: dict[str, Any], path: list[bytes]) -> None:
    proof.verify_inclusion(
        case["leafIdx"], case["treeSize"], decode(case["leafHash"]), path, decode(case["root"])
    )


def run_consistency(case: dict[str, Any], path: list[bytes]) -> None:
    proof.verify_consistency(
        case["size1"], case["size2"], decode(case["root1"]), decode(case["root2"]), path
    )


def run_subtree_inclusion(case: dict[str, Any], path: list[bytes]) -> None:
    proof.verify_subtree_inclusion(
        case["leafIdx"],
        case["start"],
        case["end"],
        leaf_hash=decode(case["leafHash"]),
        path=path,
        root=decode(case["root"]),
    )


def run_subtree_consistency(case: dict[str, Any], path: list[bytes]) -> None:
    proof.verify_subtree_consistency(
        case["start"],
        case["end"],
        case["size"],
        subtree_root=decode(case["root1"]),
        root=decode(case["root2"]),
        path=path,
    )


@pytest.mark.parametrize(
    ("kind", "count", "run"),
    [
        ("inclusion", 98, run_inclusion),
        ("consistency", 98, run_consistency),
        ("subtreeinclusion", 204, run_subtree_inclusion),
        ("subtreeconsistency", 118, run_subtree_consistency),
    ],
)
def test_agrees_with_transparency_dev(
    shared_vectors: Callable[[str], Path],
    kind: str,
    count: int,
    run: Callable[[dict[str, Any], list[bytes]], None],
) -> None:
    folder = shared_vectors("transparency-dev+merkle") / "testdata" / kind
    files = sorted(folder.rglob("*.json"))
    differ = []
    for file in files:
        case = json.loads(file.read_bytes())
        try:
            run(case, [decode(text) for text in case["proof"] or []])
        except VerificationError:
            refused = True
        else:
            refused = False
        if refused != case["wantErr"]:
            differ.append(file.name)

    assert count == len(files)
    assert differ == []
