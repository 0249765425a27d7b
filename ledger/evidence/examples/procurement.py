"""Examples of procurement: the term's meat is tendered, won below the market price, and signed."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    ADMISSION,
    CLERK,
    HEAD,
    LABOUR,
    SCHOOL,
    SUPPLIER,
    file,
    record,
)

TENDER: Final[dict[str, Any]] = {
    "id": record(0x80),
    "type": "tender",
    "occurred_at": "2026-07-06T09:00:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "bureau": ADMISSION,
        "tender_no": "BX-SC-2026-03",
        "title": "2026 年秋季学期学生餐大宗食材集中采购",
        "tender_kind": "goods",
        "method": "open",
        "published_at": "2026-07-06T09:00:00+08:00",
        "closes_at": "2026-07-27T09:00:00+08:00",
        "opens_at": "2026-07-27T09:30:00+08:00",
        "term_from": "2026-09-01",
        "term_until": "2027-01-31",
        "packages": [
            {
                "package_no": "1",
                "title": "猪肉、禽蛋",
                "categories": ["meat", "poultry", "egg"],
                "ceiling_fen": 320_000_000,
                "winners": 3,
            },
            {
                "package_no": "2",
                "title": "米面粮油",
                "categories": ["grain", "oil"],
                "ceiling_fen": 180_000_000,
                "winners": 2,
            },
        ],
        "ceiling_fen": 500_000_000,
        "accountable": CLERK,
    },
    "blobs": [file("notice", "application/pdf")],
}

TENDER_REFUSED: Final = (
    Refused(
        "a deadline before the notice",
        {"/payload/closes_at": "2026-07-05T09:00:00+08:00"},
        "/payload/closes_at",
        "period",
    ),
    Refused(
        "offers opened before the deadline",
        {"/payload/opens_at": "2026-07-27T08:30:00+08:00"},
        "/payload/opens_at",
        "period",
    ),
    Refused(
        "a term that ends before it begins",
        {"/payload/term_until": "2026-08-31"},
        "/payload/term_until",
        "period",
    ),
    Refused(
        "two packages of one number",
        {"/payload/packages/1/package_no": "1"},
        "/payload/packages/1/package_no",
        "twice",
    ),
    Refused(
        "a category named twice in a package",
        {"/payload/packages/1/categories": ["grain", "grain"]},
        "/payload/packages/1/categories/1",
        "twice",
    ),
    Refused(
        "a ceiling that is not the sum of the packages'",
        {"/payload/ceiling_fen": 499_999_999},
        "/payload/ceiling_fen",
        "sum",
    ),
    Refused(
        "neither food nor labour",
        {"/payload/tender_kind": "equipment"},
        "/payload/tender_kind",
        "not-listed",
    ),
)

TENDER_AWARD: Final[dict[str, Any]] = {
    "id": record(0x81),
    "type": "tender-award",
    "occurred_at": "2026-07-30T16:00:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "bureau": ADMISSION,
        "award_no": "BX-SC-2026-03-1-01",
        "tender_no": "BX-SC-2026-03",
        "package_no": "1",
        "awarded_to": SUPPLIER,
        "bids": 7,
        "rank": 1,
        "awarded_on": "2026-07-30",
        "objections_until": "2026-08-06",
        "term_from": "2026-09-01",
        "term_until": "2027-01-31",
        "lines": [
            {
                "line_no": 1,
                "item_code": "pork-leg",
                "item_name": "猪后腿肉",
                "specification": "冷鲜，去骨去皮",
            },
            {"line_no": 2, "item_code": "egg-box", "item_name": "鲜鸡蛋（30 枚/箱）"},
        ],
        "line_prices": [
            {"line_no": 1, "price_unit": "kg", "discount_bp": 1_400},
            {"line_no": 2, "price_unit": "box", "unit_price_fen": "1480"},
        ],
        "accountable": CLERK,
    },
    "blobs": [file("notice", "application/pdf")],
    "links": [{"rel": "under", "id": record(0x80)}],
}

TENDER_AWARD_REFUSED: Final = (
    Refused(
        "objections that end before the award",
        {"/payload/objections_until": "2026-07-29"},
        "/payload/objections_until",
        "period",
    ),
    Refused(
        "a term that ends before it begins",
        {"/payload/term_until": "2026-08-31"},
        "/payload/term_until",
        "period",
    ),
    Refused(
        "eighth among seven bids",
        {"/payload/rank": 8},
        "/payload/rank",
        "rank",
    ),
    Refused(
        "food won without a price list",
        {"/payload/lines": ..., "/payload/line_prices": ...},
        "/payload/lines",
        "missing",
    ),
    Refused(
        "items without prices",
        {"/payload/line_prices": ...},
        "/payload/line_prices",
        "missing",
    ),
    Refused(
        "labour won without a sum",
        {
            "/payload/awarded_to": LABOUR,
            "/payload/lines": ...,
            "/payload/line_prices": ...,
        },
        "/payload/amount_fen",
        "missing",
    ),
    Refused(
        "a price and a discount for one item, so that either may be paid",
        {"/payload/line_prices/0/unit_price_fen": "2599.5"},
        "/payload/line_prices/0",
        "price-or-discount",
    ),
    Refused(
        "an item in two lines, at two prices",
        {"/payload/lines/1/item_code": "pork-leg"},
        "/payload/lines/1/item_code",
        "item-twice",
    ),
    Refused(
        "two lines of one number",
        {"/payload/lines/1/line_no": 1},
        "/payload/lines/1/line_no",
        "line-number",
    ),
    Refused(
        "a price for no line",
        {"/payload/line_prices/1/line_no": 3},
        "/payload/line_prices/1/line_no",
        "line-price",
    ),
    Refused(
        "a line without a price",
        {"/payload/line_prices": [{"line_no": 1, "price_unit": "kg", "discount_bp": 1_400}]},
        "/payload/line_prices",
        "line-price",
    ),
    Refused(
        "a discount beyond the whole price",
        {"/payload/line_prices/0/discount_bp": 10_001},
        "/payload/line_prices/0/discount_bp",
        "too-large",
    ),
    Refused(
        "a school that wins",
        {"/payload/awarded_to": SCHOOL},
        "/payload/awarded_to",
        "not-a-subject",
    ),
)

CONTRACT: Final[dict[str, Any]] = {
    "id": record(0x83),
    "type": "contract",
    "occurred_at": "2026-08-17T14:00:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "purchaser": ADMISSION,
        "contract_no": "BX-LW-2026-002",
        "contract_kind": "labour",
        "contractor": LABOUR,
        "schools": [SCHOOL, "school:2105020002"],
        "signed_on": "2026-08-17",
        "term_from": "2026-09-01",
        "term_until": "2027-01-31",
        "amount_fen": 48_000_000,
        "payment_within_days": 30,
        "deposit_fen": 2_400_000,
        "workers_least": 12,
        "accountable": HEAD,
    },
    "blobs": [file("contract", "application/pdf")],
}

_PRICES: Final = {
    "/payload/lines": [{"line_no": 1, "item_code": "pork-leg", "item_name": "猪后腿肉"}],
    "/payload/line_prices": [{"line_no": 1, "price_unit": "kg", "unit_price_fen": "2599.5"}],
}

CONTRACT_REFUSED: Final = (
    Refused("no signed text", {"/blobs": []}, "/blobs", "missing"),
    Refused(
        "a term that ends before it begins",
        {"/payload/term_until": "2026-08-31"},
        "/payload/term_until",
        "period",
    ),
    Refused(
        "workers from a supplier",
        {"/payload/contractor": SUPPLIER},
        "/payload/contractor",
        "other-kind",
    ),
    Refused(
        "food from a labour firm",
        {"/payload/contract_kind": "goods"},
        "/payload/contractor",
        "other-kind",
    ),
    Refused(
        "labour without a number of workers",
        {"/payload/workers_least": ...},
        "/payload/workers_least",
        "missing",
    ),
    Refused(
        "a school named twice",
        {"/payload/schools": [SCHOOL, SCHOOL]},
        "/payload/schools/1",
        "twice",
    ),
    Refused(
        "a school that signs for another",
        {"/issuer": SCHOOL, "/payload/purchaser": SCHOOL},
        "/payload/schools",
        "other-school",
    ),
    Refused(
        "prices without items",
        {"/payload/line_prices": _PRICES["/payload/line_prices"]},
        "/payload/lines",
        "missing",
    ),
    Refused(
        "an item at a price and at a discount",
        {
            **_PRICES,
            "/payload/line_prices": [
                {
                    "line_no": 1,
                    "price_unit": "kg",
                    "unit_price_fen": "2599.5",
                    "discount_bp": 1_400,
                }
            ],
        },
        "/payload/line_prices/0",
        "price-or-discount",
    ),
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
