"""The public rating: factors, weights, grades, ranks, month by month."""

from collections.abc import Callable
from typing import Any

import pytest
from components.told_log import ADMIN

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.oversight.credit.ratings import factors_of, score_ppm
from ledger.oversight.credit.rules import DEFAULTS, grade_of
from ledger.oversight.policies import check

OTHER = "supplier:91210500MA0R4W7K2A"
RATED = "2026-10-03T16:00:00.000Z"
"""October begins at 16:00 UTC of 30 September at the school; three days of grace."""


def month(**changes: Any) -> dict[str, Any]:
    return {"deliveries": 20, "faults": {}, "shares": {}, "causes": [], **changes}


def values(counted: dict[str, Any], balance: int = 100) -> dict[str, int]:
    return {one["factor_code"]: one["value_ppm"] for one in factors_of(counted, balance, DEFAULTS)}


def test_a_factor_loses_what_its_faults_cost_of_all_they_could() -> None:
    faults = {"quality": 10, "punctuality": 1, "in-full": 4, "documents": 40}

    assert values(month(faults=faults)) == {
        "quality": 900_000,  # 10 of 20 × 5
        "punctuality": 950_000,  # 1 of 20 × 1
        "in-full": 900_000,  # 4 of 20 × 2
        "documents": 0,  # 40 of 20 × 2
        "credit": 1_000_000,
    }


def test_shares_are_factors_where_there_are_any() -> None:
    shares = {"evaluations": [178, 200], "price": [103_000, 100_000], "rectification": [0, 2]}
    found = values(month(shares=shares, faults={"rectification": 3}), balance=-7)

    assert found["evaluations"] == 890_000
    assert found["price"] == 850_000  # 3 % above, of the 20 % that leave nothing
    assert found["rectification"] == 500_000
    assert found["credit"] == 0


def test_cheaper_than_the_reference_is_no_more_than_whole() -> None:
    assert values(month(shares={"price": [86_000, 100_000]}))["price"] == 1_000_000


def test_weights_of_what_nothing_is_known_of_go_to_the_rest_and_make_a_whole() -> None:
    known = month(shares={"evaluations": [1, 1], "price": [1, 1], "rectification": [0, 1]})
    weights = {one["factor_code"]: one["weight_bp"] for one in factors_of(known, 100, DEFAULTS)}
    assert {name.replace("-", "_"): weight for name, weight in weights.items()} == DEFAULTS[
        "weights_bp"
    ]

    fewer = factors_of(month(), 100, DEFAULTS)

    assert {one["factor_code"]: one["weight_bp"] for one in fewer} == {
        "quality": 3_532,  # 3,000 of 8,500, and what rounding left of the whole
        "punctuality": 2_352,
        "in-full": 1_764,
        "documents": 1_176,
        "credit": 1_176,
    }


def test_no_weights_are_no_rating() -> None:
    assert factors_of(month(), 100, {**DEFAULTS, "weights_bp": {}}) == []


@pytest.mark.parametrize(
    ("points", "grade"), [(120, "a"), (90, "a"), (89, "b"), (75, "b"), (74, "c"), (60, "c"),
                          (59, "d"), (-3, "d")]
)  # fmt: skip
def test_grades_begin_at_their_thresholds(points: int, grade: str) -> None:
    assert grade_of(DEFAULTS, points) == grade


def test_the_score_is_the_weighed_sum_half_rounded_up() -> None:
    factors = [{"value_ppm": 1, "weight_bp": 5_000}, {"value_ppm": 0, "weight_bp": 5_000}]

    assert score_ppm(factors) == 1


@pytest.fixture
def told(supplies: Callable[..., Any]) -> Any:
    """Two suppliers in September: one flawless, the other with a late delivery of four."""
    told = supplies()
    for number in range(1, 5):
        told.deliver(f"2026-09-{number:02}")
        told.deliver(f"2026-09-{number:02}", no=f"O-{number}", supplier=OTHER,
                     time="09:00:00" if number == 4 else "06:10:00")  # fmt: skip
    return told


def test_a_month_is_rated_after_its_grace(told: Any) -> None:
    told.log.until(RATED)
    assert told.log.of("rating") == []
    told.log.until("2026-10-03T16:00:00.001Z")

    first, second = told.log.of("rating")
    assert (first["supplier"], first["rank"], first["rated_suppliers"]) == (day.SUPPLIER, 1, 2)
    assert (first["period_from"], first["period_until"]) == ("2026-09-01", "2026-09-30")
    assert (first["score_ppm"], first["grade"]) == (1_000_000, "a")
    assert (second["supplier"], second["rank"]) == (OTHER, 2)
    punctuality = next(f for f in second["factors"] if f["factor_code"] == "punctuality")
    assert punctuality["value_ppm"] == 750_000
    assert first["inputs"] == 12
    assert told.log.rows["credit", f"rating {OTHER} 2026-09-01"].detail["deliveries"] == 4
    assert told.score(OTHER).detail["rating"]["rank"] == 2


def test_what_was_counted_is_forgotten_once_it_is_rated(told: Any) -> None:
    told.log.until("2026-10-04T00:00:00.000Z")

    left = [key for key in told.log.state if key.startswith(("credit month", "credit inputs",
            "credit period"))]  # fmt: skip
    assert left == []


def test_a_rating_names_what_cost_the_supplier_something(told: Any) -> None:
    told.log.until("2026-10-04T00:00:00.000Z")

    links = [one.request["links"] for one in told.log.found if one.request["type"] == "rating"]
    (entry,) = told.log.of("credit-entry")
    assert links == [[], [{"rel": "cites", "id": entry["cause"]}]]


def test_equal_scores_have_one_rank(supplies: Callable[..., Any]) -> None:
    told = supplies(least_deliveries=1)
    told.deliver("2026-09-01")
    told.deliver("2026-09-02", no="O-1", supplier=OTHER)
    told.log.until("2026-10-04T00:00:00.000Z")

    assert [(one["supplier"], one["rank"]) for one in told.log.of("rating")] == [
        (OTHER, 1),
        (day.SUPPLIER, 1),
    ]


def test_who_delivered_less_than_the_least_is_not_rated(supplies: Callable[..., Any]) -> None:
    told = supplies()
    told.deliver("2026-09-01")
    told.deliver("2026-09-02")
    told.log.until("2026-10-04T00:00:00.000Z")

    assert told.log.of("rating") == []


def test_a_delivery_of_the_last_days_counts_in_its_month(supplies: Callable[..., Any]) -> None:
    told = supplies(least_deliveries=1)
    told.deliver("2026-09-30")
    told.log.until("2026-10-04T00:00:00.000Z")

    assert [one["period_from"] for one in told.log.of("rating")] == ["2026-09-01"]


def test_what_comes_after_its_month_was_rated_counts_in_the_next(
    supplies: Callable[..., Any],
) -> None:
    told = supplies(least_deliveries=1)
    told.deliver("2026-09-29")
    told.log.until("2026-10-05T00:00:00.000Z")
    told.order("2026-09-30", at="2026-10-05T00:00:00.000Z")
    told.accept("2026-09-30", at="2026-10-05T00:10:00.000Z")
    told.log.until("2026-11-05T00:00:00.000Z")

    assert [one["period_from"] for one in told.log.of("rating")] == ["2026-09-01", "2026-10-01"]


def test_a_ruling_before_the_rating_takes_the_fault_off(told: Any) -> None:
    told.log.until("2026-09-20T00:00:00.000Z")
    late = next(seen for seen in reversed(told.log.records) if seen.type == "acceptance")
    told.log.correct(late)
    told.log.until("2026-10-04T00:00:00.000Z")

    values = [
        factor["value_ppm"]
        for one in told.log.of("rating")
        for factor in one["factors"]
        if factor["factor_code"] == "punctuality"
    ]
    assert values == [1_000_000, 1_000_000]


def test_quarters_may_be_rated_instead_of_months(supplies: Callable[..., Any]) -> None:
    told = supplies(least_deliveries=1, period="quarter")
    told.deliver("2026-09-30")
    told.log.until("2026-10-04T00:00:00.000Z")

    (one,) = told.log.of("rating")
    assert (one["period_from"], one["period_until"]) == ("2026-07-01", "2026-09-30")


def test_a_grace_that_is_made_longer_before_it_is_over_is_waited_for(told: Any) -> None:
    rules = {**DEFAULTS, "rating_grace_s": 864_000}
    told.log.post("policy", {"name": "credit", "version": 2, "rules": rules}, issuer=ADMIN)
    told.log.until("2026-10-10T16:00:00.000Z")
    assert told.log.of("rating") == []
    told.log.until("2026-10-10T16:00:00.001Z")

    assert [one["policy_version"] for one in told.log.of("rating")] == [2, 2]


def test_prices_and_evaluations_are_in_the_rating(supplies: Callable[..., Any]) -> None:
    told = supplies(least_deliveries=1)
    told.log.example(TYPES["reference-price"].example, valid_from="2026-09-01",
                     valid_until="2026-09-30")  # fmt: skip
    told.deliver("2026-09-02")
    payload = TYPES["supplier-evaluation"].example["payload"]
    told.log.post(
        "supplier-evaluation",
        {**payload, "supplier": day.SUPPLIER, "period_from": "2026-09-01",
         "period_until": "2026-09-10"},
        issuer=day.SCHOOL, at="2026-09-11T00:00:00.000Z",
    )  # fmt: skip
    told.log.until("2026-10-04T00:00:00.000Z")

    (one,) = told.log.of("rating")
    found = {factor["factor_code"]: factor["value_ppm"] for factor in one["factors"]}
    assert found["price"] == 1_000_000
    assert found["evaluations"] == payload["points"] * 1_000_000 // payload["points_most"]
    assert one["inputs"] == 5


def test_the_built_in_rules_are_rules_that_a_policy_may_say() -> None:
    assert list(check(DEFAULTS, DEFAULTS)) == []


def test_what_passed_before_the_rating_was_a_fault_of_the_month_all_the_same(
    supplies: Callable[..., Any],
) -> None:
    told = supplies(least_deliveries=1, decay={"default": {"mode": "expire", "days": 5}})
    told.deliver("2026-09-07", time="09:00:00")
    told.log.until("2026-10-04T00:00:00.000Z")

    assert told.entries() == [("late", -1, 99), ("expired", 1, 100)]
    (one,) = told.log.of("rating")
    values = {factor["factor_code"]: factor["value_ppm"] for factor in one["factors"]}
    assert values["punctuality"] == 0


def test_a_delivery_taken_back_leaves_what_others_rest_on_too(
    supplies: Callable[..., Any],
) -> None:
    told = supplies(least_deliveries=1)
    told.log.example(TYPES["reference-price"].example, valid_from="2026-09-01",
                     valid_until="2026-09-30")  # fmt: skip
    told.deliver("2026-09-01")
    told.deliver("2026-09-02")
    told.settle("2026-09-02")
    order = next(seen for seen in told.log.records if seen.type == "order")
    told.log.correct(order)
    told.log.until("2026-10-04T00:00:00.000Z")

    (one,) = told.log.of("rating")
    assert one["inputs"] == 4  # order, weigh-in, acceptance and the list of prices
    assert told.log.rows["credit", f"rating {day.SUPPLIER} 2026-09-01"].detail["deliveries"] == 1
