"""What an outbox holds, as values: its limits, what waits in it, and its state."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an outbox may hold.

    Attributes:
        max_bytes: of everything in it; what is waiting is never dropped to keep to it.
        min_free_bytes: of the file system, below which no file is taken.
        receipts_days: for which receipts are kept.
    """

    max_bytes: int = 4 << 30
    min_free_bytes: int = 256 << 20
    receipts_days: int = 90

    @property
    def files_bytes(self) -> int:
        """Up to where records with files are taken: the rest is for those without."""
        return self.max_bytes - self.max_bytes // 16

    @property
    def receipts_bytes(self) -> int:
        """Of receipts; the oldest go first."""
        return self.max_bytes // 10


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file of a waiting record.

    Attributes:
        number: its key in the outbox.
        sha256: 64 lower-case hex digits.
        media_type: as the record names it.
        uploaded: whether the service said that it has it.
    """

    number: int
    sha256: str
    media_type: str
    uploaded: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record on its way.

    Attributes:
        seq: its place in the order of keeping.
        id: its id.
        body: the request, the same bytes at every attempt.
        files: what it names.
        lost_blobs: how often the service said that a file of it is missing.
    """

    seq: int
    id: str
    body: bytes
    files: tuple[HeldFile, ...]
    lost_blobs: int


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What an outbox holds.

    Attributes:
        waiting: records on their way.
        oldest_at_ms: since when the oldest of them waits; None: nothing does.
        parked: records that were refused for good.
        receipts: of what was sent, as far as they are still kept.
        last_sent_at_ms: when the last record was; None: none is remembered.
        used_bytes: of everything in it.
        max_bytes: what it may hold.
        full: whether records with files are turned away.
    """

    waiting: int
    oldest_at_ms: int | None
    parked: int
    receipts: int
    last_sent_at_ms: int | None
    used_bytes: int
    max_bytes: int
    full: bool
