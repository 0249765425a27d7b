"""Orders and what comes for them: told in any order, weighed up once the delivery should be over.

    order, order-response, dispatch, weigh-in, acceptance, rejection
        →  `order <order subject>`  →  deliver_until + goods_grace_h  →  the order's part of its period

What comes later is weighed up again `recheck_h` afterwards. `ordered` says what state holds, `weighings`
whose a weigh-in is that names no order.

An order belongs to the period in which it was last accepted, else refused, else to be delivered, and
every settlement of it there with it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import (
    asked,
    awarded,
    book,
    ceilings,
    difference,
    goods,
    meals,
    versions,
    weighings,
)
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import PREFIX, Ordered, State
from ledger.oversight.reconciliation.periods import HOUR_S, OFFLINE_DAYS, time_of
from ledger.oversight.seen import Seen

_LISTS: Final = {
    "order": "orders",
    "order-response": "answers",
    "dispatch": "sent",
    "acceptance": "taken",
    "rejection": "refused",
}
_BILLED: Final = ("order", "acceptance", "rejection")
"""What changes what a settlement is held against."""


def tell(seen: Seen, context: Context) -> None:
    """The next record of an order, weigh-ins aside."""
    subject = seen.subject("order")
    assert subject is not None
    known = context.get(PREFIX + subject)
    root = _adopt(seen, context, subject) if seen.type == "acceptance" else ""
    if known is not None and "closed" in known:
        if root and root not in known["closed"]:
            context.put(PREFIX + subject, {"closed": {**known["closed"], root: []}})
        return
    state = {"since": context.now} if known is None else dict(known)
    said = _said(seen, context)
    if seen.type == "acceptance":
        said["root"], said["weighings"] = root, seen.linked("accepts")
        weighings.claim(state, subject, said["weighings"], context)
    name = _LISTS[seen.type]
    state[name] = [*state[name], said] if name in state else [said]
    touch(state, subject, context)
    if seen.type in _BILLED:
        wake_bills(state, context)


def tell_weighing(seen: Seen, context: Context) -> None:
    """Goods that came in over a scale."""
    fields = seen.fields
    weighing = [seen.ref, fields["item_code"], fields["net_g"], fields.get("order_line_no")]
    subject = weighings.order_of(seen, context)
    if subject is None:
        weighings.wait(seen, weighing, context)
        return
    known = context.get(PREFIX + subject)
    state = {"since": context.now} if known is None else dict(known)
    if "closed" not in state:
        state["weighed"] = [*state.get("weighed", ()), weighing]
        touch(state, subject, context)


def due(subject: str, context: Context) -> None:
    """An order's time has come, or something came after it."""
    key = PREFIX + subject
    known = context.get(key)
    if known is None or "closed" in known:
        return
    state = dict(known)
    state.pop("wake", None)
    ready = _ready(state, context)
    if context.now < ready:
        state["wake"] = ready
        context.put(key, state)
        context.wake(ready, key)
        return
    ordered = Ordered(subject, state)
    if ordered.supplier is not None:
        _judge(ordered, state, ready, context)
        return
    ceilings.count(ordered, state, context)
    if "place" in state:
        book.remove(context, state.pop("place"), key)
    end = civil.later(state["since"], context.policy.rules["keep_days"] * civil.DAY_S)
    empty = not any(state.get(name) for name in ("weighed", *_LISTS.values()))
    if empty or context.now >= end:
        forget(state, context)
        context.put(key, None)
    else:
        context.put(key, {**state, "wake": end})
        context.wake(end, key)


def take_back(seen: Seen, context: Context) -> None:
    """A record of an order counts no more."""
    subject = seen.subject("order")
    if seen.type == "weigh-in" and subject is None:
        subject = weighings.order_of(seen, context)
        weighings.forsake(seen, context)
    known = context.get(f"{PREFIX}{subject}")
    if subject is None or known is None or "closed" in known:
        return
    state = dict(known)
    if seen.type == "weigh-in":
        state["weighed"] = [one for one in state.get("weighed", ()) if one[0][2] != seen.id]
    else:
        wake_bills(state, context)
        name = _LISTS[seen.type]
        state[name] = [one for one in state.get(name, ()) if one["ref"][2] != seen.id]
        if seen.type == "acceptance":
            _unclaim(seen, state, context)
    touch(state, subject, context)


def tell_apart(context: Context, subject: str, apart: Difference, posted: Sequence[str]) -> None:
    """Another record tells of a difference in an order; `posted`: codes that were posted of it."""
    known = context.get(PREFIX + subject)
    if known is not None and "closed" not in known:
        state = dict(known)
        state["apart"] = [*state.get("apart", ()), apart.to_json()]
        state["posted"] = [*state.get("posted", ()), *posted]
        touch(state, subject, context)


def forget(state: Mapping[str, Any], context: Context) -> None:
    """Drop what leads to an order that is dropped."""
    for record in state.get("via", ()):
        context.put(weighings.PREFIX + record, None)


def period_of(ordered: Ordered, context: Context) -> str | None:
    """The period that an order counts in; None while nobody says who delivers."""
    supplier = ordered.supplier
    if supplier is None:
        return None
    received = ordered.taken or ordered.refused
    if received:
        last = max([one["at"] for one in received])
        day = civil.day_of(last, context.zone)
    elif ordered.order is not None:
        day = ordered.order["day"]
    else:
        day = civil.day_of(ordered.at[0], context.zone)
    return book.key_of(ordered.school, supplier, day, context)


def touch(state: State, subject: str, context: Context) -> None:
    """Keep an order, and see that it is weighed up."""
    key = PREFIX + subject
    if "wake" not in state:
        rules, over, now = context.policy.rules, _over(state), context.now
        at = civil.later(over, rules["goods_grace_h"] * HOUR_S)
        if over < now or rules["goods_grace_h"] < rules["recheck_h"]:
            at = max(at, civil.later(now, rules["recheck_h"] * HOUR_S))
        state["wake"] = at
        context.wake(at, key)
    context.put(key, state)


def wake_bills(state: Mapping[str, Any], context: Context) -> None:
    """Have those settlements looked at again that settle something of an order."""
    for taken in state.get("taken", ()):
        claim = context.get(f"acceptance {taken['root']}")
        if claim is not None and "settled" in claim:
            for settled in claim["settled"].values():
                context.wake(context.now, f"settle {settled['bill']}")


def _judge(ordered: Ordered, state: State, ready: str, context: Context) -> None:
    rules, key = context.policy.rules, PREFIX + ordered.subject
    found = goods.items(ordered, rules)
    if weighings.gather(ordered, state, found.values(), context):
        ordered = Ordered(ordered.subject, state)
        found = goods.items(ordered, rules)
    apart = [
        *goods.differences(ordered, found.values(), rules),
        *awarded.differences(ordered, ready, context),
        *asked.differences(ordered, context),
    ]
    if "apart" in state:
        apart += [difference.of_json(one) for one in state["apart"]]
    state["posted"] = difference.suspect(apart, state.get("posted", ()), context, ordered.canteen)
    ceilings.count(ordered, state, context)
    before, now = state.get("place"), period_of(ordered, context)
    assert now is not None
    if before is not None and before != now:
        book.remove(context, before, key)
    part = {
        "goods": [item.row() for item in found.values()],
        "ordered_fen": ordered.order["amount_fen"] if ordered.order else 0,
        "accepted_fen": ordered.accepted_fen(),
    }
    state["place"] = now
    context.put(key, state)
    book.place(context, now, key, part, apart)
    if ordered.taken:
        meals.delivered(context, ordered.school, now)


def _ready(state: Mapping[str, Any], context: Context) -> str:
    """When the delivery should be over, and what was offline be in the log."""
    return civil.later(_over(state), context.policy.rules["goods_grace_h"] * HOUR_S)


def _over(state: Mapping[str, Any]) -> str:
    """When the delivery should be over."""
    over: str = state["since"]
    for one in state.get("orders", ()):
        over = max(over, one["until"])
    return over


def _said(seen: Seen, context: Context) -> State:
    """What is kept of a record."""
    fields = seen.fields
    said: State = {"ref": seen.ref, "at": time_of(seen)}
    if seen.type == "order":
        prices = {one["line_no"]: one["unit_price_fen"] for one in fields["line_prices"]}
        said["canteen"], said["supplier"] = fields["canteen"], fields["supplier"]
        said["day"] = civil.day_of(_near(fields["deliver_from"], seen), context.zone)
        said["until"] = _near(fields["deliver_until"], seen)
        said["under"] = seen.linked("under")
        said["amount_fen"] = fields["amount_fen"]
        said["lines"] = [
            [
                line["line_no"], line["item_code"], line["unit"], line["quantity"],
                line.get("tolerance_bp"), prices[line["line_no"]],
            ]
            for line in fields["lines"]
        ]  # fmt: skip
        return said
    if seen.type == "order-response":
        said["lines"] = [
            [
                line["order_line_no"], line["item_code"], line["confirmed_quantity"],
                line.get("substitute_item_code"),
            ]
            for line in fields["lines"]
        ]  # fmt: skip
        return said
    said["supplier"] = fields["supplier"]
    if seen.type == "dispatch":
        said["lines"] = [
            [one["item_code"], one["unit"], one["quantity"]] for one in fields["lines"]
        ]
    elif seen.type == "acceptance":
        said["lines"] = [
            [
                line["item_code"], line["unit"], line["accepted_quantity"],
                line["rejected_quantity"], line["order_line_no"],
            ]
            for line in fields["lines"]
        ]  # fmt: skip
    else:
        said["names"] = [seen.id, *seen.linked("replaces")]
        said["lines"] = [
            [one["item_code"], one["unit"], one["rejected_quantity"]] for one in fields["lines"]
        ]
    return said


def _near(time: str, seen: Seen) -> str:
    """A time of delivery, within what anybody orders ahead."""
    logged_on = seen.logged_at[:10]
    if logged_on <= time[:10] <= civil.days_later(logged_on, OFFLINE_DAYS - 1):
        return time
    span = OFFLINE_DAYS * civil.DAY_S
    latest, earliest = civil.later(seen.logged_at, span), civil.later(seen.logged_at, -span)
    return max(min(time, latest), earliest)


def _adopt(seen: Seen, context: Context, subject: str) -> str:
    """Note whose order an acceptance is for; the acceptance through its corrections."""
    root = versions.adopt(context, seen, "acceptance", _merge)
    key = f"acceptance {root}"
    context.put(key, {**(context.get(key) or {}), "order": subject})
    return root


def _merge(state: State, known: State) -> State:
    return state | {"settled": {**state.get("settled", {}), **known.get("settled", {})}}


def _unclaim(seen: Seen, state: State, context: Context) -> None:
    """An acceptance counts no more: nor does what only it said."""
    weighings.unclaim(state, seen.linked("accepts"), context)
    root = versions.root_of(context, "acceptance", seen.id)
    claim = context.get(f"acceptance {root}") or {}
    if not claim.get("settled") and all(taken["root"] != root for taken in state["taken"]):
        versions.forget(context, "acceptance", root)
