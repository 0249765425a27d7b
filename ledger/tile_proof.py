"""Proofs and roots out of tiles: few reads, and at most one tile hashed per node.

Whoever asks often keeps a `TileCache` and passes it each time: hashing a tile is the expensive
part, and proofs near each other, or of one size, share tiles.
"""

from threading import Lock

from ledger import merkle, proof
from ledger.compact import fold
from ledger.errors import MalformedError
from ledger.merkle import HASH_SIZE
from ledger.tile import TILE_HEIGHT, TILE_WIDTH, HashReader, width_at


class TileCache:
    """The tiles hashed last, least recently used first out; may be shared by threads.

    About 16 KiB for each full tile. One cache serves one log.
    """

    def __init__(self, capacity: int = 128) -> None:
        """`capacity` is a number of tiles, at least 1."""
        self._capacity = capacity
        self._tiles: dict[tuple[int, int, int], tuple[bytes, ...]] = {}
        self._lock = Lock()

    def rows(self, reader: HashReader, level: int, index: int, width: int) -> tuple[bytes, ...]:
        """The rows of a tile from its hashes upwards; row r holds its nodes 2^r hashes wide."""
        key = (level, index, width)
        with self._lock:
            rows = self._tiles.pop(key, None)
            if rows is not None:
                self._tiles[key] = rows
                return rows
        rows = _hash_tile(reader.hashes(level, index, width), width)
        with self._lock:
            self._tiles[key] = rows
            if len(self._tiles) > self._capacity:
                del self._tiles[next(iter(self._tiles))]
        return rows


def _hash_tile(hashes: bytes, width: int) -> tuple[bytes, ...]:
    if len(hashes) != HASH_SIZE * width:
        raise MalformedError(f"{len(hashes)} bytes for a tile of {width} hashes")
    row = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
    rows = [hashes]
    while len(row) > 1:
        row = merkle.node_row(row)
        rows.append(b"".join(row))
    return tuple(rows)


class _Tree:
    """The nodes of a tree of one size, read by tile."""

    def __init__(self, size: int, reader: HashReader, cache: TileCache | None) -> None:
        self._size = size
        self._reader = reader
        self._cache = cache or TileCache()

    def node(self, node: proof.Node) -> bytes:
        level, index = node
        tile_level, row = divmod(level, TILE_HEIGHT)
        tile, at = divmod(index << row, TILE_WIDTH)
        width = width_at(tile_level, tile, self._size)
        at = HASH_SIZE * (at >> row)
        return self._cache.rows(self._reader, tile_level, tile, width)[row][at : at + HASH_SIZE]


def inclusion_proof(
    index: int, size: int, reader: HashReader, cache: TileCache | None = None
) -> list[bytes]:
    """The inclusion proof of leaf `index` in the tree of `size`.

    Raises:
        VerificationError: unless 0 <= index < size.
    """
    return proof.perform(proof.inclusion_plan(index, size), _Tree(size, reader, cache).node)


def consistency_proof(
    old_size: int, new_size: int, reader: HashReader, cache: TileCache | None = None
) -> list[bytes]:
    """The consistency proof between two sizes.

    Raises:
        VerificationError: unless 0 < old_size <= new_size.
    """
    plan = proof.consistency_plan(old_size, new_size)
    return proof.perform(plan, _Tree(new_size, reader, cache).node)


def tree_root_at(size: int, reader: HashReader, cache: TileCache | None = None) -> bytes:
    """The root of the tree of `size`."""
    tree = _Tree(size, reader, cache)
    return fold([tree.node(node) for node in proof.cover(0, size)])
