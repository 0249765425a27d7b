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

Of every fact it is kept which record says so, when it happened, who had a part in it, and of which
organisation its issuer is. That a time is claimed counts for nothing where the log knows better:
nothing happens after it is logged.
"""

from collections.abc import Mapping
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
_PEOPLE: Final = {"acceptance": "acceptors", "rejection": "rejectors"}


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
    fact = _fact(seen)
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


def _fact(seen: Seen) -> State:
    fact: State = {
        "ref": seen.ref,
        "at": happened_at(seen),
        "people": people(seen.fields, _PEOPLE.get(seen.type)),
        "by": organisation(seen.issuer),
    }
    fact |= _OWN[seen.type](seen, seen.fields)
    return fact


def _order(_seen: Seen, fields: Mapping[str, Any]) -> State:
    prices = {price["line_no"]: price for price in fields["line_prices"]}
    return {
        "supplier": fields["supplier"],
        "from": fields["deliver_from"],
        "until": fields["deliver_until"],
        "lines": [
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
        ],
    }


def _answer(seen: Seen, fields: Mapping[str, Any]) -> State:
    return {
        "logged_at": seen.logged_at,
        "response": fields["response"],
        "lines": [[line["order_line_no"], line["confirmed_quantity"]] for line in fields["lines"]],
    }


def _sent(_seen: Seen, _fields: Mapping[str, Any]) -> State:
    return {}


def _weighed(_seen: Seen, fields: Mapping[str, Any]) -> State:
    return {"line": fields.get("order_line_no", 0)}


def _accepted(seen: Seen, fields: Mapping[str, Any]) -> State:
    return {
        "signed_at": min(
            [happened_at(seen), *[one["confirmed_at"] for one in fields["acceptors"]]]
        ),
        "accepts": seen.linked("accepts"),
        "lines": [
            [
                line["order_line_no"],
                line["unit"],
                line["accepted_quantity"],
                line["rejected_quantity"],
            ]
            for line in fields["lines"]
        ],
    }


def _refused(_seen: Seen, fields: Mapping[str, Any]) -> State:
    return {
        "lines": [
            [line["order_line_no"], line["unit"], line["rejected_quantity"]]
            for line in fields["lines"]
        ],
        "reasons": sorted({line["reason_code"] for line in fields["lines"]}),
    }


_OWN: Final = {
    "order": _order,
    "order-response": _answer,
    "dispatch": _sent,
    "weigh-in": _weighed,
    "acceptance": _accepted,
    "rejection": _refused,
}
