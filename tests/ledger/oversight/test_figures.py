"""Indicators and the dashboard: each figure from its records, by whom and when, and computed anew."""

from collections.abc import Mapping
from typing import Any

import pytest
from components.told_log import ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.oversight.dashboard import Dashboard
from ledger.oversight.indicators import Indicators
from ledger.oversight.seen import inputs_root

MEAL = TYPES["meal-service"].example
WASTE = TYPES["waste-log"].example
SURVEY = TYPES["satisfaction-survey"].example
SETTLEMENT = TYPES["settlement"].example
REFERENCE = TYPES["reference-price"].example

START = "2026-11-23T16:00:00.000Z"
NOVEMBER_IS_DUE = "2026-12-05T16:00:00.001Z"


def log() -> ToldLog:
    return ToldLog(Indicators(), at=START)


def served(told: ToldLog, on: str = "2026-11-23", number: int = 1, **changes: Any) -> Any:
    dish = {"dish_code": "d-1", "dish_name": "米饭", "portions_made": 200, "portions_served": 200,
            "portion_g": 250}  # fmt: skip
    times = {"started_at": f"{on}T03:30:00.000Z", "ended_at": f"{on}T04:30:00.000Z"}
    return told.example(
        MEAL, meal_on=on, sitting_no=number, dishes=[dish], diners=200, **(times | changes)
    )


def waste(told: ToldLog, grams: int, kind: str = "plate", code: str = "b-1") -> Any:
    return told.example(
        WASTE, waste_kind=kind, gross_g=grams + 1000, tare_g=1000, net_g=grams, container_code=code
    )


def by_code(payload: Mapping[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {
        one["indicator_code"]: (one["numerator"], one["denominator"], one["value_ppm"])
        for one in payload["indicators"]
    }


def test_a_month_is_reported_once_its_days_of_grace_are_over() -> None:
    told = log()
    served(told, queue_longest_s=540)
    served(told, number=2, queue_longest_s=300)
    waste(told, 5_000)
    waste(told, 2_000, "trimmings", "b-2")
    waste(told, 9_000, "packaging", "b-3")
    told.until("2026-12-05T15:59:59.000Z")
    assert told.found == []

    told.until(NOVEMBER_IS_DUE)

    (report,) = told.of("kpi-report")
    assert (report["period_from"], report["period_until"]) == ("2026-11-01", "2026-11-30")
    assert report["days_covered"] == 1
    assert by_code(report) == {
        "share-eaten": (95_000, 100_000, 950_000),
        "waste-per-day": (7_000, 1, 7_000_000_000),
        "queue-per-meal": (840, 2, 420_000_000),
    }
    assert report["inputs"] == 5


def test_satisfaction_is_the_better_side_of_the_middle() -> None:
    told = log()
    served(told)
    question = {"question_code": "overall", "counts": [1, 2, 3, 40, 54]}
    told.example(SURVEY, answered=100, asked=120, questions=[question],
                 period_from="2026-11-01", period_until="2026-11-20")  # fmt: skip
    told.until(NOVEMBER_IS_DUE)

    assert by_code(told.of("kpi-report")[0])["satisfaction"] == (94, 100, 940_000)


def priced(told: ToldLog, number: str, price_fen: int, **changes: Any) -> Any:
    """A list that prices the first item of the settlement."""
    listed = REFERENCE["payload"]
    code = SETTLEMENT["payload"]["lines"][0]["item_code"]
    lines = [{**listed["lines"][0], "line_no": 1, "item_code": code}]
    price = {**listed["line_prices"][0], "line_no": 1, "unit_price_fen": str(price_fen),
             "price_unit": "kg", "lowest_fen": price_fen, "highest_fen": price_fen}  # fmt: skip
    dates = {"valid_from": "2026-10-01", "valid_until": "2026-12-31"}
    return told.example(
        REFERENCE, list_no=number, lines=lines, line_prices=[price], **(dates | changes)
    )


def paid_and_reference(kg_price_fen: int) -> tuple[int, int]:
    """What the settlement paid for its first item, and what that is at this price."""
    fields = SETTLEMENT["payload"]
    line = fields["lines"][0]
    paid = next(p["amount_fen"] for p in fields["line_prices"] if p["line_no"] == line["line_no"])
    return paid, line["quantity"] * kg_price_fen // 1000


def test_what_was_paid_is_held_against_the_reference_price_in_force() -> None:
    told = log()
    priced(told, "1", 4000, valid_until="2026-10-31")
    in_force = priced(told, "2", 5000)
    meal = served(told)
    settlement = told.example(SETTLEMENT)
    told.until(NOVEMBER_IS_DUE)

    (found,) = told.of("kpi-report")
    assert by_code(found)["price-against-reference"][:2] == paid_and_reference(5000)
    assert found["inputs_root"] == inputs_root([in_force.ref, meal.ref, settlement.ref])[1]


def test_a_price_list_that_comes_after_the_settlement_counts_all_the_same() -> None:
    told = log()
    served(told)
    told.example(SETTLEMENT)
    priced(told, "1", 5000)
    told.until(NOVEMBER_IS_DUE)

    (found,) = told.of("kpi-report")
    assert by_code(found)["price-against-reference"][:2] == paid_and_reference(5000)


def test_a_price_list_that_comes_or_goes_after_the_report_gives_another() -> None:
    told = log()
    served(told)
    told.example(SETTLEMENT)
    told.until(NOVEMBER_IS_DUE)
    late = priced(told, "1", 5000)
    told.until("2026-12-06T16:00:00.001Z")
    told.correct(late)
    told.until("2026-12-07T16:00:00.001Z")
    priced(told, "2", 5000, valid_from="2026-12-01")
    told.until("2027-06-01T00:00:00.000Z")

    reports = [by_code(one) for one in told.of("kpi-report")]
    shown = [one.get("price-against-reference", ())[:2] for one in reports]
    assert shown == [(), paid_and_reference(5000), ()]
    assert not [key for key in told.state if " priced " in key]


def test_what_comes_after_the_report_gives_one_that_supersedes_it() -> None:
    told = log()
    served(told)
    told.until(NOVEMBER_IS_DUE)
    waste(told, 5_000)
    waste(told, 1_000, code="b-2")
    told.until("2026-12-06T15:59:00.000Z")
    assert len(told.found) == 1
    told.until("2026-12-06T16:00:00.001Z")

    assert [by_code(one)["share-eaten"][0] for one in told.of("kpi-report")] == [50_000, 44_000]
    first, second = told.found
    assert second.request["links"] == [{"rel": "supersedes", "id": first.id}]


def test_a_month_that_was_reported_right_is_not_reported_again() -> None:
    told = log()
    served(told)
    told.until("2027-06-01T00:00:00.000Z")

    assert len(told.found) == 1
    assert list(told.state) == ["policy indicators"]


@pytest.mark.parametrize("how", ["corrected", "erased"])
def test_what_is_taken_back_counts_no_more(how: str) -> None:
    told = log()
    served(told)
    gone = waste(told, 5_000)
    told.until(NOVEMBER_IS_DUE)
    if how == "corrected":
        told.correct(gone)
    else:
        told.erase(gone, "net_g")
    told.until("2026-12-07T00:00:00.000Z")

    assert [by_code(one)["share-eaten"][0] for one in told.of("kpi-report")] == [45_000, 50_000]


def test_a_day_of_a_school_is_counted_at_its_midnight() -> None:
    told = ToldLog(Dashboard(), at="2026-11-24T01:00:00.000Z")
    served(told, on="2026-11-24", started_at="2026-11-23T23:00:00.000Z",
           ended_at="2026-11-24T00:30:00.000Z")  # fmt: skip
    waste(told, 4_000)
    told.until("2026-11-24T15:59:59.999Z")
    assert told.found == []
    told.until("2026-11-24T16:00:00.001Z")

    (snapshot,) = told.of("dashboard-snapshot")
    assert snapshot["school"] == day.SCHOOL
    assert (snapshot["period_from"], snapshot["period_until"]) == ("2026-11-24", "2026-11-24")
    assert [(one["figure_code"], one["value"]) for one in snapshot["figures"]] == [
        ("meals-served", 200),
        ("waste", 4_000),
    ]
    assert list(told.state) == ["policy dashboard"]


def test_what_is_logged_at_the_very_midnight_belongs_to_the_next_day() -> None:
    told = ToldLog(Dashboard(), at="2026-11-24T01:00:00.000Z")
    waste(told, 4_000)
    waste_at_midnight = "2026-11-24T16:00:00.000Z"
    told.until(waste_at_midnight)
    waste(told, 1_000, code="b-2")
    told.until("2026-11-26T00:00:00.000Z")

    assert [
        (one["period_from"], one["figures"][0]["value"]) for one in told.of("dashboard-snapshot")
    ] == [("2026-11-24", 4_000), ("2026-11-25", 1_000)]


def test_a_corrected_record_is_not_on_the_dashboard() -> None:
    told = ToldLog(Dashboard(), at="2026-11-24T01:00:00.000Z")
    told.correct(waste(told, 4_000))
    told.until("2026-11-25T00:00:00.000Z")

    assert told.found == []
