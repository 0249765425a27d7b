"""Yaohua DS3 and D types, command mode (指令方式): the indicator answers when it is asked.

    asked      02  address  command  check check  03
    answered   02  address  command  sign  d d d d d d  point  check check  03

Addresses are A to Z; commands A handshake, B gross, C tare, D net. The XOR covers address to point;
a handshake is answered as it was asked. No unit and no sign of rest. Gross and tare are asked in
turn: net is their difference. Other indicators on the same line (RS-485) are not listened to.
"""

import re
from typing import Final

from devices.scales import checks
from devices.scales.frame import Frame, Kind
from devices.scales.parser import Options, Scanner
from devices.scales.yaohua_continuous import signed

HANDSHAKE: Final = "A"
_KINDS: Final[dict[int, Kind]] = {ord("B"): "gross", ord("C"): "tare", ord("D"): "net"}
_COMMANDS: Final[dict[Kind, str]] = {kind: chr(code) for code, kind in _KINDS.items()}

QUERY: Final = re.compile(rb"\x02([A-Z])([A-D])([0-9A-F:-?]{2})\x03")


def query(address: str, command: str) -> bytes:
    """The question of one command."""
    covered = f"{address}{command}".encode("ascii")
    return b"\x02" + covered + checks.xor_pair(covered) + b"\x03"


class YaohuaCommand(Scanner):
    """Answers of 14 bytes to questions of 6."""

    family = "yaohua-command"
    checked = True
    about = ("Yaohua DS3 and D types, command mode", "耀华 DS3、D 型指令方式")
    PATTERN = re.compile(rb"\x02[A-Z](?:A|[B-D][+-][0-9]{6}[0-4])[0-9A-F:-?]{2}\x03")
    LONGEST = 14

    def __init__(self, options: Options = Options()) -> None:  # noqa: B008 - frozen
        super().__init__(options)
        self.asks = (query(options.address, "B"), query(options.address, "C"))
        self._address = ord(options.address)

    def decode(self, raw: bytes) -> Frame | None:
        """An answer of the indicator that was asked; a handshake holds no weight."""
        if raw[1] != self._address or not checks.xor_holds(raw[1:-3], raw[-3:-1]):
            return None
        if len(raw) < self.LONGEST:
            return Frame(raw, None, 0, self.options.unit)
        return Frame(raw, int(raw[3:10]), raw[10] - 0x30, self.options.unit, _KINDS[raw[2]])

    def encode(self, shown: Frame) -> bytes:
        """The answer that gives the weight of this kind."""
        command = _COMMANDS[shown.kind or "gross"]
        covered = f"{self.options.address}{command}".encode("ascii") + signed(shown)
        return b"\x02" + covered + checks.xor_pair(covered) + b"\x03"
