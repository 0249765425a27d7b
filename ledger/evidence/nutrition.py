"""Nutrition: that children's health data exist and that guardians agreed, and nothing of them.

Children appear nowhere in this log, not even under a pseudonym (DOMAIN §1, row 33). A commitment
therefore always covers a whole set, never one child; profiles and signed forms stay with the
custodian, who can show any one of them against the root.
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import nutrition as examples
from ledger.evidence.fields import Code, Count, Date, Hex32, Positive, RecordId, School, Text
from ledger.evidence.model import Accounted, Said, breach, in_order

SaltBits = Annotated[int, Field(ge=128, le=1024)]
"""Random bits in each leaf; with fewer a child's data could be guessed from the root."""
Group = Annotated[int, Field(ge=2, le=1_000_000)]
"""How many a commitment or a count is about; about one, it would be about a child."""


class NutritionProfile(Accounted):
    """A school's nutrition profiles of a term (营养健康档案), as one root over all of them."""

    profile_set_no: Text
    school: School
    period_from: Date
    period_until: Date
    consent: RecordId
    profiles: Group
    commitment_scheme: Literal["rfc6962-sha256"]
    root: Hex32
    salt_bits: SaltBits
    custodian: Text
    keep_until: Date

    def rules(self, said: Said) -> Iterator[Fault]:
        """Periods do not end before they begin, and the data are kept as long as they are of."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from in_order(self, "period_until", "keep_until")


class Consent(Accounted):
    """How many guardians or staff agreed to something (知情同意), and under which form of words."""

    consent_no: Text
    school: School
    purpose: Code
    audience: Code
    form_version: Positive
    valid_from: Date
    valid_until: Date
    asked: Group
    given: Count
    refused: Count
    withdrawn: Count
    forms_root: Hex32
    salt_bits: SaltBits
    custodian: Text

    def rules(self, said: Said) -> Iterator[Fault]:
        """No more answers than were asked for, and no more withdrawn than were given."""
        yield from super().rules(said)
        yield from in_order(self, "valid_from", "valid_until")
        if self.given + self.refused > self.asked:
            yield breach(
                ["given"],
                "more-than-all",
                f"{self.given} given and {self.refused} refused of {self.asked} asked",
                f"同意 {self.given} 人、拒绝 {self.refused} 人，合计多于征询的 {self.asked} 人",
            )
        if self.withdrawn > self.given:
            yield breach(
                ["withdrawn"],
                "more-than-all",
                f"{self.withdrawn} withdrawn of {self.given} given; given counts those withdrawn "
                "since, too",
                f"撤回 {self.withdrawn} 人，多于同意的 {self.given} 人；同意人数须包含其后撤回者",
            )


TYPES: Final = (
    EvidenceType(
        name="nutrition-profile",
        family="kitchen",
        model=NutritionProfile,
        rule_en="Children's health data stay off the log; a salted root over a whole set is all "
        "that is kept, under the guardians' consent.",
        rule_zh="学生健康数据不上链，仅留存整批档案的加盐根哈希，且须有监护人同意。",
        posters=frozenset({"school"}),
        bound_field="school",
        document_key=("profile_set_no", "school"),
        links={"under": ("consent",), "supersedes": ("nutrition-profile",)},
        known={},
        example=examples.NUTRITION_PROFILE,
        refused=examples.NUTRITION_PROFILE_REFUSED,
    ),
    EvidenceType(
        name="consent",
        family="kitchen",
        model=Consent,
        rule_en="Consent is asked for a purpose in fixed words; how many gave, refused and withdrew "
        "it is counted, and who did stays with the school.",
        rule_zh="按用途以固定文本征求同意，仅记录同意、拒绝、撤回人数，名单由学校保存。",
        posters=frozenset({"school"}),
        bound_field="school",
        document_key=("consent_no", "school"),
        blobs=(BlobRule(role="form", media_types=SCANS, many=True),),
        links={"supersedes": ("consent",)},
        known={
            "purpose": (
                "nutrition-assessment", "meal-recommendation", "satisfaction-survey",
                "staff-biometrics", "canteen-cameras",
            ),
            "audience": ("guardians", "staff"),
        },
        example=examples.CONSENT,
        refused=examples.CONSENT_REFUSED,
    ),
)  # fmt: skip
"""The nutrition types of this version."""
