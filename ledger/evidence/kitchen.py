"""Kitchen: what was cooked stays on hand for two days, in case somebody falls ill (EVIDENCE §4)."""

from collections.abc import Iterable
from typing import Final

from ledger.evidence import subjects
from ledger.evidence.definition import IMAGES, BlobRule, EvidenceType
from ledger.evidence.examples import kitchen as examples
from ledger.evidence.fields import Canteen, Code, Count, Date, Device, Integer, Person, Text, Time
from ledger.evidence.model import Measured

MEALS: Final = ("breakfast", "lunch", "dinner", "snack")
"""The meals known today."""


class SampleRetained(Measured):
    """A sample of one dish of one meal in the cold cabinet (食品留样).

    How many grams and hours are enough is policy: too little is a finding, not a refusal.
    """

    canteen: Canteen
    meal_on: Date
    meal: Code
    dish_code: Text
    dish_name: Text
    amount_g: Count
    cabinet: Device
    slot: Text
    container_code: Text
    retain_until: Time
    temperature_mC: Integer
    retained_by: Person

    def own_subjects(self) -> Iterable[str]:
        """The meal and the dish."""
        yield subjects.meal(self.canteen, self.meal_on, self.meal)
        yield subjects.dish(self.canteen, self.meal_on, self.meal, self.dish_code)


TYPES: Final = (
    EvidenceType(
        name="sample-retained",
        family="kitchen",
        model=SampleRetained,
        rule_en="Of every dish of every meal a sample is kept in a cold cabinet, with its photo.",
        rule_zh="每餐每道菜均须留样，记录重量、时间、人员并拍照。",
        posters=frozenset({"device", "kitchen"}),
        bound_field="canteen",
        document_key=("canteen", "meal_on", "meal", "dish_code"),
        blobs=(BlobRule(role="photo", media_types=IMAGES, required=True, many=True),),
        links={"samples": ("menu", "meal-service")},
        known={"meal": MEALS},
        example=examples.SAMPLE_RETAINED,
        refused=examples.SAMPLE_RETAINED_REFUSED,
    ),
)
"""The kitchen types of this version."""
