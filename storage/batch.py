"""What one append transaction writes: gathered record by record, then written table by table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Dialect

from ledger.entry import ChainItem
from ledger.evidence.draft import Draft
from ledger.governance import Erasure
from ledger.integrator import Integration
from storage import head_row
from storage.acts import BatchState
from storage.bulk import BulkInsert
from storage.database import pipelined
from storage.erasure import erase
from storage.links import links_of
from storage.lookups import Known, Lookups
from storage.sealing import Sealer, content_mac
from storage.tables import (
    BlobUse,
    ChainRow,
    CheckpointRow,
    DocumentRow,
    EntryRow,
    LinkRow,
    SubjectHead,
    TileRow,
    WrappedKey,
)


@dataclass(slots=True)
class Batch:
    """The rows of one transaction, before the first of them is written.

    Attributes:
        first: index of the first entry.
        logged_at: the time of all of them, normal form.
        open_index: index of the log's last open entry, this batch's own counted.
    """

    first: int
    logged_at: str
    open_index: int
    leaf_hashes: list[bytes] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    chains: list[tuple[Any, ...]] = field(default_factory=list)
    links: list[tuple[str, int, str]] = field(default_factory=list)
    heads: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)
    wrapped: list[tuple[Any, ...]] = field(default_factory=list)
    erasures: list[tuple[Known, Erasure]] = field(default_factory=list)

    @property
    def next_index(self) -> int:
        """Where the next record will stand."""
        return self.first + len(self.leaf_hashes)

    def add(
        self, draft: Draft, chains: Iterable[ChainItem], data: bytes, leaf: bytes, sealer: Sealer
    ) -> Known:
        """A record whose entry is `data`: its rows, and what later drafts may ask of it."""
        statement, index = draft.statement, self.next_index
        mac = content_mac(draft.seed, draft.content)
        for item in chains:
            self.heads[item.subject] = (item.seq, index, leaf)
            self.chains.append((item.subject, item.seq, index))
        self.links += links_of(statement, index)
        sealed = None
        if draft.opened is None:
            sealed, wrapped = sealer.seal_record(statement.id, draft.seed, draft.payload)
            self.wrapped.append((f"r:{statement.id}", wrapped))
        else:
            self.open_index = index
        source = draft.source_ref
        self.entries.append(
            (
                index, statement.id, leaf, data, statement.type, statement.issuer, draft.submitter,
                statement.occurred_at, self.logged_at, draft.opened is not None, statement.sha256,
                mac,
                None if source is None else sealer.mac("source_ref", source), sealed,
            )
        )  # fmt: skip
        self.leaf_hashes.append(leaf)
        return Known(
            index, leaf, data, draft.submitter, statement.issuer, self.logged_at,
            statement.sha256, mac, draft.seed,
        )  # fmt: skip


class BatchWriter:
    """Writes batches into one database."""

    def __init__(self, dialect: Dialect, sealer: Sealer) -> None:
        """`dialect` is the engine's."""
        self._sealer = sealer
        self._entries = BulkInsert(
            EntryRow,
            (
                "index", "record_id", "leaf_hash", "data", "type", "issuer", "submitter",
                "occurred_at", "logged_at", "is_open", "statement_sha256", "content_mac",
                "source_mac", "sealed",
            ),
            dialect,
        )  # fmt: skip
        self._chains = BulkInsert(ChainRow, ("subject", "seq", "index"), dialect)
        self._links = BulkInsert(LinkRow, ("target", "index", "rel"), dialect)
        self._heads = BulkInsert(
            SubjectHead, ("subject", "seq", "index", "leaf_hash"), dialect, replace_on="subject"
        )
        self._wrapped = BulkInsert(WrappedKey, ("owner", "wrapped"), dialect)
        self._documents = BulkInsert(DocumentRow, ("mac", "index"), dialect, replace_on="mac")
        self._uses = BulkInsert(BlobUse, ("upload", "index"), dialect)
        self._tiles = BulkInsert(TileRow, ("level", "index", "hashes", "root"), dialect)
        self._checkpoints = BulkInsert(CheckpointRow, ("size", "note"), dialect)

    def write(
        self,
        connection: Connection,
        batch: Batch,
        lookups: Lookups,
        acts: BatchState | None,
        integration: Integration,
        note: str,
    ) -> None:
        """Everything, and the moved head last.

        Raises:
            UnavailableError: the head is not where it was locked; nothing may be committed.
        """
        heads = [(name, *head) for name, head in batch.heads.items()]
        tiles = [
            (tile.level, tile.index, tile.hashes, tile.root) for tile in integration.full_tiles
        ]
        lookups.free_documents(connection)
        with pipelined(connection):
            self._entries(connection, batch.entries)
            self._chains(connection, batch.chains)
            self._links(connection, batch.links)
            self._heads(connection, heads)
            self._wrapped(connection, batch.wrapped)
            self._documents(connection, list(lookups.taken.items()))
            self._uses(connection, sorted(set(lookups.uses)))
            self._tiles(connection, tiles)
            self._checkpoints(connection, [(integration.range.size, note)])
        lookups.name_uploads(connection)
        if acts is not None:
            acts.write(connection)
        for target, erasure in batch.erasures:
            erase(connection, self._sealer, target.index, target.statement(), erasure)
        head_row.move(
            connection,
            batch.first,
            to=integration.range,
            logged_at=batch.logged_at,
            checkpoint=note,
            open_index=batch.open_index,
        )
