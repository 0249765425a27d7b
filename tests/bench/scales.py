"""Parsers of scales: how fast they are, and what bad lines make of them.

    python -m tests.bench scales          megabytes a second of every family
    python -m tests.bench scales-fuzz     10 million random and damaged bytes through all families
    python -m tests.bench scales-rates    the same, as the table of docs/devices/scales.md

Speed is told of frames that never repeat, which is the hardest there is, and of what a scale really
sends, in seconds of the processor. The fuzz plays loads at ten frames a second of a clock of its
own: a fifth of the frames is damaged, in every way there is; between them stand as many bytes again
that are nothing at all. A weighing is false when it is not what is on the scale, or not what the
scale displays at that moment.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from devices.emulators.loads import Load, Script
from devices.emulators.noise import WAYS, damaged
from devices.emulators.scale_answers import Dialogue
from devices.scales.families import FAMILIES
from devices.scales.frame import Frame
from devices.scales.parser import Scanner
from devices.scales.scale import Scale
from devices.scales.stable import Rule, Weighing

_READ: Final = 4096
"""Bytes that come at once; as many as a terminal holds."""
_FRAMES: Final = 100_000
_FRAME_MS: Final = 100
_DAMAGED: Final = 5
"""One frame of so many is damaged."""
_NOTHING_EVERY: Final = 50


def speeds(share: float) -> dict[str, Any]:
    """Megabytes a second: of each family, of the slowest, and as scales send."""
    distinct = {name: _speed(family, _distinct, share) for name, family in FAMILIES.items()}
    usual = {name: _speed(family, _usual, share) for name, family in FAMILIES.items()}
    return {
        "slowest_mb_per_s": min(distinct.values()),
        "slowest_usual_mb_per_s": min(usual.values()),
        **{f"{name}_mb_per_s": speed for name, speed in distinct.items()},
    }


def _distinct(parser: Scanner, count: int) -> bytes:
    shown = Frame(b"", 0, 3, "kg", "gross", True)
    return b"".join(
        parser.encode(shown._replace(value=index * 7 % 99_999, stable=index % 3 > 0))
        for index in range(count)
    )


def _usual(parser: Scanner, count: int) -> bytes:
    script = Script([Load(12_485), Load(3_200), Load(815)])
    frames = [parser.encode(script.at(ms)) for ms in range(0, script.length_ms, _FRAME_MS)]
    return b"".join(frames * (count // len(frames) + 1))


def _speed(family: type[Scanner], written: Any, share: float) -> float:
    data: bytes = written(family(), max(100, round(_FRAMES * share)))
    best_s = float("inf")
    for _ in range(5):
        parser, began_s = family(), time.process_time()
        for begin in range(0, len(data), _READ):
            parser.feed(data[begin : begin + _READ])
        best_s = min(best_s, time.process_time() - began_s)
        assert not parser.failed_frames
    return round(len(data) / max(best_s, 1e-9) / 1e6, 2)


@dataclass(slots=True)
class Tally:
    """What came of it.

    Attributes:
        size: bytes fed that were nothing at all, or a damaged frame's.
        whole: all bytes fed.
        damaged: frames, by the way they were damaged.
        passed: those of them of which the parser still made a frame.
        lied: those of them that gave another weight.
        loads: put on.
        weighed: weighings that are true.
        false: weighings that are not.
    """

    size: int = 0
    whole: int = 0
    damaged: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    lied: Counter[str] = field(default_factory=Counter)
    loads: int = 0
    weighed: int = 0
    false: list[Weighing] = field(default_factory=list)


class _Wire:
    """A line with a clock of its own; what is put on it is read once."""

    session = 1

    def __init__(self) -> None:
        self.now_ms = 0
        self.waiting = b""

    def read(self) -> bytes:
        data, self.waiting = self.waiting, b""
        return data

    def write(self, data: bytes) -> None:
        """Nobody listens: answers come as if they were asked for."""


def fuzz(family: type[Scanner], size: int, seed: int, damaged_of: int = _DAMAGED) -> Tally:
    """Feed one family so many bytes that are no sound frames; one in `damaged_of` is damaged."""
    chance, tally, wire = random.Random(seed), Tally(), _Wire()
    scale = Scale.of(wire, family(), Rule())
    scale.now_ms = lambda: wire.now_ms
    # What a scale would say must not be learnt by the parser that is tried.
    teller, judge = Dialogue(family()), family()
    while tally.size < size:
        load = Load(chance.randrange(100, 90_000), chance.choice((0, 0, 480)))
        tally.loads += 1 + bool(load.container)
        script = Script([load], hold_ms=4_000)
        began_ms = wire.now_ms
        for shown in _played(script):
            wire.now_ms = began_ms + shown[0]
            for frame in _said(teller, shown[1]):
                wire.waiting += _on_the_way(frame, judge, chance, tally, damaged_of)
            if chance.randrange(_NOTHING_EVERY) == 0:
                nothing = chance.randbytes(chance.randrange(2_000))
                tally.size += len(nothing)
                wire.waiting += nothing
            tally.whole += len(wire.waiting)
            for weighing in scale.turn().weighings:
                true = weighing.frame.value in _weights(shown[1]) & _resting(load)
                tally.weighed += true
                if not true:
                    tally.false.append(weighing)
    return tally


def _played(script: Script) -> Iterator[tuple[int, Frame]]:
    return ((ms, script.at(ms)) for ms in range(0, script.length_ms, _FRAME_MS))


def _weights(shown: Frame) -> set[int]:
    """What is displayed, as net or as gross."""
    value = shown.value or 0
    return {value, value + (shown.tare or 0)}


def _resting(load: Load) -> set[int]:
    """The weights at which the scale comes to rest."""
    return {load.container, load.goods, load.goods + load.container}


def _said(teller: Dialogue, shown: Frame) -> Sequence[bytes]:
    if len(teller.parser.asks) < 2:
        return [teller.said(shown)]
    value, tare = shown.value or 0, shown.tare or 0
    return [
        teller.said(shown._replace(kind="gross", value=value + tare)),
        teller.said(shown._replace(kind="tare", value=tare)),
    ]


def _on_the_way(
    frame: bytes, judge: Scanner, chance: random.Random, tally: Tally, damaged_of: int
) -> bytes:
    if chance.randrange(damaged_of):
        return frame
    way = chance.choice(list(WAYS))
    arrived = damaged(frame, way, chance)
    if arrived == frame:
        return frame
    tally.damaged[way] += 1
    tally.size += len(arrived)
    judge.reset()
    (true,) = judge.feed(frame)
    judge.reset()
    taken = [made for made in judge.feed(arrived) if made.raw != frame]
    tally.passed[way] += bool(taken)
    tally.lied[way] += any(_other_weight(made, true) for made in taken)
    return arrived


def _other_weight(made: Frame, true: Frame) -> bool:
    return made[1:5] != true[1:5] or made[6:] != true[6:]


def fuzzed(share: float) -> dict[str, Any]:
    """10 million bytes through all families: what passes, in parts of a million, and what is false."""
    size = round(10_000_000 * share / len(FAMILIES))
    tallies = {
        name: fuzz(family, size, seed) for seed, (name, family) in enumerate(FAMILIES.items())
    }
    return {
        "bytes": sum(tally.size for tally in tallies.values()),
        "bytes_with_sound_frames": sum(tally.whole for tally in tallies.values()),
        "damaged": sum(tally.damaged.total() for tally in tallies.values()),
        "loads": sum(tally.loads for tally in tallies.values()),
        "weighed": sum(tally.weighed for tally in tallies.values()),
        "false_weights": sum(len(tally.false) for tally in tallies.values()),
        **{
            f"{name}_passed_ppm": round(
                1_000_000 * tally.passed.total() / max(1, tally.damaged.total())
            )
            for name, tally in tallies.items()
        },
    }


def main() -> int:
    """Print the rates of every family and way as a table for docs/devices/scales.md."""
    size = 10_000_000 // len(FAMILIES)
    ways = list(WAYS)
    lines = ["| family | all | " + " | ".join(ways) + " |", "|---|" + "---|" * (len(ways) + 1)]
    for seed, (name, family) in enumerate(FAMILIES.items()):
        tally = fuzz(family, size, seed)
        rates = [_percent(tally.passed[way], tally.damaged[way]) for way in ways]
        whole = _percent(tally.passed.total(), tally.damaged.total())
        lines.append(f"| `{name}` | {whole} | " + " | ".join(rates) + " |")
        lines.append(
            f"    {tally.size:,} of {tally.whole:,} bytes, {tally.damaged.total():,} damaged, "
            f"{tally.lied.total():,} of another weight, {tally.loads} loads, "
            f"{tally.weighed} weighed, {len(tally.false)} false"
        )
    print("\n".join(lines))  # noqa: T201 - what it is for
    return 0


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3f}" if whole else "—"
