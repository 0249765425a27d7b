"""Random bytes of the system, drawn many at a time.

Each draw gives up the interpreter's lock, and then waits until another thread gives it back: the
append transaction would do so twice for every record.
"""

import os
import threading
from typing import Final

_DRAWN: Final = 8_192


class Entropy:
    """Gives every byte once; may be shared by threads."""

    def __init__(self) -> None:
        """Nothing is drawn yet."""
        self._lock = threading.Lock()
        self._drawn = b""
        self._given = 0

    def take(self, size: int) -> bytes:
        """`size` random bytes, at most 8,192, that nobody else gets."""
        with self._lock:
            if self._given + size > len(self._drawn):
                self._drawn, self._given = os.urandom(_DRAWN), 0
            taken = self._drawn[self._given : self._given + size]
            self._given += size
        if len(taken) != size:
            raise ValueError(f"at most {_DRAWN} bytes at once")
        return taken
