"""Examples of reference prices: a fortnight's market prices of two items."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import ADMISSION, CLERK, record

REFERENCE_PRICE: Final[dict[str, Any]] = {
    "id": record(0x82),
    "type": "reference-price",
    "occurred_at": "2026-11-13T17:00:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "bureau": ADMISSION,
        "list_no": "BX-CKJ-2026-46",
        "region": "本溪市平山区",
        "source": "wholesale-market",
        "method": "mean",
        "surveyed_from": "2026-11-09",
        "surveyed_until": "2026-11-13",
        "valid_from": "2026-11-16",
        "valid_until": "2026-11-29",
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
            {
                "line_no": 1,
                "price_unit": "kg",
                "unit_price_fen": "3022.67",
                "lowest_fen": 2_900,
                "highest_fen": 3_200,
                "quotes": 6,
            },
            {
                "line_no": 2,
                "price_unit": "box",
                "unit_price_fen": "1620",
                "lowest_fen": 1_580,
                "highest_fen": 1_660,
                "quotes": 4,
            },
        ],
        "accountable": CLERK,
    },
}

REFERENCE_PRICE_REFUSED: Final = (
    Refused(
        "a price above every quote",
        {"/payload/line_prices/0/unit_price_fen": "3200.01"},
        "/payload/line_prices/0/unit_price_fen",
        "price-range",
    ),
    Refused(
        "a survey that ends before it begins",
        {"/payload/surveyed_until": "2026-11-08"},
        "/payload/surveyed_until",
        "period",
    ),
    Refused(
        "validity that ends before it begins",
        {"/payload/valid_until": "2026-11-15"},
        "/payload/valid_until",
        "period",
    ),
    Refused(
        "an item with two prices",
        {"/payload/lines/1/item_code": "pork-leg"},
        "/payload/lines/1/item_code",
        "item-twice",
    ),
    Refused(
        "a line priced twice, another not at all",
        {"/payload/line_prices/1/line_no": 1},
        "/payload/line_prices/1/line_no",
        "line-price",
    ),
    Refused(
        "a price as a decimal number",
        {"/payload/line_prices/0/unit_price_fen": 3022.67},
        "/payload/line_prices/0/unit_price_fen",
        "not-text",
    ),
    Refused(
        "a price of no quotes",
        {"/payload/line_prices/0/quotes": 0},
        "/payload/line_prices/0/quotes",
        "too-small",
    ),
)
