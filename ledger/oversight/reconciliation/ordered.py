"""What state holds of one order, read: its terms, what came for it, what was taken in and refused.

State under `order <order subject>`, each list in the order of telling; of several versions of one
document the last in the log counts:

    orders   {ref, at, canteen, supplier, day, until, under, amount_fen,
              lines: [[line_no, item, unit, quantity, tolerance_bp or null, unit_price_fen]]}
    answers  {ref, lines: [[order_line_no, item, confirmed, substitute or null]]}
    sent     {ref, at, supplier, lines: [[item, unit, quantity]]}
    weighed  [ref, item, net_g, order_line_no or null]
    taken    {ref, at, supplier, root, weighings, lines: [[item, unit, accepted, rejected,
              order_line_no]]}; `root` names the acceptance through all its corrections
    refused  {ref, at, supplier, names, lines: [[item, unit, quantity]]}

and of one whose period is closed only {closed: {root: settlements that settled all of it}}.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ledger.evidence import prices, subjects
from ledger.evidence.fields import LARGEST
from ledger.oversight.seen import Ref

PREFIX: Final = "order "

State = dict[str, Any]
Json = Mapping[str, Any]


def newest(versions: Sequence[Json]) -> Json | None:
    """The version of a document that stands last in the log."""
    if len(versions) == 1:
        return versions[0]
    return max(versions, key=_index, default=None)


def counting(taken: Sequence[Json]) -> Sequence[Json]:
    """Of each acceptance the version that stands last, in the order of the log."""
    if len(taken) < 2:
        return taken
    by_root: dict[str, Json] = {}
    for one in taken:
        other = by_root.get(one["root"])
        if other is None or _index(other) < _index(one):
            by_root[one["root"]] = one
    return sorted(by_root.values(), key=_index)


def bounded(number: int) -> int:
    """A sum as far as a record has room for it."""
    return number if -LARGEST <= number <= LARGEST else LARGEST if number > 0 else -LARGEST


def value_fen(quantity: int, unit: str, price: str) -> int:
    """What goods cost, half a fen rounded up."""
    return bounded(prices.amount_fen(quantity, unit, price, prices.PRICED_PER[unit][0]))


class Taken(NamedTuple):
    """A line of an acceptance that counts.

    Attributes:
        ref: of the acceptance.
        item: item code.
        unit: of the quantities.
        accepted: quantity.
        rejected: quantity.
        price: what the order says of it; None where it says nothing.
    """

    ref: Ref
    item: str
    unit: str
    accepted: int
    rejected: int
    price: str | None


class Ordered:
    """An order as far as it is known."""

    __slots__ = ("_by_number", "answer", "order", "state", "subject", "taken")

    def __init__(self, subject: str, state: Json) -> None:
        """Read it.

        Args:
            subject: the order; it says whose school's it is.
            state: as it is kept under the order's key.
        """
        self.subject, self.state = subject, state
        self.order = newest(state.get("orders", ()))
        self.answer = newest(state.get("answers", ()))
        self.taken = counting(state.get("taken", ()))
        self._by_number: dict[int, Sequence[Any]] | None = None

    @property
    def school(self) -> str:
        """Whose it is."""
        return subjects.school_of(self.subject)

    @property
    def supplier(self) -> str | None:
        """Who was to deliver it, or who delivered; None where neither is known."""
        if self.order is not None:
            return str(self.order["supplier"])
        for other in (*self.taken, *self.state.get("sent", ()), *self.refused):
            return str(other["supplier"])
        return None

    @property
    def canteen(self) -> str | None:
        """Which it was for."""
        return self.order["canteen"] if self.order else None

    @property
    def lines(self) -> Sequence[Any]:
        """The order's own."""
        return self.order["lines"] if self.order else ()

    @property
    def refused(self) -> Sequence[Json]:
        """Rejections, in the order of telling."""
        found: Sequence[Json] = self.state.get("refused", ())
        return found

    @property
    def at(self) -> tuple[str, str]:
        """When the first and the last of it was, weighing aside."""
        times = [self.order["at"]] if self.order else []
        for name in ("sent", "taken", "refused"):
            times += [one["at"] for one in self.state.get(name, ())]
        times = times or [self.state["since"]]
        return min(times), max(times)

    @property
    def refs(self) -> list[Ref]:
        """All that it rests on."""
        found = [self.order["ref"]] if self.order else []
        if self.answer:
            found.append(self.answer["ref"])
        found += [one["ref"] for one in self.state.get("sent", ())]
        found += [one[0] for one in self.state.get("weighed", ())]
        found += [one["ref"] for one in (*self.taken, *self.refused)]
        return found

    def item_of(self, line_no: int | None) -> str | None:
        """The item that a line of the order is for."""
        line = self._line(line_no)
        return None if line is None else str(line[1])

    def price(self, line_no: int, item: str, unit: str) -> str | None:
        """What a line of an acceptance costs by the order: by number, else by item."""
        named = self._line(line_no)
        if named is not None and named[2] == unit and (named[1] == item or self._instead(line_no)):
            return str(named[5])
        for line in self.lines:
            if line[1] == item and line[2] == unit:
                return str(line[5])
        return None

    def acceptance(self, root: str) -> Json | None:
        """The acceptance of that root, if it counts."""
        return next((taken for taken in self.taken if taken["root"] == root), None)

    def taken_lines(self, taken: Json) -> list[Taken]:
        """Lines of one of the acceptances that count."""
        ref = taken["ref"]
        return [
            Taken(ref, item, unit, accepted, rejected, self.price(number, item, unit))
            for item, unit, accepted, rejected, number in taken["lines"]
        ]

    def accepted_fen(self) -> int:
        """What was accepted is worth at the order's prices, rounded line by line."""
        fen = 0
        for taken in self.taken:
            for item, unit, accepted, _, number in taken["lines"]:
                price = self.price(number, item, unit)
                if price is not None:
                    fen += value_fen(accepted, unit, price)
        return bounded(fen)

    def _line(self, line_no: int | None) -> Sequence[Any] | None:
        """The order's line of a number."""
        if line_no is None:
            return None
        if self._by_number is None:
            self._by_number = {line[0]: line for line in self.lines}
        return self._by_number.get(line_no)

    def _instead(self, line_no: int) -> bool:
        """Whether the supplier said that it brings something else for a line."""
        lines = self.answer["lines"] if self.answer else ()
        return any(line[0] == line_no and line[3] is not None for line in lines)


def _index(version: Json) -> int:
    index: int = version["ref"][0]
    return index
