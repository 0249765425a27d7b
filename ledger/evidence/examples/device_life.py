"""Examples of a device's life: how the scale is, and a morning without power."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CABINET,
    CANTEEN,
    CLERK,
    GATEWAY,
    SCALE,
    SCHOOL,
    record,
)

DEVICE_STATUS: Final[dict[str, Any]] = {
    "id": record(0xAE),
    "type": "device-status",
    "occurred_at": "2026-11-23T06:00:00+08:00",
    "issuer": GATEWAY,
    "payload": {
        "school": SCHOOL,
        "device": SCALE,
        "observed_at": "2026-11-23T06:00:00+08:00",
        "status": "working",
        "started_at": "2026-11-16T05:31:12+08:00",
        "firmware_version": "2.4.1",
        "config_sha256": "1f60c8d2b97e43a5f08c1be6d42739a50e8fb7c1632d49a8075ec13bf94da286",
        "clock_state": "synchronised",
        "clock_offset_ms": -12,
        "last_counter": 4_710,
        "outbox_records": 2,
        "outbox_oldest_at": "2026-11-23T05:58:40+08:00",
    },
}

DEVICE_STATUS_REFUSED: Final = (
    Refused(
        "something waits since no time",
        {"/payload/outbox_oldest_at": ...},
        "/payload/outbox_oldest_at",
        "missing",
    ),
    Refused(
        "nothing waits, since two minutes",
        {"/payload/outbox_records": 0},
        "/payload/outbox_oldest_at",
        "nothing-waits",
    ),
    Refused(
        "a device by its serial number",
        {"/payload/device": "XK-3190-77"},
        "/payload/device",
        "not-a-subject",
    ),
)

OUTAGE: Final[dict[str, Any]] = {
    "id": record(0xAF),
    "type": "outage",
    "occurred_at": "2026-11-24T06:20:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "outage_no": "TY-1124",
        "school": SCHOOL,
        "canteen": CANTEEN,
        "devices": [SCALE, CABINET],
        "cause": "power",
        "planned": False,
        "from_at": "2026-11-24T05:40:00+08:00",
        "until_at": "2026-11-24T09:00:00+08:00",
        "until_is": "expected",
        "late_types": ["weigh-in", "temperature-log"],
        "meanwhile": "by-hand",
        "accountable": CLERK,
    },
    "links": [{"rel": "cites", "id": record(0xAE)}],
}

OUTAGE_REFUSED: Final = (
    Refused(
        "an outage without end",
        {"/payload/until_at": ...},
        "/payload/until_at",
        "missing",
    ),
    Refused(
        "over before it began",
        {"/payload/until_at": "2026-11-24T05:39:59+08:00"},
        "/payload/until_at",
        "period",
    ),
    Refused(
        "past, and yet to come",
        {"/payload/until_is": "past"},
        "/payload/until_at",
        "not-yet",
    ),
    Refused(
        "planned, and told afterwards",
        {"/payload/planned": True},
        "/payload/planned",
        "not-planned",
    ),
    Refused("of no device", {"/payload/devices": []}, "/payload/devices", "too-few"),
    Refused(
        "of more devices than a document has subjects",
        {"/payload/devices": [SCALE] * 61},
        "/payload/devices",
        "too-many",
    ),
    Refused(
        "one device twice",
        {"/payload/devices/1": SCALE},
        "/payload/devices/1",
        "twice",
    ),
    Refused(
        "one type twice",
        {"/payload/late_types/1": "weigh-in"},
        "/payload/late_types/1",
        "twice",
    ),
    Refused(
        "another school's canteen",
        {"/payload/canteen": "canteen:2105020002~01"},
        "/payload/canteen",
        "other-school",
    ),
    Refused(
        "a school's word that nobody answers for",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
