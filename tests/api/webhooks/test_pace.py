"""When something is sent again."""

import pytest

from api.webhooks.pace import Pace, retry_after_ms

PACE = Pace()
HOUR_MS = 3_600_000


def test_waits_grow_by_three_up_to_the_cap() -> None:
    waits = [PACE.wait_ms(n, PACE.entry_ms, 1.0) for n in range(1, 12)]

    assert waits[:4] == [5_000, 15_000, 45_000, 135_000]
    assert waits == sorted(waits)
    assert waits[-1] == 6 * HOUR_MS
    assert PACE.wait_ms(10_000, PACE.receiver_ms, 1.0) == 300_000


def test_chance_spreads_them_over_half() -> None:
    assert PACE.wait_ms(1, PACE.entry_ms, 0.0) == 2_500
    assert 2_500 < PACE.wait_ms(1, PACE.entry_ms, 0.5) < 5_000


def test_an_entry_is_tried_over_days() -> None:
    """Even with the shortest waits, three days hold more than ten attempts and fewer than forty."""
    for chance in (0.0, 0.999):
        at, attempts = 0, 0
        while at < PACE.give_up_ms:
            attempts += 1
            at += PACE.wait_ms(attempts, PACE.entry_ms, chance)
        assert 10 < attempts < 40


def test_a_robot_takes_fewer_than_twenty_messages_in_any_minute() -> None:
    assert 60_000 / PACE.robot_ms < 19


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        (None, 0), ("", 0), ("soon", 0), ("-5", 0), ("1.5", 0), ("٣", 0), ("0", 0), ("7", 7_000),
        (" 120 ", 120_000), ("99999999999999", 24 * HOUR_MS),
        ("Fri, 18 Sep 2026 12:00:30 GMT", 30_000), ("Fri, 18 Sep 2026 11:00:00 GMT", 0),
        ("Fri, 18 Sep 2099 12:00:30 GMT", 24 * HOUR_MS), ("Fri, 99 Sep 2026 12:00:30 GMT", 0),
    ],
)  # fmt: skip
def test_what_a_receiver_asks_for_is_believed_up_to_a_day(value: str | None, ms: int) -> None:
    assert retry_after_ms(value, 1_789_732_800_000) == ms
