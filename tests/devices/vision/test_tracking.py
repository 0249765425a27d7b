"""One violation is one alert."""

import orjson
import pytest

from devices.vision.decode import Detection
from devices.vision.manifest import Label
from devices.vision.tracking import Tracker, overlap

pytestmark = pytest.mark.devices

HAT = Label("bare head", "no-hat", "minor", 500_000, 3, 5, 400)
SEEN = Label("head", None, "minor", 500_000, 1, 1, 0)
LEFT, RIGHT = (100, 100, 50, 60), (400, 100, 50, 60)


def at(box: tuple[int, int, int, int], label: int = 0, score_ppm: int = 900_000) -> Detection:
    return Detection(label, score_ppm, box)


def moved(box: tuple[int, int, int, int], right: int) -> tuple[int, int, int, int]:
    return (box[0] + right, *box[1:])


def alerts(tracker: Tracker, frames: list[list[Detection]], every_ms: int = 200) -> list[int]:
    """The numbers of the frames that confirmed something, once for each."""
    return [
        number
        for number, detections in enumerate(frames)
        for _ in tracker.frame(detections, number * every_ms)
    ]


def test_a_violation_is_confirmed_by_frames_and_time_and_alerted_once() -> None:
    frames = [[at(moved(LEFT, 3 * n))] for n in range(200)]

    assert alerts(Tracker([HAT]), frames) == [2]
    assert alerts(Tracker([HAT]), frames, every_ms=100) == [4]


def test_what_confirms_tells_since_when_in_how_many_frames_and_how_sure() -> None:
    tracker = Tracker([HAT])
    tracker.frame([at(LEFT, score_ppm=700_000)], 1000)
    tracker.frame([at(LEFT, score_ppm=950_000)], 1200)
    (found,) = tracker.frame([at(moved(LEFT, 5), score_ppm=800_000)], 1400)

    assert (found.first_seen_ms, found.confirmed_ms, found.frames) == (1000, 1400, 3)
    assert (found.score_ppm, found.box) == (950_000, moved(LEFT, 5))


def test_flashes_of_a_detector_are_no_violation() -> None:
    lone = [[at(LEFT)] if n % 6 == 0 else [] for n in range(120)]
    apart = [[at(moved(LEFT, 120 * (n % 3)))] if n % 2 else [] for n in range(20)]

    assert alerts(Tracker([HAT]), lone) == []
    assert alerts(Tracker([HAT]), apart) == []


def test_a_detector_that_loses_every_third_frame_still_confirms() -> None:
    assert alerts(Tracker([HAT]), [[at(LEFT)] if n % 3 else [] for n in range(60)]) == [4]


def test_two_people_are_two_violations_and_boxes_do_not_change_hands() -> None:
    frames = [[at(moved(RIGHT, -2 * n)), at(moved(LEFT, 2 * n))] for n in range(60)]

    assert alerts(Tracker([HAT]), frames) == [2, 2]


def test_people_side_by_side_whose_boxes_touch_are_two_violations() -> None:
    frames = [[at(LEFT), at(moved(LEFT, 30))]] * 20

    assert alerts(Tracker([HAT]), frames) == [2, 2]


def test_one_detection_is_given_to_one_track() -> None:
    frames = [[at(LEFT), at(moved(LEFT, 20))]] + [[at(moved(LEFT, 10))]] * 10

    assert alerts(Tracker([HAT]), frames) == [2]


def test_a_violation_that_flickers_all_day_is_one_and_one_gone_for_a_while_is_new() -> None:
    flickers = [[at(LEFT)] if n % 40 < 10 else [] for n in range(2000)]
    comes_back = [[at(LEFT)] if n < 10 or n > 400 else [] for n in range(420)]

    assert alerts(Tracker([HAT]), flickers) == [2]
    assert alerts(Tracker([HAT]), comes_back) == [2, 403]
    assert alerts(Tracker([HAT], quiet_ms=120_000), comes_back) == [2]


def test_elsewhere_in_the_picture_is_another_violation_at_once() -> None:
    frames = [[at(LEFT)]] * 10 + [[]] * 20 + [[at(RIGHT)]] * 10

    assert alerts(Tracker([HAT]), frames) == [2, 32]


def test_who_leaves_for_two_seconds_comes_back_as_the_same_violation_wherever() -> None:
    leaves = [[at(LEFT)]] * 10 + [[]] * 10 + [[at(RIGHT)]] * 30
    leaps = [[at(LEFT)]] * 10 + [[at(RIGHT)]] * 10 + [[at(LEFT)]] * 10

    assert alerts(Tracker([HAT]), leaves) == [2]
    assert alerts(Tracker([HAT]), leaps) == [2]


def test_who_was_there_before_the_other_left_is_another() -> None:
    frames = [[at(LEFT)]] * 9 + [[at(LEFT), at(RIGHT)]] + [[at(RIGHT)]] * 10

    assert alerts(Tracker([HAT]), frames) == [2, 11]


def watched(tracker: Tracker, *stretches: tuple[int, int, list[Detection]]) -> int:
    """How many alerts there are on frames of stretches: from, until, what is seen."""
    return sum(
        len(tracker.frame(seen, at_ms))
        for begin, end, seen in stretches
        for at_ms in range(begin, end, 200)
    )


@pytest.mark.parametrize(("away_ms", "found"), [(90_000, 1), (590_000, 1), (700_000, 2)])
def test_a_stream_that_was_lost_ends_no_violation(away_ms: int, found: int) -> None:
    back = 5_000 + away_ms
    seen = [at(LEFT)]

    assert watched(Tracker([HAT]), (0, 5_000, seen), (back, back + 5_000, seen)) == found


def test_who_moved_on_while_nobody_looked_is_the_same() -> None:
    """A gateway that was busy for four seconds, or a stream that was away: no frame misses them."""
    tracker = Tracker([HAT])

    assert watched(tracker, (0, 5_000, [at(LEFT)]), (9_000, 14_000, [at(RIGHT)])) == 1


def test_a_slow_camera_still_sees_that_somebody_is_gone() -> None:
    tracker = Tracker([Label("bare head", "no-hat", "minor", 500_000, 1, 1, 0)])
    minutes = [[at(LEFT)]] + [[]] * 10 + [[at(LEFT)]]

    assert alerts(tracker, minutes, every_ms=60_000) == [0, 11]


def test_a_restart_ends_no_violation() -> None:
    before = Tracker([HAT, SEEN])
    assert watched(before, (0, 5_000, [at(LEFT)])) == 1
    saved = orjson.loads(orjson.dumps(before.state()))

    assert watched(Tracker([SEEN, HAT], saved=saved), (60_000, 65_000, [at(LEFT, label=1)])) == 0
    assert watched(Tracker([SEEN], saved=saved), (60_000, 65_000, [at(LEFT)])) == 0
    assert watched(Tracker([HAT]), (60_000, 65_000, [at(LEFT)])) == 1


def test_labels_without_an_alert_are_seen_and_not_followed() -> None:
    assert alerts(Tracker([HAT, SEEN]), [[at(LEFT, label=1)]] * 20) == []
    assert alerts(Tracker([HAT, HAT]), [[at(LEFT), at(LEFT, label=1)]] * 20) == [2, 2]


def test_overlap_is_the_share_of_the_union() -> None:
    assert overlap(LEFT, LEFT) == 1
    assert overlap(LEFT, RIGHT) == 0
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0
