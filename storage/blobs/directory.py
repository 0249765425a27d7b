"""Blobs in a folder, two levels deep by the first digits of their names."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.errors import NotFoundError, UnavailableError
from storage.mark import sync_folder

_PIECE: Final = 1 << 18


class DirectoryBlobs:
    """A `BlobStore` in a folder. A committed object survives a loss of power."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made, for its owner only, if it is not there."""
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def create(self, name: str) -> "_FileWriter":
        """Begin an object."""
        return _FileWriter(self.path(name))

    def read(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes [start, end) in pieces."""
        try:
            with self.path(name).open("rb") as file:
                file.seek(start)
                left = end - start
                while left > 0:
                    piece = file.read(min(left, _PIECE))
                    if not piece:
                        return
                    left -= len(piece)
                    yield piece
        except FileNotFoundError as error:
            raise NotFoundError(f"blob {name} is not in the folder of blobs") from error
        except OSError as error:
            raise UnavailableError(f"blob {name} cannot be read: {error.strerror}") from error

    def delete(self, name: str) -> None:
        """Remove an object."""
        with contextlib.suppress(FileNotFoundError):
            self.path(name).unlink()

    def lock(self, name: str, until_ms: int) -> bool:  # noqa: ARG002 - the Protocol's
        """A folder keeps nothing from whoever may write to it."""
        if not self.path(name).exists():
            raise NotFoundError(f"blob {name} is not in the folder of blobs")
        return False

    def names(self, before_ms: int) -> Iterator[str]:
        """The objects older than that."""
        for path in self._files(before_ms):
            if not path.name.startswith("."):
                yield path.name

    def forget_unfinished(self, before_ms: int) -> int:
        """Remove the parts of writers that are gone."""
        found = [path for path in self._files(before_ms) if path.name.startswith(".")]
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def _files(self, before_ms: int) -> Iterator[Path]:
        for folder in sorted(self._folder.iterdir()):
            if not folder.is_dir():
                continue
            for path in list(folder.iterdir()):
                with contextlib.suppress(FileNotFoundError):
                    if path.stat().st_mtime_ns < before_ms * 1_000_000:
                        yield path

    def check(self) -> None:
        """The folder must be there and writable."""
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise UnavailableError("the folder of blobs is not writable")

    def path(self, name: str) -> Path:
        """The file of an object."""
        return self._folder / name[:2] / name


class _FileWriter:
    """Writes beside the final name, and renames when all is on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
            self._file = self._part.open("xb")
        except OSError as error:
            raise UnavailableError(f"no blob can be written: {error.strerror}") from error

    def write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise UnavailableError(f"no blob can be written: {error.strerror}") from error

    def commit(self) -> None:
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self._path)
            sync_folder(self._path.parent)
            sync_folder(self._path.parent.parent)
        except OSError as error:
            raise UnavailableError(f"no blob can be written: {error.strerror}") from error

    def abort(self) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)
