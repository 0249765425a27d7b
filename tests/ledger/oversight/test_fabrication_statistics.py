"""Statistics in whole numbers, against the same in fractions."""

from fractions import Fraction
from random import Random
from statistics import stdev, variance

import pytest

from ledger.oversight.fabrication import statistics, times


def test_the_score_is_half_exactly_at_what_is_allowed() -> None:
    assert statistics.above(900, 900) == statistics.HALF
    assert statistics.above(899, 900) < statistics.HALF < statistics.above(901, 900)
    assert statistics.below(70, 70) == statistics.HALF < statistics.below(69, 70)
    assert statistics.above(0, 0) == statistics.HALF


def test_deviation_and_studentised_range_are_those_of_the_textbook() -> None:
    random = Random(1)
    values = [100 * random.randint(362, 371) for _ in range(60)]

    assert statistics.deviation(values) == int(stdev(values))
    ranged = (max(values) - min(values) + 50) / stdev(values)
    assert abs(statistics.studentised_range_milli(values, 100) - 1000 * ranged) < 2
    wider = (max(values) - min(values) + 200) / stdev(values)
    assert abs(statistics.studentised_range_milli(values, 200) - 1000 * wider) < 2


def test_the_ratio_of_variances_is_that_of_one_way_analysis() -> None:
    random = Random(2)
    groups = [number % 5 for number in range(60)]
    values = [round(random.gauss(36_400 + 50 * group, 200)) for group in groups]
    means = [
        Fraction(sum(v for v, g in zip(values, groups, strict=True) if g == n), 12)
        for n in range(5)
    ]
    mean = Fraction(sum(values), 60)
    between = sum(12 * (one - mean) ** 2 for one in means) / 4
    within = sum((v - means[g]) ** 2 for v, g in zip(values, groups, strict=True)) / 55

    ratio = statistics.f_ratio_milli(values, groups)
    assert ratio is not None
    assert abs(ratio - 1000 * between / within) <= 5
    assert variance(values) > 0


@pytest.mark.parametrize("groups", [["a"] * 4, list("abcd")])
def test_one_group_or_none_but_single_values_have_no_ratio(groups: list[str]) -> None:
    assert statistics.f_ratio_milli([1, 2, 3, 4], groups) is None


def test_values_that_do_not_differ_within_their_groups_differ_between_them_only() -> None:
    assert statistics.f_ratio_milli([1, 1, 9, 9], ["a", "a", "b", "b"]) == statistics.NO_VARIANCE


def test_chi_square_of_even_digits_is_none_and_of_one_digit_nine_times_the_number() -> None:
    assert statistics.chi_square_milli(list(range(10)) * 5) == 0
    assert statistics.chi_square_milli([0] * 50) == 450_000


def test_a_claim_far_ahead_is_not_waited_for_until_then() -> None:
    now = "2026-09-01T04:00:00.000Z"

    assert times.after_day("2026-09-01", "Asia/Shanghai", now, 60) == "2026-09-01T16:01:00.000Z"
    assert times.after_day("2026-08-01", "Asia/Shanghai", now, 60) == "2026-09-01T04:01:00.000Z"
    assert times.after_day("9999-12-31", "Asia/Shanghai", now, 60) == "2026-10-11T04:00:00.000Z"
