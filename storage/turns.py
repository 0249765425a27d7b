"""Turns at a released mark that all machines share: one process at a time reads it or raises it.

An S3 server that is asked twice at once for an object being written lets the later one wait and try
again after a random while (MinIO: up to 50 ms, several times over), which is far longer than the
write. PostgreSQL keeps a queue and wakes the next at once. The turn orders, and guards nothing: that
the mark only grows is held by the mark itself, so whoever gets no turn in time goes on without.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database import is_sqlite
from storage.mark import Mark, ReleasedMark

_NUMBER: Final = 0x6D61726B  # "mark": the advisory lock's number
_TAKE: Final = text(
    "SELECT set_config('lock_timeout', '250ms', true), pg_advisory_xact_lock(:number)"
)


class MarkInTurn:
    """A `ReleasedMark`, asked by one thread of one process at a time."""

    def __init__(self, mark: ReleasedMark, engine: Engine) -> None:
        """The processes that append to `engine`'s database share `mark`."""
        self._mark = mark
        self._engine = engine
        self._lock = threading.Lock()
        self._reading = ThreadPoolExecutor(1, "mark")

    def read(self) -> Mark | None:
        """The mark."""
        with self._turn():
            return self._mark.read()

    def begin_read(self) -> Callable[[], Mark | None]:
        """Read in a thread of its own."""
        return self._reading.submit(self.read).result

    def advance(self, mark: Mark) -> None:
        """Raise the mark."""
        with self._turn():
            self._mark.advance(mark)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock, contextlib.ExitStack() as until_done:
            if not is_sqlite(self._engine):
                with contextlib.suppress(SQLAlchemyError):
                    connection = until_done.enter_context(self._engine.connect())
                    connection.execute(_TAKE, {"number": _NUMBER})
            yield
