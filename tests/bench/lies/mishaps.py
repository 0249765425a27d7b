"""What befalls an honest kitchen now and then: the power fails, a probe breaks, nobody is at school.

Drawn beforehand and apart from everything else, so that a kitchen that nothing befalls is as it
would be without this file. Each leaves what a liar might leave: a gap, a limit that is higher for
some hours, records of Friday that come on Monday, goods sent off after others had been weighed.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from components.term.script import clock, later

from tests.bench.lies.characters import Mishap
from tests.bench.lies.clockwork import Clock, Cut

_TIMES: Final = 3
"""How often in a term what may happen again does so."""

_UNTOLD: Final = timedelta(minutes=40)
"""A power cut as short as that is told to nobody."""

_SWAP: Final = timedelta(minutes=12)
"""What it takes to put a gateway back in its place."""

_SETTLED: Final = 6
"""Serving days at the beginning of a term on which everything is as usual."""


@dataclass(frozen=True, slots=True)
class Blackout:
    """No power for anything: from when to when."""

    begin: datetime
    end: datetime

    @property
    def told(self) -> bool:
        """Whether the school tells it afterwards."""
        return self.end - self.begin > _UNTOLD


@dataclass(frozen=True, slots=True)
class Outing:
    """A day without meals, and when the bureau says so: before the menu is hung out, or after."""

    on: date
    said_at: datetime
    reason: str

    @property
    def sudden(self) -> bool:
        """Whether the menu and the roster were there already."""
        return self.reason == "weather"


@dataclass(frozen=True, slots=True)
class Broken:
    """A logger reads nothing from one moment on, and gets another probe at a later one.

    Attributes:
        kind: which logger.
        begin: since when it reads nothing.
        opened: when it is switched off to be repaired.
        end: when it works again, with the maker's own alarm limit until midnight.
        differs_mC: what the new probe shows more.
        noise_mC: of the new probe.
        step_mC: smallest difference that the new one shows.
    """

    kind: str
    begin: datetime
    opened: datetime
    end: datetime
    differs_mC: int
    noise_mC: int
    step_mC: int


@dataclass(frozen=True, slots=True)
class Relief:
    """A gateway fails, another one stands in for it from one moment to another, with its own clock."""

    failed: datetime
    begin: datetime
    end: datetime
    clock: Clock


@dataclass(frozen=True, slots=True)
class Mishaps:
    """All that befalls one kitchen in a term."""

    blackouts: tuple[Blackout, ...] = ()
    outings: tuple[Outing, ...] = ()
    new_scale: date | None = None
    broken: Broken | None = None
    relief: Relief | None = None
    weekends: tuple[Cut, ...] = ()

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """When nothing reaches the log; a gateway takes some minutes to come back."""
        dark = (Cut(one.begin, later(one.end, minutes=4), declared=False) for one in self.blackouts)
        return (*dark, *self.weekends)

    def dark(self, at: datetime) -> bool:
        """Whether there is no power."""
        return any(one.begin <= at < one.end for one in self.blackouts)

    def off(self, kind: str, at: datetime) -> bool:
        """Whether a device measures nothing at a moment, because it or its gateway is off."""
        broken, relief = self.broken, self.relief
        return (
            self.dark(at)
            or (broken is not None and broken.kind == kind and broken.opened <= at < broken.end)
            or (relief is not None and relief.failed <= at < relief.begin)
            or (relief is not None and relief.end - _SWAP <= at < relief.end)
        )

    def blind(self, kind: str, at: datetime) -> bool:
        """Whether a logger reads nothing although it is on."""
        broken = self.broken
        return broken is not None and broken.kind == kind and broken.begin <= at < broken.opened


def of(kind: Mishap | None, number: int, serving: Sequence[date], seed: int) -> Mishaps:
    """What befalls the so many-th kitchen; `serving`: the days on which it was to serve."""
    if kind is None:
        return Mishaps()
    return _DRAWN[kind](serving, random.Random(f"{seed} mishaps {number}"))


def _power_cuts(serving: Sequence[date], draw: random.Random) -> Mishaps:
    days = sorted(draw.sample(serving[1:-1], _TIMES))
    begun = [later(clock(on, 11, 22), minutes=draw.uniform(0, 50)) for on in days]
    return Mishaps(
        blackouts=tuple(Blackout(at, later(at, minutes=draw.uniform(20, 150))) for at in begun)
    )


def _new_scale(serving: Sequence[date], draw: random.Random) -> Mishaps:
    return Mishaps(new_scale=draw.choice(serving[_SETTLED:-_SETTLED]))


def _outings(serving: Sequence[date], draw: random.Random) -> Mishaps:
    found = []
    for on in sorted(draw.sample(serving[2:-1], _TIMES)):
        if draw.random() < 0.5:
            said = clock(on - timedelta(days=10), 10, draw.randrange(60))
            found.append(Outing(on, said, "outing"))
        else:
            said = clock(on - timedelta(days=1), 11, draw.randrange(60))
            found.append(Outing(on, said, "weather"))
    return Mishaps(outings=tuple(found))


def _new_probe(serving: Sequence[date], draw: random.Random) -> Mishaps:
    on = draw.choice(serving[_SETTLED:-2])
    end = later(clock(on, 13, 30), minutes=draw.uniform(0, 150))
    return Mishaps(
        broken=Broken(
            draw.choice(("cabinet", "store")),
            later(clock(on, 0, 40), hours=draw.uniform(0, 8)),
            later(end, minutes=-draw.uniform(20, 75)),
            end,
            draw.choice((-400, -200, 300, 500)),
            draw.choice((10, 25, 90)),
            draw.choice((10, 100, 500)),
        )
    )


def _substitute(serving: Sequence[date], draw: random.Random) -> Mishaps:
    first = draw.randrange(_SETTLED, len(serving) - 8)
    # By then everything has been checked, weighed and kept that day.
    failed = later(clock(serving[first], 13, 30), hours=draw.uniform(0, 3.5))
    begin = later(failed, hours=draw.uniform(1.3, 4))
    end = later(clock(serving[first + draw.randint(3, 6)], 15), minutes=draw.uniform(0, 90))
    # It lay in a cupboard, drifts fast, and is set right for the first time after some hours.
    before = begin - timedelta(days=draw.uniform(2, 9))
    right = later(begin, hours=draw.uniform(2, 20))
    again = (right + timedelta(hours=9 * number) for number in range(30))
    drift_ppm = draw.uniform(60, 160) * draw.choice((-1, 1))
    return Mishaps(
        relief=Relief(failed, begin, end, Clock((before, *again), drift_ppm, tells=True))
    )


def _weekends(serving: Sequence[date], draw: random.Random) -> Mishaps:
    breaks = [
        (last, first) for last, first in pairwise(serving) if first - last > timedelta(days=1)
    ]
    return Mishaps(
        weekends=tuple(
            Cut(
                later(clock(last, 11, 40), minutes=draw.uniform(0, 150)),
                later(clock(first, 5, 20), minutes=draw.uniform(0, 80)),
                declared=False,
            )
            for last, first in sorted(draw.sample(breaks, min(_TIMES, len(breaks))))
        )
    )


_DRAWN: Final[dict[Mishap, Callable[[Sequence[date], random.Random], Mishaps]]] = {
    Mishap.POWER_CUT: _power_cuts,
    Mishap.NEW_SCALE: _new_scale,
    Mishap.OUTING: _outings,
    Mishap.NEW_PROBE: _new_probe,
    Mishap.SUBSTITUTE: _substitute,
    Mishap.WEEKEND: _weekends,
}
