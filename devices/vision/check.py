"""`mealtrace-gateway check-model`: whether a model keeps to its manifest (模型检查), before it watches.

    mealtrace-gateway check-model kitchen-hats.toml [picture.jpg …]

Told in order: the manifest, the model's hash and licence, its input, its outputs on a grey picture and
on noise, how many frames a second, and what it sees in pictures of yours. A model that reports on a
grey wall, or finds nothing in a picture that shows the violation, keeps to the contract and is of no
use: only pictures of your own kitchen say that. Exit 0 it keeps to it, 1 it does not, 2 unreadable.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer

from devices.camera.picture import Image, from_file
from devices.gateway import reasons
from devices.gateway.language import tr
from devices.vision.decode import Detection
from devices.vision.detector import Detector
from devices.vision.manifest import Manifest
from ledger.errors import LedgerError, MalformedError

app = typer.Typer(add_completion=False)

_TIMED: Final = 10
_LONGEST_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was checked.

    Attributes:
        ok: whether it holds; None: for information.
        text: what, in the reader's language.
    """

    ok: bool | None
    text: str


def check(
    path: Path, pictures: Sequence[tuple[str, Image]] = (), *, threads: int = 1
) -> Iterator[Told]:
    """Check a model against its manifest; ends at the first thing that does not hold."""
    try:
        manifest = Manifest.load(path)
        yield Told(True, tr("manifest: ", "清单：") + f"{manifest.name} {manifest.version}")
        yield Told(None, f"manifest_sha256 {manifest.sha256}")
        yield Told(None, tr("licence: ", "许可证：") + manifest.licence)
        detector = Detector(manifest, threads=threads)
        yield Told(True, f"model_sha256 {manifest.model_sha256}")
        wanted = manifest.input
        shape = f"{wanted.width} × {wanted.height}, {wanted.layout}, {wanted.colour}, {wanted.type}"
        yield Told(True, tr("input: ", "输入：") + shape)
        grey: Image = np.full((720, 1280, 3), 114, np.uint8)
        noise: Image = np.random.default_rng(1).integers(0, 256, (720, 1280, 3)).astype(np.uint8)
        for name, image in ((tr("a grey picture", "灰色画面"), grey), (tr("noise", "噪声"), noise)):
            seen = _worth_an_alert(detector, detector.detect(image))
            text = tr("output: ", "输出：") + manifest.output.style + f"; {name}: {len(seen)}"
            yield Told(not seen, text)
        yield Told(None, f"{_rate(detector, noise):.1f} " + tr("frames a second", "帧/秒"))
        for name, image in pictures:
            for line in _shown(detector, name, image):
                yield Told(None, line)
    except LedgerError as error:
        yield Told(False, reasons.of(error)[1])


def _worth_an_alert(detector: Detector, seen: Sequence[Detection]) -> list[Detection]:
    return [one for one in seen if detector.manifest.labels[one.label].alert is not None]


def _rate(detector: Detector, image: Image) -> float:
    """Frames a second, preparing and decoding included, after one to warm up."""
    began = time.perf_counter()
    frames = 0
    while frames < _TIMED and time.perf_counter() - began < _LONGEST_S:
        detector.detect(image)
        frames += 1
    return frames / (time.perf_counter() - began)


def _shown(detector: Detector, name: str, image: Image) -> Iterator[str]:
    seen = detector.detect(image)
    if not seen:
        yield f"{name}: " + tr("nothing", "未检出")
    for one in seen:
        label = detector.manifest.labels[one.label]
        yield f"{name}: {label.name} → {label.alert or '-'}  {one.score_ppm} ppm  {list(one.box)}"


@app.command(
    help=tr(
        "Check an ONNX model against its manifest.\n\n"
        "Exit 0 it keeps to it, 1 it does not, 2 a picture is unreadable.",
        "按清单检查 ONNX 模型。\n\n退出码：0 符合，1 不符合，2 图片无法读取。",
    )
)
def main(
    manifest: Annotated[
        Path, typer.Argument(help=tr("The manifest, .toml.", "清单文件（.toml）。"))
    ],
    pictures: Annotated[
        list[Path] | None, typer.Argument(help=tr("Pictures to try it on.", "试用图片。"))
    ] = None,
    threads: Annotated[
        int, typer.Option(min=1, max=16, help=tr("Of onnxruntime.", "线程数。"))
    ] = 1,
) -> None:
    """Check a model against its manifest."""
    images = []
    for path in pictures or []:
        try:
            images.append((path.name, from_file(path.read_bytes())))
        except (OSError, MalformedError) as error:
            typer.echo(f"{path}: {reasons.of(error)[1]}", err=True)
            raise typer.Exit(2) from error
    failed = False
    for told in check(manifest, images, threads=threads):
        failed |= told.ok is False
        typer.echo({True: "✓ ", False: "✗ ", None: "  "}[told.ok] + told.text)
    raise typer.Exit(1 if failed else 0)


if __name__ == "__main__":
    app()
