"""Rates and the disk's watermark, with a clock of the test's own."""

from pathlib import Path

import pytest

from api.errors import ProblemError
from api.limits import DiskGuard, RateLimit


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_client_gets_its_rate_and_others_theirs() -> None:
    clock = Clock()
    limit = RateLimit(clock)
    for _ in range(3):
        limit.take("a", 3)
    with pytest.raises(ProblemError) as refused:
        limit.take("a", 3)
    assert refused.value.code == "too-many-requests"
    assert "Retry-After" in refused.value.headers
    limit.take("b", 3)

    clock.now_s += 0.34
    limit.take("a", 3)
    with pytest.raises(ProblemError):
        limit.take("a", 3)


def test_waiting_long_does_not_save_up_more_than_a_second() -> None:
    clock = Clock()
    limit = RateLimit(clock)
    limit.take("a", 2)
    clock.now_s += 3600
    limit.take("a", 2)
    limit.take("a", 2)
    with pytest.raises(ProblemError):
        limit.take("a", 2)


def test_below_the_watermark_nothing_is_taken_and_above_it_again(tmp_path: Path) -> None:
    clock = Clock()
    free = 10
    guard = DiskGuard(tmp_path, 100, clock=clock, free=lambda _: free)
    with pytest.raises(ProblemError) as refused:
        guard.check()
    assert refused.value.code == "storage-full"

    free = 1000
    clock.now_s += 1
    guard.check()


def test_the_disk_is_asked_at_most_once_a_second(tmp_path: Path) -> None:
    clock = Clock()
    asked = []

    def free(folder: Path) -> int:
        asked.append(folder)
        return 1000

    guard = DiskGuard(tmp_path, 100, clock=clock, free=free)
    for _ in range(10):
        guard.check()

    assert len(asked) == 1
