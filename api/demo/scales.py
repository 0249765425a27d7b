"""The demo's scales: emulated ones of four makers, each on a serial line, and what is put on them.

somebody puts goods on → emulated scale → pseudo-terminal → the gateway's driver
"""

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from api.demo import cast
from api.demo.goods import DIVISION_G, ITEMS, TARE_G, WASTE
from api.demo.posting import ORDER
from devices.emulators.by_hand import ByHand
from devices.emulators.pseudo_terminal import PseudoTerminal
from devices.emulators.scale import EmulatedScale
from devices.emulators.scale_answers import dialogue
from devices.local.journal import FileJournal
from devices.scales.families import parser
from devices.scales.parser import Scanner

FAMILIES: Final = ("yaohua-a12e", "toledo-continuous-checked", "mt-sics", "cas")
LOADS_G: Final = (*(item.arrived_g + TARE_G for item in ITEMS), WASTE[2])
"""What lies on each of them, crate and all."""
_BAUD: Final = 9_600
_SETTLE_MS: Final = 400


def shown(gross_g: int) -> str:
    """As a display shows it."""
    return f"{gross_g / 1000:.3f}"


@dataclass
class Scales:
    """All four, empty until `load`.

    Attributes:
        folder: for what lies on them.
        state: the gateway's, where its drivers say what they have seen.
    """

    folder: Path
    state: Path
    ports: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _opened: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        for number, family in enumerate(FAMILIES):
            terminal = self._opened.enter_context(PseudoTerminal(_BAUD))
            talk = parser(family)
            assert isinstance(talk, Scanner)
            script = ByHand(
                self._lies(number), 3, "kg", settle_ms=_SETTLE_MS, tell=lambda _line: None
            )
            played = threading.Thread(
                target=EmulatedScale(terminal, dialogue(talk), script).run,
                args=(self._stop.is_set,),
                daemon=True,
            )
            played.start()
            self._opened.callback(played.join, 5)
            self.ports.append(terminal.path)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._opened.close()

    def load(self) -> None:
        """Put everything on."""
        for number, gross_g in enumerate(LOADS_G):
            fresh = self._lies(number).with_suffix(".new")
            fresh.write_text(shown(gross_g))
            fresh.replace(self._lies(number))

    def seen_empty(self) -> bool:
        """Whether the gateway is ready for a load on each."""
        return self._all(armed=True)

    def weighed(self) -> bool:
        """Whether the gateway has the record of each load on its disk."""
        return self._all(armed=False)

    def tables(self, calibrations: list[str], films: list[tuple[Path, str]], *, read: bool) -> str:
        """Their tables of gateway.toml.

        Args:
            calibrations: id of each one's record.
            films: what each one's camera sees, and where in it the display is.
            read: whether the display is read.
        """
        found = []
        for number, (film, display) in enumerate(films):
            camera = f'[scale.camera]\nsource = "{film}"\ndisplay = {display}\n'
            if read:
                camera += "[scale.camera.reading]\ndecimals = 3\n"
            found.append(
                f'[[scale]]\ndevice = "{cast.SCALES[number]}"\ncanteen = "{cast.CANTEEN}"\n'
                f'calibration = "{calibrations[number]}"\nport = "{self.ports[number]}"\n'
                f'family = "{FAMILIES[number]}"\nbaud = {_BAUD}\n'
                f"division_mg = {DIVISION_G * 1000}\n{_goods(number)}{camera}"
            )
        return "\n".join(found)

    def _all(self, *, armed: bool) -> bool:
        wanted = {"armed": armed, "count": None}
        names = (scale.partition(":")[2] for scale in cast.SCALES)
        return all(
            FileJournal(self.state / f"{name}.scale.journal").load() == wanted for name in names
        )

    def _lies(self, number: int) -> Path:
        return self.folder / f"scale-{number + 1}.load"


def _goods(number: int) -> str:
    if number >= len(ITEMS):
        return f'item_code = "{WASTE[0]}"\ndirection = "waste"\n'
    item = ITEMS[number]
    return (
        f'item_code = "{item.code}"\nsupplier = "{cast.MEAT}"\norder = "{ORDER}"\n'
        f'order_line_no = {item.line_no}\nlot_no = "{item.lot_no}"\ntare_g = {TARE_G}\n'
    )
