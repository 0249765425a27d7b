"""Temperature series that are drawn, not measured (曲线过于平滑): a sine, a spline, straight lines.

A measured series is rough: the cooling switches on and off, doors open, the last digit flickers. Its
second differences are as large as its first: independent noise comes to a ratio of variances of 3, a
random walk to 2, a cycle of P readings to (2 sin(π/P))². A curve that somebody calculated over a day
comes to a few hundredths. So readings are taken ten minutes apart or more, within which a buffered
probe may be smooth by itself; and a series that only warms up or cools down is left alone, for a
cabinet switched off does just that.

`cabinet-smooth`: over at least `smooth_readings` of them the ratio is `smooth_ratio_ppm` or less,
while they span `smooth_range_mC` and turn at least twice.

Kept under `smooth <cabinet>`: readings since it was last looked at, and the newest batches, [index,
leaf hash, id, readings, counter from, counter until, first, last], of 144 readings together.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, ClassVar

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_READINGS, _FROM, _UNTIL, _FIRST, _LAST = range(3, 8)
_STEP_S = 600
_KEPT = 144
_EVERY = 24


class Smooth(Detector):
    """Temperatures too smooth, in a cabinet."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "temperature-log": frozenset(
            {
                "cabinet", "place", "interval_s", "mC_readings", "counter_from", "counter_until",
                "first_read_at", "last_read_at",
            }
        )
    }  # fmt: skip
    defaults: ClassVar[Mapping[str, Any]] = {
        "smooth_readings": 48,
        "smooth_range_mC": 300,
        "smooth_ratio_ppm": 100_000,
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The cabinet's."""
        return [f"smooth {seen.subject('device')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more batch; looked at together with those before at every 24 readings."""
        fields = seen.fields
        if fields["place"] not in context.policy.rules["still_places"]:
            return
        key = f"smooth {fields['cabinet']}"
        new, batches = context.get(key) or (0, [])
        readings = fields["mC_readings"][:: -(-_STEP_S // fields["interval_s"])]
        counted = [fields["counter_from"], fields["counter_until"]]
        ends = [fields["first_read_at"], fields["last_read_at"]]
        batches = _newest([*batches, [*seen.ref, readings, *counted, *ends]], _KEPT)
        new += len(readings)
        if new >= _EVERY:
            new = 0
            newest = _newest(batches, context.policy.rules["smooth_readings"])
            if self._found(seen, newest, context) or self._found(seen, batches, context):
                batches = []
        context.put(key, [new, batches])

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its readings are gone from the series."""
        key = f"smooth {seen.subject('device')}"
        kept = context.get(key)
        if kept is not None:
            context.put(key, [kept[0], without(kept[1], seen.index)])

    def _found(self, seen: Seen, batches: list[list[Any]], context: Context) -> bool:
        rules = context.policy.rules
        first = second = firsts = seconds = turns = 0
        values: list[int] = []
        for stretch in _stretches(batches):
            values += stretch
            steps = [after - before for before, after in pairwise(stretch)]
            bends = [after - before for before, after in pairwise(steps)]
            first += sum(step * step for step in steps)
            second += sum(bend * bend for bend in bends)
            firsts += len(steps)
            seconds += len(bends)
            ways = [step > 0 for step in steps if step]
            turns += sum(before != after for before, after in pairwise(ways))
        if len(values) < rules["smooth_readings"] or not seconds or not first or turns < 2:
            return False
        if max(values) - min(values) < rules["smooth_range_mC"]:
            return False
        ratio = statistics.WHOLE * second * firsts // (first * seconds)
        place = place_of(seen)
        case = Case(
            kind="temperatures-uniform",
            rule="cabinet-smooth",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[batch[:3] for batch in batches],
            fields="mC_readings",
            first_at=min(batch[_FIRST] for batch in batches),
            last_at=max(batch[_LAST] for batch in batches),
            score_ppm=statistics.below(ratio, rules["smooth_ratio_ppm"]),
            threshold_ppm=statistics.HALF,
            measured={"ratio_ppm": ratio, "readings": len(values), "turns": turns},
            needs=max(1, len(batches) * 3 // 4),
            episodes=[f"{seen.fields['cabinet']} smooth"],
            again_days=rules["again_days"],
        )
        return report(context, case)


def _newest(batches: list[Any], readings: int) -> list[Any]:
    """The newest batches that come to so many readings."""
    total = 0
    for place in range(len(batches) - 1, -1, -1):
        total += len(batches[place][_READINGS])
        if total >= readings:
            return batches[place:]
    return batches


def _stretches(batches: list[list[Any]]) -> Iterator[list[int]]:
    """Readings without a break: neither a missing one, nor a count left out between two batches."""
    stretch: list[int] = []
    until = None
    for batch in sorted(batches, key=lambda one: one[_FROM]):
        if until is not None and batch[_FROM] != until + 1:
            yield stretch
            stretch = []
        until = batch[_UNTIL]
        for reading in batch[_READINGS]:
            if reading is None:
                yield stretch
                stretch = []
            else:
                stretch.append(reading)
    yield stretch
