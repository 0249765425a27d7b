r"""Toledo continuous output, also of Mettler Toledo and many clones.

    02  A  B  C  d d d d d d  d d d d d d  0D  [check]
                 weight       tare             two's complement of the 7-bit sum

    A  bits 0-2   2 no decimals, 3 .X, 4 .XX, 5 .XXX
       bits 3-4   last digit moves by 1, 2 or 5 (1, 2, 3)
    B  bit 0      net        bit 1  negative     bit 2  out of range
       bit 3      motion     bit 4  kilograms    bit 6  just powered up
    C  bit 0      grams      bit 3  print key

All other bits are left alone: makers hold them constant, each in his own way, and the eighth may be
parity. Whether the check is sent is set on the indicator, so it is a family of its own: were it
optional for a parser, a frame whose check failed would pass as one that has none.
"""

import re

from devices.scales import checks
from devices.scales.frame import Frame, Kind
from devices.scales.parser import Scanner
from devices.scales.units import Unit

_STEPS = {0: 1, 1: 1, 2: 2, 3: 5}
_STEP_CODES = {1: 1, 2: 2, 5: 3}


class Toledo(Scanner):
    """17 bytes, nothing to check them by."""

    family = "toledo-continuous"
    about = ("Toledo continuous, no checksum, 17 bytes", "托利多连续输出，无校验，17 字节")
    PATTERN = re.compile(rb"\x02.{3}[ 0-9]{6}[ 0-9]{6}\r", re.DOTALL)
    LONGEST = 17

    def decode(self, raw: bytes) -> Frame | None:
        """Status bytes A, B and C, weight and tare."""
        a, b, c = raw[1], raw[2], raw[3]
        decimals = (a & 7) - 2
        if not 0 <= decimals <= 3:
            return None
        unit: Unit = "g" if c & 0x01 else "kg" if b & 0x10 else "lb"
        step, stable = _STEPS[a >> 3 & 3], not b & 0x48
        if b & 0x04:
            below = bool(b & 0x02)
            return Frame(raw, None, decimals, unit, None, stable, None, step, not below, below)
        try:
            value, tare = int(raw[4:10]), int(raw[10:16])
        except ValueError:  # blanks between digits, or nothing else
            return None
        kind: Kind = "net" if b & 0x01 else "gross"
        return Frame(
            raw, -value if b & 0x02 else value, decimals, unit, kind, stable, tare, step
        )  # fmt: skip

    def encode(self, shown: Frame) -> bytes:
        """The frame of a weight with its tare, or of one out of range."""
        value, beyond = shown.value or 0, shown.overload or shown.underload
        a = 0x20 | _STEP_CODES[shown.step] << 3 | shown.decimals + 2
        b = (
            0x20 | (shown.kind == "net") | (value < 0 or shown.underload) << 1 | beyond << 2
            | shown.motion << 3 | (shown.unit in {"kg", "g"}) << 4
        )  # fmt: skip
        c = 0x20 | (shown.unit == "g")
        return b"\x02%c%c%c%06d%06d\r" % (a, b, c, abs(value), shown.tare or 0)


class ToledoChecked(Toledo):
    """18 bytes: the same with a checksum."""

    family = "toledo-continuous-checked"
    protocol = "toledo-continuous"
    checked = True
    about = ("Toledo continuous with checksum, 18 bytes", "托利多连续输出，带校验，18 字节")
    PATTERN = re.compile(Toledo.PATTERN.pattern + rb".", re.DOTALL)
    LONGEST = 18

    def decode(self, raw: bytes) -> Frame | None:
        """Checked, then read."""
        return super().decode(raw) if checks.sum_holds(raw) else None

    def encode(self, shown: Frame) -> bytes:
        """The frame with its checksum."""
        frame = super().encode(shown)
        return frame + bytes((checks.sum_of(frame),))
