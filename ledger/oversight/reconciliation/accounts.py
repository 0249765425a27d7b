"""Accounts (专户): balances that chain, and no outflow without a settlement (专款专用).

State under `account <account>`:

    stretches  unbroken runs of entries, as `chain` keeps them
    extra      entries whose number was taken already
    found      [last before, first after, day] of breaks that were found
    posted     the entries that breaks were posted with, lest one is posted again
    loose      entries for which no bill is known yet
    orphans    [record, targets, day] of debits for which none came in time
    matched    [record, bill] of those that were matched by their amount
    by         who told the last entry

An entry that names no bill is matched to one of that account for which exactly that much is to move,
the oldest first: banks leave links out. What then is left of the debits has no settlement.
"""

from collections.abc import Mapping
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import bills, chain, difference, statements
from ledger.oversight.reconciliation.chain import Entry, Stretch
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import State
from ledger.oversight.reconciliation.periods import HOUR_S, time_of
from ledger.oversight.seen import Seen

PREFIX: Final = "account "
_MOST: Final = 100


def tell(seen: Seen, context: Context) -> None:
    """A line of a statement."""
    fields = seen.fields
    key = PREFIX + fields["account"]
    state = dict(context.get(key) or {"stretches": []})
    entry = _entry(seen)
    longer = chain.insert(state["stretches"], entry)
    if longer is None:
        state["extra"] = [*state.get("extra", ()), _kept(entry)]
    else:
        state["stretches"] = longer
    state["by"] = seen.issuer
    statements.book_entry(context, fields, seen.id, 1)
    payment = _payment(seen)
    paid = [bills.pay(context, target, payment) for target in payment["targets"]]
    owed = None if payment["targets"] else bills.owed(context, fields["account"], payment["fen"])
    if owed is not None and payment["fen"] < 0:
        _match(state, payment, owed, context)
    elif not any(paid):
        loose = {
            **payment, "day": fields["booked_on"], "logged": seen.logged_at, "by": seen.issuer,
            "purpose": fields["purpose"],
        }  # fmt: skip
        state["loose"] = [*state.get("loose", ()), loose]
    _settled(state, fields["account"], context)
    _keep(state, key, context)


def take_back(seen: Seen, context: Context) -> None:
    """An entry counts no more."""
    account = seen.subject("account")
    key = f"{PREFIX}{account}"
    state = dict(context.get(key) or {})
    if not state or account is None:
        return
    for target in seen.linked("pays"):
        bills.unpay(context, target, seen.id)
    for record, root in state.get("matched", ()):
        if record == seen.id:
            bills.unpay(context, root, seen.id)
    for name in ("loose", "orphans"):
        state[name] = [one for one in state.get(name, ()) if _id(one) != seen.id]
    statements.note(context, account, _day(seen), f"debit {seen.id}", ())
    extra = [one for one in state.get("extra", ()) if one[0][2] != seen.id]
    held = len(extra) == len(state.get("extra", ()))
    # Of an entry erased as a whole nobody knows any more where it stood: the chain stays as it was.
    if seen.fields:
        statements.book_entry(context, seen.fields, seen.id, -1)
        if held:
            entry = _entry(seen)
            state["stretches"] = chain.cut(state["stretches"], entry, context.now)
            for one in list(extra):
                longer = chain.insert(state["stretches"], Entry(*one[:6]))
                if longer is not None:
                    state["stretches"] = longer
                    extra.remove(one)
                    statements.note(context, account, one[5], f"entry {one[0][2]}", ())
    state["extra"] = extra
    _keep(state, key, context)


def due(account: str, context: Context) -> None:
    """What was offline should be in the log by now."""
    key = PREFIX + account
    state = dict(context.get(key) or {})
    if not state:
        return
    _broken(state, account, context)
    _twice(state, account, context)
    _orphaned(state, account, context)
    _keep(state, key, context)


def _broken(state: State, account: str, context: Context) -> None:
    """Breaks that stand after the grace, and those that were filled."""
    found = {(one[0], one[1]): one for one in state.get("found", ())}
    left = []
    for before, behind in chain.breaks(state["stretches"]):
        place = (before[chain.LAST], behind[chain.FIRST])
        old = found.pop(place, None)
        newest = max(before[chain.LAST_LOGGED], behind[chain.FIRST_LOGGED])
        if old is None and context.now < _over(newest, context):
            continue
        if old is None:
            one = _break(before, behind, state["by"])
            name = ",".join(str(ref[0]) for ref in one.records)
            if name not in state.get("posted", ()):
                difference.suspect([one], (), context)
                state["posted"] = [*state.get("posted", ()), name][-_MOST:]
            day = behind[chain.DAY]
            statements.note(context, account, day, f"break {place[0]}-{place[1]}", [one])
            old = [*place, day]
        left.append(old)
    for last, first, day in found.values():
        statements.note(context, account, day, f"break {last}-{first}", ())
    state["found"] = left


def _break(before: Stretch, behind: Stretch, by: str) -> Difference:
    first, last = before[chain.LAST] + 1, behind[chain.FIRST] - 1
    missing = f"{first}" if first == last else f"{first}-{last}" if first < last else ""
    logged = sorted((before[chain.LAST_LOGGED], behind[chain.FIRST_LOGGED]))
    return Difference(
        "balance-broken", missing, before[chain.AFTER], behind[chain.BEFORE], "fen",
        [before[chain.LAST_REF], behind[chain.FIRST_REF]], min(logged), max(logged),
        by,
    )  # fmt: skip


def _twice(state: State, account: str, context: Context) -> None:
    """Entries whose number another one has, after the grace."""
    extra = []
    for one in state.get("extra", ()):
        entry, told = Entry(*one[:6]), one[6]
        if not told and context.now >= _over(entry.logged, context):
            holder = next(
                stretch
                for stretch in state["stretches"]
                if stretch[chain.FIRST] <= entry.no <= stretch[chain.LAST]
            )
            found = Difference(
                "balance-broken", str(entry.no), 1, 2, "entry", [holder[chain.LAST_REF], entry.ref],
                entry.logged, entry.logged, state["by"],
            )  # fmt: skip
            difference.suspect([found], (), context)
            statements.note(context, account, entry.day, f"entry {entry.ref[2]}", [found])
            told = True
        extra.append([*one[:6], told])
    state["extra"] = extra


def _orphaned(state: State, account: str, context: Context) -> None:
    """Debits without a bill, after the grace."""
    loose = []
    for one in state.get("loose", ()):
        if any(bills.known(context, target) for target in one["targets"]):
            continue
        if context.now < _over(one["logged"], context):
            loose.append(one)
            continue
        if one["purpose"] in context.policy.rules["outflows"]:
            continue
        owed = bills.owed(context, account, one["fen"])
        if owed is not None:
            _match(state, one, owed, context)
            continue
        if one["fen"] <= 0:
            continue
        found = Difference(
            "debit-without-settlement", str(one["entry_no"]), 0, one["fen"], "fen", [one["ref"]],
            one["at"], one["at"], statements.payer_of(context, account) or one["by"],
        )  # fmt: skip
        difference.suspect([found], (), context)
        statements.note(context, account, one["day"], f"debit {one['ref'][2]}", [found])
        orphan = [one["ref"][2], one["targets"], one["day"]]
        state["orphans"] = [*state.get("orphans", ()), orphan][-_MOST:]
    state["loose"] = loose


def _settled(state: State, account: str, context: Context) -> None:
    """Orphans whose bill came after all."""
    left = []
    for record, targets, day in state.get("orphans", ()):
        if any(bills.known(context, target) for target in targets):
            statements.note(context, account, day, f"debit {record}", ())
        else:
            left.append([record, targets, day])
    if "orphans" in state:
        state["orphans"] = left


def _match(state: State, entry: Mapping[str, Any], owed: str, context: Context) -> None:
    """An entry that names no bill is of the one that is owed as much."""
    bills.pay(context, owed, {**_paying(entry), "targets": [owed]})
    state["matched"] = [*state.get("matched", ()), [entry["ref"][2], owed]][-_MOST:]


def _keep(state: State, key: str, context: Context) -> None:
    kept = {name: one for name, one in state.items() if one}
    context.put(key, kept if kept.get("stretches") or kept.get("loose") else None)
    waiting = (
        any(not one[6] for one in state.get("extra", ()))
        or state.get("loose")
        or len(state["stretches"]) - 1 != len(state.get("found", ()))
    )
    if waiting:
        context.wake(_over(context.now, context), key)


def _over(logged: str, context: Context) -> str:
    return civil.later(logged, context.policy.rules["money_grace_h"] * HOUR_S)


def _entry(seen: Seen) -> Entry:
    fields = seen.fields
    moved = fields["amount_fen"] if fields["direction"] == "credit" else -fields["amount_fen"]
    after_fen = fields["balance_after_fen"]
    return Entry(
        seen.ref, fields["entry_no"], after_fen - moved, after_fen, seen.logged_at,
        fields["booked_on"],
    )  # fmt: skip


def _kept(entry: Entry) -> list[Any]:
    return [entry.ref, entry.no, entry.before_fen, entry.after_fen, entry.logged, entry.day, False]


def _payment(seen: Seen) -> dict[str, Any]:
    fields = seen.fields
    return {
        "ref": seen.ref,
        "at": time_of(seen),
        "account": fields["account"],
        "entry_no": fields["entry_no"],
        "fen": fields["amount_fen"] * (1 if fields["direction"] == "debit" else -1),
        "targets": seen.linked("pays"),
    }


def _paying(loose: Mapping[str, Any]) -> dict[str, Any]:
    return {name: loose[name] for name in ("ref", "at", "account", "entry_no", "fen", "targets")}


def _id(one: Any) -> str:
    """The record of a debit, as `loose` or `orphans` keeps it."""
    return str(one["ref"][2] if isinstance(one, Mapping) else one[0])


def _day(seen: Seen) -> str:
    return str(seen.fields.get("booked_on") or seen.occurred_at[:10])
