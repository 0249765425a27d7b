"""Oversight: what a camera saw, what is to be done about it, and that it was done (EVIDENCE §4).

整改闭环: an alert opens a work order with a deadline; the responsible party answers with a new photo,
and somebody else closes it.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import subjects
from ledger.evidence.definition import CLIPS, IMAGES, BlobRule, EvidenceType
from ledger.evidence.examples import oversight as examples
from ledger.evidence.fields import (
    Camera,
    Canteen,
    Code,
    Hex32,
    Integer,
    Maybe,
    Party,
    Person,
    Positive,
    Ppm,
    Text,
    Time,
    WorkOrder,
)
from ledger.evidence.model import Accounted, Measured, Payload, Said, in_order

Severity = Literal["minor", "major", "critical"]


class InspectionAlert(Payload):
    """A camera's model saw something (AI 巡检预警); the frame shows what, the hashes say which model."""

    canteen: Canteen
    camera: Camera
    alert_kind: Code
    severity: Severity
    first_seen_at: Time
    confirmed_at: Time
    model_sha256: Hex32
    manifest_sha256: Hex32
    score_ppm: Ppm
    threshold_ppm: Ppm
    frames: Positive
    box_px: Maybe[Annotated[list[Integer], Field(min_length=4, max_length=4)]] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is confirmed after it was first seen."""
        yield from super().rules(said)
        yield from in_order(self, "first_seen_at", "confirmed_at")


class WorkOrderOpened(Measured):
    """Somebody has to put something right by a deadline (电子工单)."""

    work_order_no: Text
    responsible: Party
    canteen: Canteen
    task_kind: Code
    severity: Severity
    due_at: Time
    required_evidence: Annotated[list[Code], Field(min_length=1, max_length=20)]
    reviewer_role: Code
    instruction_zh: Text

    def own_subjects(self) -> Iterable[str]:
        """The work order itself."""
        yield subjects.work_order(self.work_order_no)


class Rectification(Accounted):
    """The responsible party has put it right (整改), with a photo that was never used before."""

    work_order: WorkOrder
    measures: Text
    done_by: Person
    photo_taken_at: Time
    photo_phash: Text

    def own_subjects(self) -> Iterable[str]:
        """The work order it answers."""
        yield self.work_order


TYPES: Final = (
    EvidenceType(
        name="inspection-alert",
        family="oversight",
        model=InspectionAlert,
        rule_en="A camera's finding is kept with its frame and the hash of the model that made it.",
        rule_zh="AI 巡检预警须附画面和模型哈希，后厨不得删除。",
        posters=frozenset({"camera"}),
        bound_field="canteen",
        document_key=("camera", "first_seen_at"),
        blobs=(
            BlobRule(role="frame", media_types=IMAGES, required=True, many=True),
            BlobRule(role="clip", media_types=CLIPS),
        ),
        links={},
        known={
            "alert_kind": (
                "no-hat",
                "no-mask",
                "no-uniform",
                "bare-torso",
                "smoking",
                "phone",
                "rodent",
                "open-bin",
                "covered-lens",
                "camera-moved",
                "frozen-stream",
                "night-motion",
            )
        },
        example=examples.INSPECTION_ALERT,
        refused=examples.INSPECTION_ALERT_REFUSED,
    ),
    EvidenceType(
        name="work-order",
        family="oversight",
        model=WorkOrderOpened,
        rule_en="What was found becomes a task with a deadline, a responsible party and a reviewer "
        "who is somebody else.",
        rule_zh="问题生成电子工单，明确责任方、期限、所需证据和复核角色。",
        posters=frozenset({"engine", "regulator"}),
        document_key=("work_order_no",),
        links={
            "opens": (
                "inspection-alert",
                "official-inspection",
                "self-inspection",
                "incident",
                "temperature-alarm",
                "expiry-warning",
                "missing-evidence",
                "suspicion",
                "reconciliation",
                "rejection",
                "risk-response",
            )
        },
        known={
            "task_kind": (
                "wear-protection",
                "clean",
                "repair",
                "train",
                "replace",
                "dispose",
                "document",
                "as-inspected",
                "lower-risk",
            ),
            "required_evidence": ("photo", "scan", "clip"),
            "reviewer_role": ("regulator", "bureau-admission", "school"),
        },
        example=examples.WORK_ORDER,
        refused=examples.WORK_ORDER_REFUSED,
    ),
    EvidenceType(
        name="rectification",
        family="oversight",
        model=Rectification,
        rule_en="The responsible party answers a work order with what it did and a new photo.",
        rule_zh="责任方按工单整改并提交从未使用过的照片。",
        posters=frozenset({"supplier", "labour", "school", "school-acceptance", "kitchen"}),
        blobs=(BlobRule(role="photo", media_types=IMAGES, required=True, many=True, fresh=True),),
        links={"answers": ("work-order",)},
        known={},
        example=examples.RECTIFICATION,
        refused=examples.RECTIFICATION_REFUSED,
    ),
)
"""The oversight types of this version."""
