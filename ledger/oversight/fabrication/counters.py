"""Device counters that run backwards or leap (设备计数倒退、跳变), and photos of another time.

A scale counts every weighing and a thermometer every reading; what it counts later has a higher
number. Records arrive in any order, but time and number must agree: `counter-backwards` is found where
the later of two readings has the lower number, one minute or more apart. `counter-leaps`: a scale's
count is more than `counter_leap` further for each day begun, so that weighings are hidden or the
device is another one. A thermometer's missing readings are missing evidence, and no concern here.

`photo-of-another-time`: the photo of a weigh-in was taken more than `photo_apart_s` before or after it,
or four hours of an entry by hand, which is typed in later; `photo-of-the-future`: of a rectification,
after it was reported.

Kept under `counter <device>`: of the latest reading [when, counter, index, leaf hash, id, occurred
at].
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.oversight import civil
from ledger.oversight.fabrication import statistics, times
from ledger.oversight.fabrication.detector import Detector, Place, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_KIND: Final = "timing-impossible"
_APART_MS: Final = 60_000
_BY_HAND_S: Final = 4 * 3600


class Counters(Detector):
    """Counters against clocks, and photos against weighings."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset({"scale", "counter", "entry_mode", "photo_taken_at"}),
        "temperature-log": frozenset({"cabinet", "counter_from", "first_read_at"}),
        "rectification": frozenset({"photo_taken_at"}),
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "counter_leap": 1000,
        "photo_apart_s": 1800,
        "photo_future_s": 300,
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The device's."""
        device = seen.subject("device")
        return [] if device is None else [f"counter {device}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """Its number against the latest one's, and its photo's time against its own."""
        fields = seen.fields
        if seen.type == "temperature-log":
            first = fields["first_read_at"]
            self._count(seen, fields["cabinet"], first, fields["counter_from"], context)
            return
        if "counter" in fields:
            self._count(seen, fields["scale"], seen.occurred_at, fields["counter"], context)
        taken = fields["photo_taken_at"]
        if taken[:16] != seen.occurred_at[:16]:
            self._photo(seen, taken, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Were it the latest, the next one begins anew."""
        for key in self.keys(seen):
            kept = context.get(key)
            if kept is not None and kept[2] == seen.index:
                context.put(key, None)

    def _count(self, seen: Seen, device: str, read_at: str, counter: int, context: Context) -> None:
        rules = context.policy.rules
        if read_at > seen.logged_at and read_at > civil.later(seen.logged_at, rules["ahead_s"]):
            return  # its clock is wrong, which is a finding of its own
        key = f"counter {device}"
        last = context.get(key)
        mine = [read_at, counter, *seen.ref, seen.occurred_at]
        if last is None or read_at >= last[0]:
            context.put(key, mine)
        if last is None:
            return
        early, late = (last, mine) if read_at > last[0] else (mine, last)
        advance = late[1] - early[1]
        if 0 < advance <= rules["counter_leap"]:
            return
        apart = times.ms(late[0]) - times.ms(early[0])
        leap = (apart // times.DAY_MS + 1) * rules["counter_leap"]
        if apart < _APART_MS:
            return
        if advance <= 0:
            score, threshold, rule = statistics.WHOLE, statistics.WHOLE, "counter-backwards"
        elif seen.type == "weigh-in" and advance > leap:
            score, threshold = statistics.above(advance, leap), statistics.HALF
            rule = "counter-leaps"
        else:
            return
        place = place_of(seen)
        case = Case(
            kind=_KIND,
            rule=rule,
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[early[2:5], late[2:5]],
            fields="counter_from" if seen.type == "temperature-log" else "counter",
            first_at=min(early[5], late[5]),
            last_at=max(early[5], late[5]),
            score_ppm=score,
            threshold_ppm=threshold,
            measured={"from": early[1], "to": late[1]},
            episodes=[f"{device} {rule}"],
            again_days=rules["again_soon_days"],
        )
        report(context, case)

    def _photo(self, seen: Seen, taken: str, context: Context) -> None:
        rules = context.policy.rules
        apart = (times.ms(taken) - times.ms(seen.occurred_at)) // 1000
        place = place_of(seen)
        if seen.type == "rectification":
            rule, allowed, episode = "photo-of-the-future", rules["photo_future_s"], seen.id
        else:
            rule, allowed, apart = "photo-of-another-time", rules["photo_apart_s"], abs(apart)
            if seen.fields["entry_mode"] == "manual":
                allowed = max(allowed, _BY_HAND_S)
            episode = seen.fields.get("scale", place.canteen)
        if apart > allowed:
            self._found_photo(seen, place, rule, apart, allowed, episode, context)

    def _found_photo(
        self,
        seen: Seen,
        place: Place,
        rule: str,
        apart: int,
        allowed: int,
        episode: str,
        context: Context,
    ) -> None:
        taken = seen.fields["photo_taken_at"]
        case = Case(
            kind=_KIND,
            rule=rule,
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="minor",
            inputs=[seen.ref],
            fields="photo_taken_at",
            first_at=min(taken, seen.occurred_at),
            last_at=max(taken, seen.occurred_at),
            score_ppm=statistics.above(apart, allowed),
            threshold_ppm=statistics.HALF,
            measured={"apart_s": apart},
            needs=1,
            episodes=[f"{episode} {rule}"],
            again_days=context.policy.rules["again_soon_days"],
        )
        report(context, case)
