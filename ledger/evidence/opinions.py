"""Opinions: what the manager who eats along finds, and what those who eat say (EVIDENCE §2).

陪餐 is one adult's record of one meal. A survey is counts only: answers stay with whoever asked,
under a root that the counts can be held against.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import days, lines, subjects
from ledger.evidence.definition import IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import opinions as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Date,
    Hex32,
    Maybe,
    Person,
    Positive,
    School,
    Text,
    Time,
)
from ledger.evidence.kitchen import MEALS
from ledger.evidence.menus import dishes_once
from ledger.evidence.model import PAYLOAD, Accounted, Part, Said, breach, in_order
from ledger.evidence.nutrition import Group, SaltBits
from ledger.evidence.repeats import once

MAX_TASTED: Final = 60
"""Dishes of one companion meal: each is a subject, and a document has at most 64."""

Grade = Literal["good", "fair", "poor"]


class Tasted(Part):
    """A dish as the companion found it."""

    dish_code: Text
    taste: Grade
    appearance: Grade
    warmth: Grade


class CompanionMeal(Accounted):
    """Somebody responsible ate what the children eat (陪餐), and says how it was."""

    canteen: Canteen
    meal_on: Date
    meal: Code
    companion: Person
    companion_duty: Code
    ate_at: Time
    dishes: Annotated[list[Tasted], Field(min_length=1, max_length=MAX_TASTED)]
    hygiene: Grade
    result: Literal["pass", "fail"]
    findings: Annotated[list[Code], Field(max_length=20)]
    action: Maybe[Code] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is written after eating, each dish stands once, and a fail says of what."""
        yield from super().rules(said)
        yield from days.has_happened(self, said, "ate_at")
        yield from dishes_once(dish.dish_code for dish in self.dishes)
        yield from once(
            ["findings"],
            self.findings,
            en="this finding stands here twice; name it once",
            zh="该问题重复，请只列一次",
        )
        if self.result == "fail" and not self.findings:
            yield missing(pointer(PAYLOAD, "findings"), "findings")
        if self.findings and self.action is None:
            yield missing(pointer(PAYLOAD, "action"), "action")

    def own_subjects(self) -> Iterable[str]:
        """The meal, and the dishes eaten."""
        yield subjects.meal(self.canteen, self.meal_on, self.meal)
        for dish in self.dishes:
            yield subjects.dish(self.canteen, self.meal_on, self.meal, dish.dish_code)


class Question(Part):
    """How often each answer was given, from worst to best."""

    question_code: Code
    counts: Annotated[list[Count], Field(min_length=2, max_length=10)]


class SatisfactionSurvey(Accounted):
    """What those who eat say of it (满意度调查), as counts: nobody's answer, and nobody's words."""

    survey_no: Text
    school: School
    canteen: Canteen
    period_from: Date
    period_until: Date
    audience: Code
    method: Code
    asked: Group
    answered: Count
    questions: Annotated[list[Question], Field(min_length=1, max_length=50)]
    answers_root: Hex32
    salt_bits: SaltBits
    form_version: Positive

    def rules(self, said: Said) -> Iterator[Fault]:
        """No more answered than were asked, and no question has more answers than that."""
        yield from super().rules(said)
        yield from lines.of_school("canteen", self.canteen, self.school)
        yield from in_order(self, "period_from", "period_until")
        if self.answered > self.asked:
            yield breach(
                ["answered"],
                "more-than-all",
                f"{self.answered} answered of {self.asked} asked",
                f"作答 {self.answered} 人，多于发放的 {self.asked} 人",
            )
        yield from once(
            ["questions"],
            [question.question_code for question in self.questions],
            en="this question stands here twice; add its counts up",
            zh="该题重复，请合并计数",
            member="question_code",
        )
        for place, question in enumerate(self.questions):
            total = sum(question.counts)
            if total > self.answered:
                yield breach(
                    ["questions", place, "counts"],
                    "more-than-all",
                    f"{total} answers to this question from {self.answered} who answered",
                    f"该题共 {total} 个答案，多于作答的 {self.answered} 人",
                )


TYPES: Final = (
    EvidenceType(
        name="companion-meal",
        family="kitchen",
        model=CompanionMeal,
        rule_en="At every meal somebody responsible for the school eats along and writes down how "
        "it was, afterwards and under a name.",
        rule_zh="每餐由学校相关负责人陪餐，餐后如实记录并署名。",
        posters=frozenset({"school"}),
        bound_field="canteen",
        document_key=("canteen", "meal_on", "meal", "companion"),
        # Whoever photographs a dining hall may have caught a child's face.
        blobs=(BlobRule(role="photo", media_types=IMAGES, many=True, personal=True),),
        links={"under": ("menu",), "cites": ("meal-service", "sample-retained")},
        known={
            "meal": MEALS,
            "companion_duty": (
                "principal", "vice-principal", "food-safety-director", "food-safety-officer",
                "teacher", "guardian",
            ),
            "findings": (
                "undercooked", "cold", "off-taste", "foreign-body", "small-portion", "unclean-dish",
                "unclean-hall", "not-on-menu", "forbidden-item", "no-protection",
            ),
            "action": ("told-kitchen", "withdrawn", "served-anew", "work-order", "stopped"),
        },
        example=examples.COMPANION_MEAL,
        refused=examples.COMPANION_MEAL_REFUSED,
    ),
    EvidenceType(
        name="satisfaction-survey",
        family="kitchen",
        model=SatisfactionSurvey,
        rule_en="Satisfaction is published as counts over a root of the answers, so that a stranger "
        "gets the same percentage.",
        rule_zh="满意度以计数公布，并附答卷根哈希，任何人均可复算。",
        posters=frozenset({"school"}),
        bound_field="canteen",
        document_key=("survey_no", "canteen"),
        blobs=(BlobRule(role="form", media_types=SCANS, many=True),),
        links={"under": ("consent",)},
        known={
            "audience": ("students", "guardians", "staff"),
            "method": ("paper", "online", "terminal"),
            "question_code": ("overall", "taste", "variety", "portion", "warmth", "price", "queue"),
        },
        example=examples.SATISFACTION_SURVEY,
        refused=examples.SATISFACTION_SURVEY_REFUSED,
    ),
)  # fmt: skip
"""The opinion types of this version."""
