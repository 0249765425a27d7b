"""A printed label as a camera sees it: turned, tilted, out of focus, noisy, in a shadow."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np


@dataclass(frozen=True, slots=True)
class Shot:
    """How it is taken.

    Attributes:
        module_px: pixels for one module of the code.
        turn: degrees.
        tilt: how much narrower the far side is, 0.2 = a fifth.
        blur: sigma of the blur, in modules.
        noise: sigma of the noise, of 255.
        shade: how much darker the far corner is, 0.6 = six tenths.
    """

    module_px: float = 4.0
    turn: float = 0.0
    tilt: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    shade: float = 0.0


def photo(label: Any, printed_px: int, shot: Shot, seed: int = 1) -> Any:
    """A grey picture, half as large again as the label; `printed_px` pixels to a module in `label`."""
    scale = shot.module_px / printed_px
    small = cv2.resize(label, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    side = int(1.3 * np.hypot(height, width))
    canvas: Any = np.full((side, side), 200, np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    canvas[top : top + height, left : left + width] = small
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), shot.turn, 1.0)
    view = cv2.warpAffine(canvas, turn, (side, side), flags=cv2.INTER_LINEAR, borderValue=200)
    if shot.tilt:
        inset = side * shot.tilt / 2
        corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
        seen = np.array([[inset, 0], [side - inset, 0], [side, side], [0, side]], np.float32)
        tilted = cv2.getPerspectiveTransform(corners, seen)
        view = cv2.warpPerspective(view, tilted, (side, side), borderValue=200)
    if shot.blur:
        view = cv2.GaussianBlur(view, (0, 0), shot.blur * shot.module_px)
    light = np.linspace(1.0, 1.0 - shot.shade, side)
    seen_light = view.astype(np.float64) * np.sqrt(np.outer(light, light))
    rng = np.random.default_rng(seed)
    return np.clip(seen_light + rng.normal(0, shot.noise or 1e-9, view.shape), 0, 255).astype(
        np.uint8
    )
