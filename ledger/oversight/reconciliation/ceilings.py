"""Orders against the ceiling of their package (最高限价): what all schools order under it, summed up.

    order, judged  →  by line: the award that prices it  →  `spent` of its package  →  its tender

No school sees what the others order, so the sum is held against the bureau's tender (`tenders`). A line
counts with what the supplier confirmed, where it answered, at the order's price, whether it came or
not. One that a contract prices counts for the award that the contract is under.

State `spent <bureau> <tender and package number as in subjects>`, until FORGOTTEN_DAYS after its award:

    a sum as `tally` keeps it

and, in the state of an order, `spent` {key: fen}: what it counts for, and with how much. `totals` holds
orders against the sums of awards and contracts.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ledger.evidence.document_number import in_subject
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import agreed, asked, counted, tally, totals
from ledger.oversight.reconciliation.agreed import FORGOTTEN_DAYS, Agreement
from ledger.oversight.reconciliation.ordered import Json, Ordered, State, newest

_PREFIX: Final = "spent "
_TENDER: Final = "tender "
_WHOLE_BP: Final = 10_000


def count(ordered: Ordered, state: State, context: Context) -> None:
    """Count an order for its packages, and for its agreements, as it is now, and no more as before.

    Args:
        ordered: the order.
        state: of the order, to be put by the caller.
        context: of the family.
    """
    known = () if ordered.order is None else agreed.known(context, ordered.order["supplier"])
    totals.count(ordered, state, known, context)
    before: dict[str, int] = state.pop("spent", {})
    shares: dict[str, int] = {}
    ends: dict[str, str] = {}
    for award, fen in _by_award(ordered, known):
        key = _key(*award["package"])
        shares[key] = shares.get(key, 0) + fen
        ends[key] = max(ends.get(key, ""), award["until"])
    for key in sorted({*before, *shares}):
        if before.get(key) != shares.get(key):
            _change(key, ordered, before.get(key), shares.get(key), context)
            if key in ends:
                end = civil.days_later(ends[key], FORGOTTEN_DAYS)
                context.wake(civil.end_of(end, context.zone), key)
    if shares:
        state["spent"] = shares


def spent(tender: str, package: str, context: Context) -> Json | None:
    """What was ordered under a package; `tender`: the key of its state."""
    found: Json | None = context.get(_key(tender, package))
    return found


def limit_fen(ceiling_fen: int, context: Context) -> int:
    """Up to where orders under a package may come."""
    tolerance_bp: int = context.policy.rules["ceiling_tolerance_bp"]
    return ceiling_fen + ceiling_fen * tolerance_bp // _WHOLE_BP


def _by_award(ordered: Ordered, known: Sequence[Agreement]) -> Iterator[tuple[Agreement, int]]:
    """What an order comes to, line by line, with the award of each."""
    if ordered.order is None:
        return
    agreements = asked.by_weight(ordered, known)
    for item, fen in counted.worth(ordered) if agreements else ():
        agreement = next((one for one in agreements if item in one["items"]), None)
        award = None if agreement is None else counted.award_of(agreement, known)
        if award is not None:
            yield award, fen


def _change(
    key: str, ordered: Ordered, before: int | None, now: int | None, context: Context
) -> None:
    """An order counts for a package with more or less than before; its tender looks, where it matters."""
    known = context.get(key) or tally.EMPTY
    ref = None if ordered.order is None else ordered.order["ref"]
    changed = tally.counted(known, ordered.subject, before, now, ref)
    context.put(key, changed if changed["count"] else None)
    tender, _, package = key.removeprefix(_PREFIX).rpartition(" ")
    ceiling_fen = _ceiling_fen(_TENDER + tender, package, context)
    most_fen = max(changed["fen"], known["fen"])
    if ceiling_fen is not None and most_fen > limit_fen(ceiling_fen, context):
        context.wake(context.now, _TENDER + tender)


def _ceiling_fen(tender: str, package: str, context: Context) -> int | None:
    state: Any = context.get(tender) or {"tenders": ()}
    asked_for = newest([one for one in state["tenders"] if "gone" not in one])
    packages = {} if asked_for is None else asked_for["packages"]
    ceilings = (one[0] for number, one in packages.items() if in_subject(number) == package)
    return next(ceilings, None)


def _key(tender: str, package: str) -> str:
    return f"{_PREFIX}{tender.removeprefix(_TENDER)} {in_subject(package)}"
