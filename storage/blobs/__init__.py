"""Where sealed blobs lie. Objects are named by upload, never by digest (FORMATS §4)."""

from collections.abc import Iterator
from typing import Protocol


class BlobWriter(Protocol):
    """One object being written; nothing of it is visible before `commit` returns."""

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            UnavailableError: the store does not take them; the object is to be aborted.
        """
        ...

    def commit(self) -> None:
        """Make the object durable and visible.

        Raises:
            UnavailableError: it may not be there.
        """
        ...

    def abort(self) -> None:
        """Forget it; may be called at any time, also after `commit` failed."""
        ...


class BlobStore(Protocol):
    """Objects by name. Names are ours, `[0-9a-f-]+`; contents are ciphertext."""

    def create(self, name: str) -> BlobWriter:
        """Begin an object.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...

    def read(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes [start, end) in pieces, fewer where the object ends before.

        Raises:
            NotFoundError: there is no such object.
            UnavailableError: the store does not answer.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove an object for good, with every version of it; one that is not there is no error.

        Raises:
            ConflictError: the store keeps it, for it is locked; nothing of it was removed.
            UnavailableError: the store does not answer.
        """
        ...

    def lock(self, name: str, until_ms: int) -> bool:
        """Have the store keep an object until then (ms since 1970), whoever orders its removal.

        False where this store cannot. A later date prolongs a lock.

        Raises:
            ConflictError: it is locked for longer already.
            NotFoundError: there is no such object.
            UnavailableError: the store does not answer; whether it is locked is unknown.
        """
        ...

    def names(self, before_ms: int) -> Iterator[str]:
        """The objects committed before that time by the store's clock, in no order."""
        ...

    def forget_unfinished(self, before_ms: int) -> int:
        """Remove what writers that ended without a word left half done; how many there were."""
        ...

    def check(self) -> None:
        """Raise UnavailableError unless the store answers."""
        ...
