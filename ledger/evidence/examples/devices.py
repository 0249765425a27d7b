"""Examples of devices: the calibration of a scale."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import CLERK, SCALE, SCHOOL, file, record

CALIBRATION: Final[dict[str, Any]] = {
    "id": record(0x40),
    "type": "calibration",
    "occurred_at": "2026-09-01T14:00:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "school": SCHOOL,
        "scale": SCALE,
        "certificate_no": "JL-2026-104477",
        "laboratory": "本溪市计量检定所（示例）",
        "method": "periodic-verification",
        "calibrated_on": "2026-09-01",
        "valid_until": "2027-08-31",
        "capacity_g": 150_000,
        "division_mg": 5_000,
        "accuracy_class": "III",
        "points": [
            {"applied_g": 0, "shown_g": 0},
            {"applied_g": 50_000, "shown_g": 50_000},
            {"applied_g": 150_000, "shown_g": 149_995},
        ],
        "result": "pass",
        "accountable": CLERK,
    },
    "blobs": [file("scan", "application/pdf")],
    "links": [{"rel": "calibrates", "subject": SCALE}],
}

CALIBRATION_REFUSED: Final = (
    Refused(
        "lapsed before it was done",
        {"/payload/valid_until": "2026-08-31"},
        "/payload/valid_until",
        "period",
    ),
    Refused("no test point", {"/payload/points": []}, "/payload/points", "too-few"),
)
