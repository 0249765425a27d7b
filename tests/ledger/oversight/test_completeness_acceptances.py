"""Every delivery is accepted, or refused as a whole."""

import pytest
from components.told_canteen import DAY, SUPPLIER, utc
from components.told_delivery import ORDER, Delivery

ACCEPTANCE = "acceptance-of-delivery"


def test_a_dispatch_without_an_acceptance_is_missing_after_three_days() -> None:
    told = Delivery(ACCEPTANCE)
    order = told.order()
    told.go(f"{DAY} 05:00")
    dispatch = told.dispatch("D-1", "pork-leg")
    told.weigh()
    told.go("2026-09-10 11:00")
    assert told.found == []
    told.go("2026-09-10 11:01")

    (found,) = told.of("missing-evidence")
    assert found["source"] == dispatch.id
    assert found["expected_for"] == f"delivery:{SUPPLIER[9:]}~D-1"
    assert found["due_at"] == utc(f"{DAY} 11:00")
    (record,) = [one for one in told.records if one.type == "missing-evidence"]
    assert {link.id for link in record.links} == {order.id, dispatch.id}
    assert len(told.rows_of(ACCEPTANCE)) == 1


@pytest.mark.parametrize("accepted_first", [False, True])
def test_an_accepted_delivery_is_silence_in_any_order(accepted_first: bool) -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 05:00")
    if accepted_first:
        told.go(f"{DAY} 06:30")
        told.accept((1, "pork-leg", 11_500))
    told.dispatch("D-1", "pork-leg")
    told.weigh()
    told.order()
    if not accepted_first:
        told.go(f"{DAY} 06:30")
        told.accept((1, "pork-leg", 11_500))
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert [row.status for row in told.rows_of(ACCEPTANCE).values()] == ["met"]


def test_a_delivery_refused_as_a_whole_needs_no_acceptance() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 05:00")
    told.dispatch("D-1", "pork-leg", "egg-box")
    told.go(f"{DAY} 06:30")
    told.reject((1, "pork-leg"))
    told.reject((2, "egg-box"))
    told.go("2026-09-20 00:00")

    assert told.found == []


def test_a_delivery_refused_in_part_needs_one() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 05:00")
    told.dispatch("D-1", "pork-leg", "egg-box")
    told.go(f"{DAY} 06:30")
    told.reject((1, "pork-leg"))
    told.go("2026-09-20 00:00")

    assert len(told.missing(ACCEPTANCE)) == 1


def test_two_deliveries_of_one_order_may_be_accepted_together() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 05:00")
    told.dispatch("D-1", "pork-leg")
    told.dispatch("D-2", "pork-leg")
    told.go(f"{DAY} 06:30")
    told.accept((1, "pork-leg", 11_500))
    told.go("2026-09-20 00:00")

    assert told.found == []


def test_a_second_delivery_after_the_acceptance_needs_its_own() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 05:00")
    told.dispatch("D-1", "pork-leg")
    told.go(f"{DAY} 06:30")
    told.accept((1, "pork-leg", 5_000))
    told.go(f"{DAY} 08:00")
    told.dispatch("D-2", "pork-leg")
    told.go("2026-09-20 00:00")

    assert told.missing(ACCEPTANCE) == [f"delivery:{SUPPLIER[9:]}~D-2"]


def test_an_acceptance_that_names_one_delivery_is_of_that_one() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 05:00")
    told.dispatch("D-1", "pork-leg")
    second = told.dispatch("D-2", "pork-leg")
    told.go(f"{DAY} 06:30")
    told.accept((1, "pork-leg", 5_000), accepts=(second.id,))
    told.go("2026-09-20 00:00")

    assert told.missing(ACCEPTANCE) == [f"delivery:{SUPPLIER[9:]}~D-1"]


def test_a_supplier_who_posts_the_dispatch_in_the_evening_makes_nothing_missing() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 06:30")
    told.weigh()
    told.accept((1, "pork-leg", 11_500))
    told.go(f"{DAY} 20:00")
    told.dispatch("D-1", "pork-leg")
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert [row.status for row in told.rows_of(ACCEPTANCE).values()] == ["met"]


def test_goods_weighed_without_a_dispatch_need_an_acceptance() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 06:10")
    weighed = told.weigh()
    told.weigh(2, "egg-box")
    told.go("2026-09-20 00:00")

    (found,) = told.of("missing-evidence")
    assert (found["source"], found["expected_for"]) == (weighed.id, ORDER)


def test_clocks_need_not_agree_on_what_came_first() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 06:05")
    told.accept((1, "pork-leg", 5_000))
    told.go(f"{DAY} 06:10")
    told.weigh()
    told.go("2026-09-20 00:00")

    assert told.found == []


def test_goods_weighed_on_a_second_day_need_an_acceptance_of_their_own() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 06:10")
    told.weigh()
    told.accept((1, "pork-leg", 5_000))
    told.go("2026-09-08 06:10")
    second = told.weigh()
    told.go("2026-09-20 00:00")

    assert [found["source"] for found in told.of("missing-evidence")] == [second.id]


def test_a_corrected_acceptance_leaves_the_delivery_without_one() -> None:
    told = Delivery(ACCEPTANCE)
    told.go(f"{DAY} 06:10")
    told.weigh()
    acceptance = told.accept((1, "pork-leg", 5_000))
    told.correct(acceptance)
    told.go("2026-09-20 00:00")

    assert told.missing(ACCEPTANCE) == [ORDER]
