"""Meals: paid for, served, and what went into them."""

from typing import Any

import pytest
from bought import BANK, GATEWAY, SCHOOL, Bought

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples.school_day import ADMISSION
from ledger.oversight.seen import Seen

END = "2026-11-15T00:00:00.000Z"


class Month(Bought):
    """September at one school, meal by meal."""

    def ordered(self, day: str, portions: int, meal: str = "lunch", **changes: Any) -> Seen:
        """So many portions of a meal were ordered and paid for."""
        self._numbers += 1
        meals = [
            {
                "meal": meal, "diner_group": "student", "ordered": portions, "cancelled": 0,
                "portions": portions, "unit_price_fen": "1200", "amount_fen": 1_200 * portions,
                **changes,
            }
        ]  # fmt: skip
        payload = {
            **TYPES["meal-order"].example["payload"],
            "batch_no": f"M-{self._numbers}",
            "meal_on": day,
            "meals": meals,
            "portions": portions,
            "amount_fen": 1_200 * portions,
        }
        return self.log.post("meal-order", payload, issuer=BANK)

    def served(self, day: str, diners: int, meal: str = "lunch", **changes: Any) -> Seen:
        """So many were fed."""
        self._numbers += 1
        dish = {"dish_code": "d-4", "dish_name": "红烧肉", "portion_g": 90}
        payload = {
            **TYPES["meal-service"].example["payload"],
            "meal_on": day,
            "meal": meal,
            "sitting_no": self._numbers,
            "started_at": "2026-09-01T03:30:00.000Z",
            "ended_at": "2026-09-01T03:30:00.000Z",
            "diners": diners,
            "staff_meals": 0,
            "dishes": [{**dish, "portions_made": diners, "portions_served": diners}],
            **changes,
        }
        at = f"{day}T10:00:00.000Z"
        return self.log.post("meal-service", payload, issuer=SCHOOL, occurred_at=at)

    def menu(self, *days: str, recipe: str | None = "R-017", version: int | None = None) -> Seen:
        """Braised pork on all of these days."""
        self._numbers += 1
        dish: dict[str, Any] = {
            "dish_code": "d-4", "dish_name": "红烧肉", "preparation": "hot", "portion_g": 90,
            "contains": [],
        }  # fmt: skip
        if recipe is not None:
            dish["recipe_code"] = recipe
        if version is not None:
            dish["recipe_version"] = version
        payload = {
            **TYPES["menu"].example["payload"],
            "menu_no": f"W-{self._numbers}",
            "period_from": days[0],
            "period_until": days[-1],
            "published_at": "2026-09-01T00:00:00.000Z",
            "meals": [
                {"meal_on": day, "meal": "lunch", "diners_planned": 100, "dishes": [dish]}
                for day in days
            ],
        }
        return self.log.post("menu", payload, issuer=SCHOOL)

    def recipe(self, version: int = 1, grams: int = 5_000) -> Seen:
        """So many grams of pork for a hundred portions."""
        payload = {
            **TYPES["recipe-standard"].example["payload"],
            "recipe_version": version,
            "ingredients": [
                {"item_code": "pork-leg", "item_name": "猪后腿肉", "quantity": grams, "unit": "g"}
            ],
        }
        return self.log.post("recipe-standard", payload, issuer=ADMISSION)


def days(count: int = 5) -> list[str]:
    return [f"2026-09-{day:02}" for day in range(7, 7 + count)]


def a_month(portions: int, diners: int) -> Month:
    month = Month()
    for day in days():
        month.ordered(day, portions)
        month.served(day, diners)
    month.log.until(END)
    return month


@pytest.mark.parametrize(
    ("portions", "diners", "kinds"),
    [
        (100, 100, []),
        (100, 91, []),
        (100, 90, ["meals-paid-not-served"]),
        (100, 110, []),
        (100, 111, ["meals-served-not-paid"]),
    ],
)
def test_meals_paid_are_meals_served(portions: int, diners: int, kinds: list[str]) -> None:
    month = a_month(portions, diners)

    assert month.suspicions == kinds
    row = month.row("meals")
    assert row["status"] == ("mismatched" if kinds else "matched")
    assert (row["compared_ordered"], row["compared_served"]) == (5 * portions, 5 * diners)


def test_what_was_paid_for_and_not_served_is_the_schools() -> None:
    (found,) = a_month(100, 60).log.of("suspicion")

    assert (found["responsible"], found["severity"], found["inputs"]) == (SCHOOL, "major", 10)


def test_a_month_is_not_compared_before_its_grace_is_over() -> None:
    month = Month()
    for day in days():
        month.ordered(day, 100)
        month.served(day, 50)
    month.log.until("2026-10-30T16:00:00.000Z")
    assert (month.suspicions, month.row("meals")["status"]) == ([], "open")

    month.log.until("2026-10-30T16:00:00.001Z")

    assert month.suspicions == ["meals-paid-not-served"]


def test_portions_paid_back_need_not_be_served() -> None:
    month = Month()
    for day in days():
        month.ordered(day, 100)
        month.served(day, 70)
    example = TYPES["refund"].example
    meals = [{**example["payload"]["meals"][0], "portions": 150, "amount_fen": 180_000}]
    changes = {
        "meals": meals, "portions": 150, "amount_fen": 180_000, "meals_from": days()[0],
        "meals_until": days()[-1],
    }  # fmt: skip
    month.log.example(example, **changes)
    month.log.until(END)

    assert month.suspicions == []
    assert month.row("meals")["portions_refunded"] == 150


def test_a_service_nobody_recorded_is_noted_and_not_compared() -> None:
    month = Month()
    for day in days():
        month.ordered(day, 100)
    for day in days(3):
        month.served(day, 100)
    month.log.until(END)

    assert month.suspicions == []
    assert month.codes("meals") == ["meals-without-service"]
    assert month.row("meals")["status"] == "matched"


def test_staff_are_counted_where_they_ordered() -> None:
    def a_day(**group: str) -> Month:
        month = Month()
        month.ordered(days()[0], 100, **group)
        month.served(days()[0], 120, staff_meals=20)
        month.log.until(END)
        return month

    assert a_day().suspicions == []
    assert a_day(diner_group="staff").suspicions == ["meals-served-not-paid"]


def test_payments_for_single_days_stand_in_where_no_orders_are_posted() -> None:
    month = Month()
    example = TYPES["meal-payment"].example["payload"]
    for day in days():
        payload = {
            **example, "batch_no": day, "payments": 100, "meals_from": day, "meals_until": day,
        }  # fmt: skip
        month.log.post("meal-payment", payload, issuer=BANK)
        month.served(day, 60)
        month.served(day, 20, meal="breakfast")
    month.log.until(END)

    assert month.suspicions == ["meals-paid-not-served"]
    assert month.row("meals")["compared_served"] == 300


@pytest.mark.parametrize(
    ("fen", "until", "codes"),
    [
        (600_000, "2026-09-11", []),
        (500_000, "2026-09-11", ["meal-money-differs"]),
        (500_000, "2026-10-11", []),
    ],
)
def test_money_for_meals_is_compared_where_it_was_paid_for_this_month_alone(
    fen: int, until: str, codes: list[str]
) -> None:
    month = Month()
    changes = {
        "amount_fen": fen,
        "refunds_fen": 0,
        "meals_from": "2026-09-07",
        "meals_until": until,
    }
    month.log.example(TYPES["meal-payment"].example, **changes)
    for day in days():
        month.ordered(day, 100)
        month.served(day, 100)
    month.log.until(END)

    assert month.codes("meals") == codes
    assert month.row("meals")["paid_fen"] == fen


def test_an_order_of_meals_taken_back_is_none() -> None:
    month = Month()
    month.ordered(days()[0], 100)
    wrong = month.ordered(days()[0], 50)
    month.served(days()[0], 100)
    month.log.correct(wrong)
    month.log.until(END)

    assert month.suspicions == []
    assert month.row("meals")["portions_ordered"] == 100


def test_a_service_erased_as_a_whole_is_none() -> None:
    month = Month()
    month.ordered(days()[0], 100)
    gone = month.served(days()[0], 50)
    month.log.erase(gone)
    month.log.until(END)

    assert month.suspicions == []
    assert month.row("meals")["portions_served"] == 0


def test_what_comes_later_is_compared_again() -> None:
    month = Month()
    for day in days():
        month.ordered(day, 100)
        month.served(day, 60)
    month.log.until("2026-11-01T00:00:00.000Z")
    for day in days():
        month.served(day, 40)
    month.log.until(END)

    assert month.row("meals")["status"] == "matched"
    assert month.suspicions == ["meals-paid-not-served"]


# Ingredients


def cooked(grams: int, *, recipe: str | None = "R-017", version: int | None = None) -> Month:
    """Five days of pork for a hundred, of which so much was bought each day."""
    month = Month()
    month.recipe()
    month.menu(*days(), recipe=recipe, version=version)
    for day in days():
        month.delivery({"pork-leg": grams}, f"{day}T00:00:00.000Z")
        month.served(day, 100)
    month.log.until(END)
    return month


@pytest.mark.parametrize(
    ("grams", "kinds"),
    [
        (5_000, []),
        (3_500, []),
        (3_499, ["ingredients-short"]),
        (6_500, []),
        (6_501, ["ingredients-over"]),
    ],
)
def test_what_was_bought_is_what_the_recipes_take(grams: int, kinds: list[str]) -> None:
    month = cooked(grams)

    assert [kind for kind in month.suspicions if kind.startswith("ingredients")] == kinds
    (line,) = month.row("meals")["ingredients"]
    assert (line["expected"], line["accepted"]) == (25_000, 5 * grams)


def test_an_ingredient_bought_on_few_days_lies_in_store() -> None:
    month = Month()
    month.recipe()
    month.menu(*days())
    for day in days():
        month.served(day, 100)
    for day in days(3):
        month.delivery({"pork-leg": 50_000}, f"{day}T00:00:00.000Z")
    month.log.until(END)

    assert [kind for kind in month.suspicions if kind.startswith("ingredients")] == []


def test_dishes_without_a_recipe_take_nobody_knows_how_much() -> None:
    assert cooked(9_000, recipe=None).suspicions == []
    assert cooked(9_000, version=9).suspicions == []


def test_the_recipe_of_the_menus_version_counts_else_the_last() -> None:
    month = Month()
    month.recipe(1, 5_000)
    month.recipe(2, 10_000)
    month.menu(*days(1), version=1)
    month.menu("2026-09-08")
    for day in days(2):
        month.served(day, 100)
    month.log.until(END)

    assert month.row("meals")["ingredients"][0]["expected"] == 15_000


def test_goods_weighed_out_of_store_are_shown() -> None:
    month = Month()
    month.recipe()
    month.menu(*days(1))
    month.served(days()[0], 100)
    example = TYPES["weigh-in"].example["payload"]
    payload = {**example, "direction": "outbound", "item_code": "pork-leg"}
    at = f"{days()[0]}T02:00:00.000Z"
    blobs = TYPES["weigh-in"].example["blobs"]
    out = month.log.post("weigh-in", payload, issuer=GATEWAY, blobs=blobs, occurred_at=at)
    month.log.until("2026-09-20T00:00:00.000Z")
    assert month.row("meals")["ingredients"][0]["issued_g"] == 11_520

    month.log.correct(out)
    month.log.until(END)

    assert month.row("meals")["ingredients"][0]["issued_g"] == 0


def test_a_menu_or_recipe_taken_back_asks_for_nothing() -> None:
    month = Month()
    recipe = month.recipe()
    menu = month.menu(*days(1))
    month.served(days()[0], 100)
    month.log.correct(recipe)
    month.log.correct(menu)
    month.log.until(END)

    assert month.row("meals")["ingredients"] == []
    assert month.row("meals")["recipes_known_bp"] == 0


def test_nothing_is_kept_of_a_month_that_is_over() -> None:
    month = cooked(5_000)
    month.log.until("2028-06-01T00:00:00.000Z")

    kept = [key for key in month.log.state if " day " in key or " month " in key]
    assert kept == []
