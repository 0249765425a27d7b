"""What a driver must not forget when the power goes: one document, replaced as a whole.

    state and what is still to be handed over  →  save (durable)  →  Sink.keep  →  save without it

A document of a cabinet has a few kilobytes, and is saved about once a minute and at each event. A
file that is written beside the old one and renamed over it is never half there, needs no recovery,
and can be read by a person. Its first line is the SHA-256 of the second: a disk that rots is noticed,
and the file is set aside instead of believed.
"""

import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import orjson

from ledger.errors import UnavailableError


class Journal(Protocol):
    """One driver's memory; used by one thread."""

    def load(self) -> dict[str, Any] | None:
        """What was saved last; None where nothing was, or where it cannot be believed."""
        ...

    def save(self, document: Mapping[str, Any]) -> None:
        """Keep this instead; it is on disk when this returns.

        Raises:
            UnavailableError: the disk is full, or fails; what was saved before is still there.
        """
        ...


class MemoryJournal:
    """A journal that forgets when the process ends: for trying out, and for tests.

    Attributes:
        before_save: called with the document first; may raise, as a full disk would.
        saves: how often it was saved.
    """

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self.document = None if document is None else deepcopy(dict(document))
        self.before_save: Callable[[Mapping[str, Any]], None] = lambda _: None
        self.saves = 0

    def load(self) -> dict[str, Any] | None:
        """What was saved last."""
        return deepcopy(self.document)

    def save(self, document: Mapping[str, Any]) -> None:
        """Keep this instead."""
        self.before_save(document)
        self.document = orjson.loads(orjson.dumps(document))
        self.saves += 1


class FileJournal:
    """A journal in a file that only its owner can read.

    Attributes:
        fault: why what lay there could not be believed, where that was so.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.fault: str | None = None

    def load(self) -> dict[str, Any] | None:
        """What was saved last; a file that is damaged is renamed to `….damaged` and not believed."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnavailableError("the journal cannot be read", reason=str(error)) from error
        digest, _, body = data.partition(b"\n")
        try:
            if sha256(body).hexdigest().encode() == digest:
                document = orjson.loads(body)
                if isinstance(document, dict):
                    return document
        except ValueError:
            pass
        aside = self._path.with_name(self._path.name + ".damaged")
        self._path.replace(aside)
        self.fault = f"{self._path.name} was damaged and lies in {aside.name}"
        return None

    def save(self, document: Mapping[str, Any]) -> None:
        """Write beside, flush to disk, rename, flush the folder."""
        body = orjson.dumps(document)
        beside = self._path.with_name(self._path.name + ".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "wb") as out:
                out.write(sha256(body).hexdigest().encode() + b"\n" + body)
                out.flush()
                os.fsync(out.fileno())
            beside.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise UnavailableError("the journal cannot be written", reason=str(error)) from error
