"""CAS (凯士) output of 22 bytes: A&D's words, with a device number and a lamp byte; no check.

    ST, US or OL  ,  GS or NT  ,  device  lamps  ,  sign and seven characters  blank  unit  CR LF

Lamps: bit 6 at rest, bit 2 gross, bit 1 tare, bit 0 zero. A scale is at rest where header and lamp
say so; clones leave all lamps dark, and then the header speaks alone.
"""

import re

from devices.scales.aandd import HEAD, UNIT, field_of, header, said
from devices.scales.frame import Frame
from devices.scales.parser import Scanner

_STABLE, _GROSS, _TARE, _ZERO = 0x40, 0x04, 0x02, 0x01


class Cas(Scanner):
    """22 bytes to a line."""

    family = "cas"
    about = ("CAS, 22 bytes", "凯士 CAS，22 字节")
    PATTERN = re.compile(HEAD + rb"..,[-+ 0-9.]{8} " + UNIT + rb"\r\n", re.DOTALL)
    LONGEST = 22

    def decode(self, raw: bytes) -> Frame | None:
        """Header, lamps, number, unit."""
        lamps = raw[7] & 0x7F
        stable = raw[:2] == b"ST" and (not lamps or bool(lamps & _STABLE))
        return said(raw, raw[9:17], raw[18:20], stable)

    def encode(self, shown: Frame) -> bytes:
        """The line of a weight, with its lamps."""
        lamps = (
            0x80 | _STABLE * (not shown.motion) | _GROSS * (shown.kind != "net")
            | _TARE * (shown.kind == "net") | _ZERO * shown.zero
        )  # fmt: skip
        return b"%b1%c,%b %b\r\n" % (
            header(shown), lamps, field_of(shown), shown.unit.rjust(2).encode(),
        )  # fmt: skip
