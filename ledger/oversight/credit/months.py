"""What is counted of a supplier in the running period, until the period is rated (评级期间).

A delivery counts in the period of the day on which it was due, anything else in that of the day on
which it is counted; once a period is rated, what comes late counts in the running one.

State, each value replaced as a whole:

    period <from> <until>         suppliers counted in it
    month <from> <until> <S>      what is counted of one
    inputs <from> <until> <S> <n> what that rests on, a hundred records to a key: [[index, leaf hash]]
    rated                         last day of the newest period that is rated
"""

from collections.abc import Iterator
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.seen import Ref

_CHUNK: Final = 100
_MOST_CAUSES: Final = 500
"""Causes that a rating links to, the newest; its inputs are all of them."""

State = dict[str, Any]


def count_delivery(context: Context, supplier: str, due_on: str, inputs: list[Ref]) -> str | None:
    """One more delivery; the period that it counts in, None where nothing is counted yet."""
    month = _opened(context, supplier, due_on)
    if month is None:
        return None
    month["deliveries"] += 1
    _rest_on(context, supplier, month, inputs)
    return _keep(context, supplier, month)


def take_off_delivery(context: Context, supplier: str, period: str, inputs: list[Ref]) -> None:
    """One delivery less, unless its period is rated."""
    month = _known(context, supplier, period)
    if month is not None:
        month["deliveries"] -= 1
        _rest_no_more_on(context, supplier, month, inputs)
        _keep(context, supplier, month)


def exchange(
    context: Context, supplier: str, period: str, before: list[Ref], after: list[Ref]
) -> None:
    """A delivery that is counted rests on other records now, unless its period is rated."""
    month = _known(context, supplier, period) if before != after else None
    if month is not None:
        _rest_no_more_on(context, supplier, month, before)
        _rest_on(context, supplier, month, after)
        _keep(context, supplier, month)


def count_fault(
    context: Context, supplier: str, factor: str, points: int, day: str, cause: Ref
) -> str | None:
    """A movement: what it cost counts against its factor; the period, None for a gain."""
    month = _opened(context, supplier, day) if points < 0 else None
    if month is None:
        return None
    _add(month, "faults", factor, -points)
    month["causes"] = [*month["causes"], cause][-_MOST_CAUSES:]
    _rest_on(context, supplier, month, [cause])
    return _keep(context, supplier, month)


def take_off_fault(
    context: Context, supplier: str, factor: str, points: int, period: str | None
) -> None:
    """Points of a loss were given back, or taken again where negative."""
    month = None if period is None else _known(context, supplier, period)
    if month is not None:
        _add(month, "faults", factor, -points)
        _keep(context, supplier, month)


def count_share(
    context: Context, supplier: str, name: str, part: int, whole: int, day: str, inputs: list[Ref]
) -> str | None:
    """A share: points of an evaluation, an amount against its reference; the period."""
    month = _opened(context, supplier, day)
    if month is None:
        return None
    _add_share(month, name, part, whole)
    _rest_on(context, supplier, month, inputs)
    return _keep(context, supplier, month)


def take_off_share(
    context: Context,
    supplier: str,
    name: str,
    part: int,
    whole: int,
    period: str,
    inputs: list[Ref],
) -> None:
    """The share counts no more, unless its period is rated."""
    month = _known(context, supplier, period)
    if month is not None:
        _add_share(month, name, -part, -whole)
        _rest_no_more_on(context, supplier, month, inputs)
        _keep(context, supplier, month)


def suppliers(context: Context, period: str) -> list[str]:
    """Who was counted in a period, ascending."""
    return sorted(context.get(f"period {period}") or [])


def counted(context: Context, supplier: str, period: str) -> State:
    """What was counted of one of them."""
    return dict(context.get(f"month {period} {supplier}"))


def rests_on(context: Context, supplier: str, month: State) -> Iterator[Ref]:
    """The records it was counted from; of these no ids are known."""
    for number in range(month["chunks"]):
        for index, leaf_hash in context.get(_chunk(supplier, month, number)) or []:
            yield [index, leaf_hash, ""]


def close(context: Context, period: str) -> None:
    """The period is rated: what was counted in it is not needed any more."""
    for supplier in suppliers(context, period):
        month = counted(context, supplier, period)
        for number in range(month["chunks"]):
            context.put(_chunk(supplier, month, number), None)
        context.put(f"month {period} {supplier}", None)
    context.put(f"period {period}", None)
    last = period.partition(" ")[2]
    context.put("rated", max(last, context.get("rated") or ""))


def rated_at(context: Context, period: str) -> str:
    """When a period is rated: as its next day begins, and a grace later."""
    begins = civil.begin_of(civil.days_later(period.partition(" ")[2], 1), context.zone)
    return civil.later(begins, context.policy.rules["rating_grace_s"])


def _opened(context: Context, supplier: str, day: str) -> State | None:
    """What is counted in the period of a day, or in the running one where that is rated."""
    if not context.policy.in_force:
        return None
    kind = context.policy.rules["period"]
    first, last = civil.period_of(day, kind)
    if last <= (context.get("rated") or ""):
        first, last = civil.period_of(civil.day_of(context.now, context.zone), kind)
    period = f"{first} {last}"
    known = context.get(f"month {period} {supplier}")
    if known is not None:
        return dict(known)
    listed = context.get(f"period {period}")
    if listed is None:
        context.wake(rated_at(context, period), f"period {period}")
    context.put(f"period {period}", [*(listed or []), supplier])
    return {
        "period": period,
        "deliveries": 0,
        "faults": {},
        "shares": {},
        "causes": [],
        "chunks": 0,
        "last": 0,
    }


def _known(context: Context, supplier: str, period: str) -> State | None:
    known = context.get(f"month {period} {supplier}")
    return None if known is None else dict(known)


def _keep(context: Context, supplier: str, month: State) -> str:
    period: str = month["period"]
    context.put(f"month {period} {supplier}", month)
    return period


def _add(month: State, table: str, name: str, number: int) -> None:
    month[table] = {**month[table], name: month[table].get(name, 0) + number}


def _add_share(month: State, name: str, part: int, whole: int) -> None:
    before = month["shares"].get(name, (0, 0))
    month["shares"] = {**month["shares"], name: [before[0] + part, before[1] + whole]}


def _rest_on(context: Context, supplier: str, month: State, inputs: list[Ref]) -> None:
    left = [ref[:2] for ref in inputs]
    if month["chunks"] and 0 < len(left) <= _CHUNK - month["last"]:
        key = _chunk(supplier, month, month["chunks"] - 1)
        context.put(key, [*(context.get(key) or []), *left])
        month["last"] += len(left)
        return
    while left:
        if month["chunks"] == 0 or month["last"] >= _CHUNK:
            month["chunks"] += 1
            month["last"] = 0
        room = _CHUNK - month["last"]
        more, left = left[:room], left[room:]
        key = _chunk(supplier, month, month["chunks"] - 1)
        context.put(key, [*(context.get(key) or []), *more])
        month["last"] += len(more)


def _rest_no_more_on(context: Context, supplier: str, month: State, inputs: list[Ref]) -> None:
    """Take each of them out once: another delivery may rest on the same record."""
    gone = [ref[0] for ref in inputs]
    for number in range(month["chunks"]):
        key = _chunk(supplier, month, number)
        left = []
        for ref in context.get(key) or []:
            if ref[0] in gone:
                gone.remove(ref[0])
            else:
                left.append(ref)
        context.put(key, left)


def _chunk(supplier: str, month: State, number: int) -> str:
    return f"inputs {month['period']} {supplier} {number}"
