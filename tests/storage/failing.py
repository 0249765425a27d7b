"""Databases and marks that fail when told to: before a call did anything, or after it did all.

The database under them is real: what a failing call did, or did not do, is done or not done there.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from ledger.errors import UnavailableError
from storage.mark import Mark, ReleasedMark

COMMIT = "COMMIT"


class When(Enum):
    """What a failing call did before it reported its failure."""

    NOTHING = "not done"
    ALL = "done but reported failed"
    LOST = "connection cut before"
    CUT = "done, then the connection cut"


class Faults:
    """Counts the calls to a database and fails those that `fails` picks by number and text."""

    def __init__(self, engine: Engine) -> None:
        self.calls: list[str] = []
        self.fails: Callable[[int, str], When | None] = lambda _number, _text: None
        self._engine = engine
        self._dialect = engine.dialect
        self._sqlite = self._dialect.name == "sqlite"
        self._commit = self._dialect.do_commit
        self._dialect.do_commit = self._do_commit  # type: ignore[method-assign]
        event.listen(engine, "do_execute", self._do_execute)
        event.listen(engine, "do_executemany", self._do_executemany)
        event.listen(engine, "do_execute_no_params", self._do_execute_no_params)

    @contextmanager
    def failing(self, at: int, when: When) -> Iterator[None]:
        """Fail call number `at`, counted from here."""
        self.calls.clear()
        self.fails = lambda number, _text: when if number == at else None
        try:
            yield
        finally:
            self.fails = lambda _number, _text: None

    @contextmanager
    def failing_commits(self, when: When, times: int = 1) -> Iterator[None]:
        """Fail the next `times` commits."""
        left = [when] * times
        self.fails = lambda _number, text: left.pop() if text == COMMIT and left else None
        try:
            yield
        finally:
            self.fails = lambda _number, _text: None

    def _call(self, text: str, connection: Any, perform: Callable[[], Any]) -> None:
        when = self.fails(len(self.calls), text)
        self.calls.append(text)
        if when is When.LOST:
            self._cut(connection)
            if self._sqlite:
                raise sqlite3.OperationalError("disk I/O error")
            perform()  # fails by itself
            raise AssertionError("the connection was cut and yet answered")
        if when is not When.NOTHING:
            perform()
        if when is When.CUT:
            self._cut(connection)
        if when is not None:
            raise (
                sqlite3.OperationalError("disk I/O error")
                if self._sqlite
                else (psycopg.OperationalError("server closed the connection unexpectedly"))
            )

    def _cut(self, connection: Any) -> None:
        if self._sqlite:
            connection.rollback()
            return
        with psycopg.connect(
            host="127.0.0.1", port=self._engine.url.port, user="postgres", dbname="postgres"
        ) as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])

    def _do_commit(self, connection: Any) -> None:
        driver = getattr(connection, "driver_connection", connection)
        self._call(COMMIT, driver, lambda: self._commit(connection))

    def _do_execute(self, cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        self._call(statement, cursor.connection, lambda: cursor.execute(statement, parameters))
        return True

    def _do_executemany(self, cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        self._call(statement, cursor.connection, lambda: cursor.executemany(statement, parameters))
        return True

    def _do_execute_no_params(self, cursor: Any, statement: str, _context: Any) -> bool:
        self._call(statement, cursor.connection, lambda: cursor.execute(statement))
        return True


class FailingMark:
    """A mark whose calls fail when told to, and that remembers all it was raised to."""

    def __init__(self, mark: ReleasedMark) -> None:
        self._mark = mark
        self.on_read: When | None = None
        self.on_advance: When | None = None

    def read(self) -> Mark | None:
        if self.on_read is not None:
            raise UnavailableError("the mark does not answer")
        return self._mark.read()

    def begin_read(self) -> Callable[[], Mark | None]:
        return self.read

    def advance(self, mark: Mark) -> None:
        if self.on_advance is not When.NOTHING:
            self._mark.advance(mark)
        if self.on_advance is not None:
            raise UnavailableError("the mark does not answer")
