"""Leaves to tiles, tiles to roots, roots to checkpoints (RFC 6962 §2.1, c2sp.org/tlog-tiles).

`TreeAudit` is fed the log tile by tile: the hashes of the entries beside the hashes stored. It
keeps one compact range and the pending hashes of one partial tile per level, so its memory does not
grow with the log. Where entry and tile disagree, the signed checkpoints, or the tile above, say
which of the two was altered; the audit goes on with the other.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from ledger.audit.findings import Finding
from ledger.checkpoint import Checkpoint
from ledger.compact import fold
from ledger.errors import LedgerError
from ledger.merkle import HASH_SIZE, node_hash, tree_root
from ledger.tile import TILE_WIDTH, HashReader, path


class TreeAudit:
    """Rebuilds the tree and compares it with the stored tiles and signed roots."""

    def __init__(
        self,
        tiles: HashReader,
        checkpoints: Iterable[Checkpoint],
        watched: Collection[int] = (),
    ) -> None:
        """Before the first leaf.

        Args:
            tiles: the stored hash tiles, asked for every full and partial tile of the tree.
            checkpoints: what was signed, by size ascending; signatures are verified elsewhere.
            watched: sizes whose roots are kept in `roots`, those of anchors for instance.
        """
        self.roots: dict[int, bytes] = {}
        self._watched = frozenset(watched)
        self.size = 0
        self.checkpoints_checked = 0
        self.tiles_checked = 0
        self.altered: set[int] = set()
        self._tiles = tiles
        self._checkpoints = iter(checkpoints)
        self._ahead: list[Checkpoint] = []
        self._range: list[bytes] = []
        self._pending: list[list[bytes]] = [[]]
        self._complete = [0]
        self._broken = False

    def add(self, leaf_hashes: Sequence[bytes]) -> Iterator[Finding]:
        """Append the leaves of one level-0 tile, 256 of them unless it is the last.

        `altered` then holds the indices of entries that are not what was logged.
        """
        first, width = self.size, len(leaf_hashes)
        index = first // TILE_WIDTH
        where = path(0, index, width)
        right = list(leaf_hashes)
        stored = self._stored(0, index, width)
        self.tiles_checked += 1
        reached = self._reached(first + width)
        if stored is None:
            yield Finding(1, where, "the tile is missing", "缺少该瓦片")
        elif stored != right:
            differ = [at for at in range(width) if stored[at] != right[at]]
            if self._holds(stored, first, reached) and not self._holds(right, first, reached):
                for at in differ:
                    self.altered.add(first + at)
                    yield Finding(
                        1,
                        f"entry {first + at}",
                        "the entry is not the one that was logged: its bytes hash to another leaf",
                        "该条目不是当初写入的条目：其字节的叶哈希不同",
                        stored[at].hex(),
                        right[at].hex(),
                    )
                right = stored
            else:
                yield self._tile_altered(0, index, differ[0], right, stored)
        yield from self._append(right, reached)

    def finish(self) -> Iterator[Finding]:
        """After the last entry: partial tiles above, and checkpoints that promise more."""
        for level in range(1, len(self._pending)):
            if self._pending[level]:
                yield from self._compare(level)
        for checkpoint in [*self._ahead, *self._checkpoints]:
            yield Finding(
                1,
                f"checkpoint of size {checkpoint.size}",
                f"a signed checkpoint covers {checkpoint.size} entries, the log holds {self.size}",
                f"已签名的检查点覆盖 {checkpoint.size} 条，账本只有 {self.size} 条",
                str(checkpoint.size),
                str(self.size),
            )

    def root(self) -> bytes:
        """Root of the tree so far, of at least one leaf."""
        return fold(self._range)

    def _append(self, leaves: list[bytes], reached: list[Checkpoint]) -> Iterator[Finding]:
        waiting = iter(reached)
        checkpoint = next(waiting, None)
        for leaf in leaves:
            node, size = leaf, self.size
            while size & 1:
                node = node_hash(self._range.pop(), node)
                size >>= 1
            self._range.append(node)
            self.size += 1
            if self.size in self._watched:
                self.roots[self.size] = self.root()
            while checkpoint is not None and checkpoint.size <= self.size:
                yield from self._check(checkpoint)
                checkpoint = next(waiting, None)
        self._pending[0] = leaves
        if len(leaves) == TILE_WIDTH:
            yield from self._carry(0)

    def _carry(self, level: int) -> Iterator[Finding]:
        """A full tile: its root goes into the tile above."""
        root = tree_root(self._pending[level])
        self._pending[level] = []
        self._complete[level] += 1
        if level + 1 == len(self._pending):
            self._pending.append([])
            self._complete.append(0)
        self._pending[level + 1].append(root)
        if len(self._pending[level + 1]) == TILE_WIDTH:
            yield from self._compare(level + 1)
            yield from self._carry(level + 1)

    def _compare(self, level: int) -> Iterator[Finding]:
        """A tile above level 0 against what is stored."""
        computed, index = self._pending[level], self._complete[level]
        stored = self._stored(level, index, len(computed))
        self.tiles_checked += 1
        if stored is None:
            yield Finding(1, path(level, index, len(computed)), "the tile is missing", "缺少该瓦片")
        elif stored != computed:
            place = next(at for at in range(len(computed)) if stored[at] != computed[at])
            yield self._tile_altered(level, index, place, computed, stored)

    def _tile_altered(
        self, level: int, index: int, place: int, right: list[bytes], stored: list[bytes]
    ) -> Finding:
        span = TILE_WIDTH**level
        first = (index * TILE_WIDTH + place) * span
        covers = f"entry {first}" if level == 0 else f"entries {first} to {first + span - 1}"
        covers_zh = f"条目 {first}" if level == 0 else f"条目 {first} 至 {first + span - 1}"
        return Finding(
            1,
            path(level, index, len(right)),
            f"hash {place} of the tile was altered: it is not that of {covers}",
            f"瓦片第 {place} 个哈希被改动：与{covers_zh} 不符",
            right[place].hex(),
            stored[place].hex(),
        )

    def _stored(self, level: int, index: int, width: int) -> list[bytes] | None:
        try:
            joined = self._tiles.hashes(level, index, width)
        except LedgerError:
            return None
        return [joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE)]

    def _reached(self, size: int) -> list[Checkpoint]:
        """The checkpoints of at most `size` entries that were not looked at yet."""
        reached, self._ahead = self._ahead, []
        for checkpoint in self._checkpoints:
            reached.append(checkpoint)
            if checkpoint.size > size:
                break
        if reached and reached[-1].size > size:
            self._ahead = [reached.pop()]
        return reached

    def _holds(self, leaves: list[bytes], first: int, reached: list[Checkpoint]) -> bool:
        """Whether these leaves, after what came before, give the last root signed over them.

        Where no checkpoint ends within the tile, the hash stored in the tile above decides.
        """
        inside = [checkpoint for checkpoint in reached if checkpoint.size > first]
        if inside:
            last = inside[-1]
            rest = tree_root(leaves[: last.size - first])
            # The tile begins at a multiple of 256: everything before it is whole subtrees.
            parts = [*self._range, rest]
            return fold(parts) == last.root
        above = self._stored(1, first // TILE_WIDTH**2, first // TILE_WIDTH % TILE_WIDTH + 1)
        return above is not None and above[-1] == tree_root(leaves)

    def _check(self, checkpoint: Checkpoint) -> Iterator[Finding]:
        self.checkpoints_checked += 1
        if self._broken:
            return
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
            self._broken = True
            yield Finding(
                1,
                f"checkpoint of size {checkpoint.size}",
                "the signed root is not the root of the entries; later ones are not compared",
                "签名的根与条目的根不符；其后的检查点不再比较",
                checkpoint.root.hex(),
                root.hex(),
            )
