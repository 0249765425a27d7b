"""A sample cabinet that exists only here: its temperature, door and slots, by the second.

The temperature saws between compressor on and off, and drifts towards the room while the door is
open. Everything follows from the seconds since it was switched on and from what was done to it: a day
with the same script is the same day.
"""

import math
import threading
from dataclasses import dataclass, field

from ledger.errors import MalformedError

CYCLE_S = 1_200.0
"""Seconds from one start of the compressor to the next."""
SWING_MC = 600
ROOM_MC = 24_000
WARMING_S = 900.0
"""Seconds in which an open cabinet comes within a third of the room's temperature."""


@dataclass(slots=True)
class Slot:
    """What lies in a slot."""

    weight_g: int = 0
    label: str = ""


@dataclass(slots=True)
class Faults:
    """What is wrong with it.

    Attributes:
        exception: Modbus exception that every read is answered with; 0: none.
        delay_s: seconds before an answer.
        no_probe: whether the probe gives nothing.
        stuck: whether the temperature stands still.
        silent: whether it answers and publishes nothing.
        garbled: whether it publishes what is no message.
    """

    exception: int = 0
    delay_s: float = 0.0
    no_probe: bool = False
    stuck: bool = False
    silent: bool = False
    garbled: bool = False


@dataclass
class CabinetState:
    """One cabinet; may be changed and read by several threads.

    Attributes:
        names: of its slots, in order.
        base_mC: about which its temperature swings.
        slots: what lies where.
        faults: what is wrong with it.
    """

    names: tuple[str, ...] = ("A1", "A2", "A3", "B1", "B2", "B3")
    base_mC: int = 4_000
    firmware: str = "emulator 1"
    slots: dict[str, Slot] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    door_open: bool = False
    operator: str = ""
    fixed_mC: int | None = None
    _warmth_mC: float = 0.0
    _at_s: float = 0.0
    _stuck_mC: int | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Every slot is empty."""
        self.slots = {name: Slot() for name in self.names}

    def advance(self, to_s: float) -> None:
        """It is so many seconds since it was switched on."""
        with self._lock:
            passed, self._at_s = max(0.0, to_s - self._at_s), to_s
            aim = (ROOM_MC - self.base_mC) if self.door_open else 0
            speed = WARMING_S if self.door_open else 3 * WARMING_S
            self._warmth_mC = aim + (self._warmth_mC - aim) * math.exp(-passed / speed)

    @property
    def temperature_mC(self) -> int | None:
        """What its probe says, in tenths of a degree."""
        with self._lock:
            if self.faults.no_probe:
                return None
            if self.faults.stuck:
                if self._stuck_mC is None:
                    self._stuck_mC = self._now_mC()
                return self._stuck_mC
            self._stuck_mC = None
            return self._now_mC()

    def open(self, operator: str) -> None:
        """Somebody opens the door."""
        with self._lock:
            self.door_open, self.operator = True, operator

    def close(self) -> None:
        """The door is closed."""
        with self._lock:
            self.door_open = False

    def put(self, slot: str, weight_g: int, label: str) -> None:
        """A container is put into a slot."""
        with self._lock:
            self.slots[self._known(slot)] = Slot(weight_g, label)

    def take(self, slot: str) -> None:
        """A slot is emptied."""
        with self._lock:
            self.slots[self._known(slot)] = Slot()

    def contents(self) -> dict[str, Slot]:
        """What lies where."""
        with self._lock:
            return {name: Slot(slot.weight_g, slot.label) for name, slot in self.slots.items()}

    def _now_mC(self) -> int:
        if self.fixed_mC is not None:
            return self.fixed_mC
        phase = self._at_s % CYCLE_S / CYCLE_S
        saw = 1 - 2 * phase if phase < 0.5 else 2 * phase - 1
        return round((self.base_mC + SWING_MC * (saw - 0.5) + self._warmth_mC) / 100) * 100

    def _known(self, slot: str) -> str:
        if slot not in self.slots:
            raise MalformedError(f"no slot {slot!r:.20}; there are {', '.join(self.names)}")
        return slot
