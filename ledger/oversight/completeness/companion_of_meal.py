"""陪餐: at every meal somebody responsible for the school eats along, and writes it down that day.

Owed by the school, from the calendar; where no calendar knows the day, from the menu or what was
served. Which meals need a companion the policy says.
"""

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.meal import Meal
from ledger.oversight.completeness.obligation import Answer, Obligation
from ledger.oversight.completeness.page import Fact, Page, first, ref
from ledger.oversight.family import Context


def owed(page: Page, meal: Meal, context: Context) -> dict[str, Obligation]:
    """One, where the meal is served."""
    found = _source(page)
    if found is None:
        return {}
    source, fact, known_at = found
    obligation = Obligation(
        kind=rules.COMPANION,
        source=ref(source, fact),
        known_at=known_at,
        expected_type="companion-meal",
        expected_for=page.key,
        responsible=meal.school,
        school=meal.school,
        canteen=meal.canteen,
        day=meal.day,
        due_at=civil.end_of(meal.day, context.zone),
        answers=tuple(
            Answer(ate[1], ate[0], record) for record, ate in page.of("companion-meal").items()
        ),
        asked=meal.meal in rules.listed(context, "companion_meals"),
    )
    return {"companion": obligation}


def _source(page: Page) -> tuple[str, Fact, str] | None:
    """The record that says that the meal is served, and when it stood in the log."""
    for kind in ("serving-calendar", "menu", "meal-service"):
        facts = page.of(kind)
        serving = {
            record: fact for record, fact in facts.items() if kind == "serving-calendar" or fact[4]
        }
        if serving:
            source = first(serving)
            fact = facts[source]
            return source, fact, fact[1] if kind == "serving-calendar" else fact[3]
        if page.of("closed"):
            return None
    return None
