"""Examples of billing: Monday's meals as ordered, November's invoice, and meals paid back."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    BANK,
    CLERK,
    DAY,
    FUNDS,
    HEAD,
    MEALS_ACCOUNT,
    SCHOOL,
    SUPPLIER,
    file,
    record,
)

_ROOT: Final = "8c1d5e7f90a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70811223344"
_CHILD: Final = Refused(
    "a child's name beside the sums",
    {"/payload/student_name": "小明"},
    "/payload/student_name",
    "unknown-field",
)

MEAL_ORDER: Final[dict[str, Any]] = {
    "id": record(0x90),
    "type": "meal-order",
    "occurred_at": "2026-11-20T18:05:00+08:00",
    "issuer": BANK,
    "payload": {
        "batch_no": "DC20261123-0001",
        "school": SCHOOL,
        "meal_on": DAY,
        "channel": "wechat",
        "closed_at": "2026-11-20T18:00:00+08:00",
        "meals": [
            {
                "meal": "breakfast",
                "diner_group": "student",
                "ordered": 92,
                "cancelled": 2,
                "portions": 90,
                "unit_price_fen": "500",
                "amount_fen": 45_000,
            },
            {
                "meal": "lunch",
                "diner_group": "student",
                "ordered": 140,
                "cancelled": 0,
                "portions": 140,
                "unit_price_fen": "1200",
                "amount_fen": 168_000,
            },
        ],
        "portions": 230,
        "amount_fen": 213_000,
        "lines_root": _ROOT,
        "accountable": CLERK,
    },
    "blobs": [file("lines", "text/csv")],
}

MEAL_ORDER_REFUSED: Final = (
    Refused(
        "portions that are not those ordered less those cancelled",
        {"/payload/meals/0/cancelled": 3},
        "/payload/meals/0/portions",
        "net-portions",
    ),
    Refused(
        "an amount that is not portions × price",
        {"/payload/meals/1/amount_fen": 169_200, "/payload/amount_fen": 214_200},
        "/payload/meals/1/amount_fen",
        "amount",
    ),
    Refused(
        "portions that do not add up",
        {"/payload/portions": 232},
        "/payload/portions",
        "sum",
    ),
    Refused(
        "a total that is not the sum of the meals",
        {"/payload/amount_fen": 213_500},
        "/payload/amount_fen",
        "sum",
    ),
    Refused(
        "a meal of one group at one price counted twice",
        {"/payload/meals/1/meal": "breakfast", "/payload/meals/1/unit_price_fen": "500"},
        "/payload/meals/1",
        "twice",
    ),
    _CHILD,
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

INVOICE: Final[dict[str, Any]] = {
    "id": record(0x91),
    "type": "invoice",
    "occurred_at": "2026-12-01T09:30:00+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "invoice_no": "26212000000000123456",
        "invoice_kind": "ordinary",
        "colour": "blue",
        "supplier": SUPPLIER,
        "school": SCHOOL,
        "buyer_uscc": "12210500MB0A1203X6",
        "issued_on": "2026-12-01",
        "period_from": "2026-11-01",
        "period_until": "2026-11-30",
        "lines": [
            {
                "line_no": 1,
                "item_code": "pork-leg",
                "item_name": "猪后腿肉",
                "lot_no": "P-1122",
                "quantity": 11_520,
                "unit": "g",
            },
            {
                "line_no": 2,
                "item_code": "egg-box",
                "item_name": "鲜鸡蛋（30 枚/箱）",
                "quantity": 2,
                "unit": "box",
            },
        ],
        "line_prices": [
            {
                "line_no": 1,
                "unit_price_fen": "2599.5",
                "price_unit": "kg",
                "amount_fen": 29_946,
            },
            {"line_no": 2, "unit_price_fen": "1480", "price_unit": "box", "amount_fen": 2_960},
        ],
        "untaxed_fen": 32_906,
        "tax_fen": 0,
        "amount_fen": 32_906,
        "accountable": CLERK,
    },
    "blobs": [file("invoice", "application/pdf")],
    "links": [{"rel": "bills", "id": record(0x15)}],
}

INVOICE_REFUSED: Final = (
    Refused("no invoice", {"/blobs": []}, "/blobs", "missing"),
    Refused(
        "tax on top of a total that contains it",
        {"/payload/tax_fen": 2_962},
        "/payload/tax_fen",
        "tax",
    ),
    Refused(
        "an amount that is not quantity × price",
        {
            "/payload/line_prices/1/amount_fen": 4_440,
            "/payload/untaxed_fen": 34_386,
            "/payload/amount_fen": 34_386,
        },
        "/payload/line_prices/1/amount_fen",
        "amount",
    ),
    Refused(
        "a total that is not the sum of the lines",
        {"/payload/untaxed_fen": 32_907, "/payload/amount_fen": 32_907},
        "/payload/amount_fen",
        "sum",
    ),
    Refused(
        "a red invoice that takes none back",
        {"/payload/colour": "red"},
        "/payload/cancels_invoice_no",
        "missing",
    ),
    Refused(
        "a blue invoice that takes one back",
        {"/payload/cancels_invoice_no": "26212000000000120001"},
        "/payload/cancels_invoice_no",
        "not-red",
    ),
    Refused(
        "a buyer whose credit code does not hold",
        {"/payload/buyer_uscc": "12210500MB0A1203X7"},
        "/payload/buyer_uscc",
        "check-digit",
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

REFUND: Final[dict[str, Any]] = {
    "id": record(0x92),
    "type": "refund",
    "occurred_at": "2026-11-25T11:00:00+08:00",
    "issuer": FUNDS,
    "payload": {
        "refund_no": "TK-2026-11-004",
        "school": SCHOOL,
        "account": MEALS_ACCOUNT,
        "channel": "wechat",
        "reason_code": "recall",
        "meals_from": "2026-11-24",
        "meals_until": "2026-11-24",
        "meals": [
            {
                "meal": "lunch",
                "diner_group": "student",
                "portions": 140,
                "unit_price_fen": "1200",
                "amount_fen": 168_000,
            }
        ],
        "portions": 140,
        "amount_fen": 168_000,
        "payments": 139,
        "lines_root": _ROOT,
        "prepared_by": CLERK,
        "approved_by": HEAD,
        "accountable": HEAD,
    },
    "blobs": [file("lines", "text/csv")],
    "links": [{"rel": "cites", "id": record(0x8C)}],
}

REFUND_REFUSED: Final = (
    Refused(
        "one person who prepares and approves",
        {"/payload/approved_by": CLERK},
        "/payload/approved_by",
        "same-person",
    ),
    Refused(
        "an amount that is not portions × price",
        {"/payload/meals/0/amount_fen": 168_001, "/payload/amount_fen": 168_001},
        "/payload/meals/0/amount_fen",
        "amount",
    ),
    Refused(
        "a total that is not the sum of the meals",
        {"/payload/amount_fen": 180_000},
        "/payload/amount_fen",
        "sum",
    ),
    Refused(
        "portions that do not add up",
        {"/payload/portions": 150},
        "/payload/portions",
        "sum",
    ),
    Refused(
        "a meal paid back twice",
        {
            "/payload/meals": 2
            * [
                {
                    "meal": "lunch",
                    "diner_group": "student",
                    "portions": 70,
                    "unit_price_fen": "1200",
                    "amount_fen": 84_000,
                }
            ]
        },
        "/payload/meals/1",
        "twice",
    ),
    Refused(
        "meals that end before they begin",
        {"/payload/meals_until": "2026-11-23"},
        "/payload/meals_until",
        "period",
    ),
    _CHILD,
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
