"""Many rows of one table in one call, past the ORM: what the append transaction writes with."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlmodel import SQLModel


class BulkInsert:
    """`INSERT INTO table (columns) VALUES …` for tuples in the order of `columns`."""

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
            dialect: of the engine; `?` for SQLite, `%s` for psycopg.
            replace_on: column of a unique key on whose conflict the other columns are replaced.
            keep_on: column of a unique key on whose conflict nothing is written.
        """
        quote = dialect.identifier_preparer.quote
        names = ", ".join(quote(column) for column in columns)
        mark = "?" if dialect.paramstyle == "qmark" else "%s"
        marks = ", ".join(mark for _ in columns)
        table = quote(str(model.__tablename__))
        self._sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - own names
        if replace_on is not None:
            others = (quote(column) for column in columns if column != replace_on)
            changes = ", ".join(f"{name} = excluded.{name}" for name in others)
            self._sql += f" ON CONFLICT ({quote(replace_on)}) DO UPDATE SET {changes}"
        elif keep_on is not None:
            self._sql += f" ON CONFLICT ({quote(keep_on)}) DO NOTHING"

    def __call__(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write the rows, none of which may be missing a column."""
        if rows:
            connection.exec_driver_sql(self._sql, list(rows))
