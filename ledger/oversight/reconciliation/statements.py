"""Statements: what moved on an account in one period, and what does not meet there.

State under `statement <account> <first day>`: {until, entries, credits_fen, debits_fen, low, high,
notes: {who tells of it: differences}}; `low` and `high` are [entry_no, balance, record] of the first
and the last entry, the balance before the one and after the other. `holder <account>` counts, by
school and by whoever pays out of it, the bills that name an account: one that serves one school is
shown with that school, any other by itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger.oversight.family import Context, Row
from ledger.oversight.reconciliation import difference
from ledger.oversight.reconciliation.book import FAMILY
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import bounded
from ledger.oversight.reconciliation.periods import after, period_of
from ledger.oversight.reconciliation.rules import MISMATCH

PREFIX: Final = "statement "
MANY: Final = 50
"""Schools of an account beyond which nobody counts them."""


def book_entry(context: Context, fields: Mapping[str, Any], record: str, times: int) -> None:
    """Count an entry, or with `times` -1 take it out again."""
    key = _key(fields["account"], fields["booked_on"], context)
    state = _opened(context, key)
    if state is None:
        return
    fen, no, after_fen = fields["amount_fen"], fields["entry_no"], fields["balance_after_fen"]
    credit = fields["direction"] == "credit"
    name = "credits_fen" if credit else "debits_fen"
    state[name] = bounded(state[name] + times * fen)
    state["entries"] += times
    before_fen = bounded(after_fen - fen if credit else after_fen + fen)
    if times < 0:
        for end in ("low", "high"):
            if state[end] is not None and state[end][2] == record:
                state[end] = None
    else:
        if state["low"] is None or no <= state["low"][0]:
            state["low"] = [no, before_fen, record]
        if state["high"] is None or no >= state["high"][0]:
            state["high"] = [no, after_fen, record]
    _put(context, key, state)


def note(context: Context, account: str, day: str, name: str, found: Sequence[Difference]) -> None:
    """Say, or say no more, what somebody found that does not meet on an account."""
    key = _key(account, day, context)
    if not found and name not in (context.get(key) or {"notes": ()})["notes"]:
        return
    state = _opened(context, key)
    if state is None:
        return
    notes = {other: one for other, one in state["notes"].items() if other != name}
    if found:
        notes[name] = [one.to_json() for one in found]
    _put(context, key, {**state, "notes": notes})


def serves(context: Context, account: str, school: str, payer: str | None, times: int) -> None:
    """A bill names an account, or with `times` -1 does so no more."""
    key = f"holder {account}"
    state = context.get(key) or {"schools": {}, "payers": {}}
    if len(state["schools"]) > MANY:
        return
    schools = _counted(state["schools"], school, times)
    payers = state["payers"] if payer is None else _counted(state["payers"], payer, times)
    context.put(key, {"schools": {**schools}, "payers": {**payers}})


def payer_of(context: Context, account: str) -> str | None:
    """Who pays out of an account most; None where nobody was seen to."""
    payers = (context.get(f"holder {account}") or {"payers": {}})["payers"]
    return min(payers, key=lambda name: (-payers[name], name), default=None)


def due(key: str, context: Context) -> None:
    """A period is over, or over for good."""
    state = context.get(key)
    if state is None:
        return
    rules = context.policy.rules
    if context.now >= after(state["until"], rules["keep_days"], context.zone):
        context.put(key, None)
    else:
        _put(context, key, state)


def _put(context: Context, key: str, state: Mapping[str, Any]) -> None:
    """Keep a statement, and show it."""
    if not state["entries"] and not state["notes"]:
        context.put(key, None)
        context.row(Row(FAMILY, key))
        return
    context.put(key, dict(state))
    _, account, first = key.split(" ")
    rules = context.policy.rules
    found = [
        difference.of_json(one) for _, notes in sorted(state["notes"].items()) for one in notes
    ]
    over = context.now >= after(state["until"], rules["grace_days"], context.zone)
    if difference.mismatched(found, rules):
        status = MISMATCH + "ed"
    else:
        status = "matched" if over else "open"
    schools = (context.get(f"holder {account}") or {"schools": {}})["schools"]
    scope = next(iter(schools)) if len(schools) == 1 else account
    detail = {
        "account": account,
        "period_from": first,
        "period_until": state["until"],
        "entries": state["entries"],
        "first_entry_no": state["low"] and state["low"][0],
        "last_entry_no": state["high"] and state["high"][0],
        "opening_fen": state["low"] and state["low"][1],
        "credits_fen": state["credits_fen"],
        "debits_fen": state["debits_fen"],
        "closing_fen": state["high"] and state["high"][1],
        **difference.lines(found, rules),
    }
    context.row(Row(FAMILY, key, scope, first, "account", status, detail))


def _key(account: str, day: str, context: Context) -> str:
    return f"{PREFIX}{account} {period_of(day, context.policy.rules)[0]}"


def _opened(context: Context, key: str) -> dict[str, Any] | None:
    """A statement, new or not; None of a period that is long over."""
    known = context.get(key)
    if known is not None:
        return dict(known)
    rules = context.policy.rules
    until = period_of(key.rpartition(" ")[2], rules)[1]
    end = after(until, rules["keep_days"], context.zone)
    if context.now >= end:
        return None
    context.wake(after(until, rules["grace_days"], context.zone), key)
    context.wake(end, key)
    return {
        "until": until, "entries": 0, "credits_fen": 0, "debits_fen": 0, "low": None, "high": None,
        "notes": {},
    }  # fmt: skip


def _counted(counts: Mapping[str, int], name: str, times: int) -> dict[str, Any]:
    left = {**counts, name: counts.get(name, 0) + times}
    return {other: count for other, count in left.items() if count > 0}
