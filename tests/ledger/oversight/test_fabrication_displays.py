"""The display in the photo, held against the weight on the line."""

import pytest
from components.kitchen_records import Kitchen


def weigh(kitchen: Kitchen, net_g: int, shown: int | None, day: int = 1, **more: int) -> None:
    kitchen.weigh(day, "06:08", net_g, display_ocr_g=shown, **more)


def test_a_display_that_shows_another_weight_is_found() -> None:
    kitchen = Kitchen()
    weigh(kitchen, 12_485, 11_485)

    (found,) = kitchen.found()
    assert found["suspicion_kind"] == "display-differs"
    assert found["ext"]["measured"] == {"display_g": 11_485, "net_g": 12_485, "apart_g": 1000}


@pytest.mark.parametrize("shown", [12_485, 12_490, 12_480, None, 124_850, 1_248, 12])
def test_the_same_weight_an_unread_display_and_a_lost_point_are_silence(shown: int | None) -> None:
    kitchen = Kitchen()
    weigh(kitchen, 12_485, shown)

    assert kitchen.rules() == []


def test_a_display_may_show_gross() -> None:
    kitchen = Kitchen()
    weigh(kitchen, 12_000, 12_480)

    assert kitchen.rules() == []


def test_a_coarse_scale_is_allowed_its_division() -> None:
    kitchen = Kitchen()
    weigh(kitchen, 12_485, 12_500, division_mg=20_000)

    assert kitchen.rules() == []


def test_one_scale_that_goes_on_is_found_once_in_its_days_of_quiet() -> None:
    kitchen = Kitchen()
    weigh(kitchen, 12_485, 11_485)
    weigh(kitchen, 13_485, 11_485)

    assert kitchen.rules() == ["display-differs"]
