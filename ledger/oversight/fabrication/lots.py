"""One delivery weighed in two schools (一货两校): the same goods shown twice.

`delivery-in-two-schools`: weigh-ins of two schools name the same dispatch, or one names a dispatch
for another school's order. It is found as soon as both are known.

`lot-in-two-schools`: a large lot is rightly shared out among schools, each with a dispatch of its own.
Found is a lot weighed in at a school to which no dispatch brought it, though one brought it to another
school, where it was weighed too: with the very same weight (two divisions more or less), or with so
much that both together are `lot_tolerance_ppm` more than was sent there. A supplier who forgot a note
looks the same, but for the weights. A lot is judged once nothing new of it has come for
`delivery_wait_s`, for notes come late, 14 days after its first record at the latest; for 14 days more it
is remembered which schools it was sent to.

Kept under `delivery <dispatch>` for 14 days: by school the first record that names it, [index, leaf
hash, id, occurred at]; under `lot <lot>` since when, the latest, supplier, what was sent, [school, grams,
index, leaf hash, id], what was weighed, [school, net, gross, index, leaf hash, id, occurred at], and to which
schools it was sent before.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.evidence import subjects
from ledger.oversight import civil
from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.deliveries import HALF_A_DAY_S
from ledger.oversight.fabrication.detector import Detector, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_KIND: Final = "timing-impossible"
_MOST: Final = 200
_KEPT_S: Final = 14 * 86_400
_SAME_G: Final = 20
_MOST_G: Final = 10**9
"""No school is sent more at once: sums stay numbers that every store can hold."""


class Lots(Detector):
    """The same delivery, or the same lot, in two schools."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "dispatch": frozenset({"dispatch_no", "supplier", "order", "lines"}),
        "weigh-in": frozenset(
            {"school", "supplier", "item_code", "lot_no", "direction", "net_g", "gross_g"}
        ),
    }
    defaults: ClassVar[Mapping[str, Any]] = {"lot_tolerance_ppm": 100_000}
    wakes: ClassVar[frozenset[str]] = frozenset({"delivery", "lot"})

    def keys(self, seen: Seen) -> Iterable[str]:
        """Those of the dispatches that it is or names, and of its lots."""
        named = [seen.id, *_named(seen)] if seen.type == "dispatch" else _named(seen)
        lots = [name for name in seen.subjects if name.startswith("lot:")]
        return [f"delivery {name}" for name in named] + [f"lot {lot}" for lot in lots]

    def tell(self, seen: Seen, context: Context) -> None:
        """A dispatch says for whom it is, a weigh-in where it was unloaded."""
        fields = seen.fields
        if seen.type == "dispatch":
            school = subjects.school_of(fields["order"])
            delivery = subjects.delivery(fields["supplier"], fields["dispatch_no"])
            self._name(seen, [seen.id, delivery], school, context)
            sent: dict[str, int] = {}
            for line in fields["lines"]:
                if "lot_no" in line and line["unit"] == "g":
                    lot = subjects.lot(fields["supplier"], line["item_code"], line["lot_no"])
                    sent[lot] = sent.get(lot, 0) + min(line["quantity"], _MOST_G)
            for lot, grams in sent.items():
                self._add(lot, "sent", [school, grams, *seen.ref], fields["supplier"], context)
        elif fields["direction"] == "inbound":
            school = fields["school"]
            self._name(seen, _named(seen), school, context)
            shared = seen.subject("lot")
            if shared is not None and "supplier" in fields:
                net, gross = min(fields["net_g"], _MOST_G), min(fields["gross_g"], _MOST_G)
                entry = [school, net, gross, *seen.ref, seen.occurred_at]
                self._add(shared, "weighed", entry, fields["supplier"], context)

    def due(self, key: str, context: Context) -> None:
        """Judge a lot; forget dispatches."""
        what, *names = key.split(" ")
        if what == "delivery":
            for name in names:
                context.put(f"delivery {name}", None)
            return
        kept = context.get(key)
        if kept is None or not (kept["sent"] or kept["weighed"]):
            context.put(key, None)
            return
        now = context.now
        judged_at = civil.later(kept["latest"], context.policy.rules["delivery_wait_s"])
        if now < judged_at:
            judged_at = min(judged_at, civil.later(kept["since"], _KEPT_S))
        if now < judged_at:
            context.wake(judged_at, key)
            return
        self._judge_all(kept, context)
        served = sorted({*kept["served"], *(one[0] for one in kept["sent"])})
        after: dict[str, Any] = {
            "since": now,
            "latest": now,
            "served": served,
            "sent": [],
            "weighed": [],
        }
        context.put(key, {"supplier": kept["supplier"], **after})
        context.wake(civil.later(context.now, _KEPT_S), key)

    def _judge_all(self, kept: Mapping[str, Any], context: Context) -> None:
        sent: dict[str, int] = {}
        for school, grams, *_ in kept["sent"]:
            sent[school] = sent.get(school, 0) + grams
        at_home: dict[str, list[Any]] = {}
        strange = []
        for one in kept["weighed"]:
            if one[0] in sent:
                at_home.setdefault(one[0], []).append(one)
            elif one[0] not in kept["served"]:
                strange.append(one)
        for school in sorted(at_home):
            for one in strange:
                self._judge(kept, school, sent[school], at_home[school], one, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """It names no dispatch and no lot any more."""
        for key in self.keys(seen):
            kept = context.get(key)
            if kept is None:
                continue
            if key.startswith("delivery "):
                left = {name: one for name, one in kept.items() if one[0] != seen.index}
                context.put(key, left)
            else:
                sent = [one for one in kept["sent"] if one[2] != seen.index]
                weighed = [one for one in kept["weighed"] if one[3] != seen.index]
                context.put(key, {**kept, "sent": sent, "weighed": weighed})

    def _name(self, seen: Seen, names: list[str], school: str, context: Context) -> None:
        """A record names a dispatch, each by any of its names, that was brought to a school."""
        new = []
        for name in names:
            key = f"delivery {name}"
            kept = context.get(key)
            if kept is None:
                new.append(name)
                kept = {}
            if school in kept:
                continue
            context.put(key, {**kept, school: [*seen.ref, seen.occurred_at]})
            others = [one for other, one in sorted(kept.items()) if other != school]
            if others:
                self._found(seen, school, others[0], context)
        if new:
            context.wake(civil.later(context.now, _KEPT_S), " ".join(["delivery", *new]))

    def _add(self, lot: str, what: str, entry: list[Any], supplier: str, context: Context) -> None:
        key = f"lot {lot}"
        kept = context.get(key)
        now = context.now
        if kept is None or not (kept["sent"] or kept["weighed"]):
            served = [] if kept is None else kept["served"]
            kept = {"supplier": supplier, "since": now, "served": served, "sent": [], "weighed": []}
            context.wake(
                civil.later(context.now, context.policy.rules["delivery_wait_s"] + HALF_A_DAY_S),
                key,
            )
        context.put(key, {**kept, "latest": now, what: [*kept[what], entry][:_MOST]})

    def _found(self, seen: Seen, school: str, other: list[Any], context: Context) -> None:
        supplier = seen.fields.get("supplier")
        case = Case(
            kind=_KIND,
            rule="delivery-in-two-schools",
            scope=school,
            responsible=supplier or school,
            canteen=place_of(seen).canteen,
            severity="critical",
            inputs=[other[:3], seen.ref],
            fields={other[2]: "school", seen.id: "school" if seen.type == "weigh-in" else "order"},
            first_at=min(other[3], seen.occurred_at),
            last_at=max(other[3], seen.occurred_at),
            score_ppm=statistics.WHOLE,
            threshold_ppm=statistics.WHOLE,
        )
        report(context, case)

    def _judge(
        self,
        kept: Mapping[str, Any],
        school: str,
        sent: int,
        at_home: list[Any],
        strange: list[Any],
        context: Context,
    ) -> None:
        """Whether what was weighed elsewhere is what was sent to this school."""
        tolerance = context.policy.rules["lot_tolerance_ppm"]
        together = strange[1] + sum(one[1] for one in at_home)
        most = sent * (statistics.WHOLE + tolerance) // statistics.WHOLE
        same = [one for one in at_home if abs(one[2] - strange[2]) <= _SAME_G]
        same = [one for one in same if abs(one[1] - strange[1]) <= _SAME_G]
        if not same and together <= most:
            return
        weighed = [*(same[:1] or at_home), strange]
        notes = [one for one in kept["sent"] if one[0] == school]
        case = Case(
            kind=_KIND,
            rule="lot-in-two-schools",
            scope=strange[0],
            responsible=kept["supplier"],
            canteen=None,
            severity="critical",
            inputs=[*(one[3:6] for one in weighed), *(one[2:5] for one in notes)],
            fields=dict.fromkeys([one[5] for one in weighed], "net_g")
            | dict.fromkeys([one[4] for one in notes], "lines"),
            first_at=min(one[6] for one in weighed),
            last_at=max(one[6] for one in weighed),
            score_ppm=statistics.WHOLE if same else statistics.above(together, most),
            threshold_ppm=statistics.WHOLE if same else statistics.HALF,
            measured={"sent_g": sent, "weighed_g": together, "other_school": school},
            needs=len(weighed) + len(notes),
        )
        report(context, case)


def _named(seen: Seen) -> list[str]:
    """The dispatches that it names; an order is one school's by its own number."""
    if seen.type == "dispatch":
        return [name for name in seen.subjects if name.startswith("delivery:")]
    return [name for name in seen.linked("fulfils") if not name.startswith("order:")]
