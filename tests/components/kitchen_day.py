"""A kitchen's emulated devices, all processes of their own, and somebody who puts loads on the scales.

What is true stands in the emulators' own logs: a scale's, of each load that came to rest on it; a
cabinet's script, of each sample put in; a terminal's, of each check that was answered. A load stays
until the gateway's journal says that it is weighed, and the scale stays empty until it says that
this was seen: what is put on and taken off while a gateway is down is no reading, and nobody can tell
afterwards whether it was.
"""

import contextlib
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from components.kitchen_floor import CANTEEN, SCALES
from components.process import Process, free_port
from devices.cabinet import label as labels
from devices.cabinet.label import Label
from devices.local import people
from devices.local.journal import FileJournal
from devices.local.people import KnownPeople, Member

CABINETS: Final = ("device:s0001-cab-1", "device:s0001-cab-2")
TOPIC: Final = "mealtrace/day/cab-2/state"
TERMINAL: Final = "device:s0001-check-1"
CAMERA: Final = "camera:s0001-kitchen-1"
CALIBRATION: Final = "01912d3a-7c00-7a62-a7b8-000000000040"
CERTIFICATE: Final = "01a206fd-6778-7a62-a7b8-000000000030"
SECRET: Final = "a-secret-of-sixteen-and-more"
STAFF: Final = tuple(f"{number:04d}" for number in range(1, 13))

FAMILIES: Final = (
    ("yaohua-continuous", ("--noise", "30")),
    ("toledo-continuous-checked", ("--split",)),
    ("mt-sics", ()),
    ("cas", ("--noise", "10", "--split")),
)
"""One that says neither rest nor kind, one with a sum, one that is asked, one with lamps."""

_GATEWAY: Final = (sys.executable, "-m", "devices.gateway.main")


@dataclass
class Kitchen:
    """The devices of one kitchen.

    Attributes:
        folder: where everything lies.
        broker_port: of the MQTT broker.
        loads: how many each scale is to weigh.
        samples: how many each cabinet gets.
    """

    folder: Path
    broker_port: int
    state: Path
    loads: int = 10
    samples: int = 4
    modbus_port: int = field(default_factory=free_port)
    terminal_port: int = field(default_factory=free_port)
    processes: dict[str, Process] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _operators: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        self._film()
        self._people()
        for number, (family, more) in enumerate(FAMILIES):
            self._emulate(
                f"scale-{number}",
                ("scale", "--family", family, "--by-hand", self._load_file(number), "--settle", 400,
                 "--link", self.folder / f"scale-{number}.line", "--seed", number + 1, *more),
            )  # fmt: skip
        for number in range(2):
            script = self.folder / f"cabinet-{number}.txt"
            script.write_text("\n".join(self._script(number)) + "\n", "utf-8")
        timing = ("--speed", 1)
        self._emulate(
            "cabinet-0",
            ("cabinet", "modbus-tcp", "--port", self.modbus_port, *timing,
             "--script", self.folder / "cabinet-0.txt"),
        )  # fmt: skip
        self._emulate(
            "cabinet-1",
            ("cabinet", "mqtt", "--port", self.broker_port, "--every-s", 0.5, *timing,
             "--topic", TOPIC,
             "--script", self.folder / "cabinet-1.txt"),
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for operator in self._operators:
            operator.join(10)
        for process in self.processes.values():
            process.stop()

    # What is configured

    def tables(self) -> str:
        """The devices' tables of gateway.toml."""
        found = []
        for number, (scale, (family, _)) in enumerate(zip(SCALES, FAMILIES, strict=True)):
            found.append(
                f'[[scale]]\ndevice = "{scale}"\ncanteen = "{CANTEEN}"\n'
                f'calibration = "{CALIBRATION}"\nport = "{self.folder}/scale-{number}.line"\n'
                f'family = "{family}"\nbaud = 9600\nitem_code = "item-{number}"\n'
                f'[scale.camera]\nsource = "{self.folder}/crates.mp4"\nevery_ms = 500\n'
            )
        slots = 'slots = ["A1", "A2", "A3", "B1", "B2", "B3"]'
        lines = (
            f'transport = "modbus-tcp"\nhost = "127.0.0.1"\nport = {self.modbus_port}',
            'transport = "mqtt"\n',
        )
        for number, (cabinet, line) in enumerate(zip(CABINETS, lines, strict=True)):
            found.append(
                f'[[cabinet]]\ndevice = "{cabinet}"\ncanteen = "{CANTEEN}"\n{slots}\n{line}\n'
                f'people = "{self.folder}/people.json"\npoll_s = 0.5\ninterval_s = 1\n'
                f"batch_readings = 10\n"
                f'[cabinet.camera]\nsource = "{self.folder}/crates.mp4"\nevery_ms = 500\n'
            )
            if number == 1:
                found.append(
                    f'[cabinet.mqtt]\nhost = "127.0.0.1"\nport = {self.broker_port}\n'
                    f'topic = "{TOPIC}"\nclient_id = "mealtrace-day"\n'
                )
        found.append(
            f'[[terminal]]\ndevice = "{TERMINAL}"\ncanteen = "{CANTEEN}"\ncode = "MC-01"\n'
            f'port = {self.terminal_port}\nsecret = "{SECRET}"\npeople = "{self.folder}/people.json"\n'
        )
        found.append(
            f'[[camera]]\ndevice = "{CAMERA}"\ncanteen = "{CANTEEN}"\n'
            f'source = "{self.folder}/night.mp4"\nclosed = ["00:00-12:00", "12:00-00:00"]\n'
            "motion = {}\nlens = { confirm_ms = 1500 }\nquiet_ms = 1000\nclip_ms = 2000\n"
        )
        return "\n".join(found)

    # What goes on

    def begin(self) -> None:
        """People come to work: the terminal takes checks, and loads are put on."""
        self._emulate(
            "terminal",
            ("terminal", "morning", "--url", f"http://127.0.0.1:{self.terminal_port}", "--secret",
             SECRET, "--staff", ",".join(STAFF), "--pause-s", 1.5, "--tries", 100),
        )  # fmt: skip
        for number in range(len(SCALES)):
            operator = threading.Thread(target=self._weigh, args=(number,), daemon=True)
            operator.start()
            self._operators.append(operator)

    @property
    def done(self) -> bool:
        """Whether every load was put on and weighed, and everybody checked."""
        weighing = any(operator.is_alive() for operator in self._operators)
        return not weighing and not self.processes["terminal"].alive

    def _weigh(self, number: int) -> None:
        journal = FileJournal(self.state / f"s0001-scale-{number + 1}.scale.journal")
        for load in range(1, self.loads + 1):
            if not self._until(journal, armed=True):
                return
            self._put(number, f"{load + number}.{100 * number + 7 * load:03d}")
            if not self._until(journal, armed=False):
                return
            self._put(number, "")

    def _until(self, journal: FileJournal, *, armed: bool) -> bool:
        """Whether the journal said so before the day was over."""
        while not self._stop.wait(0.1):
            with contextlib.suppress(Exception):  # it is being replaced right now
                saved = journal.load()
                if saved is not None and saved == {"armed": armed, "count": None}:
                    return True
        return False

    def _put(self, number: int, text: str) -> None:
        fresh = self._load_file(number).with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self._load_file(number))

    # What was true

    def weighed(self, number: int) -> list[int]:
        """Grams of every load that rested on a scale, as the scale's own log has it."""
        lines = self.processes[f"scale-{number}"].log.read_text().splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        return [int(one["digits"]) for one in told]

    def retained(self, number: int) -> list[str]:
        """Containers of every sample that was put into a cabinet."""
        return [f"C-{number}{place}" for place in range(self.samples)]

    def checked(self) -> list[str]:
        """Ids that the terminal was answered with."""
        lines = self.processes["terminal"].log.read_text().splitlines()
        return [line.split()[2] for line in lines if line[:4] in STAFF]

    # How it is made

    def _load_file(self, number: int) -> Path:
        return self.folder / f"scale-{number}.load"

    def _script(self, number: int) -> list[str]:
        """A sample each twelve seconds: the door opens, it is put in, the door is closed."""
        day = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
        found = []
        for place, slot in zip(range(self.samples), ("A1", "A2", "A3", "B1", "B2"), strict=False):
            at = 8 + 12 * place + 3 * number
            container = self.retained(number)[place]
            text = labels.format(Label(CANTEEN, day, "lunch", f"d-{number}{place}", container))
            for after, what in ((0, "open 0001"), (1, f"put {slot} 131 {text}"), (3, "close")):
                minutes, seconds = divmod(at + after, 60)
                found.append(f"00:{minutes:02d}:{seconds:02d} {what}")
        return found

    def _film(self) -> None:
        for name, scene in (("crates", "display"), ("night", "day")):
            path = self.folder / f"{name}.mp4"
            done = Process(
                [*_GATEWAY, "emulate", "video", path, "--scene", scene, "--seconds", "4"],
                log=self.folder / f"{name}.log",
            )
            deadline = time.monotonic() + 120
            while done.alive:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            assert path.is_file(), done.log.read_text()

    def _people(self) -> None:
        today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
        alphabet = "abcdefghijklmnopqrstuvwxyz"
        members = [
            Member((staff,), "person:" + 2 * (alphabet[n:] + alphabet[:n])[:13], CERTIFICATE,
                   "2099-08-14")
            for n, staff in enumerate(STAFF)
        ]  # fmt: skip
        file = self.folder / "people.json"
        file.touch(0o600)
        file.write_bytes(people.serialise(KnownPeople(members, people.school_year(today))))

    def _emulate(self, name: str, command: Sequence[Any]) -> None:
        self.processes[name] = Process(
            [*_GATEWAY, "emulate", *(str(part) for part in command)],
            log=self.folder / f"{name}.log",
            env={"LC_ALL": "C.UTF-8"},
        )
