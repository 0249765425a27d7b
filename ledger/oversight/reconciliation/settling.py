"""A settlement against what was accepted (按实际分账): quantity, price, value, deduction.

    line amounts, less deductions   =   accepted × the order's price, less what is deducted besides

A settlement pays what was accepted; or what was delivered, and deducts what was refused. Either way
each line is rounded half up by itself, and so is each deduction: what a settlement is entitled to is
rounded here in the pieces in which it was settled, so that right money comes to exactly 0 and a fen
too much does not hide in a rounding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.oversight.reconciliation import difference
from ledger.oversight.reconciliation.difference import PARTY, Difference, micro_of
from ledger.oversight.reconciliation.ordered import Ordered, Taken, bounded, value_fen
from ledger.oversight.seen import Ref

Line = Sequence[Any]
"""Item, unit, quantity, unit price, amount in fen, lot or null."""


@dataclass(slots=True)
class Claim:
    """What one settlement has of one acceptance; nothing changes it.

    Attributes:
        root: the acceptance.
        ordered: its order; None while the acceptance is not known.
        place: the period it counts in; None likewise.
        mine: this settlement's lines.
        prior: of settlements that stand before it in the log: ref and lines.
        closed: of an acceptance whose period is closed, the settlements that settled all of it.
    """

    root: str
    ordered: Ordered | None
    place: str | None
    mine: Sequence[Line]
    prior: Sequence[tuple[Ref, Sequence[Line]]] = ()
    closed: Sequence[Ref] | None = None


@dataclass(slots=True)
class Share:
    """A period's part of a settlement, in fen."""

    settled_fen: int = 0
    adjust_fen: int = 0
    paid_fen: int = 0
    invoiced_fen: int = 0
    found: list[Difference] = field(default_factory=list)

    @staticmethod
    def of_json(kept: Mapping[str, Any]) -> "Share":
        """As it was kept."""
        return Share(
            kept["settled_fen"],
            kept["adjust_fen"],
            kept["paid_fen"],
            kept["invoiced_fen"],
            [difference.of_json(one) for one in kept["differences"]],
        )

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return self.part() | {"differences": [one.to_json() for one in self.found]}

    def part(self) -> dict[str, Any]:
        """As a part of a book."""
        return {
            "settled_fen": bounded(self.settled_fen),
            "adjust_fen": bounded(self.adjust_fen),
            "paid_fen": bounded(self.paid_fen),
            "invoiced_fen": bounded(self.invoiced_fen),
        }


class Settling:
    """One settlement, held against its acceptances; `shares` is what comes of it, by period."""

    def __init__(
        self, version: Mapping[str, Any], home: str, rules: Mapping[str, Any], *, late: bool
    ) -> None:
        """Begin.

        Args:
            version: the settlement.
            home: the period for what belongs to no acceptance.
            rules: the policy's.
            late: whether an acceptance that was offline should be in the log by now.
        """
        self._version, self._home, self._late = version, home, late
        self.shares: dict[str, Share] = {home: Share()}
        goods = [one for one in version["deductions"] if one[1] in rules["goods_deductions"]]
        self._deducted_fen = sum(one[2] for one in goods)
        self._cited = {one[0] for one in goods}
        self._short_weight = any(one[1] == "short-weight" for one in goods)
        self._due_back_fen = 0
        self.complete = True

    def hold(self, claims: Sequence[Claim]) -> None:
        """Hold it against all that it settles."""
        for claim in claims:
            place = claim.place or self._home
            share = self.shares.get(place)
            if share is None:
                share = self.shares[place] = Share()
            amount_fen = sum([line[4] for line in claim.mine])
            share.settled_fen += amount_fen
            self._hold(claim, share, amount_fen)
        home = self.shares[self._home]
        other_fen = self._version["other_fen"]
        home.settled_fen -= self._deducted_fen - self._due_back_fen + other_fen
        home.adjust_fen -= other_fen
        if self.complete and self._deducted_fen != self._due_back_fen:
            amounts = (self._due_back_fen, self._deducted_fen)
            home.found.append(self._of("deduction-differs", "", *amounts, "fen", []))

    def _hold(self, claim: Claim, share: Share, amount_fen: int) -> None:
        if claim.closed is not None:
            if claim.closed:
                line = ("settled-twice", "", 0, amount_fen, "fen")
                share.found.append(self._of(*line, list(claim.closed)))
            else:
                line = ("settled-after-closing", "", amount_fen, amount_fen, "fen")
                share.found.append(self._of(*line, []))
                share.adjust_fen += amount_fen
            return
        ordered = claim.ordered
        acceptance = ordered.acceptance(claim.root) if ordered else None
        if ordered is None or acceptance is None:
            self.complete = False
            if self._late:
                line = ("settled-without-acceptance", claim.root, 0, amount_fen, "fen")
                share.found.append(self._of(*line, []))
            return
        version = self._version
        for said, party in (
            (version["supplier"], acceptance["supplier"]),
            (version["school"], ordered.school),
        ):
            if said != party:
                records = [acceptance["ref"]]
                found = self._of("settled-for-another", "", party, said, PARTY, records)
                share.found.append(found)
        if not claim.prior and _all_exact(claim.mine, acceptance, ordered):
            return
        by_item: dict[tuple[str, str], list[Taken]] = {}
        for one in ordered.taken_lines(acceptance):
            by_item.setdefault((one.item, one.unit), []).append(one)
        settled: dict[tuple[str, str], list[Line]] = {}
        for mine in claim.mine:
            settled.setdefault((mine[0], mine[1]), []).append(mine)
        for name, several in sorted(settled.items()):
            taken = by_item.get(name, [])
            exact = len(several) == len(taken) == 1 and _is(several[0], taken[0])
            if claim.prior or not exact:
                self._item(claim, ordered, several, taken, share)

    def _item(
        self,
        claim: Claim,
        ordered: Ordered,
        mine: Sequence[Line],
        taken: Sequence[Taken],
        share: Share,
    ) -> None:
        """One item of one acceptance."""
        item, unit = mine[0][0], mine[0][1]
        prior = [line for _, lines in claim.prior for line in _of_item(lines, item, unit)]
        accepted, settled = sum(one.accepted for one in taken), _quantity(mine)
        over = max(0, _quantity(prior) + settled - accepted)
        back = min(over, self._returnable(ordered, taken, item, unit, over), settled)
        beyond = min(over - back, settled)
        records = [one.ref for one in taken[:1]]
        if beyond:
            twice = bool(prior) or (len(mine) > max(1, len(taken)) and _each(mine) <= accepted)
            code = "settled-twice" if twice else "settled-above-accepted"
            records += [ref for ref, lines in claim.prior if _of_item(lines, item, unit)]
            line = (code, item, settled - beyond, settled, unit)
            share.found.append(self._of(*line, records))
        agreed = sorted({one.price for one in taken if one.price is not None}, key=micro_of)
        if not agreed:
            return
        self._prices(ordered, mine, agreed, share)
        back_fen = self._back_fen(ordered, item, unit, back, agreed[0])
        self._due_back_fen += back_fen
        share.settled_fen -= back_fen
        if not beyond and _quantity(prior) + settled - back == accepted:
            every = [*prior, *mine]
            rounding_fen = (
                sum(value_fen(line[2], unit, _right(line[3], agreed)) for line in every)
                - back_fen
                - sum(value_fen(one.accepted, unit, one.price or "0") for one in taken)
            )
            # More than roundings come to is an item settled at another of its prices.
            if abs(rounding_fen) <= len(every) + len(taken):
                share.adjust_fen += rounding_fen

    def _returnable(
        self, ordered: Ordered, taken: Sequence[Taken], item: str, unit: str, over: int
    ) -> int:
        """How much may be settled beyond what was accepted, for it is deducted again."""
        names = {name for one in ordered.refused for name in one["names"]}
        names.update(one.ref[2] for one in taken)
        known = self._cited & names
        if self._short_weight or (not self._late and self._cited - known):
            return over
        refused = sum(self._refused(ordered, item, unit))
        if refused or any(one.ref[2] in known for one in taken):
            return max(refused, sum(one.rejected for one in taken))
        return 0

    def _back_fen(self, ordered: Ordered, item: str, unit: str, back: int, price: str) -> int:
        """What is to be deducted for goods settled and not accepted: by rejection, else at once."""
        refused = self._refused(ordered, item, unit)
        if sum(refused) == back:
            return sum(value_fen(quantity, unit, price) for quantity in refused)
        return value_fen(back, unit, price)

    def _refused(self, ordered: Ordered, item: str, unit: str) -> list[int]:
        """Quantities of an item in the rejections that the deductions rest on."""
        return [
            line[2]
            for one in ordered.refused
            if self._cited.intersection(one["names"])
            for line in one["lines"]
            if (line[0], line[1]) == (item, unit)
        ]

    def _prices(
        self, ordered: Ordered, mine: Sequence[Line], agreed: Sequence[str], share: Share
    ) -> None:
        """Prices of the settlement that are none of the order's for the item."""
        for line in mine:
            right = _right(line[3], agreed)
            more = micro_of(line[3]) - micro_of(right)
            if more:
                code = "price-above-order" if more > 0 else "price-below-order"
                per = {"g": "kg", "ml": "l"}.get(line[1], line[1])
                records = [ordered.order["ref"]] if ordered.order else []
                found = self._of(code, line[0], right, line[3], f"fen/{per}", records)
                share.found.append(found)

    def _of(
        self,
        code: str,
        about: str,
        expected: int | str,
        found: int | str,
        unit: str,
        records: list[Ref],
    ) -> Difference:
        version = self._version
        if isinstance(expected, int) and isinstance(found, int):
            expected, found = bounded(expected), bounded(found)
        return Difference(
            code, about, expected, found, unit, [version["ref"], *records],
            version["at"], version["at"], version["by"],
        )  # fmt: skip


def _all_exact(lines: Sequence[Line], acceptance: Mapping[str, Any], ordered: Ordered) -> bool:
    """Whether all of an acceptance is settled line by line, each of another item."""
    taken = acceptance["lines"]
    if len(lines) != len(taken):
        return False
    for line, (item, unit, accepted, _, number) in zip(lines, taken, strict=True):
        if (
            line[0] != item
            or line[1] != unit
            or line[2] != accepted
            or line[3] != ordered.price(number, item, unit)
        ):
            return False
    return len(lines) == 1 or len({(line[0], line[1]) for line in lines}) == len(lines)


def _is(line: Line, taken: Taken) -> bool:
    """Whether a line settles exactly what was accepted: what nearly all of them do."""
    return bool(line[2] == taken.accepted and line[3] == taken.price)


def _of_item(lines: Sequence[Line], item: str, unit: str) -> list[Line]:
    return [line for line in lines if line[0] == item and line[1] == unit]


def _quantity(lines: Sequence[Line]) -> int:
    return sum(line[2] for line in lines)


def _each(lines: Sequence[Line]) -> int:
    return max((line[2] for line in lines), default=0)


def _right(price: str, agreed: Sequence[str]) -> str:
    """The agreed price that a settlement's price is, or else the lowest."""
    same = micro_of(price)
    return next((one for one in agreed if micro_of(one) == same), agreed[0])
