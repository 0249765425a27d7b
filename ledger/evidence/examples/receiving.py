"""Examples of receiving: goods weighed, taken in by two people, and refused."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    COOK,
    GATEWAY,
    ORDER,
    SCALE,
    SCHOOL,
    STOREKEEPER,
    SUPPLIER,
    file,
    record,
)

WEIGH_IN: Final[dict[str, Any]] = {
    "id": record(0x14),
    "type": "weigh-in",
    "occurred_at": "2026-11-23T06:08:31.120+08:00",
    "issuer": GATEWAY,
    "payload": {
        "school": SCHOOL,
        "canteen": CANTEEN,
        "supplier": SUPPLIER,
        "order": ORDER,
        "order_line_no": 1,
        "item_code": "pork-leg",
        "lot_no": "P-1122",
        "direction": "inbound",
        "gross_g": 12_000,
        "tare_g": 480,
        "net_g": 11_520,
        "entry_mode": "device",
        "photo_taken_at": "2026-11-23T06:08:29+08:00",
        "photo_phash": "c3d18f0e7a5b2964",
        "display_ocr_g": 11_520,
        "attended_by": [STOREKEEPER, COOK],
        "scale": SCALE,
        "counter": 4_711,
        "calibration": record(0x40),
        "division_mg": 5_000,
        "tare_source": "stored",
        "stable": True,
        "stable_readings": 5,
        "protocol": "yaohua-continuous",
        "raw_frame": "AiswMTE1MjAzMUMD",
        "clock_state": "synchronised",
        "clock_offset_ms": -12,
    },
    "blobs": [file("photo")],
    "links": [{"rel": "fulfils", "subject": ORDER}],
}

BY_HAND: Final = {
    "/payload/entry_mode": "manual",
    "/payload/accountable": STOREKEEPER,
    "/issuer": SCHOOL,
    **{
        f"/payload/{name}": ...
        for name in (
            "scale", "counter", "calibration", "division_mg", "tare_source", "stable",
            "stable_readings", "protocol", "raw_frame", "clock_state", "clock_offset_ms",
        )
    },
}  # fmt: skip
"""What makes the example an entry by hand that posts."""

WEIGH_IN_REFUSED: Final = (
    Refused(
        "a net weight that is not gross less tare",
        {"/payload/net_g": 11_530},
        "/payload/net_g",
        "net-weight",
    ),
    Refused(
        "a weight as text",
        {"/payload/gross_g": "12000"},
        "/payload/gross_g",
        "not-an-integer",
    ),
    Refused("no photo", {"/blobs": []}, "/blobs", "missing"),
    Refused(
        "a reading without the scale's counter",
        {"/payload/counter": ...},
        "/payload/counter",
        "missing",
    ),
    Refused(
        "an entry by hand that claims a scale's frame",
        {**BY_HAND, "/payload/raw_frame": "AiswMTE1MjAzMUMD"},
        "/payload/raw_frame",
        "not-a-reading",
    ),
    Refused(
        "an entry by hand that nobody answers for",
        {**BY_HAND, "/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
    Refused(
        "another school's canteen",
        {"/payload/canteen": "canteen:2105020002~01"},
        "/payload/canteen",
        "other-school",
    ),
    Refused(
        "another school's order",
        {"/payload/order": "order:2105020002~A-17"},
        "/payload/order",
        "other-school",
    ),
    Refused(
        "a frame that is not base64",
        {"/payload/raw_frame": "AiswMTE1MjAzMUMD="},
        "/payload/raw_frame",
        "not-base64",
    ),
)

_TAKEN: Final = [
    {"person": STOREKEEPER, "confirmed_at": "2026-11-23T06:31:02+08:00", "method": "face"},
    {"person": COOK, "confirmed_at": "2026-11-23T06:31:40+08:00", "method": "pin"},
]

ACCEPTANCE: Final[dict[str, Any]] = {
    "id": record(0x15),
    "type": "acceptance",
    "occurred_at": "2026-11-23T06:32:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "acceptance_no": "Y-9",
        "school": SCHOOL,
        "supplier": SUPPLIER,
        "order": ORDER,
        "acceptors": _TAKEN,
        "lines": [
            {
                "order_line_no": 1,
                "item_code": "pork-leg",
                "lot_no": "P-1122",
                "accepted_quantity": 11_520,
                "rejected_quantity": 0,
                "unit": "g",
                "net_g": 11_520,
                "temperature_mC": 3_400,
                "sensory": "pass",
                "label": "pass",
                "documents": "pass",
            },
            {
                "order_line_no": 2,
                "item_code": "egg-box",
                "accepted_quantity": 2,
                "rejected_quantity": 1,
                "unit": "box",
                "net_g": None,
                "temperature_mC": None,
                "sensory": "fail",
                "label": "pass",
                "documents": "pass",
            },
        ],
        "result": "partial",
        "accountable": STOREKEEPER,
    },
    "blobs": [file("photo")],
    "links": [{"rel": "accepts", "id": record(0x14)}],
}

ACCEPTANCE_REFUSED: Final = (
    Refused("one acceptor", {"/payload/acceptors": _TAKEN[:1]}, "/payload/acceptors", "too-few"),
    Refused(
        "one person who accepts twice",
        {"/payload/acceptors/1/person": STOREKEEPER},
        "/payload/acceptors/1/person",
        "same-person",
    ),
    Refused(
        "another school's order",
        {"/payload/order": "order:2105020002~A-17"},
        "/payload/order",
        "other-school",
    ),
    Refused("no photo", {"/blobs": []}, "/blobs", "missing"),
)

REJECTION: Final[dict[str, Any]] = {
    "id": record(0x16),
    "type": "rejection",
    "occurred_at": "2026-11-23T06:34:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "rejection_no": "J-2",
        "school": SCHOOL,
        "supplier": SUPPLIER,
        "order": ORDER,
        "rejectors": _TAKEN,
        "lines": [
            {
                "order_line_no": 2,
                "item_code": "egg-box",
                "rejected_quantity": 1,
                "unit": "box",
                "reason_code": "spoiled",
            }
        ],
        "reason": "一箱破损有异味",
        "disposal": "returned",
        "supplier_present": True,
        "accountable": STOREKEEPER,
    },
    "blobs": [file("photo")],
    "links": [{"rel": "rejects", "subject": "delivery:91210500MA0UTC1A0P~D-3"}],
}

REJECTION_REFUSED: Final = (
    Refused("one rejector", {"/payload/rejectors": _TAKEN[:1]}, "/payload/rejectors", "too-few"),
    Refused(
        "one person who refuses twice",
        {"/payload/rejectors/1/person": STOREKEEPER},
        "/payload/rejectors/1/person",
        "same-person",
    ),
    Refused(
        "a reason that is not listed",
        {"/payload/lines/0/reason_code": "too-expensive"},
        "/payload/lines/0/reason_code",
        "not-listed",
    ),
    Refused(
        "another school's order",
        {"/payload/order": "order:2105020002~A-17"},
        "/payload/order",
        "other-school",
    ),
    Refused("no photo", {"/blobs": []}, "/blobs", "missing"),
)
