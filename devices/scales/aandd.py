"""A&D (艾安得) standard output: lines of 18 bytes, without check.

    ST, US or OL  ,  GS or NT  ,  sign and seven characters  unit of two  CR LF

ST is at rest, US moving, OL overload, and with a minus underload; GS gross, NT net.
"""

import re
from typing import Final

from devices.scales.digits import decimal, written
from devices.scales.frame import Frame, Kind
from devices.scales.parser import Scanner
from devices.scales.units import unit_of

HEAD: Final = rb"(?:ST|US|OL),(?:GS|NT),"
UNIT: Final = rb"(?:kg| g|g |lb|oz| t|t )"


def said(raw: bytes, field: bytes, unit_name: bytes, stable: bool) -> Frame | None:
    """What header, number and unit say; CAS writes them alike."""
    unit = unit_of(unit_name)
    if unit is None:
        return None
    kind: Kind = "net" if raw[3:5] == b"NT" else "gross"
    negative = field[:1] == b"-"
    if raw[:2] == b"OL":
        return Frame(raw, None, 0, unit, kind, False, None, 1, not negative, negative)
    number = decimal(field[1:] if negative or field[:1] == b"+" else field)
    if number is None:
        return None
    return Frame(raw, -number[0] if negative else number[0], number[1], unit, kind, stable)


def header(shown: Frame) -> bytes:
    """The two words in front."""
    beyond = shown.overload or shown.underload
    return b"%b,%b," % (
        b"OL" if beyond else b"US" if shown.motion else b"ST",
        b"NT" if shown.kind == "net" else b"GS",
    )


def field_of(shown: Frame) -> bytes:
    """Sign and seven characters."""
    if shown.overload or shown.underload or shown.value is None:
        return b"-9999999" if shown.underload else b"+9999999"
    return b"%c%b" % (b"+-"[shown.value < 0], written(abs(shown.value), shown.decimals, 7))


class AandD(Scanner):
    """18 bytes to a line."""

    family = "and"
    about = ("A&D, 18 bytes", "艾安得 A&D，18 字节")
    PATTERN = re.compile(HEAD + rb"[-+ 0-9.]{8}" + UNIT + rb"\r\n")
    LONGEST = 18

    def decode(self, raw: bytes) -> Frame | None:
        """Header, number, unit."""
        return said(raw, raw[6:14], raw[14:16], raw[:2] == b"ST")

    def encode(self, shown: Frame) -> bytes:
        """The line of a weight, of overload or of underload."""
        return header(shown) + field_of(shown) + shown.unit.rjust(2).encode() + b"\r\n"
