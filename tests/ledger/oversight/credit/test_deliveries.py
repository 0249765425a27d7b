"""On time and in full: what a delivery is charged with, and what it is not."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day

SEPTEMBER = [f"2026-09-{number:02}" for number in range(1, 31)]


@pytest.fixture
def told(supplies: Callable[..., Any]) -> Any:
    return supplies()


def test_a_delivery_on_time_and_in_full_costs_nothing(told: Any) -> None:
    told.deliver("2026-09-07")
    told.settle("2026-09-07")

    assert told.entries() == []
    assert told.score().status == "a"


def test_every_tenth_flawless_delivery_gains_a_point(told: Any) -> None:
    for on in SEPTEMBER[:10]:
        told.deliver(on)
    last = told.log.records[-1]
    told.settle(SEPTEMBER[8])
    assert told.entries() == []
    told.settle(SEPTEMBER[9])

    assert told.entries() == [("delivered", 1, 101)]
    (entry,) = told.log.of("credit-entry")
    assert entry["cause"] == last.id
    assert entry["inputs"] == 30


def test_goods_that_come_after_the_grace_are_late(told: Any) -> None:
    accepted = told.deliver("2026-09-07", time="07:30:01")
    told.settle("2026-09-07")

    assert told.entries() == [("late", -1, 99)]
    (entry,) = told.log.of("credit-entry")
    assert entry["cause"] == accepted.id
    assert (entry["effective_on"], entry["expires_on"]) == ("2026-09-09", "2026-12-07")
    assert told.row(1).detail["facts"]["late_s"] == 1_801


def test_goods_that_come_within_the_grace_are_not_late(told: Any) -> None:
    told.deliver("2026-09-07", time="07:30:00")
    told.settle("2026-09-07")

    assert told.entries() == []


def test_a_scale_that_was_offline_makes_nobody_late(told: Any) -> None:
    """What counts is when goods came, and a whole batch of the morning is posted at noon."""
    told.order("2026-09-07")
    weighed = told.weigh("2026-09-07", "06:10:00", at="2026-09-07T04:30:00.000Z")
    told.accept("2026-09-07", "12:30:00", accepts=[weighed])
    told.settle("2026-09-07")

    assert told.entries() == []


def test_a_clock_that_runs_ahead_makes_nobody_late(told: Any) -> None:
    told.order("2026-09-07")
    weighed = told.weigh("2026-09-07", "09:00:00", at="2026-09-06T22:10:00.000Z")
    told.accept("2026-09-07", "06:30:00", accepts=[weighed])
    told.settle("2026-09-07")

    assert told.entries() == []


def test_the_weigh_in_and_the_acceptance_may_come_before_the_order(told: Any) -> None:
    weighed = told.weigh("2026-09-07", at="2026-09-06T22:10:00.000Z")
    told.accept("2026-09-07", accepts=[weighed])
    told.order("2026-09-07", at="2026-09-07T02:00:00.000Z")
    told.settle("2026-09-07")

    assert told.entries() == []
    assert told.log.state["credit streak " + day.SUPPLIER]


def test_an_order_that_is_synced_days_later_is_judged_all_the_same(told: Any) -> None:
    told.weigh("2026-09-07", "09:00:00", at="2026-09-07T01:00:00.000Z")
    told.accept("2026-09-07", "09:10:00")
    told.order("2026-09-07", at="2026-09-10T02:00:00.000Z")
    told.log.until("2026-09-10T04:00:00.000Z")

    assert told.entries() == [("late", -1, 99)]


def test_without_a_scale_the_acceptance_has_a_longer_grace(told: Any) -> None:
    for on, time in (("2026-09-07", "10:59:00"), ("2026-09-08", "11:01:00")):
        told.order(on)
        told.accept(on, time, at=f"{on}T03:30:00.000Z")
    told.settle("2026-09-08")

    assert told.entries() == [("late", -1, 99)]


def test_less_than_ordered_is_short(told: Any) -> None:
    told.deliver("2026-09-07", quantities=(9_699, 3))
    told.settle("2026-09-07")

    assert told.entries() == [("short-weight", -2, 98)]
    facts = told.row(1).detail["facts"]
    assert (facts["ordered"], facts["came"], facts["unit"]) == (10_000, 9_699, "g")


def test_less_within_the_tolerance_is_in_full(told: Any) -> None:
    told.deliver("2026-09-07", quantities=(9_700, 3))
    told.settle("2026-09-07")

    assert told.entries() == []


def test_two_deliveries_for_one_order_in_time_are_in_full(told: Any) -> None:
    told.order("2026-09-07")
    first = told.weigh("2026-09-07", "05:40:00", at="2026-09-06T21:40:00.000Z")
    told.accept("2026-09-07", "05:45:00", quantities=(6_000, 0), number="Y-1", accepts=[first])
    second = told.weigh("2026-09-07", "06:50:00", at="2026-09-06T22:50:00.000Z")
    told.accept("2026-09-07", "06:55:00", quantities=(4_000, 3), number="Y-2", accepts=[second])
    told.settle("2026-09-07")

    assert told.entries() == []


def test_what_was_missing_and_is_brought_later_is_late(told: Any) -> None:
    told.order("2026-09-07")
    first = told.weigh("2026-09-07", "05:40:00", at="2026-09-06T21:40:00.000Z")
    told.accept("2026-09-07", "05:45:00", quantities=(6_000, 3), number="Y-1", accepts=[first])
    second = told.weigh("2026-09-08", "09:00:00", no="2026-09-07", at="2026-09-08T01:00:00.000Z")
    told.accept("2026-09-08", "09:05:00", no="2026-09-07", quantities=(4_000, 0), number="Y-2",
                accepts=[second])  # fmt: skip
    told.settle("2026-09-07")

    assert told.entries() == [("late", -1, 99)]


def test_a_line_that_was_weighed_and_not_listed_is_not_held_against_anybody(told: Any) -> None:
    told.order("2026-09-07")
    told.weigh("2026-09-07", order_line_no=2, at="2026-09-06T22:10:00.000Z")
    told.accept("2026-09-07", quantities=(10_000,))
    told.settle("2026-09-07")

    assert told.entries() == []


def test_a_line_that_nobody_saw_is_short(told: Any) -> None:
    told.order("2026-09-07")
    told.accept("2026-09-07", quantities=(10_000,), at="2026-09-06T22:40:00.000Z")
    told.settle("2026-09-07")

    assert told.entries() == [("short-weight", -2, 98)]


def test_what_was_refused_did_come_and_is_charged_once(told: Any) -> None:
    told.order("2026-09-07")
    told.accept("2026-09-07", quantities=(10_000, 2), at="2026-09-06T22:40:00.000Z")
    told.reject("2026-09-07")
    told.settle("2026-09-07")

    assert told.entries() == [("rejected", -5, 95)]


@pytest.mark.parametrize(("reason", "kind"), [("late", "late"), ("short-weight", "short-weight")])
def test_a_rejection_that_says_so_already_is_not_charged_again(
    told: Any, reason: str, kind: str
) -> None:
    told.order("2026-09-07")
    told.accept("2026-09-07", "11:30:00", quantities=(10_000, 1), at="2026-09-07T03:30:00.000Z")
    told.reject("2026-09-07", reason)
    told.settle("2026-09-07")

    kinds = [entry[0] for entry in told.entries()]
    assert kinds[0] == "rejected"
    assert kind not in kinds


def answer(told: Any, on: str, confirmed: tuple[int, int], at: str) -> None:
    example = TYPES["order-response"].example
    ordered = (10_000, 3)
    response = "accepted" if confirmed == ordered else "partial" if any(confirmed) else "declined"
    payload = {
        **example["payload"],
        "response_no": f"R-{on}",
        "order": f"order:2105020001~{on}",
        "response": response,
        "deliver_from": f"{on}T05:30:00+08:00",
        "deliver_until": f"{on}T07:00:00+08:00",
        "lines": [
            {
                "order_line_no": number,
                "item_code": code,
                "ordered_quantity": wanted,
                "confirmed_quantity": given,
                "unit": unit,
                "reason_code": "out-of-stock",
            }
            for number, code, wanted, given, unit in (
                (1, "pork-leg", 10_000, confirmed[0], "g"),
                (2, "egg-box", 3, confirmed[1], "box"),
            )
        ],
    }
    if response == "declined":
        payload = {n: v for n, v in payload.items() if n not in ("deliver_from", "deliver_until")}
    told.log.post("order-response", payload, issuer=day.SUPPLIER, at=at)


def test_what_was_announced_before_the_day_is_not_asked_for(told: Any) -> None:
    told.order("2026-09-07")
    answer(told, "2026-09-07", (10_000, 2), at="2026-09-06T08:00:00.000Z")
    told.accept("2026-09-07", quantities=(10_000, 2), at="2026-09-06T22:40:00.000Z")
    told.settle("2026-09-07")

    assert told.entries() == []


def test_what_is_announced_on_the_day_is_asked_for(told: Any) -> None:
    told.order("2026-09-07")
    answer(told, "2026-09-07", (10_000, 2), at="2026-09-06T21:30:00.000Z")
    told.accept("2026-09-07", quantities=(10_000, 2), at="2026-09-06T22:40:00.000Z")
    told.settle("2026-09-07")

    assert told.entries() == [("short-weight", -2, 98)]


def test_who_took_an_order_on_and_brought_nothing_is_charged(told: Any) -> None:
    order = told.order("2026-09-07")
    answer(told, "2026-09-07", (10_000, 3), at="2026-09-06T08:00:00.000Z")
    told.settle("2026-09-07")

    assert told.entries() == [("undelivered", -4, 96)]
    assert told.log.of("credit-entry")[0]["cause"] == order.id


def test_that_a_school_recorded_nothing_is_not_the_suppliers_fault(told: Any) -> None:
    told.order("2026-09-07")
    told.order("2026-09-08")
    answer(told, "2026-09-08", (10_000, 3), at="2026-09-06T08:00:00.000Z")
    dispatch = TYPES["dispatch"].example
    told.log.example(dispatch, order="order:2105020001~2026-09-08")
    told.order("2026-09-09")
    answer(told, "2026-09-09", (0, 0), at="2026-09-06T08:10:00.000Z")
    told.settle("2026-09-09")

    assert told.entries() == []


def test_an_acceptance_days_later_reverses_the_charge(told: Any) -> None:
    told.order("2026-09-07")
    answer(told, "2026-09-07", (10_000, 3), at="2026-09-06T08:00:00.000Z")
    told.settle("2026-09-07")
    late = told.accept("2026-09-07", at="2026-09-11T02:00:00.000Z")
    told.log.until("2026-09-11T04:00:00.000Z")

    assert told.entries() == [("undelivered", -4, 96), ("withdrawn", 4, 100)]
    assert told.log.of("credit-entry")[1]["cause"] == late.id
    assert told.row(1).status == "reversed"


def test_an_acceptance_that_is_corrected_before_the_judgement_counts_as_corrected(
    told: Any,
) -> None:
    wrong = told.deliver("2026-09-07", quantities=(5_000, 3))
    told.accept("2026-09-07", number="Y-2026-09-07", links=[{"rel": "replaces", "id": wrong.id,
                "sha256": wrong.leaf_hash.hex()}])  # fmt: skip
    told.log.correct(wrong)
    told.settle("2026-09-07")

    assert told.entries() == []


@pytest.mark.parametrize("correction_first", [True, False])
def test_an_acceptance_that_is_corrected_after_the_judgement_reverses_the_charge(
    told: Any, correction_first: bool
) -> None:
    wrong = told.deliver("2026-09-07", quantities=(5_000, 3))
    told.settle("2026-09-07")
    if correction_first:
        told.log.correct(wrong)
    told.accept("2026-09-07", number="Y-2026-09-07", links=[{"rel": "replaces", "id": wrong.id,
                "sha256": wrong.leaf_hash.hex()}])  # fmt: skip
    if not correction_first:
        told.log.correct(wrong)
    told.log.until("2026-09-10T00:00:00.000Z")

    assert told.entries() == [("short-weight", -2, 98), ("withdrawn", 2, 100)]
    assert told.log.of("credit-entry")[1]["cause"] == wrong.id


def test_a_correction_weeks_later_reverses_the_charge_too(told: Any) -> None:
    wrong = told.deliver("2026-09-07", quantities=(5_000, 3))
    told.log.until("2026-10-07T00:00:00.000Z")
    told.log.correct(wrong)

    assert told.entries()[-1] == ("withdrawn", 2, 100)


def test_a_gain_whose_delivery_was_wrong_is_withdrawn_and_the_others_count_again(
    told: Any,
) -> None:
    accepted = [told.deliver(on) for on in SEPTEMBER[:10]]
    told.settle(SEPTEMBER[9])
    told.log.correct(accepted[9])
    told.log.until("2026-09-12T04:00:00.000Z")
    assert told.entries() == [("delivered", 1, 101), ("withdrawn", -1, 100)]

    told.deliver(SEPTEMBER[12])
    told.settle(SEPTEMBER[12])

    assert told.entries()[-1] == ("delivered", 1, 101)


def test_no_gain_lifts_the_score_above_its_most(supplies: Callable[..., Any]) -> None:
    told = supplies(most_points=101, deliveries_per_gain=1)
    for on in SEPTEMBER[:3]:
        told.deliver(on)
    told.settle(SEPTEMBER[2])

    assert told.entries() == [("delivered", 1, 101)]


def test_an_order_is_forgotten_when_nothing_is_expected_any_more(told: Any) -> None:
    told.deliver("2026-09-07")
    told.weigh("2026-09-07", no="of-no-order")
    told.log.until("2026-09-20T00:00:00.000Z")

    assert not [key for key in told.log.state if key.startswith("credit order:")]


def test_an_order_taken_back_is_as_if_it_had_never_been(told: Any) -> None:
    told.deliver("2026-09-07", time="09:00:00")
    told.settle("2026-09-07")
    order = next(seen for seen in told.log.records if seen.type == "order")
    told.log.correct(order)
    told.log.until("2026-09-10T00:00:00.000Z")

    assert told.entries() == [("late", -1, 99), ("withdrawn", 1, 100)]


def test_a_rejection_after_the_judgement_takes_the_delivery_out_of_its_gain(told: Any) -> None:
    for on in SEPTEMBER[:10]:
        told.deliver(on)
    told.settle(SEPTEMBER[9])
    told.reject(SEPTEMBER[9])
    told.log.until("2026-09-12T04:00:00.000Z")

    assert told.entries() == [("delivered", 1, 101), ("rejected", -5, 96), ("withdrawn", -1, 95)]


def test_a_rejection_takes_a_delivery_out_of_those_that_wait_for_a_gain(told: Any) -> None:
    told.deliver(SEPTEMBER[0])
    told.deliver(SEPTEMBER[1])
    told.settle(SEPTEMBER[1])
    told.reject(SEPTEMBER[0])
    told.log.until("2026-09-05T00:00:00.000Z")

    waiting = told.log.state[f"credit streak {day.SUPPLIER}"]
    assert [order for order, _ in waiting] == [f"order:2105020001~{SEPTEMBER[1]}"]


def test_a_record_that_no_gain_rests_on_leaves_it_when_it_is_taken_back(told: Any) -> None:
    for on in SEPTEMBER[:10]:
        told.deliver(on)
    sent = told.log.example(TYPES["dispatch"].example, order=f"order:2105020001~{SEPTEMBER[0]}")
    told.settle(SEPTEMBER[9])
    told.log.correct(sent)
    told.log.until("2026-09-13T00:00:00.000Z")

    assert told.entries() == [("delivered", 1, 101)]


def test_a_correction_weeks_later_takes_a_delivery_out_of_those_that_wait(told: Any) -> None:
    wrong = told.deliver(SEPTEMBER[0])
    told.log.until("2026-10-07T00:00:00.000Z")
    told.log.correct(wrong)

    assert f"credit streak {day.SUPPLIER}" not in told.log.state


def test_an_order_that_turns_out_to_be_another_suppliers_is_not_held_against_the_first(
    told: Any,
) -> None:
    wrong = told.order("2026-09-07")
    told.accept("2026-09-07", "12:00:00", quantities=(5_000, 3), at="2026-09-07T05:00:00.000Z")
    told.settle("2026-09-07")
    other = "supplier:91210500MA0R4W7K2A"
    told.order("2026-09-07", supplier=other)
    told.log.correct(wrong)
    told.log.until("2026-09-10T00:00:00.000Z")

    assert [entry[:2] for entry in told.entries()] == [
        ("late", -1), ("short-weight", -2), ("withdrawn", 1), ("withdrawn", 2),
    ]  # fmt: skip
    assert [entry[:2] for entry in told.entries(other)] == [("late", -1), ("short-weight", -2)]


def test_what_somebody_signed_for_was_there_whatever_a_scale_says_later(told: Any) -> None:
    told.order("2026-09-07")
    told.accept("2026-09-07", "06:40:00", at="2026-09-06T22:40:00.000Z")
    told.weigh("2026-09-07", "08:30:00", at="2026-09-07T00:30:00.000Z")
    told.settle("2026-09-07")

    assert told.entries() == []


def test_refused_goods_that_both_papers_tell_of_came_once(told: Any) -> None:
    told.order("2026-09-07")
    weighed = told.weigh("2026-09-07", at="2026-09-06T22:10:00.000Z")
    told.accept("2026-09-07", quantities=(10_000, 1), rejected=(0, 1), accepts=[weighed])
    told.reject("2026-09-07", "label")
    told.settle("2026-09-07")

    assert [entry[:2] for entry in told.entries()] == [("rejected", -1), ("short-weight", -2)]
    assert told.row(2).detail["facts"]["came"] == 2


def test_what_is_counted_in_another_unit_is_not_held_against_anybody(told: Any) -> None:
    told.order("2026-09-07")
    told.accept("2026-09-07", quantities=(10_000, 2), units=("g", "piece"),
                at="2026-09-06T22:40:00.000Z")  # fmt: skip
    told.settle("2026-09-07")

    assert told.entries() == []


def test_what_costs_nothing_by_the_policy_is_no_entry(supplies: Callable[..., Any]) -> None:
    told = supplies(points={"late": 0})
    told.deliver("2026-09-07", time="09:00:00")
    told.settle("2026-09-07")

    assert told.entries() == []
