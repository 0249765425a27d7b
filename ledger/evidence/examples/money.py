"""Examples of money: a month settled, a day of paid meals, a line of the account."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    BANK,
    CLERK,
    FUNDS,
    HEAD,
    MEALS_ACCOUNT,
    SCHOOL,
    SUPPLIER,
    file,
    record,
)

SETTLEMENT: Final[dict[str, Any]] = {
    "id": record(0x20),
    "type": "settlement",
    "occurred_at": "2026-12-02T10:15:00+08:00",
    "issuer": FUNDS,
    "payload": {
        "settlement_no": "JS-2026-11-0042",
        "payer_account": MEALS_ACCOUNT,
        "supplier": SUPPLIER,
        "payee_account": "0000 1111 2222 3333",
        "school": SCHOOL,
        "period_from": "2026-11-01",
        "period_until": "2026-11-30",
        "lines": [
            {
                "line_no": 1,
                "acceptance": record(0x15),
                "item_code": "pork-leg",
                "item_name": "猪后腿肉",
                "lot_no": "P-1122",
                "quantity": 11_520,
                "unit": "g",
            },
            {
                "line_no": 2,
                "acceptance": record(0x15),
                "item_code": "egg-box",
                "item_name": "鲜鸡蛋（30 枚/箱）",
                "quantity": 3,
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
            {"line_no": 2, "unit_price_fen": "1480", "price_unit": "box", "amount_fen": 4_440},
        ],
        "gross_fen": 34_386,
        "deductions": [{"record": record(0x16), "reason_code": "rejected", "amount_fen": 1_480}],
        "net_fen": 32_906,
        "invoices": [{"invoice_no": "26212000000000123456", "amount_fen": 32_906, "tax_fen": 0}],
        "purpose": "学生餐食材款",
        "prepared_by": CLERK,
        "approved_by": HEAD,
        "accountable": HEAD,
    },
    "links": [{"rel": "settles", "id": record(0x15)}, {"rel": "settles", "id": record(0x16)}],
}

SETTLEMENT_REFUSED: Final = (
    Refused(
        "a net amount that is not gross less deductions",
        {"/payload/net_fen": 34_386},
        "/payload/net_fen",
        "net-amount",
    ),
    Refused(
        "one person who prepares and approves",
        {"/payload/approved_by": CLERK},
        "/payload/approved_by",
        "same-person",
    ),
    Refused(
        "an amount that is not quantity × price",
        {
            "/payload/line_prices/0/amount_fen": 29_945,
            "/payload/gross_fen": 34_385,
            "/payload/net_fen": 32_905,
        },
        "/payload/line_prices/0/amount_fen",
        "amount",
    ),
    Refused(
        "a gross amount that is not the sum of the lines",
        {"/payload/gross_fen": 34_387, "/payload/net_fen": 32_907},
        "/payload/gross_fen",
        "sum",
    ),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-10-31"},
        "/payload/period_until",
        "period",
    ),
    Refused(
        "more than 500 lines",
        {
            "/payload/lines": [
                {
                    "line_no": number,
                    "acceptance": record(0x15),
                    "item_code": "pork-leg",
                    "item_name": "猪后腿肉",
                    "quantity": 0,
                    "unit": "g",
                }
                for number in range(1, 502)
            ],
        },
        "/payload/lines",
        "too-many",
    ),
    Refused(
        "an account's number where its pseudonym belongs",
        {"/payload/payer_account": "6222020200112233445"},
        "/payload/payer_account",
        "not-a-subject",
    ),
)

MEAL_PAYMENT: Final[dict[str, Any]] = {
    "id": record(0x21),
    "type": "meal-payment",
    "occurred_at": "2026-11-20T23:10:00+08:00",
    "issuer": BANK,
    "payload": {
        "batch_no": "CF20261120-0001",
        "school": SCHOOL,
        "business_on": "2026-11-20",
        "channel": "wechat",
        "account": MEALS_ACCOUNT,
        "payments": 228,
        "amount_fen": 273_600,
        "refunds_fen": 1_200,
        "fees_fen": 0,
        "lines_root": "5f3b1d2c8e7a4960b1c2d3e4f5061728394a5b6c7d8e9f00112233445566778a",
        "meals_from": "2026-11-23",
        "meals_until": "2026-11-27",
    },
    "blobs": [file("lines", "text/csv")],
}

MEAL_PAYMENT_REFUSED: Final = (
    Refused(
        "meals that end before they begin",
        {"/payload/meals_until": "2026-11-22"},
        "/payload/meals_until",
        "period",
    ),
    Refused(
        "a child's name beside the sums",
        {"/payload/student_name": "小明"},
        "/payload/student_name",
        "unknown-field",
    ),
)

ACCOUNT_ENTRY: Final[dict[str, Any]] = {
    "id": record(0x22),
    "type": "account-entry",
    "occurred_at": "2026-12-03T14:22:51+08:00",
    "issuer": BANK,
    "payload": {
        "account": MEALS_ACCOUNT,
        "entry_no": 318,
        "bank_reference": "2026120314225100318",
        "booked_on": "2026-12-03",
        "direction": "debit",
        "amount_fen": 32_906,
        "balance_after_fen": 4_120_394,
        "counterparty_name": "本溪青山肉业有限公司",
        "counterparty_account": "0000 1111 2222 3333",
        "purpose": "学生餐食材款",
        "remittance_text": "JS-2026-11-0042",
        "source": "bank-api",
    },
    "links": [{"rel": "pays", "id": record(0x20)}],
}

ACCOUNT_ENTRY_REFUSED: Final = (
    Refused(
        "an amount as a decimal number",
        {"/payload/amount_fen": 329.06},
        "/payload/amount_fen",
        "not-an-integer",
    ),
    Refused(
        "a direction that is not listed",
        {"/payload/direction": "out"},
        "/payload/direction",
        "not-listed",
    ),
)
