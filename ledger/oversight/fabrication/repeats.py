"""Weights that repeat (重量完全相同) more often than goods do.

Loose goods never weigh the same twice; sealed packs do, as far as the scale can tell. How often an
item's weight repeats by nature is learned from the log itself: of all its weigh-ins in all schools,
how many showed the weight of the one before in their canteen. A prior of ten weigh-ins stands for
what is not known yet: that weights spread by `weight_spread_ppm` of themselves at least, on a scale of
the division that it states. A run of k equal weights then has the chance p^(k-1), where runs under way
do not count towards p; it is a finding at `weight_chance_ppm` or less, of more than `weight_steps`
weights: a button pressed twice or three times repeats a weight too.

`weight-repeated`: one item in one canteen, delivery after delivery.
`weight-of-anything`: one scale, where the item changes and the weight does not. Only steps from one
item to another count, with a chance learned for each scale (prior: one in fifty).

Goods received only; what leaves the store leaves in packs. Weights that take turns among a few values
are not seen.

Kept under `item <canteen> <item>`: [weight, k, the run's newest 40 as [index, leaf hash, id, occurred
at]]; under `items <item>`: [weigh-ins, repeated]; under `scale <scale>`: [weight, item, steps, run,
steps before, repeated before].
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_PRIOR: Final = 10
_SCALE_PRIOR: Final = 50
_MOST: Final = 40
_BY_HAND_MG: Final = 100_000
"""What people read off a scale and type in: a tenth of a kilogram."""
_EQUAL_MILLI: Final = 3545
"""2√π: two normal values σ apart by chance meet in a cell of width d with chance d / (2√π σ)."""


class Repeats(Detector):
    """Identical net weights."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset(
            {"canteen", "item_code", "direction", "net_g", "scale", "division_mg", "gross_g"}
        )
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "weight_spread_ppm": 1000,
        "weight_chance_ppm": 5,
        "weight_steps": 3,
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The item's in the canteen and everywhere, and the scale's."""
        fields = seen.fields
        item = fields.get("item_code")
        keys = [f"item {seen.subject('canteen')} {item}", f"items {item}"]
        return [*keys, f"scale {fields['scale']}"] if "scale" in fields else keys

    def tell(self, seen: Seen, context: Context) -> None:
        """One more weight."""
        fields = seen.fields
        if fields["direction"] != "inbound" or fields["net_g"] <= 0:
            return
        self._of_item(seen, context)
        if "scale" in fields:
            self._of_scale(seen, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its run is one shorter; of what was learned, one weigh-in in many, nothing changes."""
        for key, run in zip(self.keys(seen), (2, None, 3), strict=False):
            kept = context.get(key)
            if run is None or kept is None:
                continue
            left = without(kept[run], seen.index)
            if len(left) < len(kept[run]):
                place = 1 if run == 2 else 2
                kept = [*kept]
                kept[run], kept[place] = left, max(kept[place] - 1, 0)
                context.put(key, kept if left else None)

    def _of_item(self, seen: Seen, context: Context) -> None:
        fields = seen.fields
        key = f"item {fields['canteen']} {fields['item_code']}"
        net = fields["net_g"]
        weight, times_seen, run = context.get(key) or (None, 0, [])
        entry = [*seen.ref, seen.occurred_at]
        if net != weight:
            if times_seen:
                everywhere = f"items {fields['item_code']}"
                told, repeated = context.get(everywhere) or (0, 0)
                context.put(everywhere, [told + times_seen, repeated + times_seen - 1])
            context.put(key, [net, 1, [entry]])
            return
        run = [*run[1 - _MOST :], entry]
        times_seen += 1
        told, repeated = context.get(f"items {fields['item_code']}") or (0, 0)
        rules = context.policy.rules
        spread_mg = max(1, net * rules["weight_spread_ppm"] // 1000)
        division = fields.get("division_mg", _BY_HAND_MG)
        by_nature = min(
            statistics.WHOLE, statistics.WHOLE * 1000 * division // (_EQUAL_MILLI * spread_mg)
        )
        chance = (statistics.WHOLE * (repeated + 1) + _PRIOR * by_nature) // (told + _PRIOR)
        if self._found(seen, run, times_seen - 1, chance, "weight-repeated", context):
            times_seen, run = 0, []
        context.put(key, [net, times_seen, run])

    def _of_scale(self, seen: Seen, context: Context) -> None:
        fields = seen.fields
        key = f"scale {fields['scale']}"
        net, item = fields["net_g"], fields["item_code"]
        weight, before, steps, run, told, repeated = context.get(key) or (None, None, 0, [], 0, 0)
        entry = [*seen.ref, seen.occurred_at]
        changed = before is not None and item != before
        if net != weight:
            told, repeated = told + changed + steps, repeated + steps
            context.put(key, [net, item, 0, [entry], told, repeated])
            return
        run = [*run[1 - _MOST :], entry]
        if changed:
            steps += 1
            chance = statistics.WHOLE * (repeated + 1) // (told + _SCALE_PRIOR)
            if self._found(seen, run, steps, chance, "weight-of-anything", context):
                steps, run = 0, []
        context.put(key, [net, item, steps, run, told, repeated])

    def _found(
        self, seen: Seen, run: list[list[Any]], steps: int, chance: int, rule: str, context: Context
    ) -> bool:
        allowed = context.policy.rules["weight_chance_ppm"]
        if steps < context.policy.rules["weight_steps"]:
            return False
        small = statistics.WHOLE * statistics.WHOLE
        for _ in range(steps):
            small = small * min(chance, statistics.WHOLE) // statistics.WHOLE
        if small > allowed * statistics.WHOLE:
            return False
        place = place_of(seen)
        fields = seen.fields
        about = fields["item_code"] if rule == "weight-repeated" else fields["scale"]
        case = Case(
            kind="weights-identical",
            rule=rule,
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[one[:3] for one in run],
            fields="net_g",
            first_at=min(one[3] for one in run),
            last_at=max(one[3] for one in run),
            score_ppm=statistics.WHOLE - small // statistics.WHOLE,
            threshold_ppm=statistics.WHOLE - allowed,
            measured={"net_g": fields["net_g"], "steps": steps, "chance_of_each_ppm": chance},
            needs=max(2, len(run) * 3 // 4),
            episodes=[f"{place.canteen} {about}"],
            again_days=context.policy.rules["again_days"],
        )
        return report(context, case)
