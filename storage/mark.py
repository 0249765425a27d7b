"""The released mark: the largest checkpoint that ever left the service (DESIGN §8, Rollback).

It is kept outside the database, so that a database put back from a backup is noticed: a head behind
the mark, or on another branch, is never signed. It only grows, and it is durable before the
checkpoint it stands for is released.
"""

import contextlib
import fcntl
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ledger.encoding import unhex
from ledger.errors import MalformedError, UnavailableError
from ledger.merkle import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class RolledBackError(UnavailableError):
    """The database is behind, or beside, what was released; nothing is signed any more.

    The only way on is a new log that names the lost one's last checkpoint.
    """


@dataclass(frozen=True, slots=True)
class Mark:
    """A size and the root of that size, 32 bytes."""

    size: int
    root: bytes

    def __post_init__(self) -> None:
        if len(self.root) != HASH_SIZE:
            raise MalformedError(f"a released mark with a root of {len(self.root)} bytes")

    def to_text(self) -> str:
        """`<size> <hex root>` and a newline."""
        return f"{self.size} {self.root.hex()}\n"

    @staticmethod
    def of_text(text: str) -> "Mark":
        """The mark of its text.

        Raises:
            MalformedError: anything that does not re-format to itself.
        """
        size, _, root = text.rstrip("\n").partition(" ")
        if not _SIZE.fullmatch(size):
            raise MalformedError("a released mark is a size and a root")
        mark = Mark(int(size), unhex(root, HASH_SIZE))
        if mark.to_text() != text:
            raise MalformedError("a released mark that does not re-format to itself")
        return mark


def needs_raising(current: Mark | None, mark: Mark) -> bool:
    """Whether `mark` is above what stands.

    Raises:
        RolledBackError: another root of that size was released.
    """
    if current is None or current.size < mark.size:
        return True
    if current.size == mark.size and current.root != mark.root:
        raise RolledBackError(
            f"two roots of size {mark.size}: {current.root.hex()} was released, "
            f"{mark.root.hex()} is not shown to anyone"
        )
    return False


class ReleasedMark(Protocol):
    """Where the mark is kept, shared by all processes of one log."""

    def read(self) -> Mark | None:
        """The mark, or None before the first release.

        Raises:
            UnavailableError: the store does not answer; then nothing may be signed.
        """
        ...

    def advance(self, mark: Mark) -> None:
        """Raise the mark, durably on return; a smaller one than what stands changes nothing.

        Raises:
            RolledBackError: another root of that size was released.
            UnavailableError: it may not have been raised; then nothing may be released.
        """
        ...


class MemoryMark:
    """A mark that lives as long as the process: for tests, and as each process's own memory."""

    def __init__(self) -> None:
        """No mark yet."""
        self._mark: Mark | None = None
        self._lock = threading.Lock()

    def read(self) -> Mark | None:
        """The mark."""
        return self._mark

    def advance(self, mark: Mark) -> None:
        """Raise the mark."""
        with self._lock:
            if needs_raising(self._mark, mark):
                self._mark = mark


class FileMark:
    """A mark in one file, for processes of one machine."""

    def __init__(self, path: Path) -> None:
        """`path` need not exist; its folder must."""
        self._path = path
        self._lock = threading.Lock()

    def read(self) -> Mark | None:
        """The mark."""
        try:
            return Mark.of_text(self._path.read_text("ascii", "replace"))
        except FileNotFoundError:
            return None
        except (OSError, MalformedError) as error:
            raise UnavailableError(f"the released mark cannot be read: {error}") from error

    def advance(self, mark: Mark) -> None:
        """Replace the file by a synced new one, and sync the folder."""
        try:
            with self._lock, self._locked():
                if not needs_raising(self.read(), mark):
                    return
                new = self._path.with_name(f"{self._path.name}.new")
                descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                try:
                    os.write(descriptor, mark.to_text().encode())
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
                new.replace(self._path)
                sync_folder(self._path.parent)
        except OSError as error:
            raise UnavailableError(f"the released mark cannot be raised: {error}") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time: `flock` on a file beside the mark."""
        descriptor = os.open(
            self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600
        )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
