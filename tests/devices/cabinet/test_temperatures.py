"""Temperatures in batches without a gap, through the driver and the real models."""

import itertools
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from components.cabinet_stage import CABINET, HOUR, NOON, Stage
from components.checked_sink import CheckedSink, CutError
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.cabinet.settings import Settings
from devices.gateway.driver import Clock
from ledger import timestamp


@pytest.fixture
def stage() -> Stage:
    return Stage()


def logs(stage: Stage) -> list[Any]:
    return [one.payload for one in stage.sink.of("temperature-log")]


def readings(stage: Stage) -> list[int | None]:
    return [mC for log in logs(stage) for mC in log["mC_readings"]]


def test_a_day_is_logged_in_batches_that_follow_on(stage: Stage) -> None:
    stage.temperature = lambda ms: 4_000 + ms // HOUR * 10
    stage.run(24)

    found = logs(stage)
    counts = [(log["counter_from"], log["counter_until"]) for log in found]
    assert [len(log["mC_readings"]) for log in found] == [6] * 24
    assert all(after[0] == before[1] + 1 for before, after in itertools.pairwise(counts))
    assert found[0]["first_read_at"] == timestamp.format(NOON)
    assert found[0]["clock_offset_ms"] == 12


def test_a_stop_closes_the_batch_that_is_open(stage: Stage) -> None:
    stage.run(0.6)

    assert [log["mC_readings"] for log in logs(stage)] == [[4_000] * 4]


def test_a_batch_closes_after_so_many_minutes(stage: Stage) -> None:
    stage.settings = replace(stage.settings, batch_minutes=30)
    stage.run(2)

    assert {len(log["mC_readings"]) for log in logs(stage)} == {3}


def test_what_did_not_answer_is_null_and_never_the_value_before(stage: Stage) -> None:
    stage.at(25 * 60_000, lambda: setattr(stage, "look", None))
    stage.at(45 * 60_000, lambda: stage.say(temperature_mC=5_000))
    stage.run(1)

    assert readings(stage) == [4_000, 4_000, 4_000, None, None, 5_000]


def test_a_probe_without_a_temperature_is_null(stage: Stage) -> None:
    stage.at(5 * 60_000, lambda: stage.say(temperature_mC=None))
    stage.run(0.5)

    assert readings(stage)[:2] == [4_000, None]


def test_a_cabinet_that_hangs_for_minutes_leaves_nulls_and_no_hole(stage: Stage) -> None:
    stage.at(15 * 60_000, lambda: setattr(stage, "slow_ms", 25 * 60_000))
    stage.at(40 * 60_000, lambda: setattr(stage, "slow_ms", 0))
    stage.run(2)

    found = logs(stage)
    assert found[0]["mC_readings"] == [4_000, 4_000, None, None, 4_000, 4_000]
    assert found[1]["counter_from"] == found[0]["counter_until"] + 1


def test_what_was_read_survives_the_power_and_goes_on_with_the_next_count(stage: Stage) -> None:
    stage.cut(seconds=25 * 60)
    stage.pass_ms(2 * 60_000)
    stage.run(1)

    found = logs(stage)
    assert found[0]["mC_readings"] == [4_000] * 6
    assert found[0]["first_read_at"] == timestamp.format(NOON)
    assert found[1]["counter_from"] == found[0]["counter_until"] + 1
    assert stage.sink.of("outage") == []


def test_a_long_break_begins_a_new_batch_and_is_declared(stage: Stage) -> None:
    stage.cut(seconds=25 * 60)
    stage.pass_ms(3 * HOUR)
    stage.run(1)

    found = logs(stage)
    assert [len(log["mC_readings"]) for log in found] == [3, 6]
    (outage,) = [one.payload for one in stage.sink.of("outage")]
    assert outage["cause"] == "gateway-stopped"
    assert outage["until_at"] == found[1]["first_read_at"]
    assert outage["from_at"] < timestamp.format(NOON + 25 * 60_000)


def test_a_break_of_minutes_is_no_outage(stage: Stage) -> None:
    stage.cut(seconds=25 * 60)
    stage.pass_ms(20 * 60_000)
    stage.run(1)

    assert len(logs(stage)) == 2
    assert stage.sink.of("outage") == []


def test_a_cabinet_that_came_back_after_an_hour_has_an_outage(stage: Stage) -> None:
    stage.cause = "network"
    stage.at(10 * 60_000, lambda: setattr(stage, "look", None))
    stage.at(75 * 60_000, stage.say)
    stage.run(2)

    (outage,) = stage.sink.of("outage")
    assert outage.payload["cause"] == "network"
    assert outage.payload["until_is"] == "past"
    told = [one.id for one in stage.sink.of("device-status") if one.payload["status"] == "degraded"]
    assert [link.id for link in outage.observation.links] == told
    assert None in readings(stage)


def test_a_clock_that_was_set_begins_a_new_batch(stage: Stage) -> None:
    stage.at(25 * 60_000, lambda: setattr(stage, "now_ms", stage.now_ms + 2 * HOUR))
    stage.run(4)

    found = logs(stage)
    assert [len(log["mC_readings"]) for log in found][:2] == [3, 6]
    assert found[1]["counter_from"] == found[0]["counter_until"] + 1
    assert stage.sink.of("outage") == []


def test_a_clock_that_was_set_back_begins_a_new_batch_too(stage: Stage) -> None:
    stage.at(25 * 60_000, lambda: setattr(stage, "now_ms", stage.now_ms - 2 * HOUR))
    stage.run(1)

    before, after = logs(stage)[:2]
    assert len(before["mC_readings"]) == 3
    assert after["first_read_at"] < before["first_read_at"]
    assert after["counter_from"] == before["counter_until"] + 1


def test_a_gap_is_said_by_the_batch_after_it(stage: Stage) -> None:
    stage.cut(seconds=25 * 60)
    stage.pass_ms(17 * 60_000)
    stage.run(2)

    before, after, later = logs(stage)[:3]
    assert after["ext"]["gap"] == {"after": before["last_read_at"], "counts": 0}
    assert "ext" not in before
    assert "ext" not in later


def test_counts_that_were_drawn_and_lost_are_in_the_gap(stage: Stage) -> None:
    stage.run(0.1)
    for _ in range(3):
        stage.sink.next_counter(CABINET)
    stage.pass_ms(60_000)
    stage.run(0.1)

    assert logs(stage)[1]["ext"]["gap"]["counts"] == 3


@pytest.mark.parametrize("by_ms", [2 * HOUR, -2 * HOUR, 7 * 60_000])
def test_a_gap_that_the_clock_made_says_by_how_much_it_was_set(stage: Stage, by_ms: int) -> None:
    stage.at(25 * 60_000, lambda: setattr(stage, "now_ms", stage.now_ms + by_ms))
    stage.run(4)

    gaps = [log["ext"]["gap"] for log in logs(stage) if "ext" in log]
    assert gaps == [
        {"after": logs(stage)[0]["last_read_at"], "counts": 0, "clock_set_by_ms": by_ms}
    ]


@pytest.mark.parametrize("away_s", [0, 60, 240])
def test_a_stop_that_misses_no_reading_is_no_gap(stage: Stage, away_s: int) -> None:
    stage.run(1.05)
    stage.pass_ms(1000 * away_s)
    stage.run(1)

    assert all("ext" not in log for log in logs(stage))


def test_a_batch_kept_before_the_power_went_is_the_same_document_again(stage: Stage) -> None:
    stage.sink.cut_after = "temperature-log"
    with pytest.raises(CutError):
        stage.run(2)
    stage.run(0.1)

    first, again = (one for one in stage.sink.of("temperature-log")[:2])
    assert first.draft.document_key == again.draft.document_key
    assert first.payload == again.payload


def test_a_full_outbox_loses_nothing(stage: Stage) -> None:
    stage.sink.full = True
    stage.at(5 * HOUR, lambda: setattr(stage.sink, "full", False))
    stage.run(6)

    assert len(readings(stage)) == 36
    assert logs(stage)[0]["counter_from"] == 1


def test_the_clock_stands_in_every_batch_as_it_is_known(stage: Stage) -> None:
    stage.sink.now = Clock("unknown", None)
    stage.run(1)

    assert {(log["clock_state"], log["clock_offset_ms"]) for log in logs(stage)} == {
        ("unknown", None)
    }


def test_limits_stand_in_every_batch() -> None:
    stage = Stage(
        settings=Settings("device:c", "canteen:2105020001~01", low_mC=None, high_mC=9_000)
    )
    stage.run(1)

    assert {(log["alarm_low_mC"], log["alarm_high_mC"]) for log in logs(stage)} == {(None, 9_000)}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(20, 2_000), st.integers(0, 2_000)), min_size=1, max_size=5),
    st.sampled_from(["temperature-log", "device-status", None]),
)
def test_whatever_cuts_come_no_reading_is_told_twice_or_changed(
    cuts: list[tuple[int, int]], lost_answer: str | None
) -> None:
    stage = Stage(sink=CheckedSink(by_document=True))
    stage.settings = replace(stage.settings, interval_s=60, batch_readings=5)
    stage.temperature = lambda ms: ms // 1000
    stage.sink.cut_after = lost_answer
    for runs_s, rests_s in cuts:
        with suppress(CutError):
            stage.cut(seconds=runs_s)
        stage.pass_ms(1000 * rests_s)
    with suppress(CutError):
        stage.run(0.2)
    stage.run(0.2)

    told: dict[int, int | None] = {}
    for log in logs(stage):
        first = timestamp.parse(log["first_read_at"])
        for place, mC in enumerate(log["mC_readings"]):
            assert log["counter_from"] + place not in told
            told[log["counter_from"] + place] = mC
            if mC is not None:
                # Each second is a thousandth of a degree: a reading tells when it was read.
                assert abs(first + 60_000 * place - NOON - 1000 * mC) <= 30_000
    missing = set(range(1, max(told) + 1)) - told.keys()
    assert len(missing) <= len(cuts) + 2
