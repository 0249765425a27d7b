"""Temperature series that are drawn, not measured (曲线过于平滑): a sine, a spline, straight lines.

A measured series is rough: the cooling switches on and off, doors open, the last digit flickers. Its
second differences are as large as its first: independent noise comes to a ratio of variances of 3, a
random walk to 2, a cycle of P readings to (2 sin(π/P))². A curve that somebody calculated over a day
comes to a few hundredths. So readings are taken ten minutes apart or more, within which a buffered
probe may be smooth by itself; and a series that only warms up or cools down is left alone, for a
cabinet switched off does just that.

`cabinet-smooth`: over the newest batches with at least `smooth_readings` such readings together, or
with 144, the ratio is `smooth_ratio_ppm` or less, while they span `smooth_range_mC` and turn at least
twice. Differences run on from batch to batch where no count is left out between.

Kept under `smooth <cabinet>`: readings since it was looked at in full, readings in all, the end of the
latest batch [counter, its last two readings, whether they rose], and of the newest batches [index,
leaf hash, id, readings, Σ first², their number, Σ second², their number, turns, lowest, highest, first,
last].
"""

from collections.abc import Iterable, Iterator, Mapping
from operator import add, mul, ne, sub
from typing import Any, ClassVar

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of, ref_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_READINGS, _SUMS, _LOW, _HIGH, _FIRST, _LAST = 3, slice(4, 9), 9, 10, 11, 12
_STEP_S = 600
_KEPT = 144
_EVERY = 48
_MOST_MC = 1_000_000
"""Further out no kitchen is, and squares would be numbers that not every store can hold."""


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
        """One more batch; looked at at every 48 readings, and longer back at every 144."""
        fields = seen.fields
        if fields["place"] in context.policy.rules["slow_places"]:
            return
        key = f"smooth {fields['cabinet']}"
        kept: list[Any] = context.get(key) or [0, 0, [-1, [], None], []]
        new, total, end, batches = kept
        readings = fields["mC_readings"][:: -(-_STEP_S // fields["interval_s"])]
        values = [reading for reading in readings if reading is not None]
        if not values or max(values) > _MOST_MC or min(values) < -_MOST_MC:
            return
        before, rose = (end[1], end[2]) if fields["counter_from"] == end[0] + 1 else ([], None)
        sums, rose = _differences([*before, *readings], len(before), rose=rose)
        ends = [fields["first_read_at"], fields["last_read_at"]]
        batch = [*ref_of(seen), len(values), *sums, min(values), max(values), *ends]
        batches = [*batches, batch]
        new, total = new + len(values), total + len(values)
        while total - batches[0][_READINGS] >= _KEPT:
            total -= batches[0][_READINGS]
            del batches[0]
        found = False
        if new // _EVERY > (new - len(values)) // _EVERY:
            newest = _newest(batches, context.policy.rules["smooth_readings"])
            found = self._found(seen, newest, context)
        if new >= _KEPT:
            new = 0
            found = found or self._found(seen, batches, context)
        if found:
            new, total, batches = 0, 0, []
        end = [fields["counter_until"], [*before, *readings][-2:], rose]
        context.put(key, [new, total, end, batches])

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its readings are gone from the series."""
        key = f"smooth {seen.subject('device')}"
        kept = context.get(key)
        if kept is not None:
            left = without(kept[3], seen.index)
            context.put(key, [kept[0], sum(one[_READINGS] for one in left), kept[2], left])

    def _found(self, seen: Seen, batches: list[list[Any]], context: Context) -> bool:
        rules = context.policy.rules
        readings = sum(batch[_READINGS] for batch in batches)
        sums = zip(*(batch[_SUMS] for batch in batches), strict=True)
        first, firsts, second, seconds, turns = (sum(column) for column in sums)
        if readings < rules["smooth_readings"] or not seconds or not first or turns < 2:
            return False
        spread = max(batch[_HIGH] for batch in batches) - min(batch[_LOW] for batch in batches)
        ratio = statistics.WHOLE * second * firsts // (first * seconds)
        if ratio > rules["smooth_ratio_ppm"] or spread < rules["smooth_range_mC"]:
            return False
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
            measured={"ratio_ppm": ratio, "readings": readings, "turns": turns},
            needs=max(1, len(batches) * 3 // 4),
            episodes=[f"{seen.fields['cabinet']} smooth"],
            again_days=rules["again_days"],
        )
        return report(context, case)


def _newest(batches: list[Any], readings: int) -> list[Any]:
    """The newest batches that come to so many readings."""
    total = 0
    for place in range(len(batches) - 1, -1, -1):
        total += batches[place][_READINGS]
        if total >= readings:
            return batches[place:]
    return batches


def _differences(
    series: list[int | None], known: int, *, rose: bool | None
) -> tuple[list[int], bool | None]:
    """Sums over the differences that end after the first `known` readings, and the last way it went.

    A missing reading is a break: no difference reaches across it.
    """
    totals = [0, 0, 0, 0, 0]
    for run, place in _runs(series):
        if place:
            known, rose = 0, None
        steps = list(map(sub, run[1:], run))
        bends = list(map(sub, steps[1:], steps))
        new = steps[max(0, known - 1) :]
        ways = [step > 0 for step in new if step]
        if rose is not None:
            ways.insert(0, rose)
        rose = ways[-1] if ways else None
        sums = (
            sum(map(mul, new, new)), len(new), sum(map(mul, bends, bends)), len(bends),
            sum(map(ne, ways[1:], ways)),
        )  # fmt: skip
        totals = list(map(add, totals, sums))
    return totals, rose


def _runs(series: list[int | None]) -> Iterator[tuple[list[int], int]]:
    """Readings one after the other, up to each that is missing; and how many runs were before."""
    number, run = 0, list[int]()
    for reading in series:
        if reading is None:
            yield run, number
            number, run = number + 1, []
        else:
            run.append(reading)
    yield run, number
