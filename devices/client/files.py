"""The client's dealings with the file system; the core asks for them as `Work`."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from ledger.errors import MalformedError, NotFoundError, UnavailableError

_CHUNK: Final = 1 << 20


def digest(path: str | os.PathLike[str]) -> tuple[bytes, int]:
    """SHA-256 and size of a file, read once from end to end.

    Raises:
        NotFoundError: there is none.
        UnavailableError: it cannot be read.
    """
    hashed = hashlib.sha256()
    size = 0
    try:
        with Path(path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                hashed.update(chunk)
                size += len(chunk)
    except FileNotFoundError as error:
        raise NotFoundError(f"no file {os.fspath(path)}") from error
    except OSError as error:
        raise UnavailableError(f"{os.fspath(path)} cannot be read: {error.strerror}") from error
    return hashed.digest(), size


def read(path: Path, *, largest: int) -> bytes | None:
    """A small file's bytes, or None where there is none.

    Raises:
        MalformedError: it is larger than `largest` bytes.
        UnavailableError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > largest:
        raise MalformedError(f"{path} is larger than {largest} bytes")
    return data


def keep(path: Path, data: bytes) -> None:
    """Put `data` under `path`, whole or not at all, for its owner only; durable on return.

    Raises:
        UnavailableError: the file system refuses.
    """
    try:
        # Written beside its place, then renamed into it: whoever reads the name sees the old file
        # or the new one. A crash before the rename leaves a stray temporary file and no half one.
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error


def keep_new(path: Path, data: bytes) -> bool:
    """Put `data` under `path` as `keep` does, if nothing is there yet; whether it was put.

    Raises:
        UnavailableError: the file system refuses.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            # A link, unlike a renaming, replaces nothing; either the name has the whole file or none.
            os.link(temporary, path)
        except FileExistsError:
            return False
        finally:
            Path(temporary).unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
