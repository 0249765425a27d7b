"""Examples of risk: a review, an assessment, a freeze and its end."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.findings import COMPUTED_REFUSED
from ledger.evidence.examples.inspections import INSPECTOR, SECOND_INSPECTOR
from ledger.evidence.examples.school_day import (
    CANTEEN,
    COOK,
    ENGINE,
    REGULATOR,
    SCHOOL,
    file,
    record,
)

RECTIFICATION_REVIEW: Final[dict[str, Any]] = {
    "id": record(0xC8),
    "type": "rectification-review",
    "occurred_at": "2026-11-24T10:05:00+08:00",
    "issuer": REGULATOR,
    "payload": {
        "work_order": "work-order:GD-2026-0317",
        "rectification": record(0x52),
        "responsible": SCHOOL,
        "done_by": COOK,
        "reviewed_by": INSPECTOR,
        "reviewed_at": "2026-11-24T10:01:00+08:00",
        "on_site": True,
        "decision": "closed",
        "remark": "现场核实，全员已佩戴工作帽",
        "accountable": INSPECTOR,
    },
    "blobs": [file("photo")],
    "links": [{"rel": "reviews", "id": record(0x52)}],
}

RECTIFICATION_REVIEW_REFUSED: Final = (
    Refused(
        "another rectification than the link reviews",
        {"/payload/rectification": record(0xC6)},
        "/payload/rectification",
        "other-record",
    ),
    Refused("a school that closes its own work order", {"/issuer": SCHOOL},
            "/payload/responsible", "own-work"),
    Refused("the cook who reviews the cook", {"/payload/reviewed_by": COOK},
            "/payload/reviewed_by", "same-person"),
    Refused("reopened, but until when?", {"/payload/decision": "reopened"},
            "/payload/new_due_at", "deadline"),
    Refused(
        "due anew before it was reviewed",
        {"/payload/decision": "reopened", "/payload/new_due_at": "2026-11-24T09:00:00+08:00"},
        "/payload/new_due_at",
        "period",
    ),
    Refused("nothing reviewed", {"/links": []}, "/links", "missing"),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip

RISK_ASSESSMENT: Final[dict[str, Any]] = {
    "id": record(0xC9),
    "type": "risk-assessment",
    "occurred_at": "2026-11-24T00:30:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "risk",
        "policy_version": 2,
        "as_of_size": 4_210,
        "inputs": 38,
        "inputs_root": "7c0e2d4b6a8f1e3d5c7b9a0f2e4d6c8b0a1f3e5d7c9b8a6f4e2d0c1b3a597f68",
        "responsible": SCHOOL,
        "canteen": CANTEEN,
        "period_from": "2026-11-17",
        "period_until": "2026-11-23",
        "factors": [
            {"factor_code": "suspicions", "value_ppm": 800_000, "weight_bp": 4_000},
            {"factor_code": "missing-evidence", "value_ppm": 500_000, "weight_bp": 3_500},
            {"factor_code": "temperature-alarms", "value_ppm": 333_333, "weight_bp": 2_500},
        ],
        "score_ppm": 578_333,
        "minor_from_ppm": 300_000,
        "major_from_ppm": 550_000,
        "critical_from_ppm": 800_000,
        "level": "major",
    },
    "links": [{"rel": "cites", "id": record(0xC6)}],
}

RISK_ASSESSMENT_REFUSED: Final = (
    Refused("a score that is not its factors'", {"/payload/score_ppm": 578_332},
            "/payload/score_ppm", "score"),
    Refused("weights that make no whole", {"/payload/factors/0/weight_bp": 4_001},
            "/payload/factors", "weights"),
    Refused(
        "one factor twice",
        {"/payload/factors/1/factor_code": "suspicions"},
        "/payload/factors/1/factor_code",
        "twice",
    ),
    Refused("a level the score does not reach", {"/payload/level": "critical"},
            "/payload/level", "level"),
    Refused("thresholds that do not ascend", {"/payload/major_from_ppm": 300_000},
            "/payload/major_from_ppm", "thresholds"),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-11-16"},
        "/payload/period_until",
        "period",
    ),
    *COMPUTED_REFUSED,
)  # fmt: skip

RISK_RESPONSE: Final[dict[str, Any]] = {
    "id": record(0xCA),
    "type": "risk-response",
    "occurred_at": "2026-11-24T00:31:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "response_no": "FX-2026-0041",
        "responsible": SCHOOL,
        "canteen": CANTEEN,
        "severity": "major",
        "response": "freeze",
        "policy_name": "risk",
        "policy_version": 2,
        "effective_from": "2026-11-24T00:31:00+08:00",
        "held_back": ["serving"],
        "instruction_zh": "暂停供餐，核查照片重复使用情况，等待监管部门现场检查。",
    },
    "links": [{"rel": "cites", "id": record(0xC9)}],
}

RISK_RESPONSE_REFUSED: Final = (
    Refused("a freeze for what is minor", {"/payload/severity": "minor"},
            "/payload/response", "response"),
    Refused(
        "a freeze that reaches into the past",
        {"/payload/effective_from": "2026-11-23T00:00:00+08:00"},
        "/payload/effective_from",
        "backdated",
    ),
    Refused("a freeze of nothing", {"/payload/held_back": ...},
            "/payload/held_back", "missing"),
    Refused(
        "a rectification without deadline",
        {
            "/payload/severity": "minor",
            "/payload/response": "rectify",
            "/payload/held_back": ...,
        },
        "/payload/due_at",
        "missing",
    ),
    Refused(
        "a deadline before it counts",
        {
            "/payload/severity": "minor",
            "/payload/response": "rectify",
            "/payload/held_back": ...,
            "/payload/due_at": "2026-11-23T12:00:00+08:00",
        },
        "/payload/due_at",
        "period",
    ),
    Refused(
        "a joint response of one office",
        {
            "/payload/severity": "critical",
            "/payload/response": "joint",
            "/payload/agencies": ["market-regulator"],
        },
        "/payload/agencies",
        "too-few",
    ),
    Refused("offices in a freeze", {"/payload/agencies": ["market-regulator", "education-bureau"]},
            "/payload/agencies", "not-here"),
    Refused("held back twice", {"/payload/held_back": ["serving", "serving"]},
            "/payload/held_back/1", "twice"),
    Refused("no cause", {"/links": []}, "/links", "missing"),
    Refused("a regulator's response that nobody answers for", {"/issuer": REGULATOR},
            "/payload/accountable", "missing"),
)  # fmt: skip

FREEZE_LIFT: Final[dict[str, Any]] = {
    "id": record(0xCB),
    "type": "freeze-lift",
    "occurred_at": "2026-11-24T12:00:00+08:00",
    "issuer": REGULATOR,
    "payload": {
        "freeze": record(0xCA),
        "responsible": SCHOOL,
        "canteen": CANTEEN,
        "released": ["serving"],
        "lifted_from": "2026-11-24T12:00:00+08:00",
        "grounds": ["inspection-passed", "rectified"],
        "evidence": [record(0xC0), record(0xC8)],
        "decided_by": SECOND_INSPECTOR,
        "accountable": INSPECTOR,
    },
    "links": [{"rel": "lifts", "id": record(0xCA)}],
}

FREEZE_LIFT_REFUSED: Final = (
    Refused(
        "another freeze than the link lifts",
        {"/payload/freeze": record(0xC1)},
        "/payload/freeze",
        "other-record",
    ),
    Refused(
        "a freeze lifted for the past",
        {"/payload/lifted_from": "2026-11-24T06:00:00+08:00"},
        "/payload/lifted_from",
        "backdated",
    ),
    Refused("no evidence", {"/payload/evidence": []}, "/payload/evidence", "too-few"),
    Refused("one record named twice", {"/payload/evidence": [record(0xC0), record(0xC0)]},
            "/payload/evidence/1", "twice"),
    Refused("released twice", {"/payload/released": ["serving", "serving"]},
            "/payload/released/1", "twice"),
    Refused("no freeze", {"/links": []}, "/links", "missing"),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip
