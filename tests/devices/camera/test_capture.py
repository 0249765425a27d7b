"""Frames of real video files: in their own time, over and over, and again after a loss."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from devices.camera.camera import Camera, Settings
from devices.camera.capture import Capture
from devices.camera.picture import Frame
from devices.camera.source import Source
from devices.emulators import video
from devices.emulators.rtsp import Film, Server
from ledger.errors import MalformedError

pytestmark = pytest.mark.devices


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "day.mp4"
    scenes = video.film(path, ("quiet", "covered"), 1.0)
    assert [(scene.name, scene.from_s) for scene in scenes] == [("quiet", 0.0), ("covered", 1.0)]
    return path


def test_a_file_read_once_gives_all_its_frames_at_the_times_it_would_show_them(film: Path) -> None:
    capture = Capture(Source.parse(str(film)), once=True, paced=False, clock=lambda: 5_000)
    frames = list(capture.frames(threading.Event()))

    assert [frame.number for frame in frames] == list(range(20))
    assert [frame.taken_at_ms for frame in frames] == [5_000 + 100 * n for n in range(20)]
    assert capture.state == "working"


def test_frames_between_are_skipped(film: Path) -> None:
    capture = Capture(
        Source.parse(str(film)), once=True, paced=False, every_ms=300, clock=lambda: 0
    )

    assert [frame.taken_at_ms for frame in capture.frames(threading.Event())] == [
        0, 300, 600, 900, 1200, 1500, 1800
    ]  # fmt: skip


def test_a_camera_has_the_newest_frame_at_hand_and_begins_the_file_anew(film: Path) -> None:
    camera = Camera(Settings.from_table({"source": str(film), "every_ms": 50}))
    camera.start()
    try:
        first = camera.shot(wait_s=5)
        time.sleep(2.5)
        later = camera.shot()
    finally:
        camera.stop()

    assert first is not None
    assert later is not None
    assert later.frame.number >= first.frame.number + 15
    assert later.age_ms < 1000
    assert camera.status()["opened"] == 2


def test_a_source_that_is_not_there_is_opened_again_and_works_when_it_comes(
    film: Path, tmp_path: Path
) -> None:
    path = tmp_path / "late.mp4"
    camera = Camera(Settings.from_table({"source": str(path)}))
    camera.start()
    try:
        assert camera.shot(wait_s=0.3) is None
        assert camera.status()["state"] == "lost"
        path.write_bytes(film.read_bytes())
        assert camera.shot(wait_s=10) is not None
    finally:
        camera.stop()

    assert camera.status()["state"] == "working"


def test_a_file_that_is_no_video_is_lost_and_never_raises(tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(bytes(5000))
    capture = Capture(Source.parse(str(path)))
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()

    assert list(capture.frames(stop)) == []
    assert capture.state == "lost"
    assert "broken" not in (capture.fault or "")


def test_a_stream_without_a_change_of_one_pixel_stands_still() -> None:
    now = [1000]
    camera = Camera(Settings.from_table({"source": "usb:0"}), clock=lambda: now[0])
    image = np.full((90, 160, 3), 90, np.uint8)
    for at in (1000, 1200, 5000):
        camera.take(Frame(image.copy(), at, at))
    now[0] = 5100

    still = camera.shot()
    assert still is not None
    assert (still.age_ms, still.still_ms) == (100, 4000)

    changed = image.copy()
    changed[40, 80] = 91
    camera.take(Frame(changed, 5200, 4))
    lives = camera.shot()
    assert lives is not None
    assert lives.still_ms == 0


def test_a_network_camera_that_is_cut_off_is_opened_again(film: Path) -> None:
    with Server(Film(film)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        camera = Camera(Settings.from_table({"source": server.url, "every_ms": 50}))
        camera.start()
        try:
            before = camera.shot(wait_s=15)
            assert before is not None
            assert before.frame.image.shape == (360, 640, 3)
            server.cut()
            after = camera.next(before.frame.number + 30, wait_s=30)
        finally:
            camera.stop()
            server.shutdown()

    assert after is not None
    assert camera.status()["opened"] == 2


def test_a_file_of_another_kind_is_not_played(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(bytes(100))
    with pytest.raises(MalformedError):
        Film(path)
