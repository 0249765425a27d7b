"""Temperatures of people that nobody took: typed from a tool's random numbers, copied, or made up."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from components.term.script import Said

from tests.bench.lies.story import Story
from tests.bench.lies.truth import Liar, Told, Way

KIND: Final = "temperatures"

Values = Callable[[Story, date, list[Said], random.Random], list[int] | None]
"""What stands in the checks of a day instead."""


def telling(values: Values) -> Liar:
    """Other values in all checks of some days; everybody is fit."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story = stories[0]
        made_up = []
        for on in days:
            checks = story.of(on, "morning-check")
            found = values(story, on, checks, draw)
            if found is None:
                return None
            made_up.append((checks, found))
        touched = []
        for checks, found in made_up:
            for check, value in zip(checks, found, strict=True):
                check.payload["forehead_mC"] = value
                check.payload.update(result="fit", symptoms=[])
                touched.append(check)
        return f"{len(days)} days, {len(touched)} checks", touched

    return lie


def _tool(_: Story, __: date, checks: list[Said], draw: random.Random) -> list[int]:
    """As a public tool did: evenly from 36.2 to 37.1, in tenths (DOMAIN §7)."""
    return [36_200 + 100 * draw.randrange(10) for _ in checks]


def _fine_tool(_: Story, __: date, checks: list[Said], draw: random.Random) -> list[int]:
    """The same in hundredths."""
    return [36_200 + 10 * draw.randrange(91) for _ in checks]


def _yesterday(story: Story, on: date, checks: list[Said], _: random.Random) -> list[int] | None:
    """The list of the day before, person by person; of who is new, the first line of it."""
    before = story.before(on)
    if before is None:
        return None
    earlier = story.of(before, "morning-check")
    known = {check.payload["staff"]: check.payload["forehead_mC"] for check in earlier}
    if sum(check.payload["staff"] in known for check in checks) < 3:
        return None
    first = earlier[0].payload["forehead_mC"]
    return [known.get(check.payload["staff"], first) for check in checks]


def _constant(story: Story, _: date, checks: list[Said], __: random.Random) -> list[int]:
    """One value for everyone, always the same in that kitchen."""
    return [36_400 + 100 * (story.kitchen.number % 3)] * len(checks)


def _narrow(spread_mC: int) -> Values:
    def values(story: Story, _: date, checks: list[Said], draw: random.Random) -> list[int]:
        step = story.kitchen.character.step_mC
        return [round(draw.gauss(36_520, spread_mC) / step) * step for _ in checks]

    return values


def _own(story: Story, on: date, checks: list[Said], draw: random.Random) -> list[int] | None:
    """For each a value of his own, with a tenth more or less: a careful clerk who knows his people."""
    if story.before(on) is None:
        return None
    step = story.kitchen.character.step_mC
    usual = {
        person.name: round(person.usual_mC / 100) * 100
        for person in (*story.kitchen.staff, *story.kitchen.spare)
    }
    return [usual[check.payload["staff"]] + draw.choice((0, 0, 0, step, -step)) for check in checks]


_DAYS: Final = (1, 3, 5)

WAYS: Final = (
    Way(KIND, "foreheads drawn evenly, in tenths", telling(_tool), _DAYS),
    Way(KIND, "foreheads drawn evenly, in hundredths", telling(_fine_tool), _DAYS),
    Way(KIND, "foreheads copied from the day before", telling(_yesterday), _DAYS),
    Way(KIND, "one forehead for all", telling(_constant), _DAYS),
    Way(KIND, "foreheads from a normal, spread 0.03 °C", telling(_narrow(30)), _DAYS),
    Way(KIND, "foreheads from a normal, spread 0.08 °C", telling(_narrow(80)), _DAYS),
    Way(KIND, "foreheads by the person's own habit", telling(_own), (3, 5)),
)
"""With days on end of 1, 3 and 5."""
