"""Weigh-ins that name no order: the goods were on the scale before the order had reached it.

They wait, by canteen and day, for a line of an order that would else be missing: of the same item,
from the same supplier where they name one, that was to come on that day or the day before. Each
stands for one line.

State under `loose <canteen> <day>`: `{id: [index, since, leaf hash, at, item_code, supplier, canteen,
key of the order's page that claimed it]}`, forgotten after `keep_days`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.book import Book
from ledger.oversight.completeness.obligation import Obligation, later
from ledger.oversight.completeness.page import Page
from ledger.oversight.completeness.weigh_in_of_order import order_of
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_LOOSE: Final = "loose"
_AROUND: Final = range(-8, 2)


class LooseWeighIns:
    """The weigh-ins that wait for an order: a part of the family (`family.Part`)."""

    prefixes = (_LOOSE,)
    reads: Mapping[str, frozenset[str]] = {
        "weigh-in": frozenset({"canteen", "supplier", "order", "item_code", "direction"})
    }

    def __init__(self, deliveries: Book) -> None:
        """The book on whose pages they come once they are claimed."""
        self._deliveries = deliveries

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """That of its canteen and day, where it names no order."""
        said = seen.fields
        if "order" in said or said["direction"] != "inbound" or order_of(seen) is not None:
            return ()
        at = civil.credible(seen.occurred_at, seen.logged_at, rules.CREDIBLE_DAYS)
        return (_key(said["canteen"], civil.day_of(at, zone)),)

    def tell(self, seen: Seen, context: Context) -> None:
        """One waits."""
        for key in self.keys(seen, context.zone):
            known = context.get(key)
            if known is None:
                context.wake(later(context.now, rules.seconds(context, "keep_days")), key)
            said = seen.fields
            at = civil.credible(seen.occurred_at, seen.logged_at, rules.CREDIBLE_DAYS)
            fact = [
                seen.index,
                seen.logged_at,
                seen.leaf_hash.hex(),
                at,
                said["item_code"],
                said.get("supplier"),
                said["canteen"],
                None,
            ]
            context.put(key, {**(known or {}), seen.id: fact})

    def take_back(self, seen: Seen, context: Context) -> None:
        """It waits no more, and stands for no line."""
        day = civil.day_of(seen.logged_at, context.zone)
        for canteen in (name for name in seen.subjects if name.startswith("canteen:")):
            for days in _AROUND:
                key = _key(canteen, civil.days_later(day, days))
                known = context.get(key) or {}
                if seen.id in known:
                    left = {name: fact for name, fact in known.items() if name != seen.id}
                    context.put(key, left or None)
                    claimed_by = known[seen.id][7]
                    if claimed_by is not None:
                        self._deliveries.remove(claimed_by, seen.id, context)

    def due(self, key: str, context: Context) -> None:
        """Their time is over."""
        context.put(key, None)

    def revise(self, key: str, context: Context) -> None:
        """They wait as long as they were told to."""


def claim(page: Page, item: str, missed: Obligation, context: Context) -> bool:
    """Whether one was found for a line of an order; it is then on the order's page."""
    item_code, line_no = missed.more["item_code"], int(item.partition(" ")[2])
    supplier = page.of("order")[missed.source[2]][7]
    for day in (missed.day, civil.days_later(missed.day, 1)):
        key = _key(str(missed.canteen), day)
        known: dict[str, Any] = context.get(key) or {}
        for record, fact in sorted(known.items()):
            index, since, leaf, at, code, by, canteen, claimed_by = fact
            if claimed_by is None and code == item_code and by in (None, supplier):
                context.put(key, {**known, record: [*fact[:7], page.key]})
                weighed = [index, since, leaf, at, line_no, code, day, canteen]
                page.put("weigh-in", {**page.of("weigh-in"), record: weighed})
                return True
    return False


def _key(canteen: str, day: str) -> str:
    return f"{_LOOSE} {canteen} {day}"
