"""Every so many deliveries on time and in full, a point is gained (履约加分).

State under `streak <S>`: the flawless deliveries since the last gain, each `[order, its records]`.
One that proves not to be flawless after all is taken out; if it was part of a gain, the gain is
withdrawn and the others wait for the next one.
"""

from typing import Any

from ledger.oversight.credit import account
from ledger.oversight.credit.account import Movement
from ledger.oversight.credit.rules import FACTORS, points_of
from ledger.oversight.family import Context
from ledger.oversight.seen import Ref

GAIN = "delivered"


def add(context: Context, supplier: str, order: str, cause: Ref, inputs: list[Ref]) -> None:
    """One more flawless delivery; the last one needed brings the gain.

    Args:
        context: of the family.
        supplier: whose.
        order: that it was for.
        cause: the acceptance that a gain would name.
        inputs: all that shows it flawless.
    """
    rules = context.policy.rules
    waiting = [*(context.get(f"streak {supplier}") or []), [order, inputs]]
    needed = max(1, rules["deliveries_per_gain"])
    if len(waiting) < needed:
        context.put(f"streak {supplier}", waiting)
        return
    given, left = waiting[:needed], waiting[needed:]
    context.put(f"streak {supplier}", left or None)
    rests_on = {ref[0]: ref for _, refs in given for ref in refs}
    account.move(
        context,
        Movement(
            supplier=supplier,
            kind=GAIN,
            points=points_of(rules, "points", GAIN),
            factor=FACTORS[GAIN],
            cause=cause,
            inputs=[rests_on[index] for index in sorted(rests_on)],
            facts={"deliveries": needed},
            persons=[],
            parties=[],
            deliveries=given,
        ),
    )


def rest_on(context: Context, supplier: str, order: str, inputs: list[Ref]) -> None:
    """A delivery that waits is still flawless, for other records than before."""
    waiting = context.get(f"streak {supplier}") or []
    if any(one[0] == order for one in waiting):
        changed: list[Any] = [[order, inputs] if one[0] == order else one for one in waiting]
        context.put(f"streak {supplier}", changed)


def forget(context: Context, supplier: str, record: str) -> None:
    """A record counts no more whose order is forgotten already: neither does its delivery."""
    waiting = context.get(f"streak {supplier}") or []
    left = [one for one in waiting if all(ref[2] != record for ref in one[1])]
    if len(left) < len(waiting):
        context.put(f"streak {supplier}", left or None)


def remove(context: Context, supplier: str, order: str, why: Ref) -> None:
    """A delivery is not flawless, because of the record that changed the picture."""
    waiting = context.get(f"streak {supplier}") or []
    left = [one for one in waiting if one[0] != order]
    if len(left) < len(waiting):
        context.put(f"streak {supplier}", left or None)
        return
    for whose, number in account.movements_of(context, order):
        if whose == supplier:
            withdraw_gain(context, supplier, number, order, why)


def withdraw_gain(context: Context, supplier: str, number: int, order: str, why: Ref) -> None:
    """Reverse a gain that rests on a delivery which does not count; a loss is left alone."""
    entry: dict[str, Any] = context.get(f"entry {supplier} {number}")
    if entry["kind"] != GAIN:
        return
    others = [one for one in entry["deliveries"] if one[0] != order]
    context.put(f"streak {supplier}", [*others, *(context.get(f"streak {supplier}") or [])])
    account.withdraw(context, supplier, number, why)
