"""Cabinets whose temperature does not move (柜温恒定), or less than any cabinet's does.

A compressor switches on and off, a door is opened at every meal, a freezer defrosts: over a day a
working cabinet moves by half a degree at least. A sensor that hangs, or a number typed in, does not.
What moves by less than a probe's resolution cannot be seen: so the resolution is learned from the
cabinet's own series (the greatest common divisor of its differences), and the coarser it is, the
longer the stillness must last.

`cabinet-still`: the readings of consecutive batches stay within `still_range_mC` for `still_s`; or
all of them are one value, for `still_constant_s` where a resolution of `still_range_mC` or finer was
seen before, for three times `still_s` where a coarser one was. A dry store is slow by nature, and a
vehicle stands still: `slow_places` are left alone.

Kept as `still`: the resolution, of how many readings, and the batches of the stretch that has been
still so far, [index, leaf hash, id, readings, lowest, highest, seconds, first, last].
"""

from collections.abc import Mapping
from math import gcd
from operator import sub
from typing import Any, ClassVar

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import place_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.fabrication.series import Batch, Series
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_READINGS, _LOW, _HIGH, _SECONDS, _FIRST, _LAST = range(3, 9)
_LEARNED = 300
"""Readings after which the resolution counts as known."""
_MOST_BATCHES = 120


class Still(Series):
    """Temperatures too uniform, in a cabinet."""

    name: ClassVar[str] = "still"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"cabinet", "place", "interval_s", "mC_readings", "first_read_at", "last_read_at"}
    )
    defaults: ClassVar[Mapping[str, Any]] = {
        "slow_places": ["dry-store", "vehicle"],
        "still_range_mC": 100,
        "still_s": 86_400,
        "still_constant_s": 21_600,
        "still_readings": 24,
    }

    def enter(self, batch: Batch, kept: Any, context: Context) -> Any:
        """The stretch goes on, or begins anew with this batch."""
        seen, fields = batch.seen, batch.seen.fields
        rules = context.policy.rules
        if fields["place"] in rules["slow_places"]:
            return kept
        step, learned, stretch = kept or (0, 0, [])
        values, low, high = batch.values, batch.lowest, batch.highest
        if learned < _LEARNED:
            step = gcd(step, *map(sub, values[1:], values))
            learned += len(values)
        elif high - low > rules["still_range_mC"] and not stretch:
            return kept
        if high - low > rules["still_range_mC"]:
            return [step, learned, []]
        lowest = min([low, *(one[_LOW] for one in stretch)])
        highest = max([high, *(one[_HIGH] for one in stretch)])
        if highest - lowest > rules["still_range_mC"]:
            stretch, lowest, highest = [], low, high
        seconds = len(values) * fields["interval_s"]
        ends = [fields["first_read_at"], fields["last_read_at"]]
        stretch = [*stretch, [*batch.ref, len(values), low, high, seconds, *ends]]
        if self._found(seen, step, highest - lowest, stretch, context):
            stretch = []
        return [step, learned, stretch[-_MOST_BATCHES:]]

    def leave(self, kept: Any, index: int) -> Any:
        """Its readings leave the stretch."""
        step, learned, stretch = kept
        return [step, learned, without(stretch, index)]

    def _found(
        self, seen: Seen, step: int, moved: int, stretch: list[list[Any]], context: Context
    ) -> bool:
        rules = context.policy.rules
        allowed = rules["still_s"]
        if step > rules["still_range_mC"]:
            allowed *= 3
        elif step and moved == 0:
            allowed = rules["still_constant_s"]
        lasted = sum(batch[_SECONDS] for batch in stretch)
        readings = sum(batch[_READINGS] for batch in stretch)
        if lasted < allowed or readings < rules["still_readings"]:
            return False
        place = place_of(seen)
        case = Case(
            kind="temperatures-uniform",
            rule="cabinet-still",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[batch[:3] for batch in stretch],
            fields="mC_readings",
            first_at=min(batch[_FIRST] for batch in stretch),
            last_at=max(batch[_LAST] for batch in stretch),
            score_ppm=statistics.above(lasted, allowed),
            threshold_ppm=statistics.HALF,
            measured={"moved_mC": moved, "lasted_s": lasted, "readings": readings},
            needs=max(1, len(stretch) * 3 // 4),
            episodes=[f"{seen.fields['cabinet']} still"],
            again_days=rules["again_days"],
        )
        return report(context, case)
