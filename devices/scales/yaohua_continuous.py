"""Yaohua XK3190 (上海耀华), continuous output: 12 bytes, again and again (连续方式).

    02  sign  d d d d d d  point  check check  03
        +/-   high → low   0-4    XOR of bytes 2 to 9, as two characters

`02 + 012485 3 12 03` is 12.485. The weight is what the display shows, gross or net alike; there is
no unit and no sign of rest.
"""

import re

from devices.scales import checks
from devices.scales.frame import Frame
from devices.scales.parser import Scanner


class YaohuaContinuous(Scanner):
    """XK3190 continuous, with its XOR check."""

    family = "yaohua-continuous"
    checked = True
    about = ("Yaohua XK3190, continuous, 12 bytes", "耀华 XK3190 连续方式，12 字节")
    PATTERN = re.compile(rb"\x02[+-][0-9]{6}[0-4][0-9A-F:-?]{2}\x03")
    LONGEST = 12

    def decode(self, raw: bytes) -> Frame | None:
        """Sign, six digits, point."""
        if not checks.xor_holds(raw[1:9], raw[9:11]):
            return None
        return Frame(raw, int(raw[1:8]), raw[8] - 0x30, self.options.unit)

    def encode(self, shown: Frame) -> bytes:
        """The frame of a weight; it has no way to say that there is none."""
        covered = signed(shown)
        return b"\x02" + covered + checks.xor_pair(covered) + b"\x03"


def signed(shown: Frame) -> bytes:
    """Sign, six digits and point: how the XK3190 writes a weight, in command mode too."""
    value = shown.value or 0
    return b"%c%06d%d" % (b"+-"[value < 0], abs(value), shown.decimals)
