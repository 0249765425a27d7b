"""Examples of recall: the slaughterhouse calls back a lot that a school had that day."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import DRIVER, SCHOOL, SUPPLIER, file, record

_OTHER: Final = "supplier:91210500MA0R4W7K2A"

RECALL: Final[dict[str, Any]] = {
    "id": record(0x8C),
    "type": "recall",
    "occurred_at": "2026-11-24T08:10:00+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "recall_no": "ZH-2026-002",
        "notice_no": 1,
        "stage": "opened",
        "supplier": SUPPLIER,
        "item_code": "pork-leg",
        "item_name": "猪后腿肉",
        "lots": ["P-1122"],
        "reason_code": "veterinary-drug-residue",
        "reason": "自检复测兽药残留超出限量，批次 P-1122 停止食用。",
        "hazard_class": "major",
        "action": "hold",
        "discovered_at": "2026-11-24T07:35:00+08:00",
        "due_at": "2026-11-24T10:00:00+08:00",
        "distributed_quantity": 480_000,
        "unit": "g",
        "schools": [SCHOOL],
        "accountable": DRIVER,
    },
    "blobs": [file("notice", "application/pdf")],
    "links": [{"rel": "cites", "id": record(0x8A)}],
}

CLOSED: Final = {
    "/payload/notice_no": 2,
    "/payload/stage": "closed",
    "/payload/recovered_quantity": 471_000,
    "/links": [{"rel": "supersedes", "id": record(0x8C)}],
}
"""What makes the example the notice that closes the recall."""

RECALL_REFUSED: Final = (
    Refused("no lot named", {"/payload/lots": []}, "/payload/lots", "too-few"),
    Refused(
        "a lot named twice",
        {"/payload/lots": ["P-1122", "P-1122"]},
        "/payload/lots/1",
        "twice",
    ),
    Refused(
        "a school named twice",
        {"/payload/schools": [SCHOOL, SCHOOL]},
        "/payload/schools/1",
        "twice",
    ),
    Refused(
        "a deadline before it was discovered",
        {"/payload/due_at": "2026-11-24T07:00:00+08:00"},
        "/payload/due_at",
        "period",
    ),
    Refused(
        "another supplier's lots",
        {"/issuer": _OTHER},
        "/payload/supplier",
        "other-party",
    ),
    Refused(
        "a first notice that closes",
        {**CLOSED, "/payload/notice_no": 1},
        "/payload/notice_no",
        "notice-number",
    ),
    Refused(
        "a second notice that opens",
        {"/payload/notice_no": 2},
        "/payload/notice_no",
        "notice-number",
    ),
    Refused(
        "closed without what came back",
        {**CLOSED, "/payload/recovered_quantity": ...},
        "/payload/recovered_quantity",
        "missing",
    ),
    Refused(
        "closed without what had gone out",
        {**CLOSED, "/payload/distributed_quantity": ...},
        "/payload/distributed_quantity",
        "missing",
    ),
    Refused(
        "more back than went out",
        {**CLOSED, "/payload/recovered_quantity": 480_001},
        "/payload/recovered_quantity",
        "too-large",
    ),
    Refused(
        "a hazard of no known class",
        {"/payload/hazard_class": "1"},
        "/payload/hazard_class",
        "not-listed",
    ),
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
