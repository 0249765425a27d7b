"""Weights that no goods have: repeated, too round, with digits of no scale, typed in by hand."""

from random import Random

from components.kitchen_records import SCHOOL, Kitchen, at, cast

ITEMS = ("pork-leg", "cabbage", "potato", "rice", "egg", "tofu")


def loose(random: Random, division: int = 5) -> int:
    """Goods as they come: some kilograms, on the lattice of the scale."""
    return division * round(random.lognormvariate(9.2, 0.5) / division)


def months(kitchen: Kitchen, random: Random, days: range, division: int = 5) -> None:
    for day in days:
        for place, item in enumerate(ITEMS):
            kitchen.weigh(
                day, f"06:{10 + place}", loose(random, division), item, division_mg=1000 * division
            )


def test_loose_goods_are_silence_on_fine_and_on_coarse_scales() -> None:
    for division in (5, 20, 50):
        kitchen, random = Kitchen(), Random(division)
        months(kitchen, random, range(1, 90), division)
        assert kitchen.rules() == []


def test_an_item_that_weighs_the_same_delivery_after_delivery_is_found() -> None:
    kitchen, random = Kitchen(), Random(1)
    months(kitchen, random, range(1, 41))
    copied = [kitchen.weigh(day, "06:30", 11_525, "pork-leg").id for day in range(41, 50)]

    (found,) = kitchen.found()
    assert (found["suspicion_kind"], found["ext"]["rule"]) == (
        "weights-identical",
        "weight-repeated",
    )
    named = [one["record"] for one in found["observations"]]
    assert named == copied[: len(named)]
    assert 4 <= len(named) <= 8


def test_sealed_packs_repeat_by_nature_and_the_log_learns_it() -> None:
    kitchen, random = Kitchen(), Random(2)
    for day in range(1, 60):
        packs = 20 * round((6_300 + random.gauss(0, 9)) / 20)
        kitchen.weigh(day, "06:10", packs, "milk-carton", division_mg=20_000, tare=0)
        kitchen.weigh(day, "06:12", packs, "milk-carton", division_mg=20_000, tare=0)
        kitchen.weigh(day, "06:20", loose(random, 20), "pork-leg", division_mg=20_000)

    assert "weights-identical" not in kitchen.kinds()


def test_a_run_that_is_broken_by_a_correction_is_shorter() -> None:
    kitchen, random = Kitchen(), Random(1)
    months(kitchen, random, range(1, 41))
    run = [kitchen.weigh(41 + n, "06:30", 11_525, "pork-leg") for n in range(4)]
    assert kitchen.rules() == []
    kitchen.correct(run[1])
    kitchen.correct(run[2])
    kitchen.weigh(46, "06:30", 11_525, "pork-leg")
    assert kitchen.rules() == []


def test_one_thing_on_the_scale_for_all_items_is_found() -> None:
    kitchen, random = Kitchen(), Random(3)
    months(kitchen, random, range(1, 21))
    for place, item in enumerate(ITEMS):
        kitchen.weigh(21, f"06:{10 + place}", 8_235, item)

    assert kitchen.rules() == ["weight-of-anything"]
    assert kitchen.found()[0]["inputs"] == 4
    assert all(one["field"] == "net_g" for one in kitchen.found()[0]["observations"])


def test_two_items_may_weigh_the_same_by_chance() -> None:
    kitchen, random = Kitchen(), Random(3)
    months(kitchen, random, range(1, 21))
    for place, item in enumerate(ITEMS[:3]):
        kitchen.weigh(21, f"06:{10 + place}", 8_235, item)

    assert kitchen.rules() == []


def test_weights_as_they_were_ordered_are_too_round() -> None:
    kitchen, random = Kitchen(), Random(4)
    months(kitchen, random, range(1, 21))
    for day in range(21, 26):
        for place, item in enumerate(ITEMS):
            kitchen.weigh(day, f"06:{10 + place}", 500 * random.randint(8, 60), item)

    assert "weight-round" in kitchen.rules()
    assert set(kitchen.kinds()) == {"weights-round"}


def test_sacks_that_weigh_near_what_is_printed_on_them_are_not_too_round() -> None:
    kitchen, random = Kitchen(), Random(5)
    for day in range(1, 60):
        sacks = random.randint(1, 4)
        net = 50 * round((25_060 * sacks + random.gauss(0, 60)) / 50)
        kitchen.weigh(day, "06:10", net, "rice", division_mg=50_000, tare=0)
        kitchen.weigh(day, "06:20", loose(random, 50), "pork-leg", division_mg=50_000)

    assert kitchen.rules() == []


def test_sacks_weighed_one_after_the_other_are_one_thing_many_times() -> None:
    kitchen = Kitchen()
    for number in range(30):
        net = 25_000 + 50 * (number % 13 == 5)
        kitchen.weigh(1, f"06:{10 + number}", net, "rice", division_mg=50_000, tare=0)

    assert "weights-round" not in kitchen.kinds()


def test_packs_of_round_weight_among_loose_goods_are_allowed_for() -> None:
    kitchen, random = Kitchen(), Random(8)
    for day in range(1, 60):
        for place in range(12):
            net = 25_000 * random.randint(1, 4) if place % 2 else loose(random, 50)
            item = f"item-{place}-{day % 9}"
            kitchen.weigh(day, f"06:{10 + place}", net, item, division_mg=50_000, tare=0)

    assert "weight-round" not in kitchen.rules()


def test_round_weights_taken_back_are_not_counted() -> None:
    kitchen, random = Kitchen(), Random(4)
    weighed = [
        kitchen.weigh(1, f"06:{10 + n}", 500 * random.randint(8, 60), f"item-{n}")
        for n in range(11)
    ]
    for one in weighed[:6]:
        kitchen.correct(one)
    for number in range(6):
        kitchen.weigh(2, f"06:{10 + number}", 500 * random.randint(8, 60), f"item-{number}")
    assert kitchen.rules() == []

    kitchen.weigh(3, "06:10", 17_500)
    assert kitchen.rules() == ["weight-round"]
    assert kitchen.found()[0]["inputs"] == 12


def test_last_digits_that_people_like_are_found() -> None:
    kitchen, random = Kitchen(), Random(6)
    for day in range(1, 31):
        for place, item in enumerate(ITEMS):
            kitchen.weigh(day, f"06:{10 + place}", 50 * random.randint(60, 600), item, tare=0)

    assert "weight-digits" in kitchen.rules()
    assert set(kitchen.kinds()) == {"weights-round"}


def test_a_scale_of_two_ranges_shows_even_digits_only() -> None:
    kitchen, random = Kitchen(), Random(7)
    for day in range(1, 31):
        for place, item in enumerate(ITEMS):
            kitchen.weigh(day, f"06:{10 + place}", loose(random, 10), item, division_mg=5_000)

    assert kitchen.rules() == []


def test_weights_by_hand_are_found_once_for_each_delivery() -> None:
    kitchen = Kitchen()
    ids = [
        kitchen.by_hand(1, f"06:{10 + n}", 7_340 + 110 * n, order=cast.ORDER).id for n in range(3)
    ]
    kitchen.until(1, "07:00")
    assert kitchen.rules() == []
    kitchen.until(1, "09:00")
    kitchen.by_hand(2, "06:10", 3_260, order=cast.ORDER)
    kitchen.by_hand(2, "06:20", 4_270, order="order:2105020001~A-18")
    kitchen.until(15)

    first, second = kitchen.found()
    assert first["suspicion_kind"] == "entered-by-hand"
    assert [one["record"] for one in first["observations"]] == ids
    assert (first["responsible"], first["inputs"], second["inputs"]) == (SCHOOL, 3, 1)


def test_what_a_scale_weighed_is_not_by_hand() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:10", 7_345)
    kitchen.until(3)

    assert kitchen.rules() == []


def test_an_entry_by_hand_taken_back_in_time_is_none() -> None:
    kitchen = Kitchen()
    kitchen.correct(kitchen.by_hand(1, "06:10", 7_340))
    kitchen.until(3)

    assert kitchen.rules() == []


def test_a_delivery_without_an_order_is_a_suppliers_goods_of_a_day() -> None:
    kitchen = Kitchen()
    kitchen.by_hand(1, "06:10", 7_340)
    kitchen.by_hand(1, "06:20", 7_460)
    kitchen.by_hand(2, "06:10", 7_980)
    kitchen.until(3)

    assert [one["inputs"] for one in kitchen.found()] == [2, 1]
    assert kitchen.found()[0]["last_at"] == at(1, "06:20")


def test_goods_that_leave_the_store_are_not_looked_at() -> None:
    kitchen = Kitchen()
    for day in range(1, 40):
        kitchen.weigh(day, "08:10", 10_000, "rice", direction="outbound")

    assert kitchen.rules() == []


def test_a_weight_that_the_display_does_not_show_is_found() -> None:
    kitchen = Kitchen()
    ids = [
        kitchen.weigh(1, "06:10", 24_150, display_ocr_g=20_150).id,
        kitchen.weigh(1, "06:20", 7_340, display_ocr_g=73_400).id,
    ]
    kitchen.until(2)

    first, second = kitchen.found()
    assert kitchen.rules() == ["display-differs", "display-differs"]
    assert [one["observations"][0]["record"] for one in (first, second)] == ids
    assert first["ext"]["measured"] == {"display_g": 20_150, "net_g": 24_150, "gross_g": 24_630}


def test_a_display_that_shows_net_or_gross_to_a_division_or_nothing_is_none() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:10", 24_150, display_ocr_g=24_160, division_mg=10_000)
    kitchen.weigh(1, "06:20", 7_345, display_ocr_g=7_345 + 480)
    kitchen.weigh(1, "06:30", 3_268, display_ocr_g=None)
    kitchen.weigh(1, "06:40", 5_121, display_ocr_g=5_123, division_mg=1_000)
    kitchen.until(2)

    assert kitchen.rules() == []


def test_a_weighing_taken_back_withdraws_what_its_display_showed() -> None:
    kitchen = Kitchen()
    kitchen.correct(kitchen.weigh(1, "06:10", 24_150, display_ocr_g=20_150))
    kitchen.until(2)

    assert [row.status for row in kitchen.rows()] == ["withdrawn"]
