"""The newest records of one kind at one place, as far as they are measured together.

A window is written again at each record that enters it. What is measured of a record is a few
numbers, what is needed to cite it a hundred characters: so the refs stand on a shelf beside the window,
eight under each key `<key> <number // 8>`, by a number that counts the window's records; the chunk that
is not full yet stands with the window itself.

Kept under the window's key: [how many there were, the entries, refs of the chunk begun]. Entries begin
with the index of their record and end with its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.oversight.family import Context
from ledger.oversight.seen import Ref, Seen

_CHUNK: Final = 8
_NOTHING: Final[tuple[int, list[Any], list[Any]]] = (0, [], [])


@dataclass(slots=True)  # not frozen: one or two are made for every record
class Window:
    """A window as it is read; nothing changes one, what enters or leaves gives another.

    Attributes:
        key: where it is kept.
        number: how many records entered it, those that left included.
        entries: ascending by number; not to be changed.
        begun: refs of the chunk that is not full yet.
    """

    key: str
    number: int
    entries: Sequence[Sequence[Any]]
    begun: Sequence[Ref]

    def newest(self, most: int) -> "Window":
        """The same, but for older entries."""
        return Window(self.key, self.number, self.entries[-most:], self.begun)

    def column(self, place: int) -> list[Any]:
        """One number of each entry."""
        return [entry[place] for entry in self.entries]

    def refs(self, context: Context) -> list[Ref]:
        """The refs of its entries, ascending by index."""
        indices = {entry[0] for entry in self.entries}
        chunks = sorted({entry[-1] // _CHUNK for entry in self.entries})
        shelved = [ref for chunk in chunks for ref in context.get(f"{self.key} {chunk}") or ()]
        return sorted(ref for ref in (*shelved, *self.begun) if ref[0] in indices)


def enter(context: Context, key: str, seen: Seen, *measured: Any) -> Window:
    """The window with one more record; `keep` it afterwards."""
    number, before, begun = context.get(key) or _NOTHING
    number += 1
    entries = [*before, [seen.index, *measured, number]]
    begun = [*begun, seen.ref]
    if number % _CHUNK == _CHUNK - 1:
        context.put(f"{key} {number // _CHUNK}", begun)
        begun = []
    return Window(key, number, entries, begun)


def keep(context: Context, window: Window, most: int) -> None:
    """Store its newest entries; the others leave it, and their refs the shelf."""
    entries = window.entries
    if most >= len(entries):
        kept: list[Any] = [window.number, entries, window.begun]
        context.put(window.key, kept)
        return
    _store(context, window, entries[-most:] if most else [])


def leave(context: Context, key: str, index: int) -> None:
    """Take a record out of a window, if it is in there."""
    window = read(context, key)
    if window.number:
        _store(context, window, [entry for entry in window.entries if entry[0] != index])


def read(context: Context, key: str) -> Window:
    """The window under a key."""
    number, entries, begun = context.get(key) or _NOTHING
    return Window(key, number, entries, begun)


def _store(context: Context, window: Window, left: Sequence[Sequence[Any]]) -> None:
    before = window.entries
    if before:
        end = left[0][-1] // _CHUNK if left else before[-1][-1] // _CHUNK + 1
        for chunk in range(before[0][-1] // _CHUNK, end):
            context.put(f"{window.key} {chunk}", None)
    kept: list[Any] = [window.number, left, window.begun]
    context.put(window.key, kept)
