"""When refused clients come back, with a clock and a die of the test's own."""

import random
from collections import Counter

import pytest

from api.spread import MOST_S, Spread


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(("draw", "after_s"), [(0.0, 1), (0.5, 2), (0.999, 3)])
def test_a_single_client_comes_back_soon(draw: float, after_s: int) -> None:
    assert Spread(Clock(), lambda: draw).after_s("a", 1) == after_s


def test_what_was_asked_for_is_the_least() -> None:
    spread = Spread(Clock(), lambda: 0.0)

    assert spread.after_s("a", 7) == 7
    assert spread.after_s("a", 0) == 1


def test_three_hundred_refused_together_do_not_come_back_together() -> None:
    spread = Spread(Clock(), random.Random(7).random)

    seconds = Counter(spread.after_s(number, 1) for number in range(300))

    assert max(seconds) >= 7
    assert max(seconds.values()) < 120


def test_ten_thousand_are_told_to_come_back_within_about_a_minute() -> None:
    spread = Spread(Clock(), lambda: 0.999)

    assert max(spread.after_s(number, 1) for number in range(10_000)) == 1 + MOST_S


def test_one_that_does_not_wait_makes_nobody_else_wait() -> None:
    spread = Spread(Clock(), lambda: 0.999)
    for _ in range(10_000):
        spread.after_s("impatient", 1)

    assert spread.after_s("patient", 1) == 3


def test_after_a_quiet_time_the_span_is_small_again() -> None:
    clock = Clock()
    spread = Spread(clock, lambda: 0.999)
    for number in range(300):
        spread.after_s(number, 1)

    clock.now_s += 11
    assert spread.after_s("a", 1) == 9
    clock.now_s += 25
    assert spread.after_s("a", 1) == 3
