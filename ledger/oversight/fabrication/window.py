"""The newest records of one kind at one place, as far as they are measured together.

A window is written again at each record that enters it. What is measured of a record is a few
numbers, what is needed to cite it a hundred characters: so the refs stand on a shelf beside the window,
eight under each key `<key> <number // 8>`, by a number that counts the window's records; those of the
chunk that is not full yet stand with the window itself. Its entries stand in the same chunks, so that
one that enters or leaves touches eight of them and not all.

Kept under the window's key: [how many there were, how many there are, entries by chunk, refs of the
chunk begun]. Entries begin with the index of their record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from ledger.oversight.family import Context
from ledger.oversight.seen import Ref, Seen

_CHUNK: Final = 8
_NOTHING: Final[tuple[int, int, list[Any], list[Any]]] = (0, 0, [], [])

Entry = Sequence[Any]


@dataclass(slots=True)  # not frozen: one or two are made for every record
class Window:
    """A window as it is read; nothing changes one, what enters or leaves gives another.

    Attributes:
        key: where it is kept.
        number: how many records entered it, those that left included.
        size: how many are in it.
        chunks: its entries, ascending by number; one chunk for each of consecutive eights of
            numbers, up to that of `number`. Not to be changed.
        begun: refs of the chunk that is not full yet.
    """

    key: str
    number: int
    size: int
    chunks: Sequence[Sequence[Entry]]
    begun: Sequence[Ref]

    def entries(self) -> list[Entry]:
        """All of them, ascending by number."""
        return list(chain.from_iterable(self.chunks))

    def refs(self, entries: Sequence[Entry], context: Context) -> list[Ref]:
        """The refs of some of its entries, ascending by index."""
        indices = {entry[0] for entry in entries}
        shelved = [
            ref
            for number, chunk in enumerate(self.chunks, self.first_chunk)
            if any(entry[0] in indices for entry in chunk)
            for ref in context.get(f"{self.key} {number}") or ()
        ]
        return sorted(ref for ref in (*shelved, *self.begun) if ref[0] in indices)

    @property
    def first_chunk(self) -> int:
        """Number of the first of its chunks."""
        return self.number // _CHUNK + 1 - len(self.chunks)


def column(entries: Sequence[Entry], place: int) -> list[Any]:
    """One number of each entry."""
    return [entry[place] for entry in entries]


def enter(context: Context, key: str, seen: Seen, *measured: Any) -> Window:
    """The window with one more record; `keep` it afterwards."""
    number, size, chunks, begun = context.get(key) or _NOTHING
    number += 1
    place = number % _CHUNK
    entry = (seen.index, *measured)
    goes_on = place and chunks
    chunks = [*chunks[:-1], [*chunks[-1], entry]] if goes_on else [*chunks, [entry]]
    begun = [*begun, seen.ref]
    if place == _CHUNK - 1:
        context.put(f"{key} {number // _CHUNK}", begun)
        begun = []
    return Window(key, number, size + 1, chunks, begun)


def keep(context: Context, window: Window, most: int) -> None:
    """Store its newest entries; the others leave it, and their refs the shelf."""
    if window.size <= most:
        kept: list[Any] = [window.number, window.size, window.chunks, window.begun]
        context.put(window.key, kept)
        return
    chunks, over, place = [*window.chunks], window.size - most, 0
    while over:
        chunk = chunks[place]
        chunks[place] = chunk[over:]
        over -= len(chunk) - len(chunks[place])
        place += 1
    _store(context, window, most, chunks)


def leave(context: Context, key: str, index: int) -> None:
    """Take a record out of a window, if it is in there."""
    kept = context.get(key)
    if kept is not None:
        window = Window(key, *kept)
        chunks = [[entry for entry in chunk if entry[0] != index] for chunk in window.chunks]
        _store(context, window, sum(map(len, chunks)), chunks)


def _store(context: Context, window: Window, size: int, chunks: Sequence[Sequence[Entry]]) -> None:
    """Store a window with what is left of its chunks, without those at its beginning left empty."""
    empty = 0
    while empty < len(chunks) and not chunks[empty]:
        context.put(f"{window.key} {window.first_chunk + empty}", None)
        empty += 1
    kept: list[Any] = [window.number, size, chunks[empty:], window.begun]
    context.put(window.key, kept)
