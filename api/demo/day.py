"""The demo's school day, record by record, as its parties post it (the 2+2+2+1 model, 本溪模式).

Each step is one call of the client that integrators use. Nothing here knows the service from the
inside.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from api.demo import cast, pictures
from api.demo.goods import DISHES, ITEMS, MEAL_FEN, MEALS, TARE_G, Item
from devices.client import MealtraceClient, Receipt, SigningKey
from ledger.statement import Link

ZONE = ZoneInfo("Asia/Shanghai")
PERSON = tuple[str, str]

Told = Callable[[str, str, Receipt], None]
"""What happened in English and Chinese, and its receipt."""


@dataclass(slots=True)
class Day:
    """One day at one school.

    Attributes:
        clients: by party, each with that party's token.
        keys: by party, of those that sign.
        people: a pseudonym by what the person does that day.
        account: pseudonym of the bureau's dedicated account.
        on: the civil date.
        told: hears of every record.
        receipts: what was posted, by a short name.
    """

    clients: Mapping[str, MealtraceClient]
    keys: Mapping[str, SigningKey]
    people: Mapping[str, str]
    account: str
    on: date
    told: Told
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def live(self) -> None:
        """All of it, in order."""
        self.papers()
        self.order()
        self.delivery()
        self.kitchen()
        self.oversight()
        self.money()

    def papers(self) -> None:
        """A supplier registers, with its licence."""
        person = self.people["supplier"]
        self._post(
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
            blobs={"business-licence": self._scan("BUSINESS LICENCE", cast.MEAT, 11)},
            said=("the supplier registers (在线注册)", "供应商在线注册"),
        )
        self._post(
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
                "issued_on": f"{self.on.year - 1}-09-01",
                "valid_until": f"{self.on.year + 3}-08-31",
                "scope": ["bulk-food"],
                "read_by": "manual",
                "confirmed_by": person,
            },
            at=time(8, 10),
            days=-30,
            blobs={"scan": self._scan("FOOD BUSINESS PERMIT", "JY12105020001239", 12)},
            said=(
                "its food permit is checked and kept with the scan",
                "食品经营许可证校验并存入扫描件",
            ),
        )

    def order(self) -> None:
        """The school orders, the supplier sends."""
        self._post(
            "order",
            cast.SCHOOL,
            "order",
            {
                "accountable": self.people["buyer"],
                "order_no": "A-17",
                "school": cast.SCHOOL,
                "canteen": cast.CANTEEN,
                "supplier": cast.MEAT,
                "ordered_by": self.people["buyer"],
                "deliver_from": self._at(time(5, 30)),
                "deliver_until": self._at(time(6, 30)),
                "lines": [
                    {**_line(item), "quantity": item.ordered_g, "tolerance_bp": 300}
                    for item in ITEMS
                ],
                "line_prices": [_price(item, item.ordered_fen) for item in ITEMS],
                "amount_fen": sum(item.ordered_fen for item in ITEMS),
                "meals_planned": MEALS,
            },
            at=time(15, 0),
            days=-1,
            said=(f"the school orders for {MEALS} meals", f"学校按 {MEALS} 份用餐下单"),
        )
        self._post(
            "dispatch",
            cast.MEAT,
            "dispatch",
            {
                "accountable": self.people["supplier"],
                "dispatch_no": "D-1124-3",
                "supplier": cast.MEAT,
                "order": self.order_subject,
                "vehicle_no": "辽E·示例1",
                "driver": self.people["driver"],
                "vehicle_temperature_mC": 2_600,
                "lines": [
                    {
                        **_line(item),
                        "quantity": item.arrived_g,
                        "produced_on": (self.on - timedelta(days=1)).isoformat(),
                        "origin": "辽宁本溪",
                    }
                    for item in ITEMS
                ],
            },
            at=time(4, 40),
            links=[Link("fulfils", subject=self.order_subject)],
            blobs={"lot-document": self._scan("QUARANTINE CERTIFICATE", "ZT-1123-07", 13)},
            said=("the supplier dispatches, with the quarantine paper", "供应商发货，附检疫票"),
        )

    def delivery(self) -> None:
        """Weighed with photos, taken in by two people, one item refused."""
        self._post(
            "calibration",
            cast.SCHOOL,
            "calibration",
            self._example(
                "calibration",
                school=cast.SCHOOL,
                scale=cast.SCALE,
                accountable=self.people["storekeeper"],
            ),
            at=time(5, 0),
            days=-20,
            links=[Link("calibrates", subject=cast.SCALE)],
            said=("the scale's calibration is on record", "电子秤检定记录在案"),
        )
        for number, item in enumerate(ITEMS, start=1):
            self._weigh(number, item)
        taken = [item for item in ITEMS if item.accepted]
        self._post(
            "acceptance",
            cast.SCHOOL,
            "acceptance",
            {
                "accountable": self.people["storekeeper"],
                "acceptance_no": "Y-1124-1",
                "school": cast.SCHOOL,
                "supplier": cast.MEAT,
                "order": self.order_subject,
                "acceptors": self._two(time(6, 5)),
                "lines": [
                    {
                        **_delivered(item),
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
                Link("accepts", id=self.receipts["dispatch"].id),
                *(Link("accepts", id=self.receipts[f"weigh-in {n}"].id) for n in (1, 2)),
            ],
            blobs={"photo": self._photo(ITEMS[0], 31)},
            said=("two people accept the meat (双人验收)", "双人验收肉类"),
        )
        refused = [item for item in ITEMS if not item.accepted]
        self._post(
            "rejection",
            cast.SCHOOL,
            "rejection",
            {
                "accountable": self.people["storekeeper"],
                "rejection_no": "J-1124-1",
                "school": cast.SCHOOL,
                "supplier": cast.MEAT,
                "order": self.order_subject,
                "rejectors": self._two(time(6, 8)),
                "lines": [
                    {
                        **_delivered(item),
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
            links=[Link("rejects", id=self.receipts["dispatch"].id)],
            blobs={"photo": self._photo(refused[0], 32)},
            said=("the spinach is rejected on the spot (现场拒收)", "菠菜现场拒收"),
        )

    def kitchen(self) -> None:
        """Checked before work, cooked, a sample of every dish kept."""
        for number, cook in enumerate(("cook", "second cook"), start=1):
            health = self._post(
                f"health {number}",
                cast.LABOUR,
                "health-certificate",
                self._example(
                    "health-certificate",
                    staff=self.people[cook],
                    employer=cast.LABOUR,
                    certificate_no=f"2105-{self.on.year}-{number:04}",
                    accountable=self.people["head cook"],
                ),
                at=time(9, 0),
                days=-60,
                blobs={
                    "scan": self._scan("HEALTH CERTIFICATE", f"No. 2105-{number:04}", 40 + number)
                },
                said=(f"health certificate of a cook ({number})", f"厨师健康证（{number}）"),
            )
            self._post(
                f"check {number}",
                cast.GATEWAY,
                "morning-check",
                {
                    "canteen": cast.CANTEEN,
                    "staff": self.people[cook],
                    "checked_at": self._at(time(6, 20 + number)),
                    "identity_method": "face",
                    "identity_score_ppm": 985_000 + number,
                    "forehead_mC": 36_300 + 200 * number,
                    "hands": dict.fromkeys(
                        ("wound", "nails", "ring", "polish", "plaster", "foreign_body"), False
                    ),
                    "symptoms": [],
                    "health_certificate": health.id,
                    "result": "fit",
                    "decided_by": self.people["head cook"],
                },
                at=time(6, 20 + number),
                blobs={
                    role: self._scan(role.upper(), f"{cook} {self.on}", 50 + 3 * number + place)
                    for place, role in enumerate(("face", "palm", "back"))
                },
                said=(f"morning check before work ({number})", f"上岗前晨检（{number}）"),
            )
        for slot, (code, name, grams, colour) in enumerate(DISHES, start=1):
            self._post(
                f"sample {code}",
                cast.GATEWAY,
                "sample-retained",
                {
                    "canteen": cast.CANTEEN,
                    "meal_on": self.on.isoformat(),
                    "meal": "lunch",
                    "dish_code": code,
                    "dish_name": name,
                    "amount_g": grams,
                    "cabinet": cast.CABINET,
                    "slot": f"A{slot}",
                    "container_code": f"LY-1124-{slot:02}",
                    "retain_until": self._at(time(11, 40), days=2),
                    "temperature_mC": 3_900 + 100 * slot,
                    "retained_by": self.people["cook"],
                },
                at=time(11, 30 + slot),
                blobs={"photo": pictures.portrait_of_a_dish(colour, seed=60 + slot)},
                said=(
                    f"sample kept for 48 h: {name}, {grams} g",
                    f"留样 48 小时：{name}，{grams} 克",
                ),
            )

    def oversight(self) -> None:
        """A camera sees a cook without a hat; the regulator asks; the school mends."""
        self._post(
            "alert",
            cast.CAMERA_GATEWAY,
            "inspection-alert",
            {
                "canteen": cast.CANTEEN,
                "camera": cast.CAMERA,
                "alert_kind": "no-hat",
                "severity": "minor",
                "first_seen_at": self._at(time(10, 2)),
                "confirmed_at": self._at(time(10, 2)),
                "model_sha256": "5f" * 32,
                "manifest_sha256": "7a" * 32,
                "score_ppm": 912_000,
                "threshold_ppm": 800_000,
                "frames": 18,
                "box_px": [412, 96, 140, 150],
            },
            at=time(10, 3),
            blobs={"frame": pictures.weigh_in_photo(0, (90, 90, 96), seed=71)},
            said=("a camera raises an alert: no hat", "摄像头告警：未戴厨师帽"),
        )
        self._post(
            "work order",
            cast.REGULATOR,
            "work-order",
            {
                "accountable": self.people["inspector"],
                "work_order_no": "GD-1124-1",
                "responsible": cast.SCHOOL,
                "canteen": cast.CANTEEN,
                "task_kind": "hygiene",
                "severity": "minor",
                "due_at": self._at(time(18, 0)),
                "required_evidence": ["photo"],
                "reviewer_role": "regulator",
                "instruction_zh": "立即佩戴厨师帽，并对当班人员进行培训。",
            },
            at=time(10, 20),
            links=[Link("opens", id=self.receipts["alert"].id)],
            said=("the regulator opens a work order (电子工单)", "监管部门开具电子工单"),
        )
        self._post(
            "rectification",
            cast.SCHOOL,
            "rectification",
            {
                "accountable": self.people["head cook"],
                "work_order": "work-order:GD-1124-1",
                "measures": "已更换帽具，并完成当班培训。",
                "done_by": self.people["head cook"],
                "photo_taken_at": self._at(time(11, 0)),
                "photo_phash": "c3d1a8f0e4927b56",
            },
            at=time(11, 5),
            links=[Link("answers", id=self.receipts["work order"].id)],
            blobs={"photo": pictures.portrait_of_a_dish((120, 150, 180), seed=72)},
            said=("the school mends it, with a fresh photo (整改)", "学校整改并上传新照片"),
        )

    def money(self) -> None:
        """Meals paid into the dedicated account, the supplier paid for what was accepted."""
        paid_fen = MEALS * MEAL_FEN
        self._post(
            "payments",
            cast.BANK,
            "meal-payment",
            {
                "batch_no": "B-1124",
                "school": cast.SCHOOL,
                "business_on": self.on.isoformat(),
                "channel": "bank-app",
                "account": self.account,
                "payments": MEALS,
                "amount_fen": paid_fen,
                "refunds_fen": 0,
                "fees_fen": 0,
                "lines_root": "3c" * 32,
            },
            at=time(12, 30),
            said=(
                f"{MEALS} meals paid, {_yuan(paid_fen)}",
                f"{MEALS} 份餐费入账，{_yuan(paid_fen)}",
            ),
        )
        payable = [item for item in ITEMS if item.accepted]
        total = sum(item.payable_fen for item in payable)
        acceptance = self.receipts["acceptance"].id
        settlement = self._post(
            "settlement",
            cast.FUNDS,
            "settlement",
            {
                "accountable": self.people["treasurer"],
                "settlement_no": "S-1124-1",
                "payer_account": self.account,
                "supplier": cast.MEAT,
                "payee_account": "account:" + "p" * 26,
                "school": cast.SCHOOL,
                "period_from": self.on.isoformat(),
                "period_until": self.on.isoformat(),
                "lines": [
                    {**_line(item), "quantity": item.arrived_g, "acceptance": acceptance}
                    for item in payable
                ],
                "line_prices": [_price(item, item.payable_fen) for item in payable],
                "gross_fen": total,
                "deductions": [],
                "net_fen": total,
                "invoices": [{"invoice_no": "FP-1124-88", "amount_fen": total, "tax_fen": 0}],
                "purpose": "食材采购款",
                "prepared_by": self.people["clerk"],
                "approved_by": self.people["treasurer"],
            },
            at=time(16, 0),
            links=[Link("settles", id=acceptance)],
            said=(
                f"settled: what was accepted, and no gram more, {_yuan(total)}",
                f"按实际验收结算 {_yuan(total)}",
            ),
        )
        self._post(
            "bank entry",
            cast.BANK,
            "account-entry",
            {
                "account": self.account,
                "entry_no": 1,
                "bank_reference": "YH-1124-000093",
                "booked_on": self.on.isoformat(),
                "direction": "debit",
                "amount_fen": total,
                "balance_after_fen": paid_fen - total,
                "counterparty_name": "本溪青山肉业有限公司",
                "purpose": "食材采购款",
                "source": "bank-api",
            },
            at=time(16, 30),
            links=[Link("pays", id=settlement.id)],
            said=("the bank books the payment (专户支出)", "银行登记专户支出"),
        )

    @property
    def order_subject(self) -> str:
        """The order, as a subject."""
        return "order:2105020001~A-17"

    def _weigh(self, number: int, item: Item) -> None:
        gross_g = item.arrived_g + TARE_G
        frame = f"WG{gross_g / 1000:07.3f}kg".encode()
        check = 0
        for byte in frame:
            check ^= byte
        at = time(5, 40 + 4 * number)
        self._post(
            f"weigh-in {number}",
            cast.GATEWAY,
            "weigh-in",
            {
                "school": cast.SCHOOL,
                "canteen": cast.CANTEEN,
                "supplier": cast.MEAT,
                "order": self.order_subject,
                "order_line_no": item.line_no,
                "item_code": item.code,
                "lot_no": item.lot_no,
                "direction": "inbound",
                "gross_g": gross_g,
                "tare_g": TARE_G,
                "net_g": item.arrived_g,
                "entry_mode": "device",
                "photo_taken_at": self._at(at),
                "scale": cast.SCALE,
                "counter": 1000 + number,
                "calibration": self.receipts["calibration"].id,
                "division_mg": 20_000,
                "tare_source": "preset",
                "stable": True,
                "stable_readings": 5,
                "protocol": "xk3190-a12e",
                "raw_frame": base64.b64encode(frame + f"{check:02X}\r\n".encode()).decode(),
                "clock_state": "synchronised",
                "clock_offset_ms": 40,
            },
            at=at,
            links=[Link("fulfils", subject=self.order_subject)],
            blobs={"photo": self._photo(item, 20 + number)},
            said=(
                f"weighed with a photo: {item.name} {item.arrived_g / 1000:.2f} kg",
                f"拍照称重：{item.name} {item.arrived_g / 1000:.2f} 公斤",
            ),
        )

    def _post(
        self,
        name: str,
        party: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        at: time,
        said: tuple[str, str],
        days: int = 0,
        links: list[Link] | None = None,
        blobs: Mapping[str, bytes] | None = None,
    ) -> Receipt:
        receipt = self.clients[party].post(
            kind,
            payload,
            occurred_at=self._at(at, days=days),
            links=links or (),
            blobs={role: (data, "image/jpeg") for role, data in (blobs or {}).items()},
            key=self.keys.get(party),
        )
        self.receipts[name] = receipt
        self.told(*said, receipt)
        return receipt

    def _example(self, kind: str, **changes: Any) -> dict[str, Any]:
        """The catalogue's own example of a type, for this school."""
        from ledger.evidence.catalogue import get  # noqa: PLC0415 - only here

        payload = {**get(kind).example["payload"], **changes}
        payload.pop("blobs", None)
        return payload

    def _two(self, at: time) -> list[dict[str, str]]:
        return [
            {"person": self.people[who], "confirmed_at": self._at(at), "method": "face"}
            for who in ("storekeeper", "teacher")
        ]

    def _at(self, at: time, *, days: int = 0) -> str:
        moment = datetime.combine(self.on + timedelta(days=days), at, ZONE).astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def _photo(self, item: Item, seed: int) -> bytes:
        return pictures.weigh_in_photo(item.arrived_g + TARE_G, item.colour, seed=seed)

    def _scan(self, title: str, number: str, seed: int) -> bytes:
        return pictures.scan(title, [f"No. {number.partition(':')[2] or number}"], seed=seed)


def _line(item: Item) -> dict[str, Any]:
    return {
        "line_no": item.line_no,
        "item_code": item.code,
        "item_name": item.name,
        "lot_no": item.lot_no,
        "unit": "g",
    }


def _delivered(item: Item) -> dict[str, Any]:
    return {
        "order_line_no": item.line_no,
        "item_code": item.code,
        "lot_no": item.lot_no,
        "unit": "g",
    }


def _price(item: Item, amount_fen: int) -> dict[str, Any]:
    return {
        "line_no": item.line_no,
        "unit_price_fen": str(item.fen_per_kg),
        "price_unit": "kg",
        "amount_fen": amount_fen,
    }


def _yuan(fen: int) -> str:
    return f"¥{fen / 100:,.2f}"
