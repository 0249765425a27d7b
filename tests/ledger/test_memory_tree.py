"""The tree in memory gives the roots and paths of the RFC."""

import pytest

from ledger import merkle, proof
from ledger.errors import VerificationError
from ledger.memory_tree import MemoryTree


@pytest.mark.parametrize("size", range(1, 40))
def test_every_path_leads_to_the_root(size: int) -> None:
    hashes = [merkle.leaf_hash(bytes([at])) for at in range(size)]
    tree = MemoryTree(hashes)

    assert (size, merkle.tree_root(hashes)) == (tree.size, tree.root)
    for index in range(size):
        proof.verify_inclusion(index, size, hashes[index], tree.path(index), tree.root)


def test_an_empty_tree_has_a_root_and_no_paths() -> None:
    assert MemoryTree([]).root == merkle.EMPTY_ROOT
    with pytest.raises(VerificationError):
        MemoryTree([]).path(0)


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_beyond_the_tree_has_no_path(index: int) -> None:
    with pytest.raises(VerificationError):
        MemoryTree([bytes(32)] * 3).path(index)
