"""Drives one cabinet: looks at it, ticks, journals, and hands records to the sink.

Each round: look (or note that it did not answer), the ticks that are due, the journal where something
changed, the tasks that can be done. A sink that is full or a disk that fails is met by trying again
in the next round; nothing is dropped for it.
"""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from devices.cabinet import settings as cabinet_settings
from devices.cabinet.core import Cabinet
from devices.cabinet.look import Look
from devices.cabinet.records import Photo, Records, Wanting
from devices.cabinet.settings import Settings
from devices.cabinet.task import Task
from devices.gateway import drivers
from devices.gateway.driver import Sink, Stop
from devices.gateway.table import Table
from devices.local import status as device_status
from devices.local.journal import FileJournal, Journal
from devices.local.people import People, PeopleFile
from ledger import timestamp
from ledger.canonical import JsonInput
from ledger.errors import LedgerError, MalformedError, RefusedError, UnavailableError

_CLOCK_SET_MS: Final = 2_000
"""Wall clock and running clock part by more than this in one round: somebody set the clock."""
_SOFTWARE: Final = "mealtrace-gateway cabinet 1"


class Unanswered(UnavailableError):  # noqa: N818 - what happened, as its siblings are named
    """A cabinet did not answer.

    Attributes:
        cause: the code an outage would give, `network` or `device-failure`.
    """

    def __init__(self, message: str, *, cause: str = "device-failure") -> None:
        super().__init__(message)
        self.cause = cause


class Line(Protocol):
    """The way to one cabinet."""

    def look(self) -> Look:
        """What it says now; returns within a few seconds, and connects by itself.

        Raises:
            Unanswered: it does not answer, or with an exception.
        """
        ...

    def close(self) -> None:
        """Let go of the line."""
        ...


def running_s() -> float:
    """Seconds that pass also while the machine sleeps, and whatever its clock is set to."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class CabinetDriver:
    """A `Driver` (`devices.gateway.driver`)."""

    tells_itself = True

    def __init__(
        self,
        settings: Settings,
        line: Line,
        journal: Journal,
        records: Records,
        *,
        config_sha256: str = "0" * 64,
        now_ms: Callable[[], int] = drivers.now_ms,
        monotonic: Callable[[], float] = running_s,
    ) -> None:
        """Nothing is opened before `run`."""
        self._settings = settings
        self._line = line
        self._journal = journal
        self._records = records
        self._config_sha256 = config_sha256
        self._now_ms = now_ms
        self._monotonic = monotonic
        self._cabinet: Cabinet | None = None
        self._fault: str | None = None
        self._problems: dict[int, str] = {}
        self._counter: int | None = None
        self._started_ms = 0
        self._apart_ms: int | None = None
        self._lock = threading.Lock()
        self._shown: dict[str, JsonInput] = {"state": "not-started"}

    @property
    def device(self) -> str:
        """Subject of the cabinet."""
        return self._settings.device

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page; no personal data."""
        with self._lock:
            return dict(self._shown)

    def run(self, sink: Sink, stop: Stop) -> None:
        """Look, tick and hand over until told to stop; then close the batch."""
        self._started_ms = self._now_ms()
        cabinet = self._begin(stop)
        if cabinet is None:
            return
        due = self._monotonic() + (cabinet.due_ms(self._started_ms) - self._started_ms) / 1000
        try:
            while True:
                self._look(cabinet)
                try:
                    due = self._tick(cabinet, sink, due)
                except UnavailableError as error:  # no counter: the tick is made up for as missed
                    self._fault = f"{timestamp.format(self._now_ms())} {error}"
                self._hand_over(cabinet, sink)
                self._show(cabinet)
                if stop.wait(max(0.0, min(self._settings.poll_s, due - self._monotonic()))):
                    break
        finally:
            self._line.close()
        cabinet.stop(self._now_ms(), sink.clock())
        self._hand_over(cabinet, sink)
        self._show(cabinet, "stopped")

    # One round

    def _begin(self, stop: Stop) -> Cabinet | None:
        while True:
            try:
                saved = self._journal.load()
            except UnavailableError as error:
                self._fault = str(error)
                with self._lock:
                    self._shown = {"state": "journal-unreadable", "fault": str(error)}
                if stop.wait(self._settings.poll_s):
                    return None
                continue
            cabinet = self._cabinet = Cabinet(self._settings, saved)
            cabinet.limits_in_force(self._started_ms)
            return cabinet

    def _look(self, cabinet: Cabinet) -> None:
        apart_ms = self._now_ms() - round(1000 * self._monotonic())
        if self._apart_ms is not None and abs(apart_ms - self._apart_ms) > _CLOCK_SET_MS:
            cabinet.clock_set(apart_ms - self._apart_ms)
        self._apart_ms = apart_ms
        try:
            look = self._line.look()
        except Unanswered as error:
            self._fault = f"{timestamp.format(self._now_ms())} {error}"
            cabinet.miss(error.cause, self._now_ms())
        else:
            cabinet.see(look, self._now_ms())

    def _tick(self, cabinet: Cabinet, sink: Sink, due: float) -> float:
        """The ticks that are due, those that were missed among them; when the next one is."""
        interval = self._settings.interval_s
        late = self._monotonic() - due
        if late < 0:
            return due
        if late >= interval * self._settings.batch_readings:
            # Nobody can say what these counts would have been: a break, which shows.
            due, late = self._monotonic(), 0.0
        while late >= 0:
            self._counter = sink.next_counter(self.device)
            at_ms = self._now_ms() - int(1000 * late)
            cabinet.tick(self._counter, at_ms, sink.clock(), missed=late >= interval)
            due += interval
            late -= interval
        return due

    def _hand_over(self, cabinet: Cabinet, sink: Sink) -> None:
        at_ms = self._now_ms()
        for task in cabinet.tasks:
            if task.type == "sample-retained":
                self._complete(cabinet, task, at_ms)
        try:
            self._tell(cabinet, sink, at_ms)
            if cabinet.changed:
                self._save(cabinet)
            for task in cabinet.tasks:
                self._keep(cabinet, sink, task)
            if cabinet.changed:
                self._save(cabinet)
        except UnavailableError as error:
            self._fault = f"{timestamp.format(at_ms)} {error}"

    def _complete(self, cabinet: Cabinet, task: Task, at_ms: int) -> None:
        """What a sample's record lacks, at the moment that it is put in or as soon as there is."""
        cabinet.complete(task, at_ms)
        try:
            self._records.take_photo(task, at_ms)
        except LedgerError as error:
            self._fault = f"{timestamp.format(at_ms)} {error}"

    def _keep(self, cabinet: Cabinet, sink: Sink, task: Task) -> None:
        made = self._records.of(task, cabinet)
        self._problems.pop(task.no, None)
        if isinstance(made, Wanting):
            if not made.forever:
                self._problems[task.no] = made.problem
                return
            cabinet.drop(task, made.why)
        else:
            try:
                cabinet.done(task, sink.keep(made))
            except RefusedError as error:
                cabinet.drop(task, str(error))
        self._records.forget(task)
        self._save(cabinet)

    def _save(self, cabinet: Cabinet) -> None:
        self._journal.save(cabinet.state())
        cabinet.changed = False

    def _tell(self, cabinet: Cabinet, sink: Sink, at_ms: int) -> None:
        told = cabinet.tell(at_ms, sorted(set(self._problems.values())))
        if told is None:
            return
        status, wrong = told
        waiting = [task for task in cabinet.tasks if task.no in self._problems]
        firmware = cabinet.latest[0].firmware if cabinet.latest else ""
        payload = device_status.payload(
            school=self._settings.school,
            device=self.device,
            at_ms=at_ms,
            status=status,
            started_ms=self._started_ms,
            firmware=firmware or _SOFTWARE,
            config_sha256=self._config_sha256,
            clock=sink.clock(),
            last_counter=self._counter,
            waiting=device_status.Waiting(
                len(waiting), min((task.at_ms for task in waiting), default=None)
            ),
            ext={"problems": wrong} if wrong else None,
        )
        cabinet.add_status(payload, at_ms, wrong)

    def _show(self, cabinet: Cabinet, state: str | None = None) -> None:
        status, _ = cabinet.health.now(self._now_ms())
        latest = cabinet.latest
        small = [
            slot
            for slot, sample in cabinet.samples.items()
            if not sample.get("found") and sample["weight_g"] < self._settings.minimum_g
        ]
        shown: dict[str, JsonInput] = {
            "state": state or status,
            "wrong": cabinet.health.wrong,
            "last_look_at": timestamp.format(latest[1]) if latest else None,
            "temperature_mC": latest[0].temperature_mC if latest else None,
            "door_open": latest[0].door_open if latest else None,
            "alarms": cabinet.alarmed,
            "samples": len(cabinet.samples),
            "too_small": small,
            "waiting": {str(no): why for no, why in sorted(self._problems.items())},
            "tasks": len(cabinet.tasks),
            "refused": [list(one) for one in cabinet.refused],
            "last_fault": self._fault,
        }
        with self._lock:
            self._shown = shown


def from_config(
    table: Table | Mapping[str, Any],
    *,
    photo: Photo | None = None,
    people: People | None = None,
    state: Path | None = None,
    now_ms: Callable[[], int] = drivers.now_ms,
) -> CabinetDriver:
    """The driver of one `[[cabinet]]` table (docs/devices/cabinet.md).

    Args:
        table: the table.
        photo: takes the photo of a sample; without it no sample can be recorded, which is said.
        people: who is who; None: the file that the table names.
        state: the folder for its journal, where the table names no other file.
        now_ms: the gateway's clock.

    Raises:
        MalformedError: a key that is unknown, missing or wrong, named.
        UnavailableError: a package of the extra `devices` is not installed.
    """
    read = Table.of(table, "[cabinet]")
    settings = cabinet_settings.read(read)
    transport = read.text("transport", pattern="modbus-tcp|modbus-rtu|mqtt")
    if state is not None and not read.has("journal"):
        journal = FileJournal(state / f"{settings.device.partition(':')[2]}.cabinet.journal")
    else:
        journal = FileJournal(read.path("journal"))
    people_file = read.path("people", "people.json")
    dishes = dict(read.table("dishes").members)
    if not all(type(name) is str and name for name in dishes.values()):
        raise MalformedError("[cabinet].dishes: names of dishes by their code")
    zone = read.text("zone", "Asia/Shanghai")
    line: Line
    if transport == "mqtt":
        from devices.cabinet import mqtt  # noqa: PLC0415 - needs the extra `devices`

        line = mqtt.from_table(read, settings)
    else:
        from devices.cabinet import modbus  # noqa: PLC0415 - likewise

        line = modbus.from_table(read, settings, transport)
    read.end()
    records = Records(
        settings, people=people or PeopleFile(people_file), dishes=dishes, photo=photo, zone=zone
    )
    digest = device_status.config_digest(read.members)
    return CabinetDriver(settings, line, journal, records, config_sha256=digest, now_ms=now_ms)
