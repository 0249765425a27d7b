"""What follows from what a cabinet says: the whole of it, without a clock, a wire or a disk.

    see(look) · miss(cause) · tick(counter) · stop()   →   tasks, and state for the journal

A task is in the journal before the sink gets it, and leaves the journal once the sink has it: a
power cut in between repeats the task, with the same content and document key, and loses nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from devices.cabinet.alarms import Direction, Excursion, Watch
from devices.cabinet.health import Health
from devices.cabinet.look import Look
from devices.cabinet.samples import Change, Slots
from devices.cabinet.settings import Settings
from devices.cabinet.task import Task
from devices.cabinet.temperatures import Series
from devices.gateway.driver import Clock
from ledger import timestamp

_ZONES: Final = {"sample-cabinet": "sample-cabinet", "cold-room": "cold-store"}
"""What an alarm calls a place, where a log calls it otherwise."""
_REFUSED: Final = 20


class Cabinet:
    """One cabinet.

    Attributes:
        tasks: records to be made, oldest first.
        refused: the last that the sink refused: type, time and why.
        changed: whether `state` differs in what must not be lost since it was last saved.
        latest: the last look, and when it was.
    """

    def __init__(self, settings: Settings, saved: Mapping[str, Any] | None = None) -> None:
        kept: Mapping[str, Any] = saved or {}
        self._settings = settings
        self._series = Series(settings, kept.get("series"))
        self._slots = Slots(settings, kept.get("slots"))
        self.health = Health(settings, kept.get("health"))
        self.tasks = [Task.of_json(one) for one in kept.get("tasks", ())]
        self._kept: dict[str, str] = dict(kept.get("kept", {}))
        self.refused: list[list[Any]] = list(kept.get("refused", ()))
        self._last_no: int = kept.get("last_no", 0)
        self._alive_ms: int | None = kept.get("alive_ms")
        self._looked_ms: int | None = kept.get("looked_ms")
        self._limits: dict[str, Any] = dict(kept.get("limits", {}))
        self._restarted = saved is not None
        self._watches = self._watch(kept.get("alarms", {}))
        self.latest: tuple[Look, int] | None = None
        self.changed = saved is None

    def state(self) -> dict[str, Any]:
        """For the journal."""
        return {
            "v": 1,
            "series": self._series.state(),
            "slots": self._slots.state(),
            "health": self.health.state(),
            "tasks": [task.to_json() for task in self.tasks],
            "kept": self._kept,
            "refused": self.refused,
            "last_no": self._last_no,
            "alive_ms": self._alive_ms,
            "looked_ms": self._looked_ms,
            "limits": self._limits,
            "alarms": {one.direction: one.state() for one in self._watches},
        }

    def see(self, look: Look, at_ms: int) -> None:
        """The cabinet answered."""
        unseen = None
        if self._looked_ms is None or at_ms - self._looked_ms > self._unseen_ms():
            unseen = self._looked_ms
        self._looked_ms = at_ms
        self.latest = look, at_ms
        mC = self._fresh(at_ms)
        if mC is None:
            self.health.blind(at_ms)
        else:
            measured_ms = at_ms if look.temperature_at_ms is None else look.temperature_at_ms
            self._warm(mC, measured_ms, at_ms)
        mark = self._slots.mark
        for change in self._slots.see(look, at_ms, unseen):
            self._changed_slot(change)
        for change in self._slots.overdue(at_ms):
            self._changed_slot(change)
        self.changed |= mark != self._slots.mark

    def clock_set(self, by_ms: int) -> None:
        """This machine's clock was set: what is measured from moments before it is moved along.

        Else two hours forward would be two hours without temperatures. What was recorded stays.
        """
        self.health.clock_set(by_ms)
        self._series.clock_set(by_ms)
        self._slots.clock_set(by_ms)
        for watch in self._watches:
            watch.clock_set(by_ms)
        self._looked_ms = None if self._looked_ms is None else self._looked_ms + by_ms
        self._alive_ms = None if self._alive_ms is None else self._alive_ms + by_ms
        self.changed = True

    def miss(self, cause: str, at_ms: int) -> None:
        """It did not answer; `cause` is the code an outage would give."""
        self.health.silent(cause, at_ms)

    def due_ms(self, now_ms: int) -> int:
        """When the next tick is, after a start."""
        return self._series.due_ms(now_ms)

    def tick(self, counter: int, at_ms: int, clock: Clock, *, missed: bool = False) -> None:
        """It is time to log a temperature: the last one read, where that is fresh, or null.

        Args:
            counter: of this tick.
            at_ms: when it is due.
            clock: as it stands.
            missed: whether nobody could look at that time.
        """
        if not self._series.follows(counter, at_ms):
            self._close(at_ms, clock)
        self._series.add(counter, at_ms, None if missed else self._fresh(at_ms))
        if self._series.full:
            self._close(at_ms, clock)
        self._alive_ms = at_ms
        self.changed = True

    def tell(self, at_ms: int, problems: Sequence[str]) -> tuple[str, list[str]] | None:
        """The status to be told now and what is wrong, for `add_status`; None: nothing new."""
        found = list(problems) + (["sample-without-label"] if self._slots.unlabelled else [])
        self.health.wanting(found, at_ms)
        return self.health.to_tell(at_ms)

    def add_status(self, payload: Mapping[str, Any], at_ms: int, wrong: Sequence[str]) -> None:
        """A device-status, as `tell` asked for."""
        task = self._task("device-status", at_ms, payload)
        self.health.tell(payload["status"], wrong, at_ms, task.no)

    def stop(self, at_ms: int, clock: Clock) -> None:
        """The program ends: the open batch closes."""
        self._close(at_ms, clock)
        self._alive_ms = at_ms
        self.changed = True

    def complete(self, task: Task, at_ms: int) -> None:
        """Give a sample the first temperature that is known after it was put in, if it has none."""
        mC = self._fresh(at_ms)
        if task.said["temperature_mC"] is None and mC is not None:
            said = {**task.said, "temperature_mC": mC}
            changed = Task(task.no, task.type, task.at_ms, said, task.links)
            self.tasks = [changed if one.no == task.no else one for one in self.tasks]
            self.changed = True

    def done(self, task: Task, record: str) -> None:
        """The sink has it."""
        self.tasks = [one for one in self.tasks if one.no != task.no]
        self._kept[str(task.no)] = record
        wanted: set[int | None] = {no for one in self.tasks for _, no in one.links}
        wanted |= {one["task"] for one in self._samples() if "task" in one}
        wanted |= {one.excursion.task for one in self._watches if one.excursion}
        wanted |= {end["task"] for end in self._series.ends} | {self.health.task}
        self._kept = {no: kept for no, kept in self._kept.items() if int(no) in wanted}
        self.changed = True

    def drop(self, task: Task, why: str) -> None:
        """The sink will never take it: shown to people, and what hangs on it goes on without."""
        self.tasks = [one for one in self.tasks if one.no != task.no]
        refused = [task.type, timestamp.format(task.at_ms), why[:500]]
        self.refused = [*self.refused, refused][-_REFUSED:]
        self.changed = True

    def record_of(self, no: int) -> str | None:
        """The record that a task became; None: it is none yet."""
        return self._kept.get(str(no))

    def waits(self, no: int) -> bool:
        """Whether a task is still to be done."""
        return any(task.no == no for task in self.tasks)

    @property
    def samples(self) -> Mapping[str, Mapping[str, Any]]:
        """What lies in which slot."""
        return self._slots.held

    @property
    def alarmed(self) -> list[str]:
        """The directions in which it is beyond its limits, alarm given."""
        return [one.direction for one in self._watches if one.excursion and one.excursion.task]

    # What follows

    def _warm(self, mC: int, measured_ms: int, at_ms: int) -> None:
        before = self.health.last_good_ms
        self.health.good(mC, measured_ms)
        if measured_ms == before:
            return  # what was told once is one reading, however often it is looked at
        outage_ms = 1000 * self._settings.outage_s
        if before is not None and outage_ms and measured_ms - before >= outage_ms:
            self._outage(before, measured_ms)
        self._restarted = False
        for watch in self._watches:
            pending = watch.excursion is None
            found = watch.add(mC, measured_ms)
            self.changed |= pending != (watch.excursion is None)
            if found is None:
                continue
            what, excursion = found
            if what == "alarm":
                watch.alarmed(self._alarm(watch, excursion, at_ms))
            else:
                self._series.ends.append(self._end(watch, excursion, measured_ms))

    def _alarm(self, watch: Watch, excursion: Excursion, at_ms: int) -> int:
        settings = self._settings
        said = {
            "canteen": settings.canteen,
            "cabinet": settings.device,
            "zone": _ZONES.get(settings.place, settings.place),
            "direction": watch.direction,
            "limit_mC": watch.limit_mC,
            "limit_set_at": timestamp.format(self._limits[watch.direction]["set_ms"]),
            "extreme_mC": excursion.extreme_mC,
            "readings": excursion.readings,
            "started_at": timestamp.format(excursion.since_ms),
            "ended_at": None,
        }
        return self._task("temperature-alarm", at_ms, said).no

    def _end(self, watch: Watch, excursion: Excursion, at_ms: int) -> dict[str, Any]:
        """An excursion's end, for the batch that shows it: an alarm is one record, given at once."""
        return {
            "task": excursion.task,
            "direction": watch.direction,
            "started_at": timestamp.format(excursion.since_ms),
            "ended_at": timestamp.format(at_ms),
            "extreme_mC": excursion.extreme_mC,
            "readings": excursion.readings,
        }

    def _outage(self, since_ms: int, until_ms: int) -> None:
        """Temperatures are back after a long time without: that time is declared, not filled."""
        stopped_ms = until_ms - (self._alive_ms or until_ms) if self._restarted else 0
        gateway = 2 * stopped_ms >= until_ms - since_ms
        device = self._settings.device
        said = {
            "outage_no": f"{device.partition(':')[2]}-{since_ms}"[-64:],
            "school": self._settings.school,
            "canteen": self._settings.canteen,
            "devices": [device],
            "cause": "gateway-stopped" if gateway else self.health.cause,
            "planned": False,
            "from_at": timestamp.format(since_ms),
            "until_at": timestamp.format(until_ms),
            "until_is": "past",
            "late_types": ["temperature-log"],
            "meanwhile": "nothing-measured",
        }
        told = self.health.task if self.health.told and self.health.told[0] != "working" else None
        self._task("outage", until_ms, said, [("cites", told)] if told is not None else [])

    def _changed_slot(self, change: Change) -> None:
        said: dict[str, Any] = {
            "slot": change.slot,
            "sample": {name: v for name, v in change.sample.items() if name != "task"},
            "operator": change.operator,
            "unseen_since": change.unseen_since,
        }
        if change.what == "in":
            said["temperature_mC"] = self._fresh(change.at_ms)
            task = self._task("sample-retained", change.at_ms, said)
            self._slots.held[change.slot]["task"] = task.no
        else:
            links = [("disposes", change.sample["task"])]
            self._task("sample-disposed", change.at_ms, said, links)
        self.changed = True

    def _close(self, at_ms: int, clock: Clock) -> None:
        ends = self._series.ends
        said = self._series.close(clock)
        if said is None:
            return
        if ends:
            told = [{name: v for name, v in end.items() if name != "task"} for end in ends]
            said["ext"] = {**said.get("ext", {}), "alarms_ended": told}
        self._task("temperature-log", at_ms, said, [("cites", end["task"]) for end in ends])

    def _task(
        self, record_type: str, at_ms: int, said: Mapping[str, Any], links: Sequence[Any] = ()
    ) -> Task:
        self._last_no += 1
        task = Task(self._last_no, record_type, at_ms, said, tuple(links))
        self.tasks = [*self.tasks, task]
        self.changed = True
        return task

    def _fresh(self, at_ms: int) -> int | None:
        """The last temperature, where it was measured no longer ago than `stale_s`."""
        if self.latest is None or self.latest[0].temperature_mC is None:
            return None
        look, looked_ms = self.latest
        measured_ms = looked_ms if look.temperature_at_ms is None else look.temperature_at_ms
        fresh = abs(at_ms - measured_ms) <= 1000 * self._settings.stale_s
        return look.temperature_mC if fresh else None

    def _watch(self, saved: Mapping[str, Any]) -> list[Watch]:
        limits: list[tuple[Direction, int | None]] = [
            ("above", self._settings.high_mC), ("below", self._settings.low_mC),
        ]  # fmt: skip
        return [
            Watch(
                direction, limit, self._settings.hysteresis_mC, self._settings.delay_s,
                saved.get(direction),
            )
            for direction, limit in limits
            if limit is not None
        ]  # fmt: skip

    def limits_in_force(self, now_ms: int) -> None:
        """Note since when each limit holds; once after every start."""
        for watch in self._watches:
            if self._limits.get(watch.direction, {}).get("mC") != watch.limit_mC:
                self._limits[watch.direction] = {"mC": watch.limit_mC, "set_ms": now_ms}
                if watch.excursion is not None and watch.excursion.task is None:
                    watch.excursion = None  # it was beyond another limit
                self.changed = True

    def _samples(self) -> list[Mapping[str, Any]]:
        return [*self._slots.held.values(), *(one["sample"] for one in self._slots.absent.values())]

    def _unseen_ms(self) -> float:
        return 1000 * max(60.0, 10 * self._settings.poll_s)
