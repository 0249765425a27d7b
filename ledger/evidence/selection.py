"""Selection: how schools choose suppliers out of the pool, and how they were served (EVIDENCE §2).

自主遴选、供应商评价: the bureau says who may be chosen, schools choose, and whoever pays does neither.
"""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import selection as examples
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Date,
    Maybe,
    Person,
    Positive,
    School,
    Supplier,
    Text,
)
from ledger.evidence.lines import Together
from ledger.evidence.model import Accounted, Part, Said, breach, in_order
from ledger.evidence.repeats import Categories, categories_once, once


class Candidate(Part):
    """A supplier out of the pool that was considered."""

    supplier: Supplier
    points: Count


class SupplierSelection(Accounted):
    """A school chooses a supplier out of the pool (自主遴选); an act, for people of the school alone."""

    selection_no: Text
    school: School
    canteen: Maybe[Canteen] = None
    supplier: Supplier
    categories: Categories
    method: Code
    candidates: Annotated[list[Candidate], Field(min_length=1, max_length=50)]
    selectors: Together
    reason: Maybe[Text] = None
    term_from: Date
    term_until: Date

    def rules(self, said: Said) -> Iterator[Fault]:
        """Who is chosen was considered; who is chosen before a better one, for a reason."""
        yield from super().rules(said)
        yield from lines.of_school("canteen", self.canteen, self.school)
        yield from lines.two_people(self.selectors, "selectors")
        yield from categories_once(self.categories)
        yield from in_order(self, "term_from", "term_until")
        yield from once(
            ["candidates"],
            [candidate.supplier for candidate in self.candidates],
            member="supplier",
            en="this supplier stands here twice; a candidate has its points once",
            zh="该供应商重复列出，每个候选只列一次",
        )
        points = {candidate.supplier: candidate.points for candidate in self.candidates}
        if self.supplier not in points:
            yield breach(
                ["supplier"],
                "not-a-candidate",
                "who is chosen is not among the candidates; list everybody who was considered",
                "所选供应商不在候选名单中，请列出全部候选",
            )
        elif points[self.supplier] < max(points.values()) and self.reason is None:
            yield breach(
                ["reason"],
                "missing",
                "another candidate has more points; give the reason for not choosing it",
                "有候选得分更高，请填写未选其的理由",
            )


class Score(Part):
    """Points on one criterion, out of so many."""

    criterion: Code
    points: Count
    points_most: Positive


class SupplierEvaluation(Accounted):
    """A school says how it was served (供应商评价): an input of the public rating, recomputable."""

    evaluation_no: Text
    school: School
    supplier: Supplier
    period_from: Date
    period_until: Date
    criteria_name: Text
    criteria_version: Text
    scores: Annotated[list[Score], Field(min_length=1, max_length=50)]
    points: Count
    points_most: Positive
    deliveries: Count
    deliveries_rejected: Count
    evaluated_by: Person
    remarks: Maybe[Text] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Totals are the sums of the scores, and nothing scores or fails more than there was."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from once(
            ["scores"],
            [score.criterion for score in self.scores],
            member="criterion",
            en="this criterion stands here twice; score it once",
            zh="该评分项重复，请只评一次",
        )
        for place, score in enumerate(self.scores):
            if score.points > score.points_most:
                yield breach(
                    ["scores", place, "points"],
                    "too-large",
                    f"{score.points} points out of {score.points_most}",
                    f"满分 {score.points_most} 分，不得评 {score.points} 分",
                )
        for name in ("points", "points_most"):
            total = sum(getattr(score, name) for score in self.scores)
            if getattr(self, name) != total:
                yield breach(
                    [name],
                    "sum",
                    f"{name} is {getattr(self, name)}; the scores add up to {total}",
                    f"{name} 为 {getattr(self, name)}，各项合计为 {total}",
                )
        if self.deliveries_rejected > self.deliveries:
            yield breach(
                ["deliveries_rejected"],
                "too-large",
                f"{self.deliveries_rejected} of {self.deliveries} deliveries; count each once",
                f"共 {self.deliveries} 次配送，拒收不可能为 {self.deliveries_rejected} 次",
            )


TYPES: Final = (
    EvidenceType(
        name="supplier-selection",
        family="supply",
        model=SupplierSelection,
        rule_en="At least two people of a school choose a supplier out of the pool, with the "
        "candidates' points.",
        rule_zh="学校从资源库自主遴选供应商，至少两人参与并公开候选得分。",
        posters=frozenset({"school"}),
        bound_field="school",
        document_key=("selection_no", "school"),
        blobs=(BlobRule(role="minutes", media_types=SCANS, many=True, personal=True),),
        links={"selects": ("admission", "tender-award")},
        known={"method": ("scoring", "committee", "vote", "lottery", "trial")},
        example=examples.SUPPLIER_SELECTION,
        refused=examples.SUPPLIER_SELECTION_REFUSED,
    ),
    EvidenceType(
        name="supplier-evaluation",
        family="supply",
        model=SupplierEvaluation,
        rule_en="A school scores a supplier on named criteria, so that anybody can recompute the "
        "rating.",
        rule_zh="学校按公布的标准评价供应商，评级可复算。",
        posters=frozenset({"school"}),
        bound_field="school",
        document_key=("evaluation_no", "school"),
        links={},
        known={"criterion": ("quality", "punctuality", "documents", "service", "price", "hygiene")},
        example=examples.SUPPLIER_EVALUATION,
        refused=examples.SUPPLIER_EVALUATION_REFUSED,
    ),
)
"""The selection types of this version."""
