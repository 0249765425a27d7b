"""Tiles and entry bundles: arithmetic, paths, and proofs read from them."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc6962
from hypothesis import given
from hypothesis import strategies as st

from ledger import checkpoint, entry_bundle, merkle, note, proof, tile, tile_proof
from ledger.errors import MalformedError, VerificationError
from ledger.tile import Tile

LEAVES = rfc6962.leaves(1100)


class BlankTiles:
    """Answers every tile with zeros, and keeps count."""

    def __init__(self) -> None:
        self.read: list[tuple[int, int, int]] = []

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        self.read.append((level, tile, width))
        return bytes(32 * width)


@pytest.mark.parametrize(
    ("index", "text"),
    [(0, "000"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")],
)
def test_numbers_are_grouped_by_three(index: int, text: str) -> None:
    assert f"tile/0/{text}" == tile.path(0, index)
    assert f"tile/63/{text}.p/255" == tile.path(63, index, 255)
    assert f"tile/entries/{text}.p/1" == entry_bundle.path(index, 1)


@given(st.integers(0, 63), st.integers(0, 2**55), st.integers(1, 256))
def test_paths_survive(level: int, index: int, width: int) -> None:
    assert Tile(level, index, width) == tile.parse_path(tile.path(level, index, width))
    assert (index, width) == entry_bundle.parse_path(entry_bundle.path(index, width))


@pytest.mark.parametrize(
    "text",
    [
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x001/x000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/0/00٠",
        "tile/0/x001/x001/x001/x001/x001/x001/001",
        "tile/data/000",
        "",
    ],
)
def test_other_spellings_of_a_path_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        tile.parse_path(text)
    with pytest.raises(MalformedError):
        entry_bundle.parse_path(text.replace("tile/0/", "tile/entries/"))


def test_seventy_thousand_entries_have_the_tiles_of_the_specification() -> None:
    tiles = list(tile.tiles_of(70_000))

    assert len(tiles) == 274 + 2 + 1
    assert tiles[273] == Tile(0, 273, 112)
    assert tiles[274:] == [Tile(1, 0, 256), Tile(1, 1, 17), Tile(2, 0, 1)]


@pytest.mark.parametrize(
    ("size", "tiles"),
    [(0, []), (1, [Tile(0, 0, 1)]), (256, [Tile(0, 0, 256), Tile(1, 0, 1)])],
)
def test_empty_tiles_do_not_exist(size: int, tiles: list[Tile]) -> None:
    assert tiles == list(tile.tiles_of(size))


@given(st.integers(0, 200_000))
def test_widths_agree_with_the_list_of_tiles(size: int) -> None:
    for found in tile.tiles_of(size):
        assert found.width == tile.width_at(found.level, found.index, size)
        assert tile.width_at(found.level, found.index + 1, size) in {0, *range(257)}
    assert tile.width_at(0, size // 256 + 1, size) == 0


@given(st.integers(1, len(LEAVES)), st.data())
def test_proofs_and_roots_from_tiles_are_the_recursions(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    reader, cache = rfc6962.Tiles(leaves), tile_proof.TileCache(2)

    assert rfc6962.path(index, leaves) == tile_proof.inclusion_proof(index, size, reader, cache)
    assert rfc6962.proof(index + 1, leaves) == tile_proof.consistency_proof(
        index + 1, size, reader, cache
    )
    assert rfc6962.mth(leaves) == tile_proof.tree_root_at(size, reader, cache)


def test_the_empty_tree_has_a_root_and_no_tiles() -> None:
    reader = BlankTiles()

    assert tile_proof.tree_root_at(0, reader) == merkle.EMPTY_ROOT
    assert reader.read == []
    with pytest.raises(VerificationError):
        tile_proof.inclusion_proof(0, 0, reader)


def test_a_proof_among_a_million_reads_a_tile_for_each_level_and_the_right_edge() -> None:
    reader, cache = BlankTiles(), tile_proof.TileCache()
    path = tile_proof.inclusion_proof(123_456, 1_000_000, reader, cache)

    assert len(path) == len(proof.inclusion_plan(123_456, 1_000_000))
    assert len(reader.read) <= 5
    before = len(reader.read)
    tile_proof.inclusion_proof(123_457, 1_000_000, reader, cache)
    assert before == len(reader.read)


def test_the_cache_forgets_the_tile_used_longest_ago() -> None:
    reader, cache = BlankTiles(), tile_proof.TileCache(2)
    for index in (0, 1, 0, 2, 0, 1):
        cache.rows(reader, 0, index, 256)

    assert [index for _, index, _ in reader.read] == [0, 1, 2, 1]


def test_a_reader_that_answers_another_width_is_found_out() -> None:
    class Short:
        def hashes(self, level: int, tile: int, width: int) -> bytes:  # noqa: ARG002
            return bytes(32 * width - 1)

    with pytest.raises(MalformedError):
        tile_proof.tree_root_at(3, Short())


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundles_survive(entries: list[bytes]) -> None:
    assert entries == entry_bundle.parse(entry_bundle.format(entries), len(entries))


@given(st.binary(max_size=12), st.integers(1, 4))
def test_what_is_read_as_a_bundle_is_written_the_same_again(data: bytes, width: int) -> None:
    try:
        entries = entry_bundle.parse(data, width)
    except MalformedError:
        return

    assert data == entry_bundle.format(entries)


def test_bundles_of_another_width_and_oversized_entries_are_refused() -> None:
    bundle = entry_bundle.format([b"a", b"", b"c" * 65_535])
    for data, width in ((bundle, 2), (bundle, 4), (bundle[:-1], 3), (bundle + b"\x00", 3)):
        with pytest.raises(MalformedError):
            entry_bundle.parse(data, width)
    for entries in ([], [b""] * 257, [b"c" * 65_536]):
        with pytest.raises(MalformedError):
            entry_bundle.format(entries)


def test_agrees_with_the_log_of_tessera(shared_vectors: Callable[[str], Path]) -> None:
    data = json.loads(
        (shared_vectors("transparency-dev+tessera") / "log-testdata.json").read_bytes()
    )
    key = note.parse_vkey(data["vkey"])
    checkpoints = {
        opened.size: opened
        for opened in (checkpoint.open(text, [key]) for text in data["checkpoints"].values())
    }

    assert list(range(16)) == sorted(checkpoints)
    for size in range(1, 16):
        name = entry_bundle.path(0, size)
        entries = entry_bundle.parse(base64.b64decode(data["entry_bundles"][name]), size)
        hashes = [merkle.leaf_hash(entry) for entry in entries]
        assert b"".join(hashes) == base64.b64decode(data["tiles"][tile.path(0, 0, size)])
        assert checkpoints[size].root == merkle.tree_root(hashes)
    assert checkpoints[0].root == merkle.EMPTY_ROOT
    assert data["origin"] == checkpoints[15].origin
