"""Entry bundles: the entries under a level-0 tile (c2sp.org/tlog-tiles, "Log entries").

Each entry is u16 length, then its bytes, in index order. Paths follow the tiles' rules.
"""

from collections.abc import Sequence

from ledger import tile
from ledger.errors import MalformedError
from ledger.tile import TILE_WIDTH

MAX_ENTRY_SIZE = 65_535
"""Bytes of the largest entry."""


def format(entries: Sequence[bytes]) -> bytes:  # noqa: A001 - the other half of parse
    """The bundle of 1 to 256 entries.

    Raises:
        MalformedError: none, too many, or an entry over `MAX_ENTRY_SIZE`.
    """
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise MalformedError(f"no bundle holds {len(entries)} entries")
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_SIZE:
            raise MalformedError(f"an entry of {len(entry)} bytes")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def parse(data: bytes, width: int = TILE_WIDTH) -> list[bytes]:
    """The `width` entries of a bundle.

    Raises:
        MalformedError: another number of entries, or bytes left over.
    """
    entries = []
    at = 0
    for _ in range(width):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise MalformedError(f"a bundle of fewer than {width} entries")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise MalformedError(f"{len(data) - at} bytes after the last entry of a bundle")
    return entries


def path(index: int, width: int = TILE_WIDTH) -> str:
    """`tile/entries/<N>[.p/<W>]`, below the log's prefix."""
    return f"tile/entries/{tile.number(index, width)}"


def parse_path(text: str) -> tuple[int, int]:
    """(index, width) of a path as `path` writes it.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    if not text.startswith("tile/entries/"):
        raise MalformedError(f"no path of an entry bundle: {text!r:.80}")
    return tile.parse_number(text.removeprefix("tile/entries/"))
