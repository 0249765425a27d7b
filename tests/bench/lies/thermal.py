"""Temperatures: a forehead at dawn, and a refrigerator with a thermostat, a door and a probe.

A forehead shows less than the body, each person's by an amount of his own; coming in from the cold
takes off up to two degrees, which is gone after a quarter of an hour inside; heat adds some tenths.
The air of a refrigerator saws between two points, jumps when the door opens, and the probe follows.
"""

import math
import random
from dataclasses import dataclass

from tests.bench.lies.characters import Cold

_DOOR_MIN = 11.0
"""Minutes in which what came in through the door is down to a third."""

_BODY_mC = 36_500
_MUCH_mC = 1_000

_WARMS_mC = 25
"""What one minute without power adds."""
_COOLS_MIN = 25.0
"""Minutes in which that is down to a third once it has power again."""

_WORK = (5, 15)
"""Hours in which the door is opened."""


def dawns(first_C: float, last_C: float, days: int, draw: random.Random) -> list[float]:
    """Temperature outside at six on so many days in a row: a trend, and weather that lasts."""
    weather, found = draw.gauss(0, 2.5), []
    for day in range(days):
        weather = 0.7 * weather + draw.gauss(0, 1.8)
        found.append(first_C + (last_C - first_C) * day / max(1, days - 1) + weather)
    return found


def forehead_mC(
    usual_mC: float, spread_mC: float, dawn_C: float, inside_min: float, draw: random.Random
) -> float:
    """What the checker would show without a step: of someone so many minutes inside."""
    chill = min(2_000.0, max(0.0, 13.0 - dawn_C) * 75) * draw.uniform(0.45, 1.0)
    chill *= math.exp(-inside_min / 9.0)
    warm = max(0.0, dawn_C - 22.0) * 38
    return usual_mC + draw.gauss(0, spread_mC) - chill + warm + draw.gauss(0, 55)


def compensated(shown_mC: float, share: float) -> float:
    """What a checker makes of it that shows a share of what is unusual, unless it is much."""
    unusual = shown_mC - _BODY_mC
    if share == 1.0 or abs(unusual) > _MUCH_mC:
        return shown_mC
    return _BODY_mC + share * unusual


def to_step(value_mC: float, step_mC: int) -> int:
    """The nearest value that the device can show."""
    return round(value_mC / step_mC) * step_mC


@dataclass(slots=True)
class Refrigerator:
    """One that runs on from day to day.

    Attributes:
        made: how it is built and used.
        phase: where the compressor is in its cycle, 0 to 1.
        door_mC: what is left of openings.
        probe_mC: what the probe has come to.
        wander_mC: slow change of its load.
        lost_mC: by how much it is warmer since it had no power.
    """

    made: Cold
    phase: float
    door_mC: float
    probe_mC: float
    wander_mC: float
    lost_mC: float = 0.0

    @classmethod
    def started(cls, made: Cold, draw: random.Random) -> "Refrigerator":
        """One that has been running for long."""
        return cls(made, draw.random(), 0.0, made.set_mC, 0.0)

    def read(
        self,
        minutes: float,
        hour: int,
        busy: bool,
        draw: random.Random,
        *,
        powered: bool = True,
    ) -> int:
        """The reading after so many more minutes; it is opened if the kitchen works at that hour."""
        left = minutes
        while left > 0:
            step = min(2.0, left)
            left -= step
            if powered:
                self.lost_mC *= math.exp(-step / _COOLS_MIN)
            else:
                self.lost_mC += step * _WARMS_mC
            self._run(step, busy and _WORK[0] <= hour < _WORK[1], draw)
        return to_step(self.probe_mC + draw.gauss(0, self.made.noise_mC), self.made.step_mC)

    def _run(self, minutes: float, used: bool, draw: random.Random) -> None:
        made = self.made
        self.phase = (self.phase + minutes / made.period_min * draw.uniform(0.9, 1.1)) % 1.0
        self.door_mC *= math.exp(-minutes / _DOOR_MIN)
        if used and draw.random() < made.opened * minutes / 60:
            self.door_mC += made.warms_mC * draw.uniform(0.3, 1.2)
        self.wander_mC += -0.002 * minutes * self.wander_mC + draw.gauss(0, 0.01 * made.swing_mC)
        saw = 4 * abs(self.phase - 0.5) - 1
        air = made.set_mC + made.swing_mC * saw + self.wander_mC + self.door_mC + self.lost_mC
        self.probe_mC += (air - self.probe_mC) * (1 - math.exp(-minutes / made.lag_min))
