"""周食谱: a menu for every meal that the calendar names, before its day begins.

Owed by the school, from the calendar. Met by any menu that names the meal.
"""

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.meal import Meal
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Page, first, ref
from ledger.oversight.family import Context


def owed(page: Page, meal: Meal, context: Context) -> dict[str, Obligation]:
    """One, where a calendar names the meal."""
    calendars = page.of("serving-calendar")
    if not calendars:
        return {}
    source = first(calendars)
    fact = calendars[source]
    obligation = Obligation(
        kind=rules.MENU,
        source=ref(source, fact),
        known_at=fact[1],
        expected_type="menu",
        expected_for=page.key,
        responsible=meal.school,
        school=meal.school,
        canteen=meal.canteen,
        day=meal.day,
        due_at=due_at(meal, context),
        answers=tuple(
            Answer(menu[1], menu[0], record) for record, menu in page.of("menu").items() if menu[4]
        ),
    )
    return {"menu": obligation}


def due_at(meal: Meal, context: Context) -> str:
    """By when the menu has to be there."""
    begins = civil.begin_of(meal.day, context.zone)
    return later(begins, -rules.whole(context, "menu_lead_s"))
