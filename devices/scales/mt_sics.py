"""MT-SICS of Mettler Toledo (梅特勒-托利多): lines of text, asked for or sent again and again.

    asked      S, SI, SIR, Z, T, @   each with CR LF
    answered   S S     100.00 g      at rest        S D …   moving
               S I   busy            S +   overload         S -   underload

`SI` is answered with `S S …`; an emulator in use answers `SI S …`, so either is taken. No check: a
damaged digit passes. `T` answers `T S …` with the tare.
"""

import re

from devices.scales.digits import decimal, written
from devices.scales.frame import Frame, Kind
from devices.scales.parser import Scanner
from devices.scales.units import unit_of


class MtSics(Scanner):
    """Asked for each weight with `SI`."""

    family = "mt-sics"
    about = ("MT-SICS, asked", "MT-SICS 应答方式")
    asks: tuple[bytes, ...] = (b"SI\r\n",)
    PATTERN = re.compile(
        rb"(?<=\n)(?:S(?:IR?)? (?:[SD] {1,12}-?[0-9]{1,9}(?:\.[0-9]{1,6})? (?:kg|g|mg|t|lb|oz)|[I+-])"
        rb"|T S {1,12}-?[0-9]{1,9}(?:\.[0-9]{1,6})? (?:kg|g|mg|t|lb|oz))\r\n"
    )
    LONGEST = 40
    BEFORE = b"\n"

    def decode(self, raw: bytes) -> Frame | None:
        """Command, status, weight, unit."""
        command, status, *rest = raw.split()
        if not rest:
            return Frame(raw, None, 0, self.options.unit, None, False, None, 1,
                         status == b"+", status == b"-")  # fmt: skip
        number, unit = decimal(rest[0]), unit_of(rest[1])
        if number is None or unit is None:
            return None
        kind: Kind | None = "tare" if command == b"T" else None
        return Frame(raw, number[0], number[1], unit, kind, status == b"S")

    def encode(self, shown: Frame) -> bytes:
        """The answer that gives a weight, or says why there is none."""
        if shown.overload or shown.underload or shown.value is None:
            return b"S +\r\n" if shown.overload else b"S -\r\n" if shown.underload else b"S I\r\n"
        command = b"T" if shown.kind == "tare" else b"S"
        status = b"D" if shown.motion else b"S"
        field = written(shown.value, shown.decimals, 10, " ")
        return b"%b %b %b %b\r\n" % (command, status, field, shown.unit.encode())


class MtSicsContinuous(MtSics):
    """Told once to send again and again, with `SIR`."""

    family = "mt-sics-continuous"
    protocol = "mt-sics"
    about = ("MT-SICS, sent continuously", "MT-SICS 连续方式")
    begins = (b"SIR\r\n",)
    asks = ()
