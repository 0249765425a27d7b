"""A terminal's driver in a thread, with an emulated terminal that posts to it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.checked_sink import CheckedSink
from devices.emulators.terminal import Terminal
from devices.local import people
from devices.local.people import KnownPeople, Member
from devices.terminal.driver import TerminalDriver, from_config

DEVICE = "device:s0001-check-1"
CANTEEN = "canteen:2105020001~01"
COOK = "person:c3xw6ofm2ktq7vzj5ynbhapdre"
HEAD = "person:b7kq2mzx4nvc6jw3thp5rdyaeo"
CERTIFICATE = "01a206fd-6778-7a62-a7b8-000000000030"
SECRET = "a-secret-of-sixteen-and-more"


@dataclass(slots=True)
class Post:
    """A running driver.

    Attributes:
        folder: with `people.json` and what the driver keeps.
        url: where it listens.
    """

    driver: TerminalDriver
    sink: CheckedSink
    folder: Path
    url: str
    opened: list[Terminal] = field(default_factory=list)

    def terminal(self, dialect: str = "mealtrace", secret: str = SECRET) -> Terminal:
        terminal = Terminal(self.url, secret, dialect=dialect, timeout_s=5)
        self.opened.append(terminal)
        return terminal

    def checks(self) -> list[Any]:
        return self.sink.of("morning-check")


def write_people(folder: Path, *members: Member) -> None:
    today = time.localtime()
    year = today.tm_year if today.tm_mon >= 9 else today.tm_year - 1
    file = folder / "people.json"
    file.touch(0o600)
    file.write_bytes(people.serialise(KnownPeople(members, year)))


def table(folder: Path, **changes: Any) -> dict[str, Any]:
    return {
        "device": DEVICE, "canteen": CANTEEN, "code": "MC-01", "port": 0, "secret": SECRET,
        "people": str(folder / "people.json"), "seen": str(folder / "seen.db"), **changes,
    }  # fmt: skip


@contextmanager
def post(folder: Path, sink: CheckedSink | None = None, **changes: Any) -> Iterator[Post]:
    if not (folder / "people.json").exists():
        write_people(
            folder,
            Member(("0012", "card-77"), COOK, CERTIFICATE, "2099-08-14"),
            Member(("0001",), HEAD, CERTIFICATE, "2020-08-14"),
            Member(("0002",), "person:" + "a" * 26),
        )
    sink = sink or CheckedSink()
    driver = from_config(table(folder, **changes))
    stop = threading.Event()
    thread = threading.Thread(target=driver.run, args=(sink, stop))
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while driver.address is None:
            assert time.monotonic() < deadline, driver.status()
            time.sleep(0.01)
        scheme = "https" if "tls_key" in changes else "http"
        running = Post(driver, sink, folder, f"{scheme}://127.0.0.1:{driver.address[1]}")
        yield running
        for terminal in running.opened:
            terminal.close()
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
