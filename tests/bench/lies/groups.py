"""Groups of ways and characters by when they were written, each told and measured by itself.

The first group was there while the detectors were made better, the second was written afterwards,
without a look at them. A group has schools of its own, with numbers of their own: what is measured
of one does not change when another grows.
"""

from dataclasses import dataclass
from typing import Final

from tests.bench.lies import characters
from tests.bench.lies.characters import Character
from tests.bench.lies.liars import WAYS, second
from tests.bench.lies.truth import Way


@dataclass(frozen=True, slots=True)
class Group:
    """Ways of lying, and the characters of the schools in which they are told.

    Attributes:
        name: in the report.
        ways: of lying.
        characters: schools are of each in turn, those that lie and those that do not.
        first: number of its first school.
    """

    name: str
    ways: tuple[Way, ...]
    characters: tuple[Character, ...]
    first: int


FIRST: Final = Group("first", WAYS, characters.FIRST, 1)
SECOND: Final = Group("second", second.WAYS, characters.SECOND, 501)
GROUPS: Final = (FIRST, SECOND)
"""All of them."""
