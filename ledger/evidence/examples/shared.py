"""Examples of what concerns any record: its correction."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import SCHOOL, STOREKEEPER, record

CORRECTION: Final[dict[str, Any]] = {
    "id": record(0x70),
    "type": "correction",
    "occurred_at": "2026-11-23T08:02:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "reason_code": "did-not-occur",
        "reason": "验收单重复提交，第二次并未发生",
        "accountable": STOREKEEPER,
    },
    "links": [
        {
            "rel": "corrects",
            "id": record(0x15),
            "sha256": "7d1a0c6b3f5e49288a17c2d4e6f80912a3b4c5d6e7f8091a2b3c4d5e6f708192",
        }
    ],
}
"""To be posted with the id of a record of one's own, and the SHA-256 of its statement."""

CORRECTION_REFUSED: Final = (
    Refused("no record to correct", {"/links": []}, "/links", "missing"),
    Refused(
        "a record that is not pinned down by its statement's hash",
        {"/links/0/sha256": ...},
        "/links/0",
        "link",
    ),
    Refused(
        "a reason that is not listed",
        {"/payload/reason_code": "changed-my-mind"},
        "/payload/reason_code",
        "not-listed",
    ),
    Refused(
        "nobody who answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
