"""What is known of an order and of what came for it, in whatever order it was posted.

State under `order:<…>`, kept from the first fact until some days after the delivery was judged:

    order     the order itself, the last one told of that number
    answers   what the supplier answered                      (order-response)
    sent      what it sent                                    (dispatch)
    weighed   what was on the scale                           (weigh-in, inbound)
    accepted  what was taken in                               (acceptance)
    refused   what was refused                                (rejection)
    since     when the first of them was logged
    judged    what followed, once it was judged

Of every fact it is kept which record says so, who had a part in it, of which organisation its issuer
is, and when it happened where that is asked for. That a time is claimed counts for nothing where the
log knows better: nothing happens after it is logged.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ledger.evidence.subjects import organisation
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

State = dict[str, Any]

READS: Final[Mapping[str, frozenset[str]]] = {
    "order": frozenset(
        {
            "supplier", "deliver_from", "deliver_until", "lines", "line_prices", "ordered_by",
            "accountable",
        }
    ),
    "order-response": frozenset({"order", "response", "lines", "accountable"}),
    "dispatch": frozenset({"order", "accountable"}),
    "weigh-in": frozenset({"order", "order_line_no", "direction", "attended_by", "accountable"}),
    "acceptance": frozenset({"order", "acceptors", "lines", "accountable"}),
    "rejection": frozenset({"order", "supplier", "rejectors", "lines", "accountable"}),
}  # fmt: skip
"""The types that say something of an order, and what of them is read."""

_PLACES: Final = {
    "order-response": "answers",
    "dispatch": "sent",
    "weigh-in": "weighed",
    "acceptance": "accepted",
    "rejection": "refused",
}
PLACES: Final = tuple(_PLACES.values())


def key_of(seen: Seen) -> str | None:
    """The order that a record is, or is about."""
    for name in seen.subjects:
        if name.startswith("order:"):
            return name
    return None


def tell(seen: Seen, key: str, known: State | None, now: str) -> State:
    """What is known of an order with one fact more, to be kept.

    Args:
        seen: the fact.
        key: the order.
        known: what is kept of it so far; None: nothing.
        now: the log's time.
    """
    state: State = {"key": key, "since": now} if known is None else dict(known)
    fact = _FACTS[seen.type](seen, seen.fields)
    if seen.type == "order":
        state["order"] = fact
    else:
        place = _PLACES[seen.type]
        state[place] = [*state.get(place, ()), fact]
    return state


def take_back(seen: Seen, key: str, context: Context) -> State | None:
    """Remove a fact; the state without it, None where it was not there."""
    known = context.get(key)
    if known is None:
        return None
    state = dict(known)
    if seen.type == "order":
        if "order" not in state or state["order"]["ref"][0] != seen.index:
            return None
        del state["order"]
    else:
        place = _PLACES[seen.type]
        left = [fact for fact in state.get(place, ()) if fact["ref"][0] != seen.index]
        if len(left) == len(state.get(place, ())):
            return None
        state[place] = left
    context.put(key, state)
    return state


def happened_at(seen: Seen) -> str:
    """When it happened, as claimed, and never after it was logged."""
    return min(seen.occurred_at, seen.logged_at)


def people(fields: Mapping[str, Any], together: str | None = None) -> list[str]:
    """Who had a part in a record, by name: accountable, deciding, standing by, acting together."""
    found = [fields[name] for name in _NAMED if name in fields]
    for name in _LISTED:
        if name in fields:
            found += fields[name]
    if together is not None:
        found += [one["person"] for one in fields[together]]
    return sorted(set(found)) if len(found) > 1 else found


_NAMED: Final = ("accountable", "ordered_by", "evaluated_by")
_LISTED: Final = ("attended_by", "inspectors")


def _said(seen: Seen, others: Iterable[str] = ()) -> State:
    """Which record says so, who had a part in it beside whoever is accountable, and whose it is."""
    accountable = seen.fields.get("accountable")
    return {
        "ref": seen.ref,
        "people": [*others] if accountable is None else [accountable, *others],
        "by": organisation(seen.issuer),
    }


def _order(seen: Seen, fields: Mapping[str, Any]) -> State:
    fact = _said(seen, (fields["ordered_by"],))
    fact["supplier"] = fields["supplier"]
    fact["from"], fact["until"] = fields["deliver_from"], fields["deliver_until"]
    prices = {price["line_no"]: price for price in fields["line_prices"]}
    fact["lines"] = [
        {
            "no": line["line_no"],
            "item": line["item_code"],
            "quantity": line["quantity"],
            "unit": line["unit"],
            "tolerance_bp": line.get("tolerance_bp"),
            "per": prices[line["line_no"]]["price_unit"],
            "fen": prices[line["line_no"]]["amount_fen"],
        }
        for line in fields["lines"]
    ]
    return fact


def _answer(seen: Seen, fields: Mapping[str, Any]) -> State:
    fact = _said(seen)
    fact["logged_at"], fact["response"] = seen.logged_at, fields["response"]
    fact["lines"] = [
        [line["order_line_no"], line["confirmed_quantity"]] for line in fields["lines"]
    ]
    return fact


def _sent(seen: Seen, _fields: Mapping[str, Any]) -> State:
    return _said(seen)


def _weighed(seen: Seen, fields: Mapping[str, Any]) -> State:
    fact = _said(seen, fields.get("attended_by", ()))
    fact["at"], fact["line"] = happened_at(seen), fields.get("order_line_no", 0)
    return fact


def _accepted(seen: Seen, fields: Mapping[str, Any]) -> State:
    acceptors = fields["acceptors"]
    fact = _said(seen, [one["person"] for one in acceptors])
    fact["signed_at"] = min([happened_at(seen), *[one["confirmed_at"] for one in acceptors]])
    fact["accepts"] = seen.linked("accepts")
    fact["lines"] = [
        [
            line["order_line_no"],
            line["unit"],
            line["accepted_quantity"],
            line["rejected_quantity"],
        ]
        for line in fields["lines"]
    ]
    return fact


def _refused(seen: Seen, fields: Mapping[str, Any]) -> State:
    fact = _said(seen, [one["person"] for one in fields["rejectors"]])
    fact["at"] = happened_at(seen)
    fact["lines"] = [
        [line["order_line_no"], line["unit"], line["rejected_quantity"]] for line in fields["lines"]
    ]
    fact["reasons"] = sorted({line["reason_code"] for line in fields["lines"]})
    return fact


_FACTS: Final[Mapping[str, Callable[[Seen, Mapping[str, Any]], State]]] = {
    "order": _order,
    "order-response": _answer,
    "dispatch": _sent,
    "weigh-in": _weighed,
    "acceptance": _accepted,
    "rejection": _refused,
}
