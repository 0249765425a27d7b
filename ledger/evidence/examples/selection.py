"""Examples of selection: a school chooses its butcher, and says how November went."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    HEAD,
    SCHOOL,
    STOREKEEPER,
    SUPPLIER,
    file,
    record,
)

_OTHER: Final = "supplier:91210500MA0R4W7K2A"

SUPPLIER_SELECTION: Final[dict[str, Any]] = {
    "id": record(0x86),
    "type": "supplier-selection",
    "occurred_at": "2026-08-26T16:40:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "selection_no": "YX-2026-2-01",
        "school": SCHOOL,
        "canteen": CANTEEN,
        "supplier": SUPPLIER,
        "categories": ["meat", "egg"],
        "method": "scoring",
        "candidates": [
            {"supplier": SUPPLIER, "points": 91},
            {"supplier": _OTHER, "points": 84},
        ],
        "selectors": [
            {
                "person": HEAD,
                "confirmed_at": "2026-08-26T16:31:00+08:00",
                "method": "signature",
            },
            {
                "person": STOREKEEPER,
                "confirmed_at": "2026-08-26T16:33:00+08:00",
                "method": "pin",
            },
        ],
        "term_from": "2026-09-01",
        "term_until": "2027-01-31",
        "accountable": HEAD,
    },
    "blobs": [file("minutes", "application/pdf")],
    "links": [{"rel": "selects", "id": record(0x85)}],
}

SUPPLIER_SELECTION_REFUSED: Final = (
    Refused(
        "a supplier who was not considered",
        {"/payload/candidates": [{"supplier": _OTHER, "points": 84}]},
        "/payload/supplier",
        "not-a-candidate",
    ),
    Refused(
        "the weaker candidate without a reason",
        {"/payload/supplier": _OTHER},
        "/payload/reason",
        "missing",
    ),
    Refused(
        "a candidate with points twice",
        {"/payload/candidates/1/supplier": SUPPLIER},
        "/payload/candidates/1/supplier",
        "twice",
    ),
    Refused(
        "one person who chooses alone",
        {"/payload/selectors/1/person": HEAD},
        "/payload/selectors/1/person",
        "same-person",
    ),
    Refused(
        "another school's canteen",
        {"/payload/canteen": "canteen:2105020002~01"},
        "/payload/canteen",
        "other-school",
    ),
    Refused(
        "a category named twice",
        {"/payload/categories": ["meat", "meat"]},
        "/payload/categories/1",
        "twice",
    ),
    Refused(
        "a term that ends before it begins",
        {"/payload/term_until": "2026-08-31"},
        "/payload/term_until",
        "period",
    ),
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

SUPPLIER_EVALUATION: Final[dict[str, Any]] = {
    "id": record(0x87),
    "type": "supplier-evaluation",
    "occurred_at": "2026-12-01T16:00:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "evaluation_no": "PJ-2026-11-03",
        "school": SCHOOL,
        "supplier": SUPPLIER,
        "period_from": "2026-11-01",
        "period_until": "2026-11-30",
        "criteria_name": "学校评价供应商评分表",
        "criteria_version": "2026-1",
        "scores": [
            {"criterion": "quality", "points": 36, "points_most": 40},
            {"criterion": "punctuality", "points": 28, "points_most": 30},
            {"criterion": "documents", "points": 30, "points_most": 30},
        ],
        "points": 94,
        "points_most": 100,
        "deliveries": 21,
        "deliveries_rejected": 1,
        "evaluated_by": STOREKEEPER,
        "remarks": "鲜鸡蛋一箱破损，已当场退回。",
        "accountable": HEAD,
    },
    "links": [{"rel": "cites", "id": record(0x16)}],
}

SUPPLIER_EVALUATION_REFUSED: Final = (
    Refused(
        "more points than there are",
        {"/payload/scores/1/points": 31, "/payload/points": 97},
        "/payload/scores/1/points",
        "too-large",
    ),
    Refused(
        "a total that is not the sum of the scores",
        {"/payload/points": 95},
        "/payload/points",
        "sum",
    ),
    Refused(
        "a best total that is not the sum of the best scores",
        {"/payload/points_most": 110},
        "/payload/points_most",
        "sum",
    ),
    Refused(
        "a criterion scored twice",
        {"/payload/scores/1/criterion": "quality"},
        "/payload/scores/1/criterion",
        "twice",
    ),
    Refused(
        "more deliveries rejected than made",
        {"/payload/deliveries_rejected": 22},
        "/payload/deliveries_rejected",
        "too-large",
    ),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-10-31"},
        "/payload/period_until",
        "period",
    ),
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
