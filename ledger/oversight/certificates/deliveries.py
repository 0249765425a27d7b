"""Deliveries that a supplier was not entitled to make: one `suspicion` for each delivery and kind.

A delivery is what one supplier brings for one order, or in one day to one school where no order is
named: its dispatch, its inbound weigh-ins, its acceptance. Each is judged by its own time when it
comes. One that nothing speaks against leaves no trace here; another waits `delivery_grace_s`, for an
admission or a licence that was posted in the same hours, and is judged again before it is found.

State under `delivery <supplier> <order, or school and day>`, as long as something speaks against it:

    records   [[reference, type, claimed time, time judged by, day, canteen, [item codes]]]
    judging   whether it waits to be judged
    found     by kind: the finding's id, and the indices of the records that it observed
    since     the day it was found

and under `amiss <supplier> <day>` the deliveries found that day, so that papers which come too late
put their rows right. What was posted stays.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ledger.canonical import JsonValue
from ledger.evidence.subjects import school_of
from ledger.oversight import civil
from ledger.oversight.certificates.papers import Holder
from ledger.oversight.certificates.rules import KEPT_DAYS, NAME, Rules
from ledger.oversight.certificates.suppliers import (
    OUTSIDE_PERMIT,
    QUESTION,
    Cause,
    Clearances,
    Ground,
    against,
)
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Ref, Seen

DELIVERY: Final = "delivery"
FORGET: Final = "forget"
MAX_OBSERVED: Final = 100
"""Records of one delivery that a finding names, the first in the log; more would say no more."""

_CERTAIN: Final = 1_000_000


class _Record(NamedTuple):
    """One record of a delivery."""

    ref: Ref
    type: str
    claimed: str
    at: str
    day: str
    canteen: str
    items: list[str]


_Amiss = dict[str, tuple[list[_Record], list[Cause]]]
"""By kind: the records that show it, in log order, and what causes it."""


def tell(seen: Seen, context: Context, rules: Rules, suppliers: Clearances) -> None:
    """A dispatch, weigh-in or acceptance."""
    payload = seen.fields
    supplier = payload.get("supplier")
    if supplier is None or payload.get("direction", "inbound") != "inbound":
        return
    at = civil.credible(seen.occurred_at, seen.logged_at, rules.credible_days)
    day = civil.day_of(at, context.zone)
    lines = payload.get("lines")
    items = [payload["item_code"]] if lines is None else [line["item_code"] for line in lines]
    if suppliers.holds(supplier, context.get(f"of {supplier}"), items, day, at, rules):
        return
    claimed, canteen = seen.occurred_at, payload.get("canteen", "")
    record = _Record(seen.ref, seen.type, claimed, at, day, canteen, list(dict.fromkeys(items)))
    key = _key(supplier, payload.get("order"), payload.get("school"), _own_day(seen, context))
    state = dict(context.get(key) or {"judging": 0, "found": {}, "records": []})
    state["records"] = [*state["records"], list(record)]
    context.put(key, state)
    _judge_later(key, context, rules)


def judge(key: str, context: Context, rules: Rules) -> None:
    """The papers had their time to come: find what still speaks against the delivery."""
    state = context.get(key)
    if not state or not state["judging"]:
        return
    supplier = key.split(" ")[1]
    holder = Holder.of(supplier, context.get(f"of {supplier}"))
    amiss = _amiss(state, holder, rules)
    found = dict(state["found"])
    if rules.in_force:
        for kind in sorted(amiss.keys() - found.keys()):
            found[kind] = _find(kind, supplier, amiss[kind], context, rules)
    if not found:
        context.put(key, None)
        return
    since = state.get("since") or _remember(key, supplier, context)
    after = {**state, "judging": 0, "found": found, "since": since}
    context.put(key, after)
    _show(key, after, amiss, context)


def put_right(supplier: str, context: Context, rules: Rules) -> None:
    """A supplier's papers have changed: show what has been found as it would be judged now."""
    holder = Holder.of(supplier, context.get(f"of {supplier}"))
    for day in holder.days:
        for key in context.get(_shard(supplier, day)) or ():
            state = context.get(key)
            _show(key, state, _amiss(state, holder, rules), context)


def take_back(seen: Seen, context: Context, rules: Rules) -> None:
    """A record of a delivery counts no more; what others of it show is found anew."""
    own_day = _own_day(seen, context)
    orders = [name for name in seen.subjects if name.startswith("order:")]
    schools = [name for name in seen.subjects if name.startswith("school:")]
    for supplier in [name for name in seen.subjects if name.startswith("supplier:")]:
        keys = [_key(supplier, order, None, own_day) for order in orders]
        keys += [_key(supplier, None, school, own_day) for school in schools]
        for key in keys:
            state = context.get(key)
            if state and any(item[0][0] == seen.index for item in state["records"]):
                _without(seen.index, key, state, context, rules)


def forget(key: str, context: Context) -> None:
    """It was found so long ago that nothing is put right any more."""
    state = context.get(key)
    today = civil.day_of(context.now, context.zone)
    if state and "since" in state and civil.days_between(state["since"], today) > KEPT_DAYS:
        context.put(key, None)
        _drop(key, state["since"], context)


def _without(
    index: int, key: str, state: Mapping[str, Any], context: Context, rules: Rules
) -> None:
    records = [item for item in state["records"] if item[0][0] != index]
    left = {item[0][0] for item in records}
    found = {kind: it for kind, it in state["found"].items() if not left.isdisjoint(it[1])}
    for kind in state["found"].keys() - found.keys():
        context.row(Row(NAME, _row_name(key, kind)))
    after = {**state, "records": records, "found": found}
    if not found and "since" in after:
        _drop(key, after.pop("since"), context)
    context.put(key, after if records else None)
    if records:
        supplier = key.split(" ")[1]
        holder = Holder.of(supplier, context.get(f"of {supplier}"))
        _show(key, after, _amiss(after, holder, rules), context)
        _judge_later(key, context, rules)


def _judge_later(key: str, context: Context, rules: Rules) -> None:
    state = context.get(key)
    if not state["judging"]:
        context.put(key, {**state, "judging": 1})
        context.wake(civil.later(context.now, rules.delivery_grace_s), key)


def _own_day(seen: Seen, context: Context) -> str:
    """The day that tells deliveries without an order apart: the one claimed, under any policy."""
    return civil.day_of(seen.occurred_at, context.zone)


def _key(supplier: str, order: str | None, school: str | None, day: str) -> str:
    return f"{DELIVERY} {supplier} {order or f'{school} {day}'}"


def _amiss(state: Mapping[str, Any], holder: Holder, rules: Rules) -> _Amiss:
    """What speaks against the delivery now."""
    found: _Amiss = {}
    for item in state["records"]:
        record = _Record(*item)
        for ground in against(holder, record.items, record.day, record.at, rules):
            records, causes = found.setdefault(ground.kind, ([], []))
            if not records or records[-1] is not record:
                records.append(record)
            causes += _others(ground, causes)
    return found


def _others(ground: Ground, known: Iterable[Cause]) -> Iterator[Cause]:
    indices = {cause.ref[0] for cause in known}
    return (cause for cause in ground.causes if cause.ref[0] not in indices)


def _find(
    kind: str,
    supplier: str,
    shown: tuple[list[_Record], list[Cause]],
    context: Context,
    rules: Rules,
) -> list[JsonValue]:
    records, causes = shown[0][:MAX_OBSERVED], shown[1][:MAX_OBSERVED]
    times = [record.claimed for record in records]
    canteens = [record.canteen for record in records if record.canteen]
    payload = {
        "suspicion_kind": kind,
        "responsible": supplier,
        "severity": rules.severity(kind),
        "first_at": min(times),
        "last_at": max(times),
        "score_ppm": _CERTAIN,
        "threshold_ppm": _CERTAIN,
        "observations": [
            *({"record": one.ref[2], "field": _observed(kind, one.type)} for one in records),
            *({"record": cause.ref[2], "field": cause.field} for cause in causes),
        ],
    }
    if canteens:
        payload["canteen"] = canteens[0]
    inputs = [record.ref for record in records] + [cause.ref for cause in causes]
    finding = context.find("suspicion", payload, inputs)
    return [finding, [record.ref[0] for record in records]]


def _observed(kind: str, record_type: str) -> str:
    if kind == OUTSIDE_PERMIT:
        return "item_code" if record_type == "weigh-in" else "lines"
    return "supplier"


def _remember(key: str, supplier: str, context: Context) -> str:
    """For papers that come later, as long as they may; the day under which it stands."""
    today = civil.day_of(context.now, context.zone)
    shard = _shard(supplier, today)
    context.put(shard, [*(context.get(shard) or ()), key])
    holder = Holder.of(supplier, context.get(f"of {supplier}"))
    if today not in holder.days:
        holder.days.append(today)
        context.put(f"of {supplier}", holder.to_json())
    at = civil.begin_of(civil.days_later(today, KEPT_DAYS + 1), context.zone)
    context.wake(at, f"{FORGET} {key}")
    return today


def _drop(key: str, since: str, context: Context) -> None:
    """Papers that come later put nothing right of it any more."""
    supplier = key.split(" ")[1]
    shard = _shard(supplier, since)
    left = [other for other in context.get(shard) if other != key]
    context.put(shard, left or None)
    if not left:
        holder = Holder.of(supplier, context.get(f"of {supplier}"))
        holder.days.remove(since)
        context.put(f"of {supplier}", holder.to_json())


def _shard(supplier: str, day: str) -> str:
    return f"amiss {supplier} {day}"


def _row_name(key: str, kind: str) -> str:
    return f"{kind} {key.partition(' ')[2]}"


def _show(key: str, state: Mapping[str, Any], amiss: _Amiss, context: Context) -> None:
    """A row for each finding; `covered` where papers that came later speak for the delivery."""
    _, supplier, *about = key.split(" ")
    for kind, (finding, _) in state["found"].items():
        now = [both for name, both in amiss.items() if QUESTION[name] == QUESTION[kind]]
        shown = [record for records, _ in now for record in records]
        told = shown or [_Record(*item) for item in state["records"]]
        causes = [cause for _, causes in now for cause in causes]
        detail: dict[str, JsonValue] = {
            "finding": finding,
            "about": " ".join(about),
            "school": school_of(about[0]),
            "records": [{"id": one.ref[2], "index": one.ref[0], "type": one.type} for one in told],
            "causes": [{"id": cause.ref[2], "index": cause.ref[0]} for cause in causes],
        }
        status = "found" if shown else "covered"
        row = Row(NAME, _row_name(key, kind), supplier, told[0].day, kind, status, detail)
        context.row(row)
