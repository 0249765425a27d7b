"""What a scale is spoken to through: a serial line, a socket, or whatever a test puts in its place."""

from typing import Literal, Protocol

Framing = Literal["8N1", "7E1", "7O1", "8E1"]
"""Data bits, parity, stop bits."""


class Line(Protocol):
    """Bytes to and fro.

    Attributes:
        session: counts up whenever the line is opened; 0 while it never was.
    """

    session: int

    def read(self) -> bytes:
        """What has come, after a wait of a moment at most; b"" where nothing has."""
        ...

    def write(self, data: bytes) -> None:
        """Send; nothing happens while the line is down."""
        ...
