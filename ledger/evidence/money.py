"""Money: paid meals in, settlements out, and what the bank says of the account (EVIDENCE §4).

统收统支、专款专用: every outflow rests on a settlement, every settlement on goods that were accepted.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines
from ledger.evidence.definition import SCANS, TABLES, BlobRule, EvidenceType
from ledger.evidence.examples import money as examples
from ledger.evidence.fields import (
    Account,
    Code,
    Count,
    Date,
    Hex32,
    Integer,
    Maybe,
    Person,
    RecordId,
    School,
    Supplier,
    Text,
)
from ledger.evidence.lines import MAX_LINES, Line, LinePrices
from ledger.evidence.model import Accounted, Part, Payload, Said, breach, in_order


class SettlementLine(Line):
    """Goods that one acceptance took in."""

    acceptance: RecordId


class Deduction(Part):
    """What is not paid, and the record it rests on, a rejection for instance."""

    record: RecordId
    reason_code: Code
    amount_fen: Count


class Invoice(Part):
    """An invoice (发票) of the supplier; `tax_fen` is contained in `amount_fen`."""

    invoice_no: Text
    amount_fen: Count
    tax_fen: Count


class Settlement(Accounted):
    """One supplier is paid for one school and period (按实际分账): accepted goods less deductions."""

    settlement_no: Text
    payer_account: Account
    supplier: Supplier
    payee_account: Text
    school: School
    period_from: Date
    period_until: Date
    lines: Annotated[list[SettlementLine], Field(min_length=1, max_length=MAX_LINES)]
    line_prices: LinePrices
    gross_fen: Count
    deductions: Maybe[Annotated[list[Deduction], Field(max_length=MAX_LINES)]] = None
    net_fen: Integer
    invoices: Annotated[list[Invoice], Field(min_length=1, max_length=MAX_LINES)]
    purpose: Text
    prepared_by: Person
    approved_by: Person

    def rules(self, said: Said) -> Iterator[Fault]:
        """Gross is the lines' sum, net is gross less deductions, and two people stand behind it."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from lines.document(self.lines, self.line_prices, "gross_fen", self.gross_fen)
        net_fen = self.gross_fen - sum(cut.amount_fen for cut in self.deductions or ())
        if net_fen != self.net_fen:
            yield breach(
                ["net_fen"],
                "net-amount",
                f"net_fen is {self.net_fen}; gross_fen less the deductions is {net_fen}",
                f"net_fen 为 {self.net_fen}，总额减扣款应为 {net_fen}",
            )
        if self.approved_by == self.prepared_by:
            yield breach(
                ["approved_by"],
                "same-person",
                "who approves a settlement is not who prepared it",
                "结算的审批人不得与制单人为同一人",
            )

    def own_subjects(self) -> Iterable[str]:
        """The lots paid for."""
        return lines.lots(self.supplier, self.lines)


class MealPayment(Payload):
    """What parents paid for a school's meals on one day through one channel; never per child."""

    batch_no: Text
    school: School
    business_on: Date
    channel: Text
    account: Account
    payments: Count
    amount_fen: Count
    refunds_fen: Count
    fees_fen: Count
    lines_root: Hex32
    meals_from: Maybe[Date] = None
    meals_until: Maybe[Date] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """The days paid for do not end before they begin."""
        yield from super().rules(said)
        yield from in_order(self, "meals_from", "meals_until")


class AccountEntry(Payload):
    """One line of the dedicated account's statement (专户流水); balances must chain."""

    account: Account
    entry_no: Count
    bank_reference: Text
    booked_on: Date
    direction: Literal["credit", "debit"]
    amount_fen: Count
    balance_after_fen: Integer
    counterparty_name: Text
    counterparty_account: Maybe[Text] = None
    purpose: Text
    remittance_text: Maybe[Text] = None
    source: Literal["bank-api", "statement-file"]

    def posters(self) -> frozenset[str]:
        """The bank; from a statement's file also the bureau's finance."""
        if self.source == "bank-api":
            return frozenset({"bank"})
        return frozenset({"bank", "bureau-funds"})


TYPES: Final = (
    EvidenceType(
        name="settlement",
        family="money",
        model=Settlement,
        rule_en="A supplier is paid for accepted goods at agreed prices, less deductions; one "
        "person prepares, another approves.",
        rule_zh="按验收实际结算，扣除拒收部分；制单与审批须为不同人员。",
        posters=frozenset({"bureau-funds"}),
        document_key=("settlement_no",),
        links={"settles": ("acceptance", "rejection")},
        personal=frozenset({"payee_account"}),
        known={
            "reason_code": ("rejected", "short-weight", "quality", "late", "penalty", "rounding")
        },
        example=examples.SETTLEMENT,
        refused=examples.SETTLEMENT_REFUSED,
    ),
    EvidenceType(
        name="meal-payment",
        family="money",
        model=MealPayment,
        rule_en="The bank states what came in for a school's meals, by day and channel, never by "
        "child.",
        rule_zh="银行按学校、日期和渠道汇总餐费，不得按学生个人上链。",
        posters=frozenset({"bank"}),
        document_key=("batch_no", "account"),
        blobs=(BlobRule(role="lines", media_types=TABLES, personal=True),),
        links={},
        known={"channel": ("wechat", "alipay", "unionpay", "bank-app", "counter")},
        example=examples.MEAL_PAYMENT,
        refused=examples.MEAL_PAYMENT_REFUSED,
    ),
    EvidenceType(
        name="account-entry",
        family="money",
        model=AccountEntry,
        rule_en="Every line of the dedicated account, with the balance after it, so that none can "
        "be left out.",
        rule_zh="专户每笔流水及余额均上链，余额须首尾相接。",
        posters=frozenset({"bank", "bureau-funds"}),
        document_key=("account", "bank_reference"),
        blobs=(BlobRule(role="statement", media_types=(*SCANS, *TABLES[:3]), personal=True),),
        links={"pays": ("settlement", "refund", "meal-payment")},
        personal=frozenset({"counterparty_name", "counterparty_account", "remittance_text"}),
        known={},
        example=examples.ACCOUNT_ENTRY,
        refused=examples.ACCOUNT_ENTRY_REFUSED,
    ),
)
"""The money types of this version."""
