"""Yaohua, the two outputs that begin with `=`: 9 bytes without check, unit or sign of rest.

    reversed   =  seven characters, lowest first, the point among them   0 or -
    forward    =  sign   seven characters, highest first

3.000 is `=000.3000`; forward it is `=+003.000`. A forward frame whose sign is written 0 and whose
last digit is 0 reads as a reversed one too, and the other way about: detection tells them apart
only by frames that are one and not the other.
"""

import re

from devices.scales.digits import decimal, written
from devices.scales.frame import Frame
from devices.scales.parser import Scanner

_MINUS = 0x2D


class YaohuaReversed(Scanner):
    """Lowest digit first."""

    family = "yaohua-reversed"
    about = ("Yaohua, `=` and digits reversed, 9 bytes", "耀华“=”反序输出，9 字节")
    PATTERN = re.compile(rb"=[0-9.]{7}[0-]")
    LONGEST = 9

    def decode(self, raw: bytes) -> Frame | None:
        """Seven characters turned round, then the sign."""
        number = decimal(raw[7:0:-1])
        if number is None:
            return None
        value, decimals = number
        return Frame(raw, -value if raw[8] == _MINUS else value, decimals, self.options.unit)

    def encode(self, shown: Frame) -> bytes:
        """The frame of a weight; it has no way to say that there is none."""
        value = shown.value or 0
        return b"=%b%c" % (written(abs(value), shown.decimals, 7)[::-1], b"0-"[value < 0])


class YaohuaForward(Scanner):
    """Highest digit first."""

    family = "yaohua-forward"
    about = ("Yaohua, `=`, sign and digits, 9 bytes", "耀华“=”正序输出，9 字节")
    PATTERN = re.compile(rb"=[-+ 0][ 0-9.]{7}")
    LONGEST = 9

    def decode(self, raw: bytes) -> Frame | None:
        """The sign, then a number."""
        number = decimal(raw[2:])
        if number is None:
            return None
        value, decimals = number
        return Frame(raw, -value if raw[1] == _MINUS else value, decimals, self.options.unit)

    def encode(self, shown: Frame) -> bytes:
        """The frame of a weight; it has no way to say that there is none."""
        value = shown.value or 0
        return b"=%c%b" % (b"+-"[value < 0], written(abs(value), shown.decimals, 7))
