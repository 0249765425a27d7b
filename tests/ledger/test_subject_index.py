"""The subject index: heads under one root, presence and absence, and what proves neither."""

import base64
import json
from typing import Any

import pytest
from heads import tree_of
from hypothesis import given
from hypothesis import strategies as st
from own_vectors import cases

from ledger import merkle, subject_index
from ledger.errors import MalformedError, VerificationError
from ledger.memory_tree import MemoryTree
from ledger.subject_index import Head, HeadProof, HeadTree, SubjectIndex

subjects = st.sampled_from(
    [f"{kind}:{value}" for kind in ("lot", "lot-x", "order") for value in "abAB.~-_0"]
)


def shown(case: dict[str, Any]) -> Head | None:
    return subject_index.prove(
        SubjectIndex.of_json(case["index"]),
        case["subject"],
        subject_index.parse_heads(case["heads"]),
    )


def heads_of(names: set[str]) -> list[Head]:
    return [
        Head(name, at + 1, at, merkle.leaf_hash(name.encode())) for at, name in enumerate(names)
    ]


@cases("subject-index.json", "cases")
def test_indexes_the_vectors(case: dict[str, Any]) -> None:
    heads = []
    for item in case["heads"]:
        tag, name, seq, index, digest = item["leaf"]
        head = Head(name, seq, index, bytes.fromhex(digest))
        assert tag == subject_index.TAG
        assert item["leaf"] == head.leaf()
        assert base64.b64decode(item["leaf_base64"]) == head.to_bytes()
        heads.append(head)

    for order in (heads, heads[::-1]):
        index = subject_index.build(order, case["index"]["size"])
        assert SubjectIndex.of_json(case["index"]) == index
        assert case["index"] == index.to_json()
        assert index == tree_of(order, index.size).index


@cases("subject-index.json", "proofs")
def test_shows_presence_or_absence(case: dict[str, Any]) -> None:
    head = shown(case)

    assert case["expect"] == ("absent" if head is None else "present")
    if head is not None:
        assert case["subject"] == head.subject


@cases("subject-index.json", "refuse")
def test_refuses(case: dict[str, Any]) -> None:
    with pytest.raises((MalformedError, VerificationError)):
        shown(case)


@given(st.sets(subjects), st.lists(subjects, max_size=4))
def test_shows_every_subject_that_is_there_and_the_absence_of_every_other(
    there: set[str], asked: list[str]
) -> None:
    heads = {head.subject: head for head in heads_of(there)}
    tree = tree_of(heads.values(), 100)
    proofs = tree.proofs(asked)
    through_a_bundle = subject_index.parse_heads(
        json.loads(json.dumps([proof.to_json() for proof in proofs]))
    )

    assert proofs == through_a_bundle
    for name in asked:
        assert heads.get(name) == subject_index.prove(tree.index, name, through_a_bundle)


@given(st.sets(subjects, min_size=1), subjects, st.data())
def test_one_head_fewer_shows_neither(there: set[str], name: str, data: st.DataObject) -> None:
    tree = tree_of(heads_of(there), 100)
    proofs = list(tree.proofs([name]))
    del proofs[data.draw(st.integers(0, len(proofs) - 1))]

    with pytest.raises(VerificationError):
        subject_index.prove(tree.index, name, proofs)


@given(st.sets(subjects, min_size=2), st.data())
def test_a_subject_that_is_there_is_never_shown_absent(
    there: set[str], data: st.DataObject
) -> None:
    """Whatever genuine heads are picked: they show the subject's own head, or nothing."""
    tree = tree_of(heads_of(there), 100)
    name = data.draw(st.sampled_from(sorted(there)))
    picked = data.draw(st.sets(st.sampled_from(sorted(there)), max_size=4))

    try:
        head = subject_index.prove(tree.index, name, tree.proofs(picked))
    except VerificationError:
        return
    assert head is not None
    assert name == head.subject


@pytest.mark.parametrize("count", [1, 255, 256, 257, 511, 512, 513, 1400])
def test_the_tree_by_blocks_is_the_tree_over_all_heads(count: int) -> None:
    heads = heads_of({f"lot:{at:04}" for at in range(count)})
    tree, whole = tree_of(heads, 2000), subject_index.build(heads, 2000)

    assert tree.index == whole
    for name in (
        f"lot:{count - 1:04}",
        "lot:0000",
        "lot:0255",
        "lot:0256",
        "lot:0255x",
        "aa:a",
        "zz:z",
    ):
        found = subject_index.prove(whole, name, tree.proofs([name]))
        assert (found is not None) == (name in {head.subject for head in heads})


def test_heads_that_changed_underneath_prove_nothing() -> None:
    heads = sorted(heads_of({"lot:a", "lot:b"}), key=lambda head: head.subject)
    tree = HeadTree(heads, 100, lambda *_: heads[:1])

    with pytest.raises(VerificationError, match="not those of the index"):
        tree.proofs(["lot:a"])


def test_heads_out_of_order_make_no_tree() -> None:
    heads = sorted(heads_of({"lot:a", "lot:b"}), key=lambda head: head.subject, reverse=True)

    with pytest.raises(MalformedError, match="do not ascend"):
        HeadTree(heads, 100, lambda *_: heads)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"count": -1, "root": "00" * 32, "size": 1},
        {"count": True, "root": "00" * 32, "size": 1},
        {"count": 1, "root": "00" * 31, "size": 1},
        {"count": 1, "root": "AB" * 32, "size": 1},
        {"count": 1, "root": "00" * 32, "size": 0},
        {"count": 1, "root": "00" * 32, "size": 1.0},
        {"count": 1, "root": "00" * 32, "size": 1, "v": 1},
    ],
)
def test_an_index_is_parsed_strictly(value: object) -> None:
    with pytest.raises(MalformedError):
        SubjectIndex.of_json(value)


GOOD: dict[str, Any] = {
    "position": 0,
    "leaf": ["mealtrace/head@v1", "lot:a", 1, 0, "00" * 32],
    "path": [],
}


@pytest.mark.parametrize(
    "value",
    [
        {},
        [[]],
        [{**GOOD, "position": -1}],
        [{**GOOD, "position": True}],
        [{**GOOD, "path": None}],
        [{**GOOD, "path": [0]}],
        [{**GOOD, "path": ["AA=="]}],
        [{**GOOD, "path": [[]]}],
        [{**GOOD, "path": [base64.b64encode(bytes(32)).decode()] * 64}],
        [{**GOOD, "note": ""}],
        [GOOD, GOOD],
        [{**GOOD, "leaf": ["mealtrace/head@v1", "lot", 1, 0, "00" * 32]}],
        [{**GOOD, "leaf": ["mealtrace/head@v1", "lot:a", 1.0, 0, "00" * 32]}],
        [{**GOOD, "leaf": ["mealtrace/head@v1", "lot:a", 1, -1, "00" * 32]}],
        [{**GOOD, "leaf": {"mealtrace/head@v1": 1}}],
    ],
)
def test_heads_are_parsed_strictly(value: object) -> None:
    subject_index.parse_heads([GOOD])
    with pytest.raises(MalformedError):
        subject_index.parse_heads(value)


def test_an_empty_index_has_the_root_of_nothing() -> None:
    with pytest.raises(VerificationError, match="another root"):
        subject_index.prove(SubjectIndex(0, bytes(32), 1), "lot:a", [])


def test_an_index_out_of_order_shows_nothing() -> None:
    """In a tree that is not sorted, two neighbours would enclose a subject that stands elsewhere."""
    heads = [Head(name, 1, 0, bytes(32)) for name in ("lot:c", "lot:a", "lot:b")]
    tree = MemoryTree([merkle.leaf_hash(head.to_bytes()) for head in heads])
    index = SubjectIndex(3, tree.root, 1)
    proofs = [HeadProof(at, heads[at], tree.path(at)) for at in range(3)]

    subject_index.verify(index, proofs[1:])
    with pytest.raises(VerificationError, match="ascend"):
        subject_index.verify(index, proofs)
