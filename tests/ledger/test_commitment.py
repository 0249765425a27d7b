"""The payload commitment: the vectors, and the formula written out a second time."""

import base64
import hmac
import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_vectors import cases

from ledger import canonical, commitment, merkle
from ledger.encoding import b64url, unb64url
from ledger.errors import MalformedError

SEED = bytes(range(32))
RECORD = "01a206fd-6700-7fcd-b91a-f4e7bac1877a"

names = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,20}\Z")
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(names, v, max_size=3),
    max_leaves=6,
)
payloads = st.dictionaries(names, values, max_size=9)


@cases("commitment.json", "cases")
def test_commits_as_the_vectors_do(case: dict[str, Any]) -> None:
    seed, record = unb64url(case["seed_base64url"], 32), case["record_id"]
    leaves = commitment.leaves(case["payload"], seed, record)

    commit = commitment.commit(case["payload"], seed, record)

    assert [base64.b64decode(leaf["leaf_base64"]) for leaf in case["leaves"]] == leaves
    assert [leaf["leaf_hash_hex"] for leaf in case["leaves"]] == [
        merkle.leaf_hash(leaf).hex() for leaf in leaves
    ]
    assert [leaf["salt_base64url"] for leaf in case["leaves"]] == [
        commitment.salt(seed, record, leaf["name"]) for leaf in case["leaves"]
    ]
    assert (case["fields"], case["root_hex"]) == (commit.fields, commit.root.hex())


@given(payloads, st.binary(min_size=32, max_size=32), st.uuids())
def test_commits_as_the_formula_says(payload: dict[str, Any], seed: bytes, record: object) -> None:
    def salt(name: str) -> str:
        message = b"mealtrace/salt@v1\x00" + str(record).encode() + b"\x00" + name.encode()
        return b64url(hmac.new(seed, message, "sha256").digest())

    ordered = sorted(payload, key=lambda name: name.encode())
    leaves = [canonical.serialise([salt(""), "", ordered])]
    leaves += [canonical.serialise([salt(name), name, payload[name]]) for name in ordered]
    hashes = [sha256(b"\x00" + leaf).digest() for leaf in leaves]

    commit = commitment.commit(payload, seed, str(record))

    assert len(leaves) == commit.fields
    assert merkle.tree_root(hashes) == commit.root


def test_the_order_of_members_does_not_matter() -> None:
    payload = {"b": 1, "a": {"y": 1, "x": 2}}
    turned = {"a": {"x": 2, "y": 1}, "b": 1}

    assert commitment.commit(payload, SEED, RECORD) == commitment.commit(turned, SEED, RECORD)


@pytest.mark.parametrize(
    ("payload", "seed", "record"),
    [
        ({"net_g": 1200}, bytes(32), RECORD),
        ({"net_g": 1200}, SEED, RECORD.replace("a", "b")),
        ({"net_g": 1201}, SEED, RECORD),
        ({"net_g": True}, SEED, RECORD),
        ({"gross_g": 1200}, SEED, RECORD),
        ({"net_g": 1200, "note": None}, SEED, RECORD),
    ],
)
def test_everything_committed_to_changes_the_root(
    payload: dict[str, Any], seed: bytes, record: str
) -> None:
    usual = commitment.commit({"net_g": 1200}, SEED, RECORD)

    assert usual.root != commitment.commit(payload, seed, record).root


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_seed_has_32_bytes(size: int) -> None:
    with pytest.raises(MalformedError, match="seed"):
        commitment.commit({}, bytes(size), RECORD)


def test_a_payload_cannot_pass_for_a_list_of_names() -> None:
    """A field's leaf never has the empty name, so it is never mistaken for leaf 0."""
    for leaf in commitment.leaves({"a": ["a"]}, SEED, RECORD)[1:]:
        assert json.loads(leaf)[1] != ""
