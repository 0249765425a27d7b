"""Orders against what was agreed (定标早于首单): under an award or contract, in its term, for its goods.

    no award or contract of the supplier for the school        order-without-award
    none in term on the day of the order or of the delivery    order-outside-term
    an item that none of those in term has                     item-not-awarded
    an item that all of them have only since a later day       order-before-award

An order may name what it is under and need not: whichever agreement covers it will do. An agreement
is as old as it says, unless it reached the log only after the order was judged: then it is as old as
its entry.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import agreed
from ledger.oversight.reconciliation.agreed import Agreement
from ledger.oversight.reconciliation.difference import DAY, Difference
from ledger.oversight.reconciliation.ordered import PREFIX, Ordered
from ledger.oversight.seen import Ref


def differences(ordered: Ordered, judged_at: str, context: Context) -> list[Difference]:
    """What an order lacks of an agreement.

    Args:
        ordered: the order.
        judged_at: when it was judged, or will have been.
        context: of the family.
    """
    if ordered.order is None:
        return []
    supplier = str(ordered.order["supplier"])
    known = agreed.known(context, supplier)
    if _covered(ordered, known, judged_at, context.zone):
        return []
    found = list(_lacking(ordered, known, judged_at, context))
    if found:
        agreed.lack(context, supplier, PREFIX + ordered.subject)
    return found


def since(agreement: Agreement, judged_at: str, zone: str) -> str:
    """From which day on something was agreed, as far as it was said in time."""
    said: str = agreement["since"]
    if agreement["logged"] <= judged_at:
        return said
    return max(said, civil.day_of(agreement["logged"], zone))


def _covered(ordered: Ordered, known: Sequence[Agreement], judged_at: str, zone: str) -> bool:
    """Whether one agreement alone binds the supplier to all that is ordered: nearly always."""
    order: Any = ordered.order
    school, day, placed = ordered.school, order["day"], civil.day_of(order["at"], zone)
    for one in known:
        if (
            "gone" not in one
            and one["since"] <= placed
            and one["logged"] <= judged_at
            and (one["schools"] is None or school in one["schools"])
            and (one["from"] <= day <= one["until"] or one["from"] <= placed <= one["until"])
        ):
            items = one["items"]
            if items is None or not [line for line in ordered.lines if line[1] not in items]:
                return True
    return False


def _lacking(
    ordered: Ordered, known: Sequence[Agreement], judged_at: str, context: Context
) -> Iterator[Difference]:
    order: Any = ordered.order
    placed = civil.day_of(order["at"], context.zone)
    binding = agreed.binding(known, ordered.school, order["under"])
    in_term = [
        one
        for one in binding
        if one["from"] <= order["day"] <= one["until"] or one["from"] <= placed <= one["until"]
    ]
    if in_term:
        yield from _items(ordered, in_term, placed, judged_at, context.zone)
    elif any(one.get("gone") == agreed.ERASED for one in known):
        # What it said cannot be read any more.
        return
    elif binding:
        last = max(binding, key=agreed.index)
        limit = last["until"] if placed > last["until"] else last["from"]
        yield _of(ordered, "order-outside-term", "", limit, placed, DAY, [last["ref"]])
    else:
        yield _of(ordered, "order-without-award", "", 0, order["amount_fen"], "fen", [])


def _items(
    ordered: Ordered, in_term: Sequence[Agreement], placed: str, judged_at: str, zone: str
) -> Iterator[Difference]:
    listed = [one["items"] for one in in_term if since(one, judged_at, zone) <= placed]
    if None in listed:
        return
    lines = [line for line in ordered.lines if not any(line[1] in items for items in listed)]
    for item, (unit, quantity) in _quantities(lines).items():
        having = [one for one in in_term[::-1] if one["items"] is None or item in one["items"]]
        days = {since(one, judged_at, zone): one["ref"] for one in having}
        if days:
            first = min(days)
            yield _of(ordered, "order-before-award", item, first, placed, DAY, [days[first]])
        else:
            records = [one["ref"] for one in in_term]
            yield _of(ordered, "item-not-awarded", item, 0, quantity, unit, records)


def _quantities(lines: Sequence[Sequence[Any]]) -> dict[str, tuple[str, int]]:
    """What is ordered of each item, in the unit of its first line."""
    found: dict[str, tuple[str, int]] = {}
    for _, item, unit, quantity, _, _ in lines:
        first, so_far = found.get(item, (unit, 0))
        found[item] = (first, so_far + (quantity if unit == first else 0))
    return found


def _of(
    ordered: Ordered,
    code: str,
    about: str,
    expected: int | str,
    found: int | str,
    unit: str,
    records: Sequence[Ref],
) -> Difference:
    order: Any = ordered.order
    every = [order["ref"], *records]
    return Difference(code, about, expected, found, unit, every, *ordered.at, ordered.school)
