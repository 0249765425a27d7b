"""Statements about the rows of many keys, composed once for each number of keys.

SQLAlchemy writes an `IN` anew for each call, which takes several times as long as the database
takes to answer it, and the append transaction asks five such questions. Here PostgreSQL gets all
keys as one array, SQLite one parameter each, their number rounded up to a power of two by
repeating the last: so every text is composed, and prepared by the database, once.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, CursorResult, Delete, Select, Update, text

MOST: Final = 512
"""Keys of one statement on SQLite."""

_MARK: Final = "@keys@"


class Among:
    """`statement` for the rows whose `column` is one of the keys.

    Rows come as the driver gives them: a flag of SQLite is 0 or 1.
    """

    def __init__(
        self, statement: Select[Any] | Update | Delete, column: ColumnElement[Any]
    ) -> None:
        """`statement` binds no parameters but constants."""
        self._statement = statement.where(text(_MARK))
        self._column = column
        self._texts: dict[tuple[str, int], str] = {}

    def __call__(self, connection: Connection, keys: Sequence[Any]) -> list[CursorResult[Any]]:
        """Run it; one result for so many keys as go into one statement, none for no keys."""
        if not keys:
            return []
        if connection.dialect.name == "postgresql":
            return [connection.exec_driver_sql(self._text(connection, 1), (list(keys),))]
        results = []
        for at in range(0, len(keys), MOST):
            part = keys[at : at + MOST]
            count = 1 << (len(part) - 1).bit_length()
            padded = (*part, *[part[-1]] * (count - len(part)))
            results.append(connection.exec_driver_sql(self._text(connection, count), padded))
        return results

    def _text(self, connection: Connection, count: int) -> str:
        dialect = connection.dialect
        found = self._texts.get((dialect.name, count))
        if found is None:
            whole = str(self._statement.compile(dialect=dialect, compile_kwargs=_LITERAL))
            column = str(self._column.compile(dialect=dialect))
            if dialect.name == "postgresql":
                keys = f"= ANY(%b::{self._column.type.compile(dialect)}[])"
                whole = whole.replace("%", "%%")
            else:
                keys = f"IN ({', '.join('?' * count)})"
            found = whole.replace(_MARK, f"{column} {keys}")
            self._texts[dialect.name, count] = found
        return found


_LITERAL: Final = {"literal_binds": True}
