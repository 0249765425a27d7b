"""Leaves to tiles, tiles to roots, roots to checkpoints (RFC 6962 §2.1, c2sp.org/tlog-tiles).

`TreeAudit` is fed the leaf hashes of all entries in order. It keeps one compact range and the
pending hashes of one partial tile per level, so its memory does not grow with the log.
"""

from collections.abc import Iterable, Iterator, Sequence

from ledger.audit.findings import Finding, first_difference
from ledger.checkpoint import Checkpoint
from ledger.compact import fold
from ledger.errors import NotFoundError
from ledger.merkle import HASH_SIZE, node_hash, tree_root
from ledger.tile import TILE_WIDTH, HashReader, path


class TreeAudit:
    """Rebuilds the tree and compares it with the stored tiles and signed roots."""

    def __init__(self, tiles: HashReader, checkpoints: Iterable[Checkpoint]) -> None:
        """Before the first leaf.

        Args:
            tiles: the stored hash tiles, asked for every full and partial tile of the tree.
            checkpoints: what was signed, by size ascending; signatures are verified elsewhere.
        """
        self.size = 0
        self._tiles = tiles
        self._checkpoints = iter(checkpoints)
        self._next = next(self._checkpoints, None)
        self._range: list[bytes] = []
        self._pending: list[bytearray] = [bytearray()]
        self._complete = [0]
        self.checkpoints_checked = 0

    def add(self, leaf_hashes: Sequence[bytes]) -> Iterator[Finding]:
        """Append leaves; yields what does not hold so far."""
        for leaf in leaf_hashes:
            node, size = leaf, self.size
            while size & 1:
                node = node_hash(self._range.pop(), node)
                size >>= 1
            self._range.append(node)
            self.size += 1
            self._pending[0] += leaf
            if len(self._pending[0]) == TILE_WIDTH * HASH_SIZE:
                yield from self._complete_tile(0)
            while self._next is not None and self._next.size <= self.size:
                yield from self._checkpoint(self._next)
                self._next = next(self._checkpoints, None)

    def finish(self) -> Iterator[Finding]:
        """After the last entry: partial tiles, and checkpoints that promise more than there is."""
        for level in range(len(self._pending)):
            width = len(self._pending[level]) // HASH_SIZE
            if width:
                yield from self._compare(level, self._complete[level], width)
        while self._next is not None:
            yield Finding(
                1,
                f"checkpoint of size {self._next.size}",
                f"a signed checkpoint covers {self._next.size} entries, the log holds {self.size}",
                f"已签名的检查点覆盖 {self._next.size} 条，账本只有 {self.size} 条",
                str(self._next.size),
                str(self.size),
            )
            self._next = next(self._checkpoints, None)

    def root(self) -> bytes:
        """Root of the tree so far, of at least one leaf."""
        return fold(self._range)

    def _complete_tile(self, level: int) -> Iterator[Finding]:
        yield from self._compare(level, self._complete[level], TILE_WIDTH)
        hashes = bytes(self._pending[level])
        row = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
        self._pending[level].clear()
        self._complete[level] += 1
        if level + 1 == len(self._pending):
            self._pending.append(bytearray())
            self._complete.append(0)
        self._pending[level + 1] += tree_root(row)
        if len(self._pending[level + 1]) == TILE_WIDTH * HASH_SIZE:
            yield from self._complete_tile(level + 1)

    def _compare(self, level: int, index: int, width: int) -> Iterator[Finding]:
        where = path(level, index, width)
        expected = bytes(self._pending[level])
        try:
            found = self._tiles.hashes(level, index, width)
        except NotFoundError:
            yield Finding(1, where, "the tile is missing", "缺少该瓦片")
            return
        if found == expected:
            return
        place = first_difference(expected, found) // HASH_SIZE
        span = TILE_WIDTH**level
        first = (index * TILE_WIDTH + place) * span
        covers = f"entry {first}" if level == 0 else f"entries {first} to {first + span - 1}"
        covers_zh = f"条目 {first}" if level == 0 else f"条目 {first} 至 {first + span - 1}"
        yield Finding(
            1,
            where,
            f"hash {place} of the tile is not that of {covers}",
            f"瓦片中第 {place} 个哈希与{covers_zh}不符",
            expected[place * HASH_SIZE : (place + 1) * HASH_SIZE].hex(),
            found[place * HASH_SIZE : (place + 1) * HASH_SIZE].hex(),
        )

    def _checkpoint(self, checkpoint: Checkpoint) -> Iterator[Finding]:
        self.checkpoints_checked += 1
        if checkpoint.size < self.size:
            yield Finding(
                1,
                f"checkpoint of size {checkpoint.size}",
                "two checkpoints of one size, or checkpoints out of order",
                "同一大小有两个检查点，或检查点次序错误",
            )
            return
        root = self.root()
        if checkpoint.root != root:
            yield Finding(
                1,
                f"checkpoint of size {checkpoint.size}",
                "the signed root is not the root of the entries",
                "签名的根与条目的根不符",
                root.hex(),
                checkpoint.root.hex(),
            )
