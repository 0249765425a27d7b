"""Papers, the order, the delivery: what the goods side says on the demo's day."""

from datetime import time, timedelta

from api.demo import cast, made_up
from api.demo.floor import Floor
from api.demo.goods import ITEMS, MEALS, TARE_G, WASTE
from api.demo.posting import ORDER, Poster, delivered, line, price
from ledger import timestamp
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
    scales = cast.SCALES[:1] if day.floor is None else cast.SCALES
    for number, scale in enumerate(scales, start=1):
        day.post(
            _calibration(number),
            cast.SCHOOL,
            "calibration",
            day.example(
                "calibration",
                school=cast.SCHOOL,
                scale=scale,
                accountable=day.people["storekeeper"],
            ),
            at=time(5, 0),
            days=-20,
            links=[Link("calibrates", subject=scale)],
            said=None
            if number < len(scales)
            else ("the calibration of every scale is on record", "每台电子秤的检定记录在案"),
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
            "acceptors": day.two(time(6, 27)),
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
        at=time(6, 28),
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
            "rejectors": day.two(time(6, 28)),
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
        at=time(6, 29),
        links=[Link("rejects", id=day.receipts["dispatch"].id)],
        blobs={"photo": day.photo(refused[0], 32)},
        said=("the spinach is rejected on the spot (现场拒收)", "菠菜现场拒收"),
    )


def _weigh(day: Poster) -> None:
    """Each item on a scale of its own, and the kitchen's waste on the fourth, with photos."""
    if day.floor is not None:
        _weigh_through(day.floor, day)
        return
    for number, item in enumerate(ITEMS):
        day.photos[_name(number)] = day.photo(item, 20 + item.line_no)
        day.say(_name(number), cast.GATEWAY, made_up.weighing(day, item), _weighed(number))


def _weigh_through(floor: Floor, day: Poster) -> None:
    """By the gateway: weighed, photographed, signed and kept while the network is down."""
    calibrations = [day.receipts[_calibration(n)].id for n in range(1, len(cast.SCALES) + 1)]
    floor.begin(calibrations, timestamp.parse(day.at(time(6, 23))))
    floor.weigh()
    day.tell(
        f"the network is down: {len(calibrations)} scales weigh; at the moment a weight stands still "
        "its camera takes the photo, and the gateway signs and keeps both",
        f"断网：{len(calibrations)} 台电子秤称重；重量稳定的瞬间由摄像头拍照，网关当场签名并保存",
    )
    floor.lose_power()
    day.tell(
        "power lost (kill -9), power back: the gateway starts again, and weighs nothing twice",
        "断电（kill -9）后来电：网关重新启动，秤上货物不会重复称重",
    )
    floor.plug()
    day.tell("network back: what waited on disk is sent", "网络恢复：发送磁盘上待发的记录")
    for number, record in enumerate(floor.weighings()):
        name = _name(number)
        day.photos[name] = floor.photo(record)
        said = _weighed(number, record["payload"]["display_ocr_g"])
        day.arrived(name, floor.gateway.receipt(record["id"]), said)


def _calibration(number: int) -> str:
    """What the receipt of a scale's calibration is kept under; they are counted from 1."""
    return "calibration" if number == 1 else f"calibration {number}"


def _name(number: int) -> str:
    return f"weigh-in {number + 1}"


def _weighed(number: int, shown_g: int | None = None) -> tuple[str, str]:
    """What is said of a weighing; `shown_g` is what was read on its photo."""
    name, net_g, tare_g = WASTE[1], WASTE[2], 0
    if number < len(ITEMS):
        name, net_g, tare_g = ITEMS[number].name, ITEMS[number].arrived_g, TARE_G
    en = f"weighed with a photo: {name} {net_g / 1000:.2f} kg"
    zh = f"拍照称重：{name} {net_g / 1000:.2f} 公斤"
    if shown_g is None:
        return en, zh
    crate_en, crate_zh = (" with its crate", "（含筐）") if tare_g else ("", "")
    return (
        f"{en}; the photo's display says {shown_g / 1000:.2f}{crate_en}",
        f"{zh}；照片中显示屏读数 {shown_g / 1000:.2f}{crate_zh}",
    )
