"""Refs of a window's records, kept apart from its numbers in chunks of eight.

A window is written again at each record that enters it. What is measured of a record is a few
numbers, what is needed to cite it a hundred characters: so the refs stand under keys of their own,
`<key> <number // 8>`, by a number that counts the window's records. Entries of a window begin with
the index of their record and end with that number.
"""

from collections.abc import Sequence
from typing import Any, Final

from ledger.oversight.family import Context
from ledger.oversight.seen import Ref

_CHUNK: Final = 8

Window = Sequence[Sequence[Any]]
"""Entries, ascending by their number."""


def add(context: Context, key: str, number: int, ref: Ref) -> None:
    """Keep the ref of the record of this number, one more than the last."""
    chunk = f"{key} {number // _CHUNK}"
    held = context.get(chunk)
    context.put(chunk, [ref] if held is None else [*held, ref])


def drop(context: Context, key: str, before: Window, left: Window) -> None:
    """Forget the chunks that only entries were in which are not left at the window's beginning."""
    if not before or (left and left[0][-1] == before[0][-1]):
        return
    end = left[0][-1] // _CHUNK if left else before[-1][-1] // _CHUNK + 1
    for chunk in range(before[0][-1] // _CHUNK, end):
        context.put(f"{key} {chunk}", None)


def collect(context: Context, key: str, window: Window) -> list[Ref]:
    """The refs of the window's records, ascending by index."""
    indices = {entry[0] for entry in window}
    chunks = sorted({entry[-1] // _CHUNK for entry in window})
    held = [ref for chunk in chunks for ref in context.get(f"{key} {chunk}") or ()]
    return sorted(ref for ref in held if ref[0] in indices)
