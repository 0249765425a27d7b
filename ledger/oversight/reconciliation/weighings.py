"""Weigh-ins that name no order: whose goods were on the scale.

A scale may know no orders, or not yet. Such a weigh-in waits under `via <record>` as {waiting:
weighing}; it is of the order

    that its link `fulfils` names, at once
    of an acceptance that `accepts` it: the acceptance leaves {order} there, whichever comes first
    of the same school, day, item and supplier, for which nothing was weighed: when that is judged

`loose <school> <day>` lists [record, item, supplier or null] of those that wait.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation.goods import Item
from ledger.oversight.reconciliation.ordered import Ordered, State
from ledger.oversight.reconciliation.periods import time_of
from ledger.oversight.seen import Seen

PREFIX: Final = "via "
_LOOSE_DAYS: Final = 30

Weighing = list[Any]
"""As `ordered` keeps it: ref, item, net_g, order_line_no or null."""


def order_of(seen: Seen, context: Context) -> str | None:
    """The order that a weigh-in is of, as far as is known."""
    subject = seen.subject("order")
    if subject is None:
        named = (name for name in seen.linked("fulfils") if name.startswith("order:"))
        subject = next(named, None)
    if subject is None:
        known = context.get(PREFIX + seen.id) or {}
        subject = known.get("order")
    return subject


def wait(seen: Seen, weighing: Weighing, context: Context) -> None:
    """A weigh-in is nobody's yet."""
    key = PREFIX + seen.id
    context.put(key, {"waiting": weighing})
    days = context.policy.rules["keep_days"]
    context.wake(civil.later(context.now, days * civil.DAY_S), key)
    loose = f"loose {seen.fields['school']} {civil.day_of(time_of(seen), context.zone)}"
    one = [seen.id, seen.fields["item_code"], seen.fields.get("supplier")]
    context.put(loose, [*(context.get(loose) or ()), one])
    context.wake(civil.later(context.now, _LOOSE_DAYS * civil.DAY_S), loose)


def forsake(seen: Seen, context: Context) -> None:
    """A weigh-in counts no more."""
    key = PREFIX + seen.id
    known = context.get(key)
    if known is not None:
        # What an acceptance or its order said of it still stands.
        context.put(key, {"order": known["order"]} if "order" in known else None)


def claim(state: State, subject: str, records: Iterable[str], context: Context) -> None:
    """Weigh-ins that wait for their order, or will come without knowing it, are this one's."""
    known = [one[0][2] for one in state.get("weighed", ())]
    known += [one["ref"][2] for one in state.get("sent", ())]
    for record in records:
        if record not in known and ":" not in record:
            key = PREFIX + record
            waiting = (context.get(key) or {}).get("waiting")
            context.put(key, {"order": subject})
            state["via"] = [*state.get("via", ()), record]
            if waiting is not None:
                state["weighed"] = [*state.get("weighed", ()), waiting]


def unclaim(state: State, records: Iterable[str], context: Context) -> None:
    """An acceptance counts no more, nor does what only it said of weigh-ins."""
    still = {record for taken in state["taken"] for record in taken["weighings"]}
    for record in records:
        if record in state.get("via", ()) and record not in still:
            weighed = [one for one in state.get("weighed", ()) if one[0][2] == record]
            state["weighed"] = [one for one in state.get("weighed", ()) if one[0][2] != record]
            state["via"] = [other for other in state["via"] if other != record]
            context.put(PREFIX + record, {"waiting": weighed[0]} if weighed else None)


def gather(ordered: Ordered, state: State, items: Iterable[Item], context: Context) -> bool:
    """Give an order those that wait, for what of it was accepted and not weighed; if any were."""
    lacking = [item for item in items if item.accepted and not item.weighings and item.unit == "g"]
    if not lacking:
        return False
    days = {civil.day_of(taken["at"], context.zone) for taken in ordered.taken}
    found: list[str] = []
    for item in lacking:
        left_g = item.accepted
        for record, net_g in _waiting(ordered, item, sorted(days), context):
            if left_g > 0:
                found.append(record)
                left_g -= net_g
    claim(state, ordered.subject, found, context)
    return bool(found)


def _waiting(
    ordered: Ordered, item: Item, days: Sequence[str], context: Context
) -> list[tuple[str, int]]:
    """Those that may be an order's, in the order of the log."""
    found = []
    for day in days:
        for record, code, supplier in context.get(f"loose {ordered.school} {day}") or ():
            waiting = (context.get(PREFIX + record) or {}).get("waiting")
            if waiting and code == item.code and supplier in (None, ordered.supplier):
                found.append((waiting[0][0], record, waiting[2]))
    return [(record, net_g) for _, record, net_g in sorted(found)]
