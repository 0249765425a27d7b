"""Bills weighed up: what a settlement is entitled to, what was paid, what came in for meals.

A bill is looked at when something comes for it, and again once what was offline should be in the log.
A settlement contributes to the period of each order that it settles; what belongs to no order, its
other deductions and its invoices, to the last of them. What was paid counts for the earlier first.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import (
    bills,
    book,
    difference,
    invoices,
    orders,
    statements,
    totals,
    versions,
)
from ledger.oversight.reconciliation.difference import PARTY, Difference
from ledger.oversight.reconciliation.ordered import PREFIX as ORDER
from ledger.oversight.reconciliation.ordered import Ordered, State, bounded, newest
from ledger.oversight.reconciliation.periods import HOUR_S
from ledger.oversight.reconciliation.settling import Claim, Settling, Share


def due(root: str, context: Context, *, afresh: bool = False) -> None:
    """Something came for a bill, or its time is over.

    Args:
        root: the bill.
        context: of the family.
        afresh: whether something came for the goods that it settles.
    """
    key = bills.PREFIX + root
    state = dict(context.get(key) or {})
    if not state or "is" in state:
        return
    version = newest(state.get("versions", ()))
    if version is None:
        totals.settle(root, None, (), state, context)
        for place in state.pop("places", ()):
            book.remove(context, place, key)
    if context.now >= bills.end_of(state, context):
        bills.forget(context, root, state)
    elif version is None:
        context.put(key, state if state.get("paid") else None)
    elif version["kind"] == "meal-payment":
        _credited(context, root, state, version)
    else:
        if version["kind"] == "settlement" and "over" not in state:
            # Its goods are looked at first, for which it is to be woken at this very moment.
            if "held" not in state and not afresh:
                return
            _settle(context, root, state, version, afresh=afresh)
        else:
            found = _paid(context, root, state, version)
            state["posted"] = difference.suspect(found, state.get("posted", ()), context)
            _note(context, root, version, found)
        bills.owe(context, key, state)
        context.put(key, state)


def received_fen(context: Context, root: str, state: Mapping[str, Any]) -> int:
    """What was paid for a bill, less what came back."""
    counted: dict[tuple[str, int], Mapping[str, Any]] = {}
    for one in sorted(state.get("paid", ()), key=lambda paid: paid["ref"][0]):
        counted.setdefault((one["account"], one["entry_no"]), one)
    return sum(_share(context, root, one) for one in counted.values())


def _settle(
    context: Context, root: str, state: State, newest_version: Mapping[str, Any], *, afresh: bool
) -> None:
    key, rules = bills.PREFIX + root, context.policy.rules
    goods = rules["goods_deductions"]
    other_fen = sum(one[2] for one in newest_version["deductions"] if one[1] not in goods)
    version = {**newest_version, "other_fen": other_fen}
    late = context.now >= civil.later(version["logged"], rules["money_grace_h"] * HOUR_S)
    held: Any = state.get("held")
    if afresh or (late and not held["late"] and not held["complete"]):
        claims = list(_claims(context, version))
        totals.settle(root, version, claims, state, context)
        held = state["held"] = _held(context, version, claims, late=late)
    shares = {place: Share.of_json(one) for place, one in held["shares"].items()}
    at_home = shares[held["home"]]
    at_home.invoiced_fen = sum(amount_fen for _, amount_fen in version["invoices"])
    at_home.found += invoices.differences(version, context, late=late)
    at_home.found += _paid(context, root, state, version)
    _spread(shares, received_fen(context, root, state))
    found = [one for name in sorted(shares) for one in shares[name].found]
    state["posted"] = difference.suspect(found, state.get("posted", ()), context)
    for place in state.get("places", ()):
        if place not in shares:
            book.remove(context, place, key)
    state["places"] = sorted(shares)
    for place in state["places"]:
        book.place(context, place, key, shares[place].part(), shares[place].found)


def _held(
    context: Context, version: Mapping[str, Any], claims: Sequence[Claim], *, late: bool
) -> State:
    """A settlement held against its acceptances: long, and done only when they change."""
    places = sorted({claim.place for claim in claims if claim.place is not None}, key=_first_day)
    home = next(
        iter(places[-1:]),
        book.key_of(version["school"], version["supplier"], version["until"], context),
    )
    settling = Settling(version, home, context.policy.rules, late=late)
    settling.hold(claims)
    return {
        "home": home,
        "late": late,
        "complete": settling.complete,
        "shares": {place: share.to_json() for place, share in settling.shares.items()},
    }


def _credited(
    context: Context, root: str, state: Mapping[str, Any], version: Mapping[str, Any]
) -> None:
    """What parents paid is on the account, with the bank's fees or without; then it is done with."""
    credit_fen = -received_fen(context, root, state)
    done = state.get("paid") and credit_fen in (version["net_fen"], version["gross_fen"])
    grace = context.policy.rules["credit_grace_days"] * civil.DAY_S
    if not done and context.now < civil.later(version["logged"], grace):
        return
    if not done:
        code = "credit-differs" if state.get("paid") else "not-credited"
        records = [version["ref"], *(one["ref"] for one in state.get("paid", ()))]
        amounts = (version["net_fen"], bounded(credit_fen))
        times = (version["at"], version["at"])
        found = [Difference(code, "", *amounts, "fen", records, *times, version["by"])]
        difference.suspect(found, (), context)
        _note(context, root, version, found)
    bills.forget(context, root, state)


def _note(
    context: Context, root: str, version: Mapping[str, Any], found: Sequence[Difference]
) -> None:
    """Say on the account's statement what does not meet."""
    day = civil.day_of(version["at"], context.zone)
    statements.note(context, version["account"], day, bills.PREFIX + root, found)


def _claims(context: Context, version: Mapping[str, Any]) -> Iterator[Claim]:
    """What a settlement has of each acceptance, in the order of its lines."""
    mine, index = version["ref"][2], version["ref"][0]
    roots = [versions.root_of(context, "acceptance", one) for one in version["acceptances"]]
    for root in dict.fromkeys(roots):
        state = context.get(f"acceptance {root}") or {}
        settled, subject = state.get("settled", {}), state.get("order")
        prior = [(one["ref"], one["lines"]) for one in settled.values() if one["ref"][0] < index]
        known = (subject and context.get(f"{ORDER}{subject}")) or {}
        ordered = Ordered(str(subject), known) if "since" in known else None
        by = known["closed"].get(root) if "closed" in known else None
        own = settled.get(mine)
        yield Claim(
            root,
            ordered,
            orders.period_of(ordered, context) if ordered else None,
            own["lines"] if own else (),
            sorted(prior, key=lambda one: one[0][0]) if prior else (),
            None if by is None else [settled[one]["ref"] for one in by if one in settled],
        )


def _paid(
    context: Context, root: str, state: Mapping[str, Any], version: Mapping[str, Any]
) -> list[Difference]:
    """What does not meet between a bill and the entries that pay it, or another record told of."""
    found = [difference.of_json(one) for one in state.get("apart", ())]
    paid = sorted(state.get("paid", ()), key=lambda one: one["ref"][0])
    fen, net_fen = received_fen(context, root, state), version["net_fen"]
    records = [version["ref"], *(one["ref"] for one in paid)]
    times = [version["at"], *(one["at"] for one in paid)]
    if fen > max(net_fen, 0):
        debits = {(one["account"], one["entry_no"]) for one in paid if one["fen"] > 0}
        code = "paid-twice" if len(debits) > 1 else "overpaid"
        amounts = (bounded(net_fen), bounded(fen))
        span = (min(times), max(times))
        found.append(Difference(code, "", *amounts, "fen", records, *span, version["by"]))
    for one in paid:
        if one["account"] != version["account"]:
            names = (version["account"], one["account"])
            both = [version["ref"], one["ref"]]
            span = (min(times), max(times))
            found.append(Difference("payer-differs", "", *names, PARTY, both, *span, version["by"]))
    return found


def _share(context: Context, root: str, payment: Mapping[str, Any]) -> int:
    """What of an entry that pays several bills is this one's: each its due, the last the rest."""
    fen: int = payment["fen"]
    targets = list(
        dict.fromkeys(versions.root_of(context, "bill", one) for one in payment["targets"])
    )
    for target in targets[:-1]:
        state = context.get(bills.PREFIX + target) or {}
        version = newest(state.get("versions", ()))
        due_fen = max(version["net_fen"], 0) if version else 0
        part = min(due_fen, abs(fen)) * (1 if fen > 0 else -1)
        if target == root:
            return part
        fen -= part
    return fen


def _first_day(place: str) -> str:
    return place.rpartition(" ")[2]


def _spread(shares: Mapping[str, Share], paid_fen: int) -> None:
    """What was paid, by period: the earlier is paid first; the last has what is too much."""
    ordered = [shares[name] for name in sorted(shares, key=_first_day)]
    if paid_fen == sum(share.settled_fen for share in ordered):
        for share in ordered:
            share.paid_fen = share.settled_fen
        return
    for share in ordered[:-1]:
        share.paid_fen = max(0, min(share.settled_fen, paid_fen))
        paid_fen -= share.paid_fen
    ordered[-1].paid_fen = paid_fen
