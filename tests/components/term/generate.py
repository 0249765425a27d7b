"""A whole term: papers, then day by day for every school, then each month's money."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from components.term import kitchen, money, papers, recipes, supply, world
from components.term.script import Said, Script
from components.term.world import World


@dataclass(frozen=True, slots=True)
class Shape:
    """How much of it there is.

    Attributes:
        schools: each with one canteen.
        first: a Monday.
        weeks: of five school days.
        staff: of each kitchen, two at least.
        seed: the same gives the same term.
    """

    schools: int = 3
    first: date = date(2026, 9, 7)
    weeks: int = 4
    staff: int = 5
    seed: int = 1

    @property
    def last(self) -> date:
        """The last day of the last week, a Friday."""
        return self.first + timedelta(days=7 * self.weeks - 3)

    def school_days(self) -> Iterator[date]:
        """Monday to Friday, week after week."""
        for week in range(self.weeks):
            for weekday in range(5):
                yield self.first + timedelta(days=7 * week + weekday)


@dataclass(frozen=True, slots=True)
class Term:
    """A generated term: who takes part, and all that they say in order."""

    shape: Shape
    cast: World
    said: list[Said]


def generate(shape: Shape) -> Term:
    """The term of that shape, without a fault."""
    if shape.first.weekday() or shape.staff < 2:
        raise ValueError("a term begins on a Monday, in kitchens of two at least")
    cast = world.make(shape.schools, shape.staff, shape.seed)
    script = Script()
    papers.write(script, cast, shape.first, shape.last)
    days = list(shape.school_days())
    for school in cast.schools:
        draw = random.Random(f"{shape.seed} {school.digits}")
        account = money.Account(school)
        before = shape.first - timedelta(days=3)
        for number, on in enumerate(days):
            if on.weekday() == 0:
                week = days[number : number + 5]
                dishes = [recipes.of_day(number + place) for place in range(len(week))]
                kitchen.menu(script, school, week, dishes)
                money.week(script, account, on, len(week), draw)
            if number and on.month != days[number - 1].month:
                _settle(script, cast, account, days[number - 1])
            served = recipes.of_day(number)
            money.meal_order(script, cast, school, on, before)
            kitchen.roster(script, cast, school, on)
            kitchen.checks(script, school, on, draw)
            taken = supply.day(script, cast, school, on, served, before, draw)
            account.taken += taken
            kitchen.meal(script, school, on, served, taken, draw)
            kitchen.control(script, school, on, draw)
            before = on
        _settle(script, cast, account, days[-1])
        on = shape.first
        while on <= shape.last + timedelta(days=2):  # the last samples are in there
            kitchen.temperatures(script, school, on, school.cabinet, "sample-cabinet", draw)
            kitchen.temperatures(script, school, on, school.cold_store, "cold-store", draw)
            on += timedelta(days=1)
    return Term(shape, cast, script.in_order())


def _settle(script: Script, cast: World, account: money.Account, last: date) -> None:
    """The month of `last` is over: it is talked over, and what was taken in since it began is paid."""
    kitchen.meeting(script, account.school, last.replace(day=1), last)
    money.settle(script, cast, account, last.replace(day=1), last)
