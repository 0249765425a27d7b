"""Oversight on the demo's day: rules put in force, then four things that are not right.

An order that is refused at once; a dish without a sample, a photo used twice and a settlement paid
twice, which are stored, and found.
"""

import time as clock
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any, Final

import httpx

from api.demo import cast
from api.demo.goods import ITEMS
from api.demo.posting import Poster, line, price
from api.demo.stage import Stage
from devices.client import Receipt
from ledger.errors import LedgerError, VerificationError
from ledger.statement import Link

_WITHIN_S: Final = 60.0
_AGAIN_S: Final = 0.5

EXPECTED: Final = {
    "sample-of-dish": (
        "a dish of a menu, and no sample of it",
        "食谱有此菜，却无留样",
    ),
    "photo-reused": ("the photo of another weighing, used again", "同一张照片用于两次过秤"),
    "paid-twice": ("one settlement, paid twice", "同一结算支付了两次"),
}
"""What must be found, by its kind."""


def refused(stage: Stage, day: Poster) -> None:
    """The school orders from a supplier that nobody admitted.

    Raises:
        VerificationError: it was taken.
    """
    item = ITEMS[2]
    try:
        day.clients[cast.SCHOOL].post(
            "order",
            {
                "accountable": day.people["buyer"],
                "order_no": "A-18",
                "school": cast.SCHOOL,
                "canteen": cast.CANTEEN,
                "supplier": cast.GREENS,
                "ordered_by": day.people["buyer"],
                "deliver_from": day.at(time(5, 30), days=2),
                "deliver_until": day.at(time(6, 30), days=2),
                "lines": [{**line(item), "quantity": item.ordered_g}],
                "line_prices": [price(item, item.ordered_fen)],
                "amount_fen": item.ordered_fen,
                "meals_planned": 1,
            },
            occurred_at=day.at(time(15, 30)),
            key=day.keys.get(cast.SCHOOL),
        )
    except LedgerError as error:
        stage.caught(
            f"an order is refused at once: {str(error).split(chr(10))[0].split('; ')[0]}",
            "向未准入的供应商下单：当即拒绝（剔除不合规主体）",
        )
        return
    raise VerificationError("an order from a supplier that nobody admitted was taken")


def lies(day: Poster) -> None:
    """Facts are stored, whatever they say."""
    lately = day.on - timedelta(days=3)
    day.post(
        "menu of that day",
        cast.SCHOOL,
        "menu",
        {
            "accountable": day.people["head cook"],
            "menu_no": f"SP-{lately:%Y%m%d}",
            "canteen": cast.CANTEEN,
            "period_from": lately.isoformat(),
            "period_until": lately.isoformat(),
            "published_at": day.at(time(15, 0), days=-5),
            "published_where": "canteen-wall",
            "meals": [
                {
                    "meal_on": lately.isoformat(),
                    "meal": "lunch",
                    "diners_planned": 640,
                    "dishes": [
                        {"dish_code": "D07", "dish_name": "鱼香肉丝", "preparation": "hot",
                         "portion_g": 120, "contains": []}
                    ],
                }
            ],
        },
        at=time(15, 10),
        days=-5,
        said=("the menu of three days ago; nobody kept a sample (留样)", "补录三天前的食谱，当时无人留样"),
    )  # fmt: skip
    again = ITEMS[1]
    weighing: dict[str, Any] = dict(day.example("weigh-in"))
    weighing |= {
        "school": cast.SCHOOL,
        "canteen": cast.CANTEEN,
        "supplier": cast.MEAT,
        "order": "order:2105020001~A-19",
        "order_line_no": 1,
        "item_code": again.code,
        "scale": cast.SCALES[0],
        "counter": 4,
        "gross_g": 26_000,
        "tare_g": 1_850,
        "net_g": 24_150,
        "display_ocr_g": 24_150,
        "photo_taken_at": day.at(time(16, 50)),
    }
    for name in ("lot_no", "attended_by", "calibration"):
        weighing.pop(name, None)
    weighing["calibration"] = day.receipts["calibration"].id
    day.post(
        "a second weighing",
        cast.GATEWAY,
        "weigh-in",
        weighing,
        at=time(16, 51),
        links=[Link("fulfils", subject="order:2105020001~A-19")],
        blobs={"photo": day.photos["weigh-in 1"]},
        said=("a weighing, with the photo of another", "一次过秤，照片却是旧的"),
    )
    total = sum(item.payable_fen for item in ITEMS if item.accepted)
    day.post(
        "a second payment",
        cast.BANK,
        "account-entry",
        {
            "account": day.account,
            "entry_no": 2,
            "bank_reference": "YH-1124-000094",
            "booked_on": day.on.isoformat(),
            "direction": "debit",
            "amount_fen": total,
            "balance_after_fen": 0,
            "counterparty_name": "本溪青山肉业有限公司",
            "purpose": "食材采购款",
            "source": "bank-api",
        },
        at=time(16, 55),
        links=[Link("pays", id=day.receipts["settlement"].id)],
        said=("the same settlement is paid once more", "同一笔结算再次付款"),
    )


def found(stage: Stage, url: str, token: str, receipts: Mapping[str, Receipt]) -> bool:
    """Wait until oversight has found all of it, and show what it says."""
    last = max(receipt.index for receipt in receipts.values())
    headers = {"Authorization": f"Bearer {token}"}
    shown: dict[str, tuple[str, str]] = {}
    until = clock.monotonic() + _WITHIN_S
    with httpx.Client(base_url=url, headers=headers, timeout=10) as client:
        while clock.monotonic() < until and not shown.keys() >= EXPECTED.keys():
            clock.sleep(_AGAIN_S)
            missing = client.get("/v1/obligations", params={"status": "missing"}).json()
            suspected = client.get("/v1/suspicions").json()
            for row in (*missing["obligations"], *suspected["suspicions"]):
                if row["kind"] in EXPECTED:
                    shown[row["kind"]] = (row["day"], row.get("expected_for", row["school"]))
    stage.table(
        (("day", "日期"), ("found", "结论"), ("about", "关于"), ("", "")),
        (
            (shown[kind][0], kind, shown[kind][1], stage.say(*EXPECTED[kind]))
            for kind in EXPECTED
            if kind in shown
        ),
    )
    if not shown.keys() >= EXPECTED.keys():
        absent = ", ".join(sorted(EXPECTED.keys() - shown.keys()))
        stage.failed(
            f"oversight should have found {absent} by entry {last}", f"监督应当得出：{absent}"
        )
        return False
    stage.done(
        "each is a record of the log, signed by the engine; the audit below finds them again",
        "每项结论都是账本中的记录，由引擎签名；下面的审计会重新得出",
    )
    return True
