"""Roots and compact ranges, against the known roots and the RFC's recursion."""

from hashlib import sha256

import pytest
import rfc6962
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.compact import EMPTY, CompactRange
from ledger.errors import MalformedError

CLASSIC_INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CLASSIC_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_classic_inputs_have_the_classic_roots() -> None:
    hashes = [merkle.leaf_hash(bytes.fromhex(data)) for data in CLASSIC_INPUTS]
    grown = EMPTY
    for size, root in enumerate(CLASSIC_ROOTS):
        assert root == merkle.tree_root(hashes[:size]).hex()
        assert root == grown.root().hex()
        if size < len(hashes):
            grown = grown.append(hashes[size])


@pytest.mark.parametrize("size", [*range(70), 127, 128, 129, 255, 256, 257, 511, 1000])
def test_roots_equal_the_recursion(size: int) -> None:
    leaves = rfc6962.leaves(size)

    assert rfc6962.mth(leaves) == merkle.tree_root(leaves)


@given(st.integers(0, 300))
def test_a_range_grown_leaf_by_leaf_has_the_root_and_survives_as_bytes(size: int) -> None:
    leaves = rfc6962.leaves(size)
    grown = EMPTY
    for leaf in leaves:
        grown = grown.append(leaf)

    assert size == grown.size
    assert rfc6962.mth(leaves) == grown.root()
    assert grown == CompactRange.from_bytes(grown.to_bytes())


@given(st.integers(0, 600), st.integers(0, 600))
def test_a_range_extended_at_once_is_the_range_grown_leaf_by_leaf(size: int, more: int) -> None:
    leaves = rfc6962.leaves(size + more)

    extended = EMPTY.extend(leaves[:size]).extend(leaves[size:])

    assert extended == EMPTY.extend(leaves)
    assert extended.root() == rfc6962.mth(leaves)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(7),
        bytes(7) + b"\x01",
        bytes(8) + bytes(32),
        bytes(7) + b"\x03" + bytes(32),
        bytes(7) + b"\x01" + bytes(33),
        b"\x80" + bytes(7) + bytes(32),
    ],
)
def test_bytes_of_no_range_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        CompactRange.from_bytes(data)


def test_a_range_holds_one_hash_for_each_bit_of_its_size() -> None:
    with pytest.raises(MalformedError):
        CompactRange(3, (bytes(32),))
    with pytest.raises(MalformedError):
        CompactRange(1, (bytes(31),))
    with pytest.raises(MalformedError):
        CompactRange(-1, ())


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = bytes(32), b"\x01" * 32

    assert merkle.leaf_hash(left + right) == sha256(b"\x00" + left + right).digest()
    assert merkle.node_hash(left, right) == sha256(b"\x01" + left + right).digest()
