"""Core temperatures of cooked dishes (中心温度) that no probe read.

Dishes come out of the pot some degrees apart, even of one recipe. Only boiling and steaming hold a
plateau, at 95 °C and more: such readings are left out. Whole degrees are no sign of a lie, for a
display is read off and typed in.

`core-still`: of the newest 30 others, on `core_days` days and of `core_dishes` dishes or more, the
standard deviation is `core_still_mC` or less, or one value makes up `core_same_ppm`.

Kept under `cores <canteen>`: checks since it was last looked at, and of the newest 30 [index, leaf
hash, id, temperature, dish, ended at].
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ledger.oversight import civil
from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_MC, _DISH, _AT = 3, 4, 5
_KEPT = 30
_EVERY = 5
_BOILING_MC = 95_000


class Cores(Detector):
    """Temperatures too uniform, in the pot."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "cooking-step": frozenset({"canteen", "dish_code", "core_temperature_mC", "ended_at"})
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "core_still_mC": 500,
        "core_same_ppm": 800_000,
        "core_days": 5,
        "core_dishes": 5,
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The canteen's."""
        return [f"cores {seen.subject('canteen')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more temperature; looked at together with those before at every fifth."""
        fields = seen.fields
        core = fields.get("core_temperature_mC")
        if core is None or core >= _BOILING_MC:
            return
        key = f"cores {fields['canteen']}"
        new, window = context.get(key) or (0, [])
        entry = [*seen.ref, core, fields["dish_code"], fields["ended_at"]]
        window = [*window[1 - _KEPT :], entry]
        new += 1
        if new >= _EVERY and len(window) == _KEPT:
            new = 0
            if self._found(seen, window, context):
                window = []
        context.put(key, [new, window])

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its temperature leaves the window."""
        key = f"cores {seen.subject('canteen')}"
        kept = context.get(key)
        if kept is not None:
            context.put(key, [kept[0], without(kept[1], seen.index)])

    def _found(self, seen: Seen, window: list[list[Any]], context: Context) -> bool:
        rules = context.policy.rules
        values = [one[_MC] for one in window]
        spread = statistics.deviation(values)
        same = statistics.share_ppm(max(map(values.count, set(values))), len(values))
        score = max(
            statistics.below(spread, rules["core_still_mC"]),
            statistics.above(same, rules["core_same_ppm"]),
        )
        if score < statistics.HALF:
            return False
        days = {civil.day_of(one[_AT], context.zone) for one in window}
        dishes = {one[_DISH] for one in window}
        if len(days) < rules["core_days"] or len(dishes) < rules["core_dishes"]:
            return False
        place = place_of(seen)
        case = Case(
            kind="temperatures-uniform",
            rule="core-still",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[one[:3] for one in window],
            fields="core_temperature_mC",
            first_at=min(one[_AT] for one in window),
            last_at=max(one[_AT] for one in window),
            score_ppm=score,
            threshold_ppm=statistics.HALF,
            measured={"deviation_mC": spread, "same_ppm": same},
            needs=len(window) * 3 // 4,
            episodes=[f"{place.canteen} core"],
            again_days=rules["again_days"],
        )
        return report(context, case)
