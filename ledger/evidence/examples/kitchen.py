"""Examples of the kitchen: a retained sample."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import CABINET, CANTEEN, COOK, DAY, GATEWAY, file, record

SAMPLE_RETAINED: Final[dict[str, Any]] = {
    "id": record(0x38),
    "type": "sample-retained",
    "occurred_at": "2026-11-23T11:20:05+08:00",
    "issuer": GATEWAY,
    "payload": {
        "canteen": CANTEEN,
        "meal_on": DAY,
        "meal": "lunch",
        "dish_code": "d-4",
        "dish_name": "红烧肉",
        "amount_g": 131,
        "cabinet": CABINET,
        "slot": "A3",
        "container_code": "C-88",
        "retain_until": "2026-11-25T11:20:05+08:00",
        "temperature_mC": 4_100,
        "retained_by": COOK,
    },
    "blobs": [file("photo")],
    "links": [{"rel": "samples", "subject": f"dish:2105020001~01~{DAY}~lunch~d-4"}],
}

SAMPLE_RETAINED_REFUSED: Final = (
    Refused("no photo", {"/blobs": []}, "/blobs", "missing"),
    Refused(
        "a cabinet that is not written as a device",
        {"/payload/cabinet": "cab-1"},
        "/payload/cabinet",
        "not-a-subject",
    ),
    Refused(
        "a meal that is no code",
        {"/payload/meal": "午餐"},
        "/payload/meal",
        "pattern",
    ),
)
