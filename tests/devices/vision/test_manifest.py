"""A manifest is read strictly, and its model is the one it names."""

import hashlib
from pathlib import Path

import pytest

from devices.vision.closed import Closed
from devices.vision.manifest import Manifest
from ledger.errors import MalformedError, NotFoundError

GOOD = """
[model]
name = "kitchen-hats"
version = "2026.1"
file = "hats.onnx"
sha256 = "%s"
licence = "Apache-2.0"

[input]
width = 640
height = 384
layout = "nchw"
colour = "rgb"
fit = "letterbox"

[output]
style = "yolov8"

[[label]]
name = "head"

[[label]]
name = "head-without-hat"
alert = "no-hat"
threshold_ppm = 600000
confirm_frames = 5
"""
MODEL = b"no model, but bytes"
TEXT = GOOD % hashlib.sha256(MODEL).hexdigest()


def parse(text: str) -> Manifest:
    return Manifest.parse(text.encode(), Path("/nowhere"))


def test_a_manifest_says_what_a_model_is_and_what_its_labels_mean() -> None:
    found = parse(TEXT)

    assert (found.input.width, found.input.height, found.input.letterbox) == (640, 384, True)
    assert found.input.scale == (255.0, 255.0, 255.0)
    assert [label.alert for label in found.labels] == [None, "no-hat"]
    assert found.labels[1].confirm_of == 10
    assert found.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.mark.parametrize(
    ("written", "instead", "named"),
    [
        ('licence = "Apache-2.0"', "", "licence"),
        ('version = "2026.1"', 'version = ""', "version"),
        ("width = 640", "width = 640.0", "width"),
        ("width = 640", "width = 8", "width"),
        ('layout = "nchw"', 'layout = "chw"', "layout"),
        ('style = "yolov8"', 'style = "yolov9"', "style"),
        ('fit = "letterbox"', "", "fit"),
        ("threshold_ppm = 600000", "threshold_ppm = 0.6", "threshold_ppm"),
        ("threshold_ppm = 600000", "threshold = 600000", "threshold"),
        ("confirm_frames = 5", "confirm_frames = 5\nconfirm_of = 4", "confirm_of"),
        ('alert = "no-hat"', 'alert = "No hat"', "alert"),
        ('alert = "no-hat"', "", "alert"),
        ('name = "head-without-hat"', 'name = "head"', "name"),
        ('file = "hats.onnx"', 'file = "../hats.onnx"', "file"),
        ('fit = "letterbox"', 'fit = "letterbox"\nscale = [1, 0, 1]', "scale"),
        ('fit = "letterbox"', 'fit = "letterbox"\nmean = [1, 2]', "mean"),
        ("[model]", "[models]", "model"),
        ("[model]", "[model", "TOML"),
    ],
)
def test_a_member_missing_unknown_or_out_of_range_is_refused_by_name(
    written: str, instead: str, named: str
) -> None:
    assert written in TEXT
    with pytest.raises(MalformedError, match=named):
        parse(TEXT.replace(written, instead, 1))


def test_a_model_of_another_hash_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hats.toml"
    path.write_text(TEXT)
    with pytest.raises(NotFoundError, match=r"hats\.onnx"):
        Manifest.load(path).model()

    (tmp_path / "hats.onnx").write_bytes(MODEL)
    assert Manifest.load(path).model() == MODEL

    (tmp_path / "hats.onnx").write_bytes(MODEL + b"!")
    with pytest.raises(MalformedError, match="SHA-256"):
        Manifest.load(path).model()


def test_a_manifest_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        Manifest.load(tmp_path / "none.toml")
    (tmp_path / "large.toml").write_text(TEXT + "#" * 70_000)
    with pytest.raises(MalformedError, match="64 KiB"):
        Manifest.load(tmp_path / "large.toml")


NOON = 1_795_406_400_000
"""2026-11-23T04:00Z, noon in China."""
HOUR = 3_600_000


def test_hours_over_midnight_are_closed_in_local_time_and_open_at_their_end() -> None:
    closed = Closed.parse(["20:30-05:00"])

    assert not closed.at(NOON)
    assert not closed.at(NOON + 8 * HOUR + 29 * 60_000)
    assert closed.at(NOON + 8 * HOUR + 30 * 60_000)
    assert closed.at(NOON + 13 * HOUR)
    assert not closed.at(NOON + 17 * HOUR)
    assert Closed.parse(["13:00-15:00"]).at(NOON + HOUR)
    assert not Closed.parse(["13:00-15:00"], "+00:00").at(NOON + HOUR)
    assert not Closed.parse([]).at(NOON)


@pytest.mark.parametrize("text", ["20:30", "24:00-05:00", "20:30 - 05:00", "08:00-08:00", ""])
def test_what_is_no_span_of_hours_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Closed.parse([text])
    with pytest.raises(MalformedError):
        Closed.parse([], "8")
