"""Yaohua XK3190-A12E: lines of their own, with a check, and the variants in the field without one.

    W  G or N  seven characters  k g  check check  CR LF      XOR of bytes 1 to 11
    w  w, n or t  seven characters  k g  CR LF                gross, net or tare; no check

`WG004.139kg3D` is 4.139 kg gross. `OL` among the seven is overload, `LO` underload. No sign of
rest. The variant without check is a family of its own and is taken only where it is asked for, or
where nothing on the line has a check: else a frame that lost its check would pass as one that
never had any.
"""

import re

from devices.scales import checks
from devices.scales.digits import decimal, written
from devices.scales.frame import Frame, Kind
from devices.scales.parser import Scanner

_KINDS: dict[int, Kind] = {ord("G"): "gross", ord("w"): "gross", ord("N"): "net", ord("n"): "net",
                           ord("t"): "tare"}  # fmt: skip
_FIELD = rb"(?:[- 0-9.]{7}|(?=[ ]*(?:OL|LO)[ ]*kg)[ OL]{7})kg"


def _said(raw: bytes) -> Frame | None:
    field = raw[2:9]
    number = decimal(field)
    if number is not None:
        return Frame(raw, number[0], number[1], "kg", _KINDS[raw[1]])
    word = field.strip()
    if word not in {b"OL", b"LO"}:
        return None
    return Frame(
        raw, None, 0, "kg", _KINDS[raw[1]], None, None, 1, word == b"OL", word == b"LO"
    )  # fmt: skip


def _field(shown: Frame) -> bytes:
    if shown.overload or shown.underload or shown.value is None:
        return (b"LO" if shown.underload else b"OL").center(7)
    return written(shown.value, shown.decimals, 7)


class YaohuaA12E(Scanner):
    """A12E with its XOR check: 15 bytes."""

    family = "yaohua-a12e"
    checked = True
    about = ("Yaohua XK3190-A12E, 15 bytes", "耀华 XK3190-A12E，15 字节")
    PATTERN = re.compile(rb"W[GN]" + _FIELD + rb"[0-9A-F:-?]{2}\r\n")
    LONGEST = 15

    def decode(self, raw: bytes) -> Frame | None:
        """Checked, then read."""
        return _said(raw) if checks.xor_holds(raw[:11], raw[11:13]) else None

    def encode(self, shown: Frame) -> bytes:
        """The frame of a weight, of overload or of underload."""
        covered = b"W%c%bkg" % (b"GN"[shown.kind == "net"], _field(shown))
        return covered + checks.xor_pair(covered) + b"\r\n"


class YaohuaA12EUnchecked(Scanner):
    """The field's variant: 13 bytes, nothing to check them by."""

    family = "yaohua-a12e-unchecked"
    about = ("Yaohua A12E variant without check", "耀华 A12E 变体，无校验")
    PATTERN = re.compile(rb"w[wnt]" + _FIELD + rb"\r\n")
    LONGEST = 13

    def decode(self, raw: bytes) -> Frame | None:
        """Read as it stands."""
        return _said(raw)

    def encode(self, shown: Frame) -> bytes:
        """The frame of a weight, of overload or of underload."""
        letter = {"net": b"n", "tare": b"t"}.get(shown.kind or "", b"w")
        return b"w%b%bkg\r\n" % (letter, _field(shown))
