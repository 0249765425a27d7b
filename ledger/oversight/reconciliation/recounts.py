"""Counted again (重新累计): an award or a contract comes after what was bought under it, or goes.

    award, contract  →  `recount <supplier> <school>`  →  the open periods of both  →  `totals`

An order that was judged counts for what it is under now; a settlement is held again. What is in a
closed period keeps its place.
"""

from typing import Final

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import agreed, bills, totals
from ledger.oversight.reconciliation.ordered import PREFIX as ORDER
from ledger.oversight.reconciliation.ordered import Ordered
from ledger.oversight.reconciliation.periods import period_of

PREFIX: Final = "recount "
_LONGEST_DAYS: Final = 62
"""How long before the last of the periods that are kept one may have begun."""


def wake(record: str, supplier: str, context: Context) -> None:
    """Have the schools counted again that an award or contract is for, while it is known."""
    known = agreed.known(context, supplier)
    agreement = agreed.version(context, supplier, record)
    if agreement is None or not any("fen" in one for one in known):
        return
    schools = agreement.get("schools")
    if schools is None:
        schools = [school for one in known for school in one.get("schools") or ()]
    for school in dict.fromkeys(schools):
        context.wake(context.now, f"{PREFIX}{supplier} {school}")


def due(key: str, context: Context) -> None:
    """What a school bought of a supplier is counted again."""
    supplier, school = key.removeprefix(PREFIX).split(" ")
    rules = context.policy.rules
    known = agreed.known(context, supplier)
    today = civil.day_of(context.now, context.zone)
    first = civil.days_later(today, -rules["keep_days"] - _LONGEST_DAYS)
    while first <= today:
        first, last = period_of(first, rules)
        book = context.get(f"period {school} {supplier} {first}") or {"parts": ()}
        for name in book["parts"]:
            if name.startswith(bills.PREFIX):
                context.wake(context.now, bills.SETTLE + name.removeprefix(bills.PREFIX))
                continue
            state = dict(context.get(name) or {})
            if "since" in state:
                ordered = Ordered(name.removeprefix(ORDER), state)
                totals.count(ordered, state, known, context)
                context.put(name, state)
        first = civil.days_later(last, 1)
