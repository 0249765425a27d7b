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


class Log:
    """So many processes of one log, in step: what each tells all others hear."""

    def __init__(self, processes: int) -> None:
        self.clock = Clock()
        self.limits = [RateLimit(self.clock) for _ in range(processes)]
        self.exchange()

    def exchange(self) -> None:
        told = {str(number): limit.tell() for number, limit in enumerate(self.limits)}
        for number, limit in enumerate(self.limits):
            limit.hear({who: counts for who, counts in told.items() if who != str(number)})

    def run(
        self, per_s: float, asked_per_s: list[float], seconds: int, *, exchanging: bool = True
    ) -> list[int]:
        """Requests let through in each second, where each process is asked so often."""
        let_through = []
        owed = [0.0] * len(self.limits)
        for _ in range(seconds):
            count = 0
            for step in range(100):
                self.clock.now_s += 0.01
                for number, limit in enumerate(self.limits):
                    owed[number] += asked_per_s[number] / 100
                    while owed[number] >= 1:
                        owed[number] -= 1
                        try:
                            limit.take("a", per_s)
                        except ProblemError:
                            continue
                        count += 1
                if exchanging and step % 25 == 24:
                    self.exchange()
            let_through.append(count)
        return let_through


@pytest.mark.parametrize(
    ("per_s", "asked"),
    [
        (100, [400, 400]),
        (100, [400, 10]),
        (100, [95, 200, 40]),
        (40, [40] * 10),
        (2, [50, 50]),
    ],
)
def test_processes_that_share_a_log_let_through_one_rate_and_not_one_each(
    per_s: float, asked: list[float]
) -> None:
    """The bound of `RateLimit`: a saved second and the exchange's delay besides."""
    log, seconds = Log(len(asked)), 60

    through = log.run(per_s, asked, seconds)

    saved = max(per_s, len(asked)) + (len(asked) - 1) * per_s * 0.25
    assert sum(through) <= per_s * seconds * 17 / 16 + saved
    assert sum(through) >= 0.9 * per_s * seconds


def test_who_keeps_within_its_rate_is_refused_by_no_process() -> None:
    log = Log(3)

    through = log.run(100, [60, 30, 5], 30)

    assert sum(through) == pytest.approx(95 * 30, abs=3)


def test_one_process_that_gets_all_the_requests_lets_through_the_whole_rate() -> None:
    assert sum(Log(4).run(100, [100, 0, 0, 0], 20)) >= 0.98 * 2000


def test_cut_off_from_the_others_each_keeps_to_its_part_and_nobody_is_turned_away_for_good() -> (
    None
):
    log = Log(2)
    log.run(100, [10, 10], 3)

    cut_off = log.run(100, [400, 400], 20, exchanging=False)
    log.exchange()
    after = log.run(100, [40, 40], 5)

    assert all(95 <= count <= 105 for count in cut_off[3:])
    assert sum(after) == pytest.approx(400, abs=2)


def test_many_slow_clients_are_not_told_of() -> None:
    log = Log(2)
    for _ in range(50):
        log.clock.now_s += 0.25
        for number in range(300):
            log.limits[0].take(f"token {number}", 5000)
        assert log.limits[0].tell() == {}


def test_what_a_name_used_before_a_process_listened_is_not_held_against_it() -> None:
    clock = Clock()
    old, new = RateLimit(clock), RateLimit(clock)
    for _ in range(50):
        old.take("a", 100)
    new.take("a", 100)
    new.hear({"old": old.tell()})

    for _ in range(40):
        new.take("a", 100)
