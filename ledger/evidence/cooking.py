"""Cooking: how a dish is to be made, by the bureau's standard, and how it was made (EVIDENCE §2).

Who cooks does not write the standard (两个标准化). The standard and the steps meet in two codes: the
dish's recipe and the step's kind; oil, salt and temperatures are then compared by anyone.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import days, subjects
from ledger.evidence.definition import IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import cooking as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Bureau,
    Canteen,
    Code,
    Count,
    Date,
    Device,
    Integer,
    Maybe,
    Person,
    Positive,
    RecordId,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.kitchen import MEALS
from ledger.evidence.lines import Unit
from ledger.evidence.model import PAYLOAD, Accounted, Measured, Part, Said, breach, in_order
from ledger.evidence.repeats import once

_STEPS: Final = (
    "thaw", "wash", "soak", "cut", "marinate", "blanch", "boil", "steam", "stir-fry", "deep-fry",
    "roast", "stew", "season", "cool", "reheat", "hold", "portion",
)  # fmt: skip
MAX_LOTS: Final = 60
"""Ingredients of one step: each may name a lot, and a document has at most 64 subjects."""


class StandardIngredient(Part):
    """How much of an item goes into the standard's number of portions."""

    item_code: Text
    item_name: Text
    quantity: Positive
    unit: Unit


class StandardStep(Part):
    """A step that has to be there, and the core temperature it has to reach, if any."""

    step_no: Positive
    step_kind: Code
    core_min_mC: Maybe[Integer] = None
    lasts_s: Maybe[Count] = None


class RecipeStandard(Accounted):
    """The bureau's standard for a dish (食材配比、控油盐): ingredients, oil, salt, sugar and steps."""

    bureau: Maybe[Bureau] = None
    recipe_code: Text
    recipe_version: Positive
    dish_name: Text
    valid_from: Date
    valid_until: Maybe[Date] = None
    portions: Positive
    portion_g: Positive
    ingredients: Annotated[list[StandardIngredient], Field(min_length=1, max_length=100)]
    oil_mg: Count
    salt_mg: Count
    sugar_mg: Count
    energy_kJ: Count
    steps: Annotated[list[StandardStep], Field(min_length=1, max_length=50)]
    contains: Annotated[list[Code], Field(max_length=30)]

    def rules(self, said: Said) -> Iterator[Fault]:
        """Items and step numbers stand once, and a portion holds no more salt than it weighs."""
        yield from super().rules(said)
        yield from in_order(self, "valid_from", "valid_until")
        yield from once(
            ["ingredients"],
            [one.item_code for one in self.ingredients],
            en="this item stands here twice; add its quantities up",
            zh="该食材重复，请合并用量",
            member="item_code",
        )
        yield from once(
            ["steps"],
            [step.step_no for step in self.steps],
            en="this step number stands here twice; number the steps differently",
            zh="步骤序号重复，请使用不同序号",
            member="step_no",
        )
        seasoned_mg = self.oil_mg + self.salt_mg + self.sugar_mg
        if seasoned_mg > 1000 * self.portion_g:
            yield breach(
                ["portion_g"],
                "portion",
                f"oil, salt and sugar are {seasoned_mg} mg of a portion of {self.portion_g} g; all "
                "three are milligrams per portion",
                f"油、盐、糖合计 {seasoned_mg} 毫克，超过每份 {self.portion_g} 克；三者均按每份毫克填写",
            )


class Ingredient(Part):
    """What went in: of which lot, and by which weigh-in it left the store."""

    item_code: Text
    item_name: Text
    quantity: Positive
    unit: Unit
    supplier: Maybe[Supplier] = None
    lot_no: Maybe[Text] = None
    weigh_in: Maybe[RecordId] = None


class CookingStep(Measured):
    """One step of making a dish (烹制规程): from when to when, of what, how hot at its core."""

    canteen: Canteen
    meal_on: Date
    meal: Code
    dish_code: Text
    batch_no: Text
    step_no: Positive
    step_kind: Code
    started_at: Time
    ended_at: Time
    cooked_by: Person
    probe: Maybe[Device] = None
    core_temperature_mC: Maybe[Integer] = None
    ingredients: Annotated[list[Ingredient], Field(max_length=MAX_LOTS)]
    portions: Maybe[Count] = None
    oil_g: Maybe[Count] = None
    salt_g: Maybe[Count] = None
    sugar_g: Maybe[Count] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """It has ended, a probe gives a temperature, and what a device says its probe has read."""
        yield from super().rules(said)
        yield from in_order(self, "started_at", "ended_at")
        yield from days.has_happened(self, said, "ended_at")
        if self.probe is None and said.by_machine:
            yield missing(pointer(PAYLOAD, "probe"), "probe")
        if self.core_temperature_mC is None and self.probe is not None:
            yield missing(pointer(PAYLOAD, "core_temperature_mC"), "core_temperature_mC")
        for place, one in enumerate(self.ingredients):
            if one.lot_no is not None and one.supplier is None:
                yield missing(pointer(PAYLOAD, "ingredients", place, "supplier"), "supplier")

    def own_subjects(self) -> Iterable[str]:
        """The meal, the dish, and the lots that went in."""
        yield subjects.meal(self.canteen, self.meal_on, self.meal)
        yield subjects.dish(self.canteen, self.meal_on, self.meal, self.dish_code)
        if self.probe is not None:
            yield self.probe
        for one in self.ingredients:
            if one.supplier is not None and one.lot_no is not None:
                yield subjects.lot(one.supplier, one.item_code, one.lot_no)


TYPES: Final = (
    EvidenceType(
        name="recipe-standard",
        family="kitchen",
        model=RecipeStandard,
        rule_en="The bureau fixes what goes into a dish, how much oil and salt a portion may hold, "
        "and which steps it needs.",
        rule_zh="教育局统一制定食材配比、每份油盐用量和烹制步骤。",
        posters=frozenset({"bureau-admission"}),
        bound_field="bureau",
        document_key=("recipe_code", "recipe_version"),
        blobs=(BlobRule(role="sheet", media_types=SCANS, many=True),),
        links={"supersedes": ("recipe-standard",)},
        known={
            "step_kind": _STEPS,
            "contains": (
                "gluten", "crustacean", "egg", "fish", "peanut", "soy", "milk", "nuts", "sesame",
                "pork", "green-beans", "fresh-daylily", "wild-mushroom", "sprouted-potato",
                "nitrite",
            ),
        },
        example=examples.RECIPE_STANDARD,
        refused=examples.RECIPE_STANDARD_REFUSED,
    ),
    EvidenceType(
        name="cooking-step",
        family="kitchen",
        model=CookingStep,
        rule_en="Each step of a dish is recorded once it is done, with the lots that went in and "
        "the core temperature that a probe read.",
        rule_zh="烹制步骤完成后记录，注明所用批次和探针测得的中心温度。",
        posters=frozenset({"kitchen", "device"}),
        bound_field="canteen",
        document_key=("canteen", "meal_on", "meal", "dish_code", "batch_no", "step_no"),
        blobs=(BlobRule(role="photo", media_types=IMAGES, many=True),),
        links={
            "under": ("recipe-standard", "menu"),
            "uses": ("weigh-in", "stock-move", "cooking-step"),
        },
        known={"meal": MEALS, "step_kind": _STEPS},
        example=examples.COOKING_STEP,
        refused=examples.COOKING_STEP_REFUSED,
    ),
)  # fmt: skip
"""The cooking types of this version."""
