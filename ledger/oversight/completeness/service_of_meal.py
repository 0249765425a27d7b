"""供餐记录: a record of every meal that was to be served, though nothing of it need have been.

Owed by the school, from the calendar; where no calendar knows the day, from the menu. Met by any
`meal-service` of the meal: one that says that nothing was made is one too. Without it neither its
samples nor its diners can be held against anything but the plan.
"""

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.meal import Meal
from ledger.oversight.completeness.obligation import Answer, Obligation
from ledger.oversight.completeness.page import Fact, Page, first, ref
from ledger.oversight.family import Context

_TYPE = "meal-service"


def owed(page: Page, meal: Meal, context: Context) -> dict[str, Obligation]:
    """One, where the meal is planned."""
    found = _source(page)
    if found is None:
        return {}
    source, fact, known_at = found
    obligation = Obligation(
        kind=rules.SERVICE,
        source=ref(source, fact),
        known_at=known_at,
        expected_type=_TYPE,
        expected_for=page.key,
        responsible=meal.school,
        school=meal.school,
        canteen=meal.canteen,
        day=meal.day,
        due_at=civil.end_of(meal.day, context.zone),
        answers=tuple(
            Answer(served[1], served[0], record) for record, served in page.of(_TYPE).items()
        ),
        asked=meal.meal in rules.listed(context, "service_meals"),
    )
    return {"service": obligation}


def _source(page: Page) -> tuple[str, Fact, str] | None:
    """The record that says that the meal is planned, and when it stood in the log."""
    calendars = page.of("serving-calendar")
    if calendars:
        source = first(calendars)
        return source, calendars[source], calendars[source][1]
    if page.of("closed"):
        return None
    menus = {record: fact for record, fact in page.of("menu").items() if fact[4]}
    if not menus:
        return None
    source = first(menus)
    return source, menus[source], menus[source][3]
