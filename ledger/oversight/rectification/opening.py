"""Work orders opened (开具电子工单): for whom, by when, for what.

A bad day gives a canteen one work order for each kind of thing that went wrong, not one for each
record: what is gathered stands under `day <canteen> <day>`, by the log's own time, until midnight.

    {group: {"waiting": [[ref, severity], …]}}          gathered for midnight
    {group: {"orders": n, "severity": of the last}}     opened by the first of the day

Of those that open at once, a later cause joins the order that is open: as grave at most, and not
answered yet. What is seen again after the answer opens another. A cause with an order of its own
stands under `opened <record id>`, `[number, severity]`: the record that replaces it joins that order.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.canonical import JsonValue
from ledger.oversight import canteens, civil
from ledger.oversight.family import Context
from ledger.oversight.rectification import causes, loop
from ledger.oversight.rectification.causes import Cause
from ledger.oversight.rectification.document import MAX_OPENS, number, rests_on
from ledger.oversight.rectification.policy import SEVERITIES, by_severity, choose
from ledger.oversight.seen import Seen


def caused(seen: Seen, context: Context) -> None:
    """A record that may open a work order."""
    if not context.policy.in_force:
        return
    cause = causes.read(seen, context)
    if cause is None:
        return
    row = choose(context.policy.rules, cause.type, cause.kind, cause.severity)
    gather = row["gather"]
    day = civil.day_of(context.now, context.zone)
    if gather == "each":
        _each(seen, cause, day, row, context)
    elif gather != "never":
        key = f"day {cause.canteen} {day}"
        groups = {**(context.get(key) or {})}
        add = _wait if gather == "day" else _first
        groups[cause.group] = add(cause, day, groups.get(cause.group) or {}, row, context)
        context.put(key, groups)
        context.wake(civil.end_of(day, context.zone), key)


def midnight(key: str, context: Context) -> None:
    """A day is over: what was gathered opens its work orders."""
    _, canteen, day = key.split(" ")
    for group, found in sorted((context.get(key) or {}).items()):
        kind, code, responsible = group.split(" ")
        gathered = [
            Cause(ref, kind, code, severity, responsible, canteen, "", None)
            for ref, severity in found.get("waiting", ())
        ]
        if gathered:
            worst = max(gathered, key=lambda cause: SEVERITIES.index(cause.severity))
            row = choose(context.policy.rules, worst.type, worst.kind, worst.severity)
            _open(context, number(canteen, day, group), row, gathered)
    context.put(key, None)


def take_back(seen: Seen, context: Context) -> None:
    """A cause counts no more: it is gathered no longer, and its work order says so.

    An order that was opened stays: it is closed by a review and by nothing else. Else the camera's
    owner could end an order by correcting what the camera saw.
    """
    day = civil.day_of(seen.logged_at, context.zone)
    for canteen in canteens.named_by(seen, context):
        key = f"day {canteen} {day}"
        groups = context.get(key)
        if groups:
            context.put(key, {name: _without(seen.id, found) for name, found in groups.items()})
    if not seen.readable(causes.READS[seen.type]):
        return
    cause = causes.read(seen, context)
    if cause is None:
        return
    own = context.get(f"opened {seen.id}")
    if own:
        loop.withdraw(own[0], seen.id, context)
    loop.withdraw(number(cause.canteen, day, cause.group), seen.id, context)
    nth = 0
    while loop.withdraw(number(cause.canteen, day, cause.group, str(nth)), seen.id, context):
        nth += 1


def _each(seen: Seen, cause: Cause, day: str, row: Mapping[str, Any], context: Context) -> None:
    no = number(cause.canteen, day, cause.group, seen.id)
    for record in seen.linked("replaces"):
        before = context.get(f"opened {record}")
        # Put right what a record says, and its work order is still the same one.
        if (
            before
            and SEVERITIES.index(cause.severity) <= SEVERITIES.index(before[1])
            and loop.join(before[0], seen.id, seen.occurred_at, context)
        ):
            no = before[0]
            break
    else:
        _open(context, no, row, [cause])
    key = f"opened {seen.id}"
    context.put(key, [no, cause.severity])
    context.wake(civil.later(context.now, civil.DAY_S * context.policy.rules["kept_days"]), key)


def _wait(
    cause: Cause, _day: str, found: Mapping[str, Any], _row: Mapping[str, Any], _context: Context
) -> dict[str, JsonValue]:
    return {**found, "waiting": [*found.get("waiting", ()), [cause.ref, cause.severity]]}


def _first(
    cause: Cause, day: str, found: Mapping[str, Any], row: Mapping[str, Any], context: Context
) -> dict[str, JsonValue]:
    orders = found.get("orders", 0)
    if orders and SEVERITIES.index(cause.severity) <= SEVERITIES.index(found["severity"]):
        last = number(cause.canteen, day, cause.group, str(orders - 1))
        if loop.join(last, cause.ref[2], cause.occurred_at, context):
            return {**found}
    _open(context, number(cause.canteen, day, cause.group, str(orders)), row, [cause])
    return {**found, "orders": orders + 1, "severity": cause.severity}


def _without(record: str, found: Mapping[str, Any]) -> dict[str, JsonValue]:
    left = [item for item in found.get("waiting", ()) if item[0][2] != record]
    return {**found, "waiting": left} if "waiting" in found else {**found}


def _open(context: Context, no: str, row: Mapping[str, Any], found: Sequence[Cause]) -> None:
    rules = context.policy.rules
    worst = max((cause.severity for cause in found), key=SEVERITIES.index)
    severity = row["severity"] if row["severity"] in SEVERITIES else worst
    due_at = civil.later(context.now, row["due_s"] or by_severity(rules, "due_s", severity))
    asked = found[0].due_at
    count = f"，共 {len(found)} 项" if len(found) > 1 else ""
    newest = sorted(found, key=lambda cause: cause.ref[0])[-MAX_OPENS:]
    payload = {
        "work_order_no": no,
        "responsible": found[0].responsible,
        "canteen": found[0].canteen,
        "task_kind": row["task_kind"] or "document",
        "severity": severity,
        "due_at": asked if asked is not None and asked > context.now else due_at,
        "required_evidence": ["photo"],
        "reviewer_role": by_severity(rules, "reviewer_role", severity),
        "instruction_zh": f"{found[0].kind_zh}{count}：{row['instruction_zh']}"[:500],
        "ext": rests_on(context),
    }
    refs = [cause.ref for cause in newest]
    context.find(
        "work-order", payload, refs, links={"opens": [ref[2] for ref in refs]}, cites=False
    )
