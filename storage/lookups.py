"""What a batch needs to know of the log, looked up in a bounded number of queries under the lock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from sqlalchemy import Connection, delete, select, update

from ledger import entry as entry_format
from ledger.entry import ChainItem
from ledger.errors import RefusedError
from ledger.evidence import corrections
from ledger.evidence.draft import Draft
from ledger.statement import Statement
from storage import reads
from storage.among import Among
from storage.sealing import Sealer
from storage.subject_heads import subject_heads
from storage.tables import DocumentRow, EntryRow, UploadRow

DOCUMENT = DocumentRow.__table__.c  # type: ignore[attr-defined]
UPLOAD = UploadRow.__table__.c  # type: ignore[attr-defined]

_DOCUMENTS: Final = Among(
    select(DOCUMENT.mac, reads.ENTRY.record_id, DOCUMENT.index.label("place")).join_from(
        DocumentRow.__table__,  # type: ignore[attr-defined]
        EntryRow.__table__,  # type: ignore[attr-defined]
        reads.ENTRY.index == DOCUMENT.index,
    ),
    DOCUMENT.mac,
)
_UPLOADS: Final = Among(
    select(UPLOAD.mac, UPLOAD.submitter, UPLOAD.id, UPLOAD.media_type, UPLOAD.size, UPLOAD.named)
    .where(UPLOAD.erased_at.is_(None))
    .order_by(UPLOAD.created_at),
    UPLOAD.mac,
)
_RECORDS: Final = Among(
    select(
        reads.ENTRY.index.label("place"),
        reads.ENTRY.record_id,
        reads.ENTRY.leaf_hash,
        reads.ENTRY.data,
        reads.ENTRY.submitter,
        reads.ENTRY.issuer,
        reads.ENTRY.logged_at,
        reads.ENTRY.is_open,
        reads.ENTRY.sealed,
        reads.ENTRY.statement_sha256,
        reads.ENTRY.content_mac,
        reads.WRAPPED.wrapped,
    ).select_from(reads.ENTRIES_WITH_KEYS),
    reads.ENTRY.record_id,
)
_NAME_UPLOADS: Final = Among(
    update(UploadRow.__table__)  # type: ignore[attr-defined]
    .where(UPLOAD.named.is_(False))
    .values(named=True),
    UPLOAD.id,
)


@dataclass(slots=True)
class Known:
    """A record that stands in the log, or in the batch before the one asking."""

    index: int
    leaf_hash: bytes
    data: bytes
    submitter: str
    issuer: str
    logged_at: str
    statement_sha256: bytes
    content_mac: bytes
    seed: bytes | None

    def statement(self) -> Statement:
        """The statement of its entry."""
        return entry_format.parse(self.data).statement


@dataclass(slots=True)
class Lookups:
    """The answers, kept up to date with what the batch itself adds."""

    sealer: Sealer
    records: dict[str, Known] = field(default_factory=dict)
    documents: dict[bytes, tuple[str, int]] = field(default_factory=dict)
    uploads: dict[tuple[bytes, str], tuple[str, str, int]] = field(default_factory=dict)
    heads: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)
    taken: dict[bytes, int] = field(default_factory=dict)
    freed: list[int] = field(default_factory=list)
    corrected: set[str] = field(default_factory=set)
    blocked: dict[str, RefusedError] = field(default_factory=dict)
    used: set[tuple[bytes, str]] = field(default_factory=set)
    unnamed: set[str] = field(default_factory=set)
    macs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    uses: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def gather(
        cls, connection: Connection, sealer: Sealer, drafts: Sequence[Draft], *, atomic: bool
    ) -> "Lookups":
        """Look up everything that `drafts` refer to."""
        found = cls(sealer)
        mac_of = found.mac
        own = {draft.statement.id for draft in drafts}
        ids = set(own)
        macs: set[bytes] = set()
        digests: set[bytes] = set()
        subjects: set[str] = set()
        for draft in drafts:
            subjects.update(draft.statement.subjects)
            ids.update(link.id for link in draft.statement.links if link.id is not None)
            if draft.document_key is not None:
                macs.add(mac_of("document", draft.document_key))
            digests.update([mac_of("blob", blob.sha256) for blob in draft.blobs])
        for row in chain.from_iterable(_DOCUMENTS(connection, list(macs))):
            found.documents[bytes(row.mac)] = (row.record_id, row.place)
        for row in chain.from_iterable(_UPLOADS(connection, list(digests))):
            found.uploads[bytes(row.mac), row.submitter] = (row.id, row.media_type, row.size)
            if row.named:
                found.used.add((bytes(row.mac), row.submitter))
            else:
                found.unnamed.add(row.id)
        found._read_records(connection, list(ids), own)
        if atomic:
            found.corrected = {
                link.id
                for draft in drafts
                if draft.statement.type == "correction"
                for link in draft.statement.links
                if link.rel == "corrects" and link.id is not None
            }
        new = [draft for draft in drafts if draft.statement.id not in found.records]
        found.blocked = {
            new[place].statement.id: error
            for place, error in corrections.check_batch(new, atomic=atomic).items()
        }
        found.heads = subject_heads(connection, list(subjects))
        return found

    def mac(self, domain: str, value: str) -> bytes:
        """`Sealer.mac`; a batch asks for the same ones again and again."""
        found = self.macs.get((domain, value))
        if found is None:
            found = self.macs[domain, value] = self.sealer.mac(domain, value)
        return found

    def _read_records(self, connection: Connection, ids: Sequence[str], own: set[str]) -> None:
        for row in chain.from_iterable(_RECORDS(connection, ids)):
            self.records[row.record_id] = Known(
                row.place,
                bytes(row.leaf_hash),
                bytes(row.data),
                row.submitter,
                row.issuer,
                row.logged_at,
                bytes(row.statement_sha256),
                bytes(row.content_mac),
                # Only what may be a retry is opened: a link's target need not be readable.
                reads.opened(row, self.sealer).seed if row.record_id in own else None,
            )

    def chains(self, statement: Statement) -> list[ChainItem]:
        """Where a new record stands in the chain of each of its subjects."""
        found = []
        for name in statement.subjects:
            last = self.heads.get(name)
            found.append(
                ChainItem(name, 1, None, None)
                if last is None
                else ChainItem(name, last[0] + 1, last[1], last[2])
            )
        return found

    def add(self, draft: Draft, known: Known, chains: Sequence[ChainItem]) -> None:
        """Take in a record of this batch: later ones see it as if it stood in the log."""
        self.records[draft.statement.id] = known
        for item in chains:
            self.heads[item.subject] = (item.seq, known.index, known.leaf_hash)
        if draft.document_key is not None:
            mac = self.mac("document", draft.document_key)
            self.documents[mac] = (draft.statement.id, known.index)
            self.taken[mac] = known.index
        for blob in draft.blobs:
            mac = self.mac("blob", blob.sha256)
            own = mac, draft.submitter
            self.used.add(own)
            self.uses.append((self.uploads[own][0], known.index))
        if draft.reason_code == "did-not-occur":
            for target in self.targets(draft, "corrects"):
                self._free(target.index)

    def targets(self, draft: Draft, rel: str) -> list[Known]:
        """The records that `draft` links to in this way, as far as they are known."""
        linked = [link.id for link in draft.statement.links if link.rel == rel]
        return [self.records[name] for name in linked if name is not None and name in self.records]

    def _free(self, index: int) -> None:
        """Let go of what a record that did not occur holds, in the log or in this batch."""
        self.freed.append(index)
        for mac, (_, holder) in list(self.documents.items()):
            if holder == index:
                del self.documents[mac]
                self.taken.pop(mac, None)

    def free_documents(self, connection: Connection) -> None:
        """Let go of the document keys of records that did not occur."""
        if self.freed:
            connection.execute(
                delete(DocumentRow.__table__).where(  # type: ignore[attr-defined]
                    DOCUMENT.index.in_(self.freed)
                )
            )

    def name_uploads(self, connection: Connection) -> None:
        """Mark the uploads that this batch is the first to name: they are never collected."""
        _NAME_UPLOADS(
            connection, list(self.unnamed.intersection(upload for upload, _ in self.uses))
        )
