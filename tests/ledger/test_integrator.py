"""Appending batches: whatever the split, the log is the RFC's."""

import pytest
import rfc6962
from hypothesis import given
from hypothesis import strategies as st

from ledger import proof
from ledger.compact import EMPTY, CompactRange
from ledger.errors import VerificationError
from ledger.integrator import FullTile, Integration, integrate
from ledger.merkle import EMPTY_ROOT

LEAVES = rfc6962.leaves(900)


class Log:
    """A log that keeps what storage would: leaf hashes, full tiles and their roots."""

    def __init__(self) -> None:
        self.range = EMPTY
        self.leaves: list[bytes] = []
        self.tiles: dict[tuple[int, int], FullTile] = {}
        self.read: list[tuple[int, int, int]] = []

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        self.read.append((level, tile, width))
        first = 256 * tile
        if level == 0:
            return b"".join(self.leaves[first : first + width])
        return b"".join(self.tiles[level - 1, at].root for at in range(first, first + width))

    def append(self, leaves: list[bytes]) -> Integration:
        done = integrate(self.range, leaves, self)
        for tile in done.full_tiles:
            assert (tile.level, tile.index) not in self.tiles, "a tile is completed once"
            self.tiles[tile.level, tile.index] = tile
        self.range = done.range
        self.leaves += leaves
        return done


@given(st.lists(st.integers(0, 300), max_size=6), st.data())
def test_any_split_into_batches_gives_the_same_log(batches: list[int], data: st.DataObject) -> None:
    log = Log()
    for count in batches:
        size = len(log.leaves)
        count = min(count, len(LEAVES) - size)  # noqa: PLW2901
        done = log.append(LEAVES[size : size + count])
        so_far = LEAVES[: size + count]

        assert rfc6962.mth(so_far) == done.root == done.range.root()
        assert (size, size + count) == (done.old_size, done.range.size)
        for index in range(size, size + count):
            proof.verify_inclusion(
                index, size + count, so_far[index], done.proof_of(index), done.root
            )
        if count:
            index = data.draw(st.integers(size, size + count - 1))
            assert rfc6962.path(index, so_far) == done.proof_of(index)

    check_tiles(log)


@given(st.integers(0, 700))
def test_one_batch_and_single_leaves_give_the_same_range(size: int) -> None:
    grown = EMPTY
    for leaf in LEAVES[:size]:
        grown = grown.append(leaf)

    assert grown == integrate(EMPTY, LEAVES[:size], Log()).range


def check_tiles(log: Log) -> None:
    reference = rfc6962.Tiles(log.leaves)
    expected = {
        (level, index)
        for level in range(3)
        for index in range(len(log.leaves) // 256 ** (level + 1))
    }
    assert expected == log.tiles.keys()
    for (level, index), tile in log.tiles.items():
        span = 256 ** (level + 1)
        assert reference.hashes(level, index, 256) == tile.hashes
        assert rfc6962.mth(log.leaves[index * span : (index + 1) * span]) == tile.root


def test_tiles_of_the_second_level_take_up_the_roots_of_the_first() -> None:
    leaves = rfc6962.leaves(66_100)
    log = Log()
    log.append(leaves[:65_000])
    log.read.clear()
    done = log.append(leaves[65_000:66_100])

    assert log.read == [(0, 253, 232), (1, 0, 253)]
    assert [(0, index) for index in (253, 254, 255, 256, 257)] + [(1, 0)] == [
        (tile.level, tile.index) for tile in done.full_tiles
    ]
    check_tiles(log)
    for index in (65_000, 65_535, 65_536, 66_099):
        assert rfc6962.path(index, leaves) == done.proof_of(index)


def test_a_batch_that_completes_no_tile_reads_nothing() -> None:
    log = Log()
    log.append(LEAVES[:10])
    log.append(LEAVES[10:255])
    assert log.read == []
    done = log.append(LEAVES[255:256])

    assert log.read == [(0, 0, 255)]
    assert [(tile.level, tile.index) for tile in done.full_tiles] == [(0, 0)]


def test_hashes_that_the_head_does_not_commit_to_are_refused() -> None:
    class Liar(Log):
        answer = b""

        def hashes(self, level: int, tile: int, width: int) -> bytes:  # noqa: ARG002
            return self.answer

    log = Liar()
    log.append(LEAVES[:200])
    good = b"".join(LEAVES[:200])
    for answer in (b"", good[:-1], good[32:], good + bytes(32), bytes(32) + good[32:]):
        log.answer = answer
        with pytest.raises(VerificationError, match="not the log's"):
            log.append(LEAVES[200:300])
    log.answer = good
    log.append(LEAVES[200:300])


def test_only_leaves_of_the_batch_are_proven() -> None:
    log = Log()
    log.append(LEAVES[:5])
    done = log.append(LEAVES[5:9])
    for index in (4, 9, -1):
        with pytest.raises(VerificationError):
            done.proof_of(index)


def test_an_empty_batch_changes_nothing() -> None:
    assert integrate(EMPTY, [], Log()).root == EMPTY_ROOT
    log = Log()
    log.append(LEAVES[:300])
    done = log.append([])

    assert rfc6962.mth(LEAVES[:300]) == done.root
    assert CompactRange.from_bytes(log.range.to_bytes()) == done.range
    assert done.full_tiles == ()
