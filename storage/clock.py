"""The log's clock is the database's: all processes of a log share it, and append only beside it.

A process whose own clock is off must not vouch for times, and a database whose clock jumps would put
the jump into the log for ever: times in it never go back (FORMATS §1).
"""

import time
from typing import Final

from sqlalchemy import Connection

from ledger.errors import UnavailableError
from storage.database import now_ms

MAX_SKEW_MS: Final = 5_000
"""A process further off the database's clock than this refuses to append."""

MAX_JUMP_MS: Final = 3_600_000
"""A database clock that jumps further than this while the process runs stops appending."""


class LogClock:
    """The database's clock as one process has seen it; one thread reads it at a time."""

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None

    def read(self, connection: Connection) -> int:
        """Milliseconds since the epoch, if this process may believe the clock.

        Raises:
            UnavailableError: it is off this process's own, or jumped since it was read last.
        """
        database_ms, process_ms = now_ms(connection), time.time_ns() // 1_000_000
        if abs(database_ms - process_ms) > MAX_SKEW_MS:
            raise UnavailableError(
                f"this process's clock is {(process_ms - database_ms) / 1000:+.1f} s off the "
                "database's; set the clocks and try again"
            )
        monotonic_s = time.monotonic()
        if self._last is not None:
            last_ms, last_s = self._last
            jump_ms = database_ms - last_ms - (monotonic_s - last_s) * 1000
            if abs(jump_ms) > MAX_JUMP_MS:
                raise UnavailableError(
                    f"the database's clock jumped by {jump_ms / 1000:+.0f} s; nothing is appended "
                    "until this process is started again"
                )
        self._last = (database_ms, monotonic_s)
        return database_ms
