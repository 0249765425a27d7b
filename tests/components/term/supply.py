"""A day's goods: ordered the day before by the recipes, delivered, weighed, taken in by two people."""

import random
from base64 import b64encode
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from components.term.recipes import Recipe
from components.term.script import Script, clock, later, moment, phash
from components.term.world import Item, School, Supplier, World, record_id
from ledger.evidence import subjects
from ledger.evidence.prices import amount_fen

DIVISION_G = 10
TARE_G = 1_500


@dataclass(frozen=True, slots=True)
class Taken:
    """An accepted line, as it is settled later."""

    acceptance: str
    supplier: Supplier
    item: Item
    lot: str
    net_g: int


def day(
    script: Script,
    cast: World,
    school: School,
    on: date,
    recipes: tuple[Recipe, ...],
    ordered_on: date,
    draw: random.Random,
) -> list[Taken]:
    """All suppliers' deliveries of one day; what was taken in."""
    needed: dict[str, int] = {}
    for recipe in recipes:
        for item, grams in recipe.ingredients:
            needed[item.code] = needed.get(item.code, 0) + grams * school.diners
    taken = []
    for number, supplier in enumerate(cast.suppliers):
        lines = [(item, needed[item.code]) for item in supplier.items if item.code in needed]
        if lines:
            taken += delivery(script, school, supplier, number, on, ordered_on, lines, draw)
    return taken


def delivery(
    script: Script,
    school: School,
    supplier: Supplier,
    number: int,
    on: date,
    ordered_on: date,
    lines: list[tuple[Item, int]],
    draw: random.Random,
) -> list[Taken]:
    """One supplier's delivery, from the order to its acceptance."""
    name = f"{school.digits} {on} {supplier.category}"
    order = place_order(script, school, supplier, number, on, ordered_on, lines, name, draw)
    lot = f"L{on:%m%d}{number}"
    weighed = [
        (item, round(grams * draw.uniform(0.994, 1.008) / DIVISION_G) * DIVISION_G)
        for item, grams in lines
    ]
    sent_at = clock(on, 4, 30 + draw.randrange(10), draw.randrange(60))
    send_out(script, school, supplier, on, order, lot, weighed, name, sent_at)
    at = clock(on, 6, 2 + 9 * number, draw.randrange(60))
    weigh_ins = []
    for place, (item, net_g) in enumerate(weighed, 1):
        at = later(at, seconds=draw.randrange(70, 150))
        weigh_ins.append(
            weigh_in(script, school, supplier, order, place, item, lot, net_g, at, name, draw)
        )
    return take_in(script, school, supplier, order, lot, weighed, weigh_ins, at, name, draw)


def place_order(
    script: Script,
    school: School,
    supplier: Supplier,
    number: int,
    on: date,
    ordered_on: date,
    lines: list[tuple[Item, int]],
    name: str,
    draw: random.Random,
) -> str:
    """An order of goods in grams, and the supplier's answer; the order's subject."""
    order_no = f"D{on:%y%m%d}-{number}"
    order = subjects.order(school.party, order_no)
    amounts = [amount_fen(grams, "g", str(item.price_fen), "kg") for item, grams in lines]
    ordered_at = clock(ordered_on, 14, 10 + 3 * number, draw.randrange(60))
    record = script.say(
        f"order {name}",
        school.party,
        "order",
        {
            "order_no": order_no,
            "school": school.party,
            "canteen": school.canteen,
            "supplier": supplier.party,
            "ordered_by": school.head,
            "deliver_from": moment(clock(on, 5, 30)),
            "deliver_until": moment(clock(on, 7, 0)),
            "lines": [
                {"line_no": place, "item_code": item.code, "item_name": item.name,
                 "quantity": grams, "unit": "g", "tolerance_bp": 200}
                for place, (item, grams) in enumerate(lines, 1)
            ],
            "line_prices": [
                {"line_no": place, "unit_price_fen": str(item.price_fen), "price_unit": "kg",
                 "amount_fen": amounts[place - 1]}
                for place, (item, _) in enumerate(lines, 1)
            ],
            "amount_fen": sum(amounts),
            "meals_planned": school.diners,
            "accountable": school.head,
        },
        ordered_at,
        links=[{"rel": "under", "id": record_id(f"award {supplier.party.partition(':')[2]}")}],
        school=school.party,
        day=on,
    )  # fmt: skip
    script.say(
        f"response {name}",
        supplier.party,
        "order-response",
        {
            "response_no": f"J{school.digits}-{order_no}",
            "supplier": supplier.party,
            "order": order,
            "response": "accepted",
            "deliver_from": moment(clock(on, 5, 40)),
            "deliver_until": moment(clock(on, 6, 50)),
            "lines": [
                {"order_line_no": place, "item_code": item.code, "ordered_quantity": grams,
                 "confirmed_quantity": grams, "unit": "g"}
                for place, (item, grams) in enumerate(lines, 1)
            ],
            "accountable": supplier.clerk,
        },
        later(ordered_at, minutes=draw.randrange(20, 90)),
        links=[{"rel": "acknowledges", "id": record}],
        school=school.party,
        day=on,
    )  # fmt: skip
    return order


def send_out(
    script: Script,
    school: School,
    supplier: Supplier,
    on: date,
    order: str,
    lot: str,
    lines: list[tuple[Item, int]],
    name: str,
    at: datetime,
) -> None:
    """What the supplier sends for an order."""
    goods = [
        {"line_no": place, "item_code": item.code, "item_name": item.name, "lot_no": lot,
         "quantity": grams, "unit": "g"}
        for place, (item, grams) in enumerate(lines, 1)
    ]  # fmt: skip
    made = {"produced_on": str(on - timedelta(days=1)), "use_by": str(on + timedelta(days=3)),
            "producer_name": "本溪示范产地", "origin": "辽宁本溪"}  # fmt: skip
    script.say(
        f"dispatch {name}",
        supplier.party,
        "dispatch",
        {
            "dispatch_no": f"S{school.digits}-{on:%m%d}",
            "supplier": supplier.party,
            "order": order,
            "vehicle_no": f"辽E·T{school.account_no:04}",
            "driver": supplier.driver,
            "vehicle_temperature_mC": 3_200,
            "lines": [{**line, **made} for line in goods],
            "accountable": supplier.driver,
        },
        at,
        links=[{"rel": "fulfils", "subject": order}],
        files=["lot-document"],
        school=school.party,
        day=on,
    )


def weigh_in(
    script: Script,
    school: School,
    supplier: Supplier,
    order: str,
    place: int,
    item: Item,
    lot: str,
    net_g: int,
    at: datetime,
    name: str,
    draw: random.Random,
) -> str:
    """One line on the scale; the record's id."""
    counter = school.counters["scale"] = school.counters.get("scale", 0) + 1
    photo_at = later(at, seconds=-draw.randrange(1, 4))
    return script.say(
        f"weigh-in {name} {place}",
        school.gateway,
        "weigh-in",
        {
            "school": school.party,
            "canteen": school.canteen,
            "supplier": supplier.party,
            "order": order,
            "order_line_no": place,
            "item_code": item.code,
            "lot_no": lot,
            "direction": "inbound",
            "gross_g": net_g + TARE_G,
            "tare_g": TARE_G,
            "net_g": net_g,
            "entry_mode": "device",
            "photo_taken_at": moment(photo_at),
            "photo_phash": phash(f"weigh-in {name} {place}"),
            "display_ocr_g": net_g,
            "attended_by": [school.storekeeper],
            "scale": school.scale,
            "counter": counter,
            "calibration": school.calibration,
            "division_mg": DIVISION_G * 1000,
            "tare_source": "stored",
            "stable": True,
            "stable_readings": draw.randrange(4, 9),
            "protocol": "yaohua-continuous",
            "raw_frame": b64encode(f"\x02+{net_g:06}012\x03".encode()).decode(),
            "clock_state": "synchronised",
            "clock_offset_ms": draw.randrange(-40, 40),
        },
        later(at, seconds=1),
        occurred=at,
        links=[{"rel": "fulfils", "subject": order}],
        files=["photo"],
        school=school.party,
        day=at.date(),
    )


def take_in(
    script: Script,
    school: School,
    supplier: Supplier,
    order: str,
    lot: str,
    lines: list[tuple[Item, int]],
    weigh_ins: list[str],
    at: datetime,
    name: str,
    draw: random.Random,
) -> list[Taken]:
    """Two people take in what was weighed."""
    signed = later(at, seconds=draw.randrange(60, 240))
    acceptance = script.say(
        f"acceptance {name}",
        school.party,
        "acceptance",
        {
            "acceptance_no": f"Y-{name[11:]}",
            "school": school.party,
            "supplier": supplier.party,
            "order": order,
            "acceptors": [
                {"person": school.storekeeper, "confirmed_at": moment(signed), "method": "face"},
                {"person": school.teacher, "method": "pin",
                 "confirmed_at": moment(later(signed, seconds=draw.randrange(10, 60)))},
            ],
            "lines": [
                {"order_line_no": place, "item_code": item.code, "lot_no": lot,
                 "accepted_quantity": net_g, "rejected_quantity": 0, "unit": "g", "net_g": net_g,
                 "temperature_mC": draw.randrange(2_000, 5_000, 100), "sensory": "pass",
                 "label": "pass", "documents": "pass"}
                for place, (item, net_g) in enumerate(lines, 1)
            ],
            "result": "full",
            "accountable": school.storekeeper,
        },
        later(signed, seconds=90),
        links=[{"rel": "accepts", "id": weigh_in} for weigh_in in weigh_ins],
        files=["photo"],
        school=school.party,
        day=at.date(),
    )  # fmt: skip
    return [Taken(acceptance, supplier, item, lot, net_g) for item, net_g in lines]
