"""Entry bundles: the entries under a level-0 tile (c2sp.org/tlog-tiles, "Log entries").

Each entry is u16 length, then its bytes, in index order. Paths follow the tiles' rules.
"""

from collections.abc import Sequence

from ledger.tile import TILE_WIDTH

MAX_ENTRY_SIZE = 65_535
"""Bytes of the largest entry."""


def format(entries: Sequence[bytes]) -> bytes:  # noqa: A001 - the other half of parse
    """The bundle of 1 to 256 entries.

    Raises:
        MalformedError: none, too many, or an entry over `MAX_ENTRY_SIZE`.
    """
    raise NotImplementedError


def parse(data: bytes, width: int = TILE_WIDTH) -> list[bytes]:
    """The `width` entries of a bundle.

    Raises:
        MalformedError: another number of entries, or bytes left over.
    """
    raise NotImplementedError


def path(index: int, width: int = TILE_WIDTH) -> str:
    """`tile/entries/<N>[.p/<W>]`, below the log's prefix."""
    raise NotImplementedError


def parse_path(text: str) -> tuple[int, int]:
    """(index, width) of a path as `path` writes it.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    raise NotImplementedError
