"""Examples of admission: a permit looked up, and a supplier admitted for a term."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    ADMISSION,
    CLERK,
    ENGINE,
    FUNDS,
    HEAD,
    SUPPLIER,
    file,
    record,
)

CERTIFICATE_REVIEW: Final[dict[str, Any]] = {
    "id": record(0x84),
    "type": "certificate-review",
    "occurred_at": "2026-08-19T10:20:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "bureau": ADMISSION,
        "review_no": "ZS-2026-0211",
        "holder": SUPPLIER,
        "certificate_kind": "food-business-permit",
        "certificate_no": "JY12105020012349",
        "register_kind": "food-permit",
        "register_status": "valid",
        "checked_at": "2026-08-19T10:12:40+08:00",
        "criteria_name": "学生餐供应商准入标准",
        "criteria_version": "2026-1",
        "decision": "accepted",
        "reviewed_by": CLERK,
        "accountable": HEAD,
    },
    "blobs": [file("screenshot", "image/png")],
    "links": [{"rel": "reviews", "id": record(0x11)}],
}

CERTIFICATE_REVIEW_REFUSED: Final = (
    Refused("a review of nothing", {"/links": []}, "/links", "missing"),
    Refused(
        "a rejection without a reason",
        {"/payload/decision": "rejected"},
        "/payload/reason_codes",
        "missing",
    ),
    Refused(
        "a revoked permit taken without a word",
        {"/payload/register_status": "revoked"},
        "/payload/reason_codes",
        "missing",
    ),
    Refused(
        "neither accepted nor rejected",
        {"/payload/decision": "pending"},
        "/payload/decision",
        "not-listed",
    ),
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

ADMISSION_IN_FORCE: Final[dict[str, Any]] = {
    "id": record(0x85),
    "type": "admission",
    "occurred_at": "2026-08-20T15:30:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "bureau": ADMISSION,
        "decision_no": "ZR-2026-0034",
        "supplier": SUPPLIER,
        "decision": "in-force",
        "categories": ["meat", "poultry", "egg"],
        "effective_at": "2026-09-01T00:00:00+08:00",
        "term_from": "2026-09-01",
        "term_until": "2029-07-31",
        "criteria_name": "学生餐供应商准入标准",
        "criteria_version": "2026-1",
        "accountable": HEAD,
    },
    "links": [
        {"rel": "cites", "id": record(0x84)},
        {"rel": "under", "id": record(0x81)},
    ],
}

SUSPENDED: Final = {
    "/payload/decision": "suspended",
    "/payload/cause_code": "certificate-lapsed",
    "/payload/term_from": ...,
    "/payload/term_until": ...,
}
"""What makes the example a suspension that posts."""

ADMISSION_REFUSED: Final = (
    Refused(
        "admitted for no term",
        {"/payload/term_until": ...},
        "/payload/term_until",
        "missing",
    ),
    Refused(
        "a term that ends before it begins",
        {"/payload/term_until": "2026-08-31"},
        "/payload/term_until",
        "period",
    ),
    Refused(
        "suspended without a cause",
        {**SUSPENDED, "/payload/cause_code": ...},
        "/payload/cause_code",
        "missing",
    ),
    Refused(
        "suspended and for a term admitted at once",
        {**SUSPENDED, "/payload/term_until": "2027-01-31"},
        "/payload/term_until",
        "other-decision",
    ),
    Refused(
        "removed without a day by which to appeal",
        {**SUSPENDED, "/payload/decision": "removed"},
        "/payload/appeal_until",
        "missing",
    ),
    Refused(
        "an appeal against being admitted",
        {"/payload/appeal_until": "2026-09-15"},
        "/payload/appeal_until",
        "other-decision",
    ),
    Refused(
        "a category named twice",
        {"/payload/categories": ["meat", "meat"]},
        "/payload/categories/1",
        "twice",
    ),
    Refused(
        "another bureau's pool",
        {"/payload/bureau": FUNDS},
        "/payload/bureau",
        "other-party",
    ),
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
    Refused(
        "the rule engine that names a person without a pseudonym",
        {**SUSPENDED, "/issuer": ENGINE, "/payload/accountable": "王科长"},
        "/payload/accountable",
        "not-a-subject",
    ),
)
