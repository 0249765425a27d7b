"""Devices: that a scale weighs what it says (EVIDENCE §2)."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import devices as examples
from ledger.evidence.fields import Code, Date, Device, Integer, Maybe, Positive, School, Text
from ledger.evidence.model import Accounted, Part, Said, in_order


class Point(Part):
    """A test weight that was put on, and what the scale showed."""

    applied_g: Integer
    shown_g: Integer


class Calibration(Accounted):
    """A scale was verified or calibrated (计量检定); each weigh-in names the one in force."""

    school: School
    scale: Device
    certificate_no: Text
    laboratory: Text
    method: Code
    calibrated_on: Date
    valid_until: Date
    capacity_g: Positive
    division_mg: Positive
    accuracy_class: Maybe[Text] = None
    points: Annotated[list[Point], Field(min_length=1, max_length=50)]
    result: Literal["pass", "fail"]

    def rules(self, said: Said) -> Iterator[Fault]:
        """It does not lapse before it was done."""
        yield from super().rules(said)
        yield from in_order(self, "calibrated_on", "valid_until")


TYPES: Final = (
    EvidenceType(
        name="calibration",
        family="devices",
        model=Calibration,
        rule_en="A scale's readings rest on a calibration in force, shown with its test points.",
        rule_zh="电子秤须在检定有效期内使用，并记录检定点数据。",
        posters=frozenset({"school", "school-acceptance"}),
        bound_field="school",
        document_key=("scale", "certificate_no"),
        blobs=(BlobRule(role="scan", media_types=SCANS, many=True),),
        links={"calibrates": ("device-registration",)},
        known={"method": ("initial-verification", "periodic-verification", "calibration")},
        example=examples.CALIBRATION,
        refused=examples.CALIBRATION_REFUSED,
    ),
)
"""The device types of this version."""
