"""Many rows of one table in one call, past the ORM: what the append transaction writes with.

SQLite takes them one by one through `executemany`. PostgreSQL takes each column as one array, in
binary: one statement instead of hundreds, measured at half the time and a fifth of the client's.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlmodel import SQLModel


class BulkInsert:
    """`INSERT INTO table (columns) …` for tuples in the order of `columns`."""

    def __init__(
        self,
        model: type[SQLModel],
        columns: Sequence[str],
        dialect: Dialect,
        *,
        replace_on: str | None = None,
        keep_on: str | None = None,
    ) -> None:
        """Build the statement once.

        Args:
            model: a table of `tables.py`.
            columns: the columns written.
            dialect: of the engine, SQLite's or psycopg's.
            replace_on: column of a unique key on whose conflict the other columns are replaced.
            keep_on: column of a unique key on whose conflict nothing is written.
        """
        quote = dialect.identifier_preparer.quote
        names = ", ".join(quote(column) for column in columns)
        self._as_arrays = dialect.name == "postgresql"
        if self._as_arrays:
            types = model.__table__.c  # type: ignore[attr-defined]
            arrays = (f"%b::{types[column].type.compile(dialect)}[]" for column in columns)
            values = f"SELECT * FROM unnest({', '.join(arrays)})"  # noqa: S608 - own names
        else:
            values = f"VALUES ({', '.join('?' for _ in columns)})"
        table = quote(str(model.__tablename__))
        self._sql = f"INSERT INTO {table} ({names}) {values}"
        if replace_on is not None:
            others = (quote(column) for column in columns if column != replace_on)
            changes = ", ".join(f"{name} = excluded.{name}" for name in others)
            self._sql += f" ON CONFLICT ({quote(replace_on)}) DO UPDATE SET {changes}"
        elif keep_on is not None:
            self._sql += f" ON CONFLICT ({quote(keep_on)}) DO NOTHING"

    def __call__(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write the rows, none of which may be missing a column; no unique key stands twice."""
        if not rows:
            return
        if self._as_arrays:
            connection.exec_driver_sql(
                self._sql, tuple(list(column) for column in zip(*rows, strict=True))
            )
        else:
            connection.exec_driver_sql(self._sql, list(rows))
