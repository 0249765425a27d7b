"""Blobs in memory, with a hook that makes calls fail: for tests."""

from collections.abc import Callable, Iterator

from ledger.errors import NotFoundError


class MemoryBlobs:
    """A `BlobStore` that lives as long as the object.

    `fault` is called with the name of each call before it does anything, and may raise.
    """

    def __init__(self, fault: Callable[[str], None] = lambda _: None) -> None:
        """No objects yet."""
        self.objects: dict[str, bytes] = {}
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

    def abort(self) -> None:
        self._parts.clear()
