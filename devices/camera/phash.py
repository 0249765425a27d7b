"""Perceptual hash of a photo (感知哈希): 64 bits that hardly change when it is saved anew or resized.

The ledger compares hashes of one school with each other (`photo_phash`, `likeness.py`) and asks only
that all are made by one method. This is the DCT hash (pHash; Zauner 2010, §3.2.1): 32 × 32 grey
values, their discrete cosine transform, of it the 8 × 8 of the lowest frequencies less the constant
one; each bit says whether a coefficient is above their median. Written here once and never changed:
another method, or other constants, would make every photo new to the ledger.
"""

import cv2
import numpy as np

from devices.camera.picture import Image


def phash(image: Image) -> str:
    """16 digits of hex; the lowest frequencies first, row by row, the most significant bit first."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].flatten()
    bits = low > np.median(low[1:])
    bits[0] = False  # the constant one: brightness
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def apart(one: str, other: str) -> int:
    """Bits in which two hashes differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
