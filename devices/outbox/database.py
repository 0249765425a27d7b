"""The outbox's file: one SQLite database, in which a commit is on disk when it returns.

Write-ahead log and `synchronous=FULL`: each commit is one flush of the log, and a process that is
killed, or a machine that loses its power, loses nothing committed and shows nothing half-written
(sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous). Files lie in the same database as
the records that name them: both are there, or neither.
"""

import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.errors import ConflictError, UnavailableError

FILE: Final = "outbox.sqlite"
_VERSION: Final = 2
_BUSY_S: Final = 10.0
_JOURNAL_BYTES: Final = 16 << 20
_CHECKPOINT_PAGES: Final = 2048

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE counters (device TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    type TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    kept_at_ms INTEGER NOT NULL,
    content BLOB NOT NULL,
    document BLOB,
    parked_at_ms INTEGER,
    problem TEXT,
    lost_blobs INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX records_waiting ON records (seq) WHERE parked_at_ms IS NULL;
CREATE INDEX records_parked ON records (seq) WHERE parked_at_ms IS NOT NULL;
CREATE INDEX records_document ON records (document) WHERE document IS NOT NULL;
CREATE TABLE blobs (
    blob INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    uploaded INTEGER NOT NULL DEFAULT 0,
    UNIQUE (sha256, media_type)
) STRICT;
CREATE TABLE contents (blob INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE uses (
    seq INTEGER NOT NULL, blob INTEGER NOT NULL, PRIMARY KEY (seq, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX uses_blob ON uses (blob);
CREATE TABLE receipts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    content BLOB NOT NULL,
    document BLOB,
    stored_at_ms INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX receipts_age ON receipts (stored_at_ms);
CREATE INDEX receipts_document ON receipts (document) WHERE document IS NOT NULL;
"""


class DiskError(UnavailableError):
    """The outbox's disk is full or fails; not the service, whose silence is an UnavailableError."""


class Database:
    """One connection, shared by the threads of a process; other processes have their own."""

    def __init__(self, folder: Path) -> None:
        """Open the database of `folder`, made where there is none, for its owner only.

        Raises:
            DiskError: the file system refuses, or the file is no outbox.
            ConflictError: a newer program made it.
        """
        self.path = folder / FILE
        self._lock = threading.RLock()
        with _translated(self.path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives the files beside it the rights of this one.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise
            _flush_folder(folder)

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA auto_vacuum = INCREMENTAL")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
        run(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        with self.write() as tables:
            (version,) = tables.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in _SCHEMA.split(";\n"):
                    tables.execute(statement)
                tables.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                raise ConflictError(
                    f"{self.path} is of version {version}; this program knows {_VERSION}"
                )

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on disk when the block has ended; undone where it raises.

        Raises:
            DiskError: the disk is full or fails; nothing was written.
        """
        with self._lock, _translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The tables as they are now.

        Raises:
            DiskError: the disk fails.
        """
        with self._lock, _translated(self.path):
            yield self._connection

    def used_bytes(self) -> int:
        """Bytes of pages in use; those freed are used again before the file grows."""
        with self.read() as tables:
            (pages,) = tables.execute("PRAGMA page_count").fetchone()
            (free,) = tables.execute("PRAGMA freelist_count").fetchone()
            (size,) = tables.execute("PRAGMA page_size").fetchone()
        return int((pages - free) * size)

    def free_bytes(self) -> int:
        """Bytes that the file system has left.

        Raises:
            DiskError: it does not say.
        """
        with _translated(self.path):
            return shutil.disk_usage(self.path.parent).free

    def give_back(self, most_pages: int = 2000) -> None:
        """Return freed pages to the file system, some at a time."""
        with self._lock, _translated(self.path):
            self._connection.execute(f"PRAGMA incremental_vacuum({most_pages})").fetchall()


class Alone:
    """The right to send from an outbox, which one process has at a time.

    A lock of the system's on a database of its own: it ends with the process, however that ends.
    """

    def __init__(self, folder: Path) -> None:
        """Take it.

        Raises:
            ConflictError: another process has it.
        """
        path = folder / "sending.sqlite"
        with _translated(path):
            self._connection = sqlite3.connect(
                path, timeout=0, isolation_level=None, check_same_thread=False
            )
            try:
                self._connection.execute("PRAGMA journal_mode = MEMORY")
                self._connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                self._connection.close()
                raise ConflictError(f"another process sends from {folder} already") from error

    def release(self) -> None:
        """Let others have it."""
        self._connection.close()


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    """SQLite's and the system's errors as the family's."""
    try:
        yield
    except sqlite3.Error as error:
        raise DiskError(f"the outbox {path} cannot be used: {error}") from error
    except OSError as error:
        raise DiskError(f"the outbox {path} cannot be used: {error.strerror}") from error


def _flush_folder(folder: Path) -> None:
    """Make the names of new files durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
