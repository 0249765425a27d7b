"""Examples of oversight: an alert, its work order, and the answer to it."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CAMERA,
    CAMERA_GATEWAY,
    CANTEEN,
    COOK,
    ENGINE,
    HEAD,
    REGULATOR,
    SCHOOL,
    file,
    record,
)

INSPECTION_ALERT: Final[dict[str, Any]] = {
    "id": record(0x50),
    "type": "inspection-alert",
    "occurred_at": "2026-11-23T09:14:31.250+08:00",
    "issuer": CAMERA_GATEWAY,
    "payload": {
        "canteen": CANTEEN,
        "camera": CAMERA,
        "alert_kind": "no-hat",
        "severity": "minor",
        "first_seen_at": "2026-11-23T09:14:26.010+08:00",
        "confirmed_at": "2026-11-23T09:14:31.250+08:00",
        "model_sha256": "9a1f3c5b7d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192",
        "manifest_sha256": "0b2d4f6a8c0e1f3a5b7c9d0e2f4a6b8c0d2e4f6a8b0c1d3e5f7a9b0c2d4e6f80",
        "score_ppm": 913_000,
        "threshold_ppm": 800_000,
        "frames": 42,
        "box_px": [412, 88, 96, 120],
    },
    "blobs": [file("frame"), file("clip", "video/mp4")],
}

INSPECTION_ALERT_REFUSED: Final = (
    Refused("no frame", {"/blobs": []}, "/blobs", "missing"),
    Refused(
        "confirmed before it was seen",
        {"/payload/confirmed_at": "2026-11-23T09:14:20+08:00"},
        "/payload/confirmed_at",
        "period",
    ),
    Refused(
        "a box of three numbers",
        {"/payload/box_px": [412, 88, 96]},
        "/payload/box_px",
        "too-few",
    ),
    Refused(
        "a score beyond certainty",
        {"/payload/score_ppm": 1_000_001},
        "/payload/score_ppm",
        "too-large",
    ),
)

WORK_ORDER: Final[dict[str, Any]] = {
    "id": record(0x51),
    "type": "work-order",
    "occurred_at": "2026-11-23T09:15:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "work_order_no": "GD-2026-0317",
        "responsible": SCHOOL,
        "canteen": CANTEEN,
        "task_kind": "wear-protection",
        "severity": "minor",
        "due_at": "2026-11-24T09:15:00+08:00",
        "required_evidence": ["photo"],
        "reviewer_role": "regulator",
        "instruction_zh": "后厨人员须佩戴工作帽，整改后上传现场照片。",
    },
    "links": [{"rel": "opens", "id": record(0x50)}],
}

WORK_ORDER_REFUSED: Final = (
    Refused(
        "no evidence asked for",
        {"/payload/required_evidence": []},
        "/payload/required_evidence",
        "too-few",
    ),
    Refused(
        "a regulator's work order that nobody answers for",
        {"/issuer": REGULATOR},
        "/payload/accountable",
        "missing",
    ),
)

RECTIFICATION: Final[dict[str, Any]] = {
    "id": record(0x52),
    "type": "rectification",
    "occurred_at": "2026-11-23T10:02:10+08:00",
    "issuer": SCHOOL,
    "payload": {
        "work_order": "work-order:GD-2026-0317",
        "measures": "已补发工作帽并现场教育，全员佩戴",
        "done_by": COOK,
        "photo_taken_at": "2026-11-23T10:01:44+08:00",
        "photo_phash": "a7c1e03b5d9f2846",
        "accountable": HEAD,
    },
    "blobs": [file("photo of the kitchen") | {"role": "photo"}],
    "links": [{"rel": "answers", "subject": "work-order:GD-2026-0317"}],
}

RECTIFICATION_REFUSED: Final = (
    Refused("no photo", {"/blobs": []}, "/blobs", "missing"),
    Refused(
        "a work order's bare number",
        {"/payload/work_order": "GD-2026-0317"},
        "/payload/work_order",
        "not-a-subject",
    ),
)
