"""The family `credit`: which record goes where; `docs/oversight/credit.md` is what follows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ledger.oversight.credit import (
    account,
    causes,
    deliveries,
    disputes,
    orders,
    prices,
    ratings,
    rectifying,
    rules,
    streak,
)
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_OWN: Final = "credit-entry"
_REGISTRATION: Final = "supplier-registration"
_ADMISSION: Final = "admission"


class Credit:
    """Supplier credit and rating; `ledger.oversight.family.Family` says what each method is asked."""

    name = rules.NAME
    defaults = rules.DEFAULTS
    reads: Mapping[str, frozenset[str]] = {
        **orders.READS,
        **causes.READS,
        **rectifying.READS,
        **disputes.READS,
        prices.TYPE: prices.READS,
        _REGISTRATION: frozenset(),
        _ADMISSION: frozenset({"supplier"}),
        _OWN: frozenset({"supplier", "entry_no"}),
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The order or work order that it is about, the entry that it is; else the account."""
        supplier = seen.subject("supplier")
        if seen.type == _OWN:
            return (f"entry {supplier} {seen.fields.get('entry_no')}",)
        key = orders.key_of(seen) or rectifying.key_of(seen)
        found = [] if key is None else [key]
        if seen.type not in orders.READS or seen.type == "rejection":
            found.append(f"supplier {supplier}")
        return found

    def tell(self, seen: Seen, context: Context) -> None:
        """The next record."""
        if seen.type in orders.READS:
            if seen.type != "weigh-in" or seen.fields["direction"] == "inbound":
                deliveries.tell(seen, context)
        elif seen.type == prices.TYPE:
            prices.tell(seen, context)
        elif seen.type in rectifying.READS:
            rectifying.tell(seen, context)
        elif seen.type == disputes.DISPUTE:
            disputes.dispute(seen, context)
        elif seen.type == disputes.RULING:
            disputes.rule(seen, context)
        elif seen.type == _REGISTRATION:
            account.open_for(context, seen.issuer)
        elif seen.type == _ADMISSION:
            account.open_for(context, seen.fields["supplier"])
        elif seen.type == _OWN:
            supplier, number = seen.fields["supplier"], seen.fields["entry_no"]
            account.posted(context, supplier, number, seen.ref, seen.issuer)
        if seen.type in causes.READS:
            causes.tell(seen, context)

    def due(self, key: str, context: Context) -> None:
        """A delivery is to be judged, a movement passes, a period is rated, a task is overdue."""
        kind, _, rest = key.partition(" ")
        if kind.startswith("order:"):
            deliveries.due(key, context)
        elif kind == "entry":
            supplier, _, number = rest.rpartition(" ")
            account.passes(context, supplier, int(number))
        elif kind == "period":
            ratings.due(context, rest)
        elif kind == "dispute":
            disputes.due(rest, context)
        elif kind.startswith("work-order:"):
            rectifying.due(key, context)
        else:
            deliveries.due(key, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """What the record did is undone; entries that rest on it are reversed by new ones."""
        _TAKE_BACK.get(seen.type, _nothing)(seen, context)
        for supplier, number in account.movements_of(context, seen.id):
            _reverse(context, supplier, number, seen)
        if seen.type in orders.READS:
            _take_back_gains(seen, context)
            deliveries.take_back(seen, context)
        if seen.type in causes.READS:
            causes.take_back(seen, context)


def _nothing(_seen: Seen, _context: Context) -> None:
    """It is remembered nowhere but in what rests on it."""


_TAKE_BACK: Final[Mapping[str, Callable[[Seen, Context], None]]] = {
    disputes.DISPUTE: disputes.take_back_dispute,
    disputes.RULING: disputes.take_back_ruling,
    prices.TYPE: prices.take_back,
    **dict.fromkeys(rectifying.READS, rectifying.take_back),
}


def _reverse(context: Context, supplier: str, number: int, seen: Seen) -> None:
    """A movement that rests on a record which counts no more."""
    entry: dict[str, Any] = context.get(f"entry {supplier} {number}")
    if entry["id"] == seen.id:
        return  # the entry itself was erased: what it says still follows from its cause
    kind, facts = entry["kind"], entry["facts"]
    account.withdraw(context, supplier, number, seen.ref)
    if kind in deliveries.KINDS:
        deliveries.no_longer_posted(context, facts["order"], kind, seen.ref)
    elif "work_order" in facts:
        rectifying.no_longer_posted(context, facts["work_order"], kind, entry["cause"][2])


def _take_back_gains(seen: Seen, context: Context) -> None:
    """A gain was given for a delivery that this record is part of: the others count again."""
    order = orders.key_of(seen)
    for supplier, number in () if order is None else account.movements_of(context, order):
        given = context.get(f"entry {supplier} {number}")["deliveries"]
        if any(ref[2] == seen.id for name, refs in given if name == order for ref in refs):
            streak.withdraw_gain(context, supplier, number, str(order), seen.ref)
            deliveries.no_longer_posted(context, str(order), streak.GAIN, seen.ref)
