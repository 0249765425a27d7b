"""A detector's outputs made into boxes: YOLO exports and SSD heads (目标检测输出解码).

    yolov5   one output, 1 × N × (5 + classes): centre x, centre y, width, height, objectness, scores;
             a box's score is objectness × class score (ultralytics/yolov5, export)
    yolov8   one output, 1 × (4 + classes) × N: the same without objectness (ultralytics, v8 and later)
    ssd      outputs named boxes, scores, classes and optionally count: 1 × N × 4 (top, left, bottom,
             right), 1 × N, 1 × N, 1 (TensorFlow Object Detection API, `TFLite_Detection_PostProcess`)

YOLO's numbers are pixels of the input. Everything comes out in pixels of the picture it was made of,
cut to it, and of boxes of one label that overlap, the best (greedy non-maximum suppression).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from devices.vision.manifest import Manifest
from ledger.errors import MalformedError

Array = Any
MOST_BOXES: Final = 300
"""Kept of one frame, the best ones."""

SSD_OUTPUTS: Final = ("boxes", "scores", "classes")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a picture was put into the model's input.

    Attributes:
        width: of the picture.
        height: of the picture.
        scale_x: pixels of the input for each of the picture.
        scale_y: likewise.
        left: pixels of the input left of the picture.
        top: above it.
    """

    width: int
    height: int
    scale_x: float
    scale_y: float
    left: float
    top: float


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing seen.

    Attributes:
        label: number of its class.
        score_ppm: how sure the model is.
        box: left, top, width, height in pixels of the picture.
    """

    label: int
    score_ppm: int
    box: tuple[int, int, int, int]


def fit(width: int, height: int, manifest: Manifest) -> Fit:
    """How a picture of that size goes into the model's input."""
    wanted = manifest.input
    across, down = wanted.width / width, wanted.height / height
    if not wanted.letterbox:
        return Fit(width, height, across, down, 0.0, 0.0)
    scale = min(across, down)
    left = (wanted.width - round(width * scale)) // 2
    top = (wanted.height - round(height * scale)) // 2
    return Fit(width, height, scale, scale, float(left), float(top))


def decode(outputs: Mapping[str, Array], fitted: Fit, manifest: Manifest) -> list[Detection]:
    """The boxes of one frame, the surest first, each at or above its label's threshold.

    Raises:
        MalformedError: the outputs are not of the manifest's style.
    """
    style = manifest.output.style
    if style == "ssd":
        boxes, scores, labels = _ssd(outputs, manifest)
    else:
        boxes, scores, labels = _yolo(outputs, manifest, objectness=style == "yolov5")
    floors = np.array([label.threshold_ppm for label in manifest.labels])
    good = np.isfinite(scores) & np.isfinite(boxes).all(axis=1)
    scores = np.rint(1_000_000 * np.where(good, scores, 0)).astype(np.int64)
    good[good] &= scores[good] >= floors[labels[good]]
    boxes, scores, labels = boxes[good], scores[good], labels[good]
    boxes = _in_picture(boxes, fitted)
    whole = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    boxes, scores, labels = boxes[whole], scores[whole], labels[whole]
    best = suppress(boxes, scores, labels, manifest.output.overlap_ppm / 1_000_000)
    return [_detection(boxes[place], scores[place], labels[place]) for place in best]


def suppress(boxes: Array, scores: Array, labels: Array, overlap: float) -> Sequence[int]:
    """Which boxes stay: the best, without those of its label that overlap it more than allowed."""
    order = np.argsort(-scores, kind="stable")[: 10 * MOST_BOXES]
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[int] = []
    while order.size and len(kept) < MOST_BOXES:
        best, order = int(order[0]), order[1:]
        kept.append(best)
        least = np.maximum(boxes[best, :2], boxes[order, :2])
        most = np.minimum(boxes[best, 2:], boxes[order, 2:])
        sides = np.clip(most - least, 0, None)
        shared = sides[:, 0] * sides[:, 1]
        share = shared / (areas[best] + areas[order] - shared)
        order = order[(share <= overlap) | (labels[order] != labels[best])]
    return kept


def _yolo(
    outputs: Mapping[str, Array], manifest: Manifest, *, objectness: bool
) -> tuple[Array, Array, Array]:
    """Corners in pixels of the input, scores, labels."""
    if len(outputs) != 1:
        raise MalformedError(f"a YOLO export has one output, this model has {len(outputs)}")
    (rows,) = outputs.values()
    known = len(manifest.labels)
    columns = known + (5 if objectness else 4)
    if rows.ndim != 3 or rows.shape[0] != 1:
        raise MalformedError(f"the output is {_shape(rows)}, not 1 × … × …")
    rows = rows[0] if objectness else rows[0].T
    if rows.shape[1] != columns:
        raise MalformedError(
            f"the output has {rows.shape[1]} numbers for each box; {known} labels make {columns}"
        )
    rows = rows.astype(np.float64)
    each = rows[:, 5:] * rows[:, 4:5] if objectness else rows[:, 4:]
    labels = each.argmax(axis=1)
    scores = each[np.arange(len(each)), labels]
    half = rows[:, 2:4] / 2
    return np.hstack([rows[:, :2] - half, rows[:, :2] + half]), scores, labels


def _ssd(outputs: Mapping[str, Array], manifest: Manifest) -> tuple[Array, Array, Array]:
    lacking = [name for name in SSD_OUTPUTS if name not in outputs]
    if lacking:
        raise MalformedError(f"the model has no output {', '.join(lacking)}")
    boxes, scores, classes = (np.asarray(outputs[name], np.float64) for name in SSD_OUTPUTS)
    if boxes.ndim != 3 or boxes.shape[0] != 1 or boxes.shape[2] != 4:
        raise MalformedError(f"boxes is {_shape(boxes)}, not 1 × N × 4")
    number = boxes.shape[1]
    if scores.shape != (1, number) or classes.shape != (1, number):
        raise MalformedError(f"scores and classes are not 1 × {number}")
    if "count" in outputs:
        number = max(0, min(number, int(np.asarray(outputs["count"]).reshape(-1)[0])))
    labels = classes[0, :number].astype(np.int64) - manifest.output.first_class
    known = (labels >= 0) & (labels < len(manifest.labels))
    corners = boxes[0, :number][:, [1, 0, 3, 2]]
    if manifest.output.unit == "share":
        size = manifest.input
        corners = corners * np.array([size.width, size.height, size.width, size.height])
    return corners[known], scores[0, :number][known], labels[known]


def _in_picture(boxes: Array, fitted: Fit) -> Array:
    moved = boxes - np.array([fitted.left, fitted.top] * 2)
    scaled = moved / np.array([fitted.scale_x, fitted.scale_y] * 2)
    limit = np.array([fitted.width, fitted.height] * 2)
    return np.clip(scaled, 0, limit)


def _detection(box: Array, score: Array, label: Array) -> Detection:
    left, top, right, bottom = (round(float(value)) for value in box)
    sides = (max(1, right - left), max(1, bottom - top))
    return Detection(int(label), min(1_000_000, int(score)), (left, top, *sides))


def _shape(array: Array) -> str:
    return " × ".join(str(size) for size in array.shape)
