"""Models behind manifests: decoding, real inference on tiny graphs, and the check tool."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from components import small_models
from typer.testing import CliRunner

from devices.camera.picture import Image
from devices.vision import check
from devices.vision.decode import Detection, Fit, decode, fit, suppress
from devices.vision.detector import Detector
from devices.vision.manifest import Manifest
from ledger.errors import MalformedError

pytestmark = pytest.mark.devices

STYLES = [("yolov8", "nchw"), ("yolov5", "nchw"), ("ssd", "nhwc"), ("ssd", "nchw")]


def kitchen(left: int, top: int, width: int = 1280, height: int = 720) -> Image:
    image: Image = np.full((height, width, 3), 120, np.uint8)
    cv2.rectangle(image, (left, top), (left + 199, top + 199), (0, 0, 255), -1)
    return image


def detector(folder: Path, style: str = "yolov8", layout: str = "nchw", **changes: str) -> Detector:
    model = small_models.red_model(style, layout)
    path = small_models.manifest(folder, model, style=style, layout=f'"{layout}"', **changes)
    return Detector(Manifest.load(path))


@pytest.mark.parametrize(("style", "layout"), STYLES)
@pytest.mark.parametrize("fitted", ["letterbox", "stretch"])
def test_a_red_square_is_found_where_it_is_and_nothing_on_a_grey_wall(
    tmp_path: Path, style: str, layout: str, fitted: str
) -> None:
    eyes = detector(tmp_path, style, layout, fit=f'"{fitted}"')
    seen = eyes.detect(kitchen(800, 300))

    assert seen
    for one in seen:
        left, top, width, height = one.box
        assert 700 <= left + width / 2 <= 1100
        assert 200 <= top + height / 2 <= 600
    assert eyes.detect(np.full((720, 1280, 3), 120, np.uint8)) == []


def test_all_styles_see_the_same(tmp_path: Path) -> None:
    found = []
    for style, layout in STYLES:
        folder = tmp_path / f"{style}-{layout}"
        folder.mkdir()
        found.append(detector(folder, style, layout).detect(kitchen(200, 100)))

    assert all(one == found[0] for one in found)


def manifest(folder: Path, labels: int = 2, style: str = "yolov8") -> Manifest:
    text = "\n".join(
        f'[[label]]\nname = "l{n}"\nalert = "no-hat"\nthreshold_ppm = 500000' for n in range(labels)
    )
    path = small_models.manifest(folder, b"", style=style, width="640", height="640", labels=text)
    return Manifest.load(path)


WHOLE = Fit(640, 640, 1.0, 1.0, 0.0, 0.0)


def rows(*boxes: tuple[float, ...]) -> Any:
    return np.array([boxes], np.float32)


def test_yolov8_has_a_column_for_each_box_and_yolov5_multiplies_by_objectness(
    tmp_path: Path,
) -> None:
    eight = rows((100, 50, 20, 10, 0.1, 0.9)).transpose(0, 2, 1)
    five = rows((100, 50, 20, 10, 0.8, 0.1, 0.9))

    assert decode({"o": eight}, WHOLE, manifest(tmp_path)) == [
        Detection(1, 900000, (90, 45, 20, 10))
    ]
    (one,) = decode({"o": five}, WHOLE, manifest(tmp_path, style="yolov5"))
    assert (one.label, one.score_ppm) == (1, 720_000)


def test_boxes_below_the_threshold_outside_the_picture_or_not_finite_are_left_out(
    tmp_path: Path,
) -> None:
    given = rows(
        (100, 50, 20, 10, 0.49, 0.1),
        (-50, 50, 20, 10, 0.9, 0.1),
        (float("nan"), 50, 20, 10, 0.9, 0.1),
        (100, 50, 20, 10, float("nan"), 0.1),
        (635, 50, 20, 10, 0.9, 0.1),
    ).transpose(0, 2, 1)

    assert decode({"o": given}, WHOLE, manifest(tmp_path)) == [
        Detection(0, 900000, (625, 45, 15, 10))
    ]


def test_of_overlapping_boxes_of_a_label_the_best_stays() -> None:
    boxes = np.array([(0, 0, 10, 10), (1, 0, 11, 10), (50, 0, 60, 10), (0, 0, 10, 10)], float)
    scores = np.array([0.6, 0.9, 0.7, 0.8])

    assert suppress(boxes, scores, np.array([0, 0, 0, 1]), 0.45) == [1, 3, 2]
    assert suppress(boxes[:0], scores[:0], np.array([], int), 0.45) == []
    assert suppress(boxes[:2], scores[:2], np.array([0, 0]), 0.9) == [1, 0]


@pytest.mark.parametrize(
    "outputs",
    [
        {"o": rows((1, 2, 3, 4, 0.5))},
        {"o": np.zeros((1, 7, 10))},
        {"o": np.zeros((2, 6, 10))},
        {"o": np.zeros((6, 10))},
        {"o": np.zeros((1, 6, 10)), "p": np.zeros((1, 6, 10))},
    ],
)
def test_outputs_of_another_shape_are_refused(tmp_path: Path, outputs: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        decode(outputs, WHOLE, manifest(tmp_path))


def test_an_ssd_counts_its_boxes_and_knows_its_labels(tmp_path: Path) -> None:
    told = manifest(tmp_path, style="ssd")
    outputs = {
        "boxes": np.array([[(0.1, 0.2, 0.3, 0.4), (0.5, 0.5, 0.6, 0.6), (0, 0, 1, 1)]]),
        "scores": np.array([[0.9, 0.8, 0.7]]),
        "classes": np.array([[1, 7, 0]]),
    }

    assert [one.label for one in decode(outputs, WHOLE, told)] == [1, 0]
    assert decode(outputs, WHOLE, told)[0].box == (128, 64, 128, 128)
    from_one = replace(told, output=replace(told.output, first_class=1, unit="pixel"))
    (person,) = decode(outputs | {"boxes": 640 * outputs["boxes"]}, WHOLE, from_one)
    assert (person.label, person.box) == (0, (128, 64, 128, 128))
    counted = outputs | {"count": np.array([1.0])}
    assert [one.label for one in decode(counted, WHOLE, told)] == [1]
    for lacking in ("boxes", "scores", "classes"):
        with pytest.raises(MalformedError, match=lacking):
            decode({name: outputs[name] for name in outputs if name != lacking}, WHOLE, told)


def test_a_letterbox_keeps_proportions_and_comes_back_to_the_picture(tmp_path: Path) -> None:
    told = manifest(tmp_path)
    fitted = fit(1280, 720, told)

    assert (fitted.scale_x, fitted.left, fitted.top) == (0.5, 0.0, 140.0)
    given = rows((320, 320, 640, 360, 0.9, 0.1)).transpose(0, 2, 1)
    assert decode({"o": given}, fitted, told)[0].box == (0, 0, 1280, 720)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"width": "128"}, "input"),
        ({"layout": '"nhwc"'}, "input"),
        ({"sha256": f'"{"0" * 64}"'}, "SHA-256"),
    ],
)
def test_a_model_that_is_not_its_manifests_is_not_loaded(
    tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    path = small_models.manifest(tmp_path, small_models.red_model(), **changes)
    with pytest.raises(MalformedError, match=named):
        Detector(Manifest.load(path))


def test_bytes_that_are_no_model_are_refused(tmp_path: Path) -> None:
    model = small_models.red_model()
    for data in (b"PK not a model", model[: len(model) // 2]):
        with pytest.raises(MalformedError, match="no ONNX model, or was cut short"):
            Detector(Manifest.load(small_models.manifest(tmp_path, data)))


def test_weights_in_another_file_are_not_run_under_the_models_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where onnxruntime would find them: in the working directory."""
    model, weights = small_models.apart(small_models.heavy_model(64))
    for name, data in weights.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    path = small_models.manifest(tmp_path, model)

    with pytest.raises(MalformedError, match="weights in other files"):
        Detector(Manifest.load(path))


def test_a_file_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = small_models.manifest(tmp_path, small_models.red_model())
    with (tmp_path / "model.onnx").open("r+b") as file:
        file.truncate(2 << 30)

    with pytest.raises(MalformedError, match="larger than 1024 MiB"):
        Manifest.load(path).model()


def test_the_check_tool_says_what_holds_and_what_a_picture_shows(tmp_path: Path) -> None:
    path = small_models.manifest(tmp_path, small_models.red_model())
    picture = tmp_path / "red.png"
    cv2.imwrite(str(picture), kitchen(800, 300))
    told = CliRunner().invoke(check.app, [str(path), str(picture)], env={"LC_ALL": "C"})

    assert told.exit_code == 0, told.output
    assert "✓ output: yolov8" in told.output
    assert "red.png: red → no-hat" in told.output
    assert "frames a second" in told.output


def test_the_check_tool_fails_what_does_not_hold(tmp_path: Path) -> None:
    model = small_models.red_model()
    runner = CliRunner()
    wrong_style = small_models.manifest(tmp_path, model, style="yolov5")
    assert runner.invoke(check.app, [str(wrong_style)]).exit_code == 1
    in_chinese = runner.invoke(check.app, [str(wrong_style)], env={"LC_ALL": "zh_CN.UTF-8"})
    assert "✗ 输出每框" in in_chinese.output
    alarms = small_models.manifest(
        tmp_path, model, labels='[[label]]\nname = "red"\nalert = "no-hat"\nthreshold_ppm = 1'
    )
    told = runner.invoke(check.app, [str(alarms)])
    assert told.exit_code == 1
    assert "✗" in told.output
    assert runner.invoke(check.app, [str(alarms), str(alarms)]).exit_code == 2
