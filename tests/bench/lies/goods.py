"""A day's goods: ordered in round amounts, sent off, put on the scale, taken in by two people."""

import random
from datetime import date, datetime, timedelta
from typing import Any, Final

from components.term.script import Script, clock, later

from tests.bench.lies import larder, orders, receiving
from tests.bench.lies.kitchen import Kitchen
from tests.bench.lies.larder import Good
from tests.bench.lies.orders import CHILLED, Line

_FIRST_AT: Final = {"meat": (5, 52), "greens": (6, 8), "dry": (6, 34), "bean": (6, 52)}


def day(
    script: Script,
    kitchen: Kitchen,
    on: date,
    ordered_on: date,
    lines: list[Line],
    helpers: list[tuple[datetime, str]],
    draw: random.Random,
) -> None:
    """All deliveries of a day; `helpers`: who may lend a hand at the scale from when on."""
    weighed: dict[str, datetime] = {}
    for number, kind in enumerate(larder.SELLERS):
        bought = [line for line in lines if line.good.sold_by == kind]
        if bought:
            order = orders.order(script, kitchen, on, ordered_on, number, kind, bought, draw)
            hour, minute = _FIRST_AT[kind]
            at = later(
                clock(on, hour, minute), minutes=draw.gauss(kitchen.number % 5, 3), seconds=11
            )
            weighed |= _delivery(script, kitchen, on, kind, order, bought, at, helpers, draw)
    receiving.count(script, kitchen, weighed)


def _delivery(
    script: Script,
    kitchen: Kitchen,
    on: date,
    kind: str,
    order: str,
    lines: list[Line],
    at: datetime,
    helpers: list[tuple[datetime, str]],
    draw: random.Random,
) -> dict[str, datetime]:
    """One order's goods; the weights, and when each was taken."""
    supplier, about = kitchen.supplier(kind), f"{on} {kind}"
    really = [_really_g(line, draw) for line in lines]
    lots = [_lot(line.good, on) for line in lines]
    weighed: dict[str, datetime] = {}
    nets = [0] * len(lines)
    for lorry, load in enumerate(_loads(kitchen, len(lines), draw)):
        if lorry:
            at = later(at, minutes=draw.uniform(25, 150))
        sent = _dispatch(
            script, kitchen, on, kind, order, lines, really, lots, at, draw, lorry, load
        )
        for place in load:
            line = lines[place]
            for turn, part in enumerate(receiving.parts(line, really[place], draw)):
                at = later(at, seconds=draw.uniform(35, 130))
                net_g, record = receiving.weigh(
                    script, kitchen, on, f"{about} {place + 1} {turn}", line, part, at, helpers, draw,
                    sent, supplier=supplier, order=order, order_line_no=place + 1, lot_no=lots[place],
                )  # fmt: skip
                weighed[record] = at
                nets[place] += net_g
    receiving.accept(script, kitchen, on, kind, order, lines, nets, lots, [*weighed], at, draw)
    return weighed


def _loads(kitchen: Kitchen, lines: int, draw: random.Random) -> list[range]:
    """Places of the lines that come together: all of them, or each half in a lorry of its own."""
    chance = kitchen.character.lorries
    if chance and lines > 1 and draw.random() < chance:
        return [range(lines // 2), range(lines // 2, lines)]
    return [range(lines)]


def _really_g(line: Line, draw: random.Random) -> float:
    """What comes, in grams: packages by their own weight, crates a little more or less."""
    if line.packs and line.good.pack:
        return line.good.pack.weigh(line.packs, draw)
    return line.grams * draw.gauss(1.004, 0.013)


def _lot(good: Good, on: date) -> str:
    """The lot of that day: a slaughter, a harvest, a production; all schools get of it."""
    made = on.toordinal() // (9 if good.keeps else 1) * (9 if good.keeps else 1) - 1
    return f"{good.code[:2].upper()}{date.fromordinal(made):%m%d}"


def _dispatch(
    script: Script,
    kitchen: Kitchen,
    on: date,
    kind: str,
    order: str,
    lines: list[Line],
    really: list[float],
    lots: list[str],
    arrives: datetime,
    draw: random.Random,
    lorry: int,
    load: range,
) -> str:
    """The note of a lorry, with the lines that are on it; the record."""
    supplier = kitchen.supplier(kind)
    leaves = later(arrives, minutes=-draw.uniform(14, 85))
    chance = draw.random()
    late_min = 0.5 if chance < 0.7 else draw.uniform(10, 130) if chance < 0.95 else 380
    again = f" {lorry + 1}" if lorry else ""
    return script.say(
        f"lies dispatch {kitchen.digits} {on} {kind}{again}",
        supplier,
        "dispatch",
        {
            "dispatch_no": f"F{kitchen.number:03}{on:%m%d}{again}",
            "supplier": supplier,
            "order": order,
            "vehicle_no": f"黑A·{20_000 + 7 * kitchen.number + lorry:05}",
            "driver": kitchen.person(f"driver {kind}"),
            **({"vehicle_temperature_mC": round(draw.gauss(35, 8)) * 100} if kind in CHILLED else {}),
            "lines": [
                {"line_no": place + 1, "item_code": lines[place].good.code,
                 "item_name": lines[place].good.name, "lot_no": lots[place],
                 **_sent(lines[place], really[place]), "origin": "黑龙江哈尔滨",
                 "use_by": str(on + timedelta(days=180 if lines[place].good.keeps else 3))}
                for place in load
            ],
            "accountable": kitchen.person(f"driver {kind}"),
        },
        later(leaves, minutes=late_min),
        occurred=leaves,
        links=[{"rel": "fulfils", "subject": order}],
        files=["lot-document"],
        school=kitchen.party,
        day=on,
    )  # fmt: skip


def _sent(line: Line, grams: float) -> dict[str, Any]:
    """As the supplier's own note says it: packages as ordered, crates to a hundred grams."""
    if line.packs:
        return line.wanted()
    return {"quantity": round(grams / 100) * 100, "unit": "g"}
