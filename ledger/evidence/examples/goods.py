"""Examples of goods: a lot's quarantine certificate, and its meat carried into the cold store."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    DRIVER,
    ENGINE,
    SCHOOL,
    STOREKEEPER,
    SUPPLIER,
    file,
    record,
)

LOT_DOCUMENT: Final[dict[str, Any]] = {
    "id": record(0x8A),
    "type": "lot-document",
    "occurred_at": "2026-11-23T04:20:00+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "document_kind": "animal-quarantine",
        "document_no": "2105012611220187",
        "supplier": SUPPLIER,
        "issuing_authority": "本溪市动物卫生监督所（示例）",
        "issued_on": "2026-11-22",
        "valid_until": "2026-11-23",
        "result": "pass",
        "producer_name": "本溪示范屠宰场",
        "producer_licence_no": "SC10121050200187",
        "origin": "辽宁本溪",
        "destination": "本溪市平山区",
        "vehicle_no": "辽E·T0000",
        "lines": [
            {
                "line_no": 1,
                "item_code": "pork-leg",
                "item_name": "猪后腿肉",
                "lot_no": "P-1122",
                "quantity": 480_000,
                "unit": "g",
            }
        ],
        "read_by": "ocr",
        "ocr_score_ppm": 962_000,
        "accountable": DRIVER,
    },
    "blobs": [file("scan")],
}

LOT_DOCUMENT_REFUSED: Final = (
    Refused("no scan", {"/blobs": []}, "/blobs", "missing"),
    Refused(
        "a paper that names no lot",
        {"/payload/lines/0/lot_no": ...},
        "/payload/lines/0/lot_no",
        "missing",
    ),
    Refused(
        "validity that ends before the paper was issued",
        {"/payload/valid_until": "2026-11-21"},
        "/payload/valid_until",
        "period",
    ),
    Refused(
        "two lines of one number",
        {
            "/payload/lines": [
                {
                    "line_no": 1,
                    "item_code": "pork-leg",
                    "item_name": "猪后腿肉",
                    "lot_no": lot_no,
                    "quantity": 240_000,
                    "unit": "g",
                }
                for lot_no in ("P-1122", "P-1123")
            ]
        },
        "/payload/lines/1/line_no",
        "line-number",
    ),
    Refused(
        "read by a machine that gives no score",
        {"/payload/ocr_score_ppm": ...},
        "/payload/ocr_score_ppm",
        "missing",
    ),
    Refused(
        "a score of what a person typed",
        {"/payload/read_by": "manual"},
        "/payload/ocr_score_ppm",
        "not-read",
    ),
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

STOCK_MOVE: Final[dict[str, Any]] = {
    "id": record(0x8B),
    "type": "stock-move",
    "occurred_at": "2026-11-23T06:40:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "canteen": CANTEEN,
        "move_no": "20261123-0007",
        "move_kind": "received",
        "basis": "weigh-in",
        "moved_at": "2026-11-23T06:32:00+08:00",
        "store": "chilled",
        "supplier": SUPPLIER,
        "item_code": "pork-leg",
        "item_name": "猪后腿肉",
        "specification": "冷鲜，去骨去皮",
        "lot_no": "P-1122",
        "produced_on": "2026-11-22",
        "use_by": "2026-11-25",
        "quantity": 11_520,
        "unit": "g",
        "stock_before": 2_500,
        "stock_after": 14_020,
    },
    "links": [{"rel": "uses", "id": record(0x14)}, {"rel": "uses", "id": record(0x15)}],
}

COUNTED: Final = {
    "/issuer": SCHOOL,
    "/links": [],
    "/payload/move_kind": "counted",
    "/payload/basis": "count",
    "/payload/quantity": 300,
    "/payload/stock_before": 14_020,
    "/payload/stock_after": 13_720,
    "/payload/reason_code": "trimmed",
    "/payload/accountable": STOREKEEPER,
}
"""What makes the example a count by the school that posts."""

STOCK_MOVE_REFUSED: Final = (
    Refused(
        "goods produced after they lapse",
        {"/payload/produced_on": "2026-11-26"},
        "/payload/use_by",
        "period",
    ),
    Refused(
        "a stock that what came in does not lead to",
        {"/payload/stock_after": 14_000},
        "/payload/stock_after",
        "stock",
    ),
    Refused(
        "goods issued, and more in store than before",
        {"/payload/move_kind": "issued"},
        "/payload/stock_after",
        "stock",
    ),
    Refused(
        "more issued than was there",
        {
            "/payload/move_kind": "issued",
            "/payload/quantity": 2_600,
            "/payload/stock_after": -100,
        },
        "/payload/stock_after",
        "too-small",
    ),
    Refused(
        "a count whose difference is another",
        {**COUNTED, "/payload/quantity": 200},
        "/payload/stock_after",
        "stock",
    ),
    Refused(
        "a difference that nobody explains",
        {**COUNTED, "/payload/reason_code": ...},
        "/payload/reason_code",
        "missing",
    ),
    Refused(
        "a count that rests on a weight",
        {**COUNTED, "/payload/basis": "weigh-in"},
        "/payload/basis",
        "other-basis",
    ),
    Refused(
        "waste without a reason",
        {
            "/payload/move_kind": "wasted",
            "/payload/quantity": 500,
            "/payload/stock_after": 2_000,
        },
        "/payload/reason_code",
        "missing",
    ),
    Refused(
        "a school that counts another's store",
        {**COUNTED, "/issuer": "school:2105020002"},
        "/payload/canteen",
        "other-school",
    ),
    Refused(
        "a count for which nobody is accountable",
        {**COUNTED, "/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
