"""Every family on a real terminal: emulator, pyserial, parser, weighing."""

import concurrent.futures
import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.emulators.loads import Load, Script
from devices.emulators.pseudo_terminal import PseudoTerminal
from devices.emulators.scale import EmulatedScale
from devices.emulators.scale_answers import dialogue
from devices.scales.families import FAMILIES
from devices.scales.stable import Rule, Steady, Weighing

pytestmark = pytest.mark.devices

ROOT = Path(__file__).resolve().parents[3]
QUICK = Rule(flagged=Steady(3, 100), unflagged=Steady(5, 200))
LOADS = (Load(12_485), Load(3_200, 480))


@contextlib.contextmanager
def emulated(
    family: str, *, noise: int = 0, baud: int | None = None, times: int = 1, hold_ms: int = 800
) -> Iterator[tuple[PseudoTerminal, threading.Thread]]:
    """One on a terminal, played in a thread."""
    over = threading.Event()
    script = Script(LOADS, pause_ms=700, settle_ms=150, hold_ms=hold_ms)
    with PseudoTerminal(baud) as terminal:
        scale = EmulatedScale(
            terminal, dialogue(FAMILIES[family]()), script, 40, noise, True, random.Random(family)
        )
        thread = threading.Thread(target=scale.run, args=(over.is_set, times))
        thread.start()
        try:
            yield terminal, thread
        finally:
            over.set()
            thread.join()


def weighed(family: str, noise: int) -> list[Weighing]:
    from devices.scales.port import Port
    from devices.scales.scale import Scale

    found: list[Weighing] = []
    with emulated(family, noise=noise) as (terminal, thread):
        line = Port(terminal.path, wait_s=0.1, gather_s=0.02, retry_s=0.05)
        scale = Scale.of(line, FAMILIES[family](), QUICK)
        while thread.is_alive():
            found += scale.turn().weighings
        line.close()
    return found


def all_weighed(noise: int) -> dict[str, list[Weighing]]:
    """All families at once, each on a terminal of its own."""
    with concurrent.futures.ThreadPoolExecutor(len(FAMILIES)) as pool:
        return dict(
            zip(FAMILIES, pool.map(weighed, FAMILIES, [noise] * len(FAMILIES)), strict=True)
        )


@pytest.mark.slow
def test_every_family_weighs_what_lies_on_its_scale() -> None:
    found = all_weighed(noise=0)

    nets = {name: [weighing.net_g for weighing in those] for name, those in found.items()}
    assert nets == {name: [12_485, 480, 3_200] for name in FAMILIES}
    tared = {
        name: (those[2].gross_g, those[2].tare_g)
        for name, those in found.items()
        if those[2].frame.kind is not None
    }
    assert tared == dict.fromkeys(tared, (3680, 480))
    assert "yaohua-command" in tared


@pytest.mark.slow
def test_a_bad_cable_makes_no_false_weight() -> None:
    found = all_weighed(noise=100)

    assert {weighing.net_g for those in found.values() for weighing in those} == {
        12_485, 480, 3_200,
    }  # fmt: skip


def test_a_line_is_one_programs_alone() -> None:
    from devices.scales.port import Port

    with PseudoTerminal() as terminal:
        first, second = Port(terminal.path), Port(terminal.path)
        assert first.open()

        assert not second.open()
        assert second.fault is not None
        assert second.session == 0
        first.close()
        assert second.open()
        second.close()


def test_a_port_comes_back_when_its_cable_does(tmp_path: Path) -> None:
    from devices.scales.port import Port

    link = tmp_path / "scale"
    port = Port(str(link), wait_s=0.05, retry_s=0.05)
    assert port.read() == b""
    assert "scale" in (port.fault or "")
    for session in (1, 2):
        with PseudoTerminal(link=link) as terminal:
            until = time.monotonic() + 5
            while not port.up and time.monotonic() < until:
                port.read()
            assert port.session == session
            terminal.write(b"hello")
            assert port.read() == b"hello"
        # The other end is gone: reading says so, or finds nothing.
        until = time.monotonic() + 5
        while port.up and time.monotonic() < until:
            port.read()
        assert not port.up
        assert port.fault is not None
    port.write(b"into the void")
    port.close()


def test_a_serial_server_is_a_socket() -> None:
    from devices.scales.port import Port

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = Port(f"socket://127.0.0.1:{server.getsockname()[1]}", wait_s=0.5, retry_s=0.05)
        assert port.open()
        peer, _ = server.accept()
        peer.sendall(b"\x02+0124")
        assert port.read() == b"\x02+0124"
        port.write(b"SI\r\n")
        assert peer.recv(16) == b"SI\r\n"
        peer.close()
        until = time.monotonic() + 5
        while port.up and time.monotonic() < until:
            port.read()
        assert not port.up
        until = time.monotonic() + 5
        while not port.up and time.monotonic() < until:
            port.read()
        assert port.session == 2
        port.close()


def shown(*arguments: str, locale: str = "C.UTF-8") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "devices.scales.show", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | {"LC_ALL": locale, "COLUMNS": "160"},
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("family", "baud"), [("yaohua-continuous", 4800), ("mt-sics", 4800)])
def test_family_and_speed_are_found_on_a_real_terminal(family: str, baud: int) -> None:
    with emulated(family, baud=baud, times=0, hold_ms=1_600) as (terminal, _):
        text = shown("--port", terminal.path, "--seconds", "11")

    assert f"{family}, {baud} 8N1" in text
    assert "12.485 kg" in text
    assert "gross" in text


@pytest.mark.slow
def test_the_live_weight_is_told_in_chinese_and_as_json() -> None:
    with emulated("and", times=0) as (terminal, _):
        asked = ("--port", terminal.path, "--family", "and", "--baud", "9600", "--seconds", "7")
        chinese = shown(*asked, locale="zh_CN.UTF-8")
        told = [json.loads(line) for line in shown(*asked, "--json").splitlines()]

    assert "毛重" in chinese
    assert "空秤" in chinese
    assert {weighing["net_g"] for weighing in told} & {12_485, 480, 3_200}
    assert {weighing["protocol"] for weighing in told} == {"and"}
    assert all(bytes.fromhex(weighing["raw_frame_hex"]) for weighing in told)


@pytest.mark.slow
def test_the_program_emulates_and_shows(tmp_path: Path) -> None:
    link = tmp_path / "scale"
    emulator = subprocess.Popen(
        [
            sys.executable, "-m", "devices.emulators.scale", "--family", "toledo-continuous-checked",
            "--load", "12.485", "--settle", "200", "--hold", "1500", "--pause", "500",
            "--rate", "20", "--noise", "50", "--split", "--link", str(link),
        ],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert emulator.stdout is not None
        assert emulator.stdout.readline().startswith("/dev/")
        text = shown("--port", str(link), "--seconds", "8")
    finally:
        emulator.terminate()
        emulator.communicate()

    assert "toledo-continuous-checked, 9600 8N1" in text
    assert "net 12,485 g" in text


def test_a_line_that_is_not_there_is_said_in_a_sentence() -> None:
    text = shown("--port", "/dev/nowhere", "--family", "and", "--baud", "9600")

    assert "nowhere" in text
    assert "Traceback" not in text


def test_an_ambiguous_line_is_said_and_a_choice_asked_for() -> None:
    with PseudoTerminal() as terminal:
        scale = EmulatedScale(
            terminal,
            dialogue(FAMILIES["yaohua-reversed"]()),
            Script((Load(3_000),), pause_ms=9_000),
        )
        over = threading.Event()
        thread = threading.Thread(target=scale.run, args=(over.is_set,))
        thread.start()
        text = shown("--port", terminal.path)
        over.set()
        thread.join()

    assert "yaohua-reversed, yaohua-forward" in text
    assert "--family" in text
