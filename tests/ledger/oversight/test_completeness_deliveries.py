"""Orders and deliveries: every line weighed or refused, every delivery accepted or refused."""

from typing import Any

import pytest
from components.told_canteen import DAY, SCHOOL, SUPPLIER, ToldCanteen, utc

from ledger.evidence.catalogue import TYPES
from ledger.oversight.completeness import Completeness
from ledger.oversight.seen import Seen

WEIGH_IN, ACCEPTANCE = "weigh-in-of-order", "acceptance-of-delivery"
ORDER = "order:2105020001~B-1"
PORK, EGGS = f"{ORDER}#1", f"{ORDER}#2"


class Delivery(ToldCanteen):
    """An order of pork by weight and of eggs by the box, due on Monday by seven."""

    def __init__(self, *kinds: str, **rules: Any) -> None:
        super().__init__(Completeness(), policies={"completeness": {"kinds": list(kinds), **rules}})
        self.counter = 100

    def order(self, **changes: Any) -> Seen:
        times = {"deliver_from": utc(f"{DAY} 05:00"), "deliver_until": utc(f"{DAY} 07:00")}
        return self.say("order", order_no="B-1", **times, **changes)

    def respond(self, response: str, *confirmed: int) -> Seen:
        lines = [
            {
                "order_line_no": number,
                "item_code": "pork-leg" if number == 1 else "egg-box",
                "ordered_quantity": 10,
                "confirmed_quantity": quantity,
                "unit": "g",
                **({} if quantity == 10 else {"reason_code": "out-of-stock"}),
            }
            for number, quantity in enumerate(confirmed, 1)
        ]
        times = {"deliver_from": utc(f"{DAY} 06:00"), "deliver_until": utc(f"{DAY} 09:00")}
        return self.say(
            "order-response",
            order=ORDER,
            response=response,
            lines=lines,
            without=("deliver_from", "deliver_until") if response == "declined" else (),
            **({} if response == "declined" else times),
        )

    def dispatch(self, number: str, *items: str) -> Seen:
        line = TYPES["dispatch"].example["payload"]["lines"][0]
        lines = [{**line, "line_no": n, "item_code": item} for n, item in enumerate(items, 1)]
        return self.say("dispatch", dispatch_no=number, order=ORDER, lines=lines)

    def weigh(self, line: int | None = 1, item: str = "pork-leg", **changes: Any) -> Seen:
        self.counter += 1
        without = changes.pop("without", ())
        given = {"order": ORDER, "order_line_no": line, "item_code": item, **changes}
        if line is None:
            without = (*without, "order_line_no")
            del given["order_line_no"]
        for name in without:
            given.pop(name, None)
        return self.say("weigh-in", counter=self.counter, without=without, **given)

    def accept(self, *taken: tuple[int, str, int], accepts: tuple[str, ...] = ()) -> Seen:
        self.counter += 1
        line = TYPES["acceptance"].example["payload"]["lines"][0]
        lines = [
            {**line, "order_line_no": number, "item_code": item, "accepted_quantity": quantity}
            for number, item, quantity in taken
        ]
        return self.say(
            "acceptance",
            acceptance_no=f"Y-{self.counter}",
            order=ORDER,
            lines=lines,
            links=[{"rel": "accepts", "id": one} for one in accepts],
        )

    def reject(self, *refused: tuple[int, str], rejects: tuple[str, ...] = ()) -> Seen:
        self.counter += 1
        line = TYPES["rejection"].example["payload"]["lines"][0]
        lines = [{**line, "order_line_no": number, "item_code": item} for number, item in refused]
        return self.say(
            "rejection",
            rejection_no=f"J-{self.counter}",
            order=ORDER,
            lines=lines,
            links=[{"rel": "rejects", "id": one} for one in rejects],
        )


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
