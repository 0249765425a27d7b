"""A camera whose newest frame is at hand at any moment, with its age.

    capture (own thread)  →  newest frame, how long the picture has not changed at all  →  Shot

A thread reads all the time: frames that wait in a buffer would be older than the weight they show.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from devices.camera.capture import Capture, now_ms
from devices.camera.picture import Frame
from devices.camera.source import Source
from devices.gateway.table import Table
from ledger.canonical import JsonInput


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one camera over a scale.

    Attributes:
        source: where frames come from.
        every_ms: the least time between two frames that are looked at.
        region: where the scale's display is in the picture; None: anywhere.
        old_ms: a frame older than this is no photo of the moment.
        frozen_ms: a real picture has noise: not one pixel changed for so long is no live picture.
    """

    source: Source
    every_ms: int
    region: tuple[int, int, int, int] | None
    old_ms: int
    frozen_ms: int

    @classmethod
    def from_table(cls, given: Table | Mapping[str, Any], name: str = "camera") -> "Settings":
        """Read a configuration's table, strictly.

        Raises:
            MalformedError: a member is missing, unknown or of another form.
        """
        table = Table.of(given, name)
        found = cls(
            Source.parse(table.text("source")),
            table.integer("every_ms", 200, least=20, most=60_000),
            table.box("display"),
            table.integer("old_ms", 3000, least=200, most=600_000),
            table.integer("frozen_ms", 10_000, least=1000, most=3_600_000),
        )
        table.end()
        return found


@dataclass(frozen=True, slots=True)
class Shot:
    """The newest frame when somebody asked.

    Attributes:
        frame: the picture and when it was taken.
        age_ms: how long ago that was.
        still_ms: how long the stream has shown this very picture, pixel by pixel; 0: it lives.
    """

    frame: Frame
    age_ms: int
    still_ms: int


class Camera:
    """Reads its source in a thread between `start` and `stop`."""

    def __init__(self, settings: Settings, *, clock: Callable[[], int] = now_ms) -> None:
        self.settings = settings
        self._clock = clock
        self._capture = Capture(settings.source, every_ms=settings.every_ms, clock=clock)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._newest: Frame | None = None
        self._digest = b""
        self._unchanged_since_ms = 0

    def start(self) -> None:
        """Begin to read, also again after `stop`."""
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._work, args=(self._stop,), name="camera", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread as long as one frame may take."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def shot(self, *, wait_s: float = 0.0) -> Shot | None:
        """The newest frame; None if there has never been one, not even within `wait_s`."""
        with self._came:
            if self._newest is None and wait_s > 0:
                self._came.wait(wait_s)
            frame = self._newest
            if frame is None:
                return None
            age_ms = max(0, self._clock() - frame.taken_at_ms)
            return Shot(frame, age_ms, frame.taken_at_ms - self._unchanged_since_ms)

    def next(self, after: int, *, wait_s: float) -> Frame | None:
        """The newest frame, if it is another one than number `after`; None if none comes in time."""
        with self._came:
            self._came.wait_for(
                lambda: self._newest is not None and self._newest.number > after, wait_s
            )
            frame = self._newest
            return frame if frame is not None and frame.number > after else None

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page: no pixels, no password."""
        shot = self.shot()
        return {
            "source": self.settings.source.shown,
            "state": self._capture.state,
            "fault": self._capture.fault,
            "opened": self._capture.opened,
            "frame_age_ms": None if shot is None else shot.age_ms,
        }

    def take(self, frame: Frame) -> None:
        """Make a frame the newest one; what the thread does with each."""
        digest = hashlib.blake2b(frame.image[::4, ::4].tobytes(), digest_size=16).digest()
        with self._came:
            if digest != self._digest or self._newest is None:
                self._digest = digest
                self._unchanged_since_ms = frame.taken_at_ms
            self._newest = frame
            self._came.notify_all()

    def _work(self, stop: threading.Event) -> None:
        for frame in self._capture.frames(stop):
            self.take(frame)
