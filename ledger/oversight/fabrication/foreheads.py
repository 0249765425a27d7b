"""Forehead temperatures at the morning check (晨检体温) that nobody measured.

Three ways to make them up, each with a trace of its own, over the newest checks of a canteen:

`forehead-flat`: drawn at random between two limits (36.2-37.1 °C, as one canteen tool did). Real
foreheads are bell-shaped: a few are far out, most are near the middle. Their range over their standard
deviation grows with their number, where that of a uniform distribution stays at √12. Real ones also
differ by person, and by day (the room, the weather, the device): what a random generator draws does
neither. All three signs together make the finding. The critical values are those that a normal
distribution undercuts about three times in 10,000, of 60 values and of 100, and between them in
proportion.

`forehead-still`: always about the same. People differ by tenths of a degree, and so does one person
from day to day; the devices themselves are off by ±0.2 °C.

`forehead-copied`: everyone has the temperature of the day before. By chance one in three repeats at
most, at a resolution of 0.1 °C.

Who is found unfit is left out: a fever is no sign of a lie. Made-up values that are bell-shaped
and differ by person cannot be told from real ones.

Kept under `checks <canteen>`: how many checks were told, and of the newest 100 [index, person,
temperature, when, number]; refs on a shelf beside it.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import gcd
from typing import Any, ClassVar

from ledger import timestamp
from ledger.oversight.fabrication import shelf, statistics, times
from ledger.oversight.fabrication.detector import Detector, place_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_KEPT = 100
_EVERY = 8
_WHO, _MC, _AT = 1, 2, 3
_Window = list[list[Any]]


class Foreheads(Detector):
    """Temperatures too uniform, at the morning check."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "morning-check": frozenset({"canteen", "staff", "checked_at", "forehead_mC", "result"})
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "forehead_flat_range_milli": [[60, 3700], [100, 4050]],
        "forehead_still_checks": 40,
        "forehead_still_mC": 70,
        "forehead_copied_ppm": 800_000,
        "forehead_days": 5,
        "again_days": 30,
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The canteen's window."""
        canteen = seen.subject("canteen")
        return [f"checks {canteen}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more check; looked at together with those before at every eighth."""
        fields = seen.fields
        if fields["result"] != "fit":
            return
        key = f"checks {fields['canteen']}"
        kept = context.get(key) or [0, []]
        number, window = kept[0] + 1, kept[1]
        at = times.ms(fields["checked_at"])
        # 8 characters of the pseudonym, 40 bits, tell the staff of one canteen apart.
        entry = [seen.index, fields["staff"][7:15], fields["forehead_mC"], at, number]
        window = [*window, entry]
        shelf.add(context, key, number, seen.ref)
        if number % _EVERY == 0 and self._found(seen, window, context):
            left = []
        else:
            left = window[-_KEPT:]
        shelf.drop(context, key, window, left)
        context.put(key, [number, left])

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its temperature leaves the window."""
        key = f"checks {seen.subject('canteen')}"
        kept = context.get(key)
        if kept is not None:
            left = without(kept[1], seen.index)
            shelf.drop(context, key, kept[1], left)
            context.put(key, [kept[0], left])

    def _found(self, seen: Seen, window: _Window, context: Context) -> bool:
        rules = context.policy.rules
        newest = window[-rules["forehead_still_checks"] :]
        if (
            len(newest) == rules["forehead_still_checks"]
            and len(set(_days(newest, context.zone))) >= rules["forehead_days"]
            and (self._still(seen, newest, context) or self._copied(seen, newest, context))
        ):
            return True
        sizes = [size for size, _ in rules["forehead_flat_range_milli"]]
        if len(window) < sizes[0]:
            return False
        return any(
            self._flat(seen, window[-size:], context)
            for size in sorted({sizes[0], min(len(window), sizes[-1])})
        )

    def _still(self, seen: Seen, window: _Window, context: Context) -> bool:
        allowed = context.policy.rules["forehead_still_mC"]
        spread = statistics.deviation([entry[_MC] for entry in window])
        measured = {"deviation_mC": spread}
        score = statistics.below(spread, allowed)
        return self._report(seen, window, context, "forehead-still", measured, score)

    def _copied(self, seen: Seen, window: _Window, context: Context) -> bool:
        last: dict[str, int] = {}
        again = same = 0
        for entry in window:
            before = last.get(entry[_WHO])
            if before is not None:
                again += 1
                same += before == entry[_MC]
            last[entry[_WHO]] = entry[_MC]
        if 2 * again < len(window):
            return False
        share = statistics.share_ppm(same, again)
        measured = {"share_ppm": share, "compared": again}
        threshold = context.policy.rules["forehead_copied_ppm"]
        return self._report(seen, window, context, "forehead-copied", measured, share, threshold)

    def _flat(self, seen: Seen, window: _Window, context: Context) -> bool:
        values = [entry[_MC] for entry in window]
        step = gcd(*(after - before for before, after in pairwise(values)))
        days = _days(window, context.zone)
        if step == 0 or len(set(days)) < context.policy.rules["forehead_days"]:
            return False
        allowed = _between(context.policy.rules["forehead_flat_range_milli"], len(values))
        ranged = statistics.studentised_range_milli(values, step)
        if ranged > allowed:
            return False
        for groups in ([entry[_WHO] for entry in window], days):
            ratio = statistics.f_ratio_milli(values, groups)
            if ratio is not None and ratio > statistics.f_limit_milli(len(set(groups))):
                return False
        measured = {"range_milli": ranged, "lowest_mC": min(values), "highest_mC": max(values)}
        score = statistics.below(ranged, allowed)
        return self._report(seen, window, context, "forehead-flat", measured, score)

    def _report(
        self,
        seen: Seen,
        window: _Window,
        context: Context,
        rule: str,
        measured: Mapping[str, int],
        score: int,
        threshold: int = statistics.HALF,
    ) -> bool:
        if score < threshold:
            return False
        place = place_of(seen)
        key = f"checks {place.canteen}"
        refs = shelf.collect(context, key, window)
        case = Case(
            kind="temperatures-uniform",
            rule=rule,
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=refs,
            fields="forehead_mC",
            first_at=timestamp.format(min(entry[_AT] for entry in window)),
            last_at=timestamp.format(max(entry[_AT] for entry in window)),
            score_ppm=score,
            threshold_ppm=threshold,
            measured={"checks": len(window), **measured},
            needs=len(refs) * 3 // 4,
            episodes=[f"{place.canteen} {rule}"],
            again_days=context.policy.rules["again_days"],
        )
        return report(context, case)


def _days(window: _Window, zone: str) -> list[str]:
    """The civil day of each check."""
    return [times.civil_day(timestamp.format(entry[_AT]), zone) for entry in window]


def _between(points: list[list[int]], size: int) -> int:
    """The critical value for so many values: of the two given ones, and in proportion between them."""
    (low, at_low), (high, at_high) = points[0], points[-1]
    if high == low:
        return at_low
    size = min(max(size, low), high)
    return at_low + (at_high - at_low) * (size - low) // (high - low)
