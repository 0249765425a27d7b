"""Three lies an insider could try on the files themselves: one byte of an entry, a blob, a tile.

They are made on the stopped service's files, past the program, and taken back afterwards.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Altered:
    """One byte, at `position` of `file`, that is not what it was."""

    file: Path
    position: int


@contextlib.contextmanager
def one_byte(file: Path, position: int) -> Iterator[Altered]:
    """Flip the lowest bit of a byte, and put it back at the end."""
    original = _exchange(file, position, None)
    _exchange(file, position, original ^ 1)
    try:
        yield Altered(file, position)
    finally:
        _exchange(file, position, original)


def find_once(file: Path, wanted: bytes, *, piece: int = 40) -> int:
    """Where `wanted` lies in a file, as far as one piece of it stands there exactly once.

    A database may cut a long value into pages, so pieces are tried from its middle outwards.

    Raises:
        NotFoundError: no piece stands there exactly once.
    """
    data = file.read_bytes()
    middle = len(wanted) // 2
    for start in sorted(range(0, len(wanted) - piece + 1, 8), key=lambda at: abs(at - middle)):
        part = wanted[start : start + piece]
        if data.count(part) == 1:
            return data.index(part) + piece // 2
    raise NotFoundError(f"{file.name} does not hold these bytes exactly once")


def _exchange(file: Path, position: int, value: int | None) -> int:
    with file.open("r+b") as handle:
        handle.seek(position)
        found = handle.read(1)[0]
        if value is not None:
            handle.seek(position)
            handle.write(bytes([value]))
    return found
