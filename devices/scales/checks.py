"""The two checks that scales put on their frames.

XOR pair (Yaohua): all covered bytes XORed, high then low half of the result as a character each;
a half up to 9 plus 30h, above plus 37h, so hexadecimal digits. Clones add 30h always, which gives
`:;<=>?` for ten to fifteen. Both are taken, as long as one frame keeps to one of them: each pair
still stands for one value of the eight bits, and of 65,536 pairs two at most hold for a frame
instead of one. What no XOR sees, whoever writes it: two bytes exchanged, and the same bit turned in
two bytes.

Toledo: two's complement of the sum of all bytes before it, seven bits of it, so that the sum of all
is 0. It does not see exchanged bytes either.
"""

from typing import Final

_DIGITS: Final = b"0123456789ABCDEF"
_CLONES: Final = b"0123456789:;<=>?"


def _pairs(value: int) -> frozenset[bytes]:
    high, low = value >> 4, value & 15
    return frozenset(bytes((digits[high], digits[low])) for digits in (_DIGITS, _CLONES))


_PAIRS: Final = tuple(_pairs(value) for value in range(256))


def xor_of(covered: bytes) -> int:
    """All bytes XORED; at most sixteen of them."""
    folded = int.from_bytes(covered, "big")
    folded ^= folded >> 64
    folded ^= folded >> 32
    folded ^= folded >> 16
    return (folded ^ folded >> 8) & 0xFF


def xor_pair(covered: bytes) -> bytes:
    """The two characters that a Yaohua indicator sends for these bytes."""
    value = xor_of(covered)
    return bytes((_DIGITS[value >> 4], _DIGITS[value & 15]))


def xor_holds(covered: bytes, pair: bytes) -> bool:
    """Whether the pair is that of the bytes, in an indicator's or a clone's digits."""
    return pair in _PAIRS[xor_of(covered)]


def sum_of(covered: bytes) -> int:
    """The checksum byte that a Toledo indicator sends after these bytes."""
    return -sum(covered) & 0x7F


def sum_holds(frame: bytes) -> bool:
    """Whether all bytes, the checksum with them, sum up to 0; the eighth bit may be parity."""
    return sum(frame) & 0x7F == 0
