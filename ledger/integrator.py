"""Appending a batch: new root, compact range, full tiles, and each new leaf's proof, in one pass.

Pure. Costs one node hash per leaf beside the leaf hash itself, whatever the size of the log: the
old compact range and the batch's own nodes hold everything a new leaf's proof needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.compact import CompactRange
from ledger.tile import HashReader


@dataclass(frozen=True, slots=True)
class FullTile:
    """A tile that this batch completed.

    Attributes:
        level: tile level.
        index: its place in the level.
        hashes: its 256 hashes, 8,192 bytes.
        root: its hash, which is hash number `index` of the level above: store it with the tile, and
            a partial tile of level l >= 1 is the roots of the tiles of level l - 1.
    """

    level: int
    index: int
    hashes: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class Integration:
    """The log after a batch.

    Attributes:
        old_size: size before.
        range: compact range after; `range.size` is the new size.
        root: root after.
        full_tiles: tiles completed, lower levels first.
    """

    old_size: int
    range: CompactRange
    root: bytes
    full_tiles: tuple[FullTile, ...]

    def proof_of(self, index: int) -> list[bytes]:
        """Inclusion proof of a leaf of this batch at the new size; old_size <= index < new size."""
        raise NotImplementedError


def integrate(
    before: CompactRange, leaf_hashes: Sequence[bytes], pending: HashReader
) -> Integration:
    """Append `leaf_hashes`, at least one, to the log whose compact range is `before`.

    `pending` is asked once for each level whose last, partial tile this batch completes, for the
    hashes that tile already has: `pending.hashes(level, tile, width)`, 0 < width < 256. So a batch
    that completes no tile reads nothing: level 0 is asked in one append of 256, level 1 in one of
    65,536. It must answer from the same transaction that holds the head.
    """
    raise NotImplementedError
