"""A school's month: meals paid against meals served against ingredients by recipe.

    portions ordered and paid   ⇔  diners served   ⇔  goods accepted = portions made × recipe

Only meals of which both sides are known are compared: a service that nobody recorded is missing, not
unpaid. Where orders of meals are not posted, payments for single days are counted instead. Staff count
as served only where staff are among those who ordered. An ingredient is compared where it was
delivered on several days and recipes are known for nearly all that was made: what is bought once a
term lies in store.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.reconciliation import difference
from ledger.oversight.reconciliation.book import FAMILY
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ingredients import Needed, recipe_of, versions_of
from ledger.oversight.reconciliation.ordered import PREFIX, Ordered, bounded
from ledger.oversight.seen import Ref

_WHOLE_BP: Final = 10_000
_EMPTY: Final[Mapping[str, Any]] = {"parts": {}, "goods": {}}
Days = Mapping[str, Mapping[str, Any]]
Books = Sequence[Mapping[str, Any]]
Recipes = Mapping[str, Sequence[Any]]
Line = tuple[str, str, int, int, str, list[Ref]]
"""Code, about, expected, found, unit, records."""


@dataclass(frozen=True, slots=True)
class Month:
    """All that a school's month is compared from; nothing changes it.

    Attributes:
        school: whose.
        key: of its state, and of its row.
        state: the month, as `meals` keeps it.
        days: its days.
        books: of its suppliers, as `book` keeps them.
        recipes: versions of those that its menus name, by code.
        rules: the policy's.
    """

    school: str
    key: str
    state: Mapping[str, Any]
    days: Days
    books: Books
    recipes: Recipes
    rules: Mapping[str, Any]

    @property
    def first(self) -> str:
        """Its first day."""
        return self.key.rpartition(" ")[2]

    def show(self, context: Context) -> None:
        """Show it while it is not over: what it says then is asked for only of the last time."""
        context.show(self.key, self._open)

    def judge(self, context: Context) -> list[str]:
        """Compare it once it is over, show it, and post what is grave; the codes posted so far."""
        meals, needed = Meals(self.days, self.state), _needed(self)
        said = [*meals.lines(self.rules), *_ingredients(context, needed, self.books, self.rules)]
        found = [_of(line, self.state, self.first, self.school, context) for line in said]
        posted = difference.suspect(found, self.state["posted"], context)
        status = "mismatched" if difference.mismatched(found, self.rules) else "matched"
        context.row(self._row(meals, needed, found, status))
        return posted

    def _open(self) -> Row:
        return self._row(Meals(self.days, self.state), _needed(self), [], "open")

    def _row(self, meals: "Meals", needed: Needed, found: Sequence[Difference], status: str) -> Row:
        shown = _shown(needed, self.books, self.days)[: max(self.rules["shown"], 0)]
        detail = {
            "period_from": self.first,
            "period_until": self.state["until"],
            **meals.sums(),
            "ingredients": shown,
            "recipes_known_bp": needed.covered * _WHOLE_BP // max(needed.portions, 1),
            **difference.lines(found, self.rules),
        }
        return Row(FAMILY, self.key, self.school, self.first, "meals", status, detail)


def gather(context: Context, school: str, key: str, state: Mapping[str, Any], days: Days) -> Month:
    """A month, with the books and recipes that it is compared with as they are now."""
    books = [context.get(name) or _EMPTY for name in state["books"]]
    menus = [menu for said in days.values() for menu in said.get("menu", ())]
    codes = dict.fromkeys(dish["recipe"] for menu in menus for dish in menu[3].values())
    recipes = {code: versions_of(context, code) for code in codes if code is not None}
    return Month(school, key, state, days, books, recipes, context.policy.rules)


class Meals:
    """Portions of a month, by day and meal."""

    def __init__(self, days: Days, month: Mapping[str, Any]) -> None:
        """Count them."""
        self.ordered: dict[tuple[str, str], int] = {}
        self.served: dict[tuple[str, str], int] = {}
        self.refs: dict[str, list[Ref]] = {}
        self.ordered_fen = self.paid_fen = self.payments = 0
        self.whole, self.paid_days = True, [day for day, said in days.items() if "paid" in said]
        self.refunds = month.get("refunds", ())
        orders = [one for day in days.values() for one in day.get("ordered", ())]
        staff = any(one[3] for one in orders)
        for day, said in days.items():
            services = said.get("served", ())
            for _, _, meal, diners, own, _ in services:
                add = diners if staff or not orders else diners - own
                self.served[day, meal] = self.served.get((day, meal), 0) + add
            for _, portions, fen, _ in said.get("ordered", ()):
                self.ordered_fen += fen
                for meal, count in portions.items():
                    self.ordered[day, meal] = self.ordered.get((day, meal), 0) + count
            for _, payments, fen, last in said.get("paid", ()):
                self.payments += payments
                self.paid_fen += fen
                self.whole &= last <= month["until"]
            kept = ("ordered", "served") if orders else ("paid", "served")
            self.refs[day] = [one[0] for name in kept for one in said.get(name, ())]
        if not orders:
            self._by_payments(days)

    @property
    def refunded(self) -> int:
        """Portions paid back."""
        return sum(one[1] for one in self.refunds)

    def sums(self) -> dict[str, int]:
        """What a row shows."""
        both = self.ordered.keys() & self.served.keys()
        return {
            "portions_ordered": bounded(sum(self.ordered.values())),
            "portions_served": bounded(sum(self.served.values())),
            "compared_ordered": bounded(sum(self.ordered[name] for name in sorted(both))),
            "compared_served": bounded(sum(self.served[name] for name in sorted(both))),
            "portions_refunded": bounded(self.refunded),
            "ordered_fen": bounded(self.ordered_fen),
            "payments": bounded(self.payments),
            "paid_fen": bounded(self.paid_fen),
            "refunded_fen": bounded(sum(one[2] for one in self.refunds)),
        }

    def lines(self, rules: Mapping[str, Any]) -> Iterator[Line]:
        """What does not meet."""
        within = rules["meals_tolerance_bp"]
        both = sorted(self.ordered.keys() & self.served.keys())
        paid = sum(self.ordered[name] for name in both)
        eaten = sum(self.served[name] for name in both)
        days = dict.fromkeys(day for day, _ in both)
        records = [ref for day in days for ref in self.refs[day]]
        records += [one[0] for one in self.refunds]
        left = max(0, paid - self.refunded)
        if _beyond(left, eaten, within):
            yield "meals-paid-not-served", "", left, eaten, "portion", records
        if _beyond(eaten, paid, within) and paid:
            yield "meals-served-not-paid", "", paid, eaten, "portion", records
        unserved = sorted(name for name in self.ordered if name not in self.served)
        if unserved and self.served:
            count = sum(self.ordered[name] for name in unserved)
            without = list(dict.fromkeys(day for day, _ in unserved))
            records = [ref for day in without for ref in self.refs[day]]
            yield "meals-without-service", ", ".join(without[:10]), count, 0, "portion", records
        if self.ordered_fen and self.paid_fen and self._paid_within():
            high = max(self.ordered_fen, self.paid_fen)
            low = min(self.ordered_fen, self.paid_fen)
            if _beyond(high, low, within):
                amounts = (self.ordered_fen, self.paid_fen)
                yield "meal-money-differs", "", *amounts, "fen", records

    def _paid_within(self) -> bool:
        """Whether all that was ordered was paid in this month, and nothing besides."""
        return self.whole and bool(self.paid_days) and min(self.ordered)[0] >= self.paid_days[0]

    def _by_payments(self, days: Days) -> None:
        """Payments for single days, against the meal of the day that most came to."""
        served: dict[tuple[str, str], int] = {}
        for (day, _), diners in self.served.items():
            served[day, ""] = max(served.get((day, ""), 0), diners)
        self.served = served
        for day, said in days.items():
            payments = sum(one[1] for one in said.get("paid", ()) if one[3] == day)
            if payments:
                self.ordered[day, ""] = payments


def _needed(month: Month) -> Needed:
    """What the dishes made in a month take by their recipes."""
    unknown = 0
    made: dict[tuple[str, int | None, str], int] = {}
    for day, said in month.days.items():
        menus = said.get("menu", ())
        for _, canteen, meal, _, _, cooked in said.get("served", ()):
            dishes = _menu(menus, canteen, meal)
            for dish, portions in cooked.items():
                by = dishes.get(dish)
                if by is None or by["recipe"] is None:
                    unknown += portions
                else:
                    # Where the menu names the version, the day is the same to it.
                    version = by["version"]
                    name = (by["recipe"], version, day if version is None else "")
                    made[name] = made.get(name, 0) + portions
    by_recipe = [
        (portions, recipe_of(month.recipes[code], version, day))
        for (code, version, day), portions in made.items()
    ]
    return Needed([(unknown, None), *by_recipe])


def _menu(menus: Sequence[Any], canteen: str, meal: str) -> Mapping[str, Any]:
    """The dishes of the last menu of a meal."""
    last, dishes = -1, {}
    for ref, its_canteen, its_meal, said in menus:
        if its_canteen == canteen and its_meal == meal and ref[0] >= last:
            last, dishes = ref[0], said
    return dishes


def _accepted(books: Books, item: str, unit: str) -> int:
    """What was accepted of an item."""
    return sum([one["goods"][item][unit][3] for one in books if unit in one["goods"].get(item, ())])


def _bringing(books: Books, item: str, unit: str) -> list[str]:
    """Keys of the orders that brought some of an item."""
    return [
        contributor
        for one in books
        for contributor, part in sorted(one["parts"].items())
        for line in part.get("goods", ())
        if line[0] == item and line[1] == unit and line[5]
    ]


def _ingredients(
    context: Context, needed: Needed, books: Books, rules: Mapping[str, Any]
) -> Iterator[Line]:
    within = rules["ingredients_tolerance_bp"]
    for (item, unit), expected in needed.items.items():
        accepted = _accepted(books, item, unit)
        short = accepted * _WHOLE_BP < expected * (_WHOLE_BP - within)
        much = needed.covers(rules["recipe_coverage_bp"]) and _beyond(accepted, expected, within)
        if not expected or not (short or much):
            continue
        orders = _bringing(books, item, unit)
        if len(orders) >= rules["ingredients_days"]:
            records: list[Ref] = []
            for key in orders:
                ordered = Ordered(key.removeprefix(PREFIX), context.get(key) or {"since": ""})
                records += [ordered.order["ref"]] if ordered.order else []
                records += [one["ref"] for one in ordered.taken]
            code = "ingredients-short" if short else "ingredients-over"
            yield code, item, expected, accepted, unit, records


def _shown(needed: Needed, books: Books, days: Days) -> list[dict[str, Any]]:
    issued: dict[str, int] = {}
    for said in days.values():
        for _, item, net_g in said.get("issued", ()):
            issued[item] = issued.get(item, 0) + net_g
    return [
        {
            "item_code": item,
            "unit": unit,
            "expected": bounded(expected),
            "accepted": bounded(_accepted(books, item, unit)),
            "issued_g": bounded(issued.get(item, 0)),
        }
        for (item, unit), expected in needed.items.items()
    ]


def _of(
    line: Line, month: Mapping[str, Any], first: str, school: str, context: Context
) -> Difference:
    code, about, expected, found, unit, records = line
    amounts = (bounded(expected), bounded(found))
    times = (civil.begin_of(first, context.zone), civil.end_of(month["until"], context.zone))
    return Difference(code, about, *amounts, unit, records, *times, school)


def _beyond(more: int, less: int, within_bp: int) -> bool:
    return more * _WHOLE_BP > less * (_WHOLE_BP + within_bp)
