"""The demo's morning check: an emulated terminal posts to the gateway, which knows who is who.

    emulated terminal → HTTP → gateway: number → pseudonym and certificate → signed, on disk → service

The terminal knows people by their staff numbers; what leaves the gateway knows pseudonyms only.
"""

import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from api.demo import cast
from api.demo.gateway import Gateway
from devices.emulators.terminal import Reading, Terminal
from devices.gateway.clock import ClockWatch
from devices.gateway.sink import OutboxSink
from devices.local import people
from devices.local.people import KnownPeople, Member
from devices.terminal.driver import TerminalDriver, from_config
from ledger.errors import UnavailableError

_CODE: Final = "MC-01"
_WITHIN_S: Final = 20.0


def checked(
    gateway: Gateway, canteen: str, members: Sequence[Member], on: date, readings: Sequence[Reading]
) -> Sequence[str]:
    """Have a terminal post these readings; the ids under which the gateway keeps them.

    Raises:
        UnavailableError: the gateway does not listen, or does not take one of them.
    """
    folder = gateway.folder.parent / "terminal"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "people.json"
    file.touch(0o600)
    file.write_bytes(people.serialise(KnownPeople(members, people.school_year(on))))
    secret = secrets.token_urlsafe(24)
    driver = from_config(
        {
            "device": cast.CHECKER, "code": _CODE, "canteen": canteen, "port": 0, "secret": secret,
            "people": str(file), "seen": str(folder / "checks.db"),
        }
    )  # fmt: skip
    with _listening(driver, gateway, folder) as url:
        terminal = Terminal(url, secret, code=_CODE)
        try:
            return [_record(terminal, reading) for reading in readings]
        finally:
            terminal.close()


def _record(terminal: Terminal, reading: Reading) -> str:
    answer = terminal.check(reading)
    told: Mapping[str, Any] = answer.json()
    if answer.status_code != 200 or "record" not in told:
        raise UnavailableError("the gateway did not take a morning check")
    return str(told["record"])


@contextmanager
def _listening(driver: TerminalDriver, gateway: Gateway, folder: Path) -> Iterator[str]:
    """The gateway's side of it, while the block runs; its address."""
    stop = threading.Event()
    with gateway.outbox() as outbox:
        sink = OutboxSink(outbox, ClockWatch(folder / "clock.json"))
        thread = threading.Thread(target=driver.run, args=(sink, stop), daemon=True)
        thread.start()
        try:
            until = time.monotonic() + _WITHIN_S
            while driver.address is None and time.monotonic() < until:
                time.sleep(0.02)
            if driver.address is None:
                raise UnavailableError("the gateway does not listen to the terminal")
            yield f"http://{driver.address[0]}:{driver.address[1]}"
        finally:
            stop.set()
            thread.join()
