"""An emulated scale whose load is put on and taken off by hand: what a file says lies there.

    mealtrace-gateway emulate scale --by-hand load.txt --link ./scale &
    echo 12.485 > load.txt        puts it on
    : > load.txt                  takes it off

Each load that has come to rest is told on stdout, one JSON object a line: what was really there, to
hold against what a gateway recorded.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from devices.emulators.loads import Load, swinging
from devices.scales.frame import Frame
from devices.scales.units import Unit
from ledger.errors import MalformedError

_FOR_EVER_MS: Final = 1 << 50


def _told(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class ByHand:
    """In the place of a `Script`.

    Attributes:
        length_ms: it never ends.
    """

    length_ms = _FOR_EVER_MS

    def __init__(
        self,
        path: Path,
        decimals: int,
        unit: Unit,
        *,
        settle_ms: int = 1_500,
        capacity: int = 150_000,
        tell: Callable[[str], None] = _told,
    ) -> None:
        """`path` need not be there: nothing lies on the scale then."""
        self._path = path
        self._decimals = decimals
        self._unit = unit
        self._settle_ms = settle_ms
        self._capacity = capacity
        self._tell = tell
        self._before = self._load = 0
        self._since_ms = 0
        self._rests = True
        self._number = 0

    def at(self, elapsed_ms: int) -> Frame:
        """What is shown now."""
        lies = self._lies()
        if lies != self._load:
            self._before, self._load, self._since_ms = self._load, lies, elapsed_ms
            self._rests = False
        since_ms = elapsed_ms - self._since_ms
        if since_ms < self._settle_ms:
            shown = swinging(self._before, self._load, since_ms, self._settle_ms)
            return self._frame(shown, moving=True)
        if not self._rests:
            self._rests = True
            if self._load:
                self._number += 1
                self._tell(json.dumps({"load": self._number, "digits": self._load}))
        return self._frame(self._load, moving=False)

    def _lies(self) -> int:
        """What the file says; what it does not say clearly changes nothing."""
        try:
            text = self._path.read_text("utf-8").strip()
            return Load.parse(text, self._decimals).goods if text else 0
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, MalformedError):
            return self._load

    def _frame(self, digits: int, *, moving: bool) -> Frame:
        shown = Frame(b"", digits, self._decimals, self._unit, "gross", not moving, 0)
        if digits > self._capacity:
            return shown._replace(value=None, overload=True, stable=False)
        return shown
