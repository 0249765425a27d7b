"""Drawn pictures of a kitchen and of a scale's display, for emulators and tests: nobody's real one.

Every picture carries noise, as a sensor's does; the same seed gives the same picture.
"""

from typing import Final

import cv2
import numpy as np

from devices.camera.picture import Image, write

_SEGMENTS: Final = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd",
    "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcfgd", "-": "g", " ": "",
}  # fmt: skip
_LIT: Final = (60, 60, 255)


def noisy(image: Image, seed: int, spread: float = 4.0) -> Image:
    """The picture as a sensor would see it."""
    noise: Image = np.empty(image.shape, np.int16)
    cv2.setRNGSeed(seed)
    cv2.randn(noise, 0, spread)
    return cv2.add(image, noise, dtype=cv2.CV_8U)


def kitchen(
    width: int = 640, height: int = 360, *, light: float = 1.0, shift: tuple[int, int] = (0, 0)
) -> Image:
    """A kitchen without people: tiles, counter, hood, pots.

    Args:
        width: pixels.
        height: pixels.
        light: 1 by day, 0.25 at night with the emergency light on.
        shift: by how many pixels the camera was turned, right and down.
    """
    image: Image = np.full((height, width, 3), (200, 205, 205), np.uint8)
    for x in range(0, width, width // 16):
        cv2.line(image, (x, 0), (x, height), (170, 175, 175), 1)
    for y in range(0, height, height // 9):
        cv2.line(image, (0, y), (width, y), (170, 175, 175), 1)
    cv2.rectangle(image, (0, int(0.62 * height)), (width, int(0.70 * height)), (120, 125, 130), -1)
    cv2.rectangle(image, (0, int(0.70 * height)), (width, height), (90, 95, 100), -1)
    hood = [[int(0.2 * width), 0], [int(0.6 * width), 0], [int(0.55 * width), int(0.2 * height)]]
    hood.append([int(0.25 * width), int(0.2 * height)])
    cv2.fillPoly(image, [np.array(hood)], (150, 150, 155))
    for place in (0.15, 0.3, 0.45, 0.8):
        x = int(place * width)
        cv2.rectangle(
            image, (x, int(0.5 * height)), (x + width // 11, int(0.62 * height)), (70, 72, 78), -1
        )
        cv2.ellipse(
            image,
            (x + width // 22, int(0.5 * height)),
            (width // 22, 6),
            0,
            0,
            360,
            (40, 40, 44),
            -1,
        )
    write(image, "操作间 1", (int(0.66 * width), int(0.15 * height)), height // 14, (60, 60, 160))
    right, down = shift
    if (right, down) != (0, 0):
        move = np.array([[1, 0, -right], [0, 1, -down]], np.float32)
        image = cv2.warpAffine(image, move, (width, height), borderMode=cv2.BORDER_REFLECT)
    return (image * light).astype(np.uint8)


def person(image: Image, at: float, *, light: float = 1.0) -> tuple[int, int, int, int]:
    """Draw somebody at that share of the width; left, top, width and height of whom."""
    height, width = image.shape[:2]
    x, top, size = int(at * width), int(0.28 * height), height // 12
    coat = tuple(int(v * light) for v in (235, 235, 240))
    cv2.circle(image, (x, top), size, tuple(int(v * light) for v in (120, 150, 200)), -1)
    cv2.rectangle(image, (x - 2 * size, top + size), (x + 2 * size, int(0.8 * height)), coat, -1)
    return x - 2 * size, top - size, 4 * size, int(0.8 * height) - top + size


def seven_segments(text: str, height: int = 90) -> Image:
    """A lit seven-segment display that shows digits, points and a minus."""
    width, thick, gap = height // 2, max(4, height // 10), height // 6
    cells = sum(character != "." for character in text)
    image: Image = np.full((height + 60, 60 + cells * (width + gap), 3), 20, np.uint8)
    x, y = 30, 30
    for character in text:
        if character == ".":
            cv2.circle(image, (x - gap // 2, y + height), thick // 2 + 2, _LIT, -1)
            continue
        middle, low, right = y + height // 2, y + height, x + width
        ends = {
            "a": ((x, y), (right, y)), "b": ((right, y), (right, middle)),
            "c": ((right, middle), (right, low)), "d": ((x, low), (right, low)),
            "e": ((x, middle), (x, low)), "f": ((x, y), (x, middle)),
            "g": ((x, middle), (right, middle)),
        }  # fmt: skip
        for segment in _SEGMENTS[character]:
            cv2.line(image, *ends[segment], _LIT, thick)
        x += width + gap
    return cv2.GaussianBlur(image, (5, 5), 0)


def scale(text: str, *, crates: int = 1, seed: int = 0) -> tuple[Image, tuple[int, int, int, int]]:
    """A scale with goods on it, and where in the picture its display is.

    Args:
        text: on the display, `12.485`.
        crates: how many lie on it.
        seed: of their places and colours.
    """
    image = kitchen(1280, 720)
    chance = np.random.default_rng(seed)
    for place in range(crates):
        left = 200 + int(chance.integers(0, 300)) + 60 * place
        top = 260 + int(chance.integers(0, 80)) - 40 * place
        colour = tuple(int(value) for value in chance.integers(40, 220, 3))
        cv2.rectangle(image, (left, top), (left + 300, top + 200), colour, -1)
        cv2.rectangle(image, (left, top), (left + 300, top + 200), (30, 30, 30), 3)
        for bar in range(5):
            cv2.line(image, (left + 60 * bar, top), (left + 60 * bar, top + 200), (30, 30, 30), 2)
    shown = seven_segments(text)
    height, width = shown.shape[:2]
    box = (1240 - width, 690 - height, width, height)
    image[box[1] : box[1] + height, box[0] : box[0] + width] = shown
    return image, box
