"""What is known of this machine's clock (时钟): compared, reported, and never set.

A gateway's records bear the time of its own clock, right or wrong. What can be done honestly is to
say how wrong: each answer of the service tells what time it was there, between two instants of a
steady clock that nobody sets. So at any later moment

    ahead by = this clock − (steady clock + what the service's was ahead of it at the last contact)

which also shows, at once and without any network, when somebody sets this clock. The comparison
holds as long as the steady clock runs: through restarts of the program, not of the machine. After
those nothing is known until the service is heard again.
"""

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from devices.client import files
from devices.gateway.driver import Clock
from devices.outbox import Contact, steady_ms
from ledger.errors import LedgerError

TOLERANCE_MS: Final = 2000
"""A clock that may be within this of the service's is called synchronised."""
STEP_MS: Final = 500
"""A change against the steady clock between two looks that no drift explains."""
DRIFT_PPM: Final = 100
"""How much two quartz clocks part at worst: by so much an older comparison is less certain."""
STEPS_KEPT: Final = 20
_KEEP_EVERY_MS: Final = 60_000
_LARGEST_FILE: Final = 1 << 16
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far the service's clock was ahead of the steady one: between the two.

    Attributes:
        low_ms: at least.
        high_ms: at most.
        at_ms: when, by the steady clock.
        wall_ms: when, by this machine's clock.
    """

    low_ms: int
    high_ms: int
    at_ms: int
    wall_ms: int

    def with_(self, contact: Contact, wall_ms: int) -> "Comparison":
        """What both say, where they can both be true; else what was heard last.

        The service read its clock after the request left and before the answer came: the longer
        that took, the less is known.
        """
        low = contact.server_from_ms - contact.received_ms
        high = contact.server_until_ms - contact.sent_ms
        aged = (contact.received_ms - self.at_ms) * DRIFT_PPM // 1_000_000 + 1
        both = max(low, self.low_ms - aged), min(high, self.high_ms + aged)
        low, high = both if both[0] <= both[1] else (low, high)
        return Comparison(low, high, contact.received_ms, wall_ms)


@dataclass(frozen=True, slots=True)
class Step:
    """This machine's clock was set.

    Attributes:
        at_ms: when that was noticed, by the clock as it is since.
        by_ms: by how much, forward or back.
    """

    at_ms: int
    by_ms: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known at a moment.

    Attributes:
        clock: as it stands in records.
        uncertainty_ms: the offset is right within this; None: nothing is known.
        compared_at_ms: the last contact, by this machine's clock; None: never.
        steps: times it was set, the newest last.
    """

    clock: Clock
    uncertainty_ms: int | None
    compared_at_ms: int | None
    steps: tuple[Step, ...]


class ClockWatch:
    """Watches this machine's clock; may be used by many threads."""

    def __init__(
        self,
        kept_at: Path | None = None,
        *,
        tolerance_ms: int = TOLERANCE_MS,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        steady: Callable[[], int] = steady_ms,
        boot: str | None = None,
    ) -> None:
        """Goes on from what was kept, if the machine has run since.

        Args:
            kept_at: a file that outlives the process.
            tolerance_ms: how far off still counts as synchronised.
            wall_ms: this machine's clock.
            steady: a clock that nobody sets.
            boot: names this run of the machine; None: as the system says.
        """
        self._kept_at = kept_at
        self._tolerance_ms = tolerance_ms
        self._wall_ms = wall_ms
        self._steady = steady
        self._boot = _boot_id() if boot is None else boot
        self._lock = threading.Lock()
        self._known: Comparison | None = None
        self._last_at_ms: int | None = None
        self._steps: tuple[Step, ...] = ()
        self._kept_ms: int | None = None
        self._base_ms = self._now_base()
        self._restore()

    def heard(self, contact: Contact) -> None:
        """The service answered."""
        with self._lock:
            self._look()
            wall = self._wall_ms()
            if self._known is None:
                low = contact.server_from_ms - contact.received_ms
                high = contact.server_until_ms - contact.sent_ms
                self._known = Comparison(low, high, contact.received_ms, wall)
            else:
                self._known = self._known.with_(contact, wall)
            self._last_at_ms = wall
            due = self._kept_ms is None or self._steady() - self._kept_ms >= _KEEP_EVERY_MS
            if due:
                self._keep()

    def look(self) -> Step | None:
        """Notice whether the clock was set since the last look; to be called now and then."""
        with self._lock:
            return self._look()

    def clock(self) -> Clock:
        """What records say of the clock now."""
        return self.read().clock

    def read(self) -> Reading:
        """All that is known now."""
        with self._lock:
            self._look()
            known = self._known
            if known is None:
                return Reading(Clock("unknown", None), None, self._last_at_ms, self._steps)
            # Ahead by at least and at most; the older the comparison, the wider it may have become.
            aged = (self._steady() - known.at_ms) * DRIFT_PPM // 1_000_000
            least, most = self._base_ms - known.high_ms, self._base_ms - known.low_ms
            agrees = least <= self._tolerance_ms and most >= -self._tolerance_ms
            return Reading(
                Clock("synchronised" if agrees else "unsynchronised", (least + most) // 2),
                (most - least + 1) // 2 + aged,
                self._last_at_ms,
                self._steps,
            )

    def _now_base(self) -> int:
        return self._wall_ms() - self._steady()

    def _look(self) -> Step | None:
        base = self._now_base()
        by, self._base_ms = base - self._base_ms, base
        if abs(by) < STEP_MS:
            return None
        step = Step(self._wall_ms(), by)
        self._steps = (*self._steps, step)[-STEPS_KEPT:]
        self._keep()
        return step

    # Across restarts

    def _keep(self) -> None:
        if self._kept_at is None:
            return
        known = self._known
        value = {
            "boot": self._boot,
            "base_ms": self._base_ms,
            "known": known and [known.low_ms, known.high_ms, known.at_ms, known.wall_ms],
            "last_at_ms": self._last_at_ms,
            "wall_ms": self._wall_ms(),
            "steps": [[step.at_ms, step.by_ms] for step in self._steps],
        }
        with contextlib.suppress(LedgerError):  # a full disk must not stop the clock
            files.keep(self._kept_at, json.dumps(value).encode())
        self._kept_ms = self._steady()

    def _restore(self) -> None:
        kept = self._read_kept()
        if kept is None:
            return
        self._steps = tuple(Step(*step) for step in kept["steps"])
        self._last_at_ms = kept["last_at_ms"]
        if self._boot and kept["boot"] == self._boot:
            self._known = kept["known"] and Comparison(*kept["known"])
            self._base_ms = kept["base_ms"]
            self._look()
        elif self._wall_ms() < kept["wall_ms"]:
            back = Step(self._wall_ms(), self._wall_ms() - kept["wall_ms"])
            self._steps = (*self._steps, back)[-STEPS_KEPT:]

    def _read_kept(self) -> dict[str, Any] | None:
        if self._kept_at is None:
            return None
        try:
            data = files.read(self._kept_at, largest=_LARGEST_FILE)
            value = None if data is None else json.loads(data)
            expected = {"boot", "base_ms", "known", "last_at_ms", "wall_ms", "steps"}
            return value if isinstance(value, dict) and value.keys() == expected else None
        except (LedgerError, ValueError):
            return None


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""
