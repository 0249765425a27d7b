"""Excursions: one alarm each, after the delay, with hysteresis, and their end on record."""

from dataclasses import replace
from typing import Any

import pytest
from components.cabinet_stage import NOON, Stage
from hypothesis import given
from hypothesis import strategies as st

from devices.cabinet.alarms import Watch
from ledger import timestamp

MINUTE = 60_000


@pytest.fixture
def stage() -> Stage:
    return Stage()


def alarms(stage: Stage) -> list[Any]:
    return [one.payload for one in stage.sink.of("temperature-alarm")]


def warm(stage: Stage, first: int, last: int, mC: int, then: int = 4_000) -> None:
    """That temperature from one minute after noon to another."""
    stage.at(first * MINUTE, lambda: stage.say(temperature_mC=mC))
    stage.at(last * MINUTE, lambda: stage.say(temperature_mC=then))


def test_a_door_left_open_for_nine_minutes_is_no_alarm(stage: Stage) -> None:
    warm(stage, 20, 29, 9_500)
    stage.run(2)

    assert alarms(stage) == []


def test_eleven_minutes_beyond_are_one_alarm_given_after_ten(stage: Stage) -> None:
    warm(stage, 20, 31, 9_500)
    stage.run(2)

    (alarm,) = stage.sink.of("temperature-alarm")
    said = alarm.payload
    assert (said["direction"], said["limit_mC"], said["extreme_mC"]) == ("above", 8_000, 9_500)
    assert said["started_at"] == timestamp.format(NOON + 20 * MINUTE)
    assert alarm.observation.occurred_at_ms == NOON + 30 * MINUTE
    assert said["ended_at"] is None
    assert said["limit_set_at"] == timestamp.format(NOON)


def test_the_batch_that_shows_the_end_says_so_and_cites_the_alarm(stage: Stage) -> None:
    warm(stage, 20, 45, 9_500)
    stage.run(2)

    (alarm,) = stage.sink.of("temperature-alarm")
    (log,) = [one for one in stage.sink.of("temperature-log") if "ext" in one.payload]
    (end,) = log.payload["ext"]["alarms_ended"]
    assert end["ended_at"] == timestamp.format(NOON + 45 * MINUTE)
    assert end["started_at"] == alarm.payload["started_at"]
    assert [(link.rel, link.id) for link in log.observation.links] == [("cites", alarm.id)]
    assert log.payload["mC_readings"][-1] == 4_000


def test_what_flutters_about_the_limit_is_one_alarm(stage: Stage) -> None:
    stage.temperature = lambda ms: 8_100 if ms // MINUTE % 2 else 7_900
    stage.run(3)

    assert len(alarms(stage)) == 1


def test_what_comes_back_by_the_hysteresis_and_goes_again_is_two(stage: Stage) -> None:
    warm(stage, 10, 30, 8_400, then=7_500)
    warm(stage, 31, 60, 8_400)
    stage.run(2)

    assert len(alarms(stage)) == 2


def test_too_cold_is_an_alarm_too(stage: Stage) -> None:
    warm(stage, 10, 30, -1_200)
    stage.run(1)

    assert [one["direction"] for one in alarms(stage)] == ["below"]


def test_an_excursion_goes_on_across_a_cut_without_a_second_alarm(stage: Stage) -> None:
    stage.at(10 * MINUTE, lambda: stage.say(temperature_mC=9_000))
    stage.cut(seconds=40 * 60)
    stage.pass_ms(MINUTE)
    stage.at(80 * MINUTE, lambda: stage.say(temperature_mC=4_000))
    stage.run(2)

    assert len(alarms(stage)) == 1
    assert sum("ext" in one.payload for one in stage.sink.of("temperature-log")) == 1


def test_a_limit_that_was_raised_says_since_when_it_holds(stage: Stage) -> None:
    stage.run(0.5)
    raised = stage.now_ms
    stage.settings = replace(stage.settings, high_mC=10_000)
    stage.say(temperature_mC=12_000)
    stage.run(1)

    (alarm,) = alarms(stage)
    assert (alarm["limit_mC"], alarm["limit_set_at"]) == (10_000, timestamp.format(raised))


def test_an_excursion_of_another_limit_is_not_carried_on(stage: Stage) -> None:
    stage.say(temperature_mC=8_500)
    stage.cut(seconds=300)
    stage.settings = replace(stage.settings, high_mC=9_000)
    stage.run(1)

    assert alarms(stage) == []


@given(st.lists(st.integers(6_000, 10_000), max_size=60), st.integers(0, 900))
def test_alarms_and_ends_alternate_whatever_comes(values: list[int], delay_s: int) -> None:
    watch = Watch("above", 8_000, 500, delay_s)
    told = []
    for number, mC in enumerate(values):
        found = watch.add(mC, 60_000 * number)
        if found is None:
            continue
        what, excursion = found
        told.append(what)
        assert excursion.extreme_mC > 8_000
        assert excursion.extreme_mC <= max(values)
        if what == "alarm":
            watch.alarmed(len(told))

    assert told == ["alarm", "end"] * (len(told) // 2) + ["alarm"] * (len(told) % 2)
