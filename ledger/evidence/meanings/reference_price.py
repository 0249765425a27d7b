"""What the fields of reference prices mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "list_no": ("The bureau's number of the price list.", "参考价清单编号。"),
    "reference-price.region": ("Where the prices were collected.", "采价地区。"),
    "reference-price.source": ("Where the quotes come from.", "价格来源。"),
    "reference-price.method": (
        "How the quotes became one price, so that it can be recomputed.",
        "由报价得出参考价的方法，可据此复算。",
    ),
    "surveyed_from": ("First day of collecting quotes.", "采价起始日。"),
    "surveyed_until": ("Last day of collecting quotes.", "采价截止日。"),
    "reference-price.valid_from": (
        "First day on which the list is the one to compare with.",
        "清单适用的起始日。",
    ),
    "reference-price.valid_until": (
        "Last day on which the list is the one to compare with.",
        "清单适用的截止日。",
    ),
    "reference-price.lines": (
        "The items surveyed, each with one price.",
        "采价商品清单，每项一个价格。",
    ),
    "reference-price.line_prices.unit_price_fen": (
        "The market price in fen per price_unit, a decimal string.",
        "参考价，按计价单位，单位分，十进制字符串。",
    ),
    "lowest_fen": ("The lowest quote, in fen per price_unit.", "最低报价，按计价单位，单位分。"),
    "highest_fen": ("The highest quote, in fen per price_unit.", "最高报价，按计价单位，单位分。"),
    "quotes": ("How many quotes the price was made of.", "报价份数。"),
}
"""By field, or by type and path where a type needs its own words."""
