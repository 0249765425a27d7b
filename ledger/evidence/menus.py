"""Menus: on which days a canteen serves, and which dishes it says it will serve (EVIDENCE §2).

Both say what should come to be known: a meal owed by the calendar and not on a menu is missing, and
so is a sample of every dish on one. The bureau posts the calendar, for a school that could post
neither would owe nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Final

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import days, lines, subjects
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import menus as examples
from ledger.evidence.fields import (
    Bureau,
    Canteen,
    Code,
    Count,
    Date,
    Maybe,
    Positive,
    School,
    Text,
    Time,
)
from ledger.evidence.kitchen import MEALS
from ledger.evidence.model import Accounted, Part, Said, breach, in_order
from ledger.evidence.repeats import once
from ledger.statement import MAX_SUBJECTS

_Meals = Annotated[list[Code], Field(max_length=10)]


class Weekday(Part):
    """The meals served on one day of every week; 1 is Monday."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    meals: _Meals


class OtherDay(Part):
    """One day on which it is otherwise: a holiday, or a Saturday made up for; no meals: closed."""

    on: Date
    meals: _Meals
    reason_code: Code


class ServingCalendar(Accounted):
    """The meals one canteen owes in a term (供餐日历): what the bureau says it is open for."""

    bureau: Maybe[Bureau] = None
    calendar_no: Text
    school: School
    canteen: Canteen
    term: Text
    period_from: Date
    period_until: Date
    weekly: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    exceptions: Annotated[list[OtherDay], Field(max_length=200)]
    diners_expected: Maybe[Count] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Weekdays and exceptions stand once, exceptions in the period, meals once a day."""
        yield from super().rules(said)
        yield from lines.of_school("canteen", self.canteen, self.school)
        yield from in_order(self, "period_from", "period_until")
        yield from days.at_most(self, "period_from", "period_until", 366)
        yield from once(
            ["weekly"],
            [day.weekday for day in self.weekly],
            en="this weekday stands here twice; put its meals together",
            zh="该星期重复，请合并餐次",
            member="weekday",
        )
        yield from once(
            ["exceptions"],
            [day.on for day in self.exceptions],
            en="this day stands here twice; put its meals together",
            zh="该日期重复，请合并餐次",
            member="on",
        )
        for place, weekday in enumerate(self.weekly):
            yield from _meals_once(["weekly", place, "meals"], weekday.meals)
        for place, other in enumerate(self.exceptions):
            yield from _meals_once(["exceptions", place, "meals"], other.meals)
            on: list[int | str] = ["exceptions", place, "on"]
            yield from days.within(on, other.on, self.period_from, self.period_until)


class MenuDish(Part):
    """One dish of a meal; `contains` names what somebody must not eat, or nobody may be served."""

    dish_code: Text
    dish_name: Text
    preparation: Code
    portion_g: Positive
    recipe_code: Maybe[Text] = None
    recipe_version: Maybe[Positive] = None
    contains: Annotated[list[Code], Field(max_length=30)]


class MenuMeal(Part):
    """One meal of one day."""

    meal_on: Date
    meal: Code
    diners_planned: Count
    dishes: Annotated[list[MenuDish], Field(min_length=1, max_length=MAX_SUBJECTS)]


class Menu(Accounted):
    """What a canteen will serve in a week (周食谱): of each dish a sample is owed, by its code."""

    menu_no: Text
    canteen: Canteen
    period_from: Date
    period_until: Date
    published_at: Time
    published_where: Code
    meals: Annotated[list[MenuMeal], Field(min_length=1, max_length=MAX_SUBJECTS)]

    def rules(self, said: Said) -> Iterator[Fault]:
        """At most a week, each meal once and in it, each dish once a meal, not too many dishes."""
        yield from super().rules(said)
        yield from in_order(self, "period_from", "period_until")
        yield from days.at_most(self, "period_from", "period_until", 7)
        yield from days.has_happened(self, said, "published_at")
        named = [(meal.meal_on, meal.meal) for meal in self.meals]
        yield from once(
            ["meals"],
            named,
            en="this meal of this day stands here twice; put its dishes together",
            zh="同日该餐重复，请合并菜品",
            member="meal",
        )
        for place, meal in enumerate(self.meals):
            at: list[int | str] = ["meals", place]
            on = [*at, "meal_on"]
            yield from days.within(on, meal.meal_on, self.period_from, self.period_until)
            yield from dishes_once([dish.dish_code for dish in meal.dishes], [*at, "dishes"])
        count = len(set(self.subjects()))
        if count > MAX_SUBJECTS:
            yield breach(
                ["meals"],
                "too-many",
                f"canteen, meals and dishes are {count} subjects; at most {MAX_SUBJECTS}: split "
                "the document, by day for instance, each part under a menu_no of its own",
                f"食堂、餐次和菜品主体共 {count} 个，上限为 {MAX_SUBJECTS}；请拆分单据"
                "（如按日），各部分使用不同的 menu_no",
            )

    def own_subjects(self) -> Iterable[str]:
        """Every meal and every dish."""
        for meal in self.meals:
            yield subjects.meal(self.canteen, meal.meal_on, meal.meal)
            for dish in meal.dishes:
                yield subjects.dish(self.canteen, meal.meal_on, meal.meal, dish.dish_code)


def dishes_once(codes: Iterable[str], at: Sequence[int | str] = ("dishes",)) -> Iterator[Fault]:
    """Refuse two dishes of one code in a meal: nobody could say which of them was sampled."""
    return once(
        at,
        codes,
        en="this dish stands in the meal twice; give each dish a code of its own",
        zh="该餐菜品编号重复，请为每道菜使用不同编号",
        member="dish_code",
    )


def _meals_once(at: list[int | str], meals: Iterable[str]) -> Iterator[Fault]:
    return once(
        at,
        meals,
        en="this meal stands here twice; name it once",
        zh="该餐次重复，请只列一次",
    )


TYPES: Final = (
    EvidenceType(
        name="serving-calendar",
        family="kitchen",
        model=ServingCalendar,
        rule_en="The bureau says on which days and at which meals a canteen serves; for each of "
        "them a menu, samples and a meal-service are owed.",
        rule_zh="教育局公布供餐日历；日历中的每一餐均须有食谱、留样和供餐记录。",
        posters=frozenset({"bureau-admission"}),
        bound_field="bureau",
        document_key=("calendar_no", "canteen"),
        blobs=(BlobRule(role="notice", media_types=SCANS, many=True),),
        links={"supersedes": ("serving-calendar",)},
        known={
            "meals": MEALS,
            "reason_code": ("holiday", "made-up-day", "examination", "outing", "weather", "works"),
        },
        example=examples.SERVING_CALENDAR,
        refused=examples.SERVING_CALENDAR_REFUSED,
    ),
    EvidenceType(
        name="menu",
        family="kitchen",
        model=Menu,
        rule_en="The school publishes the week's dishes before it serves them, by codes under "
        "which they are cooked, sampled and served.",
        rule_zh="学校提前公布周食谱；烹制、留样、供餐均沿用其菜品编号。",
        posters=frozenset({"school"}),
        bound_field="canteen",
        document_key=("menu_no", "canteen"),
        blobs=(BlobRule(role="notice", media_types=SCANS, many=True),),
        links={
            "under": ("serving-calendar", "recipe-standard"),
            "supersedes": ("menu",),
        },
        known={
            "meal": MEALS,
            "preparation": ("hot", "cold", "raw", "decorated-cake", "fresh-cut-fruit", "bought-in"),
            "published_where": ("canteen-wall", "school-gate", "web-page", "messages"),
            "contains": (
                "gluten", "crustacean", "egg", "fish", "peanut", "soy", "milk", "nuts", "sesame",
                "pork", "green-beans", "fresh-daylily", "wild-mushroom", "sprouted-potato",
                "nitrite",
            ),
        },
        example=examples.MENU,
        refused=examples.MENU_REFUSED,
    ),
)  # fmt: skip
"""The menu types of this version."""
