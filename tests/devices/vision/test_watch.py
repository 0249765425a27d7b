"""From frames to alerts: classical detectors, clips, the record, and a real film through the driver."""

import hashlib
import itertools
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from components import small_models
from components.checked_sink import CheckedSink

from devices.camera import checks
from devices.camera.picture import Frame, Image, from_file
from devices.emulators import drawing, video
from devices.gateway.driver import Observation
from devices.vision import clip as clips
from devices.vision import lens as lenses
from devices.vision import motion as motions
from devices.vision.clip import Clip
from devices.vision.closed import Closed
from devices.vision.detector import Detector
from devices.vision.driver import Inspection
from devices.vision.eyes import Eye, ModelEye
from devices.vision.lens import Lens
from devices.vision.manifest import Label, Manifest
from devices.vision.motion import NightMotion
from devices.vision.tracking import Confirmed
from devices.vision.watch import Post, Watch, annotated
from ledger import canonical
from ledger.errors import Fault, MalformedError, NotFoundError, RefusedError

pytestmark = pytest.mark.devices

POST = Post("camera:bx-0001-kitchen-1", "canteen:2105020001~01")
NOON = 1_795_406_400_000
"""2026-11-23T04:00Z, noon in China."""
NIGHT = NOON + 11 * 3_600_000
NIGHTS = Closed.parse(["20:30-05:00"])
TABLE = {
    "device": POST.camera,
    "canteen": POST.canteen,
    "source": "usb:0",
    "closed": ["20:30-05:00"],
    "lens": {},
    "motion": {},
}


def play(eye: Eye, *scenes: tuple[str, float], at_ms: int = NOON) -> list[Observation]:
    """The alerts on some scenes, one after another."""
    watch = Watch(POST, [eye])
    return list(watched(watch, *scenes, at_ms=at_ms))


def watched(watch: Watch, *scenes: tuple[str, float], at_ms: int) -> Iterator[Observation]:
    images = itertools.chain.from_iterable(
        video.frames(name, seconds, seed=place) for place, (name, seconds) in enumerate(scenes)
    )
    sink = CheckedSink()
    for number, image in enumerate(images):
        for observation in watch.frame(Frame(image, at_ms + 100 * number, number)):
            sink.keep(observation)
            yield observation


def kinds(observations: list[Observation]) -> list[Any]:
    return [one.payload["alert_kind"] for one in observations]


def test_somebody_in_the_kitchen_at_night_is_one_alert() -> None:
    found = play(NightMotion(NIGHTS), ("night", 3), ("night-motion", 8), at_ms=NIGHT)

    assert kinds(found) == ["night-motion"]
    payload = found[0].payload
    assert payload["first_seen_at"] < payload["confirmed_at"]
    assert int(str(payload["score_ppm"])) >= int(str(payload["threshold_ppm"])) == 500_000


def test_an_empty_kitchen_at_night_and_a_busy_one_by_day_are_none() -> None:
    assert play(NightMotion(NIGHTS), ("night", 10), at_ms=NIGHT) == []
    assert play(NightMotion(NIGHTS), ("quiet", 3), ("work", 8), at_ms=NOON) == []


def test_the_light_going_on_or_off_is_no_motion() -> None:
    assert play(NightMotion(NIGHTS), ("quiet", 3), ("night", 4), ("quiet", 4), at_ms=NIGHT) == []


def test_a_covered_lens_is_one_alert_after_five_seconds() -> None:
    found = play(Lens(NIGHTS), ("quiet", 3), ("covered", 12))

    assert kinds(found) == ["covered-lens"]
    assert found[0].occurred_at_ms - NOON == 3000 + 5000


def test_a_hand_that_passes_the_lens_is_none() -> None:
    assert play(Lens(NIGHTS), ("quiet", 3), ("covered", 3), ("quiet", 3)) == []


def dark(number: int) -> Image:
    return drawing.noisy(np.full((360, 640, 3), 6, np.uint8), number, 2)


@pytest.mark.parametrize(
    ("scene", "at_ms", "alerts"), [("covered", NOON, ["covered-lens"]), ("night", NIGHT, [])]
)
def test_a_picture_of_nothing_that_is_coded_without_noise_is_not_frozen(
    scene: str, at_ms: int, alerts: list[str]
) -> None:
    image = next(video.frames(scene, 1)) // (8 if scene == "night" else 1)
    watch = Watch(POST, [Lens(NIGHTS, frozen_ms=5000)])
    found = [
        one
        for number in range(200)
        for one in watch.frame(Frame(image, at_ms + 100 * number, number))
    ]

    assert kinds(found) == alerts


@pytest.mark.parametrize(("at_ms", "alerts"), [(NOON, ["covered-lens"]), (NIGHT, [])])
def test_black_is_covered_while_the_kitchen_is_open_and_dark_while_it_is_closed(
    at_ms: int, alerts: list[str]
) -> None:
    watch = Watch(POST, [Lens(NIGHTS)])
    frames = [Frame(dark(number), at_ms + 200 * number, number) for number in range(40)]

    assert kinds([one for frame in frames for one in watch.frame(frame)]) == alerts


def test_a_camera_turned_away_is_one_alert_and_the_new_view_is_the_reference_then() -> None:
    watch = Watch(POST, [Lens(NIGHTS, confirm_ms=1000)], quiet_ms=1000)
    found = watched(watch, ("quiet", 1), ("moved", 12), ("quiet", 4), at_ms=NOON)

    assert [(one.payload["alert_kind"], one.occurred_at_ms - NOON) for one in found] == [
        ("camera-moved", 2000),
        ("camera-moved", 14_000),
    ]


def test_people_and_another_light_do_not_move_the_camera() -> None:
    assert play(Lens(NIGHTS), ("quiet", 2), ("work", 8), ("night", 8), ("quiet", 2)) == []


def test_a_stream_that_stands_still_for_a_minute_is_frozen() -> None:
    eye = Lens(NIGHTS, frozen_ms=4000)

    assert kinds(play(eye, ("quiet", 2), ("frozen", 7))) == ["frozen-stream"]
    assert play(Lens(NIGHTS, frozen_ms=4000), ("quiet", 8)) == []


def test_a_classical_detector_is_named_by_its_source_and_its_settings() -> None:
    (found,) = play(Lens(NIGHTS), ("quiet", 1), ("covered", 6))
    source = b"".join(Path(str(module.__file__)).read_bytes() for module in (lenses, checks))
    manifest = found.payload["ext"]["manifest"]

    assert found.payload["model_sha256"] == hashlib.sha256(source).hexdigest()
    assert found.payload["manifest_sha256"] == (
        hashlib.sha256(canonical.serialise(manifest)).hexdigest()
    )
    assert manifest["spread"] == 14
    assert Lens(NIGHTS, spread=3).identity.manifest_sha256 != found.payload["manifest_sha256"]
    assert motions.NightMotion(NIGHTS).identity.model_sha256 != found.payload["model_sha256"]


def test_an_alert_has_the_frame_as_it_was_and_with_its_box_and_the_seconds_before(
    tmp_path: Path,
) -> None:
    (found,) = play(NightMotion(NIGHTS), ("night", 3), ("night-motion", 6), at_ms=NIGHT)
    plain, drawn = (from_file(file.data) for file in found.files["frame"])
    left, top, _, height = (int(str(v)) for v in found.payload["box_px"])
    edge = drawn[top + height // 2, left]

    assert plain.shape == drawn.shape
    assert edge[2] > 150
    assert edge[1] < 90
    (clip,) = found.files["clip"]
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip.data)
    film = cv2.VideoCapture(str(path))
    pictures = [film.read()[1] for _ in range(int(film.get(cv2.CAP_PROP_FRAME_COUNT)))]
    assert clip.media_type == "video/mp4"
    assert len(pictures) >= 30
    assert film.get(cv2.CAP_PROP_FPS) == pytest.approx(10, abs=0.5)
    assert np.abs(pictures[-1].astype(int) - plain.astype(int)).mean() < 12


@pytest.mark.parametrize(
    "box", [(60, 164, 136, 132), (0, 0, 640, 360), (560, 10, 70, 60), (0, 300, 640, 60)]
)
def test_what_a_box_is_can_be_read_wherever_the_box_is(box: tuple[int, int, int, int]) -> None:
    image = np.full((360, 640, 3), 30, np.uint8)
    label = Label("bare head", "no-hat", "minor", 500_000, 3, 6, 0)
    drawn = annotated(image, Confirmed(label, 0, 0, 3, 941_234, box)).astype(int)
    strip = (drawn[..., 2] > 200) & (drawn[..., 1] < 60)
    letters = drawn.min(axis=2) > 200

    assert image.max() == 30
    assert strip.sum() > 2500
    assert letters.sum() > 200


def test_a_machine_too_busy_for_the_better_coder_writes_the_quicker_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "BUDGET_S", 0.0)
    clip = Clip(3000)
    for number in range(30):
        clip.add(Frame(drawing.kitchen(), 100 * number, number))
    began = time.monotonic()
    film = clip.film()
    spent_s = time.monotonic() - began

    assert film is not None
    assert spent_s < 2.0
    path = tmp_path / "clip.mp4"
    path.write_bytes(film)
    read = cv2.VideoCapture(str(path))
    code = int(read.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little")
    assert code.upper() in (b"FMP4", b"MP4V")
    assert read.get(cv2.CAP_PROP_FRAME_COUNT) == 30


def test_a_program_that_ends_while_a_clip_is_written_ends_in_order() -> None:
    program = """
        from devices.camera.picture import Frame
        from devices.emulators import drawing
        from devices.vision import clip
        clip.BUDGET_S = 0.0
        film = clip.Clip(3000)
        for number in range(30):
            film.add(Frame(drawing.kitchen(), 100 * number, number))
        assert film.film()
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_clip_keeps_its_seconds_and_one_frame_is_no_film() -> None:
    clip = Clip(1000)
    clip.add(Frame(drawing.kitchen(), 0, 0))
    assert clip.film() is None
    for number in range(1, 40):
        clip.add(Frame(drawing.kitchen(1281, 719), 100 * number, number))
    film = clip.film()
    assert film is not None
    assert film[4:8] == b"ftyp"


def red(number: int, places: tuple[int, ...]) -> Frame:
    image: Image = np.full((360, 640, 3), 120, np.uint8)
    for left in places:
        cv2.rectangle(image, (left, 100), (left + 119, 219), (0, 0, 255), -1)
    return Frame(image, NOON + 200 * number, number)


def model_eye(folder: Path) -> ModelEye:
    path = small_models.manifest(folder, small_models.red_model())
    return ModelEye(Detector(Manifest.load(path)))


def test_a_models_alert_names_its_file_and_its_manifest(tmp_path: Path) -> None:
    eye = model_eye(tmp_path)
    watch, sink = Watch(POST, [eye]), CheckedSink()
    for number in range(20):
        for one in watch.frame(red(number, (200,))):
            sink.keep(one)

    kept = sink.observations[0].payload
    model = (tmp_path / "model.onnx").read_bytes()
    text = (tmp_path / "model.toml").read_bytes()
    assert kept["alert_kind"] == "no-hat"
    assert kept["model_sha256"] == hashlib.sha256(model).hexdigest()
    assert kept["manifest_sha256"] == hashlib.sha256(text).hexdigest()
    assert kept["ext"] == {"detector": "model 1", "label": "red"}
    assert kept["threshold_ppm"] == 400_000


def test_violations_first_seen_in_one_frame_are_different_documents(tmp_path: Path) -> None:
    watch = Watch(POST, [model_eye(tmp_path)])
    found = [one for number in range(10) for one in watch.frame(red(number, (10, 480)))]
    times = [one.payload["first_seen_at"] for one in found]

    assert len(found) >= 2
    assert len(set(times)) == len(times)


def test_an_eye_that_fails_does_not_blind_the_others(tmp_path: Path) -> None:
    eye = model_eye(tmp_path)
    failing = [True]

    class Failing:
        identity = eye.identity
        labels = eye.labels

        def see(self, frame: Frame) -> list[Any]:
            if failing[0]:
                raise MalformedError("the model failed")
            return eye.see(frame)

    watch = Watch(POST, [Failing(), Lens(NIGHTS)])
    assert kinds(list(watched(watch, ("quiet", 1), ("covered", 6), at_ms=NOON))) == ["covered-lens"]
    assert watch.faults == {"model 1": "the model failed"}
    failing[0] = False
    watch.frame(red(0, ()))
    assert watch.faults == {}


def test_a_configuration_is_read_strictly(tmp_path: Path) -> None:
    small_models.manifest(tmp_path, small_models.red_model())
    driver = Inspection.from_config(TABLE | {"models": ["model.toml"]}, tmp_path)

    assert driver.device == POST.camera
    assert driver.status()["detectors"] == ["model 1", "lens 2", "night-motion 1"]
    for wrong in (
        {"device": "device:x"},
        {"closed": ["20:30"]},
        {"len": {}},
        {"lens": {"spred": 3}},
        {"lens": 3},
        {"utc_offset": "CST"},
    ):
        with pytest.raises(MalformedError):
            Inspection.from_config(TABLE | wrong)
    with pytest.raises(NotFoundError):
        Inspection.from_config(TABLE | {"models": ["none.toml"]}, tmp_path)
    bare = {name: TABLE[name] for name in ("device", "canteen", "source")}
    with pytest.raises(MalformedError, match="nothing"):
        Inspection.from_config(bare)


def test_a_real_film_through_the_driver_alerts_within_two_seconds(tmp_path: Path) -> None:
    path = tmp_path / "night.mp4"
    video.film(path, ("night", "night-motion", "covered"), 4)
    table = TABLE | {"source": str(path), "closed": ["00:00-12:00", "12:00-00:00"]}
    driver = Inspection.from_config(table | {"lens": {"confirm_ms": 1500}})
    sink, stop = CheckedSink(), threading.Event()
    thread = threading.Thread(target=driver.run, args=(sink, stop))
    thread.start()
    try:
        until = time.monotonic() + 30
        while "covered-lens" not in kinds(sink.observations) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        stop.set()
        thread.join(timeout=15)

    assert not thread.is_alive()
    assert kinds(sink.observations)[0] == "night-motion"
    assert kinds(sink.observations).count("covered-lens") == 1
    status = driver.status()
    assert status["fault"] is None
    assert int(str(status["alert_ms"])) <= 2000


def test_a_sink_that_refuses_does_not_end_the_driver(tmp_path: Path) -> None:
    path = tmp_path / "night.mp4"
    video.film(path, ("quiet", "covered"), 2)
    driver = Inspection.from_config(TABLE | {"source": str(path), "lens": {"confirm_ms": 500}})
    sink, stop = CheckedSink(), threading.Event()
    sink.full = RefusedError("schema", [Fault("", "full", "the outbox is full", "发件箱已满")])
    thread = threading.Thread(target=driver.run, args=(sink, stop))
    thread.start()
    until = time.monotonic() + 20
    while driver.status()["fault"] is None and time.monotonic() < until:
        time.sleep(0.05)
    looked_at = driver.status()["looked_at"]
    time.sleep(1)
    stop.set()
    thread.join(timeout=15)

    assert "full" in str(driver.status()["fault"])
    assert int(str(driver.status()["looked_at"])) > int(str(looked_at))


def test_a_gateway_that_is_killed_and_started_again_does_not_repeat_an_alert(
    tmp_path: Path,
) -> None:
    path = tmp_path / "covered.mp4"
    video.film(path, ("covered",), 4)
    table = TABLE | {"source": str(path), "lens": {"confirm_ms": 500}}
    sink = CheckedSink()
    journal = tmp_path / "bx-0001-kitchen-1.camera.journal"
    for round_s in (20.0, 4.0):
        driver, stop = Inspection.from_config(table, state=tmp_path), threading.Event()
        thread = threading.Thread(target=driver.run, args=(sink, stop))
        thread.start()
        until = time.monotonic() + round_s
        while time.monotonic() < until and (round_s < 10 or not journal.exists()):
            time.sleep(0.05)
        kept = journal.read_bytes()
        stop.set()
        thread.join(timeout=15)
        assert int(str(driver.status()["looked_at"])) > 3
        # As kill -9 leaves it: what was there before the driver ended in order.
        journal.write_bytes(kept)

    assert kinds(sink.observations) == ["covered-lens"]
