"""A model's manifest (模型清单): what a detector is, and what its outputs mean, in a TOML file beside it.

    [model]
    name = "kitchen-hats"
    version = "2026.1"
    file = "kitchen-hats.onnx"
    sha256 = "…64 digits of hex…"
    licence = "Apache-2.0"

    [input]
    width = 640
    height = 640
    layout = "nchw"             # or "nhwc"
    colour = "rgb"              # or "bgr"
    type = "float32"            # or "uint8"
    mean = [0, 0, 0]            # value = (0…255 − mean) / scale; default 0 and 255
    scale = [255, 255, 255]
    fit = "letterbox"           # or "stretch"

    [output]
    style = "yolov8"            # or "yolov5", "ssd"
    overlap_ppm = 450000        # of two boxes of a label that overlap more, the better one stays

    [[label]]                   # in the order of the model's classes
    name = "head"               # without `alert`: seen, and nothing to report

    [[label]]
    name = "head-without-hat"
    alert = "no-hat"
    severity = "minor"
    threshold_ppm = 600000
    confirm_frames = 5          # that many of …
    confirm_of = 8              # … the newest frames show it
    confirm_ms = 2000           # and so long ago it was first seen

The record of an alert names both hashes: of the model's file, and of this file's bytes. Whoever
lowers the threshold, or calls a label by another name, has another manifest, and it shows. Strict: a
member that is unknown, missing or out of range is refused, and so is a model of another hash.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from devices.gateway.table import Table
from ledger.errors import MalformedError, NotFoundError

STYLES: Final = ("yolov5", "yolov8", "ssd")
SEVERITIES: Final = ("minor", "major", "critical")
CODE: Final = r"[a-z][a-z0-9-]{0,63}"
_LARGEST: Final = 64 * 1024
_MODEL_MIB: Final = 1024
"""More than any detector has that a kitchen's gateway could run; its bytes are held in memory."""


@dataclass(frozen=True, slots=True)
class Input:
    """What the model wants to be given: see the module."""

    width: int
    height: int
    layout: str
    colour: str
    type: str
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    letterbox: bool


@dataclass(frozen=True, slots=True)
class Output:
    """How its outputs are read.

    Attributes:
        style: of STYLES; `decode.py` draws the shapes.
        overlap_ppm: intersection over union from which two boxes of one label are one.
        first_class: the number that an SSD's classes begin with, 0 or 1.
        unit: of an SSD's boxes: `share` of the picture, or `pixel` of the input.
    """

    style: str
    overlap_ppm: int
    first_class: int
    unit: str


@dataclass(frozen=True, slots=True)
class Label:
    """A class of the model.

    Attributes:
        name: the model's own word.
        alert: the record's `alert_kind`; None: nothing to report.
        severity: of the alert.
        threshold_ppm: from which score on it counts as seen.
        confirm_frames: how many of the newest `confirm_of` frames must show it.
        confirm_of: likewise.
        confirm_ms: and how long ago it must have been first seen.
    """

    name: str
    alert: str | None
    severity: str
    threshold_ppm: int
    confirm_frames: int
    confirm_of: int
    confirm_ms: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model's manifest.

    Attributes:
        name: the model's.
        version: likewise.
        path: where the model's file is.
        model_sha256: of the model's file, in hex.
        sha256: of the manifest's own bytes, in hex.
        licence: under which the model may be used.
        input: what it is given.
        output: what comes out.
        labels: its classes, in order.
    """

    name: str
    version: str
    path: Path
    model_sha256: str
    sha256: str
    licence: str
    input: Input
    output: Output
    labels: tuple[Label, ...]

    @classmethod
    def parse(cls, data: bytes, folder: Path) -> Self:
        """Read a manifest's bytes; the model's file is looked for in `folder`, and not opened.

        Raises:
            MalformedError: it is no such manifest; the message names table and member.
        """
        try:
            given = tomllib.loads(data.decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise MalformedError(f"the manifest is no TOML: {error}") from error
        whole = Table(given, "manifest")
        if not all(whole.has(name) for name in ("model", "input", "output")):
            raise MalformedError("a manifest has the tables model, input and output")
        model, inputs, outputs = whole.table("model"), whole.table("input"), whole.table("output")
        labels = tuple(_label(table) for table in whole.tables("label"))
        whole.end()
        if not any(label.alert for label in labels):
            raise MalformedError("a manifest has labels, and one with an alert at least")
        if len({label.name for label in labels}) < len(labels):
            raise MalformedError("two labels have one name")
        found = cls(
            name=model.text("name", pattern=r"\S[^\n]{0,99}"),
            version=model.text("version", pattern=r"\S[^\n]{0,99}"),
            path=folder / model.text("file", pattern=r"[^/\\\0]{1,200}"),
            model_sha256=model.text("sha256", pattern=r"[0-9a-f]{64}"),
            sha256=hashlib.sha256(data).hexdigest(),
            licence=model.text("licence", pattern=r"\S[^\n]{0,199}"),
            input=_input(inputs),
            output=_output(outputs),
            labels=labels,
        )
        model.end()
        return found

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a manifest's file.

        Raises:
            NotFoundError: there is none.
            MalformedError: as `parse`.
        """
        try:
            if path.stat().st_size > _LARGEST:
                raise MalformedError("a manifest has at most 64 KiB")
            data = path.read_bytes()
        except OSError as error:
            raise NotFoundError(f"no manifest {path}: {error.strerror}") from error
        return cls.parse(data, path.parent)

    def model(self) -> bytes:
        """The model's bytes, which are those the manifest names.

        Raises:
            NotFoundError: there is no such file.
            MalformedError: it has another hash, or is larger than a gigabyte.
        """
        try:
            if self.path.stat().st_size > _MODEL_MIB << 20:
                raise MalformedError(f"{self.path.name} is larger than {_MODEL_MIB} MiB")
            data = self.path.read_bytes()
        except OSError as error:
            raise NotFoundError(f"no model {self.path}: {error.strerror}") from error
        found = hashlib.sha256(data).hexdigest()
        if found != self.model_sha256:
            raise MalformedError(
                f"{self.path.name} has SHA-256 {found}; its manifest says {self.model_sha256}"
            )
        return data


def _input(table: Table) -> Input:
    found = Input(
        width=table.integer("width", least=16, most=4096),
        height=table.integer("height", least=16, most=4096),
        layout=table.choice("layout", ("nchw", "nhwc")),
        colour=table.choice("colour", ("rgb", "bgr")),
        type=table.choice("type", ("float32", "uint8"), "float32"),
        mean=table.numbers("mean", 3, (0.0, 0.0, 0.0)),
        scale=table.numbers("scale", 3, (255.0, 255.0, 255.0)),
        letterbox=table.choice("fit", ("letterbox", "stretch")) == "letterbox",
    )
    table.end()
    if not all(found.scale):
        raise MalformedError(f"[{table.place}] scale divides by zero")
    return found


def _output(table: Table) -> Output:
    found = Output(
        style=table.choice("style", STYLES),
        overlap_ppm=table.integer("overlap_ppm", 450_000, least=1, most=1_000_000),
        first_class=table.integer("first_class", 0, least=0, most=1),
        unit=table.choice("unit", ("share", "pixel"), "share"),
    )
    table.end()
    return found


def _label(table: Table) -> Label:
    alert = table.text("alert", None, pattern=CODE)
    frames = table.integer("confirm_frames", 3, least=1, most=1000)
    found = Label(
        name=table.text("name", pattern=r"\S[^\n]{0,99}"),
        alert=alert,
        severity=table.choice("severity", SEVERITIES, "minor"),
        threshold_ppm=table.integer("threshold_ppm", 500_000, least=1, most=1_000_000),
        confirm_frames=frames,
        confirm_of=table.integer("confirm_of", 2 * frames, least=frames, most=2000),
        confirm_ms=table.integer("confirm_ms", 0, least=0, most=600_000),
    )
    table.end()
    return found
