"""Selective disclosure: what is shown is what was committed to, and nothing else is."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_vectors import cases

from ledger import canonical, commitment, disclosure, merkle, proof
from ledger.disclosure import Disclosed, Disclosure, Leaf, Opening
from ledger.errors import MalformedError, VerificationError

SEED = bytes(range(32))
RECORD = "01a206fd-6700-7fcd-b91a-f4e7bac1877a"

names = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,8}\Z").filter(lambda name: name != "blobs")
values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(names, v, max_size=3),
    max_leaves=4,
)
payloads = st.dictionaries(names, values, max_size=12)


def opened(case: dict[str, Any]) -> Disclosed:
    parsed = disclosure.parse(case["disclosure"])
    return disclosure.verify(
        parsed, bytes.fromhex(case["payload"]["root"]), case["payload"]["fields"]
    )


@cases("commitment.json", "disclosures")
def test_opens_the_vectors(case: dict[str, Any]) -> None:
    disclosed = opened(case)

    assert case["expect"]["values"] == disclosed.values
    assert tuple(case["expect"]["withheld"]) == disclosed.withheld
    for name in case["expect"]["absent"]:
        assert disclosed.lacks(name)
    assert case["disclosure"] == disclosure.parse(case["disclosure"]).to_json()


@cases("commitment.json", "refuse")
def test_refuses(case: dict[str, Any]) -> None:
    with pytest.raises((MalformedError, VerificationError)):
        opened(case)


@given(payloads, st.data())
def test_any_choice_of_fields_shows_these_and_the_names_of_the_rest(
    payload: dict[str, Any], data: st.DataObject
) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(payload)))) if payload else set()
    asked = data.draw(st.sets(names, max_size=3)) | chosen
    commit = commitment.commit(payload, SEED, RECORD)

    shown = disclosure.disclose(payload, SEED, RECORD, asked)
    through_a_bundle = disclosure.parse(json.loads(json.dumps(shown.to_json())))
    disclosed = disclosure.verify(through_a_bundle, commit.root, commit.fields)

    assert shown == through_a_bundle
    assert {name: payload[name] for name in payload if name in asked} == disclosed.values
    assert tuple(sorted(payload.keys() - asked)) == disclosed.withheld
    for name in asked - payload.keys():
        assert disclosed.lacks(name)
    for name in payload:
        assert not disclosed.lacks(name)


@given(payloads.filter(bool), st.data())
def test_no_other_value_no_other_place_and_no_other_tree(
    payload: dict[str, Any], data: st.DataObject
) -> None:
    commit = commitment.commit(payload, SEED, RECORD)
    good = disclosure.disclose(payload, SEED, RECORD)
    at = data.draw(st.integers(1, len(good.leaves) - 1))
    leaf = good.leaves[at]
    other = data.draw(values.filter(lambda v: canonical.serialise(v) != _bytes(leaf.value)))
    changes = [
        dataclasses.replace(leaf, value=other),
        dataclasses.replace(leaf, salt=good.leaves[0].salt),
        dataclasses.replace(leaf, path=(*leaf.path, bytes(32))),
        dataclasses.replace(leaf, path=leaf.path[:-1]),
    ]

    for bad in changes:
        leaves = (*good.leaves[:at], bad, *good.leaves[at + 1 :])
        with pytest.raises(VerificationError):
            disclosure.verify(Disclosure(good.fields, leaves), commit.root, commit.fields)
    with pytest.raises(VerificationError):
        disclosure.verify(good, bytes(32), commit.fields)
    with pytest.raises(VerificationError):
        disclosure.verify(good, commit.root, commit.fields + 1)


def _bytes(value: Any) -> bytes:
    return canonical.serialise(value)


def test_a_second_value_for_a_name_cannot_be_shown() -> None:
    """A poster who hides a second `net_g` in the tree commits to a leaf that no name leads to."""
    true, false = {"net_g": 1200, "tare_g": 50}, 9
    leaf_0, net, _ = commitment.leaves(true, SEED, RECORD)
    salt = commitment.salt(SEED, RECORD, "net_g")
    second = canonical.serialise([salt, "net_g", false])
    hashes = [merkle.leaf_hash(leaf) for leaf in (leaf_0, net, second)]
    root = merkle.tree_root(hashes)
    value_0 = json.loads(leaf_0)

    def shown(index: int, value: int) -> dict[str, Any]:
        leaves = [
            Leaf(0, value_0[0], "", value_0[2], path_of(hashes, 0)),
            Leaf(index, salt, "net_g", value, path_of(hashes, index)),
        ]
        return dict(Disclosure(3, tuple(leaves)).to_json())

    assert disclosure.verify(disclosure.parse(shown(1, 1200)), root, 3).values == {"net_g": 1200}
    with pytest.raises(MalformedError, match="puts 'tare_g' at place 2"):
        disclosure.parse(shown(2, false))


def path_of(hashes: list[bytes], index: int) -> tuple[bytes, ...]:
    plan = proof.inclusion_plan(index, len(hashes))

    def node(at: proof.Node) -> bytes:
        level, place = at
        return merkle.tree_root(hashes[place << level : (place + 1) << level])

    return tuple(proof.perform(plan, node))


@given(payloads.filter(bool), st.data())
def test_after_the_erasure_of_a_field_all_others_still_open(
    payload: dict[str, Any], data: st.DataObject
) -> None:
    erased = data.draw(st.sets(st.sampled_from(sorted(payload)), min_size=1))
    commit = commitment.commit(payload, SEED, RECORD)
    left = {name: value for name, value in payload.items() if name not in erased}

    opening = disclosure.open_all(payload, SEED, RECORD).without(erased)
    kept = Opening.of_json(json.loads(json.dumps(opening.to_json())))
    disclosed = disclosure.verify(disclosure.reveal(kept, left), commit.root, commit.fields)

    assert opening == kept
    assert left == disclosed.values
    assert tuple(sorted(erased)) == disclosed.withheld
    secret = json.dumps(kept.to_json())
    for name in erased:
        assert commitment.salt(SEED, RECORD, name) not in secret


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"names": [], "salts": [], "hashes": []},
        {"names": [], "salts": [None], "hashes": ["00" * 32]},
        {"names": ["a"], "salts": ["A" * 43], "hashes": ["00" * 32]},
        {"names": [], "salts": ["A" * 42], "hashes": ["00" * 32]},
        {"names": [], "salts": ["A" * 43], "hashes": ["00" * 31]},
        {"names": [1], "salts": ["A" * 43] * 2, "hashes": ["00" * 32] * 2},
        {"names": [], "salts": ["A" * 43], "hashes": ["00" * 32], "more": []},
        {"names": (), "salts": ["A" * 43], "hashes": ["00" * 32]},
    ],
)
def test_an_opening_is_parsed_strictly(value: object) -> None:
    with pytest.raises(MalformedError):
        Opening.of_json(value)


BLOB = {"media_type": "image/jpeg", "role": "photo", "sha256": "ab" * 32, "size": 1}


@pytest.mark.parametrize(
    "value",
    [
        [],
        [BLOB] * 2,
        [{**BLOB, "role": "b"}, {**BLOB, "role": "a"}],
        [{**BLOB, "size": -1}],
        [{**BLOB, "size": True}],
        [{**BLOB, "role": "\u56fe"}],
        [{**BLOB, "sha256": "ab" * 31}],
        [{**BLOB, "name": "x"}],
        [[]],
        [{**BLOB, "role": f"{i:02}"} for i in range(33)],
    ],
)
def test_refuses_blobs(value: object) -> None:
    with pytest.raises(MalformedError):
        disclosure.check_blobs(value)


def test_accepts_32_blobs() -> None:
    blobs = [{**BLOB, "role": f"{i:02}"} for i in range(32)]

    assert blobs == disclosure.check_blobs(blobs)


def shown_json() -> dict[str, Any]:
    """A good disclosure of one field of three, as it stands in a bundle."""
    payload = {"gross_g": 1250, "net_g": 1200, "tare_g": 50}
    whole = disclosure.disclose(payload, SEED, RECORD, ["net_g"]).to_json()
    return json.loads(json.dumps(whole))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(fields=True), "fields"),
        (lambda d: d.update(fields=0), "fields"),
        (lambda d: d.update(note=1), "exactly fields"),
        (lambda d: d.update(disclosed={}), "leaf 0"),
        (lambda d: d.update(disclosed=[]), "leaf 0"),
        (lambda d: d["disclosed"].pop(0), "leaf 0"),
        (lambda d: d["disclosed"].reverse(), "leaf 0"),
        (lambda d: d["disclosed"].append(d["disclosed"][1]), "repeated"),
        (lambda d: d["disclosed"].append([]), "exactly index"),
        (lambda d: d["disclosed"][1].pop("path"), "exactly index"),
        (lambda d: d["disclosed"][1].update(note=""), "exactly index"),
        (lambda d: d["disclosed"][1].update(index=-1), "index"),
        (lambda d: d["disclosed"][1].update(index=2.0), "index"),
        (lambda d: d["disclosed"][1].update(salt=None), "salt"),
        (lambda d: d["disclosed"][1].update(name=0), "name"),
        (lambda d: d["disclosed"][1].update(name="tare_g"), "puts 'net_g'"),
        (lambda d: d["disclosed"][1].update(path=[None]), "hash"),
        (lambda d: d["disclosed"][1].update(path=[""] * 64), "path"),
        (lambda d: d["disclosed"][1].update(value=1.5), "canonical"),
        (lambda d: d["disclosed"][1].update(value={"a-b": 1}), "member name"),
    ],
)
def test_a_disclosure_is_parsed_strictly(change: Callable[[Any], object], message: str) -> None:
    value = shown_json()
    disclosure.parse(value)
    change(value)

    with pytest.raises(MalformedError, match=message):
        disclosure.parse(value)


def test_a_disclosure_of_another_number_of_fields_says_so() -> None:
    parsed = disclosure.parse(shown_json())

    with pytest.raises(VerificationError, match="fields is not the statement's"):
        disclosure.verify(parsed, bytes(32), 5)
