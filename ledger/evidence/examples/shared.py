"""Examples of what concerns any record: its correction, a second signature on it."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CLERK,
    SCHOOL,
    STOREKEEPER,
    SUPPLIER,
    record,
)

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

_SHA256 = "4c6e8f0a1b2c3d4e5f60718293a4b5c6d7e8f9012345678abcdef0b3d5f7092a"

CONFIRMATION: Final[dict[str, Any]] = {
    "id": record(0xD3),
    "type": "confirmation",
    "occurred_at": "2026-11-23T06:36:00+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "record": record(0x15),
        "record_sha256": _SHA256,
        "issued_by": SCHOOL,
        "aspect": "quantity",
        "role": "supplier",
        "confirmed_by": CLERK,
        "confirmed_at": "2026-11-23T06:35:48+08:00",
        "method": "signature",
        "accountable": CLERK,
    },
    "links": [{"rel": "confirms", "id": record(0x15), "sha256": _SHA256}],
}
"""To be posted with the id of another's record, and the SHA-256 of its statement."""

CONFIRMATION_REFUSED: Final = (
    Refused(
        "another record than the link confirms",
        {"/payload/record": record(0x14)},
        "/payload/record",
        "other-record",
    ),
    Refused("one's own record", {"/issuer": SCHOOL}, "/payload/issued_by", "own-record"),
    Refused("nobody who confirms", {"/payload/confirmed_by": ...},
            "/payload/confirmed_by", "missing"),
    Refused("a role nobody has", {"/payload/role": "observer"}, "/payload/role", "not-listed"),
    Refused("no record confirmed", {"/links": []}, "/links", "missing"),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip
