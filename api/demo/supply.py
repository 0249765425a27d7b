"""Papers, the order, the delivery: what the goods side says on the demo's day."""

import base64
from datetime import time, timedelta

from api.demo import cast
from api.demo.gateway import Gateway
from api.demo.goods import ITEMS, MEALS, TARE_G, Item
from api.demo.posting import ORDER, Poster, delivered, line, price
from devices.client import Evidence
from ledger.statement import Link


def papers(day: Poster) -> None:
    """A supplier registers with its licence and permit, and the bureau admits it."""
    person = day.people["supplier"]
    day.post(
        "registration",
        cast.MEAT,
        "supplier-registration",
        {
            "accountable": person,
            "uscc": cast.MEAT.partition(":")[2],
            "legal_name": "本溪青山肉业有限公司",
            "registered_address": "辽宁省本溪市示范路 18 号",
            "legal_representative": "示例法人",
            "categories": ["meat"],
            "payee_account": "6200 0000 0000 0018",
            "payee_account_name": "本溪青山肉业有限公司",
        },
        at=time(8, 0),
        days=-30,
        blobs={"business-licence": day.scan("BUSINESS LICENCE", cast.MEAT, 11)},
        said=("the supplier registers (在线注册)", "供应商在线注册"),
    )
    day.post(
        "certificate",
        cast.MEAT,
        "certificate",
        {
            "accountable": person,
            "holder": cast.MEAT,
            "certificate_kind": "food-business-permit",
            "certificate_no": "JY12105020001239",
            "number_scheme": "jy",
            "issuing_authority": "本溪市示范区市场监督管理局",
            "issued_on": f"{day.on.year - 1}-09-01",
            "valid_until": f"{day.on.year + 3}-08-31",
            "scope": ["bulk-food"],
            "read_by": "manual",
            "confirmed_by": person,
        },
        at=time(8, 10),
        days=-30,
        blobs={"scan": day.scan("FOOD BUSINESS PERMIT", "JY12105020001239", 12)},
        said=(
            "its food permit is checked and kept with the scan",
            "食品经营许可证校验并存入扫描件",
        ),
    )
    day.post(
        "admission",
        cast.ADMISSION,
        "admission",
        {
            "accountable": day.people["officer"],
            "bureau": cast.ADMISSION,
            "decision_no": "ZR-0034",
            "supplier": cast.MEAT,
            "decision": "in-force",
            "categories": ["meat", "poultry", "vegetable"],
            "effective_at": day.at(time(9, 0), days=-29),
            "term_from": (day.on - timedelta(days=29)).isoformat(),
            "term_until": f"{day.on.year + 3}-08-31",
            "criteria_name": "学生餐供应商准入标准",
            "criteria_version": "1",
        },
        at=time(9, 0),
        days=-29,
        links=[Link("cites", id=day.receipts["certificate"].id)],
        said=(
            "the bureau admits it; without that nobody could order from it (准入)",
            "教育局准入；未准入者不得下单",
        ),
    )


def order(day: Poster) -> None:
    """The school orders, the supplier sends."""
    day.post(
        "order",
        cast.SCHOOL,
        "order",
        {
            "accountable": day.people["buyer"],
            "order_no": "A-17",
            "school": cast.SCHOOL,
            "canteen": cast.CANTEEN,
            "supplier": cast.MEAT,
            "ordered_by": day.people["buyer"],
            "deliver_from": day.at(time(5, 30)),
            "deliver_until": day.at(time(6, 30)),
            "lines": [
                {**line(item), "quantity": item.ordered_g, "tolerance_bp": 300} for item in ITEMS
            ],
            "line_prices": [price(item, item.ordered_fen) for item in ITEMS],
            "amount_fen": sum(item.ordered_fen for item in ITEMS),
            "meals_planned": MEALS,
        },
        at=time(15, 0),
        days=-1,
        said=(f"the school orders for {MEALS} meals", f"学校按 {MEALS} 份用餐下单"),
    )
    day.post(
        "dispatch",
        cast.MEAT,
        "dispatch",
        {
            "accountable": day.people["supplier"],
            "dispatch_no": "D-1124-3",
            "supplier": cast.MEAT,
            "order": ORDER,
            "vehicle_no": "辽E·示例1",
            "driver": day.people["driver"],
            "vehicle_temperature_mC": 2_600,
            "lines": [
                {
                    **line(item),
                    "quantity": item.arrived_g,
                    "produced_on": (day.on - timedelta(days=1)).isoformat(),
                    "origin": "辽宁本溪",
                }
                for item in ITEMS
            ],
        },
        at=time(4, 40),
        links=[Link("fulfils", subject=ORDER)],
        blobs={"lot-document": day.scan("QUARANTINE CERTIFICATE", "ZT-1123-07", 13)},
        said=("the supplier dispatches, with the quarantine paper", "供应商发货，附检疫票"),
    )


def delivery(day: Poster) -> None:
    """Weighed with photos, taken in by two people, one item refused."""
    day.post(
        "calibration",
        cast.SCHOOL,
        "calibration",
        day.example(
            "calibration",
            school=cast.SCHOOL,
            scale=cast.SCALE,
            accountable=day.people["storekeeper"],
        ),
        at=time(5, 0),
        days=-20,
        links=[Link("calibrates", subject=cast.SCALE)],
        said=("the scale's calibration is on record", "电子秤检定记录在案"),
    )
    _weigh(day)
    taken = [item for item in ITEMS if item.accepted]
    day.post(
        "acceptance",
        cast.SCHOOL,
        "acceptance",
        {
            "accountable": day.people["storekeeper"],
            "acceptance_no": "Y-1124-1",
            "school": cast.SCHOOL,
            "supplier": cast.MEAT,
            "order": ORDER,
            "acceptors": day.two(time(6, 5)),
            "lines": [
                {
                    **delivered(item),
                    "accepted_quantity": item.arrived_g,
                    "rejected_quantity": 0,
                    "net_g": item.arrived_g,
                    "temperature_mC": 3_200,
                    "sensory": "pass",
                    "label": "pass",
                    "documents": "pass",
                }
                for item in taken
            ],
            "result": "partial",
        },
        at=time(6, 6),
        links=[
            Link("accepts", id=day.receipts["dispatch"].id),
            *(Link("accepts", id=day.receipts[f"weigh-in {n}"].id) for n in (1, 2)),
        ],
        blobs={"photo": day.photo(ITEMS[0], 31)},
        said=("two people accept the meat (双人验收)", "双人验收肉类"),
    )
    refused = [item for item in ITEMS if not item.accepted]
    day.post(
        "rejection",
        cast.SCHOOL,
        "rejection",
        {
            "accountable": day.people["storekeeper"],
            "rejection_no": "J-1124-1",
            "school": cast.SCHOOL,
            "supplier": cast.MEAT,
            "order": ORDER,
            "rejectors": day.two(time(6, 8)),
            "lines": [
                {
                    **delivered(item),
                    "rejected_quantity": item.arrived_g,
                    "reason_code": "spoiled",
                }
                for item in refused
            ],
            "reason": "叶片发黄腐烂",
            "disposal": "returned",
            "supplier_present": True,
        },
        at=time(6, 9),
        links=[Link("rejects", id=day.receipts["dispatch"].id)],
        blobs={"photo": day.photo(refused[0], 32)},
        said=("the spinach is rejected on the spot (现场拒收)", "菠菜现场拒收"),
    )


def _weigh(day: Poster) -> None:
    """Each item on the scale, with a photo."""
    if day.gateway is None:
        for number, item in enumerate(ITEMS, start=1):
            evidence = _weighing(day, number, item, item.arrived_g + TARE_G, _frame(item), equal=5)
            day.say(f"weigh-in {number}", cast.GATEWAY, evidence, _weighed(item))
    else:
        _weigh_through(day.gateway, day)


def _weigh_through(gateway: Gateway, day: Poster) -> None:
    """By the gateway: signed and kept while the network is down."""
    from api.demo import scale  # noqa: PLC0415 - needs pyserial

    weighings = scale.weigh([item.arrived_g + TARE_G for item in ITEMS])
    said = [
        _weighing(day, number, item, one.gross_g or 0, one.frame.raw, equal=one.equal)
        for (number, item), one in zip(enumerate(ITEMS, start=1), weighings, strict=True)
    ]
    day.tell(
        f"the network is down: {len(said)} weighings, read from the scale's serial line, are signed "
        "and kept by the gateway",
        f"断网：{len(said)} 次过秤从电子秤串口读取，由网关当场签名并保存",
    )
    ids = gateway.keep(said, cast.SCALE)
    day.tell(
        "power lost, power back, network back: the outbox is opened anew and sends them in order",
        "断电、来电、网络恢复：重新打开发件箱，按顺序发送",
    )
    receipts = gateway.send(ids)
    for number, (item, record_id) in enumerate(zip(ITEMS, ids, strict=True), start=1):
        receipt = day.receipts[f"weigh-in {number}"] = receipts[record_id]
        day.told(*_weighed(item), receipt)


def _weighed(item: Item) -> tuple[str, str]:
    return (
        f"weighed with a photo: {item.name} {item.arrived_g / 1000:.2f} kg",
        f"拍照称重：{item.name} {item.arrived_g / 1000:.2f} 公斤",
    )


def _frame(item: Item) -> bytes:
    """What the scale sends: 15 bytes of an A12E."""
    frame = f"WG{(item.arrived_g + TARE_G) / 1000:07.3f}kg".encode()
    check = 0
    for byte in frame:
        check ^= byte
    return frame + f"{check:02X}\r\n".encode()


def _weighing(
    day: Poster, number: int, item: Item, gross_g: int, frame: bytes, *, equal: int
) -> Evidence:
    at = time(5, 40 + 4 * number)
    return Evidence(
        "weigh-in",
        {
            "school": cast.SCHOOL,
            "canteen": cast.CANTEEN,
            "supplier": cast.MEAT,
            "order": ORDER,
            "order_line_no": item.line_no,
            "item_code": item.code,
            "lot_no": item.lot_no,
            "direction": "inbound",
            "gross_g": gross_g,
            "tare_g": TARE_G,
            "net_g": gross_g - TARE_G,
            "entry_mode": "device",
            "photo_taken_at": day.at(at),
            "scale": cast.SCALE,
            "counter": 1000 + number,
            "calibration": day.receipts["calibration"].id,
            "division_mg": 20_000,
            "tare_source": "preset",
            "stable": True,
            "stable_readings": equal,
            "protocol": "yaohua-a12e",
            "raw_frame": base64.b64encode(frame).decode(),
            "clock_state": "synchronised",
            "clock_offset_ms": 40,
        },
        day.at(at),
        blobs={"photo": (day.photo(item, 20 + number), "image/jpeg")},
        links=[Link("fulfils", subject=ORDER)],
    )
