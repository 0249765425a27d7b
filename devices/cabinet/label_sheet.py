"""A sample's label as it is printed: the QR code, and what it says in words for people.

    ┌──────────────────────────────┐
    │ ▛▀▜ ▛▜   红烧肉  d-4          │
    │ ▙▄▟ ▙▟   2026-11-27  午餐 lunch│
    │ ▛▀▜ ▚▞   容器 container C-88   │
    └──────────────────────────────┘

SVG is for printers, drawn by whatever shows it with its own fonts; PNG is for label printers that take
pictures, its letters drawn by OpenCV, whose own font has Chinese characters.
"""

from typing import Any, Final
from xml.sax.saxutils import escape

from devices.cabinet import label as labels
from devices.cabinet.label import Label
from ledger.errors import MalformedError, UnavailableError

try:
    import segno
except ImportError as error:
    raise UnavailableError(
        "labels need segno: pip install 'mealtrace[devices]'", reason=str(error)
    ) from error

LEVEL: Final = "q"
"""Error correction: a quarter of the code may be wet, torn or greasy."""
QUIET: Final = 4
"""Modules of white about the code (ISO/IEC 18004 §6.3.8)."""
_MEALS: Final = {"breakfast": "早餐", "lunch": "午餐", "dinner": "晚餐", "snack": "加餐"}


def words(label: Label, dish_name: str, kept_until: str = "") -> list[str]:
    """What stands beside the code, line by line, Chinese first."""
    meal = f"{_MEALS.get(label.meal, '')} {label.meal}".strip()
    lines = [
        f"{dish_name}  {label.dish_code}".strip(),
        f"{label.meal_on}  {meal}",
        f"容器 container {label.container_code}",
    ]
    if kept_until:
        lines.append(f"留样至 keep until {kept_until}")
    lines.append("留样 food sample")
    return lines


def modules(text: str) -> list[list[bool]]:
    """The QR code's modules, dark ones true, without the quiet zone."""
    code = segno.make_qr(text, error=LEVEL, boost_error=False)
    return [[bool(module & 1) for module in row] for row in code.matrix]


def svg(label: Label, dish_name: str, kept_until: str = "", *, width_mm: int = 60) -> str:
    """The label as SVG, `width_mm` wide and half as high."""
    rows = modules(labels.format(label))
    size = len(rows) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    lines = words(label, dish_name, kept_until)
    step = size / (len(lines) + 1)
    texts = "".join(
        f'<text x="{size}" y="{step * (number + 1):.2f}" font-size="{step * 0.55:.2f}" '
        f'font-family="sans-serif" textLength="{min(size - 1.0, _width(line) * step * 0.55):.2f}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm}mm" height="{width_mm / 2}mm" '
        f'viewBox="0 0 {2 * size} {size}"><rect width="100%" height="100%" fill="#fff"/>'
        f'<path d="{path}"/>{texts}</svg>\n'
    )


def picture(label: Label, dish_name: str, kept_until: str = "", *, scale: int = 6) -> Any:
    """The label as a grey picture of OpenCV's, `scale` pixels to a module.

    Raises:
        UnavailableError: OpenCV is not installed, or has no font of its own (before version 5).
    """
    cv2, numpy = _vision()
    if not hasattr(cv2, "FontFace"):
        raise UnavailableError("PNG needs OpenCV 5; labels as SVG need none")
    rows = modules(labels.format(label))
    size = (len(rows) + 2 * QUIET) * scale
    image = numpy.full((size, 2 * size, 3), 255, numpy.uint8)
    dark = numpy.array(rows, dtype=bool)
    code = numpy.where(dark, 0, 255).astype(numpy.uint8).repeat(scale, 0).repeat(scale, 1)
    edge = QUIET * scale
    image[edge : edge + code.shape[0], edge : edge + code.shape[1]] = code[:, :, None]
    lines = words(label, dish_name, kept_until)
    step = size / (len(lines) + 1)
    font = cv2.FontFace("uni")
    for number, line in enumerate(lines):
        letters = min(step * 0.5, (size - 2 * scale) / max(1.0, _width(line)))
        at = (size, round(step * (number + 1)))
        cv2.putText(image, line, at, (0, 0, 0), font, max(8, round(letters)))
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def png(label: Label, dish_name: str, kept_until: str = "", *, scale: int = 6) -> bytes:
    """The label as PNG."""
    cv2, _ = _vision()
    done, data = cv2.imencode(".png", picture(label, dish_name, kept_until, scale=scale))
    assert done
    return bytes(data.tobytes())


def read(image: bytes) -> Label:
    """The label in a photo.

    Raises:
        MalformedError: it is no picture, or has no code of a sample that can be read.
        UnavailableError: OpenCV is not installed.
    """
    cv2, numpy = _vision()
    picture = cv2.imdecode(numpy.frombuffer(image, numpy.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise MalformedError("no picture that OpenCV can read")
    return read_picture(picture)


def read_picture(picture: Any) -> Label:
    """The label in a picture of OpenCV's.

    Tried as it is, enlarged, smoothed and sharpened; what is read is believed where its check holds.

    Raises:
        MalformedError: there is none that can be read.
    """
    cv2, _ = _vision()
    detectors = cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()
    fault = MalformedError("no QR code that can be read")
    for way in _ways(cv2, picture):
        for detector in detectors:
            try:
                text, *_ = detector.detectAndDecode(way)
                if text:
                    return labels.parse(text)
            except (cv2.error, UnicodeDecodeError):
                continue
            except MalformedError as error:
                fault = error
    raise fault


def _ways(cv2: Any, picture: Any) -> Any:
    yield picture
    yield cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    yield cv2.GaussianBlur(picture, (5, 5), 0)
    for sigma in (1.5, 2.5, 4.0):
        yield _sharpened(cv2, picture, sigma)
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    yield _sharpened(cv2, half, 1.5)


def _sharpened(cv2: Any, picture: Any, sigma: float) -> Any:
    """The picture with its blur, of about so many pixels, taken off four times."""
    return cv2.addWeighted(picture, 5.0, cv2.GaussianBlur(picture, (0, 0), sigma), -4.0, 0)


def _width(line: str) -> float:
    """Roughly, in heights of a letter: a Chinese character is about as wide as it is high."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in line)


def _vision() -> tuple[Any, Any]:
    try:
        import cv2  # noqa: PLC0415 - a label as SVG needs none
        import numpy  # noqa: ICN001, PLC0415 - likewise
    except ImportError as error:
        raise UnavailableError(
            "pictures need OpenCV: pip install 'mealtrace[devices]'", reason=str(error)
        ) from error
    return cv2, numpy
