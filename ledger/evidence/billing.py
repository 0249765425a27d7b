"""Billing: meals ordered and paid for, invoices for goods, and money paid back (EVIDENCE §2).

线上订餐、发票、退款. What parents order is summed by school and day; no record is about a child.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines, numbers, prices
from ledger.evidence.definition import SCANS, TABLES, BlobRule, EvidenceType
from ledger.evidence.examples import billing as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Account,
    Code,
    Count,
    Date,
    Decimal,
    Hex32,
    Maybe,
    Person,
    School,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.lines import MAX_LINES, Line, LinePrices
from ledger.evidence.model import PAYLOAD, Accounted, Part, Said, breach, in_order
from ledger.evidence.repeats import once


class Portions(Part):
    """Portions of one meal at one price, and what they come to; `diner_group` names no child."""

    meal: Code
    diner_group: Code
    portions: Count
    unit_price_fen: Decimal
    amount_fen: Count


class OrderedPortions(Portions):
    """Portions ordered, less those cancelled before the order closed."""

    ordered: Count
    cancelled: Count


class MealOrder(Accounted):
    """What parents ordered for a school's meals of one day (线上订餐); never per child."""

    batch_no: Text
    school: School
    meal_on: Date
    channel: Code
    closed_at: Time
    meals: Annotated[list[OrderedPortions], Field(min_length=1, max_length=MAX_LINES)]
    portions: Count
    amount_fen: Count
    lines_root: Hex32

    def rules(self, said: Said) -> Iterator[Fault]:
        """Portions are those ordered less those cancelled, and what they cost adds up."""
        yield from super().rules(said)
        for place, meal in enumerate(self.meals):
            left = meal.ordered - meal.cancelled
            if meal.portions != left:
                yield breach(
                    ["meals", place, "portions"],
                    "net-portions",
                    f"portions is {meal.portions}; ordered less cancelled is {left}",
                    f"portions 为 {meal.portions}，订餐减退订应为 {left}",
                )
        yield from _portions(self.meals, self.portions, self.amount_fen)


class InvoiceIssued(Accounted):
    """An invoice (发票) of a supplier for goods to a school; a red one takes an earlier one back."""

    invoice_no: Text
    invoice_code: Maybe[Text] = None
    invoice_kind: Code
    colour: Literal["blue", "red"]
    cancels_invoice_no: Maybe[Text] = None
    supplier: Supplier
    school: School
    buyer_uscc: Text
    issued_on: Date
    period_from: Date
    period_until: Date
    lines: Annotated[list[Line], Field(min_length=1, max_length=MAX_LINES)]
    line_prices: LinePrices
    untaxed_fen: Count
    tax_fen: Count
    amount_fen: Count

    def rules(self, said: Said) -> Iterator[Fault]:
        """Lines and tax add up, and a red invoice names the one it takes back."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from lines.document(self.lines, self.line_prices, "amount_fen", self.amount_fen)
        if self.untaxed_fen + self.tax_fen != self.amount_fen:
            total_fen = self.untaxed_fen + self.tax_fen
            yield breach(
                ["tax_fen"],
                "tax",
                f"untaxed_fen and tax_fen come to {total_fen}, not to the {self.amount_fen} of "
                "amount_fen, which contains the tax",
                f"不含税金额与税额合计为 {total_fen}，与价税合计 {self.amount_fen} 不符",
            )
        if not numbers.is_uscc(self.buyer_uscc):
            yield breach(
                ["buyer_uscc"],
                "check-digit",
                "buyer_uscc is no credit code: its form or check character does not hold; look for "
                "characters read wrongly",
                "buyer_uscc 不是有效的统一社会信用代码，请核对是否误读",
            )
        if self.colour == "red" and self.cancels_invoice_no is None:
            yield missing(pointer(PAYLOAD, "cancels_invoice_no"), "cancels_invoice_no")
        if self.colour == "blue" and self.cancels_invoice_no is not None:
            yield breach(
                ["cancels_invoice_no"],
                "not-red",
                "only a red invoice takes another back; leave it out, or make colour red",
                "只有红字发票才冲销原发票；请省略或将 colour 改为 red",
            )

    def own_subjects(self) -> Iterator[str]:
        """The lots billed."""
        return lines.lots(self.supplier, self.lines)


class Refund(Accounted):
    """Money goes back for a school's meals that were paid and not eaten (退款); never per child."""

    refund_no: Text
    school: School
    account: Account
    channel: Code
    reason_code: Code
    meals_from: Date
    meals_until: Date
    meals: Annotated[list[Portions], Field(min_length=1, max_length=MAX_LINES)]
    portions: Count
    amount_fen: Count
    payments: Count
    lines_root: Hex32
    prepared_by: Person
    approved_by: Person

    def rules(self, said: Said) -> Iterator[Fault]:
        """What goes back is portions × price, and two people stand behind it."""
        yield from super().rules(said)
        yield from in_order(self, "meals_from", "meals_until")
        yield from _portions(self.meals, self.portions, self.amount_fen)
        if self.approved_by == self.prepared_by:
            yield breach(
                ["approved_by"],
                "same-person",
                "who approves a refund is not who prepared it",
                "退款的审批人不得与制单人为同一人",
            )


def _portions(meals: Sequence[Portions], portions: int, amount_fen: int) -> Iterator[Fault]:
    """Refuse a meal that stands twice for one group, amounts that are not theirs, false totals."""
    yield from once(
        ["meals"],
        [(meal.meal, meal.diner_group, meal.unit_price_fen) for meal in meals],
        en="this meal stands here already for this group and price; give its portions once",
        zh="该餐次、人群和单价重复，请合并份数",
    )
    for place, meal in enumerate(meals):
        due_fen = prices.amount_fen(meal.portions, "piece", meal.unit_price_fen, "piece")
        if meal.amount_fen != due_fen:
            yield breach(
                ["meals", place, "amount_fen"],
                "amount",
                f"{meal.portions} portions at {meal.unit_price_fen} fen come to {due_fen} fen, half "
                "a fen rounded up",
                f"{meal.portions} 份，每份 {meal.unit_price_fen} 分，四舍五入应为 {due_fen} 分",
            )
    for name, given in (("portions", portions), ("amount_fen", amount_fen)):
        total = sum(getattr(meal, name) for meal in meals)
        if given != total:
            yield breach(
                [name],
                "sum",
                f"{name} is {given}; the meals add up to {total}",
                f"{name} 为 {given}，各餐次合计为 {total}",
            )


_MEAL_CODES: Final = {
    "meal": ("breakfast", "lunch", "dinner", "snack"),
    "diner_group": ("student", "staff", "guest"),
    "channel": ("wechat", "alipay", "unionpay", "bank-app", "counter"),
}
_LINES: Final = BlobRule(role="lines", media_types=TABLES, personal=True)

TYPES: Final = (
    EvidenceType(
        name="meal-order",
        family="money",
        model=MealOrder,
        rule_en="The bank states how many meals were ordered for a school and day, never by child; "
        "what is bought follows from it.",
        rule_zh="银行侧按学校和日期汇总订餐份数，不得按学生个人上链；采购以此为准。",
        posters=frozenset({"bank"}),
        document_key=("batch_no", "school"),
        blobs=(_LINES,),
        links={},
        known=_MEAL_CODES,
        example=examples.MEAL_ORDER,
        refused=examples.MEAL_ORDER_REFUSED,
    ),
    EvidenceType(
        name="invoice",
        family="money",
        model=InvoiceIssued,
        rule_en="A supplier bills what was accepted; lines, tax and total add up.",
        rule_zh="供应商按验收开具发票，明细、税额与价税合计须一致。",
        posters=frozenset({"supplier"}),
        bound_field="supplier",
        document_key=("invoice_no", "supplier"),
        blobs=(BlobRule(role="invoice", media_types=SCANS, required=True, many=True),),
        links={"bills": ("acceptance", "order", "dispatch")},
        known={"invoice_kind": ("ordinary", "special", "agricultural", "other")},
        example=examples.INVOICE,
        refused=examples.INVOICE_REFUSED,
    ),
    EvidenceType(
        name="refund",
        family="money",
        model=Refund,
        rule_en="Meals paid for and not eaten are paid back, summed by school; one person prepares, "
        "another approves.",
        rule_zh="已缴未用餐费按学校汇总退还，制单与审批须为不同人员，不得按学生个人上链。",
        posters=frozenset({"bureau-funds"}),
        document_key=("refund_no", "account"),
        blobs=(_LINES,),
        links={},
        known={
            **_MEAL_CODES,
            "reason_code": ("not-served", "absence", "closure", "overpaid", "recall", "frozen"),
        },
        example=examples.REFUND,
        refused=examples.REFUND_REFUSED,
    ),
)
"""The billing types of this version."""
