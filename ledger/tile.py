"""Tiles: the tree cut into pieces of 256 hashes, eight levels high (c2sp.org/tlog-tiles v0.1.0).

Hash i of tile n at level l is the root over the leaves [(256n+i)·256^l, (256n+i+1)·256^l). Only
full tiles are hashed into the level above.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ledger.errors import MalformedError

TILE_HEIGHT = 8
TILE_WIDTH = 256
MAX_LEVEL = 63

_PATH = re.compile(r"tile/([0-9]|[1-5][0-9]|6[0-3])/(.+)", re.ASCII)
# Six groups hold 10^18, more tiles than a log of 2^63 entries has.
_NUMBER = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile.

    Attributes:
        level: 0 to `MAX_LEVEL`, 0 holds leaf hashes.
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
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - TILE_WIDTH * index))


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size`, level by level from the leaves, the partial one last."""
    level = 0
    while size:
        full, partial = divmod(size, TILE_WIDTH)
        for index in range(full):
            yield Tile(level, index, TILE_WIDTH)
        if partial:
            yield Tile(level, full, partial)
        level, size = level + 1, full


def path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]`, below the log's prefix."""
    return f"tile/{level}/{number(index, width)}"


def parse_path(text: str) -> Tile:
    """The tile of a path as `path` writes it.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    match = _PATH.fullmatch(text)
    if not match:
        raise MalformedError(f"no path of a tile: {text!r:.80}")
    index, width = parse_number(match[2])
    tile = Tile(int(match[1]), index, width)
    if path(tile.level, index, width) != text:
        raise MalformedError(f"no path of a tile: {text!r:.80}")
    return tile


def number(index: int, width: int) -> str:
    """`<N>[.p/<W>]`: groups of three digits, all but the last marked x."""
    groups = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        groups = f"x{index % 1000:03}/{groups}"
    return groups if width == TILE_WIDTH else f"{groups}.p/{width}"


def parse_number(text: str) -> tuple[int, int]:
    """(index, width) of what `number` wrote.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    match = _NUMBER.fullmatch(text)
    if not match:
        raise MalformedError(f"no number of a tile: {text!r:.80}")
    index = int(match[1].replace("x", "").replace("/", ""))
    width = int(match[2] or TILE_WIDTH)
    if width > TILE_WIDTH or number(index, width) != text:
        raise MalformedError(f"no number of a tile: {text!r:.80}")
    return index, width
