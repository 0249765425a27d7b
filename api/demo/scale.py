"""The demo's scale: an emulated one on a serial line, read as a gateway reads it.

emulated scale → pseudo-terminal → pyserial → parser → load at rest
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from devices.emulators.loads import Load, Script
from devices.emulators.pseudo_terminal import PseudoTerminal
from devices.emulators.scale import EmulatedScale
from devices.emulators.scale_answers import dialogue
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
