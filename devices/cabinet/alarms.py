"""Excursions beyond a limit (温度异常): one alarm for each, after a delay, with a hysteresis.

    within ──beyond──▶ pending ──beyond, delay_s later──▶ alarmed
      ▲                   │                                  │
      └──back within the limit by hysteresis_mC──────────────┘

A temperature that flutters about the limit is one excursion; a door that stood open for a minute is
none. A time without temperatures neither ends an excursion nor lengthens it by a reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class Excursion:
    """Beyond a limit, so far.

    Attributes:
        since_ms: the first reading beyond.
        extreme_mC: the farthest one.
        readings: how many were beyond.
        task: of the alarm; None while it waits for its delay.
    """

    since_ms: int
    extreme_mC: int
    readings: int
    task: int | None = None


class Watch:
    """One limit of one cabinet.

    Attributes:
        excursion: the one that lasts; None: there is none.
    """

    def __init__(
        self,
        direction: Direction,
        limit_mC: int,
        hysteresis_mC: int,
        delay_s: float,
        saved: Mapping[str, Any] | None = None,
    ) -> None:
        self.direction: Direction = direction
        self.limit_mC = limit_mC
        self._sign = 1 if direction == "above" else -1
        self._hysteresis_mC = hysteresis_mC
        self._delay_ms = int(1000 * delay_s)
        self.excursion = Excursion(**saved) if saved else None

    def state(self) -> dict[str, Any] | None:
        """For the journal."""
        if self.excursion is None:
            return None
        return {name: getattr(self.excursion, name) for name in Excursion.__slots__}

    def add(self, mC: int, at_ms: int) -> tuple[Literal["alarm", "end"], Excursion] | None:
        """One reading: an alarm, the end of one that was alarmed, or nothing.

        After an alarm, `alarmed` must be told which task it became.
        """
        beyond = self._sign * (mC - self.limit_mC)
        one = self.excursion
        if beyond > 0:
            if one is None:
                one = Excursion(at_ms, mC, 0)
            farthest = max(self._sign * one.extreme_mC, self._sign * mC) * self._sign
            self.excursion = Excursion(one.since_ms, farthest, one.readings + 1, one.task)
            if one.task is None and at_ms - one.since_ms >= self._delay_ms:
                return "alarm", self.excursion
        elif one is not None and beyond <= -self._hysteresis_mC:
            self.excursion = None
            if one.task is not None:
                return "end", one
        return None

    def clock_set(self, by_ms: int) -> None:
        """The clock was set; an alarm that was given keeps the beginning that it named."""
        one = self.excursion
        if one is not None and one.task is None:
            self.excursion = Excursion(one.since_ms + by_ms, one.extreme_mC, one.readings)

    def alarmed(self, task: int) -> None:
        """The excursion has its alarm."""
        assert self.excursion is not None
        one = self.excursion
        self.excursion = Excursion(one.since_ms, one.extreme_mC, one.readings, task)
