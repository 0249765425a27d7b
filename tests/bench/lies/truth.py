"""A lie that was told, and the liar who tells it: ground truth, apart from anything that looks for it."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from components.term.script import Said

from tests.bench.lies.story import Story


@dataclass(frozen=True, slots=True)
class Lie:
    """One lie.

    Attributes:
        kind: which of the issue's lies.
        way: how it was done.
        strength: how much of it, in words.
        schools: parties; two where one delivery is shown twice.
        days: civil days that it is about.
        records: ids of those that say what is not so; none where something was left out.
    """

    kind: str
    way: str
    strength: str
    schools: tuple[str, ...]
    days: tuple[str, ...]
    records: frozenset[str]


Told = tuple[str, list[Said]]
"""Strength, and the records that lie; nothing else was touched."""

Liar = Callable[[Sequence[Story], Sequence[date], random.Random], Told | None]
"""Changes what is said of these days; None, and nothing changed, where it cannot be done there."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of telling one kind of lie.

    Attributes:
        kind: of the lie.
        name: of the way.
        lie: tells it.
        days: how many serving days on end it may take; one is chosen.
        schools: how many take part.
    """

    kind: str
    name: str
    lie: Liar
    days: tuple[int, ...] = (1,)
    schools: int = 1


def ids(said: Iterable[Said]) -> frozenset[str]:
    """Ids of records."""
    return frozenset(one.id for one in said)
