"""The seconds before an alert, as a short film (证据短片): a ring of small frames, written when needed.

VP9 in MP4, which browsers play and which OpenCV writes by itself; where its FFmpeg lacks the encoder,
MPEG-4 Part 2. The film ends with the frame that confirmed the alert: waiting for what comes after
would cost the seconds within which an alert must be out.
"""

import tempfile
from collections import deque
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from devices.camera.picture import Frame, Image

_CODES: Final = ("vp09", "mp4v")
_WIDTH: Final = 640
MEDIA_TYPE: Final = "video/mp4"


class Clip:
    """The newest frames of one camera."""

    def __init__(self, length_ms: int) -> None:
        """`length_ms`: how far back it goes."""
        self._length_ms = length_ms
        self._frames: deque[tuple[int, bytes]] = deque()

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
        return written(pictures, rate)


def written(pictures: list[Image], rate: float) -> bytes | None:
    """Pictures of one size as MP4; None where nothing here can write it."""
    height, width = pictures[0].shape[:2]
    with tempfile.TemporaryDirectory(prefix="mealtrace-clip-") as folder:
        path = Path(folder) / "clip.mp4"  # OpenCV writes to names only
        for code in _CODES:
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
