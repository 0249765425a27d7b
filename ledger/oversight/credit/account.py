"""A supplier's account: every movement is an entry that names its cause, and balances chain.

    loss or gain  →  entry n          what becomes of it  →  entry m, which names n

An entry is never changed. What takes points back (a movement passes, is ruled on, or its cause is
corrected) is an entry of its own, and of each movement it is known what of it still counts.

State, each value replaced as a whole:

    supplier <S>    start, balance and number of entries; sums by factor; the last rating
    entry <S> <n>   a movement, until nothing can become of it any more
    of <name>       the movements that are found by a name: the id of a record that they rest on or
                    were posted as, the order of a delivery that a gain was given for
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.evidence.subjects import organisation
from ledger.oversight import civil
from ledger.oversight.credit import months, rows, rules
from ledger.oversight.credit.rows import EXPIRED, WITHDRAWN
from ledger.oversight.credit.worth import WHOLE_BP, worth
from ledger.oversight.family import Context
from ledger.oversight.seen import Ref

RULED: Final = "ruling"

State = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What is to move a supplier's score.

    Attributes:
        supplier: whose.
        kind: of entry.
        points: gained, or lost where negative.
        factor: of the rating that a loss counts in.
        cause: the record it rests on.
        inputs: all it rests on, the cause among them.
        facts: what a sentence about it needs.
        persons: who had a part in these records.
        parties: the organisations that issued them.
        day: in whose period it counts; None: of today.
        deliveries: of a gain: the deliveries it was given for, each an order and its records.
    """

    supplier: str
    kind: str
    points: int
    factor: str
    cause: Ref
    inputs: list[Ref]
    facts: Mapping[str, Any]
    persons: list[str]
    parties: list[str]
    day: str | None = None
    deliveries: list[Any] | None = None


def opened(context: Context, supplier: str) -> State:
    """A supplier's account, to be changed and put back; opened with the points of the policy."""
    known = context.get(f"supplier {supplier}")
    if known is not None:
        return dict(known)
    start = context.policy.rules["start_points"]
    today = civil.day_of(context.now, context.zone)
    return {"start": start, "balance": start, "entries": 0, "sums": {}, "since": today}


def open_for(context: Context, supplier: str) -> None:
    """Show a supplier who may be ordered from, also before anything moved its score."""
    if context.policy.in_force and context.get(f"supplier {supplier}") is None:
        put(context, supplier, opened(context, supplier))


def put(context: Context, supplier: str, account: State) -> None:
    """Keep an account, and show it."""
    context.put(f"supplier {supplier}", account)
    rows.show_account(context, supplier, account)


def move(context: Context, movement: Movement) -> int | None:
    """Enter a movement; its number, or None where nothing moves.

    Nothing moves before a policy stands in the log, and no gain lifts the score above its most.
    """
    if not context.policy.in_force:
        return None
    account = opened(context, movement.supplier)
    points = movement.points
    if points > 0:
        points = min(points, context.policy.rules["most_points"] - account["balance"])
        if points <= 0:
            return None
    if points == 0:
        return None
    mode, lasts = rules.decay_of(context.policy.rules, movement.kind)
    today = civil.day_of(context.now, context.zone)
    until = civil.days_later(today, lasts - 1)
    before = account["balance"]
    number, record = _enter(
        context,
        movement.supplier,
        account,
        kind=movement.kind,
        change=points,
        factor=movement.factor,
        cause=movement.cause[2],
        inputs=movement.inputs,
        until=until,
    )
    period = months.count_fault(
        context, movement.supplier, movement.factor, points, movement.day or today, movement.cause
    )
    entry: State = {
        "kind": movement.kind,
        "factor": movement.factor,
        "change": points,
        "counted": points,
        "kept_bp": WHOLE_BP,
        "halvings": 0,
        "decay": [mode, lasts],
        "cause": movement.cause,
        "of": _names(movement),
        "id": record,
        "on": today,
        "until": until,
        "passes": until,
        "before": before,
        "facts": dict(movement.facts),
        "persons": movement.persons,
        "parties": movement.parties,
        "disputes": [],
        "period": period,
        "version": context.policy.version,
    }
    if movement.deliveries is not None:
        entry["deliveries"] = movement.deliveries
    for name in (*entry["of"], record):
        key = f"of {name}"
        context.put(key, [*(context.get(key) or []), [movement.supplier, number]])
    _await(context, movement.supplier, number, until)
    keep(context, movement.supplier, number, entry)
    return number


def keep(context: Context, supplier: str, number: int, entry: State) -> None:
    """Keep a movement, and show it."""
    context.put(f"entry {supplier} {number}", entry)
    rows.show_movement(context, supplier, number, entry, rows.status_of(entry))


def posted(context: Context, supplier: str, number: int, ref: Ref, issuer: str) -> None:
    """The log holds the entry of a movement: what becomes of it rests on that record as well."""
    key = f"entry {supplier} {number}"
    known = context.get(key)
    if known is not None and known["id"] == ref[2] and "ref" not in known:
        parties = sorted({*known["parties"], organisation(issuer)})
        context.put(key, {**known, "ref": ref, "parties": parties})


def revalue(
    context: Context,
    supplier: str,
    number: int,
    entry: State,
    *,
    kind: str,
    cause: str,
    inputs: list[Ref],
    facts: Mapping[str, Any],
) -> None:
    """Enter what a movement is worth more or less than before, and keep it as it is now.

    Args:
        context: of the family.
        supplier: whose account.
        number: of the movement.
        entry: the movement, changed already; it is kept.
        kind: of the entry, should there be one.
        cause: id of the record that changed it.
        inputs: what the entry rests on beside the movement itself.
        facts: what a sentence about it needs.
    """
    ended = entry.get("ended") is not None
    now = 0 if ended else worth(entry["change"], entry["kept_bp"], entry["halvings"])
    change = now - entry["counted"]
    if change and context.policy.in_force:
        account = opened(context, supplier)
        before = account["balance"]
        itself: Ref = entry.get("ref") or entry["cause"]
        later, record = _enter(
            context,
            supplier,
            account,
            kind=kind,
            change=change,
            factor=entry["factor"],
            cause=cause,
            inputs=[*inputs, itself],
            until=None,
        )
        entry["counted"] = now
        shown: State = {
            "kind": kind,
            "factor": entry["factor"],
            "change": change,
            "cause": cause,
            "id": record,
            "on": civil.day_of(context.now, context.zone),
            "until": None,
            "before": before,
            "facts": {**facts, "of_entry": number},
            "version": context.policy.version,
        }
        rows.show_movement(context, supplier, later, shown, "in-force")
        if kind != EXPIRED:
            months.take_off_fault(context, supplier, entry["factor"], change, entry["period"])
    keep(context, supplier, number, entry)


def withdraw(context: Context, supplier: str, number: int, cause: Ref) -> None:
    """A movement's cause does not hold any more: it is reversed, and done with."""
    entry = dict(context.get(f"entry {supplier} {number}"))
    entry["ended"] = WITHDRAWN
    inputs = [cause]
    revalue(
        context, supplier, number, entry, kind=WITHDRAWN, cause=cause[2], inputs=inputs, facts={}
    )
    _forget(context, supplier, number, entry)


def passes(context: Context, supplier: str, number: int) -> None:
    """The day has come on which a movement passes, or half of what is left of it."""
    known = context.get(f"entry {supplier} {number}")
    if known is None or context.now < _begins(context, known["passes"]):
        return
    entry = dict(known)
    mode, lasts = entry["decay"]
    entry["halvings"] += 1
    over = mode != "halve" or worth(entry["change"], WHOLE_BP, entry["halvings"]) == 0
    if over:
        entry["ended"] = EXPIRED
    facts = {"days": lasts * entry["halvings"], "mode": mode}
    revalue(
        context, supplier, number, entry, kind=EXPIRED, cause=entry["id"], inputs=[], facts=facts
    )
    if over:
        _forget(context, supplier, number, entry)
        return
    entry["passes"] = civil.days_later(entry["passes"], lasts)
    context.put(f"entry {supplier} {number}", entry)
    _await(context, supplier, number, entry["passes"])


def movements_of(context: Context, name: str) -> list[tuple[str, int]]:
    """Supplier and number of the movements that are found by a record's id, or by an order."""
    return [(supplier, number) for supplier, number in context.get(f"of {name}") or []]


def _names(movement: Movement) -> list[str]:
    """What it is found by: a gain by the orders, for it rests on too many records."""
    if movement.deliveries is not None:
        return [order for order, _ in movement.deliveries]
    return sorted({ref[2] for ref in movement.inputs})


def _enter(
    context: Context,
    supplier: str,
    account: State,
    *,
    kind: str,
    change: int,
    factor: str,
    cause: str,
    inputs: list[Ref],
    until: str | None,
) -> tuple[int, str]:
    """Post an entry and keep the account; the entry's number and record id."""
    number, before = account["entries"] + 1, account["balance"]
    sums = dict(account["sums"])
    sums[factor] = sums.get(factor, 0) + change
    account |= {"entries": number, "balance": before + change, "sums": sums}
    payload = {
        "supplier": supplier,
        "entry_no": number,
        "entry_kind": kind,
        "cause": cause,
        "balance_before_points": before,
        "change_points": change,
        "balance_after_points": before + change,
        "effective_on": civil.day_of(context.now, context.zone),
        "expires_on": until,
    }
    record = context.find("credit-entry", payload, inputs)
    account["last"] = record
    put(context, supplier, account)
    return number, record


def _forget(context: Context, supplier: str, number: int, entry: State) -> None:
    context.put(f"entry {supplier} {number}", None)
    for name in (*entry["of"], entry["id"]):
        key = f"of {name}"
        left = [one for one in context.get(key) or [] if one != [supplier, number]]
        context.put(key, left or None)


def _await(context: Context, supplier: str, number: int, last_day: str) -> None:
    context.wake(_begins(context, last_day), f"entry {supplier} {number}")


def _begins(context: Context, last_day: str) -> str:
    """When the day after a movement's last one begins."""
    return civil.begin_of(civil.days_later(last_day, 1), context.zone)
