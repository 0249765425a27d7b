"""One school's records, by day and type, in the order in which things happened: what a liar changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from components.term.script import Said

from tests.bench.lies.kitchen import Kitchen


@dataclass(slots=True)
class Story:
    """All that is said of one school.

    Attributes:
        kitchen: whose it is.
        serving: the days on which it serves.
    """

    kitchen: Kitchen
    serving: tuple[date, ...]
    _by_day: dict[tuple[str, str], list[Said]] = field(default_factory=dict)

    def add(self, said: Iterable[Said]) -> None:
        """More of it."""
        for one in sorted(said, key=lambda one: one.request["occurred_at"]):
            self._by_day.setdefault((one.day, one.type), []).append(one)

    def of(self, on: date, *types: str) -> list[Said]:
        """What is said of a day, by type and then in the order in which it happened."""
        return [one for kind in types for one in self._by_day.get((str(on), kind), ())]

    def since(self, on: date, kind: str) -> list[Said]:
        """What is said of a day and all that follow, of one type."""
        days = sorted(day for day, type_ in self._by_day if type_ == kind and day >= str(on))
        return [one for day in days for one in self._by_day[day, kind]]

    def remove(self, gone: Iterable[Said]) -> None:
        """These were never said."""
        for one in gone:
            self._by_day[one.day, one.type].remove(one)

    def before(self, on: date) -> date | None:
        """The serving day before."""
        place = self.serving.index(on)
        return self.serving[place - 1] if place else None

    def all(self) -> list[Said]:
        """Everything, in no order."""
        return [one for said in self._by_day.values() for one in said]
