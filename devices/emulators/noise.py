"""What a bad cable does to bytes: the ways, one by one, and how they are mixed.

Ways are named, so that it can be counted which of them a family's check lets through.
"""

import itertools
import random
from collections.abc import Callable
from typing import Final


def _flip(frame: bytearray, chance: random.Random) -> None:
    """One bit turned."""
    frame[chance.randrange(len(frame))] ^= 1 << chance.randrange(8)


def _replace(frame: bytearray, chance: random.Random) -> None:
    """One byte is another."""
    frame[chance.randrange(len(frame))] = chance.randrange(256)


def _digit(frame: bytearray, chance: random.Random) -> None:
    """One digit is another digit."""
    places = [place for place, byte in enumerate(frame) if 0x30 <= byte <= 0x39]
    if places:
        frame[chance.choice(places)] = chance.choice(b"0123456789")


def _swap(frame: bytearray, chance: random.Random) -> None:
    """Two neighbours exchanged."""
    place = chance.randrange(len(frame) - 1)
    frame[place], frame[place + 1] = frame[place + 1], frame[place]


def _drop(frame: bytearray, chance: random.Random) -> None:
    """One byte lost."""
    del frame[chance.randrange(len(frame))]


def _insert(frame: bytearray, chance: random.Random) -> None:
    """One byte too many."""
    frame.insert(chance.randrange(len(frame) + 1), chance.randrange(256))


def _burst(frame: bytearray, chance: random.Random) -> None:
    """Several bytes in a row are anything."""
    begin = chance.randrange(len(frame))
    for place in range(begin, min(begin + chance.randint(2, 6), len(frame))):
        frame[place] = chance.randrange(256)


def _twice(frame: bytearray, chance: random.Random) -> None:
    """The same bit turned in two bytes: what an XOR cannot see."""
    bit = 1 << chance.randrange(4)
    for place in chance.sample(range(len(frame)), 2):
        frame[place] ^= bit


WAYS: Final[dict[str, Callable[[bytearray, random.Random], None]]] = {
    "bit": _flip,
    "byte": _replace,
    "digit": _digit,
    "swap": _swap,
    "lost": _drop,
    "extra": _insert,
    "burst": _burst,
    "two-bits": _twice,
}


def damaged(frame: bytes, way: str, chance: random.Random) -> bytes:
    """The frame after it was damaged in this way; by luck it may be as it was."""
    found = bytearray(frame)
    WAYS[way](found, chance)
    return bytes(found)


def pieces(data: bytes, chance: random.Random) -> list[bytes]:
    """The same bytes in pieces, as an adapter hands them on."""
    cuts = sorted({0, len(data), *(chance.randrange(len(data) + 1) for _ in range(3))})
    return [data[begin:end] for begin, end in itertools.pairwise(cuts)]
