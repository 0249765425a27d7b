"""What an order cost against the reference price of its day (价格偏离、参考价).

State:

    lists        reference lists that may still be asked for
    list <id>    its prices: item → [price unit, price per unit in fen, decimal]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.evidence.prices import PRICED_PER, amount_fen
from ledger.evidence.subjects import organisation
from ledger.oversight import civil
from ledger.oversight.credit.orders import people
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

TYPE: Final = "reference-price"
READS: Final = frozenset({"lines", "line_prices", "valid_from", "valid_until", "accountable"})
_KEPT_DAYS: Final = 45
_WHOLE_BP: Final = 10_000


@dataclass(frozen=True, slots=True)
class Compared:
    """The lines of an order that have a reference price.

    Attributes:
        amount_fen: what they cost.
        reference_fen: what they would have cost at reference prices; 0 where none has one.
        lists: the lists those came from, each as it is kept under `lists`.
    """

    amount_fen: int
    reference_fen: int
    lists: tuple[Mapping[str, Any], ...]

    @property
    def above_bp(self) -> int:
        """How far it lies above the reference, rounded down; 0 where it does not."""
        return max(0, (self.amount_fen - self.reference_fen) * _WHOLE_BP // self.reference_fen)


def tell(seen: Seen, context: Context) -> None:
    """Another list of reference prices; those that are long over are dropped."""
    fields = seen.fields
    items = {line["line_no"]: line["item_code"] for line in fields["lines"]}
    prices: dict[str, JsonValue] = {
        items[price["line_no"]]: [price["price_unit"], price["unit_price_fen"]]
        for price in fields["line_prices"]
    }
    context.put(f"list {seen.id}", prices)
    oldest = civil.days_later(civil.day_of(context.now, context.zone), -_KEPT_DAYS)
    kept = []
    for one in context.get("lists") or []:
        if one["until"] >= oldest:
            kept.append(one)
        else:
            context.put(f"list {one['ref'][2]}", None)
    fresh = {
        "from": fields["valid_from"],
        "until": fields["valid_until"],
        "ref": seen.ref,
        "people": people(fields),
        "by": organisation(seen.issuer),
    }
    context.put("lists", [*kept, fresh])


def take_back(seen: Seen, context: Context) -> None:
    """The list counts no more for what is compared from now on."""
    left = [one for one in context.get("lists") or [] if one["ref"][0] != seen.index]
    context.put("lists", left or None)
    context.put(f"list {seen.id}", None)


def compare(order: Mapping[str, Any], context: Context) -> Compared:
    """An order's lines against the newest lists that are valid on the day it is for."""
    lists = context.get("lists")
    if lists is None:
        return Compared(0, 0, ())
    day = civil.day_of(order["from"], context.zone)
    valid = [one for one in lists if one["from"] <= day <= one["until"]]
    if len(valid) > 1:
        valid.sort(key=lambda one: int(one["ref"][0]), reverse=True)
    tables = [(one, context.get(f"list {one['ref'][2]}") or {}) for one in valid]
    amount = reference = 0
    used: dict[int, Mapping[str, Any]] = {}
    for line in order["lines"]:
        for one, table in tables:
            price = table.get(line["item"])
            if price is not None and price[0] == line["per"] == PRICED_PER[line["unit"]][0]:
                amount += line["fen"]
                reference += amount_fen(line["quantity"], line["unit"], price[1], price[0])
                used[one["ref"][0]] = one
                break
    return Compared(amount, reference, tuple(used[index] for index in sorted(used)))
