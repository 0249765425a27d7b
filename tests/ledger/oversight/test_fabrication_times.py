"""Times that cannot all be true: work, samples, deliveries, lots, counters, photos."""

from typing import Any

import pytest
from components.kitchen_records import (
    COOK,
    SCHOOL,
    SUPPLIER,
    Kitchen,
    at,
    cast,
    person,
)

from ledger.oversight.seen import Seen

OTHER_SCHOOL = "school:2105020002"
OTHER_ORDER = "order:2105020002~B-1"
LOT = {"supplier": SUPPLIER, "lot_no": "P-1122"}


def cook(kitchen: Kitchen, day: int, begun: str, ended: str, **more: Any) -> Seen:
    fields = {
        "meal_on": f"2026-09-{day:02}",
        "step_kind": "stew",
        "batch_no": "1",
        "started_at": at(day, begun),
        "ended_at": at(day, ended),
        "core_temperature_mC": 99_000,
        **more,
    }
    return kitchen.other("cooking-step", day, ended, **fields)


def sample(kitchen: Kitchen, day: int, clock: str, **more: Any) -> Seen:
    return kitchen.other(
        "sample-retained", day, clock, meal_on=f"2026-09-{day:02}", **{"retained_by": COOK, **more}
    )


def serve(kitchen: Kitchen, day: int, begun: str, ended: str, **more: Any) -> Seen:
    fields = {
        "meal_on": f"2026-09-{day:02}",
        "started_at": at(day, begun),
        "ended_at": at(day, ended),
        **more,
    }
    return kitchen.other("meal-service", day, ended, **fields)


def dispatch(kitchen: Kitchen, day: int, clock: str, **more: Any) -> Seen:
    lines = [
        {
            "line_no": 1, "item_code": "pork-leg", "item_name": "猪腿肉", "lot_no": "P-1122",
            "quantity": 12_000, "unit": "g",
        }
    ]  # fmt: skip
    return kitchen.other("dispatch", day, clock, **{"lines": lines, **more})


def accept(kitchen: Kitchen, day: int, clock: str, **more: Any) -> Seen:
    acceptors = [
        {"person": person(n), "confirmed_at": at(day, clock), "method": "face"} for n in range(2)
    ]
    return kitchen.other("acceptance", day, clock, acceptors=acceptors, **more)


def test_who_cooks_before_being_checked_is_found_the_day_after() -> None:
    kitchen = Kitchen()
    work = cook(kitchen, 1, "05:00", "05:50")
    check = kitchen.check(1, "06:10", COOK, 36_400)
    kitchen.until(2, "11:00")
    assert kitchen.rules() == []
    kitchen.until(2, "13:00")

    (found,) = kitchen.found()
    assert (found["suspicion_kind"], found["ext"]["rule"]) == (
        "timing-impossible",
        "work-before-check",
    )
    fields = {one["record"]: one["field"] for one in found["observations"]}
    assert fields == {work.id: "started_at", check.id: "checked_at"}
    assert found["ext"]["measured"]["before_s"] == 4200


def test_times_typed_in_are_rounded_and_a_second_check_is_no_first() -> None:
    kitchen = Kitchen()
    kitchen.check(1, "05:41", COOK, 36_400)
    cook(kitchen, 1, "05:30", "06:20")
    kitchen.check(1, "09:00", COOK, 36_500)
    kitchen.until(3)

    assert kitchen.rules() == []


@pytest.mark.parametrize("late", ["check", "work"])
def test_what_was_offline_comes_in_any_order(late: str) -> None:
    kitchen = Kitchen()
    if late == "work":
        kitchen.check(1, "08:10", COOK, 36_400)
        cook(kitchen, 1, "06:00", "06:50", logged=at(1, "20:00"))
    else:
        cook(kitchen, 1, "06:00", "06:50")
        kitchen.check(1, "08:10", COOK, 36_400, logged=at(2, "08:00"))
    kitchen.until(3)

    assert kitchen.rules() == ["work-before-check"]


def test_who_was_not_checked_at_all_is_missing_and_not_impossible() -> None:
    kitchen = Kitchen()
    kitchen.check(1, "06:10", person(1), 36_400)
    cook(kitchen, 1, "05:00", "05:50")
    kitchen.until(3)

    assert kitchen.rules() == []


def test_a_dish_soaked_the_evening_before_was_begun_that_day() -> None:
    kitchen = Kitchen()
    kitchen.check(1, "06:10", COOK, 36_400)
    kitchen.check(2, "06:10", COOK, 36_400)
    soak = {"started_at": at(1, "21:00"), "step_kind": "soak"}
    cook(kitchen, 2, "21:00", "05:30", **soak)
    kitchen.until(4)

    assert kitchen.rules() == []


def test_a_meal_served_before_anyone_was_checked_is_found() -> None:
    kitchen = Kitchen()
    kitchen.check(1, "12:10", COOK, 36_400)
    serve(kitchen, 1, "11:30", "12:35")
    kitchen.until(3)

    assert kitchen.rules() == ["served-before-check"]


def test_work_or_a_check_taken_back_contradicts_nothing() -> None:
    kitchen = Kitchen()
    kitchen.correct(cook(kitchen, 1, "05:00", "05:50"))
    kitchen.check(1, "06:10", COOK, 36_400)
    kitchen.correct(kitchen.check(2, "09:10", COOK, 36_400))
    cook(kitchen, 2, "05:00", "05:50")
    kitchen.until(4)

    assert kitchen.rules() == []


def test_the_first_check_taken_back_leaves_the_second() -> None:
    kitchen = Kitchen()
    kitchen.correct(kitchen.check(1, "05:10", COOK, 36_400))
    cook(kitchen, 1, "05:30", "05:50")
    kitchen.check(1, "06:10", COOK, 36_400)
    kitchen.until(3)

    assert kitchen.rules() == ["work-before-check"]


def test_a_sample_of_a_dish_that_is_still_raw_is_found() -> None:
    kitchen = Kitchen()
    taken = sample(kitchen, 1, "09:30")
    cooked = cook(kitchen, 1, "10:00", "11:00", logged=at(1, "13:00"))
    kitchen.until(3)

    (found,) = kitchen.found()
    assert found["ext"]["rule"] == "sample-before-cooked"
    fields = {one["record"]: one["field"] for one in found["observations"]}
    assert fields == {taken.id: "retained_by", cooked.id: "ended_at"}


def test_a_sample_of_the_first_batch_is_taken_while_the_second_cooks() -> None:
    kitchen = Kitchen()
    cook(kitchen, 1, "09:00", "10:00", batch_no="1")
    sample(kitchen, 1, "10:05")
    cook(kitchen, 1, "10:00", "11:30", batch_no="2", step_no=1)
    sample(kitchen, 2, "10:05")
    cook(kitchen, 2, "10:30", "11:30", step_kind="portion")
    kitchen.until(4)

    assert kitchen.rules() == []


def test_a_sample_taken_back_was_taken_at_no_time() -> None:
    kitchen = Kitchen()
    kitchen.correct(sample(kitchen, 1, "09:20"))
    cook(kitchen, 1, "10:00", "11:00")
    kitchen.until(3)
    assert kitchen.rules() == []

    kitchen.correct(sample(kitchen, 4, "09:20"))
    second = sample(kitchen, 4, "09:40")
    cook(kitchen, 4, "10:00", "11:00")
    kitchen.until(7)
    assert second.id in {one["record"] for one in kitchen.found()[0]["observations"]}


def test_a_meal_that_was_over_before_its_dish_was_cooked_is_found() -> None:
    kitchen = Kitchen()
    serve(kitchen, 1, "11:30", "12:35")
    cook(kitchen, 1, "13:00", "14:00")
    serve(kitchen, 2, "11:30", "12:35")
    cook(kitchen, 2, "11:00", "12:00")
    kitchen.until(4)

    assert kitchen.rules() == ["served-before-cooked"]


@pytest.mark.parametrize("first", ["dispatch", "weigh-in"])
def test_goods_weighed_before_they_were_sent_are_found_whichever_came_first(first: str) -> None:
    kitchen = Kitchen()
    if first == "dispatch":
        sent = dispatch(kitchen, 1, "06:50")
        weighed = kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER, logged=at(1, "07:00"))
    else:
        weighed = kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER)
        sent = dispatch(kitchen, 1, "06:50")
    kitchen.until(5)

    (found,) = kitchen.found()
    assert found["ext"]["rule"] == "weighed-before-dispatch"
    assert [one["record"] for one in found["observations"]] == [weighed.id, sent.id]
    assert found["responsible"] == SUPPLIER
    assert kitchen.rows()[0].scope == SCHOOL


def test_a_second_delivery_of_an_order_is_sent_after_the_first_was_weighed() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER)
    dispatch(kitchen, 1, "08:50", dispatch_no="D-4")
    dispatch(kitchen, 1, "05:10", dispatch_no="D-3", logged=at(1, "12:00"))
    kitchen.weigh(1, "09:40", 3_260, order=cast.ORDER, logged=at(1, "12:10"))
    kitchen.until(6)

    assert kitchen.rules() == []


def test_a_note_taken_back_sent_nothing() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER)
    kitchen.correct(dispatch(kitchen, 1, "06:50"))
    kitchen.until(5)
    assert kitchen.rules() == []

    kitchen.correct(kitchen.weigh(6, "06:08", 11_545, order=cast.ORDER))
    again = kitchen.weigh(6, "06:12", 11_555, order=cast.ORDER)
    dispatch(kitchen, 6, "06:50", dispatch_no="D-6")
    kitchen.until(10)
    assert kitchen.found()[0]["observations"][0]["record"] == again.id


def test_goods_accepted_before_they_were_weighed_are_found() -> None:
    kitchen = Kitchen()
    accept(kitchen, 1, "06:00")
    kitchen.weigh(1, "07:08", 11_520, order=cast.ORDER)
    kitchen.until(5)

    assert kitchen.rules() == ["accepted-before-weighed"]


def test_an_acceptance_is_held_against_the_weigh_ins_that_it_names() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER)
    late = kitchen.weigh(1, "09:08", 3_265, order=cast.ORDER)
    accept(kitchen, 1, "06:32", acceptance_no="Y-1", logged=at(1, "09:10"))
    kitchen.until(5)
    assert kitchen.rules() == []

    kitchen.weigh(6, "06:08", 11_525, order=cast.ORDER)
    again = kitchen.weigh(6, "09:08", 3_275, order=cast.ORDER)
    links = [{"rel": "accepts", "id": again.id}]
    accept(kitchen, 6, "06:32", acceptance_no="Y-2", logged=at(6, "09:10"), links=links)
    kitchen.until(10)
    assert kitchen.rules() == ["accepted-before-weighed"]
    assert late.id not in str(kitchen.found())


def test_an_entry_by_hand_typed_in_later_was_weighed_when_it_was_photographed() -> None:
    kitchen = Kitchen()
    accept(kitchen, 1, "06:40")
    kitchen.by_hand(1, "09:08", 11_540, order=cast.ORDER, photo_taken_at=at(1, "06:20"))
    kitchen.until(5)

    assert kitchen.rules() == ["entered-by-hand"]


def test_one_dispatch_weighed_in_two_schools_is_found_at_once() -> None:
    kitchen = Kitchen()
    delivery = [{"rel": "fulfils", "subject": f"delivery:{SUPPLIER.removeprefix('supplier:')}~D-3"}]
    first = kitchen.weigh(1, "06:08", 11_520, links=delivery)
    other = {"school": OTHER_SCHOOL, "canteen": "canteen:2105020002~01", "scale": "device:o-1"}
    again = kitchen.weigh(1, "07:20", 11_515, links=delivery, **other)

    (found,) = kitchen.found()
    assert found["ext"]["rule"] == "delivery-in-two-schools"
    assert [one["record"] for one in found["observations"]] == [first.id, again.id]
    assert (kitchen.rows()[0].scope, found["responsible"]) == (OTHER_SCHOOL, SUPPLIER)


def test_a_dispatch_for_another_schools_order_is_not_weighed_here() -> None:
    kitchen = Kitchen()
    sent = dispatch(kitchen, 1, "05:10", order=OTHER_ORDER)
    kitchen.weigh(1, "06:08", 11_520, links=[{"rel": "fulfils", "id": sent.id}])

    assert kitchen.rules() == ["delivery-in-two-schools"]


def elsewhere(kitchen: Kitchen, net: int, clock: str = "07:20") -> Seen:
    other = {"school": OTHER_SCHOOL, "canteen": "canteen:2105020002~01", "scale": "device:o-1"}
    return kitchen.weigh(1, clock, net, **LOT, **other)


def test_a_lot_that_weighs_the_same_where_it_was_not_sent_is_found() -> None:
    kitchen = Kitchen()
    dispatch(kitchen, 1, "05:10")
    kitchen.weigh(1, "06:08", 5_520, order=cast.ORDER, **LOT)
    elsewhere(kitchen, 5_525)
    kitchen.until(5)

    (found,) = kitchen.found()
    assert found["ext"]["rule"] == "lot-in-two-schools"
    assert found["inputs"] == 3


def test_more_of_a_lot_than_was_sent_is_found_where_it_was_not_sent() -> None:
    kitchen = Kitchen()
    dispatch(kitchen, 1, "05:10")
    kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER, **LOT)
    elsewhere(kitchen, 9_235)
    kitchen.until(5)

    assert kitchen.rules() == ["lot-in-two-schools"]
    assert kitchen.found()[0]["ext"]["measured"]["weighed_g"] == 20_755


def test_a_large_lot_is_shared_out_with_a_note_for_each_school_however_late() -> None:
    kitchen = Kitchen()
    dispatch(kitchen, 1, "05:10")
    kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER, **LOT)
    elsewhere(kitchen, 11_520)
    kitchen.until(2)
    dispatch(kitchen, 1, "05:20", dispatch_no="D-9", order=OTHER_ORDER, logged=at(2, "08:00"))
    kitchen.until(9)
    elsewhere(kitchen, 11_520)
    dispatch(kitchen, 9, "05:10", dispatch_no="D-10")
    kitchen.weigh(9, "06:08", 11_525, order=cast.ORDER, **LOT)
    kitchen.until(20)

    assert "lot-in-two-schools" not in kitchen.rules()


def test_a_weigh_in_elsewhere_taken_back_shows_nothing_twice() -> None:
    kitchen = Kitchen()
    dispatch(kitchen, 1, "05:10")
    kitchen.weigh(1, "06:08", 5_520, order=cast.ORDER, **LOT)
    kitchen.correct(elsewhere(kitchen, 5_525))
    kitchen.until(5)
    assert kitchen.rules() == []

    other = Kitchen()
    dispatch(other, 1, "05:10")
    other.correct(other.weigh(1, "06:08", 9_520, order=cast.ORDER, **LOT))
    elsewhere(other, 9_235)
    other.until(5)
    assert other.rules() == []


def test_a_counter_that_runs_backwards_is_found() -> None:
    kitchen = Kitchen()
    first = kitchen.weigh(1, "06:08", 11_520, counter=4711)
    again = kitchen.weigh(2, "06:08", 9_345, counter=4705)

    (found,) = kitchen.found()
    assert found["ext"]["rule"] == "counter-backwards"
    assert found["ext"]["measured"] == {"from": 4711, "to": 4705}
    assert [one["record"] for one in found["observations"]] == [first.id, again.id]


def test_readings_that_come_late_have_the_lower_numbers() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "08:08", 11_520, counter=4715)
    kitchen.weigh(1, "06:08", 9_345, counter=4711, logged=at(1, "09:00"))
    kitchen.weigh(2, "06:08", 9_355, counter=4790)
    kitchen.series(2, "06:00", [4_000, 4_300, 4_100])
    kitchen.series(2, "05:00", [4_000, 4_300, 4_100], logged=at(2, "09:00"))

    assert kitchen.rules() == []


def test_a_counter_that_leaps_is_found() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, counter=4711)
    kitchen.weigh(2, "06:08", 9_345, counter=9000)

    assert kitchen.rules() == ["counter-leaps"]


def test_a_thermometer_whose_count_falls_back_is_found() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "06:00", [4_000, 4_300], counter_from=500, counter_until=501)
    kitchen.series(2, "06:00", [4_000, 4_300], counter_from=100, counter_until=101)

    assert kitchen.rules() == ["counter-backwards"]
    assert {one["field"] for one in kitchen.found()[0]["observations"]} == {"counter_from"}


def test_the_latest_reading_taken_back_is_no_measure() -> None:
    kitchen = Kitchen()
    kitchen.correct(kitchen.weigh(1, "06:08", 11_520, counter=9711))
    kitchen.weigh(2, "06:08", 9_345, counter=4705)

    assert kitchen.rules() == []


def test_a_photo_of_another_hour_is_found_once_for_the_scale() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, photo_taken_at=at(1, "05:50"))
    assert kitchen.rules() == []
    for day in range(2, 6):
        kitchen.weigh(day, "06:08", 9_000 + 115 * day, photo_taken_at=at(day, "04:50"))

    assert kitchen.rules() == ["photo-of-another-time"]


def test_a_photo_for_an_entry_by_hand_may_be_hours_older() -> None:
    kitchen = Kitchen()
    kitchen.by_hand(1, "09:08", 11_540, photo_taken_at=at(1, "06:20"))

    assert kitchen.rules() == []


def test_a_rectification_is_not_photographed_after_it_was_reported() -> None:
    kitchen = Kitchen()
    kitchen.other("rectification", 1, "10:00", photo_taken_at=at(1, "09:00"))
    assert kitchen.rules() == []
    kitchen.other("rectification", 2, "10:00", photo_taken_at=at(2, "10:10"), photo_phash="00" * 8)

    assert kitchen.rules() == ["photo-of-the-future"]
