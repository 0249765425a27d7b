"""The chain of an account's balances (余额首尾相接): which entries are there, and where it breaks.

Entries come in any order. What is kept is not the entries but the unbroken stretches they make, as

    [first entry_no, last entry_no, balance before, balance after, ref of first, ref of last,
     when the first was logged, when the last was, day of the first]

An entry that continues a stretch, by number and by balance, lengthens it; one that fills a hole joins
two. Between two stretches something is missing, or does not add up. Numbers go on through the life of
an account: a stretch never begins again at 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from ledger.oversight.seen import Ref

Stretch = list[Any]
FIRST, LAST, BEFORE, AFTER, FIRST_REF, LAST_REF, FIRST_LOGGED, LAST_LOGGED, DAY = range(9)

MOST: Final = 50
"""Stretches that are kept: older breaks are history."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a statement.

    Attributes:
        ref: its record.
        no: its number.
        before_fen: balance before it: after it, less what it moved.
        after_fen: balance after it.
        logged: when it was logged.
        day: when it was booked.
    """

    ref: Ref
    no: int
    before_fen: int
    after_fen: int
    logged: str
    day: str


def insert(stretches: Sequence[Stretch], entry: Entry) -> list[Stretch] | None:
    """The stretches with an entry; None where its number is taken already."""
    place = sum(one[FIRST] <= entry.no for one in stretches)
    if place and stretches[place - 1][LAST] >= entry.no:
        return None
    new: Stretch = [
        entry.no, entry.no, entry.before_fen, entry.after_fen, entry.ref, entry.ref,
        entry.logged, entry.logged, entry.day,
    ]  # fmt: skip
    begin, end = place, place
    if place and _follows(stretches[place - 1], new):
        new, begin = _joined(stretches[place - 1], new), place - 1
    if place < len(stretches) and _follows(new, stretches[place]):
        new, end = _joined(new, stretches[place]), place + 1
    return _fewer([*stretches[:begin], new, *stretches[end:]])


def cut(stretches: Sequence[Stretch], entry: Entry, now: str) -> list[Stretch]:
    """The stretches without an entry that one of them holds."""
    found: list[Stretch] = []
    for one in stretches:
        if not one[FIRST] <= entry.no <= one[LAST]:
            found.append(one)
            continue
        if one[FIRST] < entry.no:
            left = list(one)
            left[LAST], left[AFTER], left[LAST_REF] = entry.no - 1, entry.before_fen, one[FIRST_REF]
            left[LAST_LOGGED] = now
            found.append(left)
        if entry.no < one[LAST]:
            right = list(one)
            right[FIRST], right[BEFORE] = entry.no + 1, entry.after_fen
            right[FIRST_REF], right[FIRST_LOGGED], right[DAY] = one[LAST_REF], now, entry.day
            found.append(right)
    return _fewer(found)


def breaks(stretches: Sequence[Stretch]) -> list[tuple[Stretch, Stretch]]:
    """Neighbours between which the chain is broken."""
    return list(pairwise(stretches))


def _follows(left: Stretch, right: Stretch) -> bool:
    return bool(left[LAST] + 1 == right[FIRST] and left[AFTER] == right[BEFORE])


def _joined(left: Stretch, right: Stretch) -> Stretch:
    return [
        left[FIRST], right[LAST], left[BEFORE], right[AFTER], left[FIRST_REF], right[LAST_REF],
        left[FIRST_LOGGED], right[LAST_LOGGED], left[DAY],
    ]  # fmt: skip


def _fewer(stretches: list[Stretch]) -> list[Stretch]:
    while len(stretches) > MOST:
        stretches[:2] = [_joined(stretches[0], stretches[1])]
    return stretches
