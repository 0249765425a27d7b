"""The outbox's file: one SQLite database, in which a commit is on disk when it returns.

Write-ahead log and `synchronous=FULL`: each commit is one flush of the log, and a process that is
killed, or a machine that loses its power, loses nothing committed and shows nothing half-written
(sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous). Each page in the log bears a checksum
over all before it: a log that is torn ends at its last whole commit. Files lie in the same database as
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

from devices.outbox import schema
from ledger.errors import ConflictError, UnavailableError

FILE: Final = "outbox.sqlite"
_BUSY_S: Final = 10.0
_JOURNAL_BYTES: Final = 16 << 20
_CHECKPOINT_PAGES: Final = 2048


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
            _make(folder)
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
        run("PRAGMA synchronous = FULL")
        run(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
        run(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        # Whoever only looks writes nothing: on a full disk too, it can be seen what waits.
        (version,) = run("PRAGMA user_version").fetchone()
        if version == schema.VERSION:
            return
        if version == 0:
            run("PRAGMA auto_vacuum = INCREMENTAL")
            run("PRAGMA journal_mode = WAL")
        with self.write() as tables:
            schema.bring_up(tables, str(self.path))

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
                raise ConflictError(
                    f"another process sends from {folder} already: does the gateway run?"
                ) from error

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


def _make(folder: Path) -> None:
    """Make a folder and those above it, their names durable."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in missing:
        _flush_folder(one.parent)


def _flush_folder(folder: Path) -> None:
    """Make the names of new files durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
