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

Kept under `still <cabinet>`: the resolution, of how many readings, and the batches of the stretch
that has been still so far, [index, leaf hash, id, readings, lowest, highest, seconds, first, last].
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import gcd
from typing import Any, ClassVar

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of, ref_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_READINGS, _LOW, _HIGH, _SECONDS, _FIRST, _LAST = range(3, 9)
_LEARNED = 300
"""Readings after which the resolution counts as known."""
_MOST_BATCHES = 120


class Still(Detector):
    """Temperatures too uniform, in a cabinet."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "temperature-log": frozenset(
            {"cabinet", "place", "interval_s", "mC_readings", "first_read_at", "last_read_at"}
        )
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "slow_places": ["dry-store", "vehicle"],
        "still_range_mC": 100,
        "still_s": 86_400,
        "still_constant_s": 21_600,
        "still_readings": 24,
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The cabinet's."""
        return [f"still {seen.subject('device')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more batch: the stretch goes on, or begins anew with it."""
        fields = seen.fields
        values = [value for value in fields["mC_readings"] if value is not None]
        rules = context.policy.rules
        if not values or fields["place"] in rules["slow_places"]:
            return
        key = f"still {fields['cabinet']}"
        step, learned, stretch = context.get(key) or (0, 0, [])
        low, high = min(values), max(values)
        if learned < _LEARNED:
            step = gcd(step, *(after - before for before, after in pairwise(values)))
            learned += len(values)
        lowest = min([low, *(batch[_LOW] for batch in stretch)])
        highest = max([high, *(batch[_HIGH] for batch in stretch)])
        if highest - lowest > rules["still_range_mC"]:
            stretch, lowest, highest = [], low, high
        if highest - lowest <= rules["still_range_mC"]:
            seconds = len(values) * fields["interval_s"]
            ends = [fields["first_read_at"], fields["last_read_at"]]
            stretch = [*stretch, [*ref_of(seen), len(values), low, high, seconds, *ends]]
            if self._found(seen, step, highest - lowest, stretch, context):
                stretch = []
        context.put(key, [step, learned, stretch[-_MOST_BATCHES:]])

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its readings leave the stretch."""
        key = f"still {seen.subject('device')}"
        kept = context.get(key)
        if kept is not None:
            context.put(key, [*kept[:2], without(kept[2], seen.index)])

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
