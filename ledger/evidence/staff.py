"""Staff: who is fit to work in a kitchen, by certificate and on the morning itself (EVIDENCE §4).

People are pseudonyms; what is known of their health is shown to few, and can be erased.
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.definition import IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import staff as examples
from ledger.evidence.fields import (
    Canteen,
    Code,
    Date,
    Integer,
    Kind,
    Maybe,
    Person,
    Ppm,
    RecordId,
    Text,
    Time,
)
from ledger.evidence.model import Accounted, Measured, Part, Said, in_order

Employer = Annotated[str, Kind("labour", "school")]


class HealthCertificate(Accounted):
    """The yearly health check of one of the staff (健康证, Food Safety Law art. 45)."""

    staff: Person
    employer: Employer
    certificate_no: Text
    issuing_authority: Text
    examined_on: Date
    issued_on: Date
    valid_until: Date
    read_by: Literal["ocr", "manual"]
    ocr_score_ppm: Maybe[Ppm] = None
    confirmed_by: Maybe[Person] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is issued after the examination, and does not lapse before it is issued."""
        yield from super().rules(said)
        yield from in_order(self, "examined_on", "issued_on")
        yield from in_order(self, "issued_on", "valid_until")


class Hands(Part):
    """What was found on both hands; true where it was found."""

    wound: bool
    nails: bool
    ring: bool
    polish: bool
    plaster: bool
    foreign_body: bool


class MorningCheck(Measured):
    """One of the staff before work (晨检): who it is, temperature, hands, symptoms, verdict."""

    canteen: Canteen
    staff: Person
    checked_at: Time
    identity_method: Code
    identity_score_ppm: Maybe[Ppm] = None
    forehead_mC: Integer
    hands: Hands
    symptoms: Annotated[list[Code], Field(max_length=50)]
    health_certificate: RecordId
    result: Literal["fit", "unfit"]
    decided_by: Text


TYPES: Final = (
    EvidenceType(
        name="health-certificate",
        family="staff",
        model=HealthCertificate,
        rule_en="Whoever touches food has a health certificate in force on every shift.",
        rule_zh="接触食品的人员每次上岗须持有效健康证。",
        posters=frozenset({"labour", "school"}),
        bound_field="employer",
        document_key=("staff", "certificate_no"),
        blobs=(BlobRule(role="scan", media_types=SCANS, many=True, personal=True),),
        links={"renews": ("health-certificate",)},
        personal=frozenset({"certificate_no", "issuing_authority", "examined_on"}),
        known={},
        example=examples.HEALTH_CERTIFICATE,
        refused=examples.HEALTH_CERTIFICATE_REFUSED,
    ),
    EvidenceType(
        name="morning-check",
        family="staff",
        model=MorningCheck,
        rule_en="Everyone on shift is checked before work, by a machine rather than by hand.",
        rule_zh="每名当班人员上岗前须晨检，以设备采集为准。",
        posters=frozenset({"device", "school"}),
        bound_field="canteen",
        document_key=("canteen", "staff", "checked_at"),
        blobs=tuple(
            BlobRule(role=role, media_types=IMAGES, personal=True)
            for role in ("face", "palm", "back")
        ),
        links={},
        personal=frozenset(
            {"identity_score_ppm", "forehead_mC", "hands", "symptoms", "result", "decided_by"}
        ),
        known={
            "identity_method": ("face", "card", "pin", "fingerprint", "qr"),
            "symptoms": (
                "fever", "diarrhoea", "vomiting", "jaundice", "sore-throat", "skin-infection",
                "cough", "other",
            ),
        },
        example=examples.MORNING_CHECK,
        refused=examples.MORNING_CHECK_REFUSED,
    ),
)  # fmt: skip
"""The staff types of this version."""
