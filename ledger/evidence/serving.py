"""Serving: how many were fed with what, and what was thrown away (EVIDENCE §2).

Counts of portions, never of who ate them. Share eaten, grams of waste and minutes of queue, as the
pilot published them (DOMAIN §1), are computed from these.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import days, subjects
from ledger.evidence.definition import IMAGES, BlobRule, EvidenceType
from ledger.evidence.examples import serving as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Date,
    Device,
    Integer,
    Maybe,
    Positive,
    RecordId,
    Text,
    Time,
)
from ledger.evidence.kitchen import MEALS
from ledger.evidence.menus import dishes_once
from ledger.evidence.model import PAYLOAD, Accounted, Measured, Part, Said, breach, in_order

MAX_DISHES: Final = 60
"""Dishes of one meal-service: each is a subject, and a document has at most 64."""


class DishServed(Part):
    """How much of a dish there was, and how much of it was handed out."""

    dish_code: Text
    dish_name: Text
    portions_made: Count
    portions_served: Count
    portion_g: Positive
    holding_temperature_mC: Maybe[Integer] = None


class MealService(Accounted):
    """A meal was served (供餐): from when to when, to how many, and which dishes."""

    canteen: Canteen
    meal_on: Date
    meal: Code
    sitting_no: Positive
    started_at: Time
    ended_at: Time
    diners: Count
    staff_meals: Count
    dishes: Annotated[list[DishServed], Field(min_length=1, max_length=MAX_DISHES)]
    queue_longest_s: Maybe[Count] = None
    queue_method: Maybe[Code] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is over, each dish stands once, and no more of it was served than there was."""
        yield from super().rules(said)
        yield from in_order(self, "started_at", "ended_at")
        yield from days.has_happened(self, said, "ended_at")
        yield from dishes_once(dish.dish_code for dish in self.dishes)
        for place, dish in enumerate(self.dishes):
            if dish.portions_served > dish.portions_made:
                yield breach(
                    ["dishes", place, "portions_served"],
                    "more-than-made",
                    f"{dish.portions_served} portions served of {dish.portions_made} made",
                    f"供应 {dish.portions_served} 份，多于制作的 {dish.portions_made} 份",
                )
        if self.staff_meals > self.diners:
            yield breach(
                ["staff_meals"],
                "more-than-all",
                f"{self.staff_meals} staff among {self.diners} diners; staff are counted in diners",
                f"教职工 {self.staff_meals} 人多于就餐人数 {self.diners} 人；就餐人数须包含教职工",
            )
        if self.queue_longest_s is not None and self.queue_method is None:
            yield missing(pointer(PAYLOAD, "queue_method"), "queue_method")

    def own_subjects(self) -> Iterable[str]:
        """The meal, and every dish."""
        yield subjects.meal(self.canteen, self.meal_on, self.meal)
        for dish in self.dishes:
            yield subjects.dish(self.canteen, self.meal_on, self.meal, dish.dish_code)


class WasteLog(Measured):
    """What was thrown away of a meal (餐厨废弃物): by kind, weighed, and where it went."""

    canteen: Canteen
    meal_on: Date
    meal: Code
    waste_kind: Code
    container_code: Text
    weighed_at: Time
    gross_g: Count
    tare_g: Count
    net_g: Count
    scale: Maybe[Device] = None
    weigh_in: Maybe[RecordId] = None
    disposal: Code
    collector_name: Maybe[Text] = None
    collector_licence_no: Maybe[Text] = None
    transfer_no: Maybe[Text] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Net is gross less tare, it was weighed by then, and what is collected has a collector."""
        yield from super().rules(said)
        yield from days.has_happened(self, said, "weighed_at")
        if self.net_g != self.gross_g - self.tare_g:
            yield breach(
                ["net_g"],
                "net-weight",
                f"net_g is {self.net_g}; gross_g less tare_g is {self.gross_g - self.tare_g}",
                f"net_g 为 {self.net_g}，毛重减皮重应为 {self.gross_g - self.tare_g}",
            )
        if self.scale is None and said.by_machine:
            yield missing(pointer(PAYLOAD, "scale"), "scale")
        if self.disposal == "collected" and self.collector_name is None:
            yield missing(pointer(PAYLOAD, "collector_name"), "collector_name")

    def own_subjects(self) -> Iterable[str]:
        """The meal it is left of."""
        yield subjects.meal(self.canteen, self.meal_on, self.meal)


TYPES: Final = (
    EvidenceType(
        name="meal-service",
        family="kitchen",
        model=MealService,
        rule_en="What was served, to how many and for how long is recorded once the meal is over; "
        "a frozen canteen serves nothing.",
        rule_zh="供餐结束后记录时间、人数和各菜品份数；冻结期间不得供餐。",
        posters=frozenset({"kitchen"}),
        bound_field="canteen",
        document_key=("canteen", "meal_on", "meal", "sitting_no"),
        # Whoever photographs a dining hall may have caught a child's face.
        blobs=(BlobRule(role="photo", media_types=IMAGES, many=True, personal=True),),
        links={"under": ("menu", "serving-calendar"), "uses": ("cooking-step",)},
        known={"meal": MEALS, "queue_method": ("camera", "stopwatch", "tickets")},
        example=examples.MEAL_SERVICE,
        refused=examples.MEAL_SERVICE_REFUSED,
    ),
    EvidenceType(
        name="waste-log",
        family="kitchen",
        model=WasteLog,
        rule_en="What a meal leaves over is weighed by kind, and it is known who took it away.",
        rule_zh="餐厨废弃物按餐次分类称重，并记录去向和收运单位。",
        posters=frozenset({"kitchen", "device"}),
        bound_field="canteen",
        document_key=("canteen", "container_code", "weighed_at"),
        blobs=(BlobRule(role="photo", media_types=IMAGES, many=True),),
        links={"uses": ("weigh-in", "meal-service")},
        known={
            "meal": MEALS,
            "waste_kind": ("plate", "unserved", "trimmings", "spoiled", "used-oil", "packaging"),
            "disposal": ("collected", "composted", "digested-on-site", "municipal"),
        },
        example=examples.WASTE_LOG,
        refused=examples.WASTE_LOG_REFUSED,
    ),
)
"""The serving types of this version."""
