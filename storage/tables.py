"""The tables (SQLModel). Rows never leave this folder; values of `values.py` do.

The log's own tables (`log_head`, `checkpoints`, `entries`, `tiles`, `chains`, `subject_heads`) only
grow, apart from the head row and the heads; the others hold what lies beside the log.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Text, text
from sqlmodel import Field, SQLModel

METADATA = MetaData()

# SQLite makes only an INTEGER primary key an alias of the row id.
_BIG = BigInteger().with_variant(Integer(), "sqlite")


class Table(SQLModel):
    """All tables share one MetaData of their own."""

    metadata: ClassVar[MetaData] = METADATA


def _big(*, primary: bool = False, index: bool = False, null: bool = False) -> Column[int]:
    return Column(_BIG, primary_key=primary, index=index, nullable=null, autoincrement=False)


def _bytes(*, primary: bool = False, unique: bool = False, null: bool = False) -> Column[bytes]:
    return Column(LargeBinary, primary_key=primary, unique=unique, nullable=null)


def _only(condition: str) -> dict[str, Any]:
    """A partial index: most entries are neither open nor numbered by their poster."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class LogHead(Table, table=True):
    """The one row that is the log's head and its lock."""

    __tablename__ = "log_head"
    id: int = Field(sa_column=_big(primary=True))
    size: int = Field(sa_column=_big())
    range: bytes = Field(sa_column=_bytes())
    logged_at: str
    checkpoint: str = Field(sa_column=Column(Text, nullable=False))
    open_index: int = Field(sa_column=_big())
    anchored_size: int = Field(sa_column=_big())


class CheckpointRow(Table, table=True):
    """Every checkpoint that was signed and committed."""

    __tablename__ = "checkpoints"
    size: int = Field(sa_column=_big(primary=True))
    note: str = Field(sa_column=Column(Text, nullable=False))


class EntryRow(Table, table=True):
    """One entry, what is searched for in it, and its sealed payload."""

    __tablename__ = "entries"
    index: int = Field(sa_column=_big(primary=True))
    record_id: str = Field(unique=True)
    leaf_hash: bytes = Field(sa_column=_bytes())
    data: bytes = Field(sa_column=_bytes())
    type: str
    issuer: str
    submitter: str
    occurred_at: str
    logged_at: str
    is_open: bool
    statement_sha256: bytes = Field(sa_column=_bytes())
    content_mac: bytes = Field(sa_column=_bytes())
    source_mac: bytes | None = Field(default=None, sa_column=_bytes(null=True))
    sealed: bytes | None = Field(default=None, sa_column=_bytes(null=True))
    __table_args__ = (
        Index("entries_type", "type", "index"),
        Index("entries_issuer", "issuer", "index"),
        Index("entries_submitter", "submitter", "index"),
        Index("entries_source", "source_mac", **_only("source_mac IS NOT NULL")),
        Index("entries_occurred", "occurred_at"),
        Index("entries_open", "index", **_only("is_open")),
    )


class TileRow(Table, table=True):
    """A full hash tile and its root, which is a hash of the level above."""

    __tablename__ = "tiles"
    level: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    index: int = Field(sa_column=_big(primary=True))
    hashes: bytes = Field(sa_column=_bytes())
    root: bytes = Field(sa_column=_bytes())


class ChainRow(Table, table=True):
    """An entry's place in a subject's chain.

    On PostgreSQL, subjects here and in `subject_heads` are ordered by their bytes (collation "C"):
    joined with a text column of another order, neither index is used.
    """

    __tablename__ = "chains"
    subject: str = Field(primary_key=True)
    seq: int = Field(sa_column=_big(primary=True))
    index: int = Field(sa_column=_big(index=True))
    __table_args__ = {"sqlite_with_rowid": False}


class SubjectHead(Table, table=True):
    """The last entry of a subject."""

    __tablename__ = "subject_heads"
    subject: str = Field(primary_key=True)
    seq: int = Field(sa_column=_big())
    index: int = Field(sa_column=_big())
    leaf_hash: bytes = Field(sa_column=_bytes())
    __table_args__ = {"sqlite_with_rowid": False}


class LinkRow(Table, table=True):
    """An entry names `target`, a record id or a subject, in a link (`rel`), or holds a paper (`paper`).

    Who links to this record? is answered from here; the entry's own bytes say the same.
    """

    __tablename__ = "links"
    target: str = Field(primary_key=True)
    index: int = Field(sa_column=_big(primary=True))
    rel: str = Field(primary_key=True)
    __table_args__ = {"sqlite_with_rowid": False}


class WrappedKey(Table, table=True):
    """The data key of a record (`r:<id>`), an upload (`u:<id>`) or a pseudonym (`p:<value>`), wrapped.

    Deleting a row is the erasure of what it opens.
    """

    __tablename__ = "wrapped_keys"
    owner: str = Field(primary_key=True)
    wrapped: bytes = Field(sa_column=_bytes())
    __table_args__ = {"sqlite_with_rowid": False}


class DocumentRow(Table, table=True):
    """Which record holds a document key, found by its HMAC only."""

    __tablename__ = "documents"
    mac: bytes = Field(sa_column=_bytes(primary=True))
    index: int = Field(sa_column=_big(index=True))


class UploadRow(Table, table=True):
    """One uploaded blob; `named` once a record names it. The digest is found by its HMAC.

    `erased_at`: when its key was destroyed. `locked_until`: how long the store keeps its object
    whatever anybody orders; empty before it was asked to.
    """

    __tablename__ = "uploads"
    id: str = Field(primary_key=True)
    mac: bytes = Field(sa_column=_bytes())
    submitter: str
    media_type: str
    size: int = Field(sa_column=_big())
    created_at: str
    named: bool = False
    erased_at: str | None = None
    locked_until: str = Field(default="", sa_column_kwargs={"server_default": ""})
    __table_args__ = (
        Index("uploads_mac", "mac", "submitter"),
        Index("uploads_unnamed", "created_at", **_only("NOT named")),
        Index("uploads_lock", "locked_until", **_only("named AND erased_at IS NULL")),
        Index("uploads_erased", "locked_until", **_only("erased_at IS NOT NULL")),
    )


class BlobUse(Table, table=True):
    """A record names an upload."""

    __tablename__ = "blob_uses"
    upload: str = Field(primary_key=True)
    index: int = Field(sa_column=_big(primary=True, index=True))


class BlobDamageRow(Table, table=True):
    """A blob whose object the scrubber found missing or altered, and has not found whole since."""

    __tablename__ = "blob_damages"
    upload: str = Field(primary_key=True)
    found_at: str
    fault: str = Field(sa_column=Column(Text, nullable=False))


class ChoreRow(Table, table=True):
    """How far a chore that goes through everything has come, as canonical JSON."""

    __tablename__ = "chores"
    name: str = Field(primary_key=True)
    detail: str = Field(sa_column=Column(Text, nullable=False))


class TokenRow(Table, table=True):
    """A token by the SHA-256 of its text, which is stored nowhere."""

    __tablename__ = "tokens"
    id: str = Field(primary_key=True)
    digest: bytes = Field(sa_column=_bytes(unique=True))
    party: str = Field(index=True)
    scopes: str
    label: str
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    requests_per_s: int | None = None


class RefusalRow(Table, table=True):
    """A refused request, for its poster, kept 30 days; what was wrong is sealed, key and all."""

    __tablename__ = "refusals"
    id: int | None = Field(default=None, sa_column=Column(_BIG, primary_key=True))
    refused_at: str = Field(index=True)
    party: str = Field(index=True)
    record_id: str | None = Field(default=None, index=True)
    type: str | None = None
    code: str
    sealed: bytes = Field(sa_column=_bytes())


class DenialRow(Table, table=True):
    """Attempts against the wall or a right, counted per party, type and hour."""

    __tablename__ = "denials"
    party: str = Field(primary_key=True)
    type: str = Field(primary_key=True)
    hour: str = Field(primary_key=True)
    count: int


class PersonalReadRow(Table, table=True):
    """Who read personal fields of which record; kept two years."""

    __tablename__ = "personal_reads"
    id: int | None = Field(default=None, sa_column=Column(_BIG, primary_key=True))
    read_at: str = Field(index=True)
    party: str
    token: str
    index: int = Field(sa_column=_big())
    fields: str


class PseudonymRow(Table, table=True):
    """A random subject and, sealed, what it stands for."""

    __tablename__ = "pseudonyms"
    subject: str = Field(primary_key=True)
    kind: str
    mac: bytes = Field(sa_column=_bytes(unique=True))
    sealed: bytes = Field(sa_column=_bytes())
    party: str
    created_at: str


class EnrolmentRow(Table, table=True):
    """A one-time code, and the key that waits for an authority's signature."""

    __tablename__ = "enrolments"
    digest: bytes = Field(sa_column=_bytes(primary=True))
    party: str
    created_at: str
    expires_at: str
    jwk: str | None = None
    possession: str | None = None
    enrolled_at: str | None = None


class AnchorRow(Table, table=True):
    """One anchor on its way to the chain: canonical JSON, and what is searched for in it."""

    __tablename__ = "anchors"
    target: str = Field(primary_key=True)
    size: int = Field(sa_column=_big(primary=True))
    state: str = Field(index=True)
    detail: bytes = Field(sa_column=_bytes())
    revision: int = Field(sa_column=_big())


class ActState(Table, table=True):
    """What act rules remember under one key: the key by its HMAC, the rest sealed.

    Its data key is the `a:<key>` of `wrapped_keys`. All of it follows from the log.
    """

    __tablename__ = "act_states"
    key: str = Field(primary_key=True)
    sealed: bytes = Field(sa_column=_bytes())
    __table_args__ = {"sqlite_with_rowid": False}


class OversightState(Table, table=True):
    """What rule families remember under one key: the key by its HMAC, the rest sealed.

    This table and the next three follow from the log.
    """

    __tablename__ = "oversight_states"
    key: bytes = Field(sa_column=_bytes(primary=True))
    sealed: bytes = Field(sa_column=_bytes())
    __table_args__ = {"sqlite_with_rowid": False}


class OversightTimer(Table, table=True):
    """A rule family is to be woken once the log's time is past this moment."""

    __tablename__ = "oversight_timers"
    at: str = Field(primary_key=True)
    family: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    __table_args__ = {"sqlite_with_rowid": False}


class OversightRow(Table, table=True):
    """What people ask for: an obligation, a reconciliation, a score; its name by its HMAC."""

    __tablename__ = "oversight_rows"
    family: str = Field(primary_key=True)
    name: bytes = Field(sa_column=_bytes(primary=True))
    scope: str
    day: str
    kind: str
    status: str
    sealed: bytes = Field(sa_column=_bytes())
    __table_args__ = (
        Index("oversight_rows_scope", "family", "scope", "day", "name"),
        Index("oversight_rows_day", "family", "day", "name"),
    )


class OversightFinding(Table, table=True):
    """A finding that is still to be posted; `fault` says why the log refused it."""

    __tablename__ = "oversight_findings"
    position: int | None = Field(default=None, sa_column=Column(_BIG, primary_key=True))
    record_id: str = Field(unique=True)
    sealed: bytes = Field(sa_column=_bytes())
    fault: str | None = None


class LeaseRow(Table, table=True):
    """Which process may do what only one may do."""

    __tablename__ = "leases"
    name: str = Field(primary_key=True)
    holder: str
    until_ms: int = Field(sa_column=_big())


class ServingRow(Table, table=True):
    """A process that serves, and how many requests of whom it let through lately, as JSON."""

    __tablename__ = "serving"
    process: str = Field(primary_key=True)
    seen_ms: int = Field(sa_column=_big())
    taken: str = Field(sa_column=Column(Text, nullable=False))


class WebhookRow(Table, table=True):
    """A subscription to warnings: whose it is, and how it stands with its receiver.

    `sealed` holds where it goes, its secret and what it asks for, key and all. `token`: the token
    that made it; empty where the operator did. `since`: the first entry it is told of. `replay_at`,
    `replay_end`: entries that are still to be queued again.
    """

    __tablename__ = "webhooks"
    id: str = Field(primary_key=True)
    party: str = Field(index=True)
    token: str | None = None
    created_at: str
    sealed: bytes = Field(sa_column=_bytes())
    since: int = Field(sa_column=_big())
    rest_until_ms: int = Field(default=0, sa_column=_big())
    failures: int = 0
    delivered_ms: int | None = Field(default=None, sa_column=_big(null=True))
    outcome: str = ""
    stopped: str | None = None
    replay_at: int | None = Field(default=None, sa_column=_big(null=True))
    replay_end: int | None = Field(default=None, sa_column=_big(null=True))


class WebhookDelivery(Table, table=True):
    """One entry for one subscription: what is sent is read from the log when it is sent.

    The index -1 is the greeting of a new subscription.
    """

    __tablename__ = "webhook_deliveries"
    webhook: str = Field(primary_key=True)
    index: int = Field(sa_column=_big(primary=True))
    queued_ms: int = Field(sa_column=_big())
    due_ms: int = Field(sa_column=_big())
    attempts: int = 0
    state: str = "pending"
    outcome: str = ""
    changed_ms: int = Field(sa_column=_big())
    __table_args__ = (
        Index("webhook_deliveries_due", "webhook", "due_ms", "index", **_only("state = 'pending'")),
        Index("webhook_deliveries_done", "state", "changed_ms", **_only("state <> 'pending'")),
    )
