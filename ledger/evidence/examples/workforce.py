"""Examples of the workforce: a cook is registered, and stands on Monday's roster."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    CLERK,
    COOK,
    DAY,
    LABOUR,
    SUPPLIER,
    file,
    record,
)

KITCHEN_HAND: Final = "person:f4rm2kxw7zq5tvbn3hycjdasge"

STAFF_REGISTRATION: Final[dict[str, Any]] = {
    "id": record(0xA0),
    "type": "staff-registration",
    "occurred_at": "2026-08-25T09:30:00+08:00",
    "issuer": LABOUR,
    "payload": {
        "staff": COOK,
        "employer": LABOUR,
        "canteen": CANTEEN,
        "duty": "cook",
        "school_year": 2026,
        "works_from": "2026-09-01",
        "works_until": "2027-07-10",
        "identity_document": "resident-id",
        "identity_scheme": "hmac-sha256",
        "identity_key": "benxi-2026",
        "identity_hash": "5d1c0a97f3e84b26a1d07c93be4f82506a7e19d3c8b54f02e96d31a7c05b8f4e",
        "trained_on": "2026-08-21",
        "accountable": CLERK,
    },
    "blobs": [file("contract", "application/pdf")],
}

STAFF_REGISTRATION_REFUSED: Final = (
    Refused(
        "a name where a pseudonym belongs",
        {"/payload/staff": "李师傅"},
        "/payload/staff",
        "not-a-subject",
    ),
    Refused(
        "an identity number where its keyed hash belongs",
        {"/payload/identity_hash": "210502199001011234"},
        "/payload/identity_hash",
        "pattern",
    ),
    Refused(
        "a hash without a key, which any list of numbers would open",
        {"/payload/identity_scheme": "sha256"},
        "/payload/identity_scheme",
        "not-listed",
    ),
    Refused(
        "work that ends before it begins",
        {"/payload/works_until": "2026-08-31"},
        "/payload/works_until",
        "period",
    ),
    Refused(
        "one pseudonym for two school years",
        {"/payload/works_until": "2027-09-01"},
        "/payload/works_until",
        "school-year",
    ),
    Refused(
        "a supplier that employs kitchen staff",
        {"/payload/employer": SUPPLIER},
        "/payload/employer",
        "not-a-subject",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

SHIFT_ROSTER: Final[dict[str, Any]] = {
    "id": record(0xA1),
    "type": "shift-roster",
    "occurred_at": "2026-11-20T17:00:00+08:00",
    "issuer": LABOUR,
    "payload": {
        "employer": LABOUR,
        "canteen": CANTEEN,
        "shift_on": DAY,
        "shift": "early",
        "roster_no": "PB-1123",
        "starts_at": "2026-11-23T06:00:00+08:00",
        "ends_at": "2026-11-23T14:00:00+08:00",
        "people": [
            {"staff": COOK, "duty": "cook", "health_certificate": record(0x30)},
            {"staff": KITCHEN_HAND, "duty": "kitchen-hand"},
        ],
        "accountable": CLERK,
    },
}

SHIFT_ROSTER_REFUSED: Final = (
    Refused("nobody on shift", {"/payload/people": []}, "/payload/people", "too-few"),
    Refused(
        "more people than a document has subjects",
        {"/payload/people": [{"staff": COOK, "duty": "cook"}] * 61},
        "/payload/people",
        "too-many",
    ),
    Refused(
        "one person twice",
        {"/payload/people/1/staff": COOK},
        "/payload/people/1/staff",
        "same-person",
    ),
    Refused(
        "a shift that ends before it begins",
        {"/payload/ends_at": "2026-11-23T05:00:00+08:00"},
        "/payload/ends_at",
        "period",
    ),
    Refused(
        "a shift of two days",
        {"/payload/ends_at": "2026-11-25T06:00:01+08:00"},
        "/payload/ends_at",
        "too-long",
    ),
    Refused(
        "times of another day",
        {
            "/payload/starts_at": "2026-11-26T06:00:00+08:00",
            "/payload/ends_at": "2026-11-26T14:00:00+08:00",
        },
        "/payload/starts_at",
        "other-day",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
