"""A scale's family and speed are found out from what it says; where it could be two, nobody guesses."""

import contextlib
import random
from collections.abc import Callable, Iterator

import pytest

from devices.emulators.loads import Load, Script
from devices.emulators.noise import damaged
from devices.emulators.pseudo_terminal import resampled
from devices.emulators.scale_answers import dialogue
from devices.scales import detect
from devices.scales.families import FAMILIES
from devices.scales.frame import Frame
from devices.scales.line import Line
from devices.scales.parser import Options
from ledger.errors import NotFoundError

STREAMING = sorted(name for name, family in FAMILIES.items() if not family().asks)
ASKED = sorted(name for name, family in FAMILIES.items() if family().asks)
SCRIPT = Script([Load(12_487)], pause_ms=500, hold_ms=1_000)


def said(family: str, values: list[int]) -> bytes:
    scale = FAMILIES[family]()
    return b"".join(scale.encode(Frame(b"", value, 3, "kg", "gross", True, 0)) for value in values)


@pytest.mark.parametrize("family", STREAMING)
def test_every_family_that_speaks_is_known_by_what_it_says(family: str) -> None:
    assert detect.judge(said(family, list(range(12_480, 12_500)))).family == family


@pytest.mark.parametrize("family", STREAMING)
def test_pieces_at_both_ends_and_some_noise_do_not_hide_it(family: str) -> None:
    chance = random.Random(family)
    scale = FAMILIES[family]()
    data = b""
    for value in range(12_480, 12_520):
        frame = scale.encode(Frame(b"", value, 3, "kg", "gross", True, 0))
        data += damaged(frame, "burst", chance) if value % 10 == 0 else frame

    assert detect.judge(data[5:-5]).family == family


def test_two_frames_are_too_few() -> None:
    assert detect.judge(said("and", [1, 2])).family is None
    assert detect.judge(said("and", [1, 2, 3])).family == "and"


def test_noise_is_nothing() -> None:
    for seed in range(200):
        assert detect.judge(random.Random(seed).randbytes(2_000)).candidates == ()


def test_a_checksum_that_holds_goes_before_none() -> None:
    assert detect.judge(said("toledo-continuous-checked", [5] * 20)).family == (
        "toledo-continuous-checked"
    )


def test_equals_frames_that_read_both_ways_are_told_by_nobody() -> None:
    verdict = detect.judge(b"=000.3000" * 20)

    assert verdict.ambiguous
    assert set(verdict.candidates) == {"yaohua-reversed", "yaohua-forward"}


def test_another_weight_tells_them_apart() -> None:
    assert detect.judge(b"=000.3000" * 10 + b"=000.4000" * 10).ambiguous
    assert detect.judge(b"=000.3000" * 10 + b"=523.1000" * 10).family == "yaohua-reversed"
    assert detect.judge(b"=0003.000" * 10 + b"=0012.485" * 10).family == "yaohua-forward"
    assert detect.judge(b"=000.3000" * 10 + b"=000.300-" * 10).family == "yaohua-reversed"


def test_seven_bits_with_parity_are_noticed() -> None:
    bare = said("and", list(range(12_480, 12_500)))
    parity = bytes(byte | (byte.bit_count() % 2) << 7 for byte in bare)

    verdict = detect.judge(parity)
    assert (verdict.family, verdict.framing) == ("and", "7E1")
    assert detect.judge(bare).framing == "8N1"


class Wire:
    """A scale of one speed at the end of a line; time passes as it is read."""

    session = 1

    def __init__(self, family: str, baud: int, clock: list[float], address: str = "A") -> None:
        self.talk = dialogue(FAMILIES[family](Options(address=address)))
        self.baud, self.read_at, self.clock = baud, baud, clock
        self.asked: list[bytes] = []

    def read(self) -> bytes:
        self.clock[0] += 0.1
        shown = SCRIPT.at(round(self.clock[0] * 1000) % SCRIPT.length_ms)
        data = b"".join(self.talk.due(shown))
        if self.talk.streams:
            data += self.talk.said(shown)
        return data if self.baud == self.read_at else resampled(data, self.baud, self.read_at)

    def write(self, data: bytes) -> None:
        self.asked.append(data)
        self.talk.heard(
            data if self.baud == self.read_at else resampled(data, self.read_at, self.baud)
        )


def opening(wire: Wire) -> Callable[[int], contextlib.AbstractContextManager[Line]]:
    @contextlib.contextmanager
    def open_at(baud: int) -> Iterator[Line]:
        wire.read_at = baud
        yield wire

    return open_at


@pytest.mark.parametrize("family", [name for name in STREAMING if not FAMILIES[name].begins])
@pytest.mark.parametrize("baud", [1200, 4800, 9600, 19200])
def test_speed_and_family_are_found_by_listening(family: str, baud: int) -> None:
    clock = [0.0]
    wire = Wire(family, baud, clock)

    verdict = detect.find(opening(wire), monotonic=lambda: clock[0])

    assert (verdict.family, verdict.baud) == (family, baud)


@pytest.mark.parametrize("family", ASKED)
@pytest.mark.parametrize("baud", [2400, 9600])
def test_a_silent_line_is_asked(family: str, baud: int) -> None:
    clock = [0.0]

    verdict = detect.find(opening(Wire(family, baud, clock)), monotonic=lambda: clock[0])

    assert (verdict.family, verdict.baud) == (family, baud)


def test_an_indicator_of_another_address_does_not_answer() -> None:
    clock = [0.0]
    wire = Wire("yaohua-command", 9600, clock, "C")

    assert detect.find(opening(wire), monotonic=lambda: clock[0]).family is None
    found = detect.find(opening(wire), Options(address="C"), monotonic=lambda: clock[0])
    assert found.family == "yaohua-command"


def test_a_scale_that_speaks_is_never_asked() -> None:
    clock = [0.0]
    wire = Wire("and", 9600, clock)

    detect.find(opening(wire), monotonic=lambda: clock[0])

    assert wire.asked == []


def test_the_speed_of_a_known_family_is_found() -> None:
    clock = [0.0]
    wire = Wire("ohaus", 2400, clock)

    found = detect.find_speed(opening(wire), "ohaus", monotonic=lambda: clock[0])

    assert (found.family, found.baud) == ("ohaus", 2400)
    with pytest.raises(NotFoundError, match="no frames of cas"):
        detect.find_speed(opening(wire), "cas", monotonic=lambda: clock[0])
