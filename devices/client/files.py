"""The client's dealings with the file system; the core asks for them as `Work`."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
        with _beside(path, data) as temporary:
            temporary.replace(path)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error


def keep_new(path: Path, data: bytes) -> bool:
    """Put `data` under `path` as `keep` does, if nothing is there yet; whether it was put.

    Raises:
        UnavailableError: the file system refuses.
    """
    try:
        with _beside(path, data) as temporary:
            # A link, unlike a renaming, replaces nothing.
            os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error
    return True


@contextmanager
def _beside(path: Path, data: bytes) -> Iterator[Path]:
    """A temporary file beside `path` with `data` on disk, to be put in its place by the block.

    So whoever reads the name sees the file before or all of the new one. A crash before it is put
    leaves a stray temporary file and no half one.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
