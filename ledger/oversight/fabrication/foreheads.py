"""Forehead temperatures at the morning check (晨检体温) that nobody measured.

Three ways to make them up, each with a trace of its own, over the newest checks of a canteen:

`forehead-flat`: drawn at random between two limits (36.2-37.1 °C, as one canteen tool did). Real
foreheads are bell-shaped: a few are far out, most are near the middle. Their range over their standard
deviation grows with their number, where that of a uniform distribution stays at √12. Real ones also
differ by person, and by day (the room, the weather, the device): what a random generator draws does
neither. All three signs together make the finding. The critical values are those that a normal
distribution undercuts once in 10,000 windows of 40, 60, 80 and 100 checks.

`forehead-still`: always about the same. People differ by tenths of a degree, and so does one person
from day to day; the devices themselves are off by ±0.2 °C.

`forehead-copied`: everyone has the temperature of the day before. By chance one in three repeats at
most, at a resolution of 0.1 °C.

Who is found unfit is left out: a fever is no sign of a lie. Made-up values that are bell-shaped
and differ by person cannot be told from real ones.

Kept under `checks <canteen>`: a window of the newest 100, [index, person, temperature, when].
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import gcd
from operator import mul
from typing import Any, ClassVar

from ledger.oversight import civil
from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication import window as windows
from ledger.oversight.fabrication.detector import Detector, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.fabrication.window import Entry, Window, column
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_KEPT = 100
_EVERY = 8
_WHO, _MC, _AT = 1, 2, 3


class Foreheads(Detector):
    """Temperatures too uniform, at the morning check."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "morning-check": frozenset({"canteen", "staff", "checked_at", "forehead_mC", "result"})
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "forehead_flat_checks": [40, 60, 80, 100],
        "forehead_flat_range_milli": [3110, 3400, 3600, 3710],
        "forehead_still_checks": 40,
        "forehead_still_mC": 60,
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
        # 8 characters of the pseudonym, 40 bits, tell the staff of one canteen apart.
        measured = fields["staff"][7:15], fields["forehead_mC"], fields["checked_at"]
        window = windows.enter(context, f"checks {fields['canteen']}", seen, *measured)
        found = window.number % _EVERY == 0 and self._found(seen, window, context)
        windows.keep(context, window, 0 if found else _KEPT)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its temperature leaves the window."""
        windows.leave(context, f"checks {seen.subject('canteen')}", seen.index)

    def _found(self, seen: Seen, window: Window, context: Context) -> bool:
        rules = context.policy.rules
        entries = window.entries()
        newest = entries[-rules["forehead_still_checks"] :]
        if len(newest) == rules["forehead_still_checks"] and (
            self._still(seen, window, newest, context)
            or self._copied(seen, window, newest, context)
        ):
            return True
        values = column(entries, _MC)
        moved = [value - values[0] for value in values]
        squares = list(map(mul, moved, moved))
        return any(
            # The coarser the thermometer, the wider the range counts: most are too wide at any rate.
            statistics.range_milli(moved[-size:], squares[-size:]) <= allowed
            and self._flat(seen, window, entries[-size:], allowed, context)
            for size, allowed in zip(
                rules["forehead_flat_checks"], rules["forehead_flat_range_milli"], strict=False
            )
            if 1 < size <= len(values)
        )

    def _still(
        self, seen: Seen, window: Window, entries: Sequence[Entry], context: Context
    ) -> bool:
        allowed = context.policy.rules["forehead_still_mC"]
        spread = statistics.deviation(column(entries, _MC))
        measured = {"deviation_mC": spread}
        score = statistics.below(spread, allowed)
        return self._report(seen, window, entries, context, "forehead-still", measured, score)

    def _copied(
        self, seen: Seen, window: Window, entries: Sequence[Entry], context: Context
    ) -> bool:
        threshold = context.policy.rules["forehead_copied_ppm"]
        last: dict[str, int] = {}
        again = same = 0
        for entry in entries:
            before = last.get(entry[_WHO])
            if before is not None:
                again += 1
                same += before == entry[_MC]
            last[entry[_WHO]] = entry[_MC]
        if 2 * again < len(entries):
            return False
        share = statistics.share_ppm(same, again)
        measured = {"share_ppm": share, "compared": again}
        return self._report(
            seen, window, entries, context, "forehead-copied", measured, share, threshold
        )

    def _flat(
        self, seen: Seen, window: Window, entries: Sequence[Entry], allowed: int, context: Context
    ) -> bool:
        values = column(entries, _MC)
        if max(values) == min(values):
            return False
        step = gcd(*(after - before for before, after in pairwise(values)))
        ranged = statistics.studentised_range_milli(values, step)
        if ranged > allowed:
            return False
        for groups in (column(entries, _WHO), _days(entries, context.zone)):
            ratio = statistics.f_ratio_milli(values, groups)
            if ratio is not None and ratio > statistics.f_limit_milli(len(set(groups))):
                return False
        measured = {"range_milli": ranged, "lowest_mC": min(values), "highest_mC": max(values)}
        score = statistics.below(ranged, allowed)
        return self._report(seen, window, entries, context, "forehead-flat", measured, score)

    def _report(
        self,
        seen: Seen,
        window: Window,
        entries: Sequence[Entry],
        context: Context,
        rule: str,
        measured: Mapping[str, int],
        score: int,
        threshold: int = statistics.HALF,
    ) -> bool:
        if score < threshold:
            return False
        if len(set(_days(entries, context.zone))) < context.policy.rules["forehead_days"]:
            return False
        place = place_of(seen)
        refs = window.refs(entries, context)
        case = Case(
            kind="temperatures-uniform",
            rule=rule,
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=refs,
            fields="forehead_mC",
            first_at=min(column(entries, _AT)),
            last_at=max(column(entries, _AT)),
            score_ppm=score,
            threshold_ppm=threshold,
            measured={"checks": len(entries), **measured},
            needs=len(refs) * 3 // 4,
            episodes=[f"{place.canteen} {rule}"],
            again_days=context.policy.rules["again_days"],
        )
        return report(context, case)


def _days(entries: Sequence[Entry], zone: str) -> list[str]:
    """The civil day of each check."""
    return [civil.day_of(at, zone) for at in column(entries, _AT)]
