"""What is put on an emulated scale, and what the scale shows meanwhile.

    display  0 ─╲╱╲─ 12.485 ──────────── 0 ──
             pause  settle   hold          pause

With a container: it is put on, weighed, tared away (去皮), the goods follow, all is taken off, and
the tare is cleared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from devices.scales.frame import Frame
from devices.scales.units import Unit
from ledger.errors import MalformedError

_SWING_PERMILLE: Final = (0, 420, 1130, 940, 1060, 985, 1012, 996, 1003)
"""How far a platform has come on its way, as it swings and comes to rest."""


def swinging(before: int, after: int, since_ms: int, settling_ms: int) -> int:
    """What a platform shows on its way from one weight to another."""
    swing = _SWING_PERMILLE[since_ms * len(_SWING_PERMILLE) // settling_ms]
    return before + (after - before) * swing // 1000 + since_ms % 3


@dataclass(frozen=True, slots=True)
class Load:
    """One thing to weigh, in digits of the display.

    Attributes:
        goods: what the goods weigh.
        container: what stands below them and is tared away before; 0: nothing.
    """

    goods: int
    container: int = 0

    @classmethod
    def parse(cls, text: str, decimals: int) -> "Load":
        """`12.485`, or with its container `12.485+0.480`.

        Raises:
            MalformedError: it is neither, or finer than the display.
        """
        goods, _, container = text.partition("+")
        return cls(_digits(goods, decimals), _digits(container, decimals) if container else 0)


def _digits(text: str, decimals: int) -> int:
    whole, _, fraction = text.strip().partition(".")
    if not (whole + fraction).isdecimal() or not text.isascii() or len(fraction) > decimals:
        raise MalformedError(f"{text!r} is no weight with at most {decimals} decimals")
    return int(whole + fraction.ljust(decimals, "0"))


@dataclass(frozen=True, slots=True)
class _Step:
    gross: int
    tare: int
    until_ms: int
    settled_ms: int


@dataclass(frozen=True, slots=True)
class Script:
    """Loads one after the other.

    Attributes:
        loads: in their order.
        decimals: of the display.
        unit: of the display.
        capacity: in digits of the display; more is overload.
        pause_ms: empty before each load.
        settle_ms: from putting something on, or taking it off, to rest.
        hold_ms: at rest with the load.
    """

    loads: Sequence[Load]
    decimals: int = 3
    unit: Unit = "kg"
    capacity: int = 150_000
    pause_ms: int = 2_000
    settle_ms: int = 1_500
    hold_ms: int = 3_000

    def at(self, elapsed_ms: int) -> Frame:
        """What is shown so long after the beginning; nothing is on it after the end."""
        before = begun_ms = 0
        for step in self._steps():
            if elapsed_ms < step.until_ms:
                return self._shown(step, before, elapsed_ms - begun_ms, step.settled_ms - begun_ms)
            before, begun_ms = step.gross, step.until_ms
        return self._frame(0, 0, moving=False)

    @property
    def length_ms(self) -> int:
        """From the beginning to the end, the last pause with it."""
        return max((step.until_ms for step in self._steps()), default=0) + self.pause_ms

    def _steps(self) -> Iterator[_Step]:
        now_ms = 0

        def step(gross: int, tare: int, stay_ms: int, *, settles: bool) -> _Step:
            nonlocal now_ms
            settled_ms = now_ms + self.settle_ms * settles
            now_ms = settled_ms + stay_ms
            return _Step(gross, tare, now_ms, settled_ms)

        for load in self.loads:
            container = load.container
            yield step(0, 0, self.pause_ms, settles=now_ms > 0)
            if container:
                yield step(container, 0, self.hold_ms, settles=True)
                yield step(container, container, self.hold_ms, settles=False)
            yield step(load.goods + container, container, self.hold_ms, settles=True)
            if container:
                yield step(0, container, self.pause_ms, settles=True)
        if self.loads:
            yield step(0, 0, self.pause_ms, settles=True)

    def _shown(self, step: _Step, before: int, since_ms: int, settling_ms: int) -> Frame:
        if since_ms >= settling_ms:
            return self._frame(step.gross, step.tare, moving=False)
        gross = swinging(before, step.gross, since_ms, settling_ms)
        return self._frame(gross, step.tare, moving=True)

    def _frame(self, gross: int, tare: int, *, moving: bool) -> Frame:
        shown = Frame(
            b"",
            gross - tare,
            self.decimals,
            self.unit,
            "net" if tare else "gross",
            not moving,
            tare,
        )
        if gross > self.capacity:
            return shown._replace(value=None, overload=True, stable=False)
        return shown
