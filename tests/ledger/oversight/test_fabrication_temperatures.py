"""Temperatures that nobody measured: at the morning check, in a cabinet, in the pot."""

from math import sin, tau
from random import Random

from components.kitchen_records import Kitchen, at, cast, person
from hypothesis import given
from hypothesis import strategies as st

from ledger.oversight.fabrication.smooth import _BREAK, _differences

STAFF = [person(number) for number in range(6)]


def mornings(kitchen: Kitchen, days: range, forehead: object) -> None:
    """Everyone is checked every day; `forehead(person, day)` is what the device shows."""
    for day in days:
        for place, staff in enumerate(STAFF):
            kitchen.check(day, f"05:{30 + place}", staff, forehead(place, day))  # type: ignore[operator]


def real(random: Random) -> object:
    """People differ, days differ, the device is off by a little, and shows a tenth of a degree."""
    people = [random.gauss(0, 150) for _ in STAFF]
    days = [random.gauss(0, 100) for _ in range(200)]
    return lambda who, day: (
        round((36_400 + people[who] + days[day] + random.gauss(0, 200)) / 100) * 100
    )


def test_foreheads_drawn_at_random_between_two_limits_are_found() -> None:
    kitchen, random = Kitchen(), Random(1)
    mornings(kitchen, range(1, 20), lambda *_: 100 * random.randint(362, 371))

    (found,) = kitchen.found()
    assert found["suspicion_kind"] == "temperatures-uniform"
    assert found["ext"]["rule"] == "forehead-flat"
    assert found["inputs"] >= 40
    assert found["score_ppm"] >= found["threshold_ppm"]
    assert {one["field"] for one in found["observations"]} == {"forehead_mC"}
    (row,) = kitchen.rows()
    assert (row.scope, row.kind, row.status) == (cast.SCHOOL, "temperatures-uniform", "open")
    assert row.day == "2026-09-01"


def test_real_foreheads_are_not_found() -> None:
    for seed in range(6):
        kitchen = Kitchen()
        mornings(kitchen, range(1, 61), real(Random(seed)))
        assert kitchen.rules() == []


def test_people_who_differ_by_themselves_are_not_random_however_flat_they_are_together() -> None:
    kitchen, random = Kitchen(), Random(2)
    mornings(kitchen, range(1, 31), lambda who, _: 36_000 + 180 * who + 10 * random.randint(-6, 6))

    assert kitchen.rules() == []


def test_a_device_set_anew_half_way_is_not_random() -> None:
    kitchen, random = Kitchen(), Random(3)
    mornings(
        kitchen,
        range(1, 31),
        lambda _, day: 36_300 + 450 * (day > 10) + 100 * round(random.gauss(0, 0.8)),
    )

    assert kitchen.rules() == []


def test_foreheads_that_are_always_the_same_are_found() -> None:
    kitchen, random = Kitchen(), Random(4)
    mornings(kitchen, range(1, 9), lambda *_: 36_500 + 100 * (random.random() < 0.1))

    assert kitchen.rules() == ["forehead-still"]


def test_foreheads_copied_from_the_day_before_are_found() -> None:
    kitchen = Kitchen()
    day_one = [36_100, 36_300, 36_400, 36_500, 36_700, 36_900]
    mornings(kitchen, range(1, 9), lambda who, _: day_one[who])

    assert kitchen.rules() == ["forehead-copied"]


def test_a_fever_is_left_out() -> None:
    kitchen, random = Kitchen(), Random(1)
    for day in range(1, 20):
        for place, staff in enumerate(STAFF):
            drawn = 100 * random.randint(362, 371)
            kitchen.check(day, f"05:{30 + place}", staff, drawn)
        kitchen.check(day, "05:50", person(99), 38_400, result="unfit")

    assert kitchen.rules() == ["forehead-flat"]


def test_an_episode_is_found_again_only_after_the_days_that_the_policy_gives() -> None:
    kitchen, random = Kitchen(again_days=20), Random(5)
    mornings(kitchen, range(1, 60), lambda *_: 100 * random.randint(362, 371))

    first, second = (int(one.request["occurred_at"][8:10]) for one in kitchen.told.found[:2])
    assert (second - first) % 30 >= 20
    inputs = [{seen["record"] for seen in one["observations"]} for one in kitchen.found()]
    assert not inputs[0] & inputs[1]


def test_checks_taken_back_are_not_counted() -> None:
    kitchen = Kitchen()
    seen = [
        kitchen.check(day, f"05:{30 + n}", STAFF[n], 36_500)
        for day in range(1, 7)
        for n in range(6)
    ]
    for one in seen[:5]:
        kitchen.correct(one)
    for number in range(4):
        kitchen.check(8, f"05:{30 + number}", STAFF[number], 36_500)
    assert kitchen.rules() == []

    for day in range(9, 11):
        for number in range(6):
            kitchen.check(day, f"05:{30 + number}", STAFF[number], 36_500)
    (found,) = kitchen.found()
    assert not {one.id for one in seen[:5]} & {one["record"] for one in found["observations"]}


def test_a_cabinet_that_does_not_move_for_a_day_is_found() -> None:
    kitchen = Kitchen()
    for day in (1, 2):
        kitchen.series(day, "00:05", [4_000] * 144)

    assert kitchen.rules() == ["cabinet-still"]
    assert kitchen.found()[0]["canteen"] == cast.CANTEEN


def test_a_cabinet_known_to_move_is_found_after_six_hours_of_one_value() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "00:05", [4_000, 4_300, 4_600, 4_100] * 20)
    kitchen.series(1, "13:25", [4_100] * 12)
    kitchen.series(1, "15:25", [4_100] * 12)
    assert kitchen.rules() == []

    kitchen.series(1, "17:25", [4_100] * 12)
    assert kitchen.rules() == ["cabinet-still"]


def test_a_coarse_probe_may_show_one_value_for_a_day_and_no_longer_than_three() -> None:
    kitchen = Kitchen()
    kitchen.series(1, "00:05", [-18_000, -19_000, -18_000] * 30, place="freezer")
    for day in (2, 3):
        kitchen.series(day, "00:05", [-18_000] * 144, place="freezer")
    assert kitchen.rules() == []

    kitchen.series(4, "00:05", [-18_000] * 144, place="freezer")
    assert kitchen.rules() == ["cabinet-still"]


def test_a_dry_store_is_slow_by_nature() -> None:
    kitchen = Kitchen()
    for day in range(1, 5):
        kitchen.series(day, "00:05", [18_000] * 144, place="dry-store")

    assert kitchen.rules() == []


def test_a_batch_of_a_still_stretch_taken_back_does_not_count() -> None:
    kitchen = Kitchen()
    first = kitchen.series(1, "00:05", [4_000] * 80)
    kitchen.correct(first)
    kitchen.series(1, "14:05", [4_000] * 70)
    assert kitchen.rules() == []

    kitchen.series(2, "00:05", [4_000] * 80)
    (found,) = kitchen.found()
    assert found["inputs"] == 2


def test_a_curve_that_somebody_calculated_is_found() -> None:
    kitchen = Kitchen()
    for day in (1, 2):
        curve = [round(4_000 + 900 * sin(tau * n / 144)) for n in range(144)]
        kitchen.series(day, "00:05", [value + day for value in curve])

    assert kitchen.rules()[0] == "cabinet-smooth"


def test_a_cooling_cycle_sampled_every_ten_minutes_is_rough() -> None:
    kitchen, random = Kitchen(), Random(6)
    for day in range(1, 8):
        kitchen.series(
            day,
            "00:05",
            [round(40 + 10 * sin(tau * n / 5) + random.gauss(0, 1)) * 100 for n in range(144)],
        )

    assert kitchen.rules() == []


def test_a_cabinet_switched_off_warms_up_smoothly_and_is_no_lie() -> None:
    kitchen = Kitchen()
    kitchen.series(
        1, "00:05", [round(20_000 - 38_000 * 0.98**n) for n in range(144)], place="freezer"
    )

    assert kitchen.rules() == []


def test_readings_every_minute_may_be_smooth_within_ten() -> None:
    kitchen, random = Kitchen(), Random(7)
    for hour in range(24):
        readings = [
            round(4_000 + 800 * sin(tau * (60 * hour + n) / 55) + random.gauss(0, 5))
            for n in range(60)
        ]
        kitchen.series(1, f"{hour:02}:00", readings, interval_s=60)

    assert kitchen.rules() == []


def test_yesterdays_readings_with_todays_date_are_found() -> None:
    kitchen, random = Kitchen(), Random(8)
    readings = [100 * random.randint(30, 60) for _ in range(144)]
    first = kitchen.series(1, "00:05", readings)
    kitchen.series(2, "00:05", [100 * random.randint(30, 60) for _ in range(144)])
    again = kitchen.series(3, "00:05", readings)

    (found,) = kitchen.found()
    assert found["ext"]["rule"] == "cabinet-copied"
    assert [one["record"] for one in found["observations"]] == [first.id, again.id]


def test_short_or_dull_batches_repeat_by_chance() -> None:
    kitchen = Kitchen()
    for hour in range(1, 9):
        kitchen.series(1, f"{hour:02}:00", [3_900, 4_600, 4_300, 5_000, 4_100, 4_000])
        kitchen.series(1, f"{hour + 10}:00", [4_000, 4_500, 5_000] * 4, cabinet="device:other")

    assert kitchen.rules() == []


def test_a_copied_original_that_was_taken_back_is_no_original() -> None:
    kitchen, random = Kitchen(), Random(9)
    readings = [100 * random.randint(30, 60) for _ in range(144)]
    kitchen.correct(kitchen.series(1, "00:05", readings))
    kitchen.series(2, "00:05", readings)

    assert kitchen.rules() == []


def cook(kitchen: Kitchen, days: range, core: object) -> list[object]:
    return [
        kitchen.other(
            "cooking-step",
            day,
            f"10:{10 + dish}",
            meal_on=f"2026-09-{day:02}",
            dish_code=f"d-{(day + dish) % 8}",
            batch_no=f"{dish}",
            core_temperature_mC=core(),  # type: ignore[operator]
            started_at=at(day, "09:00"),
            ended_at=at(day, f"10:{dish:02}"),
        )
        for day in days
        for dish in range(4)
    ]


def test_core_temperatures_that_are_always_the_same_are_found() -> None:
    kitchen, random = Kitchen(), Random(10)
    cook(kitchen, range(1, 12), lambda: 75_000 + 100 * random.randint(0, 9))

    assert kitchen.rules() == ["core-still"]


def test_core_temperatures_of_real_dishes_and_of_boiling_water_are_not() -> None:
    kitchen, random = Kitchen(), Random(11)
    cook(kitchen, range(1, 12), lambda: 1000 * round(random.gauss(82, 3.5)))
    cook(kitchen, range(12, 24), lambda: 99_000 + 100 * random.randint(0, 9))

    assert kitchen.rules() == []


def test_core_temperatures_taken_back_are_not_counted() -> None:
    kitchen = Kitchen()
    steps = cook(kitchen, range(1, 8), lambda: 75_000)
    for step in steps[:4]:
        kitchen.correct(step)  # type: ignore[arg-type]
    cook(kitchen, range(8, 9), lambda: 75_000)

    assert kitchen.rules() == []


def test_the_window_of_a_canteen_and_its_shelf_do_not_grow() -> None:
    kitchen, random = Kitchen(), Random(12)
    mornings(kitchen, range(1, 101), real(random))

    keys = [key for key in kitchen.told.state if key.startswith("fabrication checks ")]
    assert len(keys) <= 1 + 100 // 8 + 2


@given(
    st.lists(
        st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=5
    )
)
def test_a_series_is_as_rough_in_one_batch_as_in_several(batches: list[list[int | None]]) -> None:
    end, totals = _BREAK, [0] * 5
    for batch in batches:
        sums, end = _differences(batch, end)
        totals = [one + other for one, other in zip(totals, sums, strict=True)]

    whole, last = _differences([reading for batch in batches for reading in batch], _BREAK)
    assert (tuple(totals), end) == (whole, last)
