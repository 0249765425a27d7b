"""What the processes that serve one log tell one another about the rates of those who ask.

One small row a process, overwritten: who it is, when it was seen last, and running counts of the
requests it let through by name. Nothing here is evidence; a row lost with a crash costs a second of
exactness. So PostgreSQL is not made to wait for its disk.
"""

from collections.abc import Mapping
from typing import Final

import orjson
from sqlalchemy import Engine, delete, insert, select, text, update

from storage.database import is_sqlite, now_ms, reading, writing
from storage.tables import ServingRow

FORGOTTEN_S: Final = 30.0
"""A process that said nothing for so long is gone."""

_SERVING = ServingRow.__table__  # type: ignore[attr-defined]


class Rates:
    """The rows of one log's processes."""

    def __init__(self, engine: Engine) -> None:
        """Args as `store.Store`."""
        self._engine = engine

    def tell(self, process: str, taken: Mapping[str, int]) -> None:
        """Say that a process lives, and its running counts by name; called by that process alone.

        Raises:
            UnavailableError: the database does not answer.
        """
        with writing(self._engine) as connection:
            if not is_sqlite(self._engine):
                connection.execute(text("SET LOCAL synchronous_commit = off"))
            now = now_ms(connection)
            row = {"seen_ms": now, "taken": orjson.dumps(taken).decode()}
            connection.execute(
                delete(_SERVING).where(
                    _SERVING.c.process != process,
                    _SERVING.c.seen_ms <= now - int(FORGOTTEN_S * 1000),
                )
            )
            changed = connection.execute(
                update(_SERVING).where(_SERVING.c.process == process).values(row)
            )
            if changed.rowcount == 0:
                connection.execute(insert(_SERVING).values(process=process, **row))

    def hear(self, process: str) -> dict[str, dict[str, int]]:
        """The counts by name of every other process that lives.

        Raises:
            UnavailableError: the database does not answer.
        """
        with reading(self._engine) as connection:
            since = now_ms(connection) - int(FORGOTTEN_S * 1000)
            found = connection.execute(
                select(_SERVING.c.process, _SERVING.c.taken).where(
                    _SERVING.c.process != process, _SERVING.c.seen_ms > since
                )
            )
            return {row.process: orjson.loads(row.taken) for row in found}

    def leave(self, process: str) -> None:
        """Say that a process is gone; the others divide rates by one less.

        Raises:
            UnavailableError: the database does not answer; it is forgotten by itself.
        """
        with writing(self._engine) as connection:
            connection.execute(delete(_SERVING).where(_SERVING.c.process == process))
