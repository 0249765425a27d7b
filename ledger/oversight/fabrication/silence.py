"""Silent devices (设备静默): whoever reports every day, and then does not on days when meals are made.

Only what reports by itself is expected to: status messages and temperature batches. A scale is used
when goods come. A device is regular once it has reported on each of `silent_regular_days` working days
in a row; it is silent when nothing is heard of it on two of them after that, or on one where it used to
report four times a day or more. A working day is one on which the school recorded a morning check, a
sample, a service or a weigh-in: holidays and weekends say nothing. What was stored and sent later
counts for the day on which it was measured, if it comes within `silent_wait_s` of the day's end. A
declared outage of the device excuses it. Silence is found where it begins, not again while it lasts.

`device-silent`. Kept under `device <device>`: its school, how often it was heard (four at most) on each
of its last 12 days, and the last report counted; under `school <school>`: its devices, and of its last
12 working days the first record told, [day, index, leaf hash, id, occurred at].
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.oversight import civil
from ledger.oversight.fabrication import outages, statistics, times
from ledger.oversight.fabrication.detector import Detector, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_OFTEN: Final = 4
_DAYS: Final = 12
_MOST_DEVICES: Final = 200
_REPORTS: Final = frozenset({"device-status", "temperature-log"})


class Silence(Detector):
    """Devices that were heard every day, and are not any more."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "device-status": frozenset({"device", "school", "observed_at"}),
        "temperature-log": frozenset({"cabinet", "canteen", "first_read_at", "last_read_at"}),
        "morning-check": frozenset(),
        "sample-retained": frozenset({"cabinet"}),
        "meal-service": frozenset(),
        "weigh-in": frozenset(),
    }
    defaults: ClassVar[Mapping[str, Any]] = {"silent_regular_days": 5, "silent_wait_s": 43_200}
    wakes: ClassVar[frozenset[str]] = frozenset({"school"})

    def keys(self, seen: Seen) -> Iterable[str]:
        """The school's; of a report the device's too."""
        school = f"school {place_of(seen).scope}"
        if seen.type not in _REPORTS:
            return [school]
        device = seen.fields.get("device") or seen.fields.get("cabinet")
        return [school, f"device {device}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """A device is heard, or a school works."""
        fields = seen.fields
        if seen.type == "device-status":
            at = fields["observed_at"]
            self._heard(seen, fields["device"], at, at, context)
        elif seen.type == "temperature-log":
            first, last = fields["first_read_at"], fields["last_read_at"]
            self._heard(seen, fields["cabinet"], first, last, context)
        else:
            self._works(seen, context)

    def due(self, key: str, context: Context) -> None:
        """A working day is over, and what was offline has come."""
        _, school, day = key.split(" ")
        kept = context.get(f"school {school}")
        if kept is None:
            return
        days = [one[0] for one in kept["days"]]
        if day not in days:
            return
        place = days.index(day)
        for device in kept["devices"]:
            state = context.get(f"device {device}")
            if state is not None and state["school"] == school:
                self._judge(device, state, kept["days"][: place + 1], context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Nobody worked that day if nothing else says so; how often a device was heard stays."""
        key = f"school {place_of(seen).scope}"
        kept = context.get(key)
        if kept is not None:
            days = [one for one in kept["days"] if one[1] != seen.index]
            context.put(key, {**kept, "days": days})

    def _heard(self, seen: Seen, device: str, first: str, last: str, context: Context) -> None:
        key = f"device {device}"
        school = place_of(seen).scope
        state = context.get(key)
        if state is None or state["school"] != school:
            state = {"school": school, "heard": {}, "last": None}
            self._register(device, school, context)
        logged, zone = seen.logged_at, context.zone
        begun = civil.day_of(min(logged, first), zone)
        ended = civil.day_of(min(logged, last), zone) if last != first else begun
        heard = state["heard"]
        if heard.get(ended) == heard.get(begun) == _OFTEN:
            return
        heard = dict(heard)
        for day in (ended,) if begun == ended else (begun, ended):
            heard[day] = min(heard.get(day, 0) + 1, _OFTEN)
        while len(heard) > _DAYS:
            del heard[min(heard)]
        counted = [*seen.ref, seen.occurred_at]
        context.put(key, {**state, "heard": heard, "last": counted})

    def _register(self, device: str, school: str, context: Context) -> None:
        key = f"school {school}"
        kept = context.get(key) or {"devices": [], "days": []}
        if device not in kept["devices"] and len(kept["devices"]) < _MOST_DEVICES:
            context.put(key, {**kept, "devices": sorted([*kept["devices"], device])})

    def _works(self, seen: Seen, context: Context) -> None:
        school = place_of(seen).scope
        key = f"school {school}"
        kept = context.get(key) or {"devices": [], "days": []}
        occurred, logged = seen.occurred_at, seen.logged_at
        day = civil.day_of(min(logged, occurred), context.zone)
        days = kept["days"]
        if days and days[-1][0] == day:
            return
        if any(one[0] == day for one in days) or (len(days) == _DAYS and day < days[0][0]):
            return
        days = sorted([*days, [day, *seen.ref, seen.occurred_at]])[-_DAYS:]
        context.put(key, {**kept, "days": days})
        wait = context.policy.rules["silent_wait_s"]
        over = times.after_day(day, context.zone, context.now, wait)
        context.wake(over, f"school {school} {day}")

    def _judge(
        self, device: str, state: Mapping[str, Any], days: list[list[Any]], context: Context
    ) -> None:
        """Whether the device, regular before, is silent on the last of these working days."""
        heard = state["heard"]
        silent = 0
        while silent < len(days) and not heard.get(days[-1 - silent][0]):
            silent += 1
        regular = context.policy.rules["silent_regular_days"]
        before = days[-silent - regular : -silent] if silent else []
        if len(before) < regular or not all(heard.get(one[0]) for one in before):
            return
        often = all(heard[one[0]] >= _OFTEN for one in before)
        if silent < (1 if often else 2):
            return
        quiet = days[-silent:]
        for one in quiet:
            begin = times.ms(civil.end_of(one[0], context.zone)) - times.DAY_MS
            if outages.of_device(context, state["school"], device, begin, begin + times.DAY_MS):
                return
        case = Case(
            kind="device-silent",
            rule="device-silent",
            scope=state["school"],
            responsible=state["school"],
            canteen=None,
            severity="minor",
            inputs=[state["last"][:3], *(one[1:4] for one in quiet)],
            fields={state["last"][2]: "occurred_at"} | {one[3]: "occurred_at" for one in quiet},
            first_at=min(one[4] for one in quiet),
            last_at=max(one[4] for one in quiet),
            score_ppm=statistics.above(silent, 1 if often else 2),
            threshold_ppm=statistics.HALF,
            measured={"device": device, "silent_days": silent},
            episodes=[device],
            again_days=context.policy.rules["again_days"],
        )
        report(context, case)
