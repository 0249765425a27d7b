"""How a cabinet is (设备状态): whether it answers, its probe works and moves, its samples are in order.

    working          it answers, with temperatures
    degraded         it does not answer, or something lies in it of which no record can be made
    sensor-failure   it answers without a temperature, or with one that has not moved for `stuck_s`

A fault that is over within `fault_s` is not told. A compressor switches, doors open: a temperature
that is one and the same for six hours is a probe's that hangs. It is logged all the same, as read.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from devices.cabinet.settings import Settings

WORKING: Final = "working"
DEGRADED: Final = "degraded"
SENSOR_FAILURE: Final = "sensor-failure"
_ENOUGH: Final = 24
"""Readings that must be alike before a probe counts as stuck."""


class Health:
    """What is wrong, and since when.

    Attributes:
        last_good_ms: the last temperature.
        cause: of the trouble that lasts or was last, as an `outage` names it.
        told: status and problems of the last device-status.
        told_ms: when that was.
        task: which task it was.
    """

    def __init__(self, settings: Settings, saved: Mapping[str, Any] | None = None) -> None:
        self._settings = settings
        kept = saved or {}
        self.last_good_ms: int | None = kept.get("last_good_ms")
        self.cause: str = kept.get("cause", "device-failure")
        self.told: list[Any] | None = kept.get("told")
        self.told_ms: int = kept.get("told_ms", 0)
        self.task: int | None = kept.get("task")
        self._value: int | None = None
        self._same_since_ms = 0
        self._same = 0
        self._bad: dict[str, int] = {}

    def state(self) -> dict[str, Any]:
        """For the journal. What is wrong now is seen anew after a restart."""
        return {
            "last_good_ms": self.last_good_ms,
            "cause": self.cause,
            "told": self.told,
            "told_ms": self.told_ms,
            "task": self.task,
        }

    def good(self, mC: int, at_ms: int) -> None:
        """A temperature was read."""
        self.last_good_ms = at_ms
        self._set("no-answer", False, at_ms)
        self._set("no-temperature", False, at_ms)
        if mC != self._value:
            self._value, self._same_since_ms, self._same = mC, at_ms, 0
        self._same += 1
        stuck = at_ms - self._same_since_ms >= 1000 * self._settings.stuck_s
        self._set("stuck", stuck and self._same >= _ENOUGH, at_ms)

    def blind(self, at_ms: int) -> None:
        """It answered without a temperature."""
        self._set("no-answer", False, at_ms)
        self._set("no-temperature", True, at_ms)
        self.cause = "device-failure"

    def clock_set(self, by_ms: int) -> None:
        """The clock was set: all times are moved along."""
        self.last_good_ms = None if self.last_good_ms is None else self.last_good_ms + by_ms
        self.told_ms += by_ms
        self._same_since_ms += by_ms
        self._bad = {name: since + by_ms for name, since in self._bad.items()}

    def silent(self, cause: str, at_ms: int) -> None:
        """It did not answer."""
        self._set("no-answer", True, at_ms)
        self.cause = cause

    def wanting(self, problems: Sequence[str], at_ms: int) -> None:
        """What keeps records from being made, `label-unreadable` for instance."""
        for name in [one for one in self._bad if one not in _OWN]:
            self._set(name, name in problems, at_ms)
        for name in problems:
            self._set(name, True, at_ms)

    def now(self, at_ms: int) -> tuple[str, list[str]]:
        """The status, and what is wrong for longer than `fault_s`."""
        patience_ms = 1000 * self._settings.fault_s
        wrong = sorted(
            name
            for name, since in self._bad.items()
            if name == "stuck" or at_ms - since >= patience_ms
        )
        if not wrong:
            return WORKING, []
        if "no-answer" not in wrong and {"stuck", "no-temperature"} & set(wrong):
            return SENSOR_FAILURE, wrong
        return DEGRADED, wrong

    @property
    def wrong(self) -> list[str]:
        """What is wrong at this moment, however short."""
        return sorted(self._bad)

    def to_tell(self, at_ms: int) -> tuple[str, list[str]] | None:
        """A status to be told: another one than before, or the same after `status_s`."""
        status, wrong = self.now(at_ms)
        if self._bad and not wrong and self.told is None:
            return None  # a first look that failed is no status yet
        if self.told == [status, wrong]:
            due = at_ms - self.told_ms >= 1000 * self._settings.status_s
            return (status, wrong) if due else None
        return status, wrong

    def tell(self, status: str, wrong: Sequence[str], at_ms: int, task: int) -> None:
        """It was told."""
        self.told, self.told_ms, self.task = [status, list(wrong)], at_ms, task

    def _set(self, name: str, wrong: bool, at_ms: int) -> None:
        if wrong:
            self._bad.setdefault(name, at_ms)
        else:
            self._bad.pop(name, None)


_OWN: Final = frozenset({"no-answer", "no-temperature", "stuck"})
