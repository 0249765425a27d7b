"""Risk: how grave things stand, what follows, and how it ends (三级响应、整改闭环).

minor 一般 is put right, major 较大 freezes serving, critical 重大 is dealt with by several offices
together. A freeze is lifted by a regulator only; whoever put something right does not close it.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.computed import Computed, Factors, once, weighed
from ledger.evidence.definition import IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import risk as examples
from ledger.evidence.fields import (
    Canteen,
    Code,
    Date,
    Maybe,
    Party,
    Person,
    Positive,
    Ppm,
    RecordId,
    Text,
    Time,
    WorkOrder,
)
from ledger.evidence.model import Accounted, Measured, Said, breach, in_order, same_as_linked
from ledger.evidence.oversight import Severity
from ledger.evidence.subjects import speaks_for

Held = Annotated[list[Literal["serving", "ordering"]], Field(min_length=1, max_length=2)]
"""What a freeze holds back."""

RESPONSES: Final = {"minor": "rectify", "major": "freeze", "critical": "joint"}
"""From how grave it is to what follows (三级响应)."""


class RectificationReview(Accounted):
    """Somebody else looks at what was put right, and closes the work order or does not (复核销号)."""

    work_order: WorkOrder
    rectification: RecordId
    responsible: Party
    done_by: Person
    reviewed_by: Person
    reviewed_at: Time
    on_site: bool
    decision: Literal["closed", "reopened"]
    new_due_at: Maybe[Time] = None
    remark: Maybe[Text] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Neither the party nor the person who put it right closes it; what stays open is due anew."""
        yield from super().rules(said)
        yield from same_as_linked(self, said, "rectification", "reviews")
        if speaks_for(said.issuer, self.responsible):
            yield breach(
                ["responsible"],
                "own-work",
                "nobody reviews its own rectification",
                "责任方不得复核自己的整改",
            )
        for name in ("reviewed_by", "accountable"):
            if getattr(self, name) == self.done_by:
                yield breach(
                    [name],
                    "same-person",
                    f"{name} is who put it right; somebody else reviews",
                    f"{name} 为整改人本人，须由他人复核",
                )
        if (self.decision == "reopened") != (self.new_due_at is not None):
            yield breach(
                ["new_due_at"],
                "deadline",
                "new_due_at stands with the decision reopened, and only there",
                "decision 为 reopened 时须填写 new_due_at，为 closed 时不得填写",
            )
        yield from in_order(self, "reviewed_at", "new_due_at")

    def own_subjects(self) -> Iterable[str]:
        """The work order."""
        yield self.work_order


class RiskAssessment(Computed):
    """A weighted score of one party or canteen (加权评分、风险热力图), and the level it reaches."""

    responsible: Party
    canteen: Maybe[Canteen] = None
    period_from: Date
    period_until: Date
    factors: Factors
    score_ppm: Ppm
    minor_from_ppm: Ppm
    major_from_ppm: Ppm
    critical_from_ppm: Ppm
    level: Literal["normal", "minor", "major", "critical"]

    def rules(self, said: Said) -> Iterator[Fault]:
        """The score is that of its factors, and the level that of the score."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from weighed(self.factors, "factors", self.score_ppm)
        if not self.minor_from_ppm < self.major_from_ppm < self.critical_from_ppm:
            yield breach(
                ["major_from_ppm"],
                "thresholds",
                "minor_from_ppm, major_from_ppm and critical_from_ppm ascend",
                "minor_from_ppm、major_from_ppm、critical_from_ppm 须依次递增",
            )
            return
        level = "normal"
        for name in RESPONSES:
            if self.score_ppm >= getattr(self, f"{name}_from_ppm"):
                level = name
        if self.level != level:
            yield breach(
                ["level"],
                "level",
                f"a score of {self.score_ppm} is {level}",
                f"评分 {self.score_ppm} 对应的等级为 {level}",
            )


class RiskResponse(Measured):
    """What follows from a risk: put it right, stop serving, or act together (三级响应)."""

    response_no: Text
    responsible: Party
    canteen: Canteen
    severity: Severity
    response: Literal["rectify", "freeze", "joint"]
    policy_name: Code
    policy_version: Positive
    effective_from: Time
    due_at: Maybe[Time] = None
    held_back: Maybe[Held] = None
    agencies: Maybe[Annotated[list[Code], Field(min_length=2, max_length=20)]] = None
    instruction_zh: Text

    def rules(self, said: Said) -> Iterator[Fault]:
        """The response is the severity's and has what it needs; it does not reach into the past."""
        yield from super().rules(said)
        response = RESPONSES[self.severity]
        if self.response != response:
            yield breach(
                ["response"],
                "response",
                f"what is {self.severity} is answered with {response}",
                f"{self.severity} 级风险应采取 {response}",
            )
        yield from _not_before(said, "effective_from", self.effective_from)
        yield from in_order(self, "effective_from", "due_at")
        needed = {
            "due_at": self.response == "rectify",
            "held_back": self.response == "freeze",
            "agencies": self.response == "joint",
        }
        for name, demanded in needed.items():
            given = getattr(self, name) is not None
            if demanded and not given:
                yield breach(
                    [name],
                    "missing",
                    f"a response of {self.response} says {name}",
                    f"{self.response} 须填写 {name}",
                )
            elif given and not demanded and (name, self.response) != ("held_back", "joint"):
                yield breach(
                    [name],
                    "not-here",
                    f"a response of {self.response} has no {name}",
                    f"{self.response} 不得填写 {name}",
                )
        yield from once(self.held_back or (), "held_back")
        yield from once(self.agencies or (), "agencies")


class FreezeLift(Accounted):
    """A regulator ends a freeze, or a part of it (解除冻结)."""

    freeze: RecordId
    responsible: Party
    canteen: Canteen
    released: Held
    lifted_from: Time
    grounds: Annotated[list[Code], Field(min_length=1, max_length=20)]
    evidence: Annotated[list[RecordId], Field(min_length=1, max_length=100)]
    decided_by: Person

    def rules(self, said: Said) -> Iterator[Fault]:
        """It makes nothing good that was served while frozen."""
        yield from super().rules(said)
        yield from same_as_linked(self, said, "freeze", "lifts")
        yield from _not_before(said, "lifted_from", self.lifted_from)
        yield from once(self.released, "released")
        yield from once(self.evidence, "evidence")


def _not_before(said: Said, field: str, time: str) -> Iterator[Fault]:
    if time < said.occurred_at:
        yield breach(
            [field],
            "backdated",
            f"{field} {time} comes before the decision itself, at {said.occurred_at}",
            f"{field}（{time}）早于作出决定的时间 {said.occurred_at}，不得溯及既往",
        )


_PHOTO: Final = BlobRule(role="photo", media_types=IMAGES, many=True)
_REPORT: Final = BlobRule(role="report", media_types=SCANS, many=True)

TYPES: Final = (
    EvidenceType(
        name="rectification-review",
        family="oversight",
        model=RectificationReview,
        rule_en="A work order is closed by another party and another person than put it right.",
        rule_zh="工单由责任方以外的主体和人员复核销号，不得自行销号。",
        posters=frozenset({"regulator", "bureau-admission", "school"}),
        document_key=("work_order", "rectification", "reviewed_by"),
        blobs=(_PHOTO,),
        links={"reviews": ("rectification",)},
        required_links=frozenset({"reviews"}),
        known={},
        example=examples.RECTIFICATION_REVIEW,
        refused=examples.RECTIFICATION_REVIEW_REFUSED,
    ),
    EvidenceType(
        name="risk-assessment",
        family="oversight",
        model=RiskAssessment,
        rule_en="A risk is a weighted score with its factors, weights and thresholds beside it.",
        rule_zh="风险按加权评分评定，各项得分、权重和阈值一并公布，可复算。",
        posters=frozenset({"engine"}),
        document_key=("responsible", "canteen", "period_from", "period_until", "as_of_size"),
        links={},
        known={
            "factor_code": (
                "missing-evidence", "suspicions", "overdue-work-orders", "inspection-results",
                "temperature-alarms", "rejections", "incidents", "lapsed-certificates",
                "inspection-alerts",
            )
        },
        example=examples.RISK_ASSESSMENT,
        refused=examples.RISK_ASSESSMENT_REFUSED,
    ),
    EvidenceType(
        name="risk-response",
        family="oversight",
        model=RiskResponse,
        rule_en="Minor is put right, major freezes serving, critical is dealt with jointly, from the "
        "decision on.",
        rule_zh="一般风险整改，较大风险冻结供餐，重大风险多部门联合处置，自决定之时起生效。",
        posters=frozenset({"engine", "regulator"}),
        document_key=("response_no",),
        blobs=(_REPORT,),
        links={
            "cites": (
                "risk-assessment", "official-inspection", "incident", "inspection-alert",
                "temperature-alarm", "missing-evidence", "suspicion", "reconciliation",
            ),
            "supersedes": ("risk-response",),
        },
        required_links=frozenset({"cites"}),
        known={
            "agencies": (
                "education-bureau", "market-regulator", "health-commission", "public-security",
                "discipline-inspection",
            )
        },
        example=examples.RISK_RESPONSE,
        refused=examples.RISK_RESPONSE_REFUSED,
    ),
    EvidenceType(
        name="freeze-lift",
        family="oversight",
        model=FreezeLift,
        rule_en="Only a regulator lifts a freeze, on evidence it names, and never for the past.",
        rule_zh="冻结仅由监管部门解除，须列明依据，不得溯及既往。",
        posters=frozenset({"regulator"}),
        document_key=("freeze", "lifted_from"),
        blobs=(_REPORT,),
        links={"lifts": ("risk-response",)},
        required_links=frozenset({"lifts"}),
        known={"grounds": ("rectified", "inspection-passed", "tests-passed", "issued-in-error")},
        example=examples.FREEZE_LIFT,
        refused=examples.FREEZE_LIFT_REFUSED,
    ),
)  # fmt: skip
"""The types of risk of this version."""
