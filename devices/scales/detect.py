"""Which family a scale speaks, and how fast: by listening, and by asking where it is silent.

What a line said unasked is given to every family that speaks unasked. One *fits* when at least
three of its frames came and they make up four fifths of the bytes, a piece of a frame at either end
not counted: noise may cost a fifth, chance does not come near. Of those that fit

1. a family whose frames are checked goes before one whose frames are not;
2. the one that leaves the fewest bytes over goes before the others;
3. where two leave equally little and read the same weights, the first in the list is taken;
4. where they read different weights, none is: the answer names them, and somebody chooses, or puts
   something else on the scale and listens again. This is the case of Yaohua's two `=` outputs while
   weights end in 0.

A line that is heard at the wrong speed makes no frames, so speeds are tried one after the other. A
silent line is asked in each way there is (all of them only read); two answers of one family decide.
Bytes that all have even parity in their eighth bit were sent with seven data bits (7E1).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final

from devices.scales.families import FAMILIES, parser
from devices.scales.frame import Frame
from devices.scales.line import Framing, Line
from devices.scales.parser import Options, Parser, Scanner
from ledger.errors import NotFoundError

BAUDS: Final = (9600, 4800, 2400, 1200, 19200, 38400, 57600, 115200)
"""Scales are delivered at 9600; what is rarer comes later."""

_LEAST_FRAMES: Final = 3
_LEAST_ANSWERS: Final = 2
_END: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line speaks.

    Attributes:
        family: its name, or None where none fits or several do.
        candidates: those that fit equally well; one where `family` is given.
        framing: data bits, parity and stop bits.
        baud: at which it was found out, or None.
    """

    family: str | None
    candidates: tuple[str, ...] = ()
    framing: Framing = "8N1"
    baud: int | None = None

    @property
    def ambiguous(self) -> bool:
        """Whether several fit."""
        return self.family is None and bool(self.candidates)


@dataclass(frozen=True, slots=True)
class _Heard:
    """How much of what a line said one family makes sense of."""

    family: type[Scanner]
    frames: tuple[Frame, ...]
    taken: int
    size: int

    @property
    def fits(self) -> bool:
        between_pieces = self.size - 2 * (self.family.LONGEST - 1)
        return len(self.frames) >= _LEAST_FRAMES and self.taken * 5 >= between_pieces * 4

    @property
    def readings(self) -> list[tuple[int | None, int]]:
        return [(frame.value, frame.decimals) for frame in self.frames]


def judge(data: bytes, options: Options = Options()) -> Verdict:  # noqa: B008 - frozen
    """What a line speaks unasked, by what it said."""
    framing: Framing = "8N1"
    if data and max(data) > 0x7F and all(byte.bit_count() % 2 == 0 for byte in data):
        data, framing = bytes(byte & 0x7F for byte in data), "7E1"
    fitting = [heard for heard in _understood(data, options) if heard.fits]
    if any(heard.family.checked for heard in fitting):
        fitting = [heard for heard in fitting if heard.family.checked]
    if not fitting:
        return Verdict(None)
    most = max(heard.taken for heard in fitting)
    # What a piece at either end makes of a difference is none.
    best = [heard for heard in fitting if most - heard.taken < heard.family.LONGEST]
    names = tuple(heard.family.family for heard in best)
    if any(heard.readings != best[0].readings for heard in best):
        return Verdict(None, names, framing)
    return Verdict(names[0], names[:1], framing)


def _understood(data: bytes, options: Options) -> Iterator[_Heard]:
    for family in FAMILIES.values():
        heard = family(options)
        if not heard.asks:
            frames = tuple(heard.feed(data))
            yield _Heard(family, frames, sum(len(frame.raw) for frame in frames), len(data))


def find(
    open_at: Callable[[int], AbstractContextManager[Line]],
    options: Options = Options(),  # noqa: B008 - frozen
    bauds: Sequence[int] = BAUDS,
    *,
    listen_s: float = 1.5,
    answer_s: float = 0.6,
    monotonic: Callable[[], float] = time.monotonic,
) -> Verdict:
    """Try one speed after the other until something is understood."""
    for baud in bauds:
        with open_at(baud) as line:
            data = _hear(line, listen_s, monotonic)
            verdict = judge(data, options)
            if not data:
                verdict = _ask(line, options, answer_s, monotonic)
        if verdict.candidates:
            return replace(verdict, baud=baud)
    return Verdict(None)


def find_speed(
    open_at: Callable[[int], AbstractContextManager[Line]],
    family: str,
    options: Options = Options(),  # noqa: B008 - frozen
    bauds: Sequence[int] = BAUDS,
    *,
    listen_s: float = 1.5,
    monotonic: Callable[[], float] = time.monotonic,
) -> Verdict:
    """At which speed a line speaks a family that is known, a vendor's own for instance."""
    for baud in bauds:
        with open_at(baud) as line:
            heard = parser(family, options)
            for words in heard.begins:
                line.write(words)
            count = 0
            for question in heard.asks[:1] * _LEAST_ANSWERS or (b"",):
                _put(line, question)
                count += len(
                    _frames(
                        line, heard, listen_s, monotonic, least=1 if heard.asks else _LEAST_ANSWERS
                    )
                )
            if count >= _LEAST_ANSWERS:
                return Verdict(family, (family,), baud=baud)
    raise NotFoundError(f"no frames of {family} at any of {', '.join(map(str, bauds))} baud")


def _hear(line: Line, seconds: float, monotonic: Callable[[], float]) -> bytes:
    until, data = monotonic() + seconds, b""
    while monotonic() < until:
        data += line.read()
    return data


def _frames(
    line: Line, heard: Parser, seconds: float, monotonic: Callable[[], float], *, least: int = 1
) -> list[Frame]:
    """What comes until there are so many, or the time is up."""
    until, found = monotonic() + seconds, list[Frame]()
    while monotonic() < until and len(found) < least:
        found += heard.feed(line.read())
    return found


def _put(line: Line, question: bytes) -> None:
    """Ask; a command in text is parted from whatever the scale took for the beginning of one."""
    line.write((_END if question.endswith(_END) else b"") + question)


def _ask(line: Line, options: Options, answer_s: float, monotonic: Callable[[], float]) -> Verdict:
    """Ask a silent line in every way there is."""
    for name, family in FAMILIES.items():
        heard, answers = family(options), 0
        for question in (heard.asks * _LEAST_ANSWERS)[:_LEAST_ANSWERS]:
            _put(line, question)
            answers += bool(_frames(line, heard, answer_s, monotonic))
        if answers == _LEAST_ANSWERS:
            return Verdict(name, (name,))
    return Verdict(None)
