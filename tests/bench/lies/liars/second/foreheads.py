"""Temperatures of people by somebody who knows that lists are compared: real values, of other moments."""

import random
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import fmean
from typing import Final

from components.term.script import Said

from tests.bench.lies.liars.foreheads import KIND, telling
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

_REMEMBERED: Final = 10
"""Serving days that a clerk looks back."""


def _shuffled(story: Story, on: date, checks: list[Said], draw: random.Random) -> list[int] | None:
    """The values of the day before, dealt out to other people."""
    before = story.before(on)
    pool = [] if before is None else _values(story.of(before, "morning-check"))
    if len(pool) < 3:
        return None
    dealt = draw.sample(pool, len(pool))
    return [*dealt, *draw.choices(pool, k=len(checks))][: len(checks)]


def _remembered(
    story: Story, on: date, checks: list[Said], draw: random.Random
) -> list[int] | None:
    """For each some value that the same person really had within the last two weeks."""
    place = story.serving.index(on)
    earlier = [
        check
        for day in story.serving[max(0, place - _REMEMBERED) : place]
        for check in story.of(day, "morning-check")
    ]
    if place < 3:
        return None
    return [
        draw.choice(
            _values(one for one in earlier if one.payload["staff"] == check.payload["staff"])
            or _values(earlier)
        )
        for check in checks
    ]


def _values(checks: Iterable[Said]) -> list[int]:
    return [check.payload["forehead_mC"] for check in checks]


def _half(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """The first are checked; for the rest the clerk types about the mean of those."""
    story, touched = stories[0], []
    step = story.kitchen.character.step_mC
    for on in days:
        checks = story.of(on, "morning-check")
        half = -(-len(checks) // 2)
        middle = fmean(_values(checks[:half]))
        for check in checks[half:]:
            value = round(middle / step) * step + draw.choice((-step, 0, 0, step))
            check.payload.update(forehead_mC=value, result="fit", symptoms=[])
            touched.append(check)
    return f"{len(days)} days, {len(touched)} checks", touched


WAYS: Final = (
    Way(KIND, "foreheads of the day before, dealt out anew", telling(_shuffled), (1, 3)),
    Way(KIND, "foreheads that each one had some other day", telling(_remembered), (3, 5)),
    Way(KIND, "half of the foreheads typed after the first", _half, (1, 3, 5)),
)
"""The second ways of inventing foreheads."""
