"""Frames of one source, one after another, through OpenCV; a lost stream is opened again.

The only place where cameras are opened. What is slow or hangs, hangs here: opening and reading are
bounded in time, and whoever wants the newest frame asks `Camera`, which never waits for the network.
"""

import time
from collections.abc import Callable, Iterator
from typing import Final

import cv2

from devices.camera.picture import Frame
from devices.camera.source import Source
from devices.gateway.driver import Stop

_TIMEOUT_MS: Final = 8000
"""How long opening a stream, or waiting for one frame of it, may take."""

_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
"""Between attempts to open: doubled each time, and short again once a frame has come."""


def now_ms() -> int:
    """Milliseconds since 1970 by this machine's clock."""
    return time.time_ns() // 1_000_000


class Capture:
    """Opens a source, reads it, and opens it again.

    Attributes:
        state: `waiting` before the first frame, `working`, or `lost`.
        fault: what was wrong last, without addresses; None while it works.
        opened: how often it was opened.
    """

    def __init__(
        self,
        source: Source,
        *,
        every_ms: int = 0,
        once: bool = False,
        paced: bool = True,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """Nothing is opened yet.

        Args:
            source: where from.
            every_ms: the least time between two frames handed on; those between are skipped.
            once: of a file: end where it ends, instead of beginning anew.
            paced: of a file: frames come in its own time; else as fast as they are read, each with
                the time it would have been shown at.
            clock: milliseconds since 1970.
        """
        self._source = source
        self._every_ms = every_ms
        self._once = once
        self._paced = paced
        self._clock = clock
        self._number = 0
        self.state = "waiting"
        self.fault: str | None = None
        self.opened = 0

    def frames(self, stop: Stop) -> Iterator[Frame]:
        """Frames until told to stop, or until the end of a file that is read once."""
        pause = _FIRST_PAUSE_S
        while not stop.is_set():
            capture = self._open()
            if capture is None:
                stop.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
                continue
            try:
                for frame in self._read(capture, stop):
                    pause = _FIRST_PAUSE_S
                    yield frame
            finally:
                capture.release()
            if self._source.kind == "file":
                if self._once:
                    return
                if self.state == "working":
                    continue
            if not stop.is_set():
                self._lost("no more frames come")
                stop.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)

    def _open(self) -> cv2.VideoCapture | None:
        source = self._source
        self.opened += 1
        try:
            if not source.found:
                self._lost("there is no such file")
                return None
            if source.kind == "usb":
                capture = cv2.VideoCapture(int(source.address))
                capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            elif source.kind == "stream":
                limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _TIMEOUT_MS]
                limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, _TIMEOUT_MS]
                capture = cv2.VideoCapture(source.address, cv2.CAP_FFMPEG, limits)
            else:
                capture = cv2.VideoCapture(source.address)
        except cv2.error:
            self._lost("it cannot be opened")
            return None
        if not capture.isOpened():
            capture.release()
            self._lost("it cannot be opened")
            return None
        return capture

    def _read(self, capture: cv2.VideoCapture, stop: Stop) -> Iterator[Frame]:
        """Frames as long as they come; a file's at its own pace and with its own times."""
        is_file = self._source.kind == "file"
        rate = capture.get(cv2.CAP_PROP_FPS) if is_file else 0.0
        period_ms = 1000 / rate if 0.1 <= rate <= 240 else 40.0
        began_ms = self._clock()
        began_s = time.monotonic()
        due_ms = began_ms
        at = 0
        while not stop.is_set() and capture.grab():
            taken_ms = began_ms + round(at * period_ms) if is_file else self._clock()
            at += 1
            if is_file and self._paced:
                stop.wait(max(0.0, began_s + at * period_ms / 1000 - time.monotonic()))
            if taken_ms < due_ms:
                continue
            due_ms = max(due_ms + self._every_ms, taken_ms - self._every_ms)
            done, image = capture.retrieve()
            if not done or image is None or image.ndim != 3:
                self._lost("a frame could not be read")
                continue
            self.state, self.fault = "working", None
            yield Frame(image, taken_ms, self._number)
            self._number += 1

    def _lost(self, why: str) -> None:
        self.state, self.fault = "lost", why
