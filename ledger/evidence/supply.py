"""Supply: who may deliver, what was ordered and what was sent for it (EVIDENCE §4)."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines, numbers, subjects
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import supply as examples
from ledger.evidence.fields import (
    BasisPoints,
    Canteen,
    Code,
    Count,
    Date,
    Holder,
    Integer,
    Maybe,
    Order,
    Person,
    Ppm,
    School,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.lines import MAX_LINES, Line, LinePrices
from ledger.evidence.model import Accounted, Said, breach, in_order


class SupplierRegistration(Accounted):
    """A supplier says who it is (在线注册): whoever is paid later must have said so here first."""

    uscc: Text
    legal_name: Text
    registered_address: Text
    legal_representative: Text
    contact_name: Maybe[Text] = None
    contact_phone: Maybe[Text] = None
    categories: Annotated[list[Code], Field(min_length=1, max_length=50)]
    payee_account: Text
    payee_account_name: Text

    def rules(self, said: Said) -> Iterator[Fault]:
        """The credit code's check character holds, and a sole trader's stands for a random party."""
        yield from super().rules(said)
        yield from _check_number("uscc", self.uscc, "uscc")
        party = subjects.value(said.issuer).partition("~")[0]
        if numbers.is_sole_trader(self.uscc) and numbers.is_uscc_shaped(party):
            yield breach(
                ["uscc"],
                "other-party",
                "a sole trader registers as the random party that POST /v1/pseudonyms gave it, not "
                "under a company's credit code",
                "个体工商户须以 POST /v1/pseudonyms 分配的随机主体登记，不得使用其他企业的代码",
            )

    def own_subjects(self) -> Iterable[str]:
        """The supplier, where its credit code names no person."""
        if not numbers.is_sole_trader(self.uscc):
            yield f"supplier:{self.uscc}"


class Certificate(Accounted):
    """A licence or permit of its holder (资质证照), read off its scan and checked by its number."""

    holder: Holder
    certificate_kind: Code
    certificate_no: Text
    number_scheme: numbers.Scheme
    issuing_authority: Text
    issued_on: Date
    valid_from: Maybe[Date] = None
    valid_until: Date | None
    scope: Annotated[list[Code], Field(min_length=1, max_length=50)]
    read_by: Literal["ocr", "manual"]
    ocr_score_ppm: Maybe[Ppm] = None
    confirmed_by: Maybe[Person] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """The number's check digit holds, and validity does not end before it begins."""
        yield from super().rules(said)
        yield from _check_number("certificate_no", self.certificate_no, self.number_scheme)
        yield from in_order(self, "issued_on", "valid_until")
        yield from in_order(self, "valid_from", "valid_until")


class OrderLine(Line):
    """A line of an order; more or less than ordered is taken within the tolerance."""

    tolerance_bp: Maybe[BasisPoints] = None


class OrderPlaced(Accounted):
    """A school orders from a supplier (以销定采); an act, blocked where the supplier has lapsed."""

    order_no: Text
    school: School
    canteen: Canteen
    supplier: Supplier
    ordered_by: Person
    deliver_from: Time
    deliver_until: Time
    lines: Annotated[list[OrderLine], Field(min_length=1, max_length=MAX_LINES)]
    line_prices: LinePrices
    amount_fen: Count
    meals_planned: Maybe[Count] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Amounts are quantity × price, the total is their sum, and the canteen is the school's."""
        yield from super().rules(said)
        yield from lines.of_school("canteen", self.canteen, self.school)
        yield from in_order(self, "deliver_from", "deliver_until")
        yield from lines.document(self.lines, self.line_prices, "amount_fen", self.amount_fen)

    def own_subjects(self) -> Iterable[str]:
        """The order itself, and its lots."""
        yield subjects.order(self.school, self.order_no)
        yield from lines.lots(self.supplier, self.lines)


class DispatchLine(Line):
    """A line of a delivery, with what the purchase record must hold (进货查验)."""

    produced_on: Maybe[Date] = None
    use_by: Maybe[Date] = None
    producer_name: Maybe[Text] = None
    producer_licence_no: Maybe[Text] = None
    origin: Maybe[Text] = None


class Dispatch(Accounted):
    """A supplier sends goods off (在线接单、配送)."""

    dispatch_no: Text
    supplier: Supplier
    order: Order
    vehicle_no: Maybe[Text] = None
    driver: Maybe[Person] = None
    vehicle_temperature_mC: Maybe[Integer] = None
    lines: Annotated[list[DispatchLine], Field(min_length=1, max_length=MAX_LINES)]

    def rules(self, said: Said) -> Iterator[Fault]:
        """Each line has a number of its own."""
        yield from super().rules(said)
        yield from lines.numbered_once(self.lines)

    def own_subjects(self) -> Iterable[str]:
        """The delivery itself, and its lots."""
        yield subjects.delivery(self.supplier, self.dispatch_no)
        yield from lines.lots(self.supplier, self.lines)


def _check_number(field: str, number: str, scheme: numbers.Scheme) -> Iterator[Fault]:
    if not numbers.holds(number, scheme):
        yield breach(
            [field],
            "check-digit",
            f"{field} is no {scheme.upper()} number: its form or check digit does not hold; look "
            "for characters read wrongly",
            f"{field} 不是有效的 {scheme.upper()} 编号，格式或校验位不符，请核对是否误读",
        )


TYPES: Final = (
    EvidenceType(
        name="supplier-registration",
        family="supply",
        model=SupplierRegistration,
        rule_en="A supplier states its identity and the account to be paid before it delivers.",
        rule_zh="供应商在供货前登记主体信息和收款账户。",
        posters=frozenset({"supplier"}),
        bound_field="uscc",
        document_key=("uscc",),
        blobs=(BlobRule(role="business-licence", media_types=SCANS, many=True),),
        links={},
        personal=frozenset(
            {
                "legal_representative",
                "contact_name",
                "contact_phone",
                "payee_account",
                "payee_account_name",
            }
        ),
        known={
            "categories": (
                "grain",
                "oil",
                "meat",
                "poultry",
                "egg",
                "aquatic",
                "vegetable",
                "fruit",
                "dairy",
                "bean-product",
                "condiment",
                "frozen",
                "prepared",
            )
        },
        example=examples.SUPPLIER_REGISTRATION,
        refused=examples.SUPPLIER_REGISTRATION_REFUSED,
    ),
    EvidenceType(
        name="certificate",
        family="supply",
        model=Certificate,
        rule_en="A licence is stored with its number checked and its validity, so that nothing is "
        "ordered after it lapses.",
        rule_zh="证照上链并校验编号与有效期，过期后不得下单。",
        posters=frozenset({"supplier", "labour", "school"}),
        bound_field="holder",
        document_key=("holder", "certificate_kind", "certificate_no", "valid_until"),
        blobs=(BlobRule(role="scan", media_types=SCANS, many=True),),
        links={"renews": ("certificate",)},
        known={
            "certificate_kind": (
                "business-licence",
                "food-business-permit",
                "food-production-permit",
                "labour-dispatch-permit",
                "liability-insurance",
                "haccp",
                "iso-22000",
            ),
            "scope": (
                "prepackaged-food",
                "bulk-food",
                "catering",
                "meat",
                "vegetable",
                "dairy",
                "edible-oil",
                "grain",
                "labour",
            ),
        },
        example=examples.CERTIFICATE,
        refused=examples.CERTIFICATE_REFUSED,
    ),
    EvidenceType(
        name="order",
        family="supply",
        model=OrderPlaced,
        rule_en="A school orders goods at prices that add up, from a supplier that is admitted.",
        rule_zh="学校按需向已准入的供应商下单，金额须与数量和单价一致。",
        posters=frozenset({"school"}),
        bound_field="school",
        document_key=("order_no", "school"),
        links={"under": ("tender-award", "contract", "supplier-selection")},
        known={},
        example=examples.ORDER_PLACED,
        refused=examples.ORDER_REFUSED,
    ),
    EvidenceType(
        name="dispatch",
        family="supply",
        model=Dispatch,
        rule_en="A supplier states what it sends off, line by line, with lots and origin.",
        rule_zh="供应商发货时逐行登记批次、产地和保质期。",
        posters=frozenset({"supplier"}),
        bound_field="supplier",
        document_key=("dispatch_no", "supplier"),
        blobs=(BlobRule(role="lot-document", media_types=SCANS, many=True),),
        links={"fulfils": ("order",)},
        known={},
        example=examples.DISPATCH,
        refused=examples.DISPATCH_REFUSED,
    ),
)
"""The supply types of this version."""
