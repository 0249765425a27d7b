"""Every line of an order is weighed in or refused."""

import pytest
from components.told_canteen import DAY, SCHOOL, utc
from components.told_delivery import ORDER, Delivery

WEIGH_IN = "weigh-in-of-order"
PORK, EGGS = f"{ORDER}#1", f"{ORDER}#2"


def test_every_line_weighed_or_refused_is_silence() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.go(f"{DAY} 06:10")
    told.weigh()
    told.reject((2, "egg-box"))
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert {row.status for row in told.rows_of(WEIGH_IN).values()} == {"met"}


def test_a_line_neither_weighed_nor_refused_is_missing() -> None:
    told = Delivery(WEIGH_IN)
    order = told.order()
    told.go(f"{DAY} 06:10")
    told.reject((2, "egg-box"))
    told.go("2026-09-08 09:00")
    assert told.found == []
    told.go("2026-09-08 09:01")

    (found,) = told.of("missing-evidence")
    assert (found["expected_for"], found["source"]) == (PORK, order.id)
    assert (found["responsible"], found["due_at"]) == (SCHOOL, utc(f"{DAY} 09:00"))
    row = told.rows_of(WEIGH_IN)[PORK]
    assert (row.status, row.day, (row.detail or {})["item_code"]) == ("missing", DAY, "pork-leg")


def test_what_is_counted_is_met_by_an_acceptance_and_what_is_weighed_is_not() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.go(f"{DAY} 06:30")
    told.accept((1, "pork-leg", 11_500), (2, "egg-box", 3))
    told.go("2026-09-20 00:00")

    assert told.missing(WEIGH_IN) == [PORK]


def test_an_acceptance_that_takes_nothing_in_refuses() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.go(f"{DAY} 06:30")
    told.accept((1, "pork-leg", 0), (2, "egg-box", 3))
    told.go("2026-09-20 00:00")

    assert told.found == []


@pytest.mark.parametrize("order_first", [True, False])
def test_a_weigh_in_may_stand_in_the_log_before_its_order(order_first: bool) -> None:
    told = Delivery(WEIGH_IN)
    if order_first:
        told.order()
    told.go(f"{DAY} 06:10")
    told.weigh()
    told.weigh(2, "egg-box")
    if not order_first:
        told.order()
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert {row.status for row in told.rows_of(WEIGH_IN).values()} == {"met"}


def test_a_weigh_in_without_a_line_is_of_every_line_of_its_item() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.go(f"{DAY} 06:10")
    told.weigh(None, "pork-leg")
    told.go("2026-09-20 00:00")

    assert told.missing(WEIGH_IN) == [EGGS]


def test_what_went_out_is_no_weigh_in_of_an_order() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.go(f"{DAY} 06:10")
    told.weigh(direction="outbound")
    told.weigh(2, "egg-box")
    told.go("2026-09-20 00:00")

    assert told.missing(WEIGH_IN) == [PORK]


def test_a_weigh_in_that_names_no_order_stands_for_a_line_that_would_be_missing() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.go(f"{DAY} 06:10")
    loose = told.weigh(None, "pork-leg", without=("order",))
    told.weigh(None, "egg-box", without=("order", "supplier"))
    told.go("2026-09-20 00:00")

    assert told.found == []
    row = told.rows_of(WEIGH_IN)[PORK]
    assert (row.status, (row.detail or {})["record"]) == ("met", loose.id)


@pytest.mark.parametrize(
    "other", [{"item": "pork-ham"}, {"supplier": "supplier:91210500MA0P7C4K8D"}]
)
def test_a_weigh_in_of_other_goods_stands_for_nothing(other: dict[str, str]) -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.go(f"{DAY} 06:10")
    told.weigh(None, other.pop("item", "pork-leg"), without=("order",), **other)
    told.weigh(2, "egg-box")
    told.go("2026-09-20 00:00")

    assert told.missing(WEIGH_IN) == [PORK]


def test_one_loose_weigh_in_stands_for_one_order() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    times = {"deliver_from": utc(f"{DAY} 05:00"), "deliver_until": utc(f"{DAY} 07:00")}
    told.say("order", order_no="B-2", **times)
    told.go(f"{DAY} 06:10")
    told.weigh(None, without=("order",))
    told.go("2026-09-20 00:00")

    assert f"{ORDER[:-1]}2#1" in told.missing(WEIGH_IN)
    assert PORK not in told.missing(WEIGH_IN)


def test_a_loose_weigh_in_that_is_corrected_stands_for_nothing() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.go(f"{DAY} 06:10")
    loose = told.weigh(None, without=("order",))
    told.weigh(2, "egg-box")
    told.go("2026-09-09 00:00")
    told.correct(loose)
    told.go("2026-09-20 00:00")

    assert told.missing(WEIGH_IN) == [PORK]


def test_a_declined_order_owes_nothing() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.respond("declined", 0, 0)
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.statuses(WEIGH_IN) == ["void", "void"]


def test_a_line_that_the_supplier_declined_is_void_and_the_other_due_as_promised() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    told.respond("partial", 10, 0)
    told.go("2026-09-08 11:00")
    assert told.found == []
    told.go("2026-09-08 11:01")

    assert told.missing(WEIGH_IN) == [PORK]
    assert told.of("missing-evidence")[0]["due_at"] == utc(f"{DAY} 11:00")


def test_a_response_that_is_corrected_ends_nothing() -> None:
    told = Delivery(WEIGH_IN)
    told.order()
    response = told.respond("declined", 0, 0)
    told.correct(response)
    told.go("2026-09-20 00:00")

    assert told.missing(WEIGH_IN) == [PORK, EGGS]


def test_a_corrected_order_owes_nothing() -> None:
    told = Delivery(WEIGH_IN)
    order = told.order()
    told.go("2026-09-08 09:01")
    told.correct(order)
    told.go("2026-09-20 00:00")

    assert told.missing(WEIGH_IN) == [PORK, EGGS]
    assert told.statuses(WEIGH_IN) == ["void", "void"]
    assert all((row.detail or {})["missing_record"] for row in told.rows.values())
