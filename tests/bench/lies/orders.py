"""What a kitchen orders the day before: fresh goods for the day, others when the store runs out."""

import random
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from components.term.script import Script, clock, later, moment

from ledger.evidence import subjects
from ledger.evidence.prices import amount_fen
from tests.bench.lies import larder
from tests.bench.lies.kitchen import Kitchen
from tests.bench.lies.larder import EGG, GOODS, MILK, OIL, Dish, Good

CHILLED: Final = frozenset({"meat", "bean"})
"""Kinds of suppliers whose goods come cold."""
_BOXED: Final = frozenset({EGG.code, MILK.code})
_OIL_A_DINER: Final = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order: `packs` is 0 where the good comes loose."""

    good: Good
    grams: int
    packs: int

    @property
    def boxed(self) -> bool:
        """Whether it is ordered by the box."""
        return self.good.code in _BOXED

    def wanted(self) -> dict[str, Any]:
        """Quantity and unit of the order."""
        if self.boxed:
            return {"quantity": self.packs, "unit": "box"}
        return {"quantity": self.grams, "unit": "g"}


def wanted(kitchen: Kitchen, on: date, dishes: tuple[Dish, ...], diners: int) -> list[Line]:
    """The lines that are bought for a day."""
    need = larder.needed(dishes, diners)
    need[OIL] = _OIL_A_DINER * diners
    if on.weekday() == 2:
        need[MILK] = round(diners / 24) * _grams(MILK)
    return [
        line
        for good in GOODS
        if good in need
        for line in (_line(kitchen, good, need[good]),)
        if line is not None
    ]


def order(
    script: Script,
    kitchen: Kitchen,
    on: date,
    ordered_on: date,
    number: int,
    kind: str,
    lines: list[Line],
    draw: random.Random,
) -> str:
    """An order in round amounts, at noon; its subject."""
    order_no = f"{on:%m%d}{'MGDB'[number]}"
    prices = []
    for place, line in enumerate(lines, 1):
        unit = "box" if line.boxed else "kg"
        each = line.good.fen_per_kg * (_grams(line.good) / 1000 if line.boxed else 1)
        quantity = line.wanted()
        fen = amount_fen(quantity["quantity"], quantity["unit"], str(round(each)), unit)
        prices.append(
            {"line_no": place, "unit_price_fen": str(round(each)), "price_unit": unit, "amount_fen": fen}
        )  # fmt: skip
    at = later(clock(ordered_on, 13, 50), minutes=draw.uniform(0, 70))
    script.say(
        f"lies order {kitchen.digits} {on} {kind}",
        kitchen.party,
        "order",
        {
            "order_no": order_no,
            "school": kitchen.party,
            "canteen": kitchen.canteen,
            "supplier": kitchen.supplier(kind),
            "ordered_by": kitchen.person("head"),
            "deliver_from": moment(clock(on, 5, 30)),
            "deliver_until": moment(clock(on, 7, 40)),
            "lines": [
                {"line_no": place, "item_code": line.good.code, "item_name": line.good.name,
                 **line.wanted(), "tolerance_bp": 300}
                for place, line in enumerate(lines, 1)
            ],
            "line_prices": prices,
            "amount_fen": sum(price["amount_fen"] for price in prices),
            "meals_planned": kitchen.diners,
            "accountable": kitchen.person("head"),
        },
        at,
        school=kitchen.party,
        day=on,
    )  # fmt: skip
    return subjects.order(kitchen.party, order_no)


def _grams(good: Good) -> int:
    return good.pack.grams if good.pack else 1


def _line(kitchen: Kitchen, good: Good, need_g: int) -> Line | None:
    if good.code not in kitchen.packed:
        return Line(good, max(2_000, -(-round(need_g * 1.03) // 500) * 500), 0)
    grams = _grams(good)
    if not good.keeps:
        packs = max(1, round(need_g * 1.03 / grams))
        return Line(good, packs * grams, packs)
    left = kitchen.store_g.get(good.code, 0)
    packs = 0 if left >= need_g else -(-(3 * need_g) // grams)
    kitchen.store_g[good.code] = left + packs * grams - need_g
    return Line(good, packs * grams, packs) if packs else None
