"""Lists of prices without quantities: what was offered, agreed or surveyed per unit (价格清单).

As in documents of goods, prices sit in `line_prices`, apart from the lines they are for, so that
what is bought can be shown without what it costs.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal as Exact
from typing import Annotated, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import BasisPoints, Count, Decimal, Maybe, Positive, Text
from ledger.evidence.lines import MAX_LINES
from ledger.evidence.model import PAYLOAD, Part, breach
from ledger.evidence.repeats import once


class Item(Part):
    """One item of a list, as exactly as a price for it needs."""

    line_no: Positive
    item_code: Text
    item_name: Text
    specification: Maybe[Text] = None


class Price(Part):
    """The line that a price is for, and per what it is."""

    line_no: Positive
    price_unit: Literal["kg", "l", "piece", "box"]


class AgreedPrice(Price):
    """What an item will cost: a price, or how far below the reference price of the day (下浮率)."""

    unit_price_fen: Maybe[Decimal] = None
    discount_bp: Maybe[BasisPoints] = None


class SurveyedPrice(Price):
    """What an item costs on the market, and the quotes that this was made of."""

    unit_price_fen: Decimal
    lowest_fen: Count
    highest_fen: Count
    quotes: Positive


Items = Annotated[list[Item], Field(min_length=1, max_length=MAX_LINES)]
AgreedPrices = Annotated[list[AgreedPrice], Field(min_length=1, max_length=MAX_LINES)]
SurveyedPrices = Annotated[list[SurveyedPrice], Field(min_length=1, max_length=MAX_LINES)]


def agreed(
    items: Sequence[Item] | None, line_prices: Sequence[AgreedPrice] | None
) -> Iterator[Fault]:
    """Refuse prices that leave open what an item will cost; a document without either is right."""
    if items is None or line_prices is None:
        for name, given in (("lines", items), ("line_prices", line_prices)):
            if given is None and (items or line_prices):
                yield missing(pointer(PAYLOAD, name), name)
        return
    yield from _of_items(items, line_prices)
    for place, price in enumerate(line_prices):
        if (price.unit_price_fen is None) == (price.discount_bp is None):
            yield breach(
                ["line_prices", place],
                "price-or-discount",
                f"line {price.line_no} has one of unit_price_fen and discount_bp; give exactly one",
                f"行 {price.line_no} 的 unit_price_fen 与 discount_bp 须且只能填写一项",
            )


def surveyed(items: Sequence[Item], line_prices: Sequence[SurveyedPrice]) -> Iterator[Fault]:
    """Refuse prices that lie outside the quotes they were made of."""
    yield from _of_items(items, line_prices)
    for place, price in enumerate(line_prices):
        if not price.lowest_fen <= Exact(price.unit_price_fen) <= price.highest_fen:
            yield breach(
                ["line_prices", place, "unit_price_fen"],
                "price-range",
                f"{price.unit_price_fen} fen lies outside the quotes, {price.lowest_fen} to "
                f"{price.highest_fen} fen; a price is made of its quotes",
                f"{price.unit_price_fen} 分不在询价区间 {price.lowest_fen} 至 "
                f"{price.highest_fen} 分之内，请核对",
            )


def _of_items(items: Sequence[Item], line_prices: Sequence[Price]) -> Iterator[Fault]:
    """Refuse lines and items that stand twice, and prices that are not one to a line."""
    yield from once(
        ["lines"],
        [item.line_no for item in items],
        member="line_no",
        code="line-number",
        en="this line_no stands here already; number the lines differently",
        zh="行号重复，请使用不同的行号",
    )
    yield from once(
        ["lines"],
        [item.item_code for item in items],
        member="item_code",
        code="item-twice",
        en="this item stands in the list already; an item has one price, so give another "
        "specification a code of its own",
        zh="该商品已在清单中；一个商品只有一个价格，不同规格请使用不同编码",
    )
    numbers = {item.line_no for item in items}
    unpriced = set(numbers)
    for place, price in enumerate(line_prices):
        if price.line_no not in unpriced:
            known = price.line_no in numbers
            yield breach(
                ["line_prices", place, "line_no"],
                "line-price",
                f"line {price.line_no} is priced already"
                if known
                else f"there is no line {price.line_no}; a line has one price, of its own number",
                f"行 {price.line_no} 已有单价" if known else f"没有行 {price.line_no}",
            )
        unpriced.discard(price.line_no)
    for number in sorted(unpriced):
        yield breach(
            ["line_prices"],
            "line-price",
            f"line {number} has no price; each line has one",
            f"行 {number} 没有单价，每行须有一个单价",
        )
