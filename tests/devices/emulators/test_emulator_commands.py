"""The emulators as programs: started, spoken to, ended; and a driver killed in the middle of a day."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from components.process import ROOT, Process, free_port
from components.terminal_stage import SECRET, post

from devices.cabinet.modbus import Address, ModbusLine
from devices.cabinet.profile import Profile

pytestmark = pytest.mark.devices


def until(what: Callable[[], Any], timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def answers(line: ModbusLine) -> bool:
    try:
        return line.look().temperature_mC is not None
    except Exception:  # noqa: BLE001 - not yet
        return False
    finally:
        line.close()


def test_modbus_rtu_is_served_on_a_line_with_a_name(tmp_path: Path) -> None:
    link = tmp_path / "cabinet"
    command = [sys.executable, "-m", "devices.emulators.cabinet", "modbus-rtu", "--link", str(link)]
    with Process(command, log=tmp_path / "log", cwd=ROOT):
        until(link.exists)
        address = Address("modbus-rtu", line=str(link), timeout_s=0.5)
        until(lambda: answers(ModbusLine(address, Profile(), ("A1",))))


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
@pytest.mark.parametrize(
    "module",
    ["devices.emulators.cabinet", "devices.emulators.terminal", "devices.cabinet.labels", "devices.local.enrol"],
)  # fmt: skip
def test_every_program_explains_itself_in_both_languages(module: str, language: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        cwd=ROOT, env={**os.environ, "LC_ALL": language}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.stdout) == (language[:2] == "zh")


def test_a_terminal_posts_its_morning(tmp_path: Path) -> None:
    with post(tmp_path) as at:
        done = subprocess.run(
            [sys.executable, "-m", "devices.emulators.terminal", "morning", "--url", at.url,
             "--secret", SECRET, "--staff", "0012,0001", "--pause-s", "0.05"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        taken = [line.split()[-1] for line in done.stdout.splitlines()]

        assert taken == [one.id for one in at.checks()]


PROGRAM = """
import json, sys, threading, uuid
from pathlib import Path
from devices.cabinet.driver import from_config
from devices.gateway.driver import Attachment, Clock
from devices.local.people import KnownPeople, Member

class Sink:
    def __init__(self, folder):
        self.out = (folder / "kept").open("a")
        self.count = folder / "count"
    def keep(self, one):
        self.out.write(json.dumps([one.type, dict(one.payload)]) + "\\n")
        self.out.flush()
        return str(uuid.uuid4())
    def next_counter(self, device):
        with self.count.open("ab") as file:
            file.write(b"x")
            file.flush()
            return file.tell()
    def clock(self):
        return Clock("unknown", None)

folder = Path(sys.argv[1])
table = json.loads(sys.argv[2])
people = KnownPeople([Member(("0012",), "person:c3xw6ofm2ktq7vzj5ynbhapdre")], 2026)
photo = Attachment(b"a photo", "image/jpeg")
from_config(table, photo=lambda: photo, people=people).run(Sink(folder), threading.Event())
"""


def test_a_driver_killed_again_and_again_loses_no_count(tmp_path: Path) -> None:
    port = free_port()
    emulator = [
        sys.executable,
        "-m",
        "devices.emulators.cabinet",
        "modbus-tcp",
        "--port",
        str(port),
    ]
    table = {
        "device": "device:c", "canteen": "canteen:2105020001~01", "transport": "modbus-tcp",
        "host": "127.0.0.1", "port": port, "journal": str(tmp_path / "j"), "slots": [],
        "poll_s": 0.02, "interval_s": 1, "batch_readings": 3, "people": "unused",
    }  # fmt: skip
    command = [
        sys.executable, "-c", textwrap.dedent(PROGRAM), str(tmp_path), orjson.dumps(table).decode(),
    ]  # fmt: skip
    with Process(emulator, log=tmp_path / "emulator", cwd=ROOT):
        for number in range(4):
            with Process(command, log=tmp_path / "log", cwd=ROOT) as driver:
                time.sleep(3.1 + 0.37 * number)
                assert driver.alive, (tmp_path / "log").read_text()
                driver.stop(signal.SIGKILL)
        with Process(command, log=tmp_path / "log", cwd=ROOT):
            time.sleep(6)
    kept = [orjson.loads(line) for line in (tmp_path / "kept").read_bytes().splitlines()]
    logs = {
        said["counter_from"]: said for record_type, said in kept if record_type == "temperature-log"
    }
    counts = [
        count
        for _, said in sorted(logs.items())
        for count in range(said["counter_from"], said["counter_until"] + 1)
    ]

    assert len(counts) >= 12
    # A count may be given and its reading lost with the power, between the two: never one kept.
    assert len(counts) == len(set(counts))
    assert counts == sorted(counts)
    assert counts[-1] - counts[0] + 1 - len(counts) <= 4
