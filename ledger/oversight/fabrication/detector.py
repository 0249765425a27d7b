"""What a detector is: one kind of lie to look for, told what it reads as a family is.

Each keeps its own keys, whose first word tells them apart, and names the members of the policy that
drive it. What it has to say it says as a `report.Case`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from ledger import subject
from ledger.evidence import subjects
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen


class Detector:
    """One detector; those that wait for nothing leave `wakes` and `due` as they are.

    Attributes:
        reads: the types it is told, and of each the payload fields that it reads.
        defaults: members of the policy, with the values they have where no record gives others.
        wakes: first words of the keys that it asks to be woken with.
    """

    reads: ClassVar[Mapping[str, frozenset[str]]] = {}
    defaults: ClassVar[Mapping[str, Any]] = {}
    wakes: ClassVar[frozenset[str]] = frozenset()

    def keys(self, seen: Seen) -> Iterable[str]:  # noqa: ARG002 - for those that override it
        """Keys that `tell` will probably ask for; none where few records are asked about."""
        return ()

    def tell(self, seen: Seen, context: Context) -> None:
        """The next record of a type that it reads."""
        raise NotImplementedError

    def due(self, key: str, context: Context) -> None:
        """The moment has come that it asked to be woken at."""

    def take_back(self, seen: Seen, context: Context) -> None:
        """A record counts no more; of an erased one only what stands in the entry is left."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Place:
    """Whom a record is about, and who answers for it.

    Attributes:
        scope: the school; of a record without one, its issuer.
        canteen: None where it names none.
    """

    scope: str
    canteen: str | None


def place_of(seen: Seen) -> Place:
    """The school and canteen of a record, out of its subjects, or else of its issuer."""
    return _place(seen.subjects, seen.issuer)


@lru_cache(maxsize=4096)
def _place(named: tuple[str, ...], issuer: str) -> Place:
    """Several detectors ask about one record after the other."""
    canteen = first_of(named, "canteen:")
    school = first_of(named, "school:")
    if school is None:
        of = canteen or first_of(named, "order:") or first_of(named, "meal:")
        if of is None and subject.kind(issuer) in {"school", "canteen"}:
            of = issuer
        school = issuer if of is None else subjects.school_of(of)
    return Place(school, canteen)


def first_of(named: Sequence[str], start: str) -> str | None:
    """The first of the names, which ascend, that begins so."""
    place = bisect_left(named, start)
    return named[place] if place < len(named) and named[place].startswith(start) else None


def without(items: list[Any], index: int) -> list[Any]:
    """Items that begin with the index of their record, less those of one record."""
    return [item for item in items if item[0] != index]


def replaces(seen: Seen) -> bool:
    """Whether it takes a corrected record's place: late by its nature, and told by its owner."""
    return bool(seen.links) and any(link.rel == "replaces" for link in seen.links)
