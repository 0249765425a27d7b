"""Examples of credit: a rating, a rejection that costs points, the dispute about it, the ruling."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.findings import COMPUTED_REFUSED
from ledger.evidence.examples.inspections import INSPECTOR, SECOND_INSPECTOR
from ledger.evidence.examples.school_day import (
    CLERK,
    ENGINE,
    REGULATOR,
    SCHOOL,
    SUPPLIER,
    file,
    record,
)

RATING: Final[dict[str, Any]] = {
    "id": record(0xCC),
    "type": "rating",
    "occurred_at": "2026-12-01T01:00:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "rating",
        "policy_version": 1,
        "as_of_size": 4_890,
        "inputs": 212,
        "inputs_root": "0d4b8f2a6c1e3f597b9d0a2c4e6f8091a3b5c7d9e1f20314253647586970a8b9",
        "supplier": SUPPLIER,
        "period_from": "2026-11-01",
        "period_until": "2026-11-30",
        "factors": [
            {"factor_code": "quality", "value_ppm": 940_000, "weight_bp": 5_000},
            {"factor_code": "punctuality", "value_ppm": 985_000, "weight_bp": 3_000},
            {"factor_code": "documents", "value_ppm": 1_000_000, "weight_bp": 2_000},
        ],
        "score_ppm": 965_500,
        "grade": "a",
        "rank": 3,
        "rated_suppliers": 41,
    },
}

RATING_REFUSED: Final = (
    Refused("a score that is not its factors'", {"/payload/score_ppm": 990_000},
            "/payload/score_ppm", "score"),
    Refused("weights that make no whole", {"/payload/factors/2/weight_bp": 1_000},
            "/payload/factors", "weights"),
    Refused("a rank beyond those rated", {"/payload/rank": 42}, "/payload/rank", "rank"),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-10-31"},
        "/payload/period_until",
        "period",
    ),
    *COMPUTED_REFUSED,
)  # fmt: skip

CREDIT_ENTRY: Final[dict[str, Any]] = {
    "id": record(0xCD),
    "type": "credit-entry",
    "occurred_at": "2026-11-24T00:40:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "credit",
        "policy_version": 2,
        "as_of_size": 4_210,
        "inputs": 1,
        "inputs_root": "f1e2d3c4b5a697887960514233241506f7e8d9cabbac9d8e7f60514233241506",
        "supplier": SUPPLIER,
        "entry_no": 17,
        "entry_kind": "rejected",
        "cause": record(0x16),
        "balance_before_points": 96,
        "change_points": -2,
        "balance_after_points": 94,
        "effective_on": "2026-11-23",
        "expires_on": "2027-11-22",
    },
    "links": [{"rel": "cites", "id": record(0x16)}],
}

CREDIT_ENTRY_REFUSED: Final = (
    Refused("a balance that does not chain", {"/payload/balance_after_points": 93},
            "/payload/balance_after_points", "balance"),
    Refused("lapsed before it counts", {"/payload/expires_on": "2026-11-22"},
            "/payload/expires_on", "period"),
    Refused("no record it rests on", {"/links": []}, "/links", "missing"),
    *COMPUTED_REFUSED,
)  # fmt: skip

DISPUTE: Final[dict[str, Any]] = {
    "id": record(0xCE),
    "type": "dispute",
    "occurred_at": "2026-11-24T09:10:00+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "dispute_no": "YY-2026-02",
        "disputed_by": SUPPLIER,
        "record": record(0x16),
        "responsible": SCHOOL,
        "ground": "wrong-reason",
        "fields_disputed": ["lines", "reason"],
        "remedy": "correct",
        "noticed_on": "2026-11-23",
        "statement_zh": "退回的一箱鸡蛋为外箱破损，蛋品完好无异味，不应按变质登记。",
        "accountable": CLERK,
    },
    "blobs": [file("photo")],
    "links": [
        {
            "rel": "disputes",
            "id": record(0x16),
            "sha256": "2f6a8c0e1b3d5f7092a4b6c8dae0f1235476980abcdef1e2d3c4b5a697887960",
        }
    ],
}
"""To be posted with the id of a record about oneself, and the SHA-256 of its statement."""

DISPUTE_REFUSED: Final = (
    Refused(
        "another record than the link disputes",
        {"/payload/record": record(0x15)},
        "/payload/record",
        "other-record",
    ),
    Refused("one's own record", {"/payload/responsible": SUPPLIER},
            "/payload/responsible", "own-record"),
    Refused("one field twice", {"/payload/fields_disputed": ["lines", "lines"]},
            "/payload/fields_disputed/1", "twice"),
    Refused("no record disputed", {"/links": []}, "/links", "missing"),
    Refused(
        "a record that is not pinned down by its statement's hash",
        {"/links/0/sha256": ...},
        "/links/0",
        "link",
    ),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip

RULING: Final[dict[str, Any]] = {
    "id": record(0xCF),
    "type": "ruling",
    "occurred_at": "2026-11-26T16:00:00+08:00",
    "issuer": REGULATOR,
    "payload": {
        "ruling_no": "CD-2026-02",
        "dispute": record(0xCE),
        "disputed_by": SUPPLIER,
        "responsible": SCHOOL,
        "decision": "partly-upheld",
        "remedies": ["recompute-credit"],
        "reasons_zh": "照片显示外箱破损，未见变质；拒收有效，原因应为外包装破损，信用分按此重算。",
        "heard": [SUPPLIER, SCHOOL],
        "decided_by": [INSPECTOR, SECOND_INSPECTOR],
        "decided_at": "2026-11-26T15:40:00+08:00",
        "appeal_until": "2026-12-11",
        "accountable": INSPECTOR,
    },
    "links": [
        {
            "rel": "rules-on",
            "id": record(0xCE),
            "sha256": "b3d5f7092a4c6e8f0a1b2c3d4e5f60718293a4b5c6d7e8f9012345678abcdef0",
        }
    ],
}
"""To be posted with the id of a dispute, and the SHA-256 of its statement."""

RULING_REFUSED: Final = (
    Refused(
        "another dispute than the link rules on",
        {"/payload/dispute": record(0xCD)},
        "/payload/dispute",
        "other-record",
    ),
    Refused("a ruling by the side that disputes", {"/payload/disputed_by": REGULATOR},
            "/payload/disputed_by", "took-part"),
    Refused(
        "a ruling by another office of the other side",
        {"/payload/responsible": "regulator:11210500MB1H7728Q5~suppliers"},
        "/payload/responsible",
        "took-part",
    ),
    Refused("one side heard", {"/payload/heard": [SCHOOL]}, "/payload/heard", "not-heard"),
    Refused("one side heard twice", {"/payload/heard": [SUPPLIER, SCHOOL, SCHOOL]},
            "/payload/heard/2", "twice"),
    Refused("upheld, and nothing follows", {"/payload/remedies": []},
            "/payload/remedies", "remedies"),
    Refused("rejected, with a remedy", {"/payload/decision": "rejected"},
            "/payload/remedies", "remedies"),
    Refused("no dispute", {"/links": []}, "/links", "missing"),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip
