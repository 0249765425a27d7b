"""The demo's kitchen floor: an emulated scale on a serial line, and the gateway's outbox.

    emulated scale → pseudo-terminal → parser → load at rest → signed, on disk ┈ power fails ┈ → service

No hardware and no network is needed until the weighings are sent: they are signed when they are made.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.client import Evidence, Receipt, SigningKey
from devices.emulators.loads import Load, Script
from devices.emulators.pseudo_terminal import PseudoTerminal
from devices.emulators.scale import EmulatedScale
from devices.emulators.scale_answers import dialogue
from devices.outbox import Outbox
from devices.scales.families import parser
from devices.scales.parser import Scanner
from devices.scales.port import Port
from devices.scales.scale import Scale
from devices.scales.stable import Rule, Steady, Weighing
from ledger.errors import UnavailableError

FAMILY: Final = "yaohua-a12e"
DIVISION_G: Final = 20
_UG_PER_G: Final = 1_000_000
_BAUD: Final = 9_600
_WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway of one canteen.

    Attributes:
        folder: of its outbox.
        party: whose key signs.
        key: that key.
        policy: of the log.
        url: of the service.
        token: of the party.
    """

    folder: Path
    party: str
    key: SigningKey
    policy: bytes
    url: str
    token: str

    def keep(self, said: Sequence[Evidence], lane: str) -> list[str]:
        """Sign these and put them on disk, without a network; their ids."""
        with self.outbox() as outbox:
            return [outbox.keep(one, lane=lane) for one in said]

    def send(self, ids: Sequence[str]) -> Mapping[str, Receipt]:
        """Open the outbox anew, as after a power failure, and send what waits there.

        Raises:
            UnavailableError: not all of them were taken within a minute.
        """
        with self.outbox() as outbox:
            until = time.monotonic() + _WITHIN_S
            with outbox.sending(self.url, self.token):
                while outbox.state().waiting and time.monotonic() < until:
                    time.sleep(0.02)
            if outbox.state().waiting or outbox.parked():
                raise UnavailableError("the service did not take what the gateway kept")
            return {record_id: outbox.receipt(record_id) for record_id in ids}

    @contextmanager
    def outbox(self) -> Iterator[Outbox]:
        """Its outbox, opened while the block runs."""
        outbox = Outbox(self.folder, party=self.party, policy=self.policy, key=self.key)
        try:
            yield outbox
        finally:
            outbox.close()


def weigh(gross_g: Sequence[int]) -> list[Weighing]:
    """Put loads on an emulated scale, one after the other, and read its line as a gateway does.

    Raises:
        UnavailableError: not all of them came to rest within a minute.
    """
    script = Script(
        [Load(grams) for grams in gross_g], pause_ms=1_000, settle_ms=400, hold_ms=1_000
    )
    talk = parser(FAMILY)
    assert isinstance(talk, Scanner)
    found: list[Weighing] = []
    stop = threading.Event()
    with PseudoTerminal(_BAUD) as terminal:
        line = Port(terminal.path, _BAUD)
        rest = Steady(equal=5, span_ms=400)  # nobody sways on an emulated scale
        rule = Rule(unflagged=rest, division_ug=DIVISION_G * _UG_PER_G)
        scale = Scale.of(line, parser(FAMILY), rule)
        emulated = EmulatedScale(terminal, dialogue(talk), script)
        played = threading.Thread(target=_play, args=(emulated, stop.is_set), daemon=True)
        until = time.monotonic() + _WITHIN_S
        line.open()
        played.start()
        try:
            while len(found) < len(gross_g) and time.monotonic() < until:
                found += scale.turn().weighings
        finally:
            stop.set()
            played.join()
            line.close()
    if len(found) < len(gross_g):
        raise UnavailableError(f"{len(found)} of {len(gross_g)} loads came to rest on the scale")
    return found


def _play(emulated: EmulatedScale, stop: Callable[[], bool]) -> None:
    emulated.run(stop, times=1)
