"""Is the photo one of what is on the scale (照片检查): black, covered, blurred, frozen, repeated, old.

Each check is a figure held against a limit; figures and findings go into the record's `ext`, so that
whoever doubts a finding can measure the photo again. A finding never keeps a weigh-in from being
posted: a weight without a good photo is evidence of a weight, and of a camera that was covered.

    black      the brightest hundredth of the pixels is darker than 40 of 255
    covered    grey values differ by less than 14 (standard deviation): a hand, tape, a cloth
    blurred    variance of the Laplacian on 320 pixels of width below 30 (Pech-Pacheco 2000)
    old        the newest frame is older than `old_ms`
    frozen     the stream shows the same pixels for `frozen_ms`
    repeated   the photo is at most 4 bits of 64 from one kept of other goods, or of an hour ago
    none       the camera never gave a frame: what is posted is a card that says so
    failed     the photo could not be looked at or written; likewise

The limits were set on drawn kitchens, not on photos of real ones, and can be configured.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from devices.camera.camera import Settings, Shot
from devices.camera.phash import apart
from devices.camera.picture import Image
from devices.gateway.table import Table

LIKENESS_BITS: Final = 4
LIKENESS_APART_MS: Final = 3_600_000
"""As the ledger's `photo-similar` has them (docs/oversight/fabrication.md)."""

_KEPT: Final = 512


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture looks, in whole numbers.

    Attributes:
        bright: grey value that one pixel in a hundred exceeds, 0 to 255.
        spread: standard deviation of the grey values.
        sharpness: variance of the Laplacian at a width of 320.
    """

    bright: int
    spread: int
    sharpness: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Below which a picture is black, covered or blurred."""

    bright: int = 40
    spread: int = 14
    sharpness: int = 30

    @classmethod
    def from_table(cls, given: Table | Mapping[str, Any], name: str = "camera.photo") -> "Limits":
        """Read a configuration's table, strictly.

        Raises:
            MalformedError: a member is unknown or of another form.
        """
        table = Table.of(given, name)
        found = cls(
            table.integer("bright", cls().bright, least=0, most=255),
            table.integer("spread", cls().spread, least=0, most=127),
            table.integer("sharpness", cls().sharpness, least=0, most=100_000),
        )
        table.end()
        return found


def look(image: Image) -> Look:
    """Measure a picture."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    width = 320
    height = max(8, round(grey.shape[0] * width / grey.shape[1]))
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    return Look(
        bright=int(np.percentile(small, 99)),
        spread=int(small.std()),
        sharpness=int(cv2.Laplacian(small, cv2.CV_64F).var()),
    )


def of_picture(found: Look, limits: Limits) -> list[str]:
    """What the pixels show; at most one, the gravest: a black picture is neither sharp nor varied."""
    if found.bright < limits.bright:
        return ["black"]
    if found.spread < limits.spread:
        return ["covered"]
    if found.sharpness < limits.sharpness:
        return ["blurred"]
    return []


def of_stream(shot: Shot, settings: Settings) -> list[str]:
    """What the moment shows: a frame too old, or a stream that stands still."""
    found = []
    if shot.age_ms > settings.old_ms:
        found.append("old")
    if shot.still_ms >= settings.frozen_ms:
        found.append("frozen")
    return found


class Repeats:
    """Photos of one camera, by their hash: the newest 512, forgotten with the program.

    It speaks up on the spot; the ledger holds all photos of a school against each other for 30 days.
    """

    def __init__(self) -> None:
        self._kept: deque[tuple[str, int, str]] = deque(maxlen=_KEPT)

    def repeated(self, phash: str, taken_at_ms: int, goods: str) -> bool:
        """Whether it is like a photo of other goods, or of more than an hour ago; then keep it."""
        found = any(
            apart(phash, other) <= LIKENESS_BITS
            and (about != goods or abs(taken_at_ms - at_ms) > LIKENESS_APART_MS)
            for other, at_ms, about in self._kept
        )
        self._kept.append((phash, taken_at_ms, goods))
        return found
