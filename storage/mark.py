"""The released mark: the largest checkpoint that ever left the service (DESIGN §8, Rollback).

It is kept outside the database, so that a database put back from a backup is noticed: a head behind
the mark, or on another branch, is never signed. It only grows, and it is durable before the
checkpoint it stands for is released.
"""

import contextlib
import fcntl
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from ledger.encoding import unhex
from ledger.errors import MalformedError, UnavailableError
from ledger.merkle import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class RolledBackError(UnavailableError):
    """The database is behind, or beside, what was released; nothing is signed any more.

    The only way on is a new log that names the lost one's last checkpoint.
    """

    def __init__(self, message: str) -> None:
        """The way on is added to the message."""
        super().__init__(
            f"{message}. Put the newest database back, or go on with `mealtrace successor`"
        )


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

    def begin_read(self) -> Callable[[], Mark | None]:
        """Begin to read, where that takes a while: the call returned gives the mark.

        It is the mark as of now or later, and the call raises as `read`.
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

    def begin_read(self) -> Callable[[], Mark | None]:
        """Memory is read at once."""
        return self.read

    def advance(self, mark: Mark) -> None:
        """Raise the mark."""
        with self._lock:
            if needs_raising(self._mark, mark):
                self._mark = mark


class FileMark:
    """A mark in one file, for processes of one machine.

    Two slots, each a page of its own, are written in turn: a write torn by a loss of power spoils
    the older mark only, and raising the mark costs one sync of data and none of names.
    """

    def __init__(self, path: Path) -> None:
        """`path` need not exist; its folder must."""
        self._path = path
        self._lock = threading.Lock()

    def read(self) -> Mark | None:
        """The mark."""
        try:
            data = self._path.read_bytes()
            if len(_marks(data)) != 2:  # perhaps read while it was written
                with self._opened() as descriptor:
                    data = os.pread(descriptor, 2 * _SLOT, 0)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnavailableError(f"the released mark cannot be read: {error}") from error
        return _newest(data)[0]

    def begin_read(self) -> Callable[[], Mark | None]:
        """A file of this machine is read at once."""
        return self.read

    def advance(self, mark: Mark) -> None:
        """Write the slot that holds the older mark, and sync it."""
        try:
            with self._lock:
                if not self._path.exists():
                    self._create(mark)
                with self._opened() as descriptor:
                    current, slot = _newest(os.pread(descriptor, 2 * _SLOT, 0))
                    if needs_raising(current, mark):
                        os.pwrite(descriptor, _slot(mark), (1 - slot) * _SLOT)
                        os.fdatasync(descriptor)
        except OSError as error:
            raise UnavailableError(f"the released mark cannot be raised: {error}") from error

    def _create(self, mark: Mark) -> None:
        """The file of a first mark appears whole, or another process made it."""
        descriptor, new = tempfile.mkstemp(prefix=f"{self._path.name}.", dir=self._path.parent)
        try:
            os.pwrite(descriptor, _slot(mark), 0)
            os.pwrite(descriptor, _slot(mark), _SLOT)
            os.fsync(descriptor)
            with contextlib.suppress(FileExistsError):
                os.link(new, self._path)
        finally:
            os.close(descriptor)
            Path(new).unlink()
        sync_folder(self._path.parent)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """The file, locked against other processes."""
        descriptor = os.open(self._path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


_SLOT: Final = 4096


def _slot(mark: Mark) -> bytes:
    """One slot: the mark's text, its SHA-256, zeros."""
    text = mark.to_text().encode("ascii")
    return (text + sha256(text).hexdigest().encode("ascii") + b"\n").ljust(_SLOT, b"\0")


def _marks(data: bytes) -> list[tuple[Mark, int]]:
    """The marks of a file's whole slots, each with its slot."""
    marks: list[tuple[Mark, int]] = []
    for slot in (0, 1):
        text, _, digest = data[slot * _SLOT : (slot + 1) * _SLOT].rstrip(b"\0").partition(b"\n")
        line = text + b"\n"
        if digest == sha256(line).hexdigest().encode("ascii") + b"\n":
            marks.append((Mark.of_text(line.decode("ascii")), slot))
    return marks


def _newest(data: bytes) -> tuple[Mark, int]:
    """The larger mark of a file's slots, and its slot.

    Raises:
        UnavailableError: no slot is whole.
    """
    marks = _marks(data)
    if not marks:
        raise UnavailableError("the released mark is damaged: neither of its slots is whole")
    return max(marks, key=lambda found: found[0].size)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
