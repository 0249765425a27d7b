"""One meal of one canteen: what the calendar, the menu and the kitchen say of it, on one page.

    serving-calendar (供餐日历) ─→ a menu, a companion, a meal-service
    menu, meal-service ─→ a sample of each dish

The page's key is the meal's subject. What the calendar says comes from `serving_days`, as facts of
two kinds: `serving-calendar`, those in force that name the meal, and `closed`, those that know its day
where none in force names it: then the menu makes nothing due, for nothing was served.
"""

from collections.abc import Iterable, Mapping

from ledger.evidence import subjects
from ledger.evidence.kitchen import MEALS
from ledger.oversight import civil
from ledger.oversight.completeness import (
    companion_of_meal,
    menu_of_day,
    rules,
    sample_of_dish,
    service_of_meal,
    serving_days,
)
from ledger.oversight.completeness.meal import PREFIX, of_key
from ledger.oversight.completeness.page import Fact, Page
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen


class MealRule(Quiet):
    """The rule of meal pages (`rule.Rule`)."""

    prefixes = (PREFIX,)
    kinds = (rules.MENU, rules.COMPANION, rules.SERVICE, rules.SAMPLE)
    reads: Mapping[str, frozenset[str]] = {
        "menu": frozenset({"canteen", "period_from", "period_until", "meals"}),
        "meal-service": frozenset({"canteen", "meal_on", "meal", "dishes"}),
        "sample-retained": frozenset({"canteen", "meal_on", "meal", "dish_code", "amount_g"}),
        "sample-disposed": frozenset(
            {"canteen", "meal_on", "meal", "dish_code", "disposed_at", "reason_code"}
        ),
        "companion-meal": frozenset({"canteen", "meal_on", "meal"}),
    }
    beside = frozenset({"sample-disposed"})
    sources: Mapping[str, Items] = {"menu": "", "meal-service": ("companion", "sample")}

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:  # noqa: ARG002 - as every rule
        """The page of each meal that the record is about."""
        said = seen.fields
        if seen.type == "menu":
            return _menu(seen)
        key = subjects.meal(said["canteen"], said["meal_on"], said["meal"])
        if seen.type == "meal-service":
            dishes = [d["dish_code"] for d in said["dishes"] if d["portions_made"] > 0]
            return [(key, [seen.logged_at, dishes])]
        if seen.type == "sample-retained":
            return [(key, [said["dish_code"], seen.occurred_at, said["amount_g"]])]
        if seen.type == "sample-disposed":
            disposes = seen.linked("disposes")
            return [(key, [said["dish_code"], said["disposed_at"], said["reason_code"], disposes])]
        return [(key, [])]

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """The meals are subjects; those that a menu ends are not."""
        return self.candidates(seen, zone)

    def candidates(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every rule
        """The meals are subjects; those that a menu ends are not, and stay ended."""
        return [name for name in seen.subjects if name.startswith(f"{PREFIX}:")]

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:
        """A menu, a companion, a service, and a sample of every dish."""
        kind = told[0] if told else None
        meal = of_key(page.key)
        if told is not None and kind == "sample-retained":
            return sample_of_dish.owed(page, meal, context, (told[1][3],))
        found = companion_of_meal.owed(page, meal, context)
        if kind == "companion-meal":
            return found
        found |= service_of_meal.owed(page, meal, context)
        if told is not None and kind == "meal-service":
            dishes = sample_of_dish.served_otherwise(page, told[1])
            return found | sample_of_dish.owed(page, meal, context, dishes)
        found = menu_of_day.owed(page, meal, context) | found
        return found | sample_of_dish.owed(page, meal, context)

    def opens(self, page: Page, kind: str, more: Fact, context: Context) -> tuple[str, str] | None:
        """The first menu of a meal that the calendar names, and what the kitchen first says of it."""
        meal = of_key(page.key)
        planned_at, last = menu_of_day.due_at(meal, context), civil.end_of(meal.day, context.zone)
        if kind == serving_days.TYPE:
            return planned_at, last
        menus = page.of("menu")
        if not page.of(serving_days.TYPE) or page.of("closed") or page.of("meal-service"):
            return None
        if kind == "menu":
            _, dishes, supersedes = more
            if menus or supersedes or not dishes or context.now > planned_at:
                return None
        elif len(menus) != 1 or not all(menu[4] and not menu[5] for menu in menus.values()):
            return None
        return meal.over_at(context), last

    def only_answers(self, page: Page, kind: str) -> bool:  # noqa: ARG002 - as every rule
        """Samples and companions."""
        return kind not in self.sources

    def opened(self, page: Page, context: Context) -> None:
        """What the calendar says of it."""
        meal = of_key(page.key)
        for kind, facts in serving_days.said(meal.canteen, meal.day, meal.meal, context).items():
            page.put(kind, facts)

    def told(self, page: Page, seen: Seen, context: Context) -> None:
        """A sample too small, or disposed of too early, is suspicious at once."""
        if seen.type == "sample-retained":
            sample_of_dish.notice_sample(page, seen, of_key(page.key), context)
        elif seen.type == "sample-disposed":
            sample_of_dish.notice_disposal(page, seen, of_key(page.key), context)

    def needed(self, page: Page, context: Context) -> bool:
        """Until its day is over: a menu may be there long before the calendar."""
        return context.now < civil.end_of(of_key(page.key).day, context.zone)


def _menu(seen: Seen) -> Iterable[tuple[str, Fact]]:
    """Every meal on it; where it supersedes another, every meal of its days that is not."""
    said = seen.fields
    supersedes = seen.linked("supersedes")
    dishes = {
        subjects.meal(said["canteen"], meal["meal_on"], meal["meal"]): [
            dish["dish_code"] for dish in meal["dishes"]
        ]
        for meal in said["meals"]
    }
    if supersedes:
        days = civil.days_between(said["period_from"], said["period_until"])
        for day in (civil.days_later(said["period_from"], after) for after in range(days + 1)):
            for meal in MEALS:
                dishes.setdefault(subjects.meal(said["canteen"], day, meal), [])
    for key, codes in dishes.items():
        yield key, [seen.logged_at, codes, supersedes]
