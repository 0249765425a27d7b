"""A trace too large for one answer, in parts that together are all of it.

What hangs directly on the first record (the orders under a certificate, in the order of the log) is
taken in turns: a part holds as many of them as it has room for, with everything beyond them, and
names where the next part begins. Where one alone is too much, the walk goes into it and takes what
hangs on *it* in turns, and so on down. Nobody remembers anything between two parts: all of it
stands in the name of the part, and all parts are walked in the log of one size.

    name of a part:  <size>.<wide>[.<index>…].<since>        `first` for the first one

    size    of the log, and of the checkpoint that everything is proven under
    wide    how many turns to try at once
    index   of the records gone into, from the first record on
    since   index from which on the next turns are
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, Self

from ledger.errors import MalformedError
from ledger.trace.hops import Seen
from ledger.trace.walk import MAX_DEPTH, Ask, Walk

FIRST: Final = "first"
"""The name of a first part."""

MIN_NODES: Final = 32
"""A part has room for those gone into, a turn, and what hangs on it."""

_WIDE: Final = 64
_NUMBER: Final = r"(?:0|[1-9][0-9]{0,15})"
_PATTERN: Final = re.compile(rf"{_NUMBER}(?:\.{_NUMBER}){{2,{MAX_DEPTH + 1}}}")


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part begins.

    Attributes:
        size: entries of the log that all parts are walked in.
        since: index from which on the turns of this part are.
        path: indices of the records gone into.
        wide: most turns to try at once, at least 1.
    """

    size: int
    since: int = 0
    path: tuple[int, ...] = ()
    wide: int = _WIDE

    @classmethod
    def parse(cls, name: str) -> Self:
        """The part of a name other than `first`.

        Raises:
            MalformedError: it names none.
        """
        if _PATTERN.fullmatch(name) is None:
            raise MalformedError(f"no part of a trace: {name:.60}")
        size, wide, *path, since = map(int, name.split("."))
        if not wide or max(since, *path, 0) > size:
            raise MalformedError(f"no part of a trace: {name:.60}")
        return cls(size, since, tuple(path), wide)

    def format(self) -> str:
        """Its name."""
        return ".".join(map(str, (self.size, self.wide, *self.path, self.since)))


class Source(Protocol):
    """The log of one size, as one reader sees it."""

    def answer(self, ask: Ask, limit: int) -> tuple[Sequence[Seen], Sequence[int], bool]:
        """New records, indices of known ones, and whether there are more than `limit` new ones."""
        ...

    def turns(self, ask: Ask, since: int, end: int, limit: int) -> Sequence[Seen]:
        """Of the new records asked for in [since, end) the first `limit`, ascending."""
        ...


def walk(begin: Callable[[], Walk], source: Source, part: Part) -> tuple[Walk, Part | None]:
    """One part, walked to its end, and the next one; None after the last.

    Args:
        begin: makes a walk that has not begun, with room for at least `MIN_NODES`.
        source: the log of the part's size.
        part: which one.

    Raises:
        MalformedError: no walk from this record goes through the part's path.
    """
    while True:
        walked, taken, more = _try(begin(), source, part)
        if not walked.cut:
            break
        if len(taken) > 1:
            part = replace(part, wide=len(taken) // 2)
        else:
            part = replace(part, path=(*part.path, taken[0].index), since=0, wide=_WIDE)
    if more:
        room = walked.most * 3 // 4 * len(taken) // len(walked.nodes)
        wide = min(max(room, 1), 4 * part.wide)
        return walked, replace(part, since=taken[-1].index + 1, wide=wide)
    if part.path:
        *path, last = part.path
        return walked, replace(part, path=tuple(path), since=last + 1, wide=_WIDE)
    return walked, None


def finish(walked: Walk, source: Source) -> None:
    """Put a walk's questions to the log, one a level, until it has ended."""
    while (ask := walked.ask()) is not None:
        records, known, more = source.answer(ask, 2 * walked.most)
        walked.take(records, known, more=more)


def _try(walked: Walk, source: Source, part: Part) -> tuple[Walk, Sequence[Seen], bool]:
    """The walk of a part, the turns it took, and whether there are more of them."""
    for index in part.path:
        ask = walked.ask(named=False)
        if ask is None or not walked.branch(source.turns(ask, index, index + 1, 1)):
            raise MalformedError("no trace from this record has such a part")
    ask = walked.ask(named=not part.since)
    if ask is None:
        raise MalformedError("no trace from this record has such a part")
    if ask.ids and not part.since:
        walked.met(_ids(source.answer(_by_id(ask), len(ask.ids))[0]))
    wide = min(part.wide, walked.most)
    found = source.turns(ask, part.since, part.size, wide + 1)
    taken = found[:wide]
    walked.branch(taken)
    finish(walked, source)
    return walked, taken, len(found) > len(taken)


def _ids(records: Iterable[Seen]) -> Iterable[str]:
    return (record.id for record in records)


def _by_id(ask: Ask) -> Ask:
    return Ask(ask.ids, frozenset(), frozenset(), (), ask.known)
