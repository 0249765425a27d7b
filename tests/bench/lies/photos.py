"""Perceptual hashes of photos, 64 bits, by a model that says what looks like what.

    two photos of the same fixed scene     6 to 20 bits apart
    goods before the same scale            about 20 to 35: what lies there fills most of the picture
    a photo stored again as JPEG           0 to 3 bits from itself
    a photo cropped                        4 to 8 bits from itself
    a photo made brighter                  2 to 6 bits from itself
    a photo mirrored                       about 32: half of its waves change their sign
    photos of different places             about 32, as chance has it

A photo of a corner is the corner with 4 to 10 bits turned over, and is taken again as long as it is
fewer than 6 bits from an earlier one: the model's own bound, which a real camera keeps by its noise.
"""

import random
from dataclasses import dataclass, field
from typing import Final

BITS: Final = 64
NEAREST: Final = 6
_CORNER: Final = (4, 10)
_GOODS: Final = (12, 22)
_MIRROR: Final = 0x5555_5555_5555_5555


@dataclass(slots=True)
class Corner:
    """What one camera looks at.

    Attributes:
        empty: hash of the scene itself.
        fixed: whether every picture shows the scene rather than what lies in it.
        taken: hashes of all photos so far.
    """

    empty: int
    fixed: bool
    taken: list[int] = field(default_factory=list)

    def shoot(self, draw: random.Random) -> int:
        """A new photo."""
        fewest, most = _CORNER if self.fixed else _GOODS
        while True:
            photo = turned(self.empty, draw.randint(fewest, most), draw)
            if all(apart(photo, earlier) >= NEAREST for earlier in self.taken):
                self.taken.append(photo)
                return photo


def corner(name: str, *, fixed: bool) -> Corner:
    """The scene before a camera, which follows from its name."""
    return Corner(random.Random(f"corner {name}").getrandbits(BITS), fixed)


def stored_again(photo: int, draw: random.Random) -> int:
    """The same picture, compressed once more or scaled."""
    return turned(photo, draw.randint(0, 3), draw)


def cropped(photo: int, draw: random.Random) -> int:
    """The same picture with its margins cut off."""
    return turned(photo, draw.randint(4, 8), draw)


def brightened(photo: int, draw: random.Random) -> int:
    """The same picture, brighter and with more contrast."""
    return turned(photo, draw.randint(2, 6), draw)


def mirrored(photo: int, draw: random.Random) -> int:
    """The same picture, left for right: every second column of its waves changes its sign."""
    return turned(photo ^ _MIRROR, draw.randint(0, 2), draw)


def turned(photo: int, bits: int, draw: random.Random) -> int:
    """So many bits turned over."""
    for bit in draw.sample(range(BITS), bits):
        photo ^= 1 << bit
    return photo


def apart(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return (one ^ other).bit_count()


def in_hex(photo: int) -> str:
    """As it stands in a payload."""
    return f"{photo:016x}"
