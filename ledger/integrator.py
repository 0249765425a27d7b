"""Appending a batch: new root, compact range, full tiles, and each new leaf's proof, in one pass.

Pure. Costs one node hash per leaf beside the leaf hash itself, whatever the size of the log: the
old compact range and the batch's own nodes hold everything a new leaf's proof needs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ledger.compact import CompactRange, fold
from ledger.errors import VerificationError
from ledger.merkle import EMPTY_ROOT, HASH_SIZE, node_hash, node_row, tree_root
from ledger.tile import TILE_HEIGHT, TILE_WIDTH, HashReader


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
    _rows: list[list[bytes]] = field(repr=False)
    _edges: list[bytes | None] = field(repr=False)

    def proof_of(self, index: int) -> list[bytes]:
        """Inclusion proof of a leaf of this batch at the new size.

        Raises:
            VerificationError: not a leaf of this batch.
        """
        if not self.old_size <= index < self.range.size:
            raise VerificationError(
                f"leaf {index} is not of the batch [{self.old_size}, {self.range.size})"
            )
        path = []
        for level, row in enumerate(self._rows):
            end = self.range.size >> level
            sibling = (index >> level) ^ 1
            if sibling < end:
                path.append(row[sibling - end])
            elif sibling == end:
                edge = self._edges[level]
                if edge is not None:
                    path.append(edge)
        return path


def integrate(
    before: CompactRange, leaf_hashes: Sequence[bytes], pending: HashReader
) -> Integration:
    """Append `leaf_hashes` to the log whose compact range is `before`.

    `pending` is asked once for each level whose last, partial tile this batch completes, for the
    hashes that tile already has: `pending.hashes(level, tile, width)`, 0 < width < 256. So a batch
    that completes no tile reads nothing: level 0 is asked in one append of 256, level 1 in one of
    65,536. It must answer from the same transaction that holds the head.

    Raises:
        VerificationError: `pending` answers with hashes that the old compact range does not commit
            to; nothing may be written then.
    """
    old_size, size = before.size, before.size + len(leaf_hashes)
    rows = _rows(before, leaf_hashes)
    edges = _edges(size, rows)
    after = CompactRange(
        size, tuple(rows[level][-1] for level in reversed(range(len(rows))) if size >> level & 1)
    )
    tiles: list[FullTile] = []
    for level in range(0, len(rows), TILE_HEIGHT):
        if old_size >> (level + TILE_HEIGHT) == size >> (level + TILE_HEIGHT):
            break
        tiles += _full_tiles(level, before, size, rows, pending)
    return Integration(old_size, after, edges[-1] or EMPTY_ROOT, tuple(tiles), rows, edges)


def _rows(before: CompactRange, leaf_hashes: Sequence[bytes]) -> list[list[bytes]]:
    """The nodes at each level that are new, after the old range's node left of them if they pair.

    Row `level` ends at node size >> level, and begins at an even node: so neighbours pair.
    """
    old = list(before.hashes)
    new, rows = list(leaf_hashes), []
    for level in range((before.size + len(leaf_hashes)).bit_length()):
        row = [old.pop(), *new] if before.size >> level & 1 else new
        rows.append(row)
        new = node_row(row)
    return rows


def _edges(size: int, rows: list[list[bytes]]) -> list[bytes | None]:
    """For each level the hash over the leaves right of its last perfect node; last, the root."""
    edges: list[bytes | None] = [None]
    for level, row in enumerate(rows):
        edge = edges[level]
        if size >> level & 1:
            edge = row[-1] if edge is None else node_hash(row[-1], edge)
        edges.append(edge)
    return edges


def _full_tiles(
    level: int, before: CompactRange, size: int, rows: list[list[bytes]], pending: HashReader
) -> Iterator[FullTile]:
    """The tiles completed at tree level `level`, of which there is at least one."""
    row, roots = rows[level], rows[level + TILE_HEIGHT]
    old_end, end = before.size >> level, size >> level
    first, full_end = old_end // TILE_WIDTH, end // TILE_WIDTH
    width = old_end % TILE_WIDTH
    hashes = b""
    if width:
        hashes = pending.hashes(level // TILE_HEIGHT, first, width)
        _check_pending(hashes, level, width, before)
    hashes += b"".join(row[len(row) - (end - old_end) : len(row) - end % TILE_WIDTH])
    for index in range(first, full_end):
        at = (index - first) * TILE_WIDTH * HASH_SIZE
        yield FullTile(
            level // TILE_HEIGHT,
            index,
            hashes[at : at + TILE_WIDTH * HASH_SIZE],
            roots[index - full_end],
        )


def _check_pending(hashes: bytes, level: int, width: int, before: CompactRange) -> None:
    """A tile is for ever: the part that was read must be what the head commits to."""
    above = (before.size >> (level + TILE_HEIGHT)).bit_count()
    expected = fold(before.hashes[above : above + width.bit_count()])
    found = tree_root([hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)])
    if len(hashes) != width * HASH_SIZE or found != expected:
        raise VerificationError(
            f"the partial tile at tree level {level} is not the log's",
            expected=expected.hex(),
            found=found.hex(),
        )
