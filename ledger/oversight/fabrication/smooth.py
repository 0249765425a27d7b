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

Kept as `smooth`: readings since it was looked at in full, readings in all, the end of the latest batch
[counter, last reading, last difference, whether it rose last], and of the newest batches [index, leaf
hash, id, readings, Σ first², their number, Σ second², their number, turns, lowest, highest, first,
last].
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import place_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.fabrication.series import Batch, Series
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_READINGS, _SUMS, _LOW, _HIGH, _FIRST, _LAST = 3, slice(4, 9), 9, 10, 11, 12
_STEP_S = 600
_KEPT = 144
_EVERY = 48
_BREAK = (None, None, None)
"""The end of nothing: no difference is known, and no way that it went."""
_MOST_MC = 1_000_000
"""Further out no kitchen is, and squares would be numbers that not every store can hold."""


class Smooth(Series):
    """Temperatures too smooth, in a cabinet."""

    name: ClassVar[str] = "smooth"
    reads: ClassVar[frozenset[str]] = frozenset(
        {
            "cabinet", "place", "interval_s", "mC_readings", "counter_from", "counter_until",
            "first_read_at", "last_read_at",
        }
    )  # fmt: skip
    defaults: ClassVar[Mapping[str, Any]] = {
        "smooth_readings": 48,
        "smooth_range_mC": 300,
        "smooth_ratio_ppm": 100_000,
    }

    def enter(self, batch: Batch, kept: Any, context: Context) -> Any:
        """The series goes on; looked at at every 48 readings, and longer back at every 144."""
        seen, fields = batch.seen, batch.seen.fields
        if fields["place"] in context.policy.rules["slow_places"]:
            return kept
        new, total, (counter, *end), batches = kept or (0, 0, (-1, *_BREAK), [])
        readings, values = fields["mC_readings"], batch.values
        lowest, highest = batch.lowest, batch.highest
        if fields["interval_s"] < _STEP_S:
            readings = readings[:: -(-_STEP_S // fields["interval_s"])]
            values = [reading for reading in readings if reading is not None]
            if not values:
                return kept
            lowest, highest = min(values), max(values)
        if highest > _MOST_MC or lowest < -_MOST_MC:
            return kept
        sums, end = _differences(readings, end if fields["counter_from"] == counter + 1 else _BREAK)
        ends = [fields["first_read_at"], fields["last_read_at"]]
        mine = [*batch.ref, len(values), *sums, lowest, highest, *ends]
        batches = [*batches, mine]
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
        return [new, total, [fields["counter_until"], *end], batches]

    def leave(self, kept: Any, index: int) -> Any:
        """Its readings are gone from the series."""
        new, _, end, batches = kept
        left = without(batches, index)
        return [new, sum(one[_READINGS] for one in left), end, left]

    def _found(self, seen: Seen, batches: list[list[Any]], context: Context) -> bool:
        rules = context.policy.rules
        readings = first = firsts = second = seconds = turns = 0
        for batch in batches:
            readings += batch[_READINGS]
            of_first, number, of_second, number_of_second, turned = batch[_SUMS]
            first, firsts = first + of_first, firsts + number
            second, seconds = second + of_second, seconds + number_of_second
            turns += turned
        if readings < rules["smooth_readings"] or not seconds or not first or turns < 2:
            return False
        ratio = statistics.WHOLE * second * firsts // (first * seconds)
        if ratio > rules["smooth_ratio_ppm"]:
            return False
        columns = list(zip(*batches, strict=True))
        spread = max(columns[_HIGH]) - min(columns[_LOW])
        if spread < rules["smooth_range_mC"]:
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
            first_at=min(columns[_FIRST]),
            last_at=max(columns[_LAST]),
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
    series: Sequence[int | None], end: Sequence[Any]
) -> tuple[Sequence[int], Sequence[Any]]:
    """Sums over the differences of a series that goes on from an `end`, and where it ends itself.

    A missing reading is a break: no difference reaches across it.

    Returns:
        Σ first², their number, Σ second², their number, turns; and the end: the last reading, the
        last difference, and whether it rose when it moved last.
    """
    if None not in series:
        return _unbroken(series, end)
    last, before, rose = end
    first = firsts = second = seconds = turns = 0
    for reading in series:
        if reading is None:
            last, before, rose = _BREAK
            continue
        if last is not None:
            step = reading - last
            first += step * step
            firsts += 1
            if before is not None:
                bend = step - before
                second += bend * bend
                seconds += 1
            if step:
                turns += rose is not None and rose != (step > 0)
                rose = step > 0
            before = step
        last = reading
    return (first, firsts, second, seconds, turns), (last, before, rose)


def _unbroken(series: Sequence[Any], end: Sequence[Any]) -> tuple[Sequence[int], Sequence[Any]]:
    """The same of readings of which none is missing, as nearly all series are."""
    last, before, rose = end
    first = second = turns = 0
    firsts, seconds = len(series), len(series)
    if last is None:
        last, series, firsts, seconds = series[0], series[1:], firsts - 1, seconds - 1
    if before is None and series:
        before, seconds = series[0] - last, seconds - 1
    for reading in series:
        step = reading - last
        bend = step - before
        first += step * step
        second += bend * bend
        if step and rose is not (step > 0):
            turns += rose is not None
            rose = step > 0
        before, last = step, reading
    return (first, firsts, second, seconds, turns), (last, before, rose)
