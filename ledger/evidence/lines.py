"""Lines of goods, their prices apart from them, and what must hold between the two (EVIDENCE §4).

Prices sit in `line_prices`, so that a school can show what was delivered without showing what it
paid.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from ledger.errors import Fault, MalformedError
from ledger.evidence import prices, subjects
from ledger.evidence.fields import Code, Count, Decimal, Maybe, Person, Positive, Text, Time
from ledger.evidence.model import Part, breach

Unit = Literal["g", "ml", "piece", "box"]
MAX_LINES = 500
"""Lines of a document; one with more is split."""


class Line(Part):
    """One item of a document: what, how much, and of which lot."""

    line_no: Positive
    item_code: Text
    item_name: Text
    lot_no: Maybe[Text] = None
    quantity: Count
    unit: Unit


class LinePrice(Part):
    """What one line costs; `unit_price_fen` is a decimal string per `price_unit`."""

    line_no: Positive
    unit_price_fen: Decimal
    price_unit: Literal["kg", "l", "piece", "box"]
    amount_fen: Count


class Confirmation(Part):
    """One person's own confirmation, when and by what means."""

    person: Person
    confirmed_at: Time
    method: Code


LinePrices = Annotated[list[LinePrice], Field(min_length=1, max_length=MAX_LINES)]
Together = Annotated[list[Confirmation], Field(min_length=2, max_length=20)]
"""People who act together, at least two (双人验收)."""


def lots(supplier: str | None, lines: Sequence[Line]) -> Iterator[str]:
    """The lots that these lines name."""
    if supplier is not None:
        for line in lines:
            if line.lot_no is not None:
                yield subjects.lot(supplier, line.item_code, line.lot_no)


def numbered_once(lines: Sequence[Line]) -> Iterator[Fault]:
    """Refuse two lines of one number."""
    seen = set()
    for place, line in enumerate(lines):
        if line.line_no in seen:
            yield breach(
                ["lines", place, "line_no"],
                "line-number",
                f"line_no {line.line_no} stands twice; number the lines differently",
                f"行号 {line.line_no} 重复，请使用不同的行号",
            )
        seen.add(line.line_no)


def priced(
    lines: Sequence[Line], line_prices: Sequence[LinePrice], total_field: str, total_fen: int
) -> Iterator[Fault]:
    """Refuse prices that are not those of the lines, and a total that is not their sum.

    Requires lines numbered once each.
    """
    goods = {line.line_no: line for line in lines}
    known, unpriced = set(goods), set(goods)
    for place, price in enumerate(line_prices):
        at: list[int | str] = ["line_prices", place]
        number = price.line_no
        if number not in unpriced:
            yield breach(
                [*at, "line_no"],
                "line-price",
                f"line {number} is priced already"
                if number in known
                else f"there is no line {number}; a line has one price, of its own number",
                f"行 {number} 已有单价" if number in known else f"没有行 {number}",
            )
            continue
        unpriced.remove(number)
        yield from _amount(at, goods[number], price)
    for number in sorted(unpriced):
        yield breach(
            ["line_prices"],
            "line-price",
            f"line {number} has no price; each line has one",
            f"行 {number} 没有单价，每行须有一个单价",
        )
    total = sum(price.amount_fen for price in line_prices)
    if total != total_fen:
        yield breach(
            [total_field],
            "sum",
            f"{total_field} is {total_fen}; the lines' amounts add up to {total}",
            f"{total_field} 为 {total_fen}，各行金额合计为 {total}",
        )


def document(
    lines: Sequence[Line], line_prices: Sequence[LinePrice], total_field: str, total_fen: int
) -> Iterator[Fault]:
    """Refuse lines numbered twice; where they are not, prices and a total that do not fit them."""
    twice = list(numbered_once(lines))
    yield from twice or priced(lines, line_prices, total_field, total_fen)


def two_people(people: Sequence[Confirmation], field: str) -> Iterator[Fault]:
    """Refuse one person who confirms twice: that makes no second pair of eyes."""
    seen = set()
    for place, confirmation in enumerate(people):
        if confirmation.person in seen:
            yield breach(
                [field, place, "person"],
                "same-person",
                "the same person stands here twice; at least two people act together",
                "同一人出现两次，须由至少两人共同完成",
            )
        seen.add(confirmation.person)


def of_school(field: str, subject: str | None, school: str) -> Iterator[Fault]:
    """Refuse a canteen or an order of another school than the document's."""
    if subject is not None and subjects.school_of(subject) != school:
        yield breach(
            [field],
            "other-school",
            f"{subject} belongs to {subjects.school_of(subject)}, not to {school}",
            f"{subject} 属于 {subjects.school_of(subject)}，不属于 {school}",
        )


def _amount(at: list[int | str], line: Line, price: LinePrice) -> Iterator[Fault]:
    try:
        amount = prices.amount_fen(line.quantity, line.unit, price.unit_price_fen, price.price_unit)
    except MalformedError as error:
        yield breach(
            [*at, "price_unit"],
            "price-unit",
            str(error),
            f"以 {line.unit} 计量的货物不能按 {price.price_unit} 计价",
        )
        return
    if amount != price.amount_fen:
        yield breach(
            [*at, "amount_fen"],
            "amount",
            f"{line.quantity} {line.unit} at {price.unit_price_fen} fen per {price.price_unit} "
            f"come to {amount} fen, half a fen rounded up",
            f"{line.quantity} {line.unit}，单价每 {price.price_unit} {price.unit_price_fen} 分，"
            f"四舍五入应为 {amount} 分",
        )
