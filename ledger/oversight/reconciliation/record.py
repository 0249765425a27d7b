"""The periodic record (三方对账结果): once a period and its grace are over, and when that changes.

end of period + grace_days   →  weighed up as a whole: row, and one `reconciliation` record
something came since         →  weighed up again after recheck_h; where figures changed, one more
                                record, revise_days after the last at the earliest
matched + keep_matched_days, or end + keep_days  →  closed: only who settled what is remembered
+ remember_days              →  forgotten
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.evidence.lines import MAX_LINES
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import bills, book, invoices, orders, versions
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import PREFIX as ORDER
from ledger.oversight.reconciliation.ordered import Ordered, State, bounded, newest
from ledger.oversight.seen import Ref

_MONEY = ("accepted_fen", "settled_fen", "paid_fen")


def due(key: str, context: Context) -> None:
    """See what is to be done about a period."""
    state = dict(context.get(key) or {})
    if not state:
        return
    if context.now >= book.due_at(state, context):
        if "closed_at" in state:
            _forget(key, state, context)
            return
        if not {"changed_at", "pending"}.isdisjoint(state) or "judged_at" not in state:
            _weigh(key, state, context)
        else:
            _close(state, context)
        context.put(key, state)
    context.wake(book.due_at(state, context), key)


def _weigh(key: str, state: dict[str, Any], context: Context) -> None:
    """Weigh a period up; post it, where that is new."""
    rules = context.policy.rules
    held = dict(_orders(state, context))
    state["differences"] = [one.to_json() for one in _open(state, held, context)]
    state["judged_at"] = context.now
    state.pop("changed_at", None)
    book.show(context, key, state)
    sums, found = book.figures(state), list(book.differences(state))
    result = book.result(sums, found, rules)
    figures = {**sums, "result": result}
    posted = state.get("posted")
    state.pop("pending", None)
    if posted is not None and posted["figures"] == figures:
        return
    if posted is not None and context.now < _next(state, context):
        state["pending"] = 1
        return
    inputs = _inputs(state, held, context)
    if context.policy.in_force and inputs:
        context.find("reconciliation", _payload(key, state, sums, result, rules), inputs)
        state["posted"] = {"at": context.now, "figures": figures}


def _next(state: Mapping[str, Any], context: Context) -> str:
    """When one more record may be posted."""
    waiting = {**state, "pending": 1}
    return book.due_at(waiting, context)


def _payload(
    key: str, state: Mapping[str, Any], sums: Mapping[str, Any], result: str, rules: Any
) -> dict[str, Any]:
    _, school, supplier, first = key.split(" ")
    money = {name: sums[name] for name in _MONEY}
    return {
        "school": school,
        "supplier": supplier,
        "period_from": first,
        "period_until": state["until"],
        "goods": _goods(sums["goods"]),
        **money,
        "unsettled_fen": money["accepted_fen"] - money["settled_fen"],
        "unpaid_fen": money["settled_fen"] - money["paid_fen"],
        "tolerance_fen": rules["tolerance_fen"],
        "result": result,
    }


def _goods(rows: list[Any]) -> list[dict[str, Any]]:
    """The record's goods: an item stands there once, in a second unit under a name that says so."""
    found: dict[str, dict[str, Any]] = {}
    for item, unit, ordered, _, weighed, accepted, rejected in rows:
        name = item if item not in found else f"{item[:490]} ({unit})"
        found[name] = {
            "item_code": name,
            "unit": unit,
            "ordered": ordered,
            "weighed": weighed if unit == "g" else 0,
            "accepted": accepted,
            "rejected": rejected,
        }
    return list(found.values())[:MAX_LINES]


def _orders(state: Mapping[str, Any], context: Context) -> Iterator[tuple[str, Ordered]]:
    """The orders of a period, by their keys."""
    for name in sorted(state["parts"]):
        if name.startswith(ORDER):
            known = context.get(name) or {}
            if "since" in known:
                yield name, Ordered(name.removeprefix(ORDER), known)


def _open(
    state: Mapping[str, Any], held: Mapping[str, Ordered], context: Context
) -> Iterator[Difference]:
    """What only the whole shows: accepted and not settled, settled and not paid."""
    settled = {name: context.get(name) or {} for name in sorted(state["parts"]) if _is_bill(name)}
    payers = [one["by"] for bill in settled.values() for one in bill.get("versions", ())]
    for ordered in held.values():
        yield from _not_settled(ordered, payers, context)
    for name, bill in settled.items():
        version = newest(bill.get("versions", ()))
        part = state["parts"][name]
        if version is not None and part["paid_fen"] < part["settled_fen"]:
            records = [version["ref"], *(one["ref"] for one in bill.get("paid", ()))]
            amounts = (part["settled_fen"], part["paid_fen"])
            times = (version["at"], version["at"])
            yield Difference("not-paid", "", *amounts, "fen", records, *times, version["by"])


def _not_settled(ordered: Ordered, payers: list[str], context: Context) -> Iterator[Difference]:
    for taken in ordered.taken:
        claim = context.get(f"acceptance {taken['root']}") or {}
        lines = [line for one in claim.get("settled", {}).values() for line in one["lines"]]
        if _all_settled(taken["lines"], lines):
            continue
        accepted: dict[tuple[str, str], int] = {}
        for line in ordered.taken_lines(taken):
            name = (line.item, line.unit)
            accepted[name] = accepted.get(name, 0) + line.accepted
        for (item, unit), quantity in sorted(accepted.items()):
            settled = sum(line[2] for line in lines if (line[0], line[1]) == (item, unit))
            if settled < quantity:
                amounts = (bounded(quantity), bounded(settled))
                who = payers[-1] if payers else ordered.school
                yield Difference(
                    "not-settled", item, *amounts, unit, [taken["ref"]], *ordered.at, who
                )


def _all_settled(taken: Sequence[Any], settled: Sequence[Any]) -> bool:
    """Whether every line of an acceptance was settled as it stands: what nearly all of them are."""
    if len(taken) != len(settled):
        return False
    for one, other in zip(taken, settled, strict=True):
        if one[0] != other[0] or one[1] != other[1] or other[2] < one[2]:
            return False
    return True


def _inputs(state: Mapping[str, Any], held: Mapping[str, Ordered], context: Context) -> list[Ref]:
    """All records that a period rests on."""
    found: list[Ref] = [ref for ordered in held.values() for ref in ordered.refs]
    for name in sorted(state["parts"]):
        bill = (context.get(name) or {}) if _is_bill(name) else {}
        version = newest(bill.get("versions", ()))
        if version is not None:
            found.append(version["ref"])
            found += invoices.refs(version, context)
            found += [one["ref"] for one in bill.get("paid", ())]
    return found


def _close(state: dict[str, Any], context: Context) -> None:
    """Forget all but who settled what; a row stays as it is."""
    tombs = []
    for name, ordered in _orders(state, context):
        closed: State = {taken["root"]: _settlers(taken, context) for taken in ordered.taken}
        orders.forget(ordered.state, context)
        context.put(name, {"closed": closed})
        tombs.append(name)
    for name in sorted(state["parts"]):
        if _is_bill(name):
            bills.close(context, name)
    state["tombs"] = tombs
    state |= {"parts": {}, "apart": {}, "goods": {}, "money": {}}
    state["closed_at"] = context.now


def _settlers(taken: Mapping[str, Any], context: Context) -> list[str]:
    """The settlements that settled all of an acceptance; none where something of it is left."""
    settled = (context.get(f"acceptance {taken['root']}") or {}).get("settled", {})
    bought = sum([line[2] for line in taken["lines"]])
    paid = sum([line[2] for one in settled.values() for line in one["lines"]])
    return list(settled) if paid >= bought else []


def _forget(key: str, state: Mapping[str, Any], context: Context) -> None:
    for name in state["tombs"]:
        for root in (context.get(name) or {}).get("closed", ()):
            versions.forget(context, "acceptance", root)
        context.put(name, None)
    context.put(key, None)


def _is_bill(name: str) -> bool:
    return name.startswith(bills.PREFIX)
