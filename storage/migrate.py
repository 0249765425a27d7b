"""Migrations: `mealtrace migrate` alone changes the database's shape, under a lock (DESIGN §5)."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from ledger.errors import ConflictError
from storage.database import is_sqlite, reading, translated

_FOLDER: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x6D65616C  # "meal": the advisory lock's number


def migrate(engine: Engine) -> None:
    """Bring the database to this version. Processes that call it at once wait for one another.

    Raises:
        UnavailableError: the database does not answer.
    """
    with translated(), engine.connect() as connection:
        connection.execution_options(mealtrace_write=True)
        with connection.begin():
            if not is_sqlite(engine):
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            upgrade(connection, "head")


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the database to a revision within a transaction of the caller's.

    Raises:
        ConflictError: this program knows no such revision.
    """
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise ConflictError(
            f"version {revision} is not one of this program's; a newer program made it"
        ) from error


def check_migrated(engine: Engine) -> None:
    """Refuse a database of another version than this program's.

    Raises:
        ConflictError: it is not; the message names the command that changes it.
        UnavailableError: the database does not answer.
    """
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    with reading(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise ConflictError(
            f"the database is at version {found or 'none'}, this program needs {wanted}; "
            "run `mealtrace migrate`"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
