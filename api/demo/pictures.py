"""The demo's photo of a scale and its scans, drawn by Pillow as real JPEG files.

Only Latin letters: Pillow's own font has no Chinese ones, and a machine may have no other.
"""

import io
import random
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter, ImageFont

_SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc",
    "5": "afgcd", "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg", "-": "g",
}  # fmt: skip
"""Which of the seven segments light up; `a` on top, clockwise, `g` in the middle."""

Colour = tuple[int, int, int]


def weigh_in_photo(net_g: int, goods: Colour, *, seed: int) -> bytes:
    """A JPEG of a crate on a platform scale whose display shows `net_g` in kilograms.

    `seed` places the goods and the noise, so that no two photos are alike.
    """
    dice = random.Random(seed)  # noqa: S311 - a drawing, no secret
    image = Image.new("RGB", (960, 720), (176, 180, 178))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 470, 960, 720), fill=(120, 112, 104))
    draw.polygon([(180, 520), (780, 520), (840, 610), (120, 610)], fill=(196, 200, 204))
    draw.rectangle((120, 610, 840, 650), fill=(90, 94, 98))
    draw.rectangle((240, 300, 720, 520), fill=(38, 92, 150))
    for _ in range(90):
        x, y, r = dice.randint(262, 690), dice.randint(262, 360), dice.randint(16, 30)
        shade = dice.randint(-24, 24)
        tint = tuple(max(0, min(255, part + shade)) for part in goods)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tint)
    for x in range(260, 720, 46):
        draw.line((x, 372, x, 512), fill=(28, 74, 126), width=8)
    draw.rectangle((330, 60, 640, 190), fill=(24, 26, 28))
    draw.rectangle((348, 78, 622, 172), fill=(150, 176, 140))
    _seven_segments(draw, f"{net_g / 1000:.3f}", (362, 92))
    draw.text((592, 150), "kg", fill=(24, 30, 24), font=ImageFont.load_default(18))
    return _jpeg(_grain(image.rotate(dice.uniform(-2, 2), fillcolor=(176, 180, 178)), dice))


def scan(title: str, lines: Sequence[str], *, seed: int) -> bytes:
    """A JPEG of a paper document: a title, lines of text and a red seal."""
    dice = random.Random(seed)  # noqa: S311 - a drawing, no secret
    image = Image.new("RGB", (900, 1270), (246, 242, 230))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 860, 1230), outline=(150, 40, 40), width=4)
    draw.text((450, 130), title, fill=(120, 20, 20), font=ImageFont.load_default(46), anchor="mm")
    for row, line in enumerate(lines):
        draw.text((100, 250 + row * 64), line, fill=(30, 30, 34), font=ImageFont.load_default(30))
    x, y = 640 + dice.randint(-20, 20), 1020 + dice.randint(-20, 20)
    draw.ellipse((x - 95, y - 95, x + 95, y + 95), outline=(200, 30, 30), width=7)
    draw.text((x, y), "SEAL", fill=(200, 30, 30), font=ImageFont.load_default(44), anchor="mm")
    return _jpeg(_grain(image.rotate(dice.uniform(-1.5, 1.5), fillcolor=(228, 228, 224)), dice))


def portrait_of_a_dish(colour: Colour, *, seed: int) -> bytes:
    """A JPEG of a sample container with a dish in it, seen from above."""
    dice = random.Random(seed)  # noqa: S311 - a drawing, no secret
    image = Image.new("RGB", (640, 640), (214, 216, 218))
    draw = ImageDraw.Draw(image)
    draw.ellipse((70, 70, 570, 570), fill=(236, 238, 240), outline=(150, 152, 156), width=8)
    for _ in range(140):
        x, y, r = dice.randint(170, 470), dice.randint(170, 470), dice.randint(8, 26)
        shade = dice.randint(-36, 36)
        draw.ellipse(
            (x - r, y - r, x + r, y + r),
            fill=tuple(max(0, min(255, part + shade)) for part in colour),
        )
    return _jpeg(_grain(image, dice))


def _seven_segments(draw: ImageDraw.ImageDraw, text: str, corner: tuple[int, int]) -> None:
    x, y = corner
    for letter in text:
        if letter == ".":
            draw.ellipse((x - 6, y + 60, x + 2, y + 68), fill=(24, 30, 24))
            x += 8
            continue
        bars = {
            "a": (x + 4, y, x + 30, y + 6),
            "b": (x + 28, y + 4, x + 34, y + 32),
            "c": (x + 28, y + 36, x + 34, y + 64),
            "d": (x + 4, y + 62, x + 30, y + 68),
            "e": (x, y + 36, x + 6, y + 64),
            "f": (x, y + 4, x + 6, y + 32),
            "g": (x + 4, y + 31, x + 30, y + 37),
        }
        for name in _SEGMENTS[letter]:
            draw.rectangle(bars[name], fill=(24, 30, 24))
        x += 44


def _grain(image: Image.Image, dice: random.Random) -> Image.Image:
    """A camera's noise: it also makes every photo's digest its own."""
    noise = Image.frombytes("L", image.size, dice.randbytes(image.width * image.height))
    soft = noise.filter(ImageFilter.GaussianBlur(1.2)).convert("RGB")
    return Image.blend(image, soft, 0.08)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
