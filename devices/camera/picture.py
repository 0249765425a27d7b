"""One picture: from a camera's frame or a file's bytes, to JPEG and back (the only coder of images).

Pictures are arrays of height × width × 3 bytes, blue first, as OpenCV has them.
"""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np

from devices.camera import MOST_PIXELS
from ledger.errors import MalformedError, UnavailableError

Image: TypeAlias = Any
"""Height × width × 3 bytes, blue first; numpy is no package of the core, whose types are checked."""

QUALITY: Final = 88
"""JPEG quality: a 1280 × 720 kitchen scene takes some 150 to 250 kB."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture and when it was taken.

    Attributes:
        image: the pixels; never changed.
        taken_at_ms: milliseconds since 1970 by this machine's clock, never corrected.
        number: the source's count of frames, from 0.
    """

    image: Image
    taken_at_ms: int
    number: int


def to_jpeg(image: Image) -> bytes:
    """The picture as a JPEG file.

    Raises:
        UnavailableError: the coder refuses.
    """
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise UnavailableError("the picture could not be written as JPEG")
    return bytes(data.tobytes())


def from_file(data: bytes) -> Image:
    """The pixels of a JPEG, PNG or WebP file, turned upright as its EXIF says.

    Raises:
        MalformedError: it is none, is damaged, or is larger than 64 megapixels.
    """
    if data[:4] == b"%PDF":
        raise MalformedError("a PDF is no picture: its pages are drawn by devices.intake.pdf")
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    except cv2.error as error:
        if "IMAGE_PIXELS" in str(error):
            raise MalformedError("the picture is larger than 64 megapixels") from error
        raise MalformedError("the file is no picture that can be read") from error
    if image is None:
        raise MalformedError("the file is no JPEG, PNG or WebP picture")
    if image.shape[0] * image.shape[1] > MOST_PIXELS:
        raise MalformedError("the picture is larger than 64 megapixels")
    return image


def media_type(data: bytes) -> str:
    """The media type of a picture's or PDF's bytes.

    Raises:
        MalformedError: it is none that evidence takes.
    """
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:5] == b"%PDF-":
        return "application/pdf"
    raise MalformedError("neither JPEG, PNG, WebP nor PDF")


def write(
    image: Image, text: str, at: tuple[int, int], size: int, colour: tuple[int, int, int]
) -> None:
    """Write text on a picture, Chinese as well; `at` is the left end of the line it stands on.

    OpenCV brings the font (WenQuanYi Micro Hei, `uni`), so that no machine needs one installed.
    """
    cv2.putText(image, text, at, colour, cv2.FontFace("uni"), size, 400)


def lettering(text: str, size: int) -> tuple[int, int]:
    """How wide and high `write` makes a text."""
    _, _, width, height = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("uni"), size, 400)
    return width, height


def crop(image: Image, box: tuple[int, int, int, int] | None) -> Image:
    """The part inside left, top, width, height; the whole where there is no box, or nothing in it."""
    if box is None:
        return image
    left, top, width, height = box
    part = image[top : top + height, left : left + width]
    return part if part.size else image
