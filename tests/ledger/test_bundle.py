"""Bundles as files: strict at the top, and nothing looked into below."""

import json
from typing import Any

import pytest
from own_vectors import FOLDER

from ledger import bundle
from ledger.errors import MalformedError

GOOD: dict[str, Any] = json.loads((FOLDER / "bundles" / "anchor-and-quorum.json").read_bytes())[
    "bundle"
]


def encode(value: object) -> bytes:
    return json.dumps(value, indent=2).encode()


def test_white_space_and_member_order_are_free() -> None:
    turned = dict(reversed(GOOD.items()))

    assert bundle.parse(encode(GOOD)) == bundle.parse(json.dumps(turned).encode())


def test_a_bundle_reads_back_as_it_was_written() -> None:
    parsed = bundle.parse(encode(GOOD))

    assert json.loads(bundle.format(parsed)) == GOOD
    assert bundle.parse(bundle.format(parsed)) == parsed


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_member_is_required(name: str) -> None:
    less = {key: value for key, value in GOOD.items() if key != name}

    with pytest.raises(MalformedError):
        bundle.parse(encode(less))


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"bundle": "mealtrace/bundle@v2"},
        {"bundle": 1},
        {"entry": None},
        {"entry": []},
        {"proof": {}},
        {"disclosure": []},
        {"disclosure": "x"},
        {"support": None},
        {"support": {}},
        {"anchors": None},
        {"blobs": {}},
    ],
)
def test_members_of_another_kind_are_no_bundle(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        bundle.parse(encode({**GOOD, **change}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"\xef\xbb\xbf{}",
        encode(GOOD) + b"x",
        encode(GOOD)[:-1],
    ],
)
def test_what_is_not_strict_json_is_no_bundle(data: bytes) -> None:
    with pytest.raises(MalformedError):
        bundle.parse(data)


def test_a_member_name_that_stands_twice_is_no_bundle() -> None:
    data = encode(GOOD).replace(b'"role": "genesis"', b'"role": "genesis", "role": "x"')

    with pytest.raises(MalformedError):
        bundle.parse(data)


def test_depth_is_limited_to_32() -> None:
    def nested(depth: int) -> bytes:
        return encode({**GOOD, "disclosure": {"x": json.loads("[" * depth + "]" * depth)}})

    bundle.parse(nested(30))
    with pytest.raises(MalformedError):
        bundle.parse(nested(31))


def test_anchors_that_can_be_read_are_what_to_ask_a_node_about() -> None:
    parsed = bundle.parse(encode({**GOOD, "anchors": [None, {"kind": "tide"}, *GOOD["anchors"]]}))

    assert [anchor.size for anchor in parsed.evm_anchors()] == [12, 20]
