"""A scale at work: its line read, its family's frames parsed, its loads weighed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from devices.scales.frame import Frame
from devices.scales.line import Line
from devices.scales.parser import Parser
from devices.scales.stable import Rule, StableWeight, Weighing


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look at the line brought.

    Attributes:
        frames: as they came.
        weighings: loads that came to rest, one each.
    """

    frames: tuple[Frame, ...] = ()
    weighings: tuple[Weighing, ...] = ()


@dataclass(slots=True)
class Scale:
    """One scale; `turn` it again and again from one thread.

    Attributes:
        line: to the scale.
        parser: of its family.
        stable: what its frames are judged by.
        now_ms: a clock that never goes backwards.
        poll_ms: least time from one question to the next; an answer is waited for in any case.
        answer_ms: how long an answer is waited for before the next question.
    """

    line: Line
    parser: Parser
    stable: StableWeight = field(default_factory=StableWeight)
    now_ms: Callable[[], int] = _now_ms
    poll_ms: int = 0
    answer_ms: int = 500
    _session: int = 0
    _question: int = 0
    _asked_ms: int | None = None
    _answered: bool = True

    def __post_init__(self) -> None:
        """A scale that answers several questions is asked for its tare as well."""
        self.stable.needs_tare = len(self.parser.asks) > 1

    @classmethod
    def of(cls, line: Line, parser: Parser, rule: Rule) -> "Scale":
        """One whose weights are judged by this rule."""
        return cls(line, parser, StableWeight(rule))

    def turn(self) -> Turn:
        """Ask where it is time, wait for bytes a moment at most, and take what they say."""
        self._ask()
        data = self.line.read()
        if self.line.session != self._session:
            self._opened()
        if not data:
            return Turn()
        frames = self.parser.feed(data)
        at_ms = self.now_ms()
        self._answered = self._answered or bool(frames)
        found = (self.stable.observe(frame, at_ms) for frame in frames)
        return Turn(tuple(frames), tuple(weighing for weighing in found if weighing is not None))

    def _opened(self) -> None:
        """What was half said before the cut is not continued by what is said after it."""
        self._session = self.line.session
        self.parser.reset()
        self.stable.cut()
        self._asked_ms, self._answered = None, True
        for words in self.parser.begins:
            self.line.write(words)

    def _ask(self) -> None:
        asks = self.parser.asks
        if not asks or not self._session:
            return
        now_ms = self.now_ms()
        waited_ms = None if self._asked_ms is None else now_ms - self._asked_ms
        due_ms = self.poll_ms if self._answered else self.answer_ms
        if waited_ms is None or waited_ms >= due_ms:
            self.line.write(asks[self._question % len(asks)])
            self._question += 1
            self._asked_ms, self._answered = now_ms, False
