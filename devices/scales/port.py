"""A serial line (串口) or `socket://host:port` through pyserial, which comes back by itself.

The only file that imports pyserial. A line is opened for this program alone. What comes within
`gather_s` of a first byte is read at once: a scale that says eighty times a second what it said
before wakes this program ten times, not eighty.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from devices.scales.line import Framing
from ledger.errors import MalformedError, UnavailableError

try:
    import serial
except ImportError as missing:
    raise UnavailableError(
        "pyserial is not installed: pip install 'mealtrace[devices]' "
        "（未安装 pyserial：pip install 'mealtrace[devices]'）"
    ) from missing

_FRAMINGS: Final[dict[Framing, tuple[int, str, float]]] = {
    "8N1": (serial.EIGHTBITS, serial.PARITY_NONE, serial.STOPBITS_ONE),
    "7E1": (serial.SEVENBITS, serial.PARITY_EVEN, serial.STOPBITS_ONE),
    "7O1": (serial.SEVENBITS, serial.PARITY_ODD, serial.STOPBITS_ONE),
    "8E1": (serial.EIGHTBITS, serial.PARITY_EVEN, serial.STOPBITS_ONE),
}

_FAULTS: Final = (OSError, ValueError, serial.SerialException)


@dataclass(slots=True)
class Port:
    """A line that is opened again whenever it breaks.

    Attributes:
        url: `/dev/ttyUSB0`, `COM3`, `socket://192.0.2.7:4001`, or another of pyserial's.
        baud: bits a second; sockets have none.
        framing: data bits, parity, stop bits.
        wait_s: how long `read` waits for a first byte.
        gather_s: how long it then lets more of them come.
        retry_s: wait before the first new attempt to open; doubled up to `retry_at_most_s`.
        fault: why the line is down, or None while it is up.
    """

    url: str
    baud: int = 9600
    framing: Framing = "8N1"
    wait_s: float = 0.25
    gather_s: float = 0.05
    retry_s: float = 0.5
    retry_at_most_s: float = 10.0
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    session: int = 0
    fault: str | None = None
    _device: Any = None
    _patience_s: float = 0.0
    _next_attempt: float = 0.0

    def __post_init__(self) -> None:
        """Only what pyserial can do."""
        if self.framing not in _FRAMINGS:
            raise MalformedError(f"framing {self.framing!r} is none of {', '.join(_FRAMINGS)}")

    @property
    def up(self) -> bool:
        """Whether the line is open."""
        return self._device is not None

    def open(self) -> bool:
        """Open the line now; whether it is open. `fault` says why it is not."""
        if self._device is not None:
            return True
        bits, parity, stop = _FRAMINGS[self.framing]
        try:
            self._device = serial.serial_for_url(
                self.url, baudrate=self.baud, bytesize=bits, parity=parity, stopbits=stop,
                timeout=self.wait_s, write_timeout=1.0, exclusive=True,
            )  # fmt: skip
        except _FAULTS as error:
            self._down(error)
            return False
        self.session += 1
        self.fault, self._patience_s = None, 0.0
        return True

    def read(self) -> bytes:
        """What has come; b"" after `wait_s` without any, or while the line is down."""
        if self._device is None and not self._again():
            return b""
        try:
            first: bytes = self._device.read(1)
            if not first:
                return b""
            self.sleep(self.gather_s)
            # A socket tells only whether something waits, not how much of it.
            return first + b"".join(iter(self._waiting, b""))
        except _FAULTS as error:
            self._down(error)
            return b""

    def _waiting(self) -> bytes:
        count = self._device.in_waiting
        found: bytes = self._device.read(count) if count else b""
        return found

    def write(self, data: bytes) -> None:
        """Send; nothing happens while the line is down."""
        if self._device is None:
            return
        try:
            self._device.write(data)
        except _FAULTS as error:
            self._down(error)

    def close(self) -> None:
        """Let others have the line."""
        if self._device is not None:
            with contextlib.suppress(*_FAULTS):
                self._device.close()
        self._device = None

    def _again(self) -> bool:
        """Try to open where it is time; else wait a moment."""
        left_s = self._next_attempt - self.monotonic()
        if left_s > 0:
            self.sleep(min(left_s, self.wait_s))
            return False
        return self.open()

    def _down(self, error: Exception) -> None:
        self.fault = str(error)
        self.close()
        self._patience_s = min(2 * self._patience_s or self.retry_s, self.retry_at_most_s)
        self._next_attempt = self.monotonic() + self._patience_s
