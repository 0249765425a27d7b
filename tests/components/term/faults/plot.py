"""A term that is being changed: records left out, altered, moved, added."""

import copy
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from components.term.faults import accounts
from components.term.generate import Term
from components.term.script import Said, Script, ms
from components.term.world import School, Supplier


@dataclass(frozen=True, slots=True)
class At:
    """Where a fault is: the so many-th school and week from 1 on, and Monday 0 to Friday 4."""

    school: int
    week: int
    weekday: int = 0


class Plot:
    """What is said in a term, by name, to be changed.

    Attributes:
        term: as it was generated.
        said: name → what is said.
        suppliers: that take part, those of the term and more.
        draw: chooses what a fault leaves open: which dish, which line, who.
        counted: names of records whose counters stay as they are.
        lost: name of an account's entry → fen that the balance is short of from there on.
    """

    def __init__(self, term: Term) -> None:
        """Begin with everything that is said."""
        self.term = term
        self.said = {one.name: copy.deepcopy(one) for one in term.said}
        self.suppliers: list[Supplier] = [*term.cast.suppliers]
        self.draw = random.Random(term.shape.seed)
        self.counted: set[str] = set()
        self.lost: dict[str, int] = {}

    def begin(self, fault: str) -> None:
        """What this fault leaves open is chosen by its own name."""
        self.draw = random.Random(f"{self.term.shape.seed} {fault}")

    def school(self, at: At) -> School:
        return self.term.cast.schools[at.school - 1]

    def on(self, at: At) -> date:
        return self.term.shape.first + timedelta(days=7 * (at.week - 1) + at.weekday)

    def name(self, at: At) -> str:
        """How what is said of that school and day is named, after its kind."""
        return f"{self.school(at).digits} {self.on(at)}"

    def one(self, name: str) -> Said:
        return self.said[name]

    def named(self, start: str) -> list[Said]:
        """All whose names begin so, as they reach the log."""
        found = [one for name, one in self.said.items() if name.startswith(start)]
        return sorted(found, key=lambda one: one.at_ms)

    def pick(self, start: str) -> Said:
        """One of those."""
        return self.draw.choice(self.named(start))

    def by_id(self, record: str) -> Said:
        return next(one for one in self.said.values() if one.id == record)

    def remove(self, *gone: Said) -> None:
        """It is never said."""
        for one in gone:
            del self.said[one.name]

    @contextmanager
    def script(self) -> Iterator[Script]:
        """What is said in it is said in the term too."""
        script = Script()
        yield script
        for one in script.said:
            if one.name in self.said:
                raise ValueError(f"{one.name} is said already")
            self.said[one.name] = one

    def put_off(self, said: Iterable[Said], until: datetime) -> None:
        """It reaches the log then, and says what it said, one after the other."""
        for place, one in enumerate(said):
            one.at_ms = ms(until) + 1000 * place

    def changed(self) -> Term:
        """The term as it now is: balances chain and counters count again."""
        accounts.chain(self.said.values(), self.lost)
        accounts.count([one for one in self.said.values() if one.name not in self.counted])
        cast = replace(self.term.cast, suppliers=tuple(self.suppliers))
        said = sorted(self.said.values(), key=lambda one: one.at_ms)
        return Term(self.term.shape, cast, said)
