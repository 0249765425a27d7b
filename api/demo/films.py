"""What the demo's cameras see: video files of drawn scales, and of a kitchen whose camera is covered.

kitchen.mp4    quiet, over and over; put in its place later: quiet for a second, then a cloth
scale-1.mp4    goods on the scale, its display beside them
"""

from pathlib import Path
from typing import Final

from api.demo.scales import LOADS_G, shown
from devices.emulators import drawing, video

KITCHEN: Final = "kitchen.mp4"
_COVERED: Final = "covered.mp4"
_SECONDS: Final = 1.0
_SEEDS: Final = (9, 3, 11, 4)
"""So that no two of the four photos look alike: an honest kitchen's do not."""


def shoot(folder: Path) -> list[tuple[Path, str]]:
    """Write all of them; the film over each scale, and where in it the display is.

    Raises:
        UnavailableError: OpenCV can write no film here.
    """
    video.film(folder / KITCHEN, ("quiet",), _SECONDS)
    video.film(folder / _COVERED, ("quiet", *("covered",) * 5), _SECONDS)
    found = []
    for number, (gross_g, seed) in enumerate(zip(LOADS_G, _SEEDS, strict=True), start=1):
        film = folder / f"scale-{number}.mp4"
        video.film(film, ("display",), _SECONDS, weight=shown(gross_g), seed=seed)
        _, display = drawing.scale(shown(gross_g), seed=seed)
        found.append((film, str(list(display))))
    return found


def cover(folder: Path) -> None:
    """Hang the cloth over the kitchen's camera; it is there when the film begins anew."""
    (folder / _COVERED).replace(folder / KITCHEN)
