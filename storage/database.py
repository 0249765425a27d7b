"""Engines: SQLite and PostgreSQL behind the same SQLAlchemy Core code.

SQLite: write-ahead log, `synchronous=FULL` (the log file is synced at every commit), write
transactions begin IMMEDIATE. PostgreSQL: psycopg 3, READ COMMITTED; the head row is the lock.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ledger import timestamp
from ledger.errors import UnavailableError

BUSY_TIMEOUT_S = 30
"""How long SQLite waits for another process's write transaction, in seconds."""


# A process that froze while it held the head row must not stop all others for ever.
_POSTGRES_OPTIONS = "-c lock_timeout=20s -c idle_in_transaction_session_timeout=30s"

# Nor a server's machine that is gone without a word: by itself, the system waits a quarter of an
# hour for what it sent to be confirmed, and two hours before it asks after a silent connection.
_POSTGRES_CONNECTION = {
    "connect_timeout": 5,
    "tcp_user_timeout": 20_000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


def open_engine(url: str) -> Engine:
    """The engine of a SQLAlchemy URL, `sqlite:///…` or `postgresql+psycopg://…`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
            pool_size=8,
            max_overflow=24,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        parsed,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_use_lifo=True,  # a session used often keeps its prepared statements and caches warm
        pool_size=8,
        max_overflow=24,
        connect_args={**_POSTGRES_CONNECTION, "options": _POSTGRES_OPTIONS},
    )


def is_sqlite(engine: Engine) -> bool:
    """Whether the database is a SQLite file."""
    return engine.dialect.name == "sqlite"


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reading: one snapshot on SQLite, statement by statement on PostgreSQL.

    Raises:
        UnavailableError: the database does not answer.
    """
    with translated(), engine.connect() as connection:
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction, committed at the end unless something is raised.

    Raises:
        UnavailableError: the database does not answer; whether it committed may be unknown.
    """
    with translated(), engine.connect() as connection:
        connection.execution_options(mealtrace_write=True)
        with connection.begin():
            yield connection


@contextlib.contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Statements that give no rows, sent to PostgreSQL without waiting for one another.

    What one of them fails with is raised at the end of the block, as SQLAlchemy raises it.
    """
    if is_sqlite(connection.engine):
        yield
        return
    import psycopg  # noqa: PLC0415 - a fifth of the time in which a command on SQLite starts

    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    try:
        with raw.pipeline():
            yield
    except psycopg.Error as error:
        if raw.broken:
            connection.invalidate(error)
        raise DBAPIError.instance(
            "", None, error, psycopg.Error, dialect=connection.dialect
        ) from error


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Database failures as `UnavailableError`; constraint violations pass as they are."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise UnavailableError("the database does not answer", reason=_brief(error)) from error
    except PoolTimeoutError as error:
        raise UnavailableError("all connections to the database are in use") from error


def empty_wal(engine: Engine) -> bool:
    """Copy SQLite's write-ahead log into the file and cut it to nothing; False if readers hold it."""
    with translated(), engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA busy_timeout=1000")  # writers wait as long as this call does
        try:
            busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")
        return not busy


def now_ms(connection: Connection) -> int:
    """The database's clock, milliseconds since the epoch."""
    if connection.dialect.name == "sqlite":
        row = connection.exec_driver_sql(
            "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
        ).scalar_one()
        return timestamp.parse(row)
    value = connection.execute(
        text("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    ).scalar_one()
    return int(value)


def _brief(error: DBAPIError) -> str:
    """The driver's own words, without the statement and its parameters."""
    return str(error.orig).strip().split("\n")[0][:200]


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",  # a destroyed key must not stay in a free page
        "wal_autocheckpoint=16000",  # 64 MiB: random index pages are copied back less often
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("mealtrace_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
