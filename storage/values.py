"""What `storage` gives to others: plain values, never rows."""

from dataclasses import dataclass
from typing import Final

from ledger.compact import CompactRange
from ledger.disclosure import Opening

MAX_BATCH: Final = 1024
"""Most entries of one transaction."""


@dataclass(frozen=True, slots=True)
class Appended:
    """A record in the log, with a proof that it is there.

    Attributes:
        id: record id.
        index: place in the log.
        leaf_hash: 32 bytes.
        logged_at: time in normal form.
        entry: the leaf's data.
        seed: opens the payload's commitment; for its poster only.
        size: tree size of `checkpoint`.
        proof: inclusion proof of `index` in `size`.
        checkpoint: signed note, committed before it is seen here.
        replayed: the record stood there already with the same content.
    """

    id: str
    index: int
    leaf_hash: bytes
    logged_at: str
    entry: bytes
    seed: bytes
    size: int
    proof: list[bytes]
    checkpoint: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The log's committed head.

    Attributes:
        size: number of entries.
        range: compact range of that size.
        checkpoint: signed note of that size.
        logged_at: time of the last entry, normal form.
        anchored_size: largest size known to be anchored, 0 if none.
    """

    size: int
    range: CompactRange
    checkpoint: str
    logged_at: str
    anchored_size: int

    @property
    def root(self) -> bytes:
        """Root of that size, 32 bytes."""
        return self.range.root()


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as stored.

    Attributes:
        index: place in the log.
        id: record id.
        leaf_hash: 32 bytes.
        data: the entry's bytes.
        payload: canonical JSON, without the fields that were erased; None once all is.
        seed: 32 bytes, None once anything was erased.
        opening: opens what is left where single fields were erased, else None.
    """

    index: int
    id: str
    leaf_hash: bytes
    data: bytes
    payload: bytes | None
    seed: bytes | None
    opening: Opening | None = None

    @property
    def erased(self) -> bool:
        """Whether nothing of its payload can be opened any more."""
        return self.payload is None


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result: what the index of the log shows, nothing of the payload."""

    index: int
    id: str
    type: str
    issuer: str
    submitter: str
    occurred_at: str
    logged_at: str
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Search:
    """Filters, all of which must hold; None does not filter.

    Attributes:
        subject: a subject of the record.
        type: record type.
        issuer: its issuer.
        submitter: who brought it.
        source_ref: the poster's own number, exact, only among the records of `visible_to`.
        occurred_from: occurred at this time or later, normal form.
        occurred_to: before this time.
        logged_from: logged at this time or later.
        logged_to: before this time.
        visible_to: only records this party issued, submitted or is a subject of.
        after: only indices above this one: the cursor.
        limit: most hits, 1 to 1,000.
    """

    subject: str | None = None
    type: str | None = None
    issuer: str | None = None
    submitter: str | None = None
    source_ref: str | None = None
    occurred_from: str | None = None
    occurred_to: str | None = None
    logged_from: str | None = None
    logged_to: str | None = None
    visible_to: str | None = None
    after: int = -1
    limit: int = 100


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One entry of a subject's history."""

    seq: int
    index: int
    leaf_hash: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """A blob that was uploaded in full.

    Attributes:
        id: name of its object; random.
        submitter: party that uploaded it.
        media_type: as declared.
        size: bytes of the plaintext.
        created_at: time in normal form.
        named: whether a record names it.
        erased_at: when its key was destroyed, None if it was not.
    """

    id: str
    submitter: str
    media_type: str
    size: int
    created_at: str
    named: bool
    erased_at: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token's standing; its text is known to its holder alone.

    Attributes:
        id: public name, for lists and revocation.
        party: whom it speaks for.
        scopes: of post, read, log:read, personal, admin.
        label: what it is for.
        created_at: time in normal form.
        expires_at: after this it counts no more; None: never.
        revoked_at: when it was revoked, None if it was not.
        requests_per_s: its own rate, None: the installation's.
    """

    id: str
    party: str
    scopes: frozenset[str]
    label: str
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    requests_per_s: int | None
