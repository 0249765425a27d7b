"""Readings of a refrigerator that look like one: a wave, its own night, its neighbour."""

import math
import random
from collections.abc import Sequence
from datetime import date
from typing import Final

from components.term.script import Said

from ledger import timestamp
from tests.bench.lies.liars.devices import logged
from tests.bench.lies.liars.readings import KIND, batches_of, telling
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

_WAVE_S: Final = 10_800
_MIDDLE_mC: Final = 3_900
_SWING_mC: Final = 900


def _wave(_: Story, __: date, batch: Said, draw: random.Random) -> list[int | None]:
    """A sine of three hours, with a tenth more or less."""
    first_s = timestamp.parse(batch.payload["first_read_at"]) / 1000
    step_s = batch.payload["interval_s"]
    turns = [
        (first_s + step_s * place) / _WAVE_S for place in range(len(batch.payload["mC_readings"]))
    ]
    return [
        round((_MIDDLE_mC + _SWING_mC * math.sin(math.tau * turn)) / 100) * 100
        + draw.choice((-100, 0, 0, 100))
        for turn in turns
    ]


def _neighbour(story: Story, on: date, batch: Said, _: random.Random) -> list[int | None] | None:
    """What the other refrigerator showed at that hour, and always the same more."""
    devices = [story.kitchen.device(kind) for kind in ("cabinet", "store")]
    device = next(one for one in devices if one != batch.payload["cabinet"])
    more_mC = 100 * (4 + story.kitchen.number % 7)
    for other in batches_of(story, on, device):
        readings = other.payload["mC_readings"]
        if len(readings) == len(batch.payload["mC_readings"]) and _hour(other) == _hour(batch):
            return [None if value is None else value + more_mC for value in readings]
    return None


def _hour(batch: Said) -> str:
    return str(batch.payload["first_read_at"][11:13])


def _night(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Where the kitchen worked stands what was read at night, when nobody opened a door."""
    story, touched = stories[0], []
    kind = draw.choice(("cabinet", "store"))
    by_day = [logged(story, on, kind) for on in days]
    if not all(by_day):
        return None
    if len({len(batch.payload["mC_readings"]) for day in by_day for batch in day}) > 1:
        return None
    for night, *working, _ in by_day:
        for batch in working:
            batch.payload["mC_readings"] = list(night.payload["mC_readings"])
            touched.append(batch)
    return f"{len(days)} days, {len(touched)} batches", touched


WAYS: Final = (
    Way(KIND, "refrigerator as a sine", telling(_wave), (1, 3)),
    Way(KIND, "refrigerator copied from its neighbour, and more", telling(_neighbour), (1, 3)),
    Way(KIND, "refrigerator's night in working hours", _night, (1, 3)),
)
"""The second ways of inventing a logger's readings."""
