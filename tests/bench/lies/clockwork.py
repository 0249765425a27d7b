"""A gateway's clock, which drifts and is set right, and its line, which is cut and comes back.

A clock is off by what it drifted since it was last set right; after a day without that it says
itself that it is not synchronised. A record that cannot be sent waits, and all that waited is sent
within a minute or three once the line is back: a burst that is honest.
"""

import math
import random
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_DAY_S = 86_400.0
_LONGEST_H = 96.0
_FLUSH = 0.011
"""Seconds of sending for each second that was waited."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a gateway takes for the time.

    Attributes:
        set_right: when it was, ascending.
        drift_ppm: how much it is fast in between, slow where negative.
        tells: whether it knows its offset although it is not synchronised.
    """

    set_right: tuple[datetime, ...]
    drift_ppm: float
    tells: bool

    def offset_s(self, at: datetime) -> float:
        """By how much it is ahead at a moment."""
        return self._since_s(at) * self.drift_ppm / 1e6

    def shows(self, at: datetime) -> datetime:
        """What it shows then."""
        return at + timedelta(seconds=self.offset_s(at))

    def says(self, at: datetime) -> dict[str, object]:
        """The fields that a device's record has of it."""
        right = self._since_s(at) < _DAY_S
        offset = round(1000 * self.offset_s(at))
        return {
            "clock_state": "synchronised" if right else "unsynchronised",
            "clock_offset_ms": offset if right or self.tells else None,
        }

    def set_right_at(self, at: datetime) -> "Clock":
        """The same clock, set right once more."""
        return replace(self, set_right=tuple(sorted({*self.set_right, at})))

    def _since_s(self, at: datetime) -> float:
        place = bisect_right(self.set_right, at) - 1
        return (at - self.set_right[max(0, place)]).total_seconds()


@dataclass(frozen=True, slots=True)
class Relieved:
    """A clock, and that of a substitute from one moment to another."""

    own: Clock
    substitute: Clock
    begin: datetime
    end: datetime

    def offset_s(self, at: datetime) -> float:
        """By how much the one in use is ahead."""
        return self._in_use(at).offset_s(at)

    def shows(self, at: datetime) -> datetime:
        """What the one in use shows."""
        return self._in_use(at).shows(at)

    def says(self, at: datetime) -> dict[str, object]:
        """The fields that a device's record has of it."""
        return self._in_use(at).says(at)

    def _in_use(self, at: datetime) -> Clock:
        return self.substitute if self.begin <= at < self.end else self.own


def clock(
    begin: datetime, end: datetime, drift_ppm: float, resync_h: float, draw: random.Random
) -> Clock:
    """A clock that is set right every so many hours, by chance."""
    moments, at = [], begin - timedelta(hours=1)
    while at < end:
        moments.append(at)
        at += timedelta(hours=min(_LONGEST_H, max(0.5, draw.expovariate(1 / resync_h))))
    return Clock(
        tuple(moments),
        drift_ppm * draw.uniform(0.5, 1.0) * draw.choice((-1, 1)),
        draw.random() < 0.5,
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """The line was down: from when to when, and whether the school declared it."""

    begin: datetime
    end: datetime
    declared: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The way from a gateway to the log.

    Attributes:
        cuts: ascending, apart from one another.
        live_s: median seconds of a record's way.
    """

    cuts: tuple[Cut, ...]
    live_s: float

    def also_cut(self, more: Iterable[Cut]) -> "Line":
        """The same line, cut at these times as well, and not otherwise at those times."""
        added = tuple(more)
        kept = (
            cut
            for cut in self.cuts
            if all(cut.end < other.begin or other.end < cut.begin for other in added)
        )
        return replace(self, cuts=tuple(sorted((*kept, *added), key=lambda one: one.begin)))

    def arrives(self, at: datetime, draw: random.Random) -> datetime:
        """When a record made at that moment reaches the log."""
        for cut in self.cuts:
            if cut.begin <= at < cut.end:
                waited = (at - cut.begin).total_seconds()
                return cut.end + timedelta(seconds=1 + _FLUSH * waited + draw.uniform(0, 0.3))
        takes = self.live_s * math.exp(draw.gauss(0, 0.6))
        if draw.random() < 0.01:
            takes += draw.uniform(20, 200)
        return at + timedelta(seconds=takes)


def line(
    days: list[datetime], live_s: float, cut_per_week: float, outages: int, draw: random.Random
) -> Line:
    """A line over these days, given by their midnights, with short cuts and longer outages."""
    cuts = [
        Cut(begin, begin + timedelta(minutes=draw.uniform(4, 56)), declared=False)
        for midnight in days
        if draw.random() < cut_per_week / 5
        for begin in (midnight + timedelta(hours=draw.uniform(4, 18)),)
    ]
    for midnight in draw.sample(days, min(outages, len(days))):
        begin = midnight + timedelta(hours=draw.uniform(4, 10))
        cuts.append(Cut(begin, begin + timedelta(hours=draw.uniform(1.2, 7)), declared=True))
    apart: list[Cut] = []
    for cut in sorted(cuts, key=lambda one: (not one.declared, one.begin)):
        if all(cut.end < other.begin or other.end < cut.begin for other in apart):
            apart.append(cut)
    return Line(tuple(sorted(apart, key=lambda one: one.begin)), live_s)
