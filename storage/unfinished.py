"""The mark of a database that a restore has not finished: a table of one row, with the reason.

It is no table of the log's own, and no migration makes it: a restore begins with it, before there
is any other, at whatever version the backup has. As long as it is there nothing opens the database.
"""

from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from ledger.errors import ConflictError
from storage.database import reading, writing

_TABLE: Final = "unfinished_restore"


def begin(engine: Engine, reason: str) -> None:
    """Mark the database; one that is marked gets the new reason.

    Raises:
        UnavailableError: the database does not answer.
    """
    with writing(engine) as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS {_TABLE}"))
        connection.execute(text(f"CREATE TABLE {_TABLE} (reason TEXT NOT NULL)"))
        connection.execute(
            text(f"INSERT INTO {_TABLE} VALUES (:reason)"),  # noqa: S608 - own name
            {"reason": reason},
        )


def finish(engine: Engine) -> None:
    """Let the database be opened."""
    with writing(engine) as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS {_TABLE}"))


def reason(connection: Connection) -> str | None:
    """Why the database may not be opened, None if it may."""
    if not inspect(connection).has_table(_TABLE):
        return None
    return str(connection.execute(text(f"SELECT reason FROM {_TABLE}")).scalar() or "")  # noqa: S608 - own name


def check_finished(engine: Engine) -> None:
    """Refuse a database that a restore has not finished.

    Raises:
        ConflictError: it says why.
        UnavailableError: the database does not answer.
    """
    with reading(engine) as connection:
        found = reason(connection)
    if found is not None:
        raise ConflictError(f"what was restored here is not to be used: {found}")
