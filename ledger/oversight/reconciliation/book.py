"""The book of one supplier, school and period: what every order and settlement contributes to it.

State under `period <school> <supplier> <first day>`:

    until        last day
    parts        {who contributes: its part}, and apart: {who contributes: its differences, if any}
    goods        {item: {unit: sums of the parts}}, and money: {name: sum}
    judged_at    when it was last weighed up as a whole; missing while the period is open
    changed_at   when something came since; missing if nothing did
    posted       {at, figures}: the last record; pending: one more is due
    differences  those that only the whole shows: not settled, not paid
    closed_at    when all but the memory of what was settled was forgotten; forgotten: that memory

An order's part is {goods, ordered_fen, accepted_fen}, a settlement's {settled_fen, adjust_fen,
paid_fen, invoiced_fen}; `adjust_fen` is what a settlement's own rounding and its deductions for other
reasons than goods make of the value of what was accepted, so that money which is right comes to
exactly 0.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.reconciliation import difference
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import bounded
from ledger.oversight.reconciliation.periods import HOUR_S, after, period_of

FAMILY: Final = "reconciliation"
SUMS: Final = ("ordered_fen", "accepted_fen", "invoiced_fen", "settled_fen", "paid_fen")
_MONEY: Final = (*SUMS, "adjust_fen")
_GOODS: Final = ("item_code", "unit", "ordered", "dispatched", "weighed", "accepted", "rejected")


def key_of(school: str, supplier: str, day: str, context: Context) -> str:
    """The period that a day counts in; where that one is closed, the present one."""
    first, _ = period_of(day, context.policy.rules)
    key = f"period {school} {supplier} {first}"
    if "closed_at" in (context.get(key) or ()):
        today = civil.day_of(context.now, context.zone)
        return f"period {school} {supplier} {period_of(today, context.policy.rules)[0]}"
    return key


def place(
    context: Context,
    key: str,
    contributor: str,
    part: dict[str, Any],
    found: Sequence[Difference],
) -> None:
    """Put a part into a period's book, and what does not meet in it."""
    state = dict(context.get(key) or _begin(key, context))
    apart = [one.to_json() for one in found]
    before, others = state["parts"].get(contributor), state["apart"]
    if "closed_at" in state or (before == part and others.get(contributor, []) == apart):
        return
    money, goods = dict(state["money"]), dict(state["goods"])
    if before is not None:
        _count(money, goods, before, -1)
    _count(money, goods, part, 1)
    state["money"], state["goods"] = money, goods
    state["parts"] = {**state["parts"], contributor: part}
    if apart or contributor in others:
        others = _without(others, contributor)
        state["apart"] = {**others, contributor: apart} if apart else others
    _changed(context, key, state)


def remove(context: Context, key: str, contributor: str) -> None:
    """Take a part out of a period's book."""
    state = dict(context.get(key) or {})
    if "closed_at" in state or contributor not in state.get("parts", ()):
        return
    state["money"], state["goods"] = dict(state["money"]), dict(state["goods"])
    _count(state["money"], state["goods"], state["parts"][contributor], -1)
    for name in ("parts", "apart"):
        state[name] = _without(state[name], contributor)
    if not state["parts"] and "judged_at" not in state:
        context.put(key, None)
        context.row(Row(FAMILY, key))
        return
    _changed(context, key, state)


def figures(state: Mapping[str, Any]) -> dict[str, Any]:
    """Sums over the parts: goods by item and unit, and money."""
    money, goods = state["money"], state["goods"]
    sums: dict[str, Any] = {
        "goods": [
            [item, unit, *[bounded(count) for count in counts]]
            for item, units in sorted(goods.items())
            for unit, counts in (sorted(units.items()) if len(units) > 1 else units.items())
        ]
    }
    for name in SUMS:
        sums[name] = bounded(money.get(name, 0))
    accepted_fen = money.get("accepted_fen", 0) + money.get("adjust_fen", 0)
    sums["accepted_fen"] = bounded(max(0, accepted_fen))
    return sums


def differences(state: Mapping[str, Any]) -> Iterator[Difference]:
    """All differences of a period, in one order only."""
    for _, apart in sorted(state["apart"].items()):
        for one in apart:
            yield difference.of_json(one)
    for one in state.get("differences", ()):
        yield difference.of_json(one)


def result(sums: Mapping[str, Any], found: Iterable[Difference], rules: Mapping[str, Any]) -> str:
    """Whether all of it meets."""
    apart = max(
        abs(sums["accepted_fen"] - sums["settled_fen"]), abs(sums["settled_fen"] - sums["paid_fen"])
    )
    if apart > rules["tolerance_fen"] or difference.mismatched(found, rules):
        return "mismatched"
    return "matched"


def show(context: Context, key: str, state: Mapping[str, Any]) -> None:
    """Put the row of a period."""
    context.show(key, partial(_row, key, state, context.policy.rules))


def _row(key: str, state: Mapping[str, Any], rules: Mapping[str, Any]) -> Row:
    """The row of a period; nothing changes the state that is handed in."""
    _, school, supplier, first = key.split(" ")
    sums, found = figures(state), list(differences(state))
    detail = {
        "supplier": supplier,
        "period_from": first,
        "period_until": state["until"],
        **{name: sums[name] for name in SUMS},
        "unsettled_fen": sums["accepted_fen"] - sums["settled_fen"],
        "unpaid_fen": sums["settled_fen"] - sums["paid_fen"],
        **difference.lines(found, rules),
        "goods": [dict(zip(_GOODS, row, strict=True)) for row in sums["goods"]],
    }
    status = result(sums, found, rules) if "judged_at" in state else "open"
    return Row(FAMILY, key, school, first, "supplier", status, detail)


def due_at(state: Mapping[str, Any], context: Context) -> str:
    """When something is to be done about a period next."""
    rules = context.policy.rules
    if "closed_at" in state:
        return civil.later(state["closed_at"], rules["remember_days"] * civil.DAY_S)
    if "judged_at" not in state:
        return after(state["until"], rules["grace_days"], context.zone)
    if "changed_at" in state:
        return civil.later(state["changed_at"], rules["recheck_h"] * HOUR_S)
    if "pending" in state:
        return civil.later(state["posted"]["at"], rules["revise_days"] * civil.DAY_S)
    if result(figures(state), differences(state), rules) == "matched":
        return civil.later(state["judged_at"], rules["keep_matched_days"] * civil.DAY_S)
    return after(state["until"], rules["keep_days"], context.zone)


def _without(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: one for other, one in members.items() if other != name}


def _begin(key: str, context: Context) -> dict[str, Any]:
    first = key.rpartition(" ")[2]
    until = period_of(first, context.policy.rules)[1]
    return {"until": until, "parts": {}, "apart": {}, "goods": {}, "money": {}}


def _count(
    money: dict[str, int], goods: dict[str, Any], part: Mapping[str, Any], times: int
) -> None:
    """Add a part to the sums, or with `times` -1 take it out of them."""
    for name in _MONEY:
        fen = part.get(name)
        if fen:
            money[name] = money.get(name, 0) + times * fen
    for item, unit, *counts in part.get("goods", ()):
        units = goods.get(item)
        so_far = None if units is None else units.get(unit)
        if so_far is None:
            summed = [times * new for new in counts]
        else:
            summed = [old + times * new for old, new in zip(so_far, counts, strict=True)]
        if any(summed):
            goods[item] = {unit: summed} if units is None else {**units, unit: summed}
        elif units is not None:
            left = _without(units, unit)
            if left:
                goods[item] = left
            else:
                goods.pop(item)


def _changed(context: Context, key: str, state: dict[str, Any]) -> None:
    if "judged_at" in state:
        state.setdefault("changed_at", context.now)
    else:
        show(context, key, state)
    context.put(key, state)
    context.wake(due_at(state, context), key)
