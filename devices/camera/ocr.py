"""Text in pictures, by the models that come inside the package rapidocr (PP-OCRv6, Apache-2.0).

Nothing is downloaded: detection, direction and recognition are three ONNX files in the wheel. One
page takes about a second on two cores, and the process some 700 MB; so there is one reader for all,
made when first needed, and its calls take turns.
"""

import hashlib
import threading
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from devices.camera.packages import needed
from devices.camera.picture import Image

THREADS: Final = 2
"""Of onnxruntime; a gateway has other things to do as well."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as it was read.

    Attributes:
        text: what stands there.
        score: how sure the reader is, 0 to 1; mean of the line's characters.
        left: of its box, in pixels.
        top: likewise.
        width: likewise.
        height: likewise.
    """

    text: str
    score: float
    left: int
    top: int
    width: int
    height: int

    @property
    def score_ppm(self) -> int:
        """The score in millionths, rounded down: a floor is never reached by rounding."""
        return min(1_000_000, int(self.score * 1_000_000))


class Reader:
    """Reads text; may be used by many threads, one page at a time."""

    def __init__(self, *, threads: int = THREADS) -> None:
        """Nothing is loaded before the first page."""
        self._threads = threads
        self._engine: Any = None
        self._lock = threading.Lock()

    def lines(self, image: Image, *, upright: bool = False) -> list[Line]:
        """The lines of a picture, from top to bottom; empty where nothing can be read.

        Args:
            image: the picture.
            upright: its text is known not to stand on its head, so that nothing is turned: digits
                of seven segments look like others upside down.

        Raises:
            UnavailableError: rapidocr is not installed.
        """
        found = self._run(image, use_cls=not upright)
        boxes, texts, scores = (getattr(found, name, None) for name in ("boxes", "txts", "scores"))
        if boxes is None or texts is None or scores is None:
            return []
        lines = [
            _line(box, text, score) for box, text, score in zip(boxes, texts, scores, strict=True)
        ]
        return sorted(lines, key=lambda line: (line.top, line.left))

    def line(self, image: Image) -> Line | None:
        """A picture that shows one line and nothing else, read without looking for it: some 15 ms.

        Raises:
            UnavailableError: rapidocr is not installed.
        """
        found = self._run(image, use_det=False, use_cls=False)
        if not found.txts or not found.scores:
            return None
        height, width = image.shape[:2]
        return Line(str(found.txts[0]), float(found.scores[0]), 0, 0, width, height)

    def _run(self, image: Image, **how: bool) -> Any:
        with self._lock:
            if self._engine is None:
                self._engine = self._load()
            # use_… stay set in the engine from call to call: both are always given.
            return self._engine(image, **({"use_det": True, "use_cls": True} | how))

    def _load(self) -> Any:
        engine = needed("rapidocr").RapidOCR
        return engine(
            params={
                "Global.log_level": "critical",
                "EngineConfig.onnxruntime.intra_op_num_threads": self._threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )


def _line(box: Any, text: str, score: float) -> Line:
    corners = np.asarray(box)
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return Line(str(text), float(score), int(left), int(top), int(right - left), int(bottom - top))


@lru_cache(maxsize=1)
def reader_name() -> str:
    """What read: package, version, and the start of a hash over its model files.

    Raises:
        UnavailableError: rapidocr is not installed.
    """
    folder = Path(needed("rapidocr").__file__).parent / "models"
    hashed = hashlib.sha256()
    for path in sorted(folder.glob("*.onnx")):
        hashed.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"rapidocr {metadata.version('rapidocr')} sha256:{hashed.hexdigest()[:16]}"
