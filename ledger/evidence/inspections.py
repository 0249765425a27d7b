"""Inspections: what a regulator found (监督检查), and what the canteen found itself (自查).

The canteen's own checks go by day, week and month (日管控、周排查、月调度, SAMR Order 60).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.computed import once
from ledger.evidence.definition import IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import inspections as examples
from ledger.evidence.fields import (
    Canteen,
    Code,
    Date,
    Maybe,
    Party,
    Person,
    Text,
    Time,
)
from ledger.evidence.model import Accounted, Part, Said, breach, in_order
from ledger.evidence.oversight import Severity

Conclusion = Literal["pass", "rectify", "fail"]


class Item(Part):
    """One thing that was looked at; what failed has a severity."""

    item_code: Code
    result: Literal["pass", "fail", "not-applicable"]
    severity: Maybe[Severity] = None
    finding: Maybe[Text] = None


Items = Annotated[list[Item], Field(min_length=1, max_length=500)]


class OfficialInspection(Accounted):
    """A regulator inspects a canteen or a supplier (监督检查)."""

    inspection_no: Text
    responsible: Party
    canteen: Maybe[Canteen] = None
    inspection_kind: Code
    announced: bool
    started_at: Time
    ended_at: Time
    inspectors: Annotated[list[Person], Field(min_length=1, max_length=20)]
    items: Items
    conclusion: Conclusion
    rectify_by: Maybe[Time] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """The conclusion follows from the items, and what must be put right has a deadline."""
        yield from super().rules(said)
        yield from in_order(self, "started_at", "ended_at")
        yield from once(self.inspectors, "inspectors")
        yield from _concluded(self.items, self.conclusion)
        if (self.conclusion == "rectify") != (self.rectify_by is not None):
            yield breach(
                ["rectify_by"],
                "deadline",
                "rectify_by stands with the conclusion rectify, and only there",
                "结论为 rectify 时须填写 rectify_by，其他结论不得填写",
            )
        yield from in_order(self, "ended_at", "rectify_by")


class SelfInspection(Accounted):
    """The canteen looks after itself: control by day, check by week, meeting by month."""

    canteen: Canteen
    level: Literal["daily-control", "weekly-check", "monthly-meeting"]
    period_from: Date
    period_until: Date
    items: Items
    conclusion: Conclusion
    performed_by: Person
    approved_by: Person
    measures_taken: Maybe[Annotated[list[Code], Field(min_length=1, max_length=20)]] = None
    attendees: Maybe[Annotated[list[Person], Field(min_length=2, max_length=50)]] = None
    decisions: Maybe[Annotated[list[Text], Field(min_length=1, max_length=50)]] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """The period is as long as the level says and not ahead; a month is met about by several."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from _period(self.level, self.period_from, self.period_until)
        # A day's grace: dates are of the log's time zone, the statement's time is UTC.
        if said.occurred_at and _next_day(said.occurred_at[:10]) < self.period_until:
            yield breach(
                ["period_until"],
                "ahead",
                "a check is recorded when it was done; this period is not over yet",
                "检查应在完成后登记，该期间尚未结束",
            )
        yield from _concluded(self.items, self.conclusion)
        meeting = self.level == "monthly-meeting"
        for name in ("attendees", "decisions"):
            if (getattr(self, name) is not None) != meeting:
                yield breach(
                    [name],
                    "meeting",
                    f"{name} stands with level monthly-meeting, and only there",
                    f"{name} 仅在 level 为 monthly-meeting 时填写，且必须填写",
                )
        yield from once(self.attendees or (), "attendees")
        if self.performed_by == self.approved_by:
            yield breach(
                ["approved_by"],
                "same-person",
                "who approves a check is not who made it",
                "检查的审核人不得与检查人为同一人",
            )


def _concluded(items: Sequence[Item], conclusion: Conclusion) -> Iterator[Fault]:
    yield from once([item.item_code for item in items], "items", "item_code")
    for place, item in enumerate(items):
        if (item.result == "fail") != (item.severity is not None):
            yield breach(
                ["items", place, "severity"],
                "severity",
                "what failed has a severity, and nothing else has",
                "不合格项须填写 severity，其他项不得填写",
            )
    failed = any(item.result == "fail" for item in items)
    if failed == (conclusion == "pass"):
        yield breach(
            ["conclusion"],
            "conclusion",
            "an item failed, so the whole does not pass"
            if failed
            else "no item failed, so it passes",
            "有不合格项，结论不得为 pass" if failed else "没有不合格项，结论应为 pass",
        )


def _period(level: str, first: str, last: str) -> Iterator[Fault]:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    fits = {
        "daily-control": begins == ends,
        "weekly-check": ends - begins <= timedelta(days=6),
        "monthly-meeting": (begins.year, begins.month) == (ends.year, ends.month),
    }
    if not fits[level]:
        yield breach(
            ["period_until"],
            "too-long",
            "a daily control covers one day, a weekly check at most seven, a monthly meeting one month",
            "日管控为一天，周排查不超过七天，月调度为同一个月",
        )


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


_PHOTO: Final = BlobRule(role="photo", media_types=IMAGES, many=True)
_ITEMS: Final = (
    "hygiene", "storage", "labels", "purchase-records", "health-certificates", "morning-check",
    "samples", "disinfection", "pest-control", "additives", "ventilation", "waste",
)  # fmt: skip

TYPES: Final = (
    EvidenceType(
        name="official-inspection",
        family="oversight",
        model=OfficialInspection,
        rule_en="A regulator states item by item what it found, and what follows from that.",
        rule_zh="监管部门逐项记录检查结果，结论须与各项结果一致。",
        posters=frozenset({"regulator"}),
        document_key=("inspection_no", "responsible"),
        blobs=(BlobRule(role="report", media_types=SCANS, many=True), _PHOTO),
        links={"answers": ("incident",)},
        known={
            "inspection_kind": ("routine", "follow-up", "complaint", "special", "joint"),
            "item_code": _ITEMS,
        },
        example=examples.OFFICIAL_INSPECTION,
        refused=examples.OFFICIAL_INSPECTION_REFUSED,
    ),
    EvidenceType(
        name="self-inspection",
        family="oversight",
        model=SelfInspection,
        rule_en="The canteen controls itself by day, checks by week and meets by month (SAMR Order 60).",
        rule_zh="食堂落实日管控、周排查、月调度（市场监管总局令第60号），检查与审核为不同人员。",
        posters=frozenset({"school", "kitchen"}),
        bound_field="canteen",
        document_key=("canteen", "level", "period_from"),
        blobs=(_PHOTO, BlobRule(role="scan", media_types=SCANS, many=True)),
        links={},
        known={
            "item_code": _ITEMS,
            "measures_taken": ("clean", "repair", "replace", "dispose", "train", "document"),
        },
        example=examples.SELF_INSPECTION,
        refused=examples.SELF_INSPECTION_REFUSED,
    ),
)  # fmt: skip
"""The types of inspection of this version."""
