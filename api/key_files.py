"""Secrets in files, readable by their owner alone: made once, and replaced only by a rotation.

A key of 32 bytes is a line of 64 hex digits; anything else is a line of text.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from ledger.errors import MalformedError, NotFoundError

KEY_SIZE: Final = 32
_OTHERS: Final = 0o077
_CHANGE: Final = 0o022
_MARK: Final = "released"


def read_text(path: Path) -> str:
    """What a secret file holds, without white space around it.

    Raises:
        NotFoundError: there is no such file.
        MalformedError: it is empty, not text, or unreadable by this user.
    """
    try:
        text = path.read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no secret file {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedError(f"the secret file {path} cannot be read: {error}") from error
    if not text:
        raise MalformedError(f"the secret file {path} is empty")
    return text


def read_key(path: Path) -> bytes:
    """The 32 bytes a key file holds.

    Raises:
        NotFoundError: there is no such file.
        MalformedError: it does not hold 64 hex digits.
    """
    text = read_text(path)
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_SIZE:
        raise MalformedError(f"the key file {path} must hold 64 hex digits")
    return key


def exposed(folder: Path) -> list[Path]:
    """Secrets in a key folder that others than their owner may read or change.

    None where nobody else may look into the folder. Whatever lies there counts, but for the mark,
    which is no secret.
    """
    if not folder.stat().st_mode & _OTHERS:
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and path.stat().st_mode & (_CHANGE if path.name == _MARK else _OTHERS)
        and path.stat().st_size
    ]


def read_or_create_key(path: Path) -> bytes:
    """The key in `path`, drawn now if there is none."""
    if not path.exists():
        create(path, secrets.token_bytes(KEY_SIZE).hex())
    return read_key(path)


def create(path: Path, text: str) -> bool:
    """Write a secret, durably, mode 0600; False where the file is there already.

    The file appears under its name only when it is whole: a second process, or a second start after
    a crash, sees either nothing or the secret that stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    _sync(path.parent)
    return True


def replace(path: Path, text: str) -> None:
    """Put another secret into a file, durably: whoever reads it sees the one or the other."""
    _draft(path, text).replace(path)
    _sync(path.parent)


def forget_drafts(path: Path) -> None:
    """Remove what a process that was killed left of a secret on its way into `path`.

    For whoever is alone in changing that file.
    """
    for draft in path.parent.glob(f".{path.name}.*"):
        draft.unlink()


def _draft(path: Path, text: str) -> Path:
    """The secret on disk, under a name that nobody reads."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
