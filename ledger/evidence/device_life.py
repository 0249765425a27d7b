"""Device life: how a device is, and when it could not measure (EVIDENCE §2).

A silent device is a gap in the evidence. An outage declared says from when to when; within it late
records are excused, and a policy says for how long and how often.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import days, lines
from ledger.evidence.definition import IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import device_life as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Hex32,
    Integer,
    Machine,
    Maybe,
    School,
    Text,
    Time,
)
from ledger.evidence.model import PAYLOAD, Measured, Payload, Said, breach, in_order
from ledger.evidence.repeats import once

MAX_DEVICES: Final = 60
"""Devices of one outage: each is a subject, and a document has at most 64."""


class DeviceStatus(Payload):
    """A device or gateway says how it is (设备状态): clock, software, and what it has yet to send."""

    school: School
    device: Machine
    observed_at: Time
    status: Code
    started_at: Time
    firmware_version: Text
    config_sha256: Hex32
    clock_state: Code
    clock_offset_ms: Integer | None
    last_counter: Count | None
    outbox_records: Count
    outbox_oldest_at: Maybe[Time] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """What waits has waited since some time; times may disagree, which is what to look for."""
        yield from super().rules(said)
        if self.outbox_records and self.outbox_oldest_at is None:
            yield missing(pointer(PAYLOAD, "outbox_oldest_at"), "outbox_oldest_at")
        if not self.outbox_records and self.outbox_oldest_at is not None:
            yield breach(
                ["outbox_oldest_at"],
                "nothing-waits",
                "outbox_records is 0: nothing waits, so nothing is the oldest; leave it out",
                "outbox_records 为 0，没有待发记录；请省略 outbox_oldest_at",
            )

    def own_subjects(self) -> Iterable[str]:
        """The device."""
        yield self.device


class Outage(Measured):
    """Devices cannot measure or send (停用申报), from when to when, and what is done meanwhile.

    It has an end, expected or past: an outage without one would excuse everything after it.
    """

    outage_no: Text
    school: School
    canteen: Maybe[Canteen] = None
    devices: Annotated[list[Machine], Field(min_length=1, max_length=MAX_DEVICES)]
    cause: Code
    planned: bool
    from_at: Time
    until_at: Time
    until_is: Literal["expected", "past"]
    late_types: Annotated[list[Code], Field(min_length=1, max_length=50)]
    meanwhile: Code
    repair_no: Maybe[Text] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """It ends after it begins, past means past, and what was planned is told beforehand."""
        yield from super().rules(said)
        if self.canteen is not None:
            yield from lines.of_school("canteen", self.canteen, self.school)
        yield from in_order(self, "from_at", "until_at")
        yield from once(
            ["devices"],
            self.devices,
            en="this device stands here twice; name it once",
            zh="该设备重复，请只列一次",
        )
        yield from once(
            ["late_types"],
            self.late_types,
            en="this record type stands here twice; name it once",
            zh="该记录类型重复，请只列一次",
        )
        if self.until_is == "past":
            yield from days.has_happened(self, said, "until_at")
        if self.planned and said.occurred_at > self.from_at:
            yield breach(
                ["planned"],
                "not-planned",
                f"an outage from {self.from_at} that is told at {said.occurred_at} was not planned; "
                "write false",
                f"停用自 {self.from_at} 开始，{said.occurred_at} 才申报，不属于计划停用；请填 false",
            )

    def own_subjects(self) -> Iterable[str]:
        """Every device concerned."""
        return self.devices


TYPES: Final = (
    EvidenceType(
        name="device-status",
        family="devices",
        model=DeviceStatus,
        rule_en="A device says how its clock, software and settings are and what it has yet to "
        "send, so that silence and changed settings show.",
        rule_zh="设备定期上报时钟、软件、配置和待发记录，静默和改动均可发现。",
        posters=frozenset({"device", "camera"}),
        bound_field="school",
        document_key=("device", "observed_at"),
        links={},
        known={
            "status": ("working", "degraded", "sensor-failure", "tampered", "maintenance"),
            "clock_state": ("synchronised", "unsynchronised", "unknown"),
        },
        example=examples.DEVICE_STATUS,
        refused=examples.DEVICE_STATUS_REFUSED,
    ),
    EvidenceType(
        name="outage",
        family="devices",
        model=Outage,
        rule_en="Whoever cannot measure says so, from when to when; within that time late records "
        "are excused, as far as policy allows.",
        rule_zh="设备停用须申报起止时间；期间迟交的记录按政策予以豁免。",
        posters=frozenset({"school", "device", "camera"}),
        bound_field="school",
        document_key=("outage_no", "school"),
        blobs=(
            BlobRule(role="photo", media_types=IMAGES, many=True),
            BlobRule(role="notice", media_types=SCANS, many=True),
        ),
        links={"supersedes": ("outage",), "cites": ("device-status",)},
        known={
            "cause": (
                "power", "network", "device-failure", "calibration", "maintenance", "replacement",
                "building-works", "weather", "gateway-stopped",
            ),
            "meanwhile": ("by-hand", "spare-device", "nothing-measured", "no-meals"),
            "late_types": (
                "weigh-in", "sample-retained", "morning-check", "temperature-log",
                "inspection-alert", "cooking-step",
            ),
        },
        example=examples.OUTAGE,
        refused=examples.OUTAGE_REFUSED,
    ),
)  # fmt: skip
"""The types of a device's life, of this version."""
