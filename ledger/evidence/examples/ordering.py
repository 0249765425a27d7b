"""Examples of ordering: what Monday's meals need, and the supplier's answer to the order."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    CLERK,
    DAY,
    ENGINE,
    ORDER,
    SCHOOL,
    SUPPLIER,
    record,
)

DEMAND_PLAN: Final[dict[str, Any]] = {
    "id": record(0x88),
    "type": "demand-plan",
    "occurred_at": "2026-11-21T14:00:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "plan_no": "XQ-20261123",
        "school": SCHOOL,
        "canteen": CANTEEN,
        "period_from": DAY,
        "period_until": DAY,
        "basis": "meal-orders",
        "meals": [
            {"on": DAY, "meal": "breakfast", "portions": 90},
            {"on": DAY, "meal": "lunch", "portions": 140},
        ],
        "portions": 230,
        "lines": [
            {
                "line_no": 1,
                "item_code": "pork-leg",
                "item_name": "猪后腿肉",
                "needed_quantity": 14_000,
                "stock_quantity": 2_500,
                "quantity": 11_500,
                "unit": "g",
            },
            {
                "line_no": 2,
                "item_code": "egg-box",
                "item_name": "鲜鸡蛋（30 枚/箱）",
                "needed_quantity": 3,
                "stock_quantity": 0,
                "quantity": 3,
                "unit": "box",
            },
        ],
    },
    "links": [{"rel": "uses", "id": record(0x90)}],
}

DEMAND_PLAN_REFUSED: Final = (
    Refused(
        "more to buy than is needed and not in stock",
        {"/payload/lines/0/quantity": 14_000},
        "/payload/lines/0/quantity",
        "net-demand",
    ),
    Refused(
        "portions that do not add up",
        {"/payload/portions": 260},
        "/payload/portions",
        "sum",
    ),
    Refused(
        "a meal outside the period",
        {"/payload/meals/1/on": "2026-11-24"},
        "/payload/meals/1/on",
        "period",
    ),
    Refused(
        "a meal counted twice",
        {"/payload/meals/1/meal": "breakfast"},
        "/payload/meals/1",
        "twice",
    ),
    Refused(
        "two lines of one number",
        {"/payload/lines/1/line_no": 1},
        "/payload/lines/1/line_no",
        "line-number",
    ),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-11-22"},
        "/payload/period_until",
        "period",
    ),
    Refused(
        "another school's canteen",
        {"/payload/canteen": "canteen:2105020002~01"},
        "/payload/canteen",
        "other-school",
    ),
    Refused(
        "a school that plans for another",
        {"/issuer": "school:2105020002", "/payload/accountable": CLERK},
        "/payload/school",
        "other-school",
    ),
    Refused(
        "a school where nobody is accountable",
        {"/issuer": SCHOOL},
        "/payload/accountable",
        "missing",
    ),
)

ORDER_RESPONSE: Final[dict[str, Any]] = {
    "id": record(0x89),
    "type": "order-response",
    "occurred_at": "2026-11-21T16:20:00+08:00",
    "issuer": SUPPLIER,
    "payload": {
        "response_no": "JD-20261121-017",
        "supplier": SUPPLIER,
        "order": ORDER,
        "response": "accepted",
        "deliver_from": "2026-11-23T05:45:00+08:00",
        "deliver_until": "2026-11-23T06:30:00+08:00",
        "lines": [
            {
                "order_line_no": 1,
                "item_code": "pork-leg",
                "ordered_quantity": 11_500,
                "confirmed_quantity": 11_500,
                "unit": "g",
            },
            {
                "order_line_no": 2,
                "item_code": "egg-box",
                "ordered_quantity": 3,
                "confirmed_quantity": 3,
                "unit": "box",
            },
        ],
        "accountable": CLERK,
    },
    "links": [{"rel": "acknowledges", "id": record(0x12)}],
}

ORDER_RESPONSE_REFUSED: Final = (
    Refused(
        "all accepted where a line falls short",
        {
            "/payload/lines/1/confirmed_quantity": 2,
            "/payload/lines/1/reason_code": "out-of-stock",
        },
        "/payload/response",
        "response",
    ),
    Refused(
        "declined where every line is confirmed",
        {
            "/payload/response": "declined",
            "/payload/deliver_from": ...,
            "/payload/deliver_until": ...,
        },
        "/payload/response",
        "response",
    ),
    Refused(
        "a line that falls short without a reason",
        {"/payload/response": "partial", "/payload/lines/1/confirmed_quantity": 2},
        "/payload/lines/1/reason_code",
        "missing",
    ),
    Refused(
        "a substitute without a reason",
        {"/payload/response": "partial", "/payload/lines/1/substitute_item_code": "egg-tray"},
        "/payload/lines/1/reason_code",
        "missing",
    ),
    Refused(
        "more than was ordered",
        {"/payload/response": "partial", "/payload/lines/1/confirmed_quantity": 4},
        "/payload/lines/1/confirmed_quantity",
        "too-large",
    ),
    Refused(
        "a line answered twice",
        {"/payload/lines/1/order_line_no": 1},
        "/payload/lines/1/order_line_no",
        "line-number",
    ),
    Refused(
        "accepted for no time",
        {"/payload/deliver_until": ...},
        "/payload/deliver_until",
        "missing",
    ),
    Refused(
        "declined, and a delivery promised",
        {"/payload/response": "declined"},
        "/payload/deliver_from",
        "not-promised",
    ),
    Refused(
        "delivery that ends before it begins",
        {"/payload/deliver_until": "2026-11-23T05:00:00+08:00"},
        "/payload/deliver_until",
        "period",
    ),
    Refused(
        "nobody accountable",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
