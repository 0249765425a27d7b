"""Motion while the kitchen is closed (夜间异常活动): a background that learns, and what differs from it.

A frame, small, grey and smoothed, is held against the running mean of those before. Pixels that differ
by more than the noise are joined into areas, and the largest counts from a share of the picture on. A
change of most of the picture at once is the light, which the background then learns anew. By day it
looks at nothing, and learns, so that the evening begins with the right background.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from devices.camera.picture import Frame
from devices.gateway.table import Table
from devices.vision.closed import Closed
from devices.vision.decode import Detection
from devices.vision.eyes import classical, settings_of
from devices.vision.manifest import Label
from ledger.canonical import JsonInput

_WIDTH: Final = 160
_WHOLE: Final = 1_000_000
_LIGHT: Final = 0.6
"""Share of the picture that changes at once where the light does."""
_LEARNED: Final = 0.05
"""Of each frame, what goes into the background: half of a change within 14 frames."""


class NightMotion:
    """Of one camera."""

    def __init__(
        self,
        closed: Closed,
        *,
        area_ppm: int = 3000,
        differs: int = 18,
        confirm_frames: int = 4,
        confirm_ms: int = 800,
    ) -> None:
        """Nothing was seen yet.

        Args:
            closed: when nobody should move.
            area_ppm: share of the picture from which something that moves counts; the default is a
                square with a fourteenth of the height of a 16:9 picture.
            differs: grey values by which a pixel must differ, of 255.
            confirm_frames: how many of twice as many frames must show it.
            confirm_ms: how long it must last.
        """
        self._closed = closed
        self._area_ppm = area_ppm
        self._differs = differs
        self._background: Any = None
        self.labels = (
            Label(
                "motion", "night-motion", "major", 500_000, confirm_frames,
                2 * confirm_frames, confirm_ms,
            ),
        )  # fmt: skip
        settings: dict[str, JsonInput] = {
            "labels": settings_of(self.labels),
            "area_ppm": area_ppm,
            "differs": differs,
            "closed": closed.to_json(),
        }
        self.identity = classical("night-motion 1", [Path(__file__)], settings)

    @classmethod
    def from_table(cls, given: Table | Mapping[str, Any], closed: Closed) -> "NightMotion":
        """Read a configuration's table, strictly.

        Raises:
            MalformedError: a member is unknown or of another form.
        """
        table = Table.of(given, "inspection.motion")
        found = cls(
            closed,
            area_ppm=table.integer("area_ppm", 3000, least=10, most=_WHOLE),
            differs=table.integer("differs", 18, least=2, most=255),
            confirm_frames=table.integer("confirm_frames", 4, least=1, most=1000),
            confirm_ms=table.integer("confirm_ms", 800, least=0, most=600_000),
        )
        table.end()
        return found

    def see(self, frame: Frame) -> list[Detection]:
        """The largest thing that moves, while the kitchen is closed."""
        height, width = frame.image.shape[:2]
        rows = max(8, round(height * _WIDTH / width))
        grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, (_WIDTH, rows), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (5, 5), 0).astype(np.float32)
        if self._background is None:
            self._background = small
            return []
        moved = (cv2.absdiff(small, self._background) > self._differs).astype(np.uint8)
        if moved.mean() > _LIGHT:
            self._background = small
            return []
        cv2.accumulateWeighted(small, self._background, _LEARNED)
        if not self._closed.at(frame.taken_at_ms):
            return []
        joined = cv2.dilate(moved, np.ones((3, 3), np.uint8), iterations=2)
        _, _, areas, _ = cv2.connectedComponentsWithStats(joined)
        if len(areas) < 2:
            return []
        left, top, across, down, _ = max(areas[1:], key=lambda area: area[cv2.CC_STAT_AREA])
        changed = int(moved[top : top + down, left : left + across].sum())
        share_ppm = changed * _WHOLE // moved.size
        score_ppm = share_ppm * _WHOLE // (share_ppm + self._area_ppm)
        if score_ppm < self.labels[0].threshold_ppm:
            return []
        scale_x, scale_y = width / _WIDTH, height / rows
        box = (
            int(left * scale_x), int(top * scale_y), int(across * scale_x), int(down * scale_y),
        )  # fmt: skip
        return [Detection(0, score_ppm, box)]
