"""Bytes in, frames out: what every family of scales has in common. No I/O, no clock.

    buffer   what may still become a frame, shorter than the longest frame of the family
    PATTERN  shape of one frame; searched over all that came at once, by the regex engine
    decode   the rest: the check and the meaning of one candidate; None: it is no frame

A candidate that fails its check gives up its first byte only: a true frame may begin within it.
Where a read ends does not matter, nor what stands between frames. A scale says the same thing a
hundred times, so frames seen lately are remembered instead of decoded again.
"""

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol, runtime_checkable

from devices.scales.frame import Frame
from devices.scales.units import Unit
from ledger.errors import MalformedError

_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Options:
    """What a frame does not say and whoever installs the scale knows.

    Attributes:
        unit: for protocols that name none.
        address: of the indicator on a shared line, A to Z, for protocols that have one.
    """

    unit: Unit = "kg"
    address: str = "A"

    def __post_init__(self) -> None:
        """An address is one letter.

        Raises:
            MalformedError: this one is not.
        """
        if not re.fullmatch("[A-Z]", self.address):
            raise MalformedError(f"address {self.address!r} is not one letter A to Z")


@runtime_checkable
class Parser(Protocol):
    """One family of scales; `Scanner` is the easy way to write one.

    Attributes:
        family: its name in a configuration.
        protocol: how a `weigh-in` names the way its `raw_frame` is read.
        checked: whether each frame has a check of its own.
        begins: sent once whenever the line is opened.
        asks: questions, in turn, each of which is answered by one frame; () where the scale
            sends of itself.
        failed_frames: candidates that failed their check, or made no sense, so far.
        dropped_bytes: bytes that belonged to no frame, so far.
    """

    family: str
    protocol: str
    checked: bool
    begins: tuple[bytes, ...]
    asks: tuple[bytes, ...]
    failed_frames: int
    dropped_bytes: int

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that these bytes complete, in their order."""
        ...

    def reset(self) -> None:
        """Forget the beginning of a frame: the line was cut."""
        ...


class Scanner:
    """A parser whose frames have one shape.

    A family sets the class's attributes and `decode`, and where it can be emulated `encode`.
    """

    family: str = ""
    protocol: str = ""
    checked: bool = False
    begins: tuple[bytes, ...] = ()
    asks: tuple[bytes, ...] = ()
    about: ClassVar[tuple[str, str]] = ("", "")
    """One phrase in English and in Chinese, for lists."""

    PATTERN: ClassVar[re.Pattern[bytes]]
    LONGEST: ClassVar[int]
    """Bytes of the longest frame that PATTERN can match."""
    BEFORE: ClassVar[bytes] = b""
    """What PATTERN looks behind itself for; taken to stand before the first byte ever."""

    def __init__(self, options: Options = Options()) -> None:
        self.options = options
        self.protocol = self.protocol or self.family
        self.failed_frames = 0
        self.dropped_bytes = 0
        self._rest = self.BEFORE
        self._known: dict[bytes, Frame] = {}

    def decode(self, raw: bytes) -> Frame | None:
        """What a candidate says, or None where its check fails or it makes no sense."""
        raise NotImplementedError

    def encode(self, shown: Frame) -> bytes:
        """The frame that says what is shown, for emulators; `shown.raw` is ignored."""
        raise NotImplementedError

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that these bytes complete, in their order."""
        before = len(self._rest)
        buffer = self._rest + data
        frames: list[Frame] = []
        taken = position = 0
        known = self._known
        searching = True
        while searching:
            searching = False
            for found in self.PATTERN.finditer(buffer, position):
                raw = found[0]
                frame = known.get(raw)
                if frame is None:
                    frame = self.decode(raw)
                    if frame is None:
                        self.failed_frames += 1
                        position = found.start() + 1
                        searching = True
                        break
                    if len(known) >= _REMEMBERED:
                        known.clear()
                    known[raw] = frame
                frames.append(frame)
                taken += len(raw)
                position = found.end()
        # One byte more than may begin a frame is kept where the pattern looks behind itself.
        context = len(self.BEFORE)
        kept = max(position - context, len(buffer) - self.LONGEST + 1 - context, 0)
        self._rest = buffer[kept:]
        self.dropped_bytes += before + len(data) - taken - len(self._rest)
        return frames

    def reset(self) -> None:
        """Forget the beginning of a frame: the line was cut."""
        self.dropped_bytes += len(self._rest) - len(self.BEFORE)
        self._rest = self.BEFORE
