"""Ohaus (奥豪斯): lines of text, asked for or printed again and again; no check.

    sign  blank  seven characters  blank  unit of five  ? if moving  G, NET or T  CR LF

Asked with IP (print at once), P, SP (when at rest), CP (continuously), xP (every x seconds); Z
zeroes, T tares, PSN gives the serial number. Lines have no header: one is taken only where a line
begins, since digits before it could not be told from its own.
"""

import re

from devices.scales.digits import decimal, written
from devices.scales.frame import Frame, Kind
from devices.scales.parser import Scanner
from devices.scales.units import unit_of

_KINDS: dict[bytes, Kind] = {b"G": "gross", b"NET": "net", b"T": "tare"}
_LEGENDS = {kind: legend for legend, kind in _KINDS.items()}


class Ohaus(Scanner):
    """Asked for each weight with `IP`."""

    family = "ohaus"
    about = ("Ohaus, asked", "奥豪斯 应答方式")
    asks: tuple[bytes, ...] = (b"IP\r\n",)
    PATTERN = re.compile(rb"(?<=\n)[-+ ] [ 0-9.]{7} [ a-z]{5}[ ?]? {0,2}(?:G|NET|T)? {0,3}\r\n")
    LONGEST = 26
    BEFORE = b"\n"

    def decode(self, raw: bytes) -> Frame | None:
        """Sign, number, unit, motion, legend."""
        number, unit = decimal(raw[2:9]), unit_of(raw[10:15])
        if number is None or unit is None:
            return None
        tail = raw[15:].strip()
        moving = tail[:1] == b"?"
        kind = _KINDS.get(tail[1:].strip() if moving else tail)
        value = -number[0] if raw[:1] == b"-" else number[0]
        return Frame(raw, value, number[1], unit, kind, not moving)

    def encode(self, shown: Frame) -> bytes:
        """The line of a weight."""
        value = shown.value or 0
        return b"%c %b %b%c%b\r\n" % (
            b" -"[value < 0],
            written(abs(value), shown.decimals, 7, " "),
            shown.unit.ljust(5).encode(),
            b" ?"[shown.motion],
            _LEGENDS[shown.kind].ljust(3) if shown.kind else b"",
        )


class OhausContinuous(Ohaus):
    """Told once to print again and again, with `CP`."""

    family = "ohaus-continuous"
    protocol = "ohaus"
    about = ("Ohaus, printed continuously", "奥豪斯 连续方式")
    begins = (b"CP\r\n",)
    asks = ()
