"""Emulated scales show what lies on them, answer as their makers have it, and have a speed."""

import random
import subprocess
import sys

import pytest
from components.process import ROOT

from devices.emulators.loads import Load, Script
from devices.emulators.noise import WAYS, damaged, pieces
from devices.emulators.pseudo_terminal import resampled
from devices.emulators.scale_answers import Dialogue, dialogue
from devices.scales.families import FAMILIES
from devices.scales.frame import Frame
from devices.scales.parser import Options
from devices.scales.yaohua_command import query
from ledger.errors import MalformedError

REST = Frame(b"", 12_005, 3, "kg", "net", True, 480)
MOVING = REST._replace(value=11_000, stable=False)


def talk(family: str, words: bytes, shown: Frame = REST) -> list[bytes]:
    scale = dialogue(FAMILIES[family]())
    scale.heard(words)
    return scale.due(shown)


def test_a_load_is_put_on_swings_rests_and_is_taken_off() -> None:
    script = Script([Load(12_485)], pause_ms=1_000, settle_ms=500, hold_ms=2_000)
    values = [script.at(ms) for ms in range(0, script.length_ms, 50)]

    assert values[0][1:6] == (0, 3, "kg", "gross", True)
    assert [f.value for f in values if f.stable] == [0] * 20 + [12_485] * 40 + [0] * 40
    assert all(frame.motion for frame in values[20:30])
    assert script.at(10**9).zero


def test_a_container_is_tared_before_the_goods_come() -> None:
    script = Script([Load(3_200, 480)], pause_ms=100, settle_ms=0, hold_ms=100)
    shown = [(f.value, f.kind, f.tare) for f in map(script.at, range(50, script.length_ms, 100))]

    assert shown[:6] == [
        (0, "gross", 0),
        (480, "gross", 0),
        (0, "net", 480),
        (3_200, "net", 480),
        (-480, "net", 480),
        (0, "gross", 0),
    ]


def test_more_than_the_scale_can_weigh_is_overload() -> None:
    shown = Script([Load(150_001)], pause_ms=0, settle_ms=0).at(10)

    assert (shown.value, shown.overload) == (None, True)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_that_cannot_say_overload_says_nothing(family: str) -> None:
    said = Dialogue(FAMILIES[family]()).said(Frame(b"", None, 0, "kg", overload=True, stable=False))

    assert said == b"" or FAMILIES[family]().feed(said)[0].overload


def test_loads_are_written_as_they_are_displayed() -> None:
    assert Load.parse("12.485", 3) == Load(12_485)
    assert Load.parse("3.2+0.48", 3) == Load(3_200, 480)
    assert Load.parse("7", 0) == Load(7)
    for text in ("1.2345", "-1", "", "1,5", "1+", "１"):
        if text != "1+":
            with pytest.raises(MalformedError):
                Load.parse(text, 3)


def test_command_mode_answers_what_is_asked_at_its_address() -> None:
    reader = FAMILIES["yaohua-command"]()

    answers = talk("yaohua-command", query("A", "A") + query("A", "B") + query("A", "C") + b"\x02")
    assert answers[0] == query("A", "A")
    frames = [frame for answer in answers[1:] for frame in reader.feed(answer)]
    assert [(frame.kind, frame.value) for frame in frames] == [("gross", 12_485), ("tare", 480)]
    assert talk("yaohua-command", query("B", "B")) == []
    assert talk("yaohua-command", b"\x02AB04\x03") == []


def test_a_question_may_come_in_pieces() -> None:
    scale = dialogue(FAMILIES["yaohua-command"](Options(address="C")))
    for byte in query("C", "D"):
        assert scale.due(REST) == []
        scale.heard(bytes((byte,)))

    assert len(scale.due(REST)) == 1


def test_sics_answers_at_once_or_at_rest() -> None:
    assert talk("mt-sics", b"SI\r\n", MOVING) == [b"S D     11.000 kg\r\n"]
    assert talk("mt-sics", b"S\r\n", MOVING) == []
    assert talk("mt-sics", b"S\r\n") == [b"S S     12.005 kg\r\n"]
    assert talk("mt-sics", b"XX\r\n@\r\nZ\r\n") == [b"ES\r\n", b'I4 A "B021002593"\r\n', b"Z A\r\n"]


def test_what_waits_for_rest_is_answered_then() -> None:
    scale = dialogue(FAMILIES["mt-sics"]())
    scale.heard(b"S\r\n")

    assert scale.due(MOVING) == []
    assert scale.due(REST) == [b"S S     12.005 kg\r\n"]
    assert scale.due(REST) == []


def test_streams_begin_and_end_when_told() -> None:
    sics, ohaus = dialogue(FAMILIES["mt-sics"]()), dialogue(FAMILIES["ohaus"]())
    assert not sics.streams
    sics.heard(b"SIR\r\n")
    ohaus.heard(b"CP\r\n")
    assert sics.streams
    assert ohaus.streams
    sics.heard(b"@\r\n")
    ohaus.heard(b"0P\r\n")
    assert not sics.streams
    assert not ohaus.streams
    assert dialogue(FAMILIES["and"]()).streams


def test_ohaus_answers() -> None:
    assert talk("ohaus", b"IP\r\n") == [b"   12.005 kg    NET\r\n"]
    assert talk("ohaus", b"SP\r\n", MOVING) == []
    assert talk("ohaus", b"PSN\r\nQQ\r\nZ\r\n") == [b"B021002593\r\n", b"ES\r\n"]


def test_bytes_at_another_speed_are_others() -> None:
    data = bytes(range(32, 96))

    assert resampled(data, 9600, 9600) == data
    for speed in (1200, 4800, 19_200):
        assert resampled(data, 9600, speed) != data


@pytest.mark.parametrize("way", WAYS)
def test_each_way_damages(way: str) -> None:
    chance, frame = random.Random(1), b"\x02+012485312\x03"

    assert any(damaged(frame, way, chance) != frame for _ in range(9))
    assert b"".join(pieces(frame, chance)) == frame


def test_without_pyserial_the_command_that_installs_it_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['serial'] = None; import devices.scales.port"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "pip install 'mealtrace[devices]'" in done.stderr
