"""Examples of inspections: the regulator's, and the canteen's own."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    DAY,
    HEAD,
    REGULATOR,
    SCHOOL,
    STOREKEEPER,
    file,
    record,
)

INSPECTOR: Final = "person:i4qd7nwz2xkm6vbt3ycrhpoeja"
SECOND_INSPECTOR: Final = "person:j6ym3tcw5rkx2zqn7hvbdfoaep"

OFFICIAL_INSPECTION: Final[dict[str, Any]] = {
    "id": record(0xC0),
    "type": "official-inspection",
    "occurred_at": "2026-11-24T11:20:00+08:00",
    "issuer": REGULATOR,
    "payload": {
        "inspection_no": "JC-2026-1187",
        "responsible": SCHOOL,
        "canteen": CANTEEN,
        "inspection_kind": "routine",
        "announced": False,
        "started_at": "2026-11-24T09:30:00+08:00",
        "ended_at": "2026-11-24T11:05:00+08:00",
        "inspectors": [INSPECTOR, SECOND_INSPECTOR],
        "items": [
            {"item_code": "purchase-records", "result": "pass"},
            {"item_code": "samples", "result": "pass"},
            {"item_code": "storage", "result": "fail", "severity": "minor"},
            {"item_code": "additives", "result": "not-applicable"},
        ],
        "conclusion": "rectify",
        "rectify_by": "2026-11-27T17:00:00+08:00",
        "accountable": INSPECTOR,
    },
    "blobs": [file("report", "application/pdf"), file("photo")],
}

OFFICIAL_INSPECTION_REFUSED: Final = (
    Refused(
        "an end before the beginning",
        {"/payload/ended_at": "2026-11-24T09:00:00+08:00"},
        "/payload/ended_at",
        "period",
    ),
    Refused("one inspector twice", {"/payload/inspectors": [INSPECTOR, INSPECTOR]},
            "/payload/inspectors/1", "twice"),
    Refused("one item twice", {"/payload/items/1/item_code": "storage"},
            "/payload/items/2/item_code", "twice"),
    Refused("a failed item without severity", {"/payload/items/2/severity": ...},
            "/payload/items/2/severity", "severity"),
    Refused("a pass though an item failed", {"/payload/conclusion": "pass"},
            "/payload/conclusion", "conclusion"),
    Refused("no deadline for what must be put right", {"/payload/rectify_by": ...},
            "/payload/rectify_by", "deadline"),
    Refused(
        "a deadline before the inspection was over",
        {"/payload/rectify_by": "2026-11-24T10:00:00+08:00"},
        "/payload/rectify_by",
        "period",
    ),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip

SELF_INSPECTION: Final[dict[str, Any]] = {
    "id": record(0xC1),
    "type": "self-inspection",
    "occurred_at": "2026-11-23T17:40:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "canteen": CANTEEN,
        "level": "daily-control",
        "period_from": DAY,
        "period_until": DAY,
        "items": [
            {"item_code": "hygiene", "result": "pass"},
            {"item_code": "morning-check", "result": "pass"},
            {
                "item_code": "disinfection",
                "result": "fail",
                "severity": "minor",
                "finding": "消毒柜温度未达设定值",
            },
        ],
        "conclusion": "rectify",
        "performed_by": STOREKEEPER,
        "approved_by": HEAD,
        "measures_taken": ["repair"],
        "accountable": HEAD,
    },
    "blobs": [file("photo")],
}

SELF_INSPECTION_REFUSED: Final = (
    Refused("a daily control of two days", {"/payload/period_from": "2026-11-22"},
            "/payload/period_until", "too-long"),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_from": "2026-11-24"},
        "/payload/period_until",
        "period",
    ),
    Refused(
        "a week's check made before the week is over",
        {"/payload/level": "weekly-check", "/payload/period_until": "2026-11-27"},
        "/payload/period_until",
        "ahead",
    ),
    Refused("a pass though an item failed", {"/payload/conclusion": "pass"},
            "/payload/conclusion", "conclusion"),
    Refused("a monthly meeting nobody attended", {"/payload/level": "monthly-meeting"},
            "/payload/attendees", "meeting"),
    Refused("one who approves his own check", {"/payload/approved_by": STOREKEEPER},
            "/payload/approved_by", "same-person"),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip
