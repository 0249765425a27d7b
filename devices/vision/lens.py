"""Whether the camera still sees its kitchen (镜头遮挡、移位、画面冻结): without a model.

    covered   grey values hardly differ, or all is black while the kitchen is open
    moved     of the blocks of the view that have any texture, most no longer match the reference
    frozen    not one pixel has changed for a minute: a live picture has noise

The reference view is the picture when the gateway started, and again after each alert; what was moved
while it was off is not seen. People hide some blocks and not most of them; the light may change, since
edges are compared and not greys. Lights out by night is no finding: `closed` says when that is. A
picture that shows nothing may be coded without any noise: only one that shows something is frozen.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from devices.camera import checks
from devices.camera.picture import Frame, Image
from devices.gateway.table import Table
from devices.vision.closed import Closed
from devices.vision.decode import Detection
from devices.vision.eyes import classical, settings_of
from devices.vision.manifest import Label
from ledger.canonical import JsonInput

_WIDTH: Final = 160
_HEIGHT: Final = 90
_BLOCK: Final = 10
_MATCH: Final = 0.5
"""Correlation of two blocks of edges from which they are the same thing."""
_COVERED, _MOVED, _FROZEN = range(3)
_WHOLE: Final = 1_000_000


class Lens:
    """Of one camera."""

    def __init__(
        self,
        closed: Closed,
        *,
        spread: int = 14,
        bright: int = 40,
        moved_ppm: int = 750_000,
        frozen_ms: int = 60_000,
        confirm_ms: int = 5000,
    ) -> None:
        """Nothing was seen yet.

        Args:
            closed: when black is dark and not covered.
            spread: standard deviation of the greys below which the lens is covered.
            bright: of one pixel in a hundred, below which the picture is black.
            moved_ppm: share of blocks that differ from the reference from which it was moved.
            frozen_ms: for how long no pixel changes.
            confirm_ms: how long it lasts before it counts.
        """
        self._closed = closed
        self._spread = spread
        self._bright = bright
        self._frozen_ms = frozen_ms
        self._reference: Any = None
        self._digest = b""
        self._unchanged_ms = 0
        self._differs_ms: int | None = None
        self._confirm_ms = confirm_ms

        def label(name: str, kind: str, threshold_ppm: int, ms: int) -> Label:
            return Label(name, kind, "major", threshold_ppm, 3, 6, ms)

        self.labels = (
            label("covered", "covered-lens", 500_000, confirm_ms),
            label("moved", "camera-moved", moved_ppm, confirm_ms),
            label("frozen", "frozen-stream", 500_000, 0),
        )
        settings: dict[str, JsonInput] = {
            "labels": settings_of(self.labels),
            "spread": spread,
            "bright": bright,
            "frozen_ms": frozen_ms,
            "closed": closed.to_json(),
        }
        files = [Path(__file__), Path(checks.__file__)]
        self.identity = classical("lens 2", files, settings)

    @classmethod
    def from_table(cls, given: Table | Mapping[str, Any], closed: Closed) -> "Lens":
        """Read a configuration's table, strictly.

        Raises:
            MalformedError: a member is unknown or of another form.
        """
        table = Table.of(given, "inspection.lens")
        found = cls(
            closed,
            spread=table.integer("spread", 14, least=1, most=127),
            bright=table.integer("bright", 40, least=1, most=255),
            moved_ppm=table.integer("moved_ppm", 750_000, least=1, most=_WHOLE),
            frozen_ms=table.integer("frozen_ms", 60_000, least=1000, most=86_400_000),
            confirm_ms=table.integer("confirm_ms", 5000, least=0, most=600_000),
        )
        table.end()
        return found

    def see(self, frame: Frame) -> list[Detection]:
        """At most one of the three: a covered lens shows nothing of where it points."""
        at_ms = frame.taken_at_ms
        still_ms = self._still(frame.image, at_ms)
        found = checks.look(frame.image)
        dark = found.bright < self._bright
        if dark and self._closed.at(at_ms):
            return []
        if dark or found.spread < self._spread:
            score = max(
                _beyond(self._spread, found.spread) if found.spread < self._spread else 0,
                _beyond(self._bright, found.bright) if dark else 0,
            )
            return [_whole(frame.image, _COVERED, score)]
        if still_ms >= self._frozen_ms:
            return [_whole(frame.image, _FROZEN, _beyond(still_ms, self._frozen_ms))]
        return self._turned(frame.image, at_ms)

    def _turned(self, image: Image, at_ms: int) -> list[Detection]:
        seen = edges(image)
        if self._reference is None:
            self._reference = seen
            return []
        differs_ppm = int(differing(self._reference, seen) * _WHOLE)
        if differs_ppm < self.labels[_MOVED].threshold_ppm:
            self._differs_ms = None
            return []
        if self._differs_ms is None:
            self._differs_ms = at_ms
        elif at_ms - self._differs_ms > self._confirm_ms + 5000:
            # Long enough to have been alerted: this is the view from now on.
            self._reference, self._differs_ms = seen, None
            return []
        return [_whole(image, _MOVED, differs_ppm)]

    def _still(self, image: Image, at_ms: int) -> int:
        digest = hashlib.blake2b(image[::4, ::4].tobytes(), digest_size=16).digest()
        if digest != self._digest:
            self._digest, self._unchanged_ms = digest, at_ms
        return at_ms - self._unchanged_ms


def edges(image: Image) -> Any:
    """Where the picture has edges, at 160 × 90, smoothed so that a pixel's tremble does not count."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
    across, down = cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)
    return cv2.GaussianBlur(cv2.magnitude(across, down), (5, 5), 0)


def differing(reference: Any, seen: Any) -> float:
    """Share of the reference's blocks with texture that look otherwise now, 0 to 1."""
    before, now = _blocks(reference), _blocks(seen)
    texture, still = before.std(axis=1), now.std(axis=1)
    textured = texture > np.median(texture)
    if not textured.any():
        return 0.0
    alike = (before * now).mean(axis=1) / np.maximum(texture * still, 1e-3)
    return float((alike[textured] < _MATCH).mean())


def _blocks(array: Any) -> Any:
    rows, columns = _HEIGHT // _BLOCK, _WIDTH // _BLOCK
    cut = array.reshape(rows, _BLOCK, columns, _BLOCK).transpose(0, 2, 1, 3)
    flat = cut.reshape(rows * columns, _BLOCK * _BLOCK)
    return flat - flat.mean(axis=1, keepdims=True)


def _beyond(measured: int, allowed: int) -> int:
    """Measured / (measured + allowed), as the ledger's own scores: half of it is exactly the limit."""
    return measured * _WHOLE // max(1, measured + allowed)


def _whole(image: Image, label: int, score_ppm: int) -> Detection:
    height, width = image.shape[:2]
    return Detection(label, min(_WHOLE, score_ppm), (0, 0, width, height))
