"""Tiles: the tree cut into pieces of 256 hashes, eight levels high (c2sp.org/tlog-tiles v0.1.0).

Hash i of tile n at level l is the root over the leaves [(256n+i)·256^l, (256n+i+1)·256^l). Only
full tiles are hashed into the level above.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

TILE_HEIGHT = 8
TILE_WIDTH = 256


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile.

    Attributes:
        level: 0 to 63, 0 holds leaf hashes.
        index: its place in the level.
        width: number of hashes, 1 to 256; 256 is a full tile.
    """

    level: int
    index: int
    width: int


class HashReader(Protocol):
    """Where tiles come from.

    Hashes are not verified by who reads them here: whoever trusts the result compares a root. A
    reader answers for every tile implied by a size it has committed, and gives the same answer for
    ever.
    """

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        """The first `width` hashes of tile number `tile` of `level`: 32 · width bytes.

        Raises:
            NotFoundError: the log has not grown so far.
        """
        ...


def width_at(level: int, index: int, size: int) -> int:
    """Number of hashes that tile (level, index) holds in a tree of `size`: 0 to 256."""
    raise NotImplementedError


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size`, level by level from the leaves, the partial one last."""
    raise NotImplementedError


def path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]`, below the log's prefix."""
    raise NotImplementedError


def parse_path(text: str) -> Tile:
    """The tile of a path as `path` writes it.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    raise NotImplementedError
