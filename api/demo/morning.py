"""The demo's morning check: an emulated terminal posts to the gateway, which knows who is who.

    emulated terminal → HTTP → gateway: number → pseudonym and certificate → signed, on disk → service

The terminal knows people by their staff numbers; what leaves the gateway knows pseudonyms only.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from api.demo import cast
from api.demo.ports import free_port
from devices.emulators.terminal import Reading, Terminal
from devices.local import people
from devices.local.people import KnownPeople, Member
from ledger.errors import UnavailableError

_CODE: Final = "MC-01"


@dataclass(frozen=True, slots=True)
class Morning:
    """One terminal, and the file that says who is who.

    Attributes:
        people_file: the gateway's.
    """

    people_file: Path
    _secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    _port: int = field(default_factory=free_port)

    def table(self) -> str:
        """Its table of gateway.toml."""
        return (
            f'[[terminal]]\ndevice = "{cast.CHECKER}"\ncanteen = "{cast.CANTEEN}"\n'
            f'code = "{_CODE}"\nport = {self._port}\nsecret = "{self._secret}"\n'
            f'people = "{self.people_file}"\n'
        )

    def known(self, members: Sequence[Member], on: date) -> None:
        """Say who is who, on the gateway alone."""
        self.people_file.touch(0o600)
        self.people_file.write_bytes(people.serialise(KnownPeople(members, people.school_year(on))))

    def checked(self, readings: Sequence[Reading]) -> list[str]:
        """Have the terminal post these; the ids of their records, which the gateway keeps.

        Raises:
            UnavailableError: the gateway does not take one of them.
        """
        terminal = Terminal(f"http://127.0.0.1:{self._port}", self._secret, code=_CODE)
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
