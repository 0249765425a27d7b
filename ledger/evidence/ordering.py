"""Ordering: what has to be bought before an order, and what the supplier answers (EVIDENCE §2).

以销定采、在线接单: an order rests on meals and recipes, not on what a supplier would like to sell; what
it cannot deliver it says before the day.
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines
from ledger.evidence.definition import EvidenceType
from ledger.evidence.examples import ordering as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Date,
    Maybe,
    Order,
    Positive,
    School,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.lines import MAX_LINES, Unit
from ledger.evidence.model import PAYLOAD, Accounted, Measured, Part, Said, breach, in_order
from ledger.evidence.repeats import once


class PlannedMeal(Part):
    """One meal and how many portions of it are wanted."""

    on: Date
    meal: Code
    portions: Count


class DemandLine(Part):
    """One item: what the recipes take, what is in stock, and what is left to buy."""

    line_no: Positive
    item_code: Text
    item_name: Text
    needed_quantity: Count
    stock_quantity: Count
    quantity: Count
    unit: Unit


class DemandPlan(Measured):
    """What a canteen has to buy (以销定采): portions by recipe, less what is in stock."""

    plan_no: Text
    school: School
    canteen: Canteen
    period_from: Date
    period_until: Date
    basis: Literal["meal-orders", "forecast"]
    meals: Annotated[list[PlannedMeal], Field(min_length=1, max_length=MAX_LINES)]
    portions: Count
    lines: Annotated[list[DemandLine], Field(min_length=1, max_length=MAX_LINES)]

    def rules(self, said: Said) -> Iterator[Fault]:
        """Portions add up, meals lie in the period, and nothing is bought that is in stock."""
        yield from super().rules(said)
        if not said.by_machine:
            yield from lines.of_school("school", said.issuer, self.school)
        yield from lines.of_school("canteen", self.canteen, self.school)
        yield from in_order(self, "period_from", "period_until")
        yield from self._meals()
        yield from once(
            ["lines"],
            [line.line_no for line in self.lines],
            member="line_no",
            code="line-number",
            en="this line_no stands here already; number the lines differently",
            zh="行号重复，请使用不同的行号",
        )
        for place, line in enumerate(self.lines):
            left = max(0, line.needed_quantity - line.stock_quantity)
            if line.quantity != left:
                yield breach(
                    ["lines", place, "quantity"],
                    "net-demand",
                    f"quantity is {line.quantity}; needed less in stock, and at least 0, is {left}",
                    f"quantity 为 {line.quantity}，需求减库存（不小于 0）应为 {left}",
                )

    def _meals(self) -> Iterator[Fault]:
        yield from once(
            ["meals"],
            [(meal.on, meal.meal) for meal in self.meals],
            en="this meal of this day stands here already; give its portions once",
            zh="该日该餐次重复，请合并份数",
        )
        for place, meal in enumerate(self.meals):
            if not self.period_from <= meal.on <= self.period_until:
                yield breach(
                    ["meals", place, "on"],
                    "period",
                    f"{meal.on} lies outside {self.period_from} to {self.period_until}",
                    f"{meal.on} 不在 {self.period_from} 至 {self.period_until} 之内",
                )
        total = sum(meal.portions for meal in self.meals)
        if total != self.portions:
            yield breach(
                ["portions"],
                "sum",
                f"portions is {self.portions}; the meals' portions add up to {total}",
                f"portions 为 {self.portions}，各餐次份数合计为 {total}",
            )


class ResponseLine(Part):
    """One line of the order as the supplier read it, and what it will deliver of it."""

    order_line_no: Positive
    item_code: Text
    ordered_quantity: Count
    confirmed_quantity: Count
    unit: Unit
    substitute_item_code: Maybe[Text] = None
    reason_code: Maybe[Code] = None


class OrderResponse(Accounted):
    """A supplier answers an order (在线接单): all of it, some of it, or none; an act."""

    response_no: Text
    supplier: Supplier
    order: Order
    response: Literal["accepted", "partial", "declined"]
    deliver_from: Maybe[Time] = None
    deliver_until: Maybe[Time] = None
    lines: Annotated[list[ResponseLine], Field(min_length=1, max_length=MAX_LINES)]
    note: Maybe[Text] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """The answer is what its lines come to, and what falls short of the order has a reason."""
        yield from super().rules(said)
        yield from in_order(self, "deliver_from", "deliver_until")
        for name in ("deliver_from", "deliver_until"):
            if (getattr(self, name) is None) != (self.response == "declined"):
                yield (
                    _unpromised(name)
                    if self.response == "declined"
                    else missing(pointer(PAYLOAD, name), name)
                )
        yield from once(
            ["lines"],
            [line.order_line_no for line in self.lines],
            member="order_line_no",
            code="line-number",
            en="this line of the order is answered already; answer each line once",
            zh="订单该行已答复，每行只答复一次",
        )
        for place, line in enumerate(self.lines):
            yield from _answer(place, line)
        comes_to = self._comes_to()
        if self.response != comes_to:
            yield breach(
                ["response"],
                "response",
                f"response is {self.response}; the lines come to {comes_to}",
                f"response 为 {self.response}，按各行数量应为 {comes_to}",
            )

    def _comes_to(self) -> str:
        if all(line.confirmed_quantity == 0 for line in self.lines):
            return "declined"
        if all(
            line.confirmed_quantity == line.ordered_quantity and line.substitute_item_code is None
            for line in self.lines
        ):
            return "accepted"
        return "partial"


def _unpromised(name: str) -> Fault:
    return breach(
        [name],
        "not-promised",
        f"who declines an order promises no delivery; leave {name} out",
        f"拒单时不应承诺送达时间，请省略 {name}",
    )


def _answer(place: int, line: ResponseLine) -> Iterator[Fault]:
    """Refuse more than was ordered, and less or something else without a reason."""
    at: list[int | str] = ["lines", place]
    if line.confirmed_quantity > line.ordered_quantity:
        yield breach(
            [*at, "confirmed_quantity"],
            "too-large",
            f"{line.confirmed_quantity} of {line.ordered_quantity} ordered; nobody is sent more "
            "than was ordered",
            f"订购 {line.ordered_quantity}，确认数量不得为 {line.confirmed_quantity}",
        )
    short = line.confirmed_quantity < line.ordered_quantity
    if (short or line.substitute_item_code is not None) and line.reason_code is None:
        yield missing(pointer(PAYLOAD, *at, "reason_code"), "reason_code")


TYPES: Final = (
    EvidenceType(
        name="demand-plan",
        family="supply",
        model=DemandPlan,
        rule_en="What is bought follows from the meals ordered, the recipes and the stock, and "
        "nobody who sells or pays has a say in it.",
        rule_zh="以销定采：采购量由订餐份数、食谱和库存得出，供应方与付款方不得填报。",
        posters=frozenset({"engine", "school"}),
        document_key=("plan_no", "canteen"),
        links={"uses": ("meal-order", "menu", "recipe-standard", "stock-move")},
        known={"meal": ("breakfast", "lunch", "dinner", "snack")},
        example=examples.DEMAND_PLAN,
        refused=examples.DEMAND_PLAN_REFUSED,
    ),
    EvidenceType(
        name="order-response",
        family="supply",
        model=OrderResponse,
        rule_en="A supplier answers every line of an order before the day, and says why where it "
        "falls short.",
        rule_zh="供应商在线接单须逐行答复，短缺或替代须说明原因。",
        posters=frozenset({"supplier"}),
        bound_field="supplier",
        document_key=("response_no", "supplier"),
        links={"acknowledges": ("order",)},
        known={
            "reason_code": (
                "out-of-stock",
                "lot-recalled",
                "quality",
                "transport",
                "weather",
                "price",
                "too-late",
                "suspended",
            )
        },
        example=examples.ORDER_RESPONSE,
        refused=examples.ORDER_RESPONSE_REFUSED,
    ),
)
"""The ordering types of this version."""
