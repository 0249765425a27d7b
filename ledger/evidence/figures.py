"""Figures and duties: what the dashboard showed, what was achieved, and who answers for what.

数据看板 and 指标报告 carry what a stranger needs to get the same numbers; 责任分工 keeps money and goods
in different hands by name.
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines
from ledger.evidence.computed import Computed, once
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import figures as examples
from ledger.evidence.fields import (
    Bureau,
    Canteen,
    Code,
    Count,
    Date,
    Hex32,
    Integer,
    Maybe,
    Person,
    Positive,
    School,
    Text,
    Time,
)
from ledger.evidence.model import Accounted, Part, Said, breach, in_order

_MILLION: Final = 1_000_000


class Figure(Part):
    """One number on the dashboard."""

    figure_code: Code
    value: Integer
    value_unit: Code


class DashboardSnapshot(Computed):
    """What the dashboard showed at one moment (实时数据看板), so that it cannot be retold later."""

    school: Maybe[School] = None
    layout: Code
    taken_at: Time
    period_from: Date
    period_until: Date
    figures: Annotated[list[Figure], Field(min_length=1, max_length=200)]
    shown_sha256: Maybe[Hex32] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Each figure stands once, and it was shown before that is said."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from once([figure.figure_code for figure in self.figures], "figures", "figure_code")
        if said.occurred_at and said.occurred_at < self.taken_at:
            yield breach(
                ["taken_at"],
                "ahead",
                f"taken_at {self.taken_at} comes after the record's own time {said.occurred_at}",
                f"taken_at（{self.taken_at}）晚于记录自身的时间 {said.occurred_at}",
            )


class Indicator(Part):
    """A published indicator as a fraction; `value_ppm` is that fraction in millionths."""

    indicator_code: Code
    numerator: Count
    numerator_unit: Code
    denominator: Positive
    denominator_unit: Code
    value_ppm: Count


class KpiReport(Computed):
    """What a pilot claims to have reached (指标报告), each claim a fraction that can be recomputed."""

    school: Maybe[School] = None
    period_from: Date
    period_until: Date
    days_covered: Positive
    indicators: Annotated[list[Indicator], Field(min_length=1, max_length=100)]

    def rules(self, said: Said) -> Iterator[Fault]:
        """Each value is its fraction, half a millionth rounded up."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from once([one.indicator_code for one in self.indicators], "indicators",
                        "indicator_code")  # fmt: skip
        for place, one in enumerate(self.indicators):
            ppm = (2 * one.numerator * _MILLION + one.denominator) // (2 * one.denominator)
            if one.value_ppm != ppm:
                yield breach(
                    ["indicators", place, "value_ppm"],
                    "fraction",
                    f"value_ppm is {one.value_ppm}; {one.numerator} / {one.denominator} is {ppm}",
                    f"value_ppm 为 {one.value_ppm}，{one.numerator} / {one.denominator} 应为 {ppm}",
                )


class Duty(Part):
    """One duty, on one side of the wall, and who has it."""

    duty_code: Code
    side: Literal["money", "procurement", "goods", "oversight"]
    person: Person
    deputy: Maybe[Person] = None


class ResponsibilityAssignment(Accounted):
    """Who answers for what in a school (三方权责、责任分工), from which day on."""

    bureau: Maybe[Bureau] = None
    assignment_no: Text
    school: School
    canteen: Maybe[Canteen] = None
    valid_from: Date
    valid_until: Date | None
    duties: Annotated[list[Duty], Field(min_length=1, max_length=100)]
    handed_over_at: Maybe[Time] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Nobody has duties on two sides, as deputy either, or stands in for himself."""
        yield from super().rules(said)
        yield from lines.of_school("canteen", self.canteen, self.school)
        yield from in_order(self, "valid_from", "valid_until")
        yield from once([duty.duty_code for duty in self.duties], "duties", "duty_code")
        sides: dict[str, str] = {}
        for place, duty in enumerate(self.duties):
            if duty.person == duty.deputy:
                yield breach(
                    ["duties", place, "deputy"],
                    "same-person",
                    "a deputy is somebody else",
                    "代理人不得为本人",
                )
            for name in ("person", "deputy"):
                who = getattr(duty, name)
                if who is not None and sides.setdefault(who, duty.side) != duty.side:
                    yield breach(
                        ["duties", place, name],
                        "two-sides",
                        f"the same person has a duty of {sides[who]} already; nobody has duties of "
                        "two sides",
                        f"该人员已承担 {sides[who]} 一侧的职责；管钱不管物、管物不管钱",
                    )


TYPES: Final = (
    EvidenceType(
        name="dashboard-snapshot",
        family="oversight",
        model=DashboardSnapshot,
        rule_en="What the dashboard showed is kept, so that every figure can be derived again.",
        rule_zh="看板数据定时留存，每个数字均可由输入重新得出。",
        posters=frozenset({"engine"}),
        document_key=("layout", "taken_at"),
        links={"supersedes": ("dashboard-snapshot",)},
        known={
            "figure_code": (
                "meals-served", "amount-settled", "orders-open", "alerts-open", "work-orders-overdue",
                "evidence-missing", "certificates-lapsing", "deliveries-accepted",
                "deliveries-rejected", "waste", "alerts", "temperature-alarms", "work-orders-opened",
                "suspicions",
            ),
            "value_unit": ("count", "fen", "g", "ppm", "s"),
        },
        example=examples.DASHBOARD_SNAPSHOT,
        refused=examples.DASHBOARD_SNAPSHOT_REFUSED,
    ),
    EvidenceType(
        name="kpi-report",
        family="oversight",
        model=KpiReport,
        rule_en="A claim is a fraction with its numerator and denominator, so that a stranger gets the "
        "same number.",
        rule_zh="每项指标给出分子、分母及其来源，任何人可得出同样的结果。",
        posters=frozenset({"engine"}),
        links={"supersedes": ("kpi-report",)},
        known={
            "indicator_code": (
                "price-against-reference", "share-eaten", "satisfaction", "waste-per-day",
                "queue-per-meal", "samples-kept", "checks-made",
            ),
            "numerator_unit": ("fen", "g", "count", "s"),
            "denominator_unit": ("fen", "g", "count", "day"),
        },
        example=examples.KPI_REPORT,
        refused=examples.KPI_REPORT_REFUSED,
    ),
    EvidenceType(
        name="responsibility-assignment",
        family="oversight",
        model=ResponsibilityAssignment,
        rule_en="Every duty has one person, and no person has duties on two sides of the wall.",
        rule_zh="每项职责落实到一人，同一人不得跨侧任职（管钱不管物、管物不管钱）。",
        posters=frozenset({"bureau-admission"}),
        bound_field="bureau",
        document_key=("assignment_no", "school"),
        blobs=(BlobRule(role="scan", media_types=SCANS, many=True, personal=True),),
        links={"supersedes": ("responsibility-assignment",)},
        known={
            "duty_code": (
                "food-safety-director", "food-safety-officer", "ordering", "acceptance", "storage",
                "cooking", "samples", "morning-check", "settlement", "payment", "companion-meal",
            )
        },
        example=examples.RESPONSIBILITY_ASSIGNMENT,
        refused=examples.RESPONSIBILITY_ASSIGNMENT_REFUSED,
    ),
)  # fmt: skip
"""The types of figures and duties of this version."""
