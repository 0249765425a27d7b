"""Weights entered by hand (手工录入): always a finding, one for each delivery.

Whoever cannot use the scale may type a weight in, and it is kept; but nothing shows that it was
weighed. The entries of one delivery come one after the other: they are gathered for `by_hand_wait_s`
from the first one on, and for a week more an entry of the same delivery is part of it. A delivery is an
order, or else a supplier's goods of one day. A declared outage excuses nothing here; it explains.

`entered-by-hand`. Kept under `hand <delivery>`: the entries, [index, leaf hash, id, occurred at], or
nothing any more once it was found.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from ledger.oversight import civil
from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_MOST = 500
_SETTLED_S = 7 * 86_400


class ByHand(Detector):
    """Weigh-ins that no scale made."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {"weigh-in": frozenset({"entry_mode"})}
    defaults: ClassVar[Mapping[str, Any]] = {"by_hand_wait_s": 7200}
    wakes: ClassVar[frozenset[str]] = frozenset({"hand"})

    def tell(self, seen: Seen, context: Context) -> None:
        """An entry by hand opens a delivery, or joins it."""
        if seen.fields["entry_mode"] != "manual":
            return
        key = _key(seen, context.zone)
        kept = context.get(key)
        if kept is None:
            place = place_of(seen)
            kept = {"scope": place.scope, "canteen": place.canteen, "entries": []}
            context.wake(civil.later(context.now, context.policy.rules["by_hand_wait_s"]), key)
        elif kept.get("found"):
            return
        entry = [*seen.ref, seen.occurred_at]
        context.put(key, {**kept, "entries": [*kept["entries"], entry][:_MOST]})

    def due(self, key: str, context: Context) -> None:
        """Find what was gathered; a week later forget that it was."""
        kept = context.get(key)
        if kept is None or kept.get("found") or not kept["entries"]:
            context.put(key, None)
            return
        entries = kept["entries"]
        case = Case(
            kind="entered-by-hand",
            rule="entered-by-hand",
            scope=kept["scope"],
            responsible=kept["scope"],
            canteen=kept["canteen"],
            severity="minor",
            inputs=[entry[:3] for entry in entries],
            fields="entry_mode",
            first_at=min(entry[3] for entry in entries),
            last_at=max(entry[3] for entry in entries),
            score_ppm=statistics.WHOLE,
            threshold_ppm=statistics.WHOLE,
            measured={"entries": len(entries)},
            needs=1,
        )
        report(context, case)
        context.put(key, {**kept, "entries": [], "found": True})
        context.wake(civil.later(context.now, _SETTLED_S), key)

    def take_back(self, seen: Seen, context: Context) -> None:
        """It was not entered."""
        key = _key(seen, context.zone)
        kept = context.get(key)
        if kept is not None:
            context.put(key, {**kept, "entries": without(kept["entries"], seen.index)})


def _key(seen: Seen, zone: str) -> str:
    order = seen.subject("order")
    if order is not None:
        return f"hand {order}"
    day = civil.day_of(seen.occurred_at, zone)
    return f"hand {seen.subject('canteen')} {seen.subject('supplier')} {day}"
