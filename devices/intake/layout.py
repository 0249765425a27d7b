"""What stands beside a label on a printed page (版面): `许可证编号：JY…`, or the value right of it or below.

Recognition gives lines with boxes, in no certain order. A value is looked for, first, behind its label
in the same line; then in the nearest line to the right at the same height; then in the nearest below.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from devices.camera.ocr import Line

_SPACES: Final = re.compile(r"\s+")
_WIDE: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""Full-width forms of ASCII, as printed between Chinese characters."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value and how sure the reader was.

    Attributes:
        text: as it was read, in half-width characters.
        score_ppm: the least of the lines it stands in.
    """

    text: str
    score_ppm: int


def plain(text: str) -> str:
    """Half-width and without spaces."""
    return _SPACES.sub("", text.translate(_WIDE))


def beside(lines: Sequence[Line], labels: Sequence[str]) -> Found | None:
    """The value of the first of some labels that stands on the page; longer labels go first."""
    for label in labels:
        for line in lines:
            text = plain(line.text)
            place = text.find(label)
            if place < 0 or not _begins_a_field(text, place):
                continue
            rest = text[place + len(label) :]
            rest = re.sub(r"^\([^)]*\)", "", rest).lstrip(":;.、")
            if rest:
                return Found(rest, line.score_ppm)
            other = _right_of(line, lines) or _below(line, lines)
            if other is not None:
                value = plain(other.text).lstrip(":")
                if value:
                    return Found(value, min(line.score_ppm, other.score_ppm))
    return None


def _begins_a_field(text: str, place: int) -> bool:
    """Whether a label is not a part of a longer word: 编号 in 许可证编号 is another field's."""
    return place == 0 or not ("\u4e00" <= text[place - 1] <= "\u9fff")


def _right_of(line: Line, lines: Sequence[Line]) -> Line | None:
    end = line.left + line.width
    row = [
        other
        for other in lines
        if other is not line
        and other.left >= end - line.height // 2
        and _shared(line.top, line.height, other.top, other.height)
        >= min(line.height, other.height) // 2
    ]
    return min(row, key=lambda other: other.left, default=None)


def _below(line: Line, lines: Sequence[Line]) -> Line | None:
    bottom = line.top + line.height
    under = [
        other
        for other in lines
        if bottom - line.height // 3 <= other.top <= bottom + 2 * line.height
        and _shared(line.left, line.width, other.left, other.width) > 0
    ]
    return min(under, key=lambda other: other.top, default=None)


def _shared(start: int, length: int, other_start: int, other_length: int) -> int:
    return min(start + length, other_start + other_length) - max(start, other_start)
