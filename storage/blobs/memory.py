"""Blobs in memory, with a hook that makes calls fail: for tests."""

import time
from collections.abc import Callable, Iterator

from ledger.errors import NotFoundError


class MemoryBlobs:
    """A `BlobStore` that lives as long as the object.

    `fault` is called with the name of each call before it does anything, and may raise.
    """

    def __init__(self, fault: Callable[[str], None] = lambda _: None) -> None:
        """No objects yet."""
        self.objects: dict[str, bytes] = {}
        self.committed_ms: dict[str, int] = {}
        self.fault = fault

    def create(self, name: str) -> "_MemoryWriter":
        """Begin an object."""
        self.fault("create")
        return _MemoryWriter(self, name)

    def read(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes [start, end) in one piece."""
        self.fault("read")
        if name not in self.objects:
            raise NotFoundError(f"there is no blob {name}")
        yield self.objects[name][start:end]

    def delete(self, name: str) -> None:
        """Remove an object."""
        self.fault("delete")
        self.objects.pop(name, None)
        self.committed_ms.pop(name, None)

    def lock(self, name: str, until_ms: int) -> bool:  # noqa: ARG002 - the Protocol's
        """Nothing is kept here."""
        self.fault("lock")
        if name not in self.objects:
            raise NotFoundError(f"there is no blob {name}")
        return False

    def names(self, before_ms: int) -> Iterator[str]:
        """The objects older than that."""
        self.fault("names")
        yield from [name for name, at in self.committed_ms.items() if at < before_ms]

    def forget_unfinished(self, before_ms: int) -> int:  # noqa: ARG002 - the Protocol's
        """A writer that ends takes its parts along."""
        return 0

    def check(self) -> None:
        """Always there, unless the hook says otherwise."""
        self.fault("check")


class _MemoryWriter:
    def __init__(self, store: MemoryBlobs, name: str) -> None:
        self._store, self._name, self._parts = store, name, bytearray()

    def write(self, data: bytes) -> None:
        self._store.fault("write")
        self._parts += data

    def commit(self) -> None:
        self._store.fault("commit")
        self._store.objects[self._name] = bytes(self._parts)
        self._store.committed_ms[self._name] = time.time_ns() // 1_000_000

    def abort(self) -> None:
        self._parts.clear()
