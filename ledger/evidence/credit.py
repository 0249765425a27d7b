"""Credit: how a supplier is rated, what moved its score, and how that is disputed and decided.

供应商评级, 信用记录, 异议 and 裁定: every change rests on a record, and whoever it concerns is heard by
somebody who had no part in it.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.computed import Computed, Factors, once, weighed
from ledger.evidence.definition import ANY_TYPE, IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import credit as examples
from ledger.evidence.fields import (
    Code,
    Date,
    Integer,
    LongText,
    Party,
    Person,
    Positive,
    Ppm,
    RecordId,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.model import Accounted, Said, breach, in_order, same_as_linked
from ledger.evidence.subjects import organisation, speaks_for


class Rating(Computed):
    """A supplier's public rating over a period, with its factors and weights (供应商评级)."""

    supplier: Supplier
    period_from: Date
    period_until: Date
    factors: Factors
    score_ppm: Ppm
    grade: Code
    rank: Positive
    rated_suppliers: Positive

    def rules(self, said: Said) -> Iterator[Fault]:
        """The score is that of its factors, and the rank one of those rated."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from weighed(self.factors, "factors", self.score_ppm)
        if self.rank > self.rated_suppliers:
            yield breach(
                ["rank"],
                "rank",
                f"there is no rank {self.rank} among {self.rated_suppliers}",
                f"共评 {self.rated_suppliers} 家，不存在第 {self.rank} 名",
            )


class CreditEntry(Computed):
    """One change of a supplier's credit and the record that caused it (信用记录)."""

    supplier: Supplier
    entry_no: Positive
    entry_kind: Code
    cause: RecordId
    balance_before_points: Integer
    change_points: Integer
    balance_after_points: Integer
    effective_on: Date
    expires_on: Date | None

    def rules(self, said: Said) -> Iterator[Fault]:
        """The balance after is the one before and the change."""
        yield from super().rules(said)
        yield from in_order(self, "effective_on", "expires_on")
        after = self.balance_before_points + self.change_points
        if self.balance_after_points != after:
            yield breach(
                ["balance_after_points"],
                "balance",
                f"balance_after_points is {self.balance_after_points}; before and change give {after}",
                f"balance_after_points 为 {self.balance_after_points}，"
                f"变动前余额加变动应为 {after}",
            )


class Dispute(Accounted):
    """A party says that a record about it is wrong (异议); the record stays, and so does this."""

    dispute_no: Text
    disputed_by: Party
    record: RecordId
    responsible: Party
    ground: Code
    fields_disputed: Annotated[list[Text], Field(min_length=1, max_length=100)]
    remedy: Literal["withdraw", "correct", "recompute", "inspect-again"]
    noticed_on: Date
    statement_zh: LongText

    def rules(self, said: Said) -> Iterator[Fault]:
        """Nobody disputes its own record: that is corrected."""
        yield from super().rules(said)
        yield from same_as_linked(self, said, "record", "disputes")
        yield from once(self.fields_disputed, "fields_disputed")
        if speaks_for(said.issuer, self.responsible):
            yield breach(
                ["responsible"],
                "own-record",
                "one's own record is not disputed but corrected; post a correction",
                "对自己的记录不提异议，请提交更正",
            )


class Ruling(Accounted):
    """Somebody who had no part in it decides a dispute (裁定)."""

    ruling_no: Text
    dispute: RecordId
    disputed_by: Party
    responsible: Party
    decision: Literal["upheld", "partly-upheld", "rejected"]
    remedies: Annotated[list[Code], Field(max_length=20)]
    reasons_zh: LongText
    heard: Annotated[list[Party], Field(min_length=1, max_length=10)]
    decided_by: Annotated[list[Person], Field(min_length=1, max_length=20)]
    decided_at: Time
    appeal_until: Date | None

    def rules(self, said: Said) -> Iterator[Fault]:
        """No side rules, no office of a side, and both sides are heard; what is upheld has effect."""
        yield from super().rules(said)
        yield from same_as_linked(self, said, "dispute", "rules-on")
        for name in ("disputed_by", "responsible"):
            if organisation(said.issuer) == organisation(getattr(self, name)):
                yield breach(
                    [name],
                    "took-part",
                    f"{said.issuer} is of the same organisation as {name}; somebody else rules",
                    f"{said.issuer} 与 {name} 属于同一单位，须由未参与的一方裁定",
                )
        for name in ("disputed_by", "responsible"):
            if getattr(self, name) not in self.heard:
                yield breach(
                    ["heard"],
                    "not-heard",
                    f"{name} was not heard; hear both sides before ruling",
                    f"未听取 {name} 的意见，裁定前须听取双方陈述",
                )
        yield from once(self.heard, "heard")
        yield from once(self.decided_by, "decided_by")
        if (self.decision == "rejected") == bool(self.remedies):
            yield breach(
                ["remedies"],
                "remedies",
                "what is upheld has a remedy, and what is rejected has none",
                "异议成立时须写明补救措施，不成立时不得填写",
            )

    def own_subjects(self) -> Iterable[str]:
        """Who disputed it, beside who answers for the record."""
        yield self.disputed_by


TYPES: Final = (
    EvidenceType(
        name="rating",
        family="oversight",
        model=Rating,
        rule_en="A supplier's rating is public, and anyone recomputes it from its factors and inputs.",
        rule_zh="供应商评级公开，任何人可按各项得分、权重和输入复算。",
        posters=frozenset({"engine"}),
        document_key=("supplier", "period_from", "period_until", "as_of_size"),
        links={"supersedes": ("rating",)},
        known={
            "factor_code": (
                "quality", "punctuality", "in-full", "documents", "price", "evaluations",
                "rectification", "credit",
            ),
            "grade": ("a", "b", "c", "d"),
        },
        example=examples.RATING,
        refused=examples.RATING_REFUSED,
    ),
    EvidenceType(
        name="credit-entry",
        family="oversight",
        model=CreditEntry,
        rule_en="Every change of a supplier's credit names the record it rests on; balances chain.",
        rule_zh="信用变动须引用依据记录，余额首尾相接，学校和供应商均不得改动。",
        posters=frozenset({"engine"}),
        document_key=("supplier", "entry_no"),
        links={
            "cites": (
                "acceptance", "rejection", "supplier-evaluation", "expiry-warning", "suspicion",
                "missing-evidence", "official-inspection", "incident", "recall", "order",
                "order-response", "weigh-in", "reference-price", "work-order", "rectification",
                "rectification-review", "credit-entry", "dispute", "ruling",
            )
        },
        required_links=frozenset({"cites"}),
        known={
            "entry_kind": (
                "delivered", "rejected", "late", "short-weight", "undelivered", "price",
                "document-missing", "certificate-lapsed", "suspicion", "inspection", "recall",
                "incident", "evaluation", "rectified", "rectification-late", "ruling", "withdrawn",
                "expired",
            )
        },
        example=examples.CREDIT_ENTRY,
        refused=examples.CREDIT_ENTRY_REFUSED,
    ),
    EvidenceType(
        name="dispute",
        family="oversight",
        model=Dispute,
        rule_en="Whoever a record concerns may contradict it, field by field, and is answered with a "
        "ruling.",
        rule_zh="记录所涉主体可逐项提出异议，由裁定答复；原记录保留。",
        posters=frozenset({"supplier", "labour", "school", "school-acceptance", "kitchen"}),
        bound_field="disputed_by",
        document_key=("disputed_by", "dispute_no"),
        blobs=(
            BlobRule(role="photo", media_types=IMAGES, many=True),
            BlobRule(role="scan", media_types=SCANS, many=True),
        ),
        links={"disputes": (ANY_TYPE,)},
        required_links=frozenset({"disputes"}),
        known={
            "ground": (
                "wrong-weight", "wrong-time", "wrong-party", "wrong-reason", "wrong-price",
                "wrong-score", "not-delivered-by-us", "counted-twice",
            )
        },
        example=examples.DISPUTE,
        refused=examples.DISPUTE_REFUSED,
    ),
    EvidenceType(
        name="ruling",
        family="oversight",
        model=Ruling,
        rule_en="A dispute is decided by a party that had no part in the record, after hearing both "
        "sides.",
        rule_zh="异议由未参与该记录的一方在听取双方意见后裁定。",
        posters=frozenset({"regulator", "bureau-admission"}),
        document_key=("dispute", "ruling_no"),
        blobs=(BlobRule(role="report", media_types=SCANS, many=True),),
        links={"rules-on": ("dispute",), "supersedes": ("ruling",)},
        required_links=frozenset({"rules-on"}),
        known={"remedies": ("correct", "withdraw", "recompute-credit", "inspect-again", "pay")},
        example=examples.RULING,
        refused=examples.RULING_REFUSED,
    ),
)  # fmt: skip
"""The types of credit of this version."""
