"""Samples: what is put in and taken out, and what nobody can know."""

from dataclasses import replace
from typing import Any

import pytest
from components.cabinet_stage import CABINET, COOK, HEAD, HOUR, NOON, Stage, label

from devices.cabinet.look import SlotLook
from devices.local.people import Member
from ledger import timestamp

MINUTE = 60_000


@pytest.fixture
def stage() -> Stage:
    """A cabinet that was empty when it was first looked at."""
    stage = Stage()
    stage.settings = replace(stage.settings, batch_readings=60)
    return stage


def retained(stage: Stage) -> list[Any]:
    return stage.sink.of("sample-retained")


def disposed(stage: Stage) -> list[Any]:
    return stage.sink.of("sample-disposed")


def put(stage: Stage, minute: float, slot: str = "A3", grams: int = 131, **of: Any) -> None:
    """Door open, in with it, door closed."""
    text, operator = of["text"] if "text" in of else label(**of), "0012"
    at = round(minute * MINUTE)
    stage.at(at, lambda: stage.say(door_open=True))
    stage.at(at + 20_000, lambda: stage.put(slot, grams, text, operator))
    stage.at(at + 40_000, lambda: stage.say(door_open=False))


def take(stage: Stage, minute: float, slot: str = "A3", operator: str = "0001") -> None:
    at = round(minute * MINUTE)
    stage.at(at, lambda: stage.say(door_open=True))
    stage.at(at + 20_000, lambda: stage.take(slot, operator))
    stage.at(at + 40_000, lambda: stage.say(door_open=False))


def test_a_sample_that_is_put_in_is_recorded_with_its_photo(stage: Stage) -> None:
    put(stage, 5)
    stage.run(0.5)

    (one,) = retained(stage)
    said = one.payload
    assert (said["amount_g"], said["slot"], said["container_code"]) == (131, "A3", "C-88")
    assert (said["dish_code"], said["dish_name"]) == ("d-4", "红烧肉")
    assert (said["retained_by"], said["temperature_mC"]) == (COOK, 4_000)
    at_ms = one.observation.occurred_at_ms
    assert 0 <= at_ms - (NOON + 5 * MINUTE + 40_000) <= 20_000
    assert said["retain_until"] == timestamp.format(at_ms + 48 * HOUR)
    assert len(one.observation.files["photo"]) == 1
    assert "dish:2105020001~01~2026-11-27~lunch~d-4" in one.draft.statement.subjects


def test_nothing_is_believed_while_the_door_is_open(stage: Stage) -> None:
    stage.at(5 * MINUTE, lambda: stage.say(door_open=True))
    stage.at(6 * MINUTE, lambda: stage.put("A3", 131, label()))
    stage.run(0.5)

    assert retained(stage) == []


def test_a_weight_that_still_moves_is_not_believed(stage: Stage) -> None:
    put(stage, 5, grams=90)
    stage.at(5 * MINUTE + 45_000, lambda: stage.put("A3", 128, label()))
    stage.run(0.5)

    assert [one.payload["amount_g"] for one in retained(stage)] == [128]


def test_too_little_is_recorded_all_the_same_and_said_at_once(stage: Stage) -> None:
    put(stage, 5, grams=110)
    stage.run(0.5)

    assert [one.payload["amount_g"] for one in retained(stage)] == [110]
    assert stage.driver is not None
    assert stage.driver.status()["too_small"] == ["A3"]


def test_the_container_is_taken_off(stage: Stage) -> None:
    stage.settings = replace(stage.settings, container_g=210)
    put(stage, 5, grams=341)
    stage.run(0.5)

    assert [one.payload["amount_g"] for one in retained(stage)] == [131]


def test_what_lay_there_at_the_first_look_is_nobodys_record(stage: Stage) -> None:
    stage.put("A3", 131, label())
    take(stage, 10)
    stage.run(0.5)

    assert retained(stage) == []
    assert disposed(stage) == []


def test_a_sample_taken_out_after_its_time_is_disposed_of(stage: Stage) -> None:
    put(stage, 5)
    take(stage, 49 * 60)
    stage.run(50)

    (one,) = disposed(stage)
    said = one.payload
    assert (said["reason_code"], said["disposal"]) == ("time-up", "kitchen-waste")
    assert said["disposed_by"] == HEAD
    assert [(link.rel, link.id) for link in one.observation.links] == [
        ("disposes", retained(stage)[0].id)
    ]


def test_the_time_alone_disposes_of_nothing(stage: Stage) -> None:
    put(stage, 5)
    stage.run(72)

    assert disposed(stage) == []


def test_a_sample_taken_out_early_and_brought_back_is_the_same_sample(stage: Stage) -> None:
    put(stage, 5)
    take(stage, 60)
    put(stage, 70, slot="A1")
    take(stage, 49 * 60, slot="A1")
    stage.run(50)

    assert len(retained(stage)) == 1
    assert [one.payload["reason_code"] for one in disposed(stage)] == ["time-up"]


def test_a_sample_that_does_not_come_back_was_taken_early(stage: Stage) -> None:
    put(stage, 5)
    take(stage, 60)
    stage.run(3)

    (one,) = disposed(stage)
    assert (one.payload["reason_code"], one.payload["disposal"]) == ("taken-early", "not-stated")
    assert one.payload["disposed_at"] < timestamp.format(NOON + 62 * MINUTE)


def test_another_container_in_its_place_is_one_out_and_one_in(stage: Stage) -> None:
    put(stage, 5)
    stage.at(49 * HOUR, lambda: stage.put("A3", 140, label("C-90", day="2026-11-29")))
    stage.run(50)

    assert [one.payload["container_code"] for one in retained(stage)] == ["C-88", "C-90"]
    assert [one.payload["container_code"] for one in disposed(stage)] == ["C-88"]


def test_a_label_that_cannot_be_read_for_once_is_no_change(stage: Stage) -> None:
    put(stage, 5)
    stage.at(20 * MINUTE, lambda: stage.say(slots={"A3": SlotLook(131, "")}))
    stage.at(25 * MINUTE, lambda: stage.say(slots={"A3": SlotLook(131, label())}))
    stage.run(1)

    assert len(retained(stage)) == 1


def test_what_has_no_label_is_told_and_not_recorded(stage: Stage) -> None:
    put(stage, 5, text="")
    stage.run(1)

    assert retained(stage) == []
    told = [one.payload for one in stage.sink.of("device-status")][-1]
    assert (told["status"], told["ext"]) == ("degraded", {"problems": ["sample-without-label"]})


def test_a_label_that_was_cut_short_never_becomes_a_record(stage: Stage) -> None:
    put(stage, 5, text=label()[:-9])
    stage.run(1)

    assert retained(stage) == []
    assert stage.driver is not None
    assert "check fails" in str(stage.driver.status()["refused"])


def test_a_label_of_another_canteen_is_not_this_canteens_sample(stage: Stage) -> None:
    put(stage, 5)
    stage.settings = replace(stage.settings, canteen="canteen:2105020002~01")
    stage.run(1)

    assert retained(stage) == []


def test_a_person_nobody_knows_yet_keeps_the_record_waiting(stage: Stage) -> None:
    stage.members = []
    put(stage, 5)
    stage.cut(1)
    assert retained(stage) == []
    status = stage.sink.of("device-status")[-1].payload
    assert (status["status"], status["outbox_records"]) == ("degraded", 1)

    stage.members = [Member(("0012",), COOK)]
    stage.run(0.2)

    (one,) = retained(stage)
    assert one.observation.occurred_at_ms - (NOON + 5 * MINUTE) < MINUTE
    assert one.payload["ext"]["photo_taken_at"] >= timestamp.format(NOON + HOUR)


def test_a_camera_that_fails_keeps_it_waiting_too(stage: Stage) -> None:
    stage.photos = False
    put(stage, 5)
    stage.at(20 * MINUTE, lambda: setattr(stage, "photos", True))
    stage.run(1)

    (one,) = retained(stage)
    assert "photo_taken_at" in one.payload["ext"]


def test_the_first_temperature_after_it_stands_in_for_one_that_was_missing(stage: Stage) -> None:
    stage.say(temperature_mC=None)
    put(stage, 5)
    stage.at(30 * MINUTE, lambda: stage.say(temperature_mC=5_200))
    stage.run(1)

    assert [one.payload["temperature_mC"] for one in retained(stage)] == [5_200]


@pytest.mark.parametrize("seconds", [20, 330, 345, 355, 600])
def test_a_cut_at_any_moment_loses_no_sample_and_makes_no_second_document(
    stage: Stage, seconds: int
) -> None:
    stage.sink.by_document = True
    put(stage, 5)
    stage.cut(seconds=seconds)
    stage.run(1)

    assert len(retained(stage)) == 1


def test_what_happened_while_nobody_looked_says_so(stage: Stage) -> None:
    put(stage, 5)
    stage.cut(seconds=1_200)
    stage.pass_ms(60 * HOUR)
    stage.take("A3", "0001")
    stage.run(1)

    (one,) = disposed(stage)
    assert (one.payload["reason_code"], one.payload["disposal"]) == ("gone-unseen", "not-stated")
    assert one.payload["ext"]["unseen_since"] < timestamp.format(NOON + HOUR)


def test_a_probe_that_hangs_is_told_and_its_readings_are_logged_as_read(stage: Stage) -> None:
    stage.run(8)

    told = [one.payload for one in stage.sink.of("device-status")]
    assert [(one["status"], one.get("ext")) for one in told][-1] == (
        "sensor-failure", {"problems": ["stuck"]},
    )  # fmt: skip
    assert (
        len([mC for one in stage.sink.of("temperature-log") for mC in one.payload["mC_readings"]])
        == 48
    )


def test_a_probe_that_moves_is_working(stage: Stage) -> None:
    def moves(ms: int) -> int:
        return 4_000 + 100 * (ms // HOUR % 3)

    stage.temperature = moves
    stage.run(8)

    assert {one.payload["status"] for one in stage.sink.of("device-status")} == {"working"}
    assert stage.sink.of("device-status")[0].payload["device"] == CABINET
