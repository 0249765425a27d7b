"""Examples of supply: a registration, a permit, an order and what was sent for it."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    CLERK,
    DRIVER,
    HEAD,
    ORDER,
    SCHOOL,
    SUPPLIER,
    file,
    record,
)

SUPPLIER_REGISTRATION: Final[dict[str, Any]] = {
    "id": record(0x10),
    "type": "supplier-registration",
    "occurred_at": "2026-08-18T09:20:00+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "uscc": "91210500MA0UTC1A0P",
        "legal_name": "本溪青山肉业有限公司",
        "registered_address": "辽宁省本溪市平山区示范路 8 号",
        "legal_representative": "法定代表人（示例）",
        "contact_name": "联系人（示例）",
        "contact_phone": "024-00000000",
        "categories": ["meat", "poultry"],
        "payee_account": "0000 1111 2222 3333",
        "payee_account_name": "本溪青山肉业有限公司",
        "accountable": CLERK,
        "source_ref": "GYS-2026-0007",
    },
    "blobs": [file("business-licence")],
}

SUPPLIER_REGISTRATION_REFUSED: Final = (
    Refused(
        "a credit code whose check character does not fit",
        {"/payload/uscc": "91210500MA0UTC1A0Q"},
        "/payload/uscc",
        "check-digit",
    ),
    Refused(
        "a sole trader's credit code under a company's",
        {"/payload/uscc": "92210502MA0TERT1QY"},
        "/payload/uscc",
        "other-party",
    ),
    Refused(
        "no accountable person",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

CERTIFICATE: Final[dict[str, Any]] = {
    "id": record(0x11),
    "type": "certificate",
    "occurred_at": "2026-08-18T09:31:12.500+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "holder": SUPPLIER,
        "certificate_kind": "food-business-permit",
        "certificate_no": "JY12105020012349",
        "number_scheme": "jy",
        "issuing_authority": "本溪市平山区市场监督管理局（示例）",
        "issued_on": "2024-03-12",
        "valid_from": "2024-03-12",
        "valid_until": "2029-03-11",
        "scope": ["bulk-food", "meat"],
        "read_by": "ocr",
        "ocr_score_ppm": 981_000,
        "confirmed_by": CLERK,
        "accountable": CLERK,
    },
    "blobs": [file("scan")],
}

CERTIFICATE_REFUSED: Final = (
    Refused(
        "a permit's number whose check digit does not fit",
        {"/payload/certificate_no": "JY12105020012348"},
        "/payload/certificate_no",
        "check-digit",
    ),
    Refused(
        "validity that ends before the permit was issued",
        {"/payload/valid_from": ..., "/payload/valid_until": "2024-03-11"},
        "/payload/valid_until",
        "period",
    ),
    Refused(
        "validity that ends before it begins",
        {"/payload/valid_from": "2029-03-12"},
        "/payload/valid_until",
        "period",
    ),
    Refused(
        "a sole trader's credit code as a subject",
        {"/payload/holder": "supplier:92210502MA0YYY1A0P"},
        "/payload/holder",
        "sole-trader",
    ),
)

ORDER_PLACED: Final[dict[str, Any]] = {
    "id": record(0x12),
    "type": "order",
    "occurred_at": "2026-11-21T15:02:10.114+08:00",
    "issuer": SCHOOL,
    "payload": {
        "order_no": "A-17",
        "school": SCHOOL,
        "canteen": CANTEEN,
        "supplier": SUPPLIER,
        "ordered_by": HEAD,
        "deliver_from": "2026-11-23T05:30:00+08:00",
        "deliver_until": "2026-11-23T07:00:00+08:00",
        "lines": [
            {
                "line_no": 1,
                "item_code": "pork-leg",
                "item_name": "猪后腿肉",
                "quantity": 11_500,
                "unit": "g",
                "tolerance_bp": 200,
            },
            {
                "line_no": 2,
                "item_code": "egg-box",
                "item_name": "鲜鸡蛋（30 枚/箱）",
                "quantity": 3,
                "unit": "box",
            },
        ],
        "line_prices": [
            {
                "line_no": 1,
                "unit_price_fen": "2599.5",
                "price_unit": "kg",
                "amount_fen": 29_894,
            },
            {"line_no": 2, "unit_price_fen": "1480", "price_unit": "box", "amount_fen": 4_440},
        ],
        "amount_fen": 34_334,
        "meals_planned": 230,
        "accountable": HEAD,
        "source_ref": "ERP-55120",
    },
}

ORDER_REFUSED: Final = (
    Refused(
        "text where an integer belongs",
        {"/payload/lines/0/quantity": "11500"},
        "/payload/lines/0/quantity",
        "not-an-integer",
    ),
    Refused(
        "an integer written as a fraction",
        {"/payload/amount_fen": 34334.0},
        "/payload/amount_fen",
        "not-an-integer",
    ),
    Refused(
        "true where an integer belongs",
        {"/payload/meals_planned": True},
        "/payload/meals_planned",
        "not-an-integer",
    ),
    Refused(
        "an amount that is not quantity × price, half a fen rounded up",
        {"/payload/line_prices/0/amount_fen": 29_895, "/payload/amount_fen": 34_335},
        "/payload/line_prices/0/amount_fen",
        "amount",
    ),
    Refused(
        "a total that is not the sum of the lines",
        {"/payload/amount_fen": 34_333},
        "/payload/amount_fen",
        "sum",
    ),
    Refused(
        "grams priced per box",
        {"/payload/line_prices/0/price_unit": "box"},
        "/payload/line_prices/0/price_unit",
        "price-unit",
    ),
    Refused(
        "a second price for one line",
        {
            "/payload/lines": [
                {
                    "line_no": 1,
                    "item_code": "egg-box",
                    "item_name": "鲜鸡蛋（30 枚/箱）",
                    "quantity": 3,
                    "unit": "box",
                }
            ],
            "/payload/line_prices": 2
            * [{"line_no": 1, "unit_price_fen": "1480", "price_unit": "box", "amount_fen": 4_440}],
            "/payload/amount_fen": 8_880,
        },
        "/payload/line_prices/1/line_no",
        "line-price",
    ),
    Refused(
        "a line without a price",
        {
            "/payload/line_prices": [
                {"line_no": 2, "unit_price_fen": "1480", "price_unit": "box", "amount_fen": 4_440}
            ],
            "/payload/amount_fen": 4_440,
        },
        "/payload/line_prices",
        "line-price",
    ),
    Refused(
        "two lines of one number",
        {"/payload/lines/1/line_no": 1},
        "/payload/lines/1/line_no",
        "line-number",
    ),
    Refused(
        "delivery that ends before it begins",
        {"/payload/deliver_until": "2026-11-23T05:00:00+08:00"},
        "/payload/deliver_until",
        "period",
    ),
    Refused(
        "another school's canteen",
        {"/payload/canteen": "canteen:2105020002~01"},
        "/payload/canteen",
        "other-school",
    ),
    Refused(
        "a name where a pseudonym belongs",
        {"/payload/ordered_by": "王老师"},
        "/payload/ordered_by",
        "not-a-subject",
    ),
    Refused(
        "a time without an offset",
        {"/payload/deliver_from": "2026-11-23T05:30:00"},
        "/payload/deliver_from",
        "not-a-time",
    ),
)

DISPATCH: Final[dict[str, Any]] = {
    "id": record(0x13),
    "type": "dispatch",
    "occurred_at": "2026-11-23T04:40:00+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "dispatch_no": "送货单 17/3",
        "supplier": SUPPLIER,
        "order": ORDER,
        "vehicle_no": "辽E·T0000",
        "driver": DRIVER,
        "vehicle_temperature_mC": 3_200,
        "lines": [
            {
                "line_no": 1,
                "item_code": "pork-leg",
                "item_name": "猪后腿肉",
                "lot_no": "P-1122",
                "quantity": 11_500,
                "unit": "g",
                "produced_on": "2026-11-22",
                "use_by": "2026-11-25",
                "producer_name": "本溪示范屠宰场",
                "producer_licence_no": "SC10121050200187",
                "origin": "辽宁本溪",
            }
        ],
        "accountable": DRIVER,
    },
    "blobs": [file("lot-document")],
    "links": [{"rel": "fulfils", "subject": ORDER}],
}

DISPATCH_REFUSED: Final = (
    Refused(
        "two lines of one number",
        {
            "/payload/lines": [
                {
                    "line_no": 1,
                    "item_code": "pork-leg",
                    "item_name": "猪后腿肉",
                    "quantity": quantity,
                    "unit": "g",
                }
                for quantity in (6_000, 5_500)
            ]
        },
        "/payload/lines/1/line_no",
        "line-number",
    ),
    Refused(
        "a day that does not exist",
        {"/payload/lines/0/use_by": "2026-02-30"},
        "/payload/lines/0/use_by",
        "not-a-date",
    ),
)
