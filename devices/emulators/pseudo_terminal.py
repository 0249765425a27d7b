"""A serial line without a cable: a pseudo-terminal whose other end pyserial opens.

It has a speed, though a pseudo-terminal has none: where whoever opened it set another one, bytes
arrive as a receiver makes them out that looks for bits at the wrong times, so that speeds can be
found out. What nobody takes is lost, as on a cable.

    line level   ▔▔▁a₀a₁a₂a₃a₄a₅a₆a₇▔▁b₀b₁…   start bit, eight data bits, stop bit
"""

import contextlib
import os
import pty
import termios
import tty
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_SPEEDS: Final = {
    getattr(termios, f"B{baud}"): baud
    for baud in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
}
_BITS: Final = 10


class PseudoTerminal:
    """One end of the line; `path` is the other.

    Attributes:
        path: what a program opens, `/dev/pts/3`.
        baud: the device's speed; None: it is understood at any.
    """

    def __init__(self, baud: int | None = None, link: Path | None = None) -> None:
        """`link` is made to point at the other end, in place of an older link."""
        self.baud = baud
        # The other end is held open here too: else each program that closes it ends the line.
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)
        self._link = link
        if link is not None:
            if link.is_symlink():
                link.unlink()
            link.symlink_to(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        for end in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                os.close(end)

    def write(self, data: bytes) -> None:
        """Send; what does not fit because nobody reads is lost."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._ours, self._through(data, sending=True))

    def read(self) -> bytes:
        """What has come, without waiting."""
        try:
            return self._through(os.read(self._ours, 4096), sending=False)
        except BlockingIOError:
            return b""

    def fileno(self) -> int:
        """To wait for bytes with `select`."""
        return self._ours

    def _through(self, data: bytes, *, sending: bool) -> bytes:
        theirs = _SPEEDS.get(termios.tcgetattr(self._ours)[5])
        if self.baud is None or theirs is None or theirs == self.baud:
            return data
        return resampled(data, self.baud, theirs) if sending else resampled(data, theirs, self.baud)


def resampled(data: bytes, sent_at: int, read_at: int) -> bytes:
    """What a receiver of one speed makes of bytes that were sent at another."""
    level = [1] * _BITS
    for byte in data:
        level += [0, *(byte >> bit & 1 for bit in range(8)), 1]
    level += [1] * _BITS

    def at(half_bits: int) -> int:
        """Level so many halves of the receiver's bits after the beginning."""
        index = half_bits * sent_at // (2 * read_at)
        return level[index] if index < len(level) else 1

    found = bytearray()
    now, end = 0, 2 * len(level) * read_at // sent_at
    while now < end:
        if at(now):
            now += 1
            continue
        found.append(sum(at(now + 2 * bit + 3) << bit for bit in range(8)))
        now += 2 * 9 + 1
        while now < end and not at(now):  # no stop bit: wait for the line to rise
            now += 1
    return bytes(found)
