"""At the school's door: what came is put on the scale, and two people take it in or refuse some of it."""

import random
from base64 import b64encode
from datetime import date, datetime
from functools import reduce
from operator import xor
from typing import Any, Final

from components.term.script import Script, later, moment
from components.term.world import record_id

from tests.bench.lies import photos
from tests.bench.lies.kitchen import Kitchen
from tests.bench.lies.orders import CHILLED, Line

_TROLLEY_G: Final = 42_000
"""What is put on the scale at once, at most."""
_CRATE_G: Final = 1_240


def frame(net_g: int) -> str:
    """What the indicator sent: Yaohua continuous, in kilograms with three decimals (DOMAIN §4)."""
    body = f"{'-' if net_g < 0 else '+'}{abs(net_g):06}3".encode()
    check = reduce(xor, body)
    digits = bytes(
        nibble + (0x30 if nibble <= 9 else 0x37) for nibble in (check >> 4, check & 0x0F)
    )
    return b64encode(b"\x02" + body + digits + b"\x03").decode()


def parts(line: Line, grams: float, draw: random.Random) -> list[float]:
    """What is put on the scale one after another: whole packages, or as many crates as it takes."""
    count = max(1, round(grams / _TROLLEY_G + 0.3))
    if line.packs:
        at_once = max(1, -(-line.packs // count))
        each = grams / line.packs
        return [
            each * min(at_once, line.packs - first) + draw.gauss(0, 4)
            for first in range(0, line.packs, at_once)
        ]
    shares = [draw.uniform(0.8, 1.2) for _ in range(count)]
    return [grams * share / sum(shares) for share in shares]


def weigh(
    script: Script,
    kitchen: Kitchen,
    on: date,
    name: str,
    line: Line,
    part_g: float,
    at: datetime,
    helpers: list[tuple[datetime, str]],
    draw: random.Random,
    sent: str,
    **about: Any,
) -> tuple[int, str]:
    """One weight of part of a line that came with the note `sent`; its net in grams, and the record."""
    division = kitchen.division_g
    crates = 0 if line.packs else -(-round(part_g) // 17_000)
    tare = round(crates * _CRATE_G / division) * division
    net = round((part_g + draw.gauss(0, division / 4)) / division) * division
    there = [person for since, person in helpers if since < at]
    scale = kitchen.device("scale")
    photo_at = later(kitchen.clock.shows(at), seconds=-draw.uniform(1, 5))
    links = [{"rel": "fulfils", "subject": about["order"]}]
    if kitchen.number % 2:
        # Half of the gateways read the code on the delivery note.
        links.append({"rel": "fulfils", "id": sent})
    record = kitchen.sense(
        script,
        f"weigh-in {name}",
        "weigh-in",
        {
            "school": kitchen.party,
            "canteen": kitchen.canteen,
            **about,
            "item_code": line.good.code,
            "direction": "inbound",
            "gross_g": net + tare,
            "tare_g": tare,
            "net_g": net,
            "entry_mode": "device",
            "photo_taken_at": moment(photo_at),
            "photo_phash": photos.in_hex(kitchen.corner.shoot(draw)),
            "display_ocr_g": net if draw.random() < 0.94 else None,
            "attended_by": [kitchen.person("storekeeper"), *there[: draw.randrange(2)]],
            "scale": scale,
            # Once the day's weights are all known (`count`): of two orders, parts may take turns.
            "counter": 0,
            "calibration": record_id(kitchen.calibration),
            "division_mg": division * 1000,
            "tare_source": "stored" if crates else "none",
            "stable": True,
            "stable_readings": draw.randint(3, 8),
            "protocol": "yaohua-continuous",
            "raw_frame": frame(net),
            **kitchen.clock.says(at),
        },
        at,
        draw,
        links=links,
        files=["photo"],
        day=on,
    )
    return net, record


def count(script: Script, kitchen: Kitchen, weighed: dict[str, datetime]) -> None:
    """The scale counts a day's weights in the order in which they lay on it: by record, when."""
    by_id = {one.id: one for one in script.said if one.id in weighed}
    for record in sorted(weighed, key=lambda record: weighed[record]):
        payload = by_id[record].payload
        payload["counter"] = kitchen.count(payload["scale"])


def accept(
    script: Script,
    kitchen: Kitchen,
    on: date,
    kind: str,
    order: str,
    lines: list[Line],
    nets: list[int],
    lots: list[str],
    weigh_ins: list[str],
    at: datetime,
    draw: random.Random,
) -> None:
    """Two people accept it, and now and then refuse a tenth of what came loose."""
    signed = later(at, minutes=draw.uniform(2, 9))
    refused = [
        _refused_g(net) if not line.packs and draw.random() < 0.012 else 0
        for line, net in zip(lines, nets, strict=True)
    ]
    people = [
        {"person": kitchen.person("storekeeper"), "confirmed_at": moment(signed), "method": "face"},
        {"person": kitchen.person("teacher"), "method": "pin",
         "confirmed_at": moment(later(signed, seconds=draw.uniform(15, 150)))},
    ]  # fmt: skip
    found = []
    for place, (line, net, lot, less) in enumerate(zip(lines, nets, lots, refused, strict=True), 1):
        warm = round(draw.gauss(32, 9)) * 100 if kind in CHILLED and not line.boxed else None
        found.append(
            {"order_line_no": place, "item_code": line.good.code, "lot_no": lot,
             "accepted_quantity": line.packs if line.boxed else net - less,
             "rejected_quantity": less, "unit": "box" if line.boxed else "g", "net_g": net - less,
             "temperature_mC": warm, "sensory": "fail" if less else "pass", "label": "pass",
             "documents": "pass"}
        )  # fmt: skip
    about = {"school": kitchen.party, "supplier": kitchen.supplier(kind), "order": order}
    typed = later(signed, minutes=draw.uniform(1, 6))
    script.say(
        f"lies acceptance {kitchen.digits} {on} {kind}",
        kitchen.party,
        "acceptance",
        {
            "acceptance_no": f"YS{on:%m%d}{kind[0].upper()}",
            **about,
            "acceptors": people,
            "lines": found,
            "result": "partial" if any(refused) else "full",
            "accountable": kitchen.person("storekeeper"),
        },
        kitchen.line.arrives(typed, draw),
        occurred=typed,
        links=[{"rel": "accepts", "id": weigh_in} for weigh_in in weigh_ins],
        files=["photo"],
        school=kitchen.party,
        day=on,
    )
    if any(refused):
        script.say(
            f"lies rejection {kitchen.digits} {on} {kind}",
            kitchen.party,
            "rejection",
            {
                "rejection_no": f"JS{on:%m%d}{kind[0].upper()}",
                **about,
                "rejectors": people,
                "lines": [
                    {"order_line_no": place, "item_code": line.good.code, "lot_no": lot,
                     "rejected_quantity": less, "unit": "g", "reason_code": "spoiled"}
                    for place, (line, lot, less) in enumerate(zip(lines, lots, refused, strict=True), 1)
                    if less
                ],
                "disposal": "returned",
                "supplier_present": True,
                "accountable": kitchen.person("storekeeper"),
            },
            kitchen.line.arrives(later(typed, minutes=1), draw),
            occurred=later(typed, minutes=1),
            links=[{"rel": "rejects", "id": weigh_ins[-1]}],
            files=["photo"],
            school=kitchen.party,
            day=on,
        )  # fmt: skip


def _refused_g(net_g: int) -> int:
    """About a tenth of it, which was spoiled."""
    return net_g // 10
