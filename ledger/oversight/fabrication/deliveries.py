"""Goods that were weighed before they were sent, or accepted before they were weighed.

`weighed-before-dispatch`: the first weigh-in of an order lies more than `dispatch_grace_s` before the
first dispatch for it says that anything left. The supplier's note is a claim, the scale's reading a
measurement: the supplier answers. `accepted-before-weighed`: the acceptance, its last signature
included, lies more than `accept_grace_s` before the weigh-ins that it accepts, or before any of the order
where it names none. Of an entry by hand the photo's time counts where that is earlier.

An order may have several dispatches, weigh-ins and acceptances, and all of them come in any order: it
is looked at once nothing new has come for `delivery_wait_s`, 14 days after the first at the latest.
What then comes later begins anew.

Kept until then under `order <order>`: [since, latest, supplier, dispatches, weigh-ins, acceptances].
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.evidence import subjects
from ledger.oversight import civil
from ledger.oversight.fabrication import statistics, times
from ledger.oversight.fabrication.detector import Detector
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_SINCE, _LATEST, _SUPPLIER, _SENT, _WEIGHED, _ACCEPTED = range(6)
_MOST: Final = 64
HALF_A_DAY_S: Final = 43_200
"""More than is waited: what belongs together comes within a morning, and is looked at once."""
_LONGEST_S: Final = 14 * civil.DAY_S
_PLACES: Final = {"dispatch": _SENT, "weigh-in": _WEIGHED, "acceptance": _ACCEPTED}


class Deliveries(Detector):
    """Dispatch, weigh-in and acceptance out of order."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "dispatch": frozenset({"order", "supplier"}),
        "weigh-in": frozenset({"order", "direction", "entry_mode", "photo_taken_at"}),
        "acceptance": frozenset({"order", "supplier", "acceptors"}),
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "dispatch_grace_s": 900,
        "accept_grace_s": 1800,
        "delivery_wait_s": 172_800,
    }
    wakes: ClassVar[frozenset[str]] = frozenset({"order"})

    def keys(self, seen: Seen) -> Iterable[str]:
        """The order's."""
        order = seen.subject("order")
        return [] if order is None else [f"order {order}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more paper of the order."""
        fields = seen.fields
        order = fields.get("order")
        if order is None or fields.get("direction", "inbound") != "inbound":
            return
        key = f"order {order}"
        now = context.now
        kept = context.get(key)
        if kept is None:
            kept = [now, now, None, [], [], []]
            wait = context.policy.rules["delivery_wait_s"] + HALF_A_DAY_S
            context.wake(civil.later(context.now, wait), key)
        kept = [*kept]
        kept[_LATEST] = now
        if seen.type == "dispatch":
            kept[_SUPPLIER] = fields["supplier"]
        place = _PLACES[seen.type]
        kept[place] = [*kept[place], _entry(seen)][:_MOST]
        context.put(key, kept)

    def due(self, key: str, context: Context) -> None:
        """Nothing new came, or else it is waited on."""
        kept = context.get(key)
        if kept is None:
            return
        rules = context.policy.rules
        judged_at = civil.later(kept[_LATEST], rules["delivery_wait_s"])
        if context.now < judged_at:
            judged_at = min(judged_at, civil.later(kept[_SINCE], _LONGEST_S))
        if context.now < judged_at:
            context.wake(judged_at, key)
            return
        context.put(key, None)
        order = key.removeprefix("order ")
        if not kept[_WEIGHED]:
            return
        if kept[_SENT]:
            first, sent = min(kept[_WEIGHED]), min(kept[_SENT])
            self._judge("weighed-before-dispatch", order, first, sent, kept[_SUPPLIER], context)
        for acceptance in sorted(kept[_ACCEPTED]):
            linked = [one for one in kept[_WEIGHED] if one[3] in acceptance[4]]
            weighed = max(linked) if linked else min(kept[_WEIGHED])
            self._judge("accepted-before-weighed", order, acceptance, weighed, None, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """It is no paper of the order any more."""
        for key in self.keys(seen):
            kept = context.get(key)
            if kept is not None:
                papers = [
                    [entry for entry in entries if entry[1] != seen.index]
                    for entries in kept[_SENT:]
                ]
                context.put(key, [*kept[:_SENT], *papers])

    def _judge(
        self,
        rule: str,
        order: str,
        early: list[Any],
        late: list[Any],
        supplier: str | None,
        context: Context,
    ) -> None:
        """Find it where `early` is too long before `late`, which should have come first."""
        name = "dispatch_grace_s" if rule == "weighed-before-dispatch" else "accept_grace_s"
        allowed = context.policy.rules[name]
        before = times.before_s(early[0], late[0])
        if before <= allowed:
            return
        school = subjects.school_of(order)
        case = Case(
            kind="timing-impossible",
            rule=rule,
            scope=school,
            responsible=supplier or school,
            canteen=None,
            severity="major",
            inputs=[early[1:4], late[1:4]],
            fields={early[3]: early[5], late[3]: late[5]},
            first_at=early[0],
            last_at=late[0],
            score_ppm=statistics.above(before, allowed),
            threshold_ppm=statistics.HALF,
            measured={"before_s": before},
        )
        report(context, case)


def _entry(seen: Seen) -> list[Any]:
    """When it says that it happened, its ref, what it accepts, and where the time stands."""
    at, accepts, field = seen.occurred_at, [], "order"
    if seen.type == "weigh-in" and seen.fields["entry_mode"] == "manual":
        at = min(at, seen.fields["photo_taken_at"])
    elif seen.type == "acceptance":
        at = max([at, *(one["confirmed_at"] for one in seen.fields["acceptors"])])
        accepts, field = seen.linked("accepts"), "acceptors"
    return [at, *seen.ref, accepts, field]
