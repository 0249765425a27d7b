"""Goods: ordered, sent, weighed, taken in; prices against what was agreed."""

from typing import Any

import pytest
from bought import SCHOOL, SUPPLIER, Bought

EVE = "2026-09-07T00:00:00.000Z"
MORNING = "2026-09-07T20:30:00.000Z"
JUDGED = "2026-09-09T20:00:00.001Z"


def delivered(ordered: int, sent: int, weighed: int, accepted: int, **more: Any) -> Bought:
    """One order of pork, and what came of it; 0 is nothing at all."""
    bought = Bought()
    order = bought.order({"pork-leg": ordered}, EVE, **more)
    if sent:
        bought.dispatch(order, {"pork-leg": sent}, MORNING)
    if weighed:
        bought.weigh(order, "pork-leg", weighed, MORNING)
    if accepted:
        bought.accept(order, {"pork-leg": accepted}, MORNING)
    bought.log.until(JUDGED)
    return bought


@pytest.mark.parametrize(
    ("ordered", "sent", "weighed", "accepted", "codes"),
    [
        (10_000, 10_000, 9_800, 9_800, []),
        (10_000, 10_000, 9_799, 9_799, ["short-delivery", "dispatched-above-arrived"]),
        (10_000, 9_700, 9_700, 9_700, ["short-delivery"]),
        (10_000, 10_000, 10_200, 10_200, []),
        (10_000, 10_300, 10_201, 10_201, ["accepted-above-ordered"]),
        (10_000, 10_000, 10_000, 10_050, []),
        (10_000, 10_000, 9_949, 10_000, ["accepted-above-weighed"]),
        (10_000, 10_000, 10_051, 10_000, ["weighed-above-accepted"]),
        (10_000, 10_000, 0, 10_000, ["accepted-not-weighed"]),
        (10_000, 10_000, 0, 0, ["not-delivered"]),
        (10_000, 10_000, 10_000, 0, []),
    ],
)
def test_quantities_meet_within_their_tolerances(
    ordered: int, sent: int, weighed: int, accepted: int, codes: list[str]
) -> None:
    assert delivered(ordered, sent, weighed, accepted).codes() == codes


def test_the_order_line_says_what_more_or_less_is_taken() -> None:
    assert delivered(10_000, 10_000, 9_799, 9_799, tolerance_bp=300).codes() == []
    assert delivered(10_000, 10_000, 9_999, 9_999, tolerance_bp=0).codes() == [
        "short-delivery", "dispatched-above-arrived",
    ]  # fmt: skip


def test_a_short_delivery_is_the_suppliers_and_told_to_the_gram() -> None:
    bought = delivered(10_000, 10_000, 9_500, 9_500)

    (found,) = bought.log.of("suspicion")
    assert (found["suspicion_kind"], found["responsible"]) == ("short-delivery", SUPPLIER)
    assert found["severity"] == "minor"
    assert found["inputs"] == len(found["observations"]) == 3
    line = bought.row()["differences"][0]
    assert (line["expected"], line["found"], line["difference"], line["unit"]) == (
        10_000, 9_500, -500, "g",
    )  # fmt: skip
    assert [record["index"] for record in line["records"]] == [3, 4, 6]
    assert line["records"][0]["id"] == bought.log.records[3].id


def test_more_taken_in_than_was_weighed_is_the_schools() -> None:
    bought = delivered(10_000, 10_000, 9_000, 10_000)

    (found,) = bought.log.of("suspicion")
    assert (found["suspicion_kind"], found["responsible"]) == ("accepted-above-weighed", SCHOOL)


def test_a_delivery_is_not_judged_before_its_grace_is_over() -> None:
    bought = Bought()
    order = bought.order({"pork-leg": 10_000}, EVE)
    bought.dispatch(order, {"pork-leg": 10_000}, MORNING)
    bought.accept(order, {"pork-leg": 10_000})
    bought.log.until("2026-09-09T19:59:59.000Z")
    bought.weigh(order, "pork-leg", 10_000)
    bought.log.until("2026-12-01T00:00:00.000Z")

    assert "accepted-not-weighed" not in bought.codes()
    assert bought.suspicions == []


def test_an_order_to_be_delivered_later_is_not_judged_for_what_came_before_it() -> None:
    bought = Bought()
    bought.dispatch("order:2105020001~X-1", {"rice": 10_000}, EVE)
    bought.order({"rice": 10_000}, order_no="X-1", deliver_until="2026-09-14T00:00:00.000Z")
    bought.log.until("2026-09-15T23:59:59.999Z")
    assert not [row for row in bought.log.rows.values() if row.kind == "supplier"]

    bought.log.until("2026-09-16T00:00:00.001Z")

    assert bought.codes() == ["not-delivered"]


def test_what_comes_later_puts_the_row_right() -> None:
    bought = delivered(10_000, 10_000, 0, 10_000)
    assert bought.codes() == ["accepted-not-weighed"]

    bought.weigh("order:2105020001~A-1", "pork-leg", 10_000)
    bought.log.until("2026-09-10T00:00:00.000Z")

    assert bought.codes() == []


def test_a_corrected_weigh_in_was_never_told() -> None:
    bought = delivered(10_000, 10_000, 10_000, 10_000)
    assert bought.codes() == []

    weighed = next(seen for seen in bought.log.records if seen.type == "weigh-in")
    bought.log.correct(weighed)
    bought.log.until("2026-09-10T00:00:00.000Z")

    assert bought.codes() == ["accepted-not-weighed"]


def test_an_erased_weight_was_never_told() -> None:
    bought = delivered(10_000, 10_000, 10_000, 10_000)
    weighed = next(seen for seen in bought.log.records if seen.type == "weigh-in")
    bought.log.erase(weighed, "photo_phash")
    bought.log.until("2026-09-10T00:00:00.000Z")
    assert bought.codes() == []

    bought.log.erase(weighed)
    bought.log.until("2026-09-11T00:00:00.000Z")

    assert bought.codes() == ["accepted-not-weighed"]


def test_an_acceptance_without_an_order_is_found_after_the_grace() -> None:
    bought = Bought()
    bought.accept("order:2105020001~X-1", {"rice": 10_000}, MORNING)
    bought.log.until("2026-09-09T20:30:00.000Z")
    assert bought.suspicions == []

    bought.log.until("2026-09-09T20:30:00.001Z")

    assert bought.suspicions == ["accepted-without-order"]
    assert bought.row()["accepted_fen"] == 0


def test_an_order_that_comes_within_the_grace_is_in_time() -> None:
    bought = Bought()
    bought.accept("order:2105020001~X-1", {"rice": 10_000}, MORNING)
    bought.weigh("order:2105020001~X-1", "rice", 10_000)
    bought.order({"rice": 10_000}, "2026-09-08T08:00:00.000Z", order_no="X-1")
    bought.log.until("2026-09-20T00:00:00.000Z")

    assert bought.suspicions == []


def test_goods_that_nobody_ordered_and_a_supplier_that_is_another() -> None:
    other = "supplier:91210500MA0R4W7K2A"
    bought = Bought()
    order = bought.order({"rice": 10_000}, EVE)
    bought.weigh(order, "rice", 10_000, MORNING)
    bought.accept(order, {"rice": 10_000, "egg-box": 2}, supplier=other)
    bought.log.until(JUDGED)

    found = {one["code"]: one for one in bought.row()["differences"]}
    assert list(found) == ["supplier-differs", "item-not-ordered"]
    assert found["supplier-differs"]["found"] == other
    assert found["supplier-differs"]["difference"] is None
    assert bought.suspicions == ["supplier-differs"]


# Prices


def ordered_at(price: str, agreed: dict[str, Any], reference: str | None = None) -> Bought:
    """An order of pork under an award."""
    bought = Bought()
    bought.award({"pork-leg": agreed})
    if reference is not None:
        bought.reference("pork-leg", reference)
    bought.order({"pork-leg": 10_000}, EVE, prices={"pork-leg": price})
    bought.log.until(JUDGED)
    return bought


@pytest.mark.parametrize(
    ("price", "agreed", "reference", "above"),
    [
        ("2599.5", {"unit_price_fen": "2599.50"}, None, False),
        ("2599.500001", {"unit_price_fen": "2599.5"}, None, True),
        ("2000", {"unit_price_fen": "2599.5"}, None, False),
        ("2599.5", {"discount_bp": 1_400}, "3022.67", False),
        ("2600", {"discount_bp": 1_400}, "3022.67", False),
        ("2600.5", {"discount_bp": 1_400}, "3022.67", True),
        ("2600.5", {"discount_bp": 1_400}, "3050", False),
    ],
)
def test_an_order_may_ask_what_was_agreed_and_no_more(
    price: str, agreed: dict[str, Any], reference: str | None, above: bool
) -> None:
    bought = ordered_at(price, agreed, reference)

    assert (bought.suspicions == ["price-above-award"]) is above


def test_a_price_above_the_award_says_by_how_much() -> None:
    bought = ordered_at("2700", {"discount_bp": 1_400}, "3022.67")

    line = bought.row()["differences"][0]
    assert (line["expected"], line["found"], line["difference"], line["unit"]) == (
        "2599.4962", "2700", "100.5038", "fen/kg",
    )  # fmt: skip
    assert len(line["records"]) == 3
    (found,) = bought.log.of("suspicion")
    assert found["responsible"] == SCHOOL


def test_without_a_reference_price_nothing_can_be_said() -> None:
    bought = ordered_at("9000", {"discount_bp": 1_400})

    assert bought.suspicions == []
    assert "no-reference-price" in bought.codes()


def test_an_award_that_comes_within_the_grace_counts() -> None:
    bought = Bought()
    bought.order({"pork-leg": 10_000}, EVE)
    bought.award({"pork-leg": {"unit_price_fen": "2000"}}, "2026-09-08T00:00:00.000Z")
    bought.log.until(JUDGED)

    assert bought.suspicions == ["price-above-award"]


def test_an_award_that_was_corrected_binds_nobody() -> None:
    bought = Bought()
    award = bought.award({"pork-leg": {"unit_price_fen": "2000"}})
    bought.order({"pork-leg": 10_000}, EVE)
    bought.log.correct(award)
    bought.log.until(JUDGED)

    assert bought.suspicions == []


def test_an_order_under_one_award_is_held_against_that_one() -> None:
    bought = Bought()
    dear = bought.award({"pork-leg": {"unit_price_fen": "2599.5"}})
    bought.award({"pork-leg": {"unit_price_fen": "2000"}})
    bought.order({"pork-leg": 10_000}, EVE, under=dear)
    bought.log.until(JUDGED)

    assert bought.suspicions == []


def test_a_reference_list_taken_back_binds_nobody() -> None:
    bought = Bought()
    bought.award({"pork-leg": {"discount_bp": 1_400}})
    cheap = bought.reference("pork-leg", "2000")
    bought.reference("pork-leg", "9000")
    bought.log.correct(cheap)
    bought.order({"pork-leg": 10_000}, EVE)
    bought.log.until(JUDGED)

    assert bought.suspicions == []
    assert f"reconciliation listed {cheap.id}" not in bought.log.state
