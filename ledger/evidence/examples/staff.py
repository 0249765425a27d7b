"""Examples of staff: a health certificate, and the morning check that rests on it."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    CLERK,
    COOK,
    GATEWAY,
    LABOUR,
    SCHOOL,
    file,
    record,
)

HEALTH_CERTIFICATE: Final[dict[str, Any]] = {
    "id": record(0x30),
    "type": "health-certificate",
    "occurred_at": "2026-08-20T11:05:00+08:00",
    "issuer": LABOUR,
    "payload": {
        "staff": COOK,
        "employer": LABOUR,
        "certificate_no": "JK-2105-2026-00381",
        "issuing_authority": "本溪市疾病预防控制中心（示例）",
        "examined_on": "2026-08-12",
        "issued_on": "2026-08-15",
        "valid_until": "2027-08-14",
        "read_by": "manual",
        "confirmed_by": CLERK,
        "accountable": CLERK,
    },
    "blobs": [file("scan", "application/pdf")],
}

HEALTH_CERTIFICATE_REFUSED: Final = (
    Refused(
        "issued before the examination",
        {"/payload/examined_on": "2026-08-16"},
        "/payload/issued_on",
        "period",
    ),
    Refused(
        "lapsed before it was issued",
        {"/payload/valid_until": "2026-08-14"},
        "/payload/valid_until",
        "period",
    ),
    Refused(
        "a name where a pseudonym belongs",
        {"/payload/staff": "李师傅"},
        "/payload/staff",
        "not-a-subject",
    ),
)

MORNING_CHECK: Final[dict[str, Any]] = {
    "id": record(0x31),
    "type": "morning-check",
    "occurred_at": "2026-11-23T05:41:07.300+08:00",
    "issuer": GATEWAY,
    "payload": {
        "canteen": CANTEEN,
        "staff": COOK,
        "checked_at": "2026-11-23T05:41:07.300+08:00",
        "identity_method": "face",
        "identity_score_ppm": 962_400,
        "forehead_mC": 36_430,
        "hands": {
            "wound": False,
            "nails": False,
            "ring": False,
            "polish": False,
            "plaster": False,
            "foreign_body": False,
        },
        "symptoms": [],
        "health_certificate": record(0x30),
        "result": "fit",
        "decided_by": "checker",
    },
    "blobs": [file("face"), file("palm"), file("back")],
}

MORNING_CHECK_REFUSED: Final = (
    Refused(
        "a temperature in degrees",
        {"/payload/forehead_mC": 36.4},
        "/payload/forehead_mC",
        "not-an-integer",
    ),
    Refused(
        "hands looked at in part",
        {"/payload/hands/ring": ...},
        "/payload/hands/ring",
        "missing",
    ),
    Refused(
        "1 where true or false belongs",
        {"/payload/hands/wound": 0},
        "/payload/hands/wound",
        "not-a-boolean",
    ),
    Refused(
        "typed in by hand, and nobody answers for it",
        {"/issuer": SCHOOL},
        "/payload/accountable",
        "missing",
    ),
    Refused(
        "a certificate's number where its record belongs",
        {"/payload/health_certificate": "JK-2105-2026-00381"},
        "/payload/health_certificate",
        "pattern",
    ),
    Refused(
        "a second photo of the face",
        {"/blobs": [file("face"), file("face, again") | {"role": "face"}]},
        "/blobs",
        "too-many",
    ),
)
