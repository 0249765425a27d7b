"""Goods of one order (订货—发货—过秤—验收): what was promised, sent, weighed, taken in and refused.

All is held against each other item by item, for deliveries number their lines as they like. More or
less than ordered is taken within the order line's tolerance, or the policy's where the line has none;
what the scale saw and what was taken in may differ by the policy's weighing tolerance.

A scale weighs grams: only goods ordered by weight are held against it. A weigh-in that no acceptance
names counts up to what was taken in, but is not missed where it was not: goods are weighed twice in
practice, and once is enough. A scale may know an item under a code of its own, where it names the
line of the order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.oversight.reconciliation.difference import PARTY, Difference
from ledger.oversight.reconciliation.ordered import Ordered, bounded
from ledger.oversight.seen import Ref

_WHOLE_BP: Final = 10_000
"""A quantity is held against a tolerance in ten-thousandths of it."""


@dataclass(slots=True)
class Item:
    """One item of an order, all quantities in its unit; tolerance in ten-thousandths of it."""

    code: str
    unit: str
    ordered: int = 0
    promised: int = 0
    tolerance: int = 0
    sent: int = 0
    weighed: int = 0
    named: int = 0
    accepted: int = 0
    rejected: int = 0
    refused: int = 0
    weighings: list[Ref] = field(default_factory=list)

    @property
    def turned_away(self) -> int:
        """What was refused: acceptance and rejection say it of the same goods."""
        return max(self.rejected, self.refused)

    @property
    def arrived(self) -> int:
        """What stood at the door."""
        return self.accepted + self.turned_away

    def row(self) -> list[Any]:
        """Item, unit, and what was ordered, sent, weighed, accepted and refused."""
        counts = (self.ordered, self.sent, self.weighed, self.accepted, self.turned_away)
        return [self.code, self.unit, *map(bounded, counts)]


def items(ordered: Ordered, rules: Mapping[str, Any]) -> dict[tuple[str, str], Item]:
    """The items of an order by code and unit, ascending."""
    found: dict[tuple[str, str], Item] = {}

    def of(code: str, unit: str) -> Item:
        item = found.get((code, unit))
        if item is None:
            item = found[code, unit] = Item(code, unit)
        return item

    answer = ordered.answer
    answers = {} if answer is None else {line[0]: line for line in answer["lines"]}
    for number, code, unit, quantity, tolerance_bp, _ in ordered.lines:
        item = of(code, unit)
        item.ordered += quantity
        within = rules["tolerance_bp"].get(unit, 0) if tolerance_bp is None else tolerance_bp
        said = answers.get(number)
        promised, confirmed = item, quantity
        if said is not None:
            confirmed = min(said[2], quantity)
            promised = item if said[3] is None else of(said[3], unit)
        promised.promised += confirmed
        promised.tolerance += quantity * within
    for sent in ordered.state.get("sent", ()):
        for code, unit, quantity in sent["lines"]:
            of(code, unit).sent += quantity
    for taken in ordered.taken:
        for code, unit, accepted, rejected, _ in taken["lines"]:
            item = of(code, unit)
            item.accepted += accepted
            item.rejected += rejected
    for refused in ordered.refused:
        for code, unit, quantity in refused["lines"]:
            of(code, unit).refused += quantity
    _weigh(ordered, found)
    return dict(sorted(found.items())) if len(found) > 1 else found


def _weigh(ordered: Ordered, found: dict[tuple[str, str], Item]) -> None:
    """Add what the scale saw to the items that everybody else names."""
    named = [record for taken in ordered.taken for record in taken["weighings"]]
    counted = {code for code, unit in found if unit != "g"}
    for ref, code, net_g, number in ordered.state.get("weighed", ()):
        item = found.get((code, "g"))
        if item is None:
            meant = ordered.item_of(number) or code
            item = found.get((meant, "g"))
            if item is None:
                if meant in counted:
                    continue
                item = found[meant, "g"] = Item(meant, "g")
        item.weighings.append(ref)
        if net_g > 0:
            item.weighed += net_g
            if ref[2] in named:
                item.named += net_g


def differences(
    ordered: Ordered, found: Iterable[Item], rules: Mapping[str, Any]
) -> Iterator[Difference]:
    """What does not meet in the goods of an order."""
    if ordered.order is None:
        if ordered.taken:
            yield _of(
                ordered,
                ("accepted-without-order", "", 0, len(ordered.taken), "piece"),
                [taken["ref"] for taken in ordered.taken],
                ordered.school,
            )
        return
    if any(taken["supplier"] != ordered.order["supplier"] for taken in ordered.taken):
        yield from _other_supplier(ordered)
    some = bool(ordered.taken or ordered.refused)
    for item in found:
        for code, expected, quantity, sides in _compared(item, rules, some=some):
            line = (code, item.code, bounded(expected), bounded(quantity), item.unit)
            records = [ref for side in sides for ref in _records(ordered, item, side)]
            who = str(ordered.order["supplier"]) if code in _SUPPLIERS else ordered.school
            yield _of(ordered, line, records, who)


_SUPPLIERS: Final = frozenset({"short-delivery", "not-delivered", "dispatched-above-arrived"})
"""What the supplier answers for; for all else the school does, which ordered and took in."""

_Line = tuple[str, int, int, tuple[str, ...]]
"""Code, expected, found, and whose records were held against each other."""


def _compared(item: Item, rules: Mapping[str, Any], *, some: bool) -> list[_Line]:
    """What does not meet of one item; `some`: whether anything of the order was received."""
    found: list[_Line] = []
    arrived, within, accepted = item.arrived, item.tolerance, item.accepted
    if (item.promised - arrived) * _WHOLE_BP > within:
        if some:
            found.append(("short-delivery", item.promised, arrived, ("order", "sent", "taken")))
        elif not item.weighed:
            found.append(("not-delivered", item.promised, 0, ("order", "sent")))
    if accepted and not item.promised and not item.ordered:
        found.append(("item-not-ordered", 0, accepted, ("order", "taken")))
    elif (accepted - max(item.ordered, item.promised)) * _WHOLE_BP > within:
        found.append(("accepted-above-ordered", item.ordered, accepted, ("order", "taken")))
    if some and (item.sent - arrived) * _WHOLE_BP > within:
        found.append(("dispatched-above-arrived", arrived, item.sent, ("sent", "taken")))
    if accepted and item.unit == "g":
        # What the scale saw against what was taken in, weight by weight.
        both = ("weighed", "taken")
        named = item.named or item.weighed
        within = max(
            rules["weighing_tolerance_g"] * _WHOLE_BP, accepted * rules["weighing_tolerance_bp"]
        )
        if not item.weighings:
            found.append(("accepted-not-weighed", accepted, 0, both))
        elif (accepted - item.weighed) * _WHOLE_BP > within:
            found.append(("accepted-above-weighed", item.weighed, accepted, both))
        elif (named - arrived) * _WHOLE_BP > within:
            found.append(("weighed-above-accepted", named, arrived, both))
    return found


def _other_supplier(ordered: Ordered) -> Iterator[Difference]:
    """Goods taken in from another supplier than the order's."""
    assert ordered.order is not None
    for taken in ordered.taken:
        if taken["supplier"] != ordered.order["supplier"]:
            yield _of(
                ordered,
                (
                    "supplier-differs",
                    "",
                    str(ordered.order["supplier"]),
                    str(taken["supplier"]),
                    PARTY,
                ),
                [ordered.order["ref"], taken["ref"]],
                ordered.school,
            )


def _of(
    ordered: Ordered,
    line: tuple[str, str, int | str, int | str, str],
    records: list[Ref],
    who: str,
) -> Difference:
    code, about, expected, found, unit = line
    return Difference(code, about, expected, found, unit, records, *ordered.at, who)


def _records(ordered: Ordered, item: Item, side: str) -> list[Ref]:
    """Those records of one side that have the item."""
    if side == "order":
        return [ordered.order["ref"]] if ordered.order else []
    if side == "weighed":
        return item.weighings
    documents = (*ordered.taken, *ordered.refused)
    if side == "sent":
        documents = tuple(ordered.state.get("sent", ()))
    return [one["ref"] for one in documents if any(line[0] == item.code for line in one["lines"])]
