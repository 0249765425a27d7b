"""ONNX models made on the spot: a real, tiny detector of red, and one as heavy as a kitchen model.

The red one computes: redness by a 1 × 1 convolution, its mean over cells of 8 × 8, and of each cell a
box and a score. So a picture with a red square gives a box there, and one without gives none.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data

SIDE = 64
_CELL = 8
_CELLS = (SIDE // _CELL) ** 2
_LAYERS = (
    (16, 2), (32, 2), (32, 1), (32, 1), (64, 2), *[(64, 1)] * 4, (128, 2), *[(128, 1)] * 4,
    (256, 2), *[(256, 1)] * 6,
)  # fmt: skip
"""Channels and stride of each 3 × 3 convolution."""


def red_model(style: str = "yolov8", layout: str = "nchw") -> bytes:
    """A detector of one class, `red`, with input of 64 × 64."""
    nodes, weights = _redness(layout)
    outputs: dict[str, tuple[int, ...]]
    centres = [(_CELL * x + 4, _CELL * y + 4) for y in range(8) for x in range(8)]
    boxes = np.array([(x, y, 8, 8) for x, y in centres], np.float32)
    if style == "yolov8":
        weights["boxes"] = boxes.T[np.newaxis]
        nodes.append(helper.make_node("Concat", ["boxes", "cells"], ["output0"], axis=1))
        outputs = {"output0": (1, 5, _CELLS)}
    elif style == "yolov5":
        weights["boxes"] = boxes.T[np.newaxis]
        weights["sure"] = np.ones((1, 1, _CELLS), np.float32)
        nodes.append(helper.make_node("Concat", ["boxes", "cells", "sure"], ["rows"], axis=1))
        nodes.append(helper.make_node("Transpose", ["rows"], ["output"], perm=[0, 2, 1]))
        outputs = {"output": (1, _CELLS, 6)}
    else:
        corners = np.array([(y - 4, x - 4, y + 4, x + 4) for x, y in centres], np.float32) / SIDE
        weights["constant boxes"] = corners[np.newaxis]
        weights["constant classes"] = np.zeros((1, _CELLS), np.float32)
        weights["flat"] = np.array([1, _CELLS], np.int64)
        nodes.append(helper.make_node("Identity", ["constant boxes"], ["boxes"]))
        nodes.append(helper.make_node("Identity", ["constant classes"], ["classes"]))
        nodes.append(helper.make_node("Reshape", ["cells", "flat"], ["scores"]))
        outputs = {"boxes": (1, _CELLS, 4), "scores": (1, _CELLS), "classes": (1, _CELLS)}
    return _model(nodes, weights, _shape(layout, SIDE), outputs)


def heavy_model(side: int = 640) -> bytes:
    """Random weights, outputs of YOLOv8's shape, and about the arithmetic of its smallest model.

    That one takes 8.7 billion operations a frame at 640 × 640 by its makers' count; this one 8.6.
    """
    chance = np.random.default_rng(1)
    nodes: list[Any] = []
    weights: dict[str, Any] = {}
    name, channels = "images", 3
    for layer, (out, stride) in enumerate(_LAYERS):
        shape = (out, channels, 3, 3)
        weights[f"w{layer}"] = (chance.normal(0, 0.05, shape)).astype(np.float32)
        nodes.append(
            helper.make_node(
                "Conv", [name, f"w{layer}"], [f"c{layer}"], pads=[1] * 4, strides=[stride] * 2
            )
        )
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"r{layer}"]))
        name, channels = f"r{layer}", out
    cells = (side // 32) ** 2
    weights["head"] = np.zeros((8, channels, 1, 1), np.float32)
    weights["flat"] = np.array([1, 8, cells], np.int64)
    nodes.append(helper.make_node("Conv", [name, "head"], ["heads"]))
    nodes.append(helper.make_node("Reshape", ["heads", "flat"], ["output0"]))
    return _model(nodes, weights, (1, 3, side, side), {"output0": (1, 8, cells)})


def apart(model: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The model with its larger weights in files of their own, and those by name."""
    found = onnx.load_from_string(model)
    files: dict[str, bytes] = {}
    for weights in found.graph.initializer:
        if len(weights.raw_data) > 1000:
            name = f"weights-{len(files)}.bin"
            files[name] = weights.raw_data
            set_external_data(weights, location=name)
            weights.ClearField("raw_data")
            weights.data_location = TensorProto.EXTERNAL
    return found.SerializeToString(), files


def manifest(
    folder: Path, model: bytes, *, style: str = "yolov8", name: str = "model", **changes: str
) -> Path:
    """Write a model and its manifest; `changes`: lines of the manifest by their member's name."""
    (folder / f"{name}.onnx").write_bytes(model)
    lines = {
        "layout": '"nchw"',
        "width": str(SIDE),
        "height": str(SIDE),
        "fit": '"letterbox"',
        "sha256": f'"{hashlib.sha256(model).hexdigest()}"',
        "labels": '[[label]]\nname = "red"\nalert = "no-hat"\nthreshold_ppm = 400000\n'
        "confirm_frames = 3\nconfirm_of = 5\nconfirm_ms = 400",
    } | changes
    path = folder / f"{name}.toml"
    path.write_text(
        f'[model]\nname = "{name}"\nversion = "1"\nfile = "{name}.onnx"\n'
        f'sha256 = {lines["sha256"]}\nlicence = "CC0-1.0"\n\n'
        f"[input]\nwidth = {lines['width']}\nheight = {lines['height']}\n"
        f'layout = {lines["layout"]}\ncolour = "rgb"\nfit = {lines["fit"]}\n\n'
        f'[output]\nstyle = "{style}"\noverlap_ppm = 450000\n\n{lines["labels"]}\n'
    )
    return path


def _redness(layout: str) -> tuple[list[Any], dict[str, Any]]:
    weights: dict[str, Any] = {
        "red": np.array([1, -0.5, -0.5], np.float32).reshape(1, 3, 1, 1),
        "row": np.array([1, 1, _CELLS], np.int64),
    }
    nodes = []
    images = "images"
    if layout == "nhwc":
        nodes.append(helper.make_node("Transpose", ["images"], ["planes"], perm=[0, 3, 1, 2]))
        images = "planes"
    nodes += [
        helper.make_node("Conv", [images, "red"], ["redness"]),
        helper.make_node("Relu", ["redness"], ["only red"]),
        helper.make_node(
            "AveragePool", ["only red"], ["grid"], kernel_shape=[_CELL] * 2, strides=[_CELL] * 2
        ),
        helper.make_node("Reshape", ["grid", "row"], ["cells"]),
    ]
    return nodes, weights


def _shape(layout: str, side: int) -> tuple[int, ...]:
    return (1, 3, side, side) if layout == "nchw" else (1, side, side, 3)


def _model(
    nodes: list[Any],
    weights: dict[str, Any],
    shape: tuple[int, ...],
    outputs: dict[str, tuple[int, ...]],
) -> bytes:
    def value(name: str, sides: tuple[int, ...]) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, sides)

    graph = helper.make_graph(
        nodes,
        "small",
        [value("images", shape)],
        [value(name, sides) for name, sides in outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
