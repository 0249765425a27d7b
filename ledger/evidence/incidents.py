"""What went wrong: a food-safety incident (食品安全事件), a cabinet too warm (温度异常报警)."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines, subjects
from ledger.evidence.definition import CLIPS, IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import incidents as examples
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Date,
    Device,
    Integer,
    Maybe,
    Positive,
    School,
    Text,
    Time,
)
from ledger.evidence.model import Accounted, Payload, Said, breach, in_order
from ledger.evidence.oversight import Severity


class Incident(Accounted):
    """Something went wrong with food or people (食品安全事件); numbers only, never names."""

    incident_no: Text
    school: School
    canteen: Maybe[Canteen] = None
    incident_kind: Code
    severity: Severity
    noticed_at: Time
    first_onset_at: Maybe[Time] = None
    symptoms: Maybe[Annotated[list[Code], Field(min_length=1, max_length=20)]] = None
    persons_affected: Count
    persons_hospitalised: Count
    meal_on: Maybe[Date] = None
    meal: Maybe[Code] = None
    dish_codes: Maybe[Annotated[list[Text], Field(min_length=1, max_length=30)]] = None
    measures_taken: Annotated[list[Code], Field(min_length=1, max_length=20)]
    samples_sealed: bool
    reported_to: Annotated[list[Code], Field(max_length=20)]
    reported_at: Maybe[Time] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Nobody is in hospital who is not affected; who was told was told after it was noticed."""
        yield from super().rules(said)
        yield from lines.of_school("canteen", self.canteen, self.school)
        if self.persons_hospitalised > self.persons_affected:
            yield breach(
                ["persons_hospitalised"],
                "more-than-affected",
                f"{self.persons_hospitalised} in hospital are more than the "
                f"{self.persons_affected} affected",
                f"住院 {self.persons_hospitalised} 人，多于受影响的 {self.persons_affected} 人",
            )
        if bool(self.reported_to) != (self.reported_at is not None):
            yield breach(
                ["reported_at"],
                "reported",
                "reported_at stands where reported_to names somebody, and only there",
                "reported_to 有报告对象时须填写 reported_at，没有则不得填写",
            )
        yield from in_order(self, "noticed_at", "reported_at")
        place = self.canteen, self.meal_on, self.meal
        if (self.dish_codes or self.meal_on or self.meal) and None in place:
            yield breach(
                ["meal"],
                "which-meal",
                "a meal or dish under suspicion is named by canteen, meal_on and meal together",
                "怀疑某餐或某菜时，须同时填写 canteen、meal_on 和 meal",
            )

    def own_subjects(self) -> Iterable[str]:
        """The meal and the dishes under suspicion."""
        if self.canteen is None or self.meal_on is None or self.meal is None:
            return
        yield subjects.meal(self.canteen, self.meal_on, self.meal)
        for code in self.dish_codes or ():
            yield subjects.dish(self.canteen, self.meal_on, self.meal, code)


class TemperatureAlarm(Payload):
    """A cabinet, store or hot counter beyond its limit (温度异常报警), as the device itself says."""

    canteen: Canteen
    cabinet: Device
    zone: Code
    direction: Literal["above", "below"]
    limit_mC: Integer
    limit_set_at: Time
    extreme_mC: Integer
    readings: Positive
    started_at: Time
    ended_at: Time | None

    def rules(self, said: Said) -> Iterator[Fault]:
        """The extreme is beyond the limit on the side it says, and the alarm ends after it began."""
        yield from super().rules(said)
        above = self.direction == "above"
        if self.extreme_mC <= self.limit_mC if above else self.extreme_mC >= self.limit_mC:
            yield breach(
                ["extreme_mC"],
                "within-limit",
                f"{self.extreme_mC} is not {self.direction} the limit of {self.limit_mC}",
                f"{self.extreme_mC} 并未{'高于上限' if above else '低于下限'} {self.limit_mC}",
            )
        yield from in_order(self, "started_at", "ended_at")


_PHOTO: Final = BlobRule(role="photo", media_types=IMAGES, many=True)

TYPES: Final = (
    EvidenceType(
        name="incident",
        family="oversight",
        model=Incident,
        rule_en="A school reports an incident at once: what, how many people, which meal, and what "
        "was done; never who.",
        rule_zh="学校及时报告食品安全事件：情形、人数、餐次和已采取的措施，不得写明任何人的身份。",
        posters=frozenset({"school", "kitchen"}),
        bound_field="school",
        document_key=("incident_no", "school"),
        blobs=(_PHOTO, BlobRule(role="report", media_types=SCANS, many=True, personal=True)),
        links={},
        known={
            "incident_kind": (
                "illness", "foreign-body", "spoiled-food", "chemical", "injury", "allergy",
                "complaint",
            ),
            "meal": ("breakfast", "lunch", "dinner", "snack"),
            "symptoms": (
                "vomiting", "diarrhoea", "abdominal-pain", "fever", "rash", "dizziness",
            ),
            "measures_taken": (
                "serving-stopped", "samples-sealed", "kitchen-sealed", "goods-sealed",
                "medical-care", "parents-informed",
            ),
            "reported_to": ("education-bureau", "market-regulator", "health-commission"),
        },
        example=examples.INCIDENT,
        refused=examples.INCIDENT_REFUSED,
    ),
    EvidenceType(
        name="temperature-alarm",
        family="oversight",
        model=TemperatureAlarm,
        rule_en="A device says how far beyond which limit it was, for how long, and since when that "
        "limit holds.",
        rule_zh="设备报告温度超限的幅度、时长，以及该限值自何时起生效。",
        posters=frozenset({"device"}),
        bound_field="canteen",
        document_key=("cabinet", "started_at"),
        blobs=(_PHOTO, BlobRule(role="clip", media_types=CLIPS)),
        links={},
        known={"zone": ("sample-cabinet", "cold-store", "freezer", "hot-holding", "vehicle")},
        example=examples.TEMPERATURE_ALARM,
        refused=examples.TEMPERATURE_ALARM_REFUSED,
    ),
)  # fmt: skip
"""The types of incident of this version."""
