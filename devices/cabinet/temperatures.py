"""The series of temperatures (温度记录), cut into batches without a gap.

A tick every `interval_s` has a count of its own and a temperature, or null where there was none: a
probe that failed, a cabinet that did not answer. Nothing is repeated, interpolated or left out. What
does not follow on (a count that leaps, a time off the grid by more than half an interval, as after a
stop or when the clock was set) begins a new batch: the break shows in counts and times, and the batch
after it says so (`ext.gap`).
"""

from collections.abc import Mapping
from typing import Any

from devices.cabinet.settings import Settings
from devices.gateway.driver import Clock
from ledger import timestamp


class Series:
    """The batch that is open.

    Attributes:
        ends: excursions that ended, to be told with the batch that shows their end.
    """

    def __init__(self, settings: Settings, saved: Mapping[str, Any] | None = None) -> None:
        self._settings = settings
        self._open: dict[str, Any] | None = dict(saved["open"]) if saved and saved["open"] else None
        self.ends: list[dict[str, Any]] = list(saved["ends"]) if saved else []
        before = saved.get("before") if saved else None
        self._before: dict[str, Any] | None = dict(before) if before else None

    def state(self) -> dict[str, Any]:
        """For the journal."""
        return {"open": self._open, "ends": self.ends, "before": self._before}

    def clock_set(self, by_ms: int) -> None:
        """The clock was set; the readings keep the times that they were read at."""
        for batch in (self._open, self._before):
            if batch is not None:
                batch["set_ms"] = batch.get("set_ms", 0) + by_ms

    def due_ms(self, now_ms: int) -> int:
        """When the next tick is: on the grid of the open batch where that is near, else now."""
        step = 1000 * self._settings.interval_s
        if self._open is None:
            return now_ms
        due: int = self._open["first_ms"] + len(self._open["mC"]) * step
        return due if now_ms - step // 2 <= due <= now_ms + step else now_ms

    def follows(self, counter: int, at_ms: int) -> bool:
        """Whether a tick goes on with the open batch."""
        if self._open is None:
            return False
        size = len(self._open["mC"])
        step = 1000 * self._settings.interval_s
        due = self._open["first_ms"] + size * step
        return bool(
            counter == self._open["counter"] + size
            and abs(at_ms - due) <= step // 2
            and at_ms >= self._open["last_ms"]
        )

    def add(self, counter: int, at_ms: int, mC: int | None) -> None:
        """One tick; the caller has closed a batch that it does not follow."""
        if self._open is None:
            self._open = {"counter": counter, "first_ms": at_ms, "last_ms": at_ms, "mC": []}
            gap = self._gap(counter, at_ms)
            if gap is not None:
                self._open["gap"] = gap
            self._before = None
        self._open["mC"] = [*self._open["mC"], mC]
        self._open["last_ms"] = at_ms

    @property
    def full(self) -> bool:
        """Whether it is time to close the batch, the end of an excursion included."""
        if self._open is None:
            return False
        lasted = self._open["last_ms"] - self._open["first_ms"] + 1000 * self._settings.interval_s
        return (
            bool(self.ends)
            or len(self._open["mC"]) >= self._settings.batch_readings
            or lasted >= 60_000 * self._settings.batch_minutes
        )

    def close(self, clock: Clock) -> dict[str, Any] | None:
        """The payload of the batch, which is open no more; None where there was none."""
        batch = self._open
        if batch is None:
            return None
        settings = self._settings
        said: dict[str, Any] = {
            "canteen": settings.canteen,
            "cabinet": settings.device,
            "place": settings.place,
            "counter_from": batch["counter"],
            "counter_until": batch["counter"] + len(batch["mC"]) - 1,
            "interval_s": settings.interval_s,
            "first_read_at": timestamp.format(batch["first_ms"]),
            "last_read_at": timestamp.format(batch["last_ms"]),
            "mC_readings": batch["mC"],
            "alarm_low_mC": settings.low_mC,
            "alarm_high_mC": settings.high_mC,
            "clock_state": clock.state,
            "clock_offset_ms": clock.offset_ms,
        }
        if settings.calibration is not None:
            said["calibration"] = settings.calibration
        if "gap" in batch:
            said["ext"] = {"gap": batch["gap"]}
        until = said["counter_until"]
        self._before = {"counter": until, "last_ms": batch["last_ms"]}
        if "set_ms" in batch:
            self._before["set_ms"] = batch["set_ms"]
        self._open, self.ends = None, []
        return said

    def _gap(self, counter: int, at_ms: int) -> dict[str, Any] | None:
        """What lies between the batch before and one that begins now; None: it follows on."""
        before = self._before
        if before is None:
            return None
        step = 1000 * self._settings.interval_s
        late_ms = at_ms - before["last_ms"] - step
        counts = counter - before["counter"] - 1
        set_ms = before.get("set_ms", 0)
        if late_ms <= step // 2 and counts == 0 and not (set_ms and late_ms < -step // 2):
            return None
        found = {"after": timestamp.format(before["last_ms"]), "counts": counts}
        return {**found, "clock_set_by_ms": set_ms} if set_ms else found
