"""Receiving, the other half of supply: goods weighed, accepted and refused (EVIDENCE §4).

Who takes goods in sees no money: prices stay in the order, and lots are what is followed from here.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines, subjects
from ledger.evidence.definition import IMAGES, BlobRule, EvidenceType
from ledger.evidence.examples import receiving as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Base64,
    Canteen,
    Code,
    Count,
    Device,
    Integer,
    Maybe,
    Order,
    Person,
    Positive,
    RecordId,
    School,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.lines import MAX_LINES, Together, Unit
from ledger.evidence.model import PAYLOAD, Accounted, Measured, Part, Said, breach

Passed = Literal["pass", "fail"]

READING: Final = (
    "scale", "counter", "calibration", "division_mg", "tare_source", "stable", "stable_readings",
    "protocol", "raw_frame", "clock_state", "clock_offset_ms",
)  # fmt: skip
"""What a weigh-in has from its scale and only from it."""


class WeighIn(Measured):
    """Goods on the scale, with a photo (拍照称重): what came is what was weighed, not what a note says.

    By hand it is posted by the school's acceptance, and is always a finding.
    """

    school: School
    canteen: Canteen
    supplier: Maybe[Supplier] = None
    order: Maybe[Order] = None
    order_line_no: Maybe[Positive] = None
    item_code: Text
    lot_no: Maybe[Text] = None
    direction: Literal["inbound", "outbound", "return", "waste"]
    gross_g: Integer
    tare_g: Integer
    net_g: Integer
    entry_mode: Literal["device", "manual"]
    photo_taken_at: Time
    photo_phash: Maybe[Text] = None
    display_ocr_g: Integer | None = None
    attended_by: Maybe[Annotated[list[Person], Field(max_length=20)]] = None
    scale: Maybe[Device] = None
    counter: Maybe[Count] = None
    calibration: Maybe[RecordId] = None
    division_mg: Maybe[Positive] = None
    tare_source: Maybe[Code] = None
    stable: Maybe[bool] = None
    stable_readings: Maybe[Count] = None
    protocol: Maybe[Code] = None
    raw_frame: Maybe[Base64] = None
    clock_state: Maybe[Code] = None
    clock_offset_ms: Integer | None = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Net is gross less tare; a reading has all its scale says, an entry by hand none of it."""
        yield from super().rules(said)
        if self.net_g != self.gross_g - self.tare_g:
            yield breach(
                ["net_g"],
                "net-weight",
                f"net_g is {self.net_g}; gross_g less tare_g is {self.gross_g - self.tare_g}",
                f"net_g 为 {self.net_g}，毛重减皮重应为 {self.gross_g - self.tare_g}",
            )
        yield from lines.of_school("canteen", self.canteen, self.school)
        yield from lines.of_school("order", self.order, self.school)
        by_device = self.entry_mode == "device"
        for name in READING:
            given = name in self.model_fields_set
            if by_device and not given:
                yield missing(pointer(PAYLOAD, name), name)
            elif given and not by_device:
                yield breach(
                    [name],
                    "not-a-reading",
                    f"{name} comes from a device; leave it out where entry_mode is manual",
                    f"{name} 由设备给出；entry_mode 为 manual 时请省略",
                )

    def own_subjects(self) -> Iterable[str]:
        """The lot that was weighed."""
        if self.supplier is not None and self.lot_no is not None:
            yield subjects.lot(self.supplier, self.item_code, self.lot_no)

    def posters(self) -> frozenset[str]:
        """A reading comes from a device, an entry by hand from those who accept."""
        return frozenset({"device" if self.entry_mode == "device" else "school-acceptance"})


class AcceptanceLine(Part):
    """What of one line of the order was taken, and how it was found."""

    order_line_no: Positive
    item_code: Text
    lot_no: Maybe[Text] = None
    accepted_quantity: Count
    rejected_quantity: Count
    unit: Unit
    net_g: Integer | None
    temperature_mC: Integer | None
    sensory: Passed
    label: Passed
    documents: Passed


class Acceptance(Accounted):
    """At least two people take a delivery in (双人验收, 教体艺厅函〔2025〕30号)."""

    acceptance_no: Text
    school: School
    supplier: Supplier
    order: Order
    acceptors: Together
    lines: Annotated[list[AcceptanceLine], Field(min_length=1, max_length=MAX_LINES)]
    result: Literal["full", "partial"]

    def rules(self, said: Said) -> Iterator[Fault]:
        """The acceptors are different people, and the order is the school's."""
        yield from super().rules(said)
        yield from lines.of_school("order", self.order, self.school)
        yield from lines.two_people(self.acceptors, "acceptors")

    def own_subjects(self) -> Iterable[str]:
        """The lots taken in."""
        return _lots(self.supplier, self.lines)


class RejectionLine(Part):
    """What of one line of the order was refused, and why."""

    order_line_no: Positive
    item_code: Text
    lot_no: Maybe[Text] = None
    rejected_quantity: Count
    unit: Unit
    reason_code: Literal[
        "spoiled", "foreign-body", "temperature", "expired", "no-document", "label",
        "short-weight", "wrong-item", "late", "other",
    ]  # fmt: skip


class Rejection(Accounted):
    """Goods refused on the spot (现场拒收权): only those who accept may, and nothing of it is paid."""

    rejection_no: Text
    school: School
    supplier: Supplier
    order: Order
    rejectors: Together
    lines: Annotated[list[RejectionLine], Field(min_length=1, max_length=MAX_LINES)]
    reason: Maybe[Text] = None
    disposal: Literal["returned", "destroyed", "held"]
    supplier_present: bool

    def rules(self, said: Said) -> Iterator[Fault]:
        """The rejectors are different people, and the order is the school's."""
        yield from super().rules(said)
        yield from lines.of_school("order", self.order, self.school)
        yield from lines.two_people(self.rejectors, "rejectors")

    def own_subjects(self) -> Iterable[str]:
        """The lots refused."""
        return _lots(self.supplier, self.lines)


def _lots(supplier: str, found: list[AcceptanceLine] | list[RejectionLine]) -> Iterator[str]:
    for line in found:
        if line.lot_no is not None:
            yield subjects.lot(supplier, line.item_code, line.lot_no)


_PHOTO: Final = BlobRule(role="photo", media_types=IMAGES, required=True, many=True)

TYPES: Final = (
    EvidenceType(
        name="weigh-in",
        family="supply",
        model=WeighIn,
        rule_en="Goods are weighed with a photo; net is gross less tare.",
        rule_zh="智能秤拍照称重，净重等于毛重减皮重。",
        posters=frozenset({"device", "school-acceptance"}),
        bound_field="school",
        document_key=("scale", "counter"),
        blobs=(_PHOTO,),
        links={"fulfils": ("order", "dispatch")},
        known={
            "tare_source": ("stored", "weighed", "preset", "none"),
            "protocol": (
                "yaohua-continuous",
                "yaohua-reversed",
                "yaohua-a12e",
                "yaohua-command",
                "toledo-continuous",
                "mt-sics",
                "and",
                "cas",
                "ohaus",
            ),
            "clock_state": ("synchronised", "unsynchronised", "unknown"),
        },
        example=examples.WEIGH_IN,
        refused=examples.WEIGH_IN_REFUSED,
    ),
    EvidenceType(
        name="acceptance",
        family="supply",
        model=Acceptance,
        rule_en="At least two different people take a delivery in and sign for what they found.",
        rule_zh="至少两人共同验收并记录感官、标签、票证结果。",
        posters=frozenset({"school-acceptance"}),
        bound_field="school",
        document_key=("acceptance_no", "school"),
        blobs=(_PHOTO,),
        links={"accepts": ("dispatch", "weigh-in")},
        known={"method": ("pin", "face", "card", "signature")},
        example=examples.ACCEPTANCE,
        refused=examples.ACCEPTANCE_REFUSED,
    ),
    EvidenceType(
        name="rejection",
        family="supply",
        model=Rejection,
        rule_en="At least two different people refuse goods on the spot, with reason and photo.",
        rule_zh="至少两人现场拒收，须有原因和照片，拒收部分不得付款。",
        posters=frozenset({"school-acceptance"}),
        bound_field="school",
        document_key=("rejection_no", "school"),
        blobs=(_PHOTO,),
        links={"rejects": ("dispatch", "weigh-in")},
        known={"method": ("pin", "face", "card", "signature")},
        example=examples.REJECTION,
        refused=examples.REJECTION_REFUSED,
    ),
)
"""The receiving types of this version."""
