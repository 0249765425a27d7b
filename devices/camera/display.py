"""The weight on the scale's display (显示屏读数), read from the photo.

It is read as it stands there and never bent towards the weight on the serial line: the two are worth
comparing only because each comes by a way of its own. What cannot be read for certain is None; a
reading that differs is kept as it is, and the record shows both.

One reading is not enough: of drawn seven-segment numbers one in twenty is read wrongly with a good
score, nearly all of them by losing a thin 1. So the number is read three times, stretched to 1.25, 1.5
and 1.8 of its width; it counts where all three agree, and where it has as many digits as there are lit
columns in the picture, counted without any model.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import cv2
import numpy as np

from devices.camera.ocr import Line, Reader
from devices.camera.picture import Image, crop
from devices.gateway.table import Table

UNITS: Final[Mapping[str, int]] = {"g": 1, "kg": 1000, "jin": 500}
"""Grams; jin 斤 is what many kitchen scales show."""

STRETCHED: Final = (1.25, 1.5, 1.8)

_WRITTEN: Final = {
    "kg": "kg", "公斤": "kg", "千克": "kg", "斤": "jin", "市斤": "jin", "g": "g", "克": "g",
}  # fmt: skip
_NUMBER: Final = re.compile(
    r"(?P<sign>[-−])?(?P<digits>[0-9]{1,6}(?:\.[0-9]{1,4})?)"
    r" ?(?P<unit>kg|公斤|千克|市斤|斤|克|g)?",
    re.IGNORECASE,
)
_LOOKALIKE: Final = str.maketrans({"O": "0", "o": "0", "。": ".", "，": ".", ",": ".", "·": "."})


@dataclass(frozen=True, slots=True)
class Display:
    """What is known of a scale's display.

    Attributes:
        unit: shown where no unit stands beside the number.
        decimals: places after the point. What a camera loses most easily is the point itself, so a
            number read without one is taken to have these. None: as it was read.
        floor_ppm: below this score nothing counts as read.
    """

    unit: str = "kg"
    decimals: int | None = None
    floor_ppm: int = 800_000

    @classmethod
    def from_table(
        cls, given: Table | Mapping[str, Any], name: str = "camera.reading"
    ) -> "Display":
        """Read a configuration's table, strictly.

        Raises:
            MalformedError: a member is unknown or of another form.
        """
        table = Table.of(given, name)
        decimals = table.integer("decimals", -1, least=-1, most=4)
        found = cls(
            table.choice("unit", tuple(UNITS), "kg"),
            None if decimals < 0 else decimals,
            table.integer("floor_ppm", 800_000, least=0, most=1_000_000),
        )
        table.end()
        return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A weight read off a display.

    Attributes:
        grams: half a gram rounded away from zero.
        text: as it was read.
        score_ppm: how sure the reader was, the least of its readings.
    """

    grams: int
    text: str
    score_ppm: int


def read(
    image: Image, region: tuple[int, int, int, int] | None, display: Display, reader: Reader
) -> Shown | None:
    """The weight that a photo's display shows, or None.

    Args:
        image: the photo.
        region: where the digits are, in pixels; None: they are looked for, which takes seconds.
        display: what is known of it.
        reader: the text reader.

    Raises:
        UnavailableError: rapidocr is not installed.
    """
    if region is None:
        region = largest_number(reader.lines(image, upright=True))
        if region is None:
            return None
    part = crop(image, region)
    lines = [reader.line(cv2.resize(part, None, fx=factor, fy=1)) for factor in STRETCHED]
    shown = agreed(lines, display)
    if shown is None or sum(map(str.isdigit, _plain(shown.text))) != lit_columns(part):
        return None
    return shown


def lit_columns(image: Image) -> int:
    """How many characters as tall as a digit stand beside each other in a picture of a display.

    Otsu's threshold parts what is lit from what is not. The lowest fifth is left out: there a point
    joins two digits. What is not tall, as a minus, does not count.
    """
    grey = cv2.GaussianBlur(image.max(axis=2), (3, 3), 0)
    _, lit = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if lit.mean() > 0.5:
        lit = 1 - lit
    rows = np.flatnonzero(lit.sum(axis=1) >= 2)
    if not rows.size:
        return 0
    height = int(rows[-1] - rows[0]) + 1
    upper = lit[rows[0] : rows[0] + int(0.82 * height)]
    columns = (upper.sum(axis=0) >= max(2, 0.04 * height)).astype(np.int8)
    ends = np.flatnonzero(np.diff(np.concatenate([[0], columns, [0]])))
    tall = []
    for left, right in zip(ends[::2], ends[1::2], strict=True):
        inside = np.flatnonzero(upper[:, left:right].any(axis=1))
        tall.append(int(inside[-1] - inside[0]) + 1)
    return sum(10 * one >= 6 * max(tall) for one in tall)


def largest_number(lines: Sequence[Line]) -> tuple[int, int, int, int] | None:
    """Where the display's number is: the tallest line that could be one; None: none or several."""
    found = [line for line in lines if _NUMBER.fullmatch(_plain(line.text))]
    if not found:
        return None
    tallest = max(line.height for line in found)
    large = [line for line in found if 10 * line.height >= 8 * tallest]
    if len(large) > 1:
        return None
    line = large[0]
    margin = line.height // 10
    left, top = max(0, line.left - margin), max(0, line.top - margin)
    return left, top, line.width + 2 * margin, line.height + 2 * margin


def agreed(lines: Sequence[Line | None], display: Display) -> Shown | None:
    """The weight that all readings show, at no score below the floor."""
    found = [None if line is None else weight(line, display) for line in lines]
    least = min(found, key=lambda shown: -1 if shown is None else shown.score_ppm, default=None)
    if least is None or least.score_ppm < display.floor_ppm:
        return None
    return (
        least if all(shown is not None and shown.grams == least.grams for shown in found) else None
    )


def weight(line: Line, display: Display) -> Shown | None:
    """The weight that a line says, or None where it is no number; a gap in it is a lost digit."""
    match = _NUMBER.fullmatch(_plain(line.text))
    if match is None:
        return None
    digits, places = match["digits"], display.decimals
    exact = Decimal(digits)
    if "." not in digits and places:
        exact = exact.scaleb(-places)
    unit = _WRITTEN[match["unit"].lower()] if match["unit"] else display.unit
    grams = int((exact * UNITS[unit]).quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    return Shown(-grams if match["sign"] else grams, line.text, line.score_ppm)


def _plain(text: str) -> str:
    return text.strip().translate(_LOOKALIKE)
