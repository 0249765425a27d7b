"""Readings of a refrigerator that nobody took, posted as if its logger had."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from components.term.script import Said

from tests.bench.lies.story import Story
from tests.bench.lies.truth import Liar, Told, Way

KIND: Final = "temperatures"

Values = Callable[[Story, date, Said, random.Random], list[int | None] | None]
"""What stands in a batch instead."""


def telling(values: Values) -> Liar:
    """Other readings in all batches of one refrigerator on some days, if there was no alarm."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story = stories[0]
        device = story.kitchen.device(draw.choice(("cabinet", "store")))
        made_up = []
        for on in days:
            for batch in batches_of(story, on, device):
                found = values(story, on, batch, draw)
                if found is None:
                    return None
                made_up.append((batch, found))
            if story.of(on, "temperature-alarm"):
                return None
        if not made_up:
            return None
        for batch, found in made_up:
            batch.payload["mC_readings"] = found
        return f"{len(days)} days, {len(made_up)} batches", [batch for batch, _ in made_up]

    return lie


def batches_of(story: Story, on: date, device: str) -> list[Said]:
    """What a logger said of a day, in order."""
    return [one for one in story.of(on, "temperature-log") if one.payload["cabinet"] == device]


def _constant(_: Story, __: date, batch: Said, ___: random.Random) -> list[int | None]:
    """4.0 °C, all day."""
    return [4_000] * len(batch.payload["mC_readings"])


def _even(_: Story, __: date, batch: Said, draw: random.Random) -> list[int | None]:
    """Evenly from 2.0 to 6.0, one reading knowing nothing of the one before."""
    return [100 * draw.randint(20, 60) for _ in batch.payload["mC_readings"]]


def _yesterday(story: Story, on: date, batch: Said, _: random.Random) -> list[int | None] | None:
    """The readings of the serving day before at the same hour."""
    before = story.before(on)
    if before is None:
        return None
    hour = batch.payload["first_read_at"][11:13]
    for earlier in batches_of(story, before, batch.payload["cabinet"]):
        readings: list[int | None] = list(earlier.payload["mC_readings"])
        same = len(readings) == len(batch.payload["mC_readings"])
        if same and earlier.payload["first_read_at"][11:13] == hour:
            return readings
    return None


WAYS: Final = (
    Way(KIND, "refrigerator at 4.0 °C all day", telling(_constant), (1, 3)),
    Way(KIND, "refrigerator drawn evenly", telling(_even), (1, 3)),
    Way(KIND, "refrigerator copied from the day before", telling(_yesterday), (1, 3)),
)
"""The ways of inventing a logger's readings."""
