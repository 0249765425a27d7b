"""A real video file of a kitchen that never was (视频仿真): for trying cameras without one.

    mealtrace-gateway emulate video day.mp4                       quiet, then night motion, then …
    mealtrace-gateway emulate video scale.mp4 --scene display --weight 12.485

`day` plays its scenes one after another: quiet by day, somebody at work, night and somebody walks
through it, a covered lens, light again, a camera turned away. `--times` prints when each begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import cv2
import numpy as np
import typer

from devices.camera.picture import Image
from devices.emulators import drawing
from devices.gateway.language import tr
from ledger.errors import LedgerError, MalformedError, UnavailableError

RATE: Final = 10
"""Frames a second."""

SCENES: Final = ("quiet", "work", "night", "night-motion", "covered", "moved", "frozen", "display")
DAY: Final = (
    "quiet",
    "work",
    "quiet",
    "night",
    "night-motion",
    "quiet",
    "covered",
    "quiet",
    "moved",
)

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Scene:
    """One stretch of the film.

    Attributes:
        name: of SCENES.
        from_s: when it begins.
        until_s: when it ends.
    """

    name: str
    from_s: float
    until_s: float


def frames(name: str, seconds: float, *, weight: str = "12.485", seed: int = 0) -> Iterator[Image]:
    """The frames of a scene.

    Raises:
        MalformedError: there is no such scene.
    """
    if name not in SCENES:
        raise MalformedError(f"no scene {name}; there are {', '.join(SCENES)}")
    count = round(seconds * RATE)
    for number in range(count):
        yield _frame(name, number, count, weight, seed)


def _frame(name: str, number: int, count: int, weight: str, seed: int) -> Image:
    grain = 10_000 * seed + number
    done = number / max(1, count)
    if name == "display":
        image, _ = drawing.scale(weight, seed=seed)
        return drawing.noisy(image, grain, 3)
    if name == "covered":
        return drawing.noisy(np.full((360, 640, 3), (38, 42, 60), np.uint8), grain, 2)
    light = 0.3 if name in ("night", "night-motion") else 1.0
    image = _room(light, (90, 40) if name == "moved" else (0, 0)).copy()
    if name in ("work", "night-motion"):
        drawing.person(image, 0.1 + 0.8 * done, light=light)
    return drawing.noisy(image, seed if name == "frozen" else grain, 3)


@lru_cache(maxsize=4)
def _room(light: float, shift: tuple[int, int]) -> Image:
    return drawing.kitchen(light=light, shift=shift)


def film(
    path: Path, names: tuple[str, ...], each_s: float, *, weight: str = "12.485", seed: int = 0
) -> list[Scene]:
    """Write scenes one after another to a file; when each begins.

    Args:
        path: the file.
        names: of the scenes.
        each_s: how long each is.
        weight: on the display.
        seed: of what lies on the scale, and of all noise.

    Raises:
        UnavailableError: the file cannot be written.
        MalformedError: there is no such scene.
    """
    scenes = []
    writer: cv2.VideoWriter | None = None
    try:
        for place, name in enumerate(names):
            for image in frames(name, each_s, weight=weight, seed=seed + place):
                if writer is None:
                    size = (image.shape[1], image.shape[0])
                    code = cv2.VideoWriter.fourcc(*"mp4v")
                    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, RATE, size)
                    if not writer.isOpened():
                        raise UnavailableError(f"{path} cannot be written")
                writer.write(image)
            scenes.append(Scene(name, place * each_s, (place + 1) * each_s))
    finally:
        if writer is not None:
            writer.release()
    return scenes


@app.command(
    help=tr(
        "Write a video file of a drawn kitchen, to try cameras without one.",
        "生成模拟后厨视频文件，无摄像头也可试用。",
    )
)
def main(
    path: Annotated[Path, typer.Argument(help=tr("File to write, .mp4.", "输出文件（.mp4）。"))],
    scene: Annotated[
        str,
        typer.Option(
            help=tr("day, or one of ", "day（一天）或单个场景：") + ", ".join(SCENES),
        ),
    ] = "day",
    seconds: Annotated[float, typer.Option(help=tr("Of each scene.", "每个场景的秒数。"))] = 6.0,
    weight: Annotated[str, typer.Option(help=tr("On the display.", "显示屏读数。"))] = "12.485",
    seed: Annotated[int, typer.Option(help=tr("Seed of all chance.", "随机种子。"))] = 0,
    times: Annotated[
        bool, typer.Option("--times", help=tr("Print when each begins.", "打印各场景的起始时间。"))
    ] = False,
) -> None:
    """Write a video file of a drawn kitchen."""
    try:
        parts = film(path, DAY if scene == "day" else (scene,), seconds, weight=weight, seed=seed)
    except LedgerError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(2) from error
    for part in parts:
        if times:
            typer.echo(f"{part.from_s:8.1f} s  {part.name}")


if __name__ == "__main__":
    app()
