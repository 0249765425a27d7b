"""The video emulator writes real files, scene by scene."""

from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from devices.camera import checks
from devices.emulators import video
from ledger.errors import MalformedError, UnavailableError

pytestmark = pytest.mark.devices


def test_a_day_has_its_scenes_one_after_another(tmp_path: Path) -> None:
    path = tmp_path / "day.mp4"
    told = CliRunner().invoke(video.app, [str(path), "--seconds", "0.5", "--times"])

    assert told.exit_code == 0, told.output
    assert [line.split()[-1] for line in told.output.splitlines()] == list(video.DAY)
    film = cv2.VideoCapture(str(path))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == len(video.DAY) * 5
    assert film.get(cv2.CAP_PROP_FPS) == video.RATE
    film.set(cv2.CAP_PROP_POS_FRAMES, 5 * video.DAY.index("covered") + 3)
    covered = checks.look(film.read()[1])
    assert checks.of_picture(covered, checks.Limits()) == ["covered"]


def test_a_display_shows_the_weight_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "scale.mp4"
    told = CliRunner().invoke(
        video.app, [str(path), "--scene", "display", "--weight", "7.305", "--seconds", "0.3"]
    )

    assert told.exit_code == 0, told.output
    _, image = cv2.VideoCapture(str(path)).read()
    assert image.shape == (720, 1280, 3)


def test_what_cannot_be_written_or_is_no_scene_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedError, match="no scene"):
        video.film(tmp_path / "x.mp4", ("lunch",), 1)
    with pytest.raises(UnavailableError):
        video.film(tmp_path / "no" / "such" / "folder.mp4", ("quiet",), 1)
    assert CliRunner().invoke(video.app, [str(tmp_path / "x.mp4"), "--scene", "x"]).exit_code == 2
