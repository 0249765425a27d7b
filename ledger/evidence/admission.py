"""Admission: whose papers were reviewed, and who is in the pool (EVIDENCE §2).

资格审查、准入、剔除: the bureau keeps the pool; who is in it reviews nothing of its own.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger import subject
from ledger.errors import Fault
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import admission as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Bureau,
    Code,
    Date,
    Holder,
    Maybe,
    Person,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.model import PAYLOAD, Accounted, Measured, Said, breach, in_order
from ledger.evidence.repeats import Categories, categories_once


class CertificateReview(Accounted):
    """The bureau has looked a certificate up with its issuer (资格审查); no holder reviews its own."""

    bureau: Bureau
    review_no: Text
    holder: Holder
    certificate_kind: Code
    certificate_no: Text
    register_kind: Code
    register_status: Code
    checked_at: Time
    criteria_name: Text
    criteria_version: Text
    decision: Literal["accepted", "rejected"]
    reason_codes: Maybe[Annotated[list[Code], Field(min_length=1, max_length=20)]] = None
    reviewed_by: Person

    def rules(self, said: Said) -> Iterator[Fault]:
        """A rejection has reasons; so has taking what the register does not call valid."""
        yield from super().rules(said)
        plain = self.decision == "accepted" and self.register_status == "valid"
        if not plain and self.reason_codes is None:
            yield missing(pointer(PAYLOAD, "reason_codes"), "reason_codes")

    def own_subjects(self) -> Iterable[str]:
        """The bureau."""
        yield self.bureau


class Admission(Measured):
    """A supplier enters the pool, is suspended, or is removed (准入、暂停、剔除).

    Of several decisions on one category the last by `effective_at` counts. In force again after a
    suspension or removal is a new decision, with a term of its own. The rule engine may suspend,
    nobody but the bureau may admit or remove.
    """

    bureau: Bureau
    decision_no: Text
    supplier: Supplier
    decision: Literal["in-force", "suspended", "removed"]
    categories: Categories
    effective_at: Time
    term_from: Maybe[Date] = None
    term_until: Maybe[Date] = None
    criteria_name: Text
    criteria_version: Text
    cause_code: Maybe[Code] = None
    cause: Maybe[Text] = None
    appeal_until: Maybe[Date] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Admitted is for a term, anything else for a cause; a removal can be appealed."""
        yield from super().rules(said)
        yield from categories_once(self.categories)
        yield from in_order(self, "term_from", "term_until")
        admitted = self.decision == "in-force"
        wanted = ["term_from", "term_until"] if admitted else ["cause_code"]
        if self.decision == "removed":
            wanted.append("appeal_until")
        for name in wanted:
            if getattr(self, name) is None:
                yield missing(pointer(PAYLOAD, name), name)
        for name in ("appeal_until",) if admitted else ("term_from", "term_until"):
            if getattr(self, name) is not None:
                yield breach(
                    [name],
                    "other-decision",
                    f"{name} does not belong to a decision that is {self.decision}; leave it out",
                    f"decision 为 {self.decision} 时不应填写 {name}，请省略",
                )
        if subject.kind(said.issuer) == "bureau" and said.issuer != self.bureau:
            yield breach(
                ["bureau"],
                "other-party",
                "a bureau decides on its own pool; name the issuer here",
                "教育局只能决定本局的资源库，请填写提交者本身",
            )

    def own_subjects(self) -> Iterable[str]:
        """The bureau whose pool it is."""
        yield self.bureau

    def posters(self) -> frozenset[str]:
        """The bureau; the rule engine where it suspends."""
        if self.decision == "suspended":
            return frozenset({"bureau-admission", "engine"})
        return frozenset({"bureau-admission"})


TYPES: Final = (
    EvidenceType(
        name="certificate-review",
        family="supply",
        model=CertificateReview,
        rule_en="Somebody other than the holder looks a certificate up with its issuer and says "
        "whether it counts.",
        rule_zh="证照由教育局向发证登记系统核验，持证人不得自审。",
        posters=frozenset({"bureau-admission"}),
        bound_field="bureau",
        document_key=("review_no", "bureau"),
        blobs=(BlobRule(role="screenshot", media_types=SCANS, many=True, personal=True),),
        links={"reviews": ("certificate", "supplier-registration")},
        required_links=frozenset({"reviews"}),
        known={
            "register_kind": ("credit-publicity", "food-permit", "food-production", "issuer"),
            "register_status": ("valid", "expired", "revoked", "cancelled", "not-found"),
            "reason_codes": (
                "expired",
                "revoked",
                "not-found",
                "other-holder",
                "scope",
                "illegible",
                "register-down",
            ),
        },
        example=examples.CERTIFICATE_REVIEW,
        refused=examples.CERTIFICATE_REVIEW_REFUSED,
    ),
    EvidenceType(
        name="admission",
        family="supply",
        model=Admission,
        rule_en="Who may be ordered from, for which goods and until when; who is suspended or "
        "removed, for a cause.",
        rule_zh="准入、暂停、剔除均须上链并载明品类、期限或原因，未准入者不得下单。",
        posters=frozenset({"bureau-admission", "engine"}),
        document_key=("decision_no", "bureau"),
        blobs=(BlobRule(role="decision", media_types=SCANS, many=True),),
        links={"supersedes": ("admission",), "under": ("tender-award", "contract")},
        known={
            "cause_code": (
                "certificate-lapsed",
                "certificate-forged",
                "food-safety-incident",
                "serious-violation",
                "repeated-rejection",
                "not-delivered",
                "recall",
                "appeal-granted",
                "own-request",
            )
        },
        example=examples.ADMISSION_IN_FORCE,
        refused=examples.ADMISSION_REFUSED,
    ),
)
"""The admission types of this version."""
