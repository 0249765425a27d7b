"""拍照称重: a weigh-in or a rejection of every line of an order.

Owed by the school, from the order, some hours after the goods were to be there: as ordered, or as the
supplier answered. A line that the supplier declined is not owed. Goods that are counted, not weighed,
are met by an acceptance of the line as well; and a line is refused too where an acceptance takes
nothing of it in. A weigh-in that names no line is of every line of its item.
"""

from collections.abc import Mapping
from typing import Any

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Fact, Page, first, newest, ref
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen


def owed(
    page: Page, context: Context, told: tuple[str, Fact] | None = None
) -> dict[str, Obligation]:
    """One for each line; only of those that this record may be of, if one is given."""
    orders = page.of("order")
    if not orders:
        return {}
    source = first(orders)
    order = orders[source]
    lines = order[6] if told is None else _concerned(page, order, *told, context.now)
    if not lines:
        return {}
    responses = page.of("order-response")
    response = responses[newest(responses)] if responses else None
    until = order[5] if response is None else max(order[5], response[4] or "")
    due_at = later(until, rules.of_kind(context, "due_after_s", rules.WEIGH_IN))
    weighed_units = rules.listed(context, "weighed_units")
    day = civil.day_of(until, context.zone)
    school = civil.school_of(page.key)
    found = {}
    for line_no, item_code, unit in lines:
        codes = _codes(line_no, item_code, response)
        found[_item(line_no)] = Obligation(
            kind=rules.WEIGH_IN,
            source=ref(source, order),
            known_at=order[3],
            expected_type="weigh-in",
            expected_for=f"{page.key}#{line_no}",
            responsible=school,
            school=school,
            canteen=order[4],
            day=day,
            due_at=due_at,
            answers=_answers(page, line_no, codes, counted=unit not in weighed_units),
            ended=not codes,
            more={"item_code": item_code},
        )
    return found


def _concerned(page: Page, order: Fact, kind: str, fact: Fact, now: str) -> list[list[Any]]:
    """The lines that a record may be news of: what came after all other answers is none of a met one."""
    lines: list[list[Any]] = order[6]
    if kind == "weigh-in":
        number = fact[4]
        if number is None:  # it may be of what the supplier sends instead: of any line
            return lines
        if page.of("dispatch") and page.is_met(_item(number)):
            return []
        return [line for line in lines if line[0] == number]
    if kind in ("acceptance", "rejection"):
        named = {line[0] for line in fact[5]}
        return [
            line
            for line in lines
            if line[0] in named and not (fact[1] == now and page.is_met(_item(line[0])))
        ]
    if kind == "order-response" and len(page.of(kind)) <= 1 and (fact[4] or "") <= order[5]:
        # The first one only confirms what was ordered, but where it says otherwise.
        return [line for line in lines if _codes(line[0], line[1], fact) != (line[1],)]
    return lines


def _item(line_no: int) -> str:
    return f"line {line_no}"


def _codes(line_no: int, item_code: str, response: Fact | None) -> tuple[str, ...]:
    """The item of a line, and what the supplier sends instead; nothing where it declined."""
    if response is None:
        return (item_code,)
    lines: Mapping[str, Any] = response[5]
    confirmed, substitute = lines.get(str(line_no), (1, None))
    if response[3] or not confirmed:
        return ()
    return (item_code,) if substitute is None else (item_code, substitute)


def _answers(
    page: Page, line_no: int, codes: tuple[str, ...], *, counted: bool
) -> tuple[Answer, ...]:
    found = [
        Answer(fact[1], fact[0], record)
        for record, fact in page.of("weigh-in").items()
        if fact[4] == line_no or (fact[4] is None and fact[5] in codes)
    ]
    for kind in ("rejection", "acceptance"):
        for record, fact in page.of(kind).items():
            for number, _, quantity in fact[5]:
                if number == line_no and (counted or not quantity):
                    found.append(Answer(fact[1], fact[0], record))
                    break
    return tuple(found)


def order_of(seen: Seen) -> str | None:
    """The order that a weigh-in names; None where it names none."""
    order: str | None = seen.fields.get("order")
    if order is not None:
        return order
    fulfils = (link.subject for link in seen.links if link.rel == "fulfils")
    return next((name for name in fulfils if name and name.startswith("order:")), None)
