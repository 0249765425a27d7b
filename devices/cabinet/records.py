"""From a task to the record that the sink gets, or the reason why there is none yet.

A person who is not in the list of people, a photo that cannot be taken, a temperature that is not
known: the record waits for it, and is then made with the time at which it occurred. What can never
become a record (a label that says nothing) is dropped where people see it. Nothing is made up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from devices.cabinet import label as labels
from devices.cabinet.core import Cabinet
from devices.cabinet.settings import Settings
from devices.cabinet.task import Task
from devices.gateway.driver import Attachment, Observation
from devices.local.people import People
from ledger import timestamp
from ledger.errors import MalformedError
from ledger.evidence import subjects
from ledger.statement import Link

Photo = Callable[[], Attachment]
"""Takes a photo now; raises a `LedgerError` where it cannot."""

TIME_UP: Final = "time-up"
EARLY: Final = "taken-early"
UNSEEN: Final = "gone-unseen"
NOT_STATED: Final = "not-stated"
_LATE_PHOTO_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Wanting:
    """There is no record yet.

    Attributes:
        problem: a code, as `person-unknown`.
        forever: whether there never will be one.
        why: for people, of a task that is dropped.
    """

    problem: str
    forever: bool = False
    why: str = ""


class Records:
    """Makes the records of one cabinet."""

    def __init__(
        self,
        settings: Settings,
        *,
        people: People,
        dishes: Mapping[str, str],
        photo: Photo | None,
        zone: str = "Asia/Shanghai",
    ) -> None:
        """`dishes`: names by code, where the kitchen gives them; `zone`: the log's time zone."""
        self._settings = settings
        self._people = people
        self._dishes = dishes
        self._photo = photo
        self._zone = ZoneInfo(zone)
        self._photos: dict[int, tuple[Attachment, int]] = {}

    def take_photo(self, task: Task, now_ms: int) -> None:
        """Take the photo of a sample, once; kept in memory until its record is made.

        Raises:
            LedgerError: the camera has none.
        """
        if self._photo is not None and task.no not in self._photos:
            self._photos[task.no] = self._photo(), now_ms

    def forget(self, task: Task) -> None:
        """Its record is made, or never will be."""
        self._photos.pop(task.no, None)

    def of(self, task: Task, cabinet: Cabinet) -> Observation | Wanting:
        """The record of a task."""
        links = []
        for rel, no in task.links:
            record = cabinet.record_of(no)
            if record is not None:
                links.append(Link(rel, id=record))
            elif rel == "disposes":
                if cabinet.waits(no):
                    return Wanting("sample-waits")
                return Wanting(
                    "sample-unrecorded", True, "the sample that was taken out has no record"
                )
        if task.type == "sample-retained":
            return self._retained(task)
        if task.type == "sample-disposed":
            return self._disposed(task, links)
        return Observation(self._settings.device, task.type, task.said, task.at_ms, links=links)

    def _retained(self, task: Task) -> Observation | Wanting:
        said, sample = task.said, task.said["sample"]
        read = self._label(sample["label"])
        if isinstance(read, Wanting):
            return read
        if said["temperature_mC"] is None:
            return Wanting("temperature-unknown")
        person = self._person(said["operator"], task.at_ms)
        if person is None:
            return Wanting("person-unknown")
        photo = self._photos.get(task.no)
        if photo is None:
            return Wanting("photo-missing")
        payload: dict[str, Any] = {
            **self._meal(read),
            "dish_name": self._dishes.get(read.dish_code, read.dish_code),
            "amount_g": sample["weight_g"],
            "slot": said["slot"],
            "retain_until": timestamp.format(sample["until_ms"]),
            "temperature_mC": said["temperature_mC"],
            "retained_by": person,
        }
        ext = _unseen(said)
        if photo[1] - task.at_ms > _LATE_PHOTO_MS:
            ext["photo_taken_at"] = timestamp.format(photo[1])
        if ext:
            payload["ext"] = ext
        return Observation(
            self._settings.device,
            task.type,
            payload,
            task.at_ms,
            files={"photo": (photo[0],)},
            links=(Link("samples", subject=_dish(read)),),
        )

    def _disposed(self, task: Task, links: list[Link]) -> Observation | Wanting:
        said, sample = task.said, task.said["sample"]
        read = self._label(sample["label"])
        if isinstance(read, Wanting):
            return read
        person = self._person(said["operator"], task.at_ms)
        if person is None:
            return Wanting("person-unknown")
        reason = TIME_UP
        unseen = said["unseen_since"]
        if task.at_ms < sample["until_ms"]:
            reason = EARLY
        elif unseen is not None and unseen < sample["until_ms"]:
            reason = UNSEEN
        payload: dict[str, Any] = {
            **self._meal(read),
            "slot": said["slot"],
            "retain_until": timestamp.format(sample["until_ms"]),
            "disposed_at": timestamp.format(task.at_ms),
            "reason_code": reason,
            "disposal": self._settings.disposal if reason == TIME_UP else NOT_STATED,
            "amount_g": sample["weight_g"],
            "disposed_by": person,
        }
        if ext := _unseen(said):
            payload["ext"] = ext
        return Observation(self._settings.device, task.type, payload, task.at_ms, links=links)

    def _meal(self, read: labels.Label) -> dict[str, Any]:
        return {
            "canteen": self._settings.canteen,
            "meal_on": read.meal_on,
            "meal": read.meal,
            "dish_code": read.dish_code,
            "cabinet": self._settings.device,
            "container_code": read.container_code,
        }

    def _label(self, text: str) -> labels.Label | Wanting:
        try:
            read = labels.parse(text)
        except MalformedError as error:
            return Wanting("label-unreadable", True, str(error))
        if read.canteen != self._settings.canteen:
            return Wanting("label-of-another-canteen", True, f"{text!r} is {read.canteen}'s")
        return read

    def _person(self, code: str, at_ms: int) -> str | None:
        member = self._people.find(code, self._day(at_ms)) if code else None
        return None if member is None else member.person

    def _day(self, at_ms: int) -> date:
        return datetime.fromtimestamp(at_ms / 1000, self._zone).date()


def _dish(read: labels.Label) -> str:
    return subjects.dish(read.canteen, read.meal_on, read.meal, read.dish_code)


def _unseen(said: Mapping[str, Any]) -> dict[str, Any]:
    """What an honest record of a change nobody watched adds."""
    since = said["unseen_since"]
    return {} if since is None else {"unseen_since": timestamp.format(since)}
