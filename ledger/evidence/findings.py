"""Findings: what the rule engine sees in the log that nobody said (EVIDENCE §2).

到期预警 a certificate about to lapse, 证据缺失 a record that should be there and is not, 疑点线索 records
that do not look real, 对账 money and goods that do not meet. Each can be recomputed (`computed`).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from ledger import subject
from ledger.errors import Fault
from ledger.evidence.computed import Computed, once
from ledger.evidence.definition import ANY_TYPE, EvidenceType
from ledger.evidence.examples import findings as examples
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Date,
    Device,
    Holder,
    Integer,
    Maybe,
    Party,
    Person,
    Ppm,
    RecordId,
    School,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.lines import MAX_LINES, Unit
from ledger.evidence.model import Part, Said, breach, in_order
from ledger.evidence.oversight import Severity
from ledger.statement import TYPE

TypeName = Annotated[str, StringConstraints(pattern=f"^{TYPE.pattern}$")]

ENGINE: Final = frozenset({"engine"})
CITES: Final = frozenset({"cites"})

_DOCUMENTS: Final = frozenset({"order", "delivery", "lot", "meal", "dish", "work-order"})
"""Kinds of subject that a missing record may be about."""


class ExpiryWarning(Computed):
    """A certificate lapses soon, or has (到期证照预警); nobody can suppress the warning."""

    holder: Maybe[Holder] = None
    staff: Maybe[Person] = None
    scale: Maybe[Device] = None
    certificate: RecordId
    certificate_kind: Code
    valid_until: Date
    checked_on: Date
    days_left: Integer
    lead_days: Count

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is one holder's, staff member's or scale's; the days are right and within the lead."""
        yield from super().rules(said)
        if sum(name is not None for name in (self.holder, self.staff, self.scale)) != 1:
            yield breach(
                ["holder"],
                "whose",
                "a certificate is of a holder, of one of the staff, or of a scale: give exactly one",
                "证书属于持证主体、从业人员或电子秤之一，须且只能填写一项",
            )
        left = (date.fromisoformat(self.valid_until) - date.fromisoformat(self.checked_on)).days
        if left != self.days_left:
            yield breach(
                ["days_left"],
                "days",
                f"from checked_on to valid_until it is {left} days",
                f"自 checked_on 至 valid_until 为 {left} 天",
            )
        elif left > self.lead_days:
            yield breach(
                ["lead_days"],
                "too-early",
                f"{left} days are left, more than the {self.lead_days} a warning is given for",
                f"尚余 {left} 天，未到提前 {self.lead_days} 天的预警时点",
            )


class MissingEvidence(Computed):
    """What should have been recorded by now, and is not in the log (证据缺失)."""

    obligation_kind: Code
    source: RecordId
    responsible: Party
    canteen: Maybe[Canteen] = None
    expected_type: TypeName
    expected_for: Text
    due_at: Time

    def rules(self, said: Said) -> Iterator[Fault]:
        """Nothing is missing before it is due."""
        yield from super().rules(said)
        if said.occurred_at and said.occurred_at < self.due_at:
            yield breach(
                ["due_at"],
                "not-due",
                f"it is due at {self.due_at}; nothing is missing at {said.occurred_at}",
                f"期限为 {self.due_at}，在 {said.occurred_at} 尚不构成缺失",
            )

    def own_subjects(self) -> Iterable[str]:
        """The document, meal or dish it is missing for."""
        about = self.expected_for
        if subject.SUBJECT.fullmatch(about) and subject.kind(about) in _DOCUMENTS:
            yield about


class Observation(Part):
    """One record that does not look right, and in which field."""

    record: RecordId
    field: Maybe[Text] = None


class Suspicion(Computed):
    """Records that do not look real (疑点线索): a chain of hashes keeps lies just as well."""

    suspicion_kind: Code
    responsible: Party
    canteen: Maybe[Canteen] = None
    severity: Severity
    first_at: Time
    last_at: Time
    score_ppm: Ppm
    threshold_ppm: Ppm
    observations: Annotated[list[Observation], Field(min_length=1, max_length=MAX_LINES)]

    def rules(self, said: Said) -> Iterator[Fault]:
        """It reaches its threshold, and names each record once."""
        yield from super().rules(said)
        yield from in_order(self, "first_at", "last_at")
        yield from once([seen.record for seen in self.observations], "observations", "record")
        if self.score_ppm < self.threshold_ppm:
            yield breach(
                ["score_ppm"],
                "below-threshold",
                f"{self.score_ppm} is below the threshold of {self.threshold_ppm}",
                f"{self.score_ppm} 低于阈值 {self.threshold_ppm}",
            )


class Goods(Part):
    """One item over the period: ordered, weighed in, accepted and refused."""

    item_code: Text
    unit: Unit
    ordered: Count
    weighed: Count
    accepted: Count
    rejected: Count


class Reconciliation(Computed):
    """Order, weigh-in and payment held against each other (三方对账)."""

    school: School
    supplier: Supplier
    period_from: Date
    period_until: Date
    goods: Annotated[list[Goods], Field(max_length=MAX_LINES)]
    accepted_fen: Count
    settled_fen: Integer
    paid_fen: Integer
    unsettled_fen: Integer
    unpaid_fen: Integer
    tolerance_fen: Count
    result: Literal["matched", "mismatched"]

    def rules(self, said: Said) -> Iterator[Fault]:
        """Differences are differences, and money matches only within the tolerance."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from once([item.item_code for item in self.goods], "goods", "item_code")
        differences = {
            "unsettled_fen": self.accepted_fen - self.settled_fen,
            "unpaid_fen": self.settled_fen - self.paid_fen,
        }
        for name, difference in differences.items():
            if getattr(self, name) != difference:
                yield breach(
                    [name],
                    "difference",
                    f"{name} is {getattr(self, name)}; the amounts differ by {difference}",
                    f"{name} 为 {getattr(self, name)}，两项金额相差 {difference}",
                )
        apart = any(abs(fen) > self.tolerance_fen for fen in differences.values())
        if apart and self.result == "matched":
            yield breach(
                ["result"],
                "result",
                f"amounts more than {self.tolerance_fen} fen apart do not match",
                f"相差超过 {self.tolerance_fen} 分，不得认定为相符",
            )


TYPES: Final = (
    EvidenceType(
        name="expiry-warning",
        family="oversight",
        model=ExpiryWarning,
        rule_en="Before a certificate lapses there is a warning, in time, and again when it has.",
        rule_zh="证照到期前按规则预警，过期后再次预警，任何人不得屏蔽。",
        posters=ENGINE,
        document_key=("certificate", "lead_days"),
        links={"cites": ("certificate", "health-certificate", "calibration")},
        required_links=CITES,
        known={
            "certificate_kind": (
                "business-licence", "food-business-permit", "food-production-permit",
                "health-certificate", "calibration",
            )
        },
        example=examples.EXPIRY_WARNING,
        refused=examples.EXPIRY_WARNING_REFUSED,
    ),
    EvidenceType(
        name="missing-evidence",
        family="oversight",
        model=MissingEvidence,
        rule_en="What a menu, roster, order or work order makes due and nobody recorded in time is "
        "recorded as missing.",
        rule_zh="菜单、排班、订单、工单所要求的记录逾期未到，即登记为证据缺失。",
        posters=ENGINE,
        document_key=("source", "expected_type", "expected_for"),
        links={"cites": (ANY_TYPE,)},
        required_links=CITES,
        known={
            "obligation_kind": (
                "sample-of-dish", "check-of-shift", "weigh-in-of-order", "acceptance-of-delivery",
                "settlement-of-acceptance", "bank-entry-of-settlement", "closure-of-work-order",
                "companion-of-meal", "menu-of-day", "self-inspection-of-period",
                "temperature-of-cabinet", "disposition-of-alert", "document-of-lot",
                "service-of-meal",
            )
        },
        example=examples.MISSING_EVIDENCE,
        refused=examples.MISSING_EVIDENCE_REFUSED,
    ),
    EvidenceType(
        name="suspicion",
        family="oversight",
        model=Suspicion,
        rule_en="Records too uniform, used twice or impossible in time are named as suspicious, with "
        "the policy that says so.",
        rule_zh="数据过于一致、照片重复使用、时间不可能等情形，按规则登记为疑点线索。",
        posters=ENGINE,
        document_key=("suspicion_kind", "inputs_root"),
        links={"cites": (ANY_TYPE,)},
        required_links=CITES,
        known={
            "suspicion_kind": (
                "temperatures-uniform", "photo-reused", "photo-similar", "weights-identical",
                "weights-round", "timing-impossible", "device-silent", "clock-skewed", "limit-raised",
                "entered-by-hand", "display-differs", "back-dated", "price-above-reference", "balance-broken", "settled-then-corrected",
                "supplier-not-admitted", "supplier-suspended", "supplier-removed", "admission-over",
                "certificate-lapsed", "certificate-rejected", "certificate-missing",
                "goods-outside-permit", "health-certificate-lapsed", "health-certificate-missing",
                "photo-older-than-order", "reviewed-by-own-organisation", "served-while-frozen",
                "ruling-by-a-party",
                "sample-too-small", "sample-disposed-early",
                "accepted-without-order", "supplier-differs", "short-delivery",
                "accepted-above-weighed", "award-without-tender", "award-before-opening",
                "package-not-tendered", "winner-of-other-kind", "awarded-above-ceiling", "orders-above-ceiling",
                "orders-above-contract", "settled-above-contract", "orders-above-award",
                "settled-above-award",
                "winners-above-tender", "term-outside-tender", "item-outside-package",
                "selection-without-award", "selection-before-award", "order-without-award",
                "order-before-award", "order-outside-term",
                "price-above-award", "settled-without-acceptance",
                "settled-twice", "settled-above-accepted", "settled-for-another",
                "price-above-order", "invoice-used-twice", "paid-twice", "overpaid",
                "payee-differs", "debit-without-settlement", "meals-paid-not-served",
                "meals-served-not-paid", "ingredients-short", "ingredients-over",
            )
        },
        example=examples.SUSPICION,
        refused=examples.SUSPICION_REFUSED,
    ),
    EvidenceType(
        name="reconciliation",
        family="oversight",
        model=Reconciliation,
        rule_en="What was ordered, weighed, accepted, settled and paid is held against each other by "
        "school, supplier and period.",
        rule_zh="按学校、供应商和期间，将订货、过秤、验收、结算与付款相互核对。",
        posters=ENGINE,
        document_key=("school", "supplier", "period_from", "period_until", "as_of_size"),
        links={
            "cites": (
                "order", "order-response", "dispatch", "weigh-in", "acceptance", "rejection",
                "settlement", "account-entry", "invoice", "refund",
            )
        },
        required_links=CITES,
        known={},
        example=examples.RECONCILIATION,
        refused=examples.RECONCILIATION_REFUSED,
    ),
)  # fmt: skip
"""The types of finding of this version."""
