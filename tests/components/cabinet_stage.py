"""A driver over a line of the test's own, in the test's own time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from components.checked_sink import CheckedSink
from devices.cabinet import label as labels
from devices.cabinet.driver import CabinetDriver, Unanswered
from devices.cabinet.label import Label
from devices.cabinet.look import Look, SlotLook
from devices.cabinet.records import Records
from devices.cabinet.settings import Settings
from devices.gateway.driver import Attachment
from devices.local.journal import MemoryJournal
from devices.local.people import KnownPeople, Member

CABINET = "device:s0001-cab-1"
CANTEEN = "canteen:2105020001~01"
COOK = "person:c3xw6ofm2ktq7vzj5ynbhapdre"
HEAD = "person:b7kq2mzx4nvc6jw3thp5rdyaeo"
NOON = 1_795_749_600_000
"""2026-11-27T03:20:00Z, 11:20 in the kitchen."""
HOUR = 3_600_000


def label(container: str = "C-88", dish: str = "d-4", day: str = "2026-11-27") -> str:
    return labels.format(Label(CANTEEN, day, "lunch", dish, container))


class _Stop:
    """Time passes where the driver waits; it is over at `until_ms`."""

    def __init__(self, stage: "Stage", until_ms: int) -> None:
        self._stage = stage
        self._until_ms = until_ms

    def is_set(self) -> bool:
        return self._stage.now_ms >= self._until_ms

    def wait(self, timeout: float | None = None) -> bool:
        self._stage.pass_ms(max(1, round(1000 * (timeout or 0))))
        return self.is_set()


@dataclass
class Stage:
    """A cabinet, its driver and the time.

    Attributes:
        now_ms: wall clock.
        mono_ms: monotonic clock.
        look: what the cabinet says; None: nothing.
        cause: why it says nothing.
        script: what happens when, ms.
        photos: whether the camera works.
    """

    settings: Settings = field(
        default_factory=lambda: Settings(
            CABINET, CANTEEN, slots=("A1", "A2", "A3"), poll_s=10, interval_s=600, batch_readings=6
        )
    )
    sink: CheckedSink = field(default_factory=CheckedSink)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    members: list[Member] = field(
        default_factory=lambda: [Member(("0012",), COOK), Member(("0001",), HEAD)]
    )
    now_ms: int = NOON
    mono_ms: int = 5_000_000
    look: Look | None = field(default_factory=lambda: Look(4_000, door_open=False, slots={}))
    cause: str = "device-failure"
    script: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    photos: bool = True
    temperature: Callable[[int], int | None] | None = None
    driver: CabinetDriver | None = None
    slow_ms: int = 0

    def at(self, ms: int, do: Callable[[], Any]) -> None:
        """Something happens `ms` after noon."""
        self.script.append((NOON + ms, do))
        self.script.sort(key=lambda one: one[0])

    def pass_ms(self, ms: int) -> None:
        self.mono_ms += ms
        self.now_ms += ms
        while self.script and self.script[0][0] <= self.now_ms:
            self.script.pop(0)[1]()

    def run(self, hours: float = 0, *, seconds: float = 0) -> None:
        """The driver runs so long and is told to stop."""
        until = self.now_ms + round(hours * HOUR + 1000 * seconds)
        people = KnownPeople(self.members, 2026)
        self.driver = CabinetDriver(
            self.settings,
            _Line(self),
            self.journal,
            Records(self.settings, people=people, dishes={"d-4": "红烧肉"}, photo=self._photo),
            now_ms=lambda: self.now_ms,
            monotonic=lambda: self.mono_ms / 1000,
        )
        self.driver.run(self.sink, _Stop(self, until))

    def cut(self, hours: float = 0, *, seconds: float = 0) -> None:
        """The driver runs so long, and the power goes."""
        until = self.now_ms + round(hours * HOUR + 1000 * seconds)
        sink, saved = self.sink, []

        def cut(document: Any) -> None:
            if self.now_ms >= until:
                raise _PowerError
            saved.append(document)

        self.journal.before_save = cut
        try:
            self.run(hours, seconds=seconds)
        except _PowerError:
            pass
        finally:
            self.journal.before_save = lambda _: None
        self.sink = sink

    def say(self, **changes: Any) -> None:
        """The cabinet says something else from now on."""
        current = self.look or Look(4_000, door_open=False, slots={})
        values = {name: getattr(current, name) for name in Look.__slots__}
        self.look = Look(**{**values, **changes})

    def put(self, slot: str, weight_g: int, text: str, operator: str = "0012") -> None:
        slots = dict((self.look and self.look.slots) or {})
        slots[slot] = SlotLook(weight_g, text)
        self.say(slots=slots, operator=operator)

    def take(self, slot: str, operator: str = "0012") -> None:
        slots = dict((self.look and self.look.slots) or {})
        slots[slot] = SlotLook(0)
        self.say(slots=slots, operator=operator)

    def _photo(self) -> Attachment:
        if not self.photos:
            raise Unanswered("no camera")
        return Attachment(f"photo {self.now_ms}".encode(), "image/jpeg")


class _PowerError(RuntimeError):
    pass


class _Line:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def look(self) -> Look:
        stage = self._stage
        if stage.slow_ms:
            stage.pass_ms(stage.slow_ms)
        if stage.look is None:
            raise Unanswered("nothing comes", cause=stage.cause)
        if stage.temperature is not None:
            stage.say(temperature_mC=stage.temperature(stage.now_ms - NOON))
        return stage.look

    def close(self) -> None:
        pass
