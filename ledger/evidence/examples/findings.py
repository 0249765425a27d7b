"""Examples of findings: a certificate near its end, a closure that is missing, a lie, an open account."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    CLERK,
    COOK,
    ENGINE,
    SCALE,
    SCHOOL,
    SUPPLIER,
    record,
)

_ROOT: Final = "5e1c7d3a9b2f40681c7e5a3d9f1b2c4e6a8d0f2143658790abcdef1234567890"

EXPIRY_WARNING: Final[dict[str, Any]] = {
    "id": record(0xC4),
    "type": "expiry-warning",
    "occurred_at": "2027-07-15T00:10:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "expiry",
        "policy_version": 1,
        "as_of_size": 91_040,
        "inputs": 1,
        "inputs_root": _ROOT,
        "staff": COOK,
        "certificate": record(0x30),
        "certificate_kind": "health-certificate",
        "valid_until": "2027-08-14",
        "checked_on": "2027-07-15",
        "days_left": 30,
        "lead_days": 30,
    },
    "links": [{"rel": "cites", "id": record(0x30)}],
}

COMPUTED_REFUSED: Final = (
    Refused("more inputs than entries", {"/payload/as_of_size": 1, "/payload/inputs": 2},
            "/payload/inputs", "too-many-inputs"),
    Refused("no inputs, but a root of some", {"/payload/inputs": 0},
            "/payload/inputs_root", "inputs-root"),
    Refused("a finding by no policy", {"/payload/policy_version": ...},
            "/payload/policy_version", "missing"),
    Refused("a person who answers for what was computed", {"/payload/accountable": CLERK},
            "/payload/accountable", "unknown-field"),
)  # fmt: skip
"""What is refused of everything the rule engine computes."""

EXPIRY_WARNING_REFUSED: Final = (
    Refused("a certificate of two", {"/payload/scale": SCALE}, "/payload/holder", "whose"),
    Refused("days miscounted", {"/payload/days_left": 31}, "/payload/days_left", "days"),
    Refused("a warning before its time", {"/payload/lead_days": 15},
            "/payload/lead_days", "too-early"),
    Refused("no certificate cited", {"/links": []}, "/links", "missing"),
    *COMPUTED_REFUSED,
)  # fmt: skip

MISSING_EVIDENCE: Final[dict[str, Any]] = {
    "id": record(0xC5),
    "type": "missing-evidence",
    "occurred_at": "2026-11-24T09:30:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "obligations",
        "policy_version": 3,
        "as_of_size": 4_305,
        "inputs": 1,
        "inputs_root": _ROOT,
        "obligation_kind": "closure-of-work-order",
        "source": record(0x51),
        "responsible": SCHOOL,
        "canteen": CANTEEN,
        "expected_type": "rectification-review",
        "expected_for": "work-order:GD-2026-0317",
        "due_at": "2026-11-24T09:15:00+08:00",
    },
    "links": [{"rel": "cites", "id": record(0x51)}],
}

MISSING_EVIDENCE_REFUSED: Final = (
    Refused(
        "missing before it was due",
        {"/payload/due_at": "2026-11-24T10:00:00+08:00"},
        "/payload/due_at",
        "not-due",
    ),
    Refused("a type that can be none", {"/payload/expected_type": "Rectification review"},
            "/payload/expected_type", "pattern"),
    Refused("nothing cited that makes it due", {"/links": []}, "/links", "missing"),
    *COMPUTED_REFUSED,
)  # fmt: skip

SUSPICION: Final[dict[str, Any]] = {
    "id": record(0xC6),
    "type": "suspicion",
    "occurred_at": "2026-11-24T00:15:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "fabrication",
        "policy_version": 2,
        "as_of_size": 4_210,
        "inputs": 2,
        "inputs_root": _ROOT,
        "suspicion_kind": "photo-similar",
        "responsible": SCHOOL,
        "canteen": CANTEEN,
        "severity": "major",
        "first_at": "2026-11-23T06:08:29+08:00",
        "last_at": "2026-11-23T10:01:44+08:00",
        "score_ppm": 968_000,
        "threshold_ppm": 900_000,
        "observations": [
            {"record": record(0x14), "field": "photo_phash"},
            {"record": record(0x52), "field": "photo_phash"},
        ],
    },
    "links": [
        {"rel": "cites", "id": record(0x14)},
        {"rel": "cites", "id": record(0x52)},
    ],
}

SUSPICION_REFUSED: Final = (
    Refused("a score below the threshold", {"/payload/score_ppm": 899_999},
            "/payload/score_ppm", "below-threshold"),
    Refused("one record seen twice", {"/payload/observations/1/record": record(0x14)},
            "/payload/observations/1/record", "twice"),
    Refused(
        "a last before the first",
        {"/payload/last_at": "2026-11-23T06:00:00+08:00"},
        "/payload/last_at",
        "period",
    ),
    Refused("nothing cited", {"/links": []}, "/links", "missing"),
    *COMPUTED_REFUSED,
)  # fmt: skip

RECONCILIATION: Final[dict[str, Any]] = {
    "id": record(0xC7),
    "type": "reconciliation",
    "occurred_at": "2026-12-04T00:20:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "reconciliation",
        "policy_version": 1,
        "as_of_size": 5_120,
        "inputs": 6,
        "inputs_root": _ROOT,
        "school": SCHOOL,
        "supplier": SUPPLIER,
        "period_from": "2026-11-01",
        "period_until": "2026-11-30",
        "goods": [
            {
                "item_code": "pork-leg",
                "unit": "g",
                "ordered": 11_500,
                "weighed": 11_520,
                "accepted": 11_520,
                "rejected": 0,
            },
            {
                "item_code": "egg-box",
                "unit": "box",
                "ordered": 3,
                "weighed": 0,
                "accepted": 2,
                "rejected": 1,
            },
        ],
        "accepted_fen": 32_906,
        "settled_fen": 32_906,
        "paid_fen": 32_906,
        "unsettled_fen": 0,
        "unpaid_fen": 0,
        "tolerance_fen": 100,
        "result": "matched",
    },
    "links": [
        {"rel": "cites", "id": record(0x12)},
        {"rel": "cites", "id": record(0x14)},
        {"rel": "cites", "id": record(0x15)},
        {"rel": "cites", "id": record(0x16)},
        {"rel": "cites", "id": record(0x20)},
        {"rel": "cites", "id": record(0x22)},
    ],
}

RECONCILIATION_REFUSED: Final = (
    Refused("a difference that is none", {"/payload/unpaid_fen": 1_230},
            "/payload/unpaid_fen", "difference"),
    Refused(
        "a match twelve yuan apart",
        {"/payload/paid_fen": 31_676, "/payload/unpaid_fen": 1_230},
        "/payload/result",
        "result",
    ),
    Refused("one item twice", {"/payload/goods/1/item_code": "pork-leg"},
            "/payload/goods/1/item_code", "twice"),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-10-31"},
        "/payload/period_until",
        "period",
    ),
    Refused("nothing cited", {"/links": []}, "/links", "missing"),
    *COMPUTED_REFUSED,
)  # fmt: skip
