"""py-evm's key-value database over one SQLite file, so that a chain survives a restart.

py-evm writes a block in several batches. Here they all fall into one SQLite transaction, which the
caller opens around a block with `writing()`: after a crash the block is there whole, or not at all.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from eth.abc import AtomicWriteBatchAPI
from eth.db.atomic import AtomicDB
from eth.db.backends.base import BaseAtomicDB

from ledger.errors import UnavailableError


class SqliteDatabase(BaseAtomicDB):
    """A table of keys and values; durable once `writing()` is left.

    Not for several threads at once; several processes are kept apart by SQLite's own locks.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            UnavailableError: it cannot be opened, or is no database.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS chain (key BLOB PRIMARY KEY, value BLOB NOT NULL)"
                " WITHOUT ROWID"
            )
        except sqlite3.Error as error:
            raise UnavailableError(f"the embedded chain at {path}: {error}") from error

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent view of the file."""
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything written inside is stored at the end, durably, or not at all."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        try:
            self._connection.execute(begin)
            try:
                yield
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise UnavailableError(f"the embedded chain: {error}") from error

    @contextmanager
    def atomic_batch(self) -> Iterator[AtomicWriteBatchAPI]:
        """py-evm's own batch, within the transaction of the caller."""
        with AtomicDB(self).atomic_batch() as batch:
            yield batch

    def __getitem__(self, key: bytes) -> bytes:
        row = self._connection.execute("SELECT value FROM chain WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return bytes(row[0])

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO chain VALUES (?, ?)", (key, value))

    def __delitem__(self, key: bytes) -> None:
        if not self._connection.execute("DELETE FROM chain WHERE key = ?", (key,)).rowcount:
            raise KeyError(key)

    def _exists(self, key: bytes) -> bool:
        found = self._connection.execute("SELECT 1 FROM chain WHERE key = ?", (key,)).fetchone()
        return found is not None

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        self._connection.close()
