"""The seconds before an alert, as a short film (证据短片): a ring of small frames, written when needed.

VP9 in MP4, which browsers play and which OpenCV writes by itself; where its FFmpeg lacks the encoder,
or the machine is too busy to write it within a second, MPEG-4 Part 2, which costs a fifteenth of the
time. The film ends with the frame that confirmed the alert: waiting for what comes after would cost
the seconds within which an alert must be out.
"""

import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from devices.camera.picture import Frame, Image

_CODES: Final = ("vp09", "mp4v")
BUDGET_S: Final = 1.0
"""For the better coder; half of what an alert may take."""
_WIDTH: Final = 640
MEDIA_TYPE: Final = "video/mp4"


class Clip:
    """The newest frames of one camera."""

    def __init__(self, length_ms: int) -> None:
        """`length_ms`: how far back it goes."""
        self._length_ms = length_ms
        self._frames: deque[tuple[int, bytes]] = deque()
        self._late: Future[bytes | None] | None = None

    def add(self, frame: Frame) -> None:
        """Keep a frame, small, and drop those that are too old."""
        small = smaller(frame.image)
        done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])
        if done:
            self._frames.append((frame.taken_at_ms, bytes(data.tobytes())))
        while self._frames and frame.taken_at_ms - self._frames[0][0] > self._length_ms:
            self._frames.popleft()

    def film(self) -> bytes | None:
        """The film's bytes; None where there are fewer than two frames, or no encoder."""
        frames = list(self._frames)
        if len(frames) < 2:
            return None
        spent_ms = max(1, frames[-1][0] - frames[0][0])
        rate = min(60.0, max(1.0, 1000 * (len(frames) - 1) / spent_ms))
        pictures = [
            cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for _, data in frames
        ]
        return self._in_time(pictures, rate) or written(pictures, rate, _CODES[1:])

    def _in_time(self, pictures: list[Image], rate: float) -> bytes | None:
        """The better film, if it is written in time; what is late is ended with, and thrown away."""
        if self._late is not None and not self._late.done():
            return None
        self._late = _begun(pictures, rate)
        try:
            return self._late.result(BUDGET_S)
        except (LateError, OSError, cv2.error):
            return None


def _begun(pictures: list[Image], rate: float) -> Future[bytes | None]:
    """Writing, in a thread that only the end of the program waits for: a coder is not cut off."""
    film: Future[bytes | None] = Future()

    def write() -> None:
        try:
            film.set_result(written(pictures, rate, _CODES[:1]))
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            film.set_exception(error)

    threading.Thread(target=write, name="clip").start()
    return film


def written(pictures: list[Image], rate: float, codes: Sequence[str] = _CODES) -> bytes | None:
    """Pictures of one size as MP4; None where nothing here can write it."""
    height, width = pictures[0].shape[:2]
    with tempfile.TemporaryDirectory(prefix="mealtrace-clip-") as folder:
        path = Path(folder) / "clip.mp4"  # OpenCV writes to names only
        for code in codes:
            tag = cv2.VideoWriter.fourcc(*code)
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, tag, rate, (width, height))
            try:
                if not writer.isOpened():
                    continue
                for picture in pictures:
                    if picture.shape[:2] == (height, width):
                        writer.write(picture)
            finally:
                writer.release()
            data = path.read_bytes()
            if data:
                return data
    return None


def smaller(image: Image) -> Image:
    """At most 640 pixels wide, with even sides, as encoders want them."""
    height, width = image.shape[:2]
    scale = min(1.0, _WIDTH / width)
    sides = (max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2))
    return (
        image
        if sides == (width, height)
        else cv2.resize(image, sides, interpolation=cv2.INTER_AREA)
    )
