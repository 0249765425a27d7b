"""One log's storage: the facade that `api` works with.

The append transaction is in `append.py`, queries in `reads.py` and `search.py`; blobs, tokens, anchors and what is
kept beside the log have objects of their own here.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from sqlalchemy import Engine

from ledger import tile_proof
from ledger.audit.findings import Finding
from ledger.audit.records import Row
from ledger.audit.tables import RowSums
from ledger.entry_bundle import format as format_bundle
from ledger.errors import NotFoundError
from ledger.evidence.draft import Draft
from ledger.evidence.registry import Registry
from ledger.note import NoteSigner
from ledger.oversight.act_rules import RULES
from ledger.oversight.acts import ActRules
from ledger.subject_index import Head as SubjectIndexHead
from ledger.tile import TILE_WIDTH
from ledger.tile_proof import TileCache
from ledger.trace.walk import Ask
from storage import audit_tables, links, reads, search
from storage.anchors import Anchors
from storage.append import Appender, More, Outcome, Release
from storage.audit_rows import audit_rows, audit_rows_of
from storage.blobs import BlobStore
from storage.database import empty_wal, is_sqlite, reading, writing
from storage.deliveries import Deliveries
from storage.erasure import Reapplied, apply_all
from storage.journal import Journal
from storage.mark import ReleasedMark
from storage.oversight import Oversight
from storage.rates import Rates
from storage.sealing import Sealer, SealingKeys
from storage.subject_heads import heads_at, subject_heads
from storage.tokens import Tokens
from storage.upkeep import Upkeep
from storage.uploads import Uploads
from storage.values import Appended, ChainLink, Head, Hit, Search, StoredRecord
from storage.webhooks import Webhooks


class Store:
    """Everything stored of one log; shared by the threads of a process."""

    def __init__(
        self,
        engine: Engine,
        keys: SealingKeys,
        signers: Sequence[NoteSigner],
        mark: ReleasedMark,
        blobs: BlobStore,
        *,
        reread: Callable[[], Sequence[NoteSigner]] | None = None,
        act_rules: ActRules = RULES,
    ) -> None:
        """Open a migrated database.

        Args:
            engine: of `database.open_engine`.
            keys: what payloads and blobs are sealed under.
            signers: the log's private keys; empty where nothing is appended.
            mark: the released mark shared by all processes of this log.
            blobs: where blobs lie.
            reread: reads the log's private keys anew, where another process may have changed them.
            act_rules: what may block an act.
        """
        self.engine = engine
        self.sealer = Sealer(keys)
        self._cache = TileCache()
        self._appender = Appender(
            engine, self.sealer, signers, mark, reread=reread, act_rules=act_rules
        )
        self.uploads = Uploads(engine, self.sealer, blobs)
        self.upkeep = Upkeep(engine, self.sealer, blobs, self.uploads)
        self.tokens = Tokens(engine)
        self.anchors = Anchors(engine)
        self.journal = Journal(engine, self.sealer)
        self.rates = Rates(engine)
        self.oversight = Oversight(engine, self.sealer)
        self.webhooks = Webhooks(engine, self.sealer)
        self.deliveries = Deliveries(engine)

    def close(self) -> None:
        """Let go of the connections. May be called twice."""
        self.engine.dispose()

    def found(self, genesis: Draft) -> Appended:
        """Write genesis as entry 0; the same genesis again is replayed.

        Raises:
            RefusedError: another log lives here.
        """
        return self._appender.found(genesis)

    def append(self, drafts: Sequence[Draft], *, atomic: bool = False) -> list[Outcome]:
        """See `append.Appender.append`."""
        return self._appender.append(drafts, atomic=atomic)

    def commit(
        self, drafts: Sequence[Draft], *, atomic: bool = False, more: More | None = None
    ) -> Release:
        """See `append.Appender.commit`."""
        return self._appender.commit(drafts, atomic=atomic, more=more)

    def rebuild_acts(self) -> None:
        """See `append.Appender.rebuild_acts`."""
        self._appender.rebuild_acts()

    def check_acts(self) -> None:
        """See `append.Appender.check_acts`."""
        self._appender.check_acts()

    def renew_acts(self) -> None:
        """See `append.Appender.renew_acts`."""
        self._appender.renew_acts()

    def differing_acts(self, altered: Collection[int] = ()) -> list[str]:
        """See `append.Appender.differing_acts`."""
        return self._appender.differing_acts(altered)

    def registry(self) -> Registry:
        """Parties, roles, keys and mandates as of the committed head; for reading only."""
        return self._appender.registry()

    def founded(self) -> bool:
        """Whether there is a genesis."""
        try:
            return self.head().size > 0
        except NotFoundError:
            return False

    def head(self) -> Head:
        """The committed head, released: the mark stands at it or above.

        Raises:
            NotFoundError: the log was not founded.
            UnavailableError: the database or the mark does not answer.
        """
        return self._appender.head()

    def committed_size(self) -> int:
        """How many entries are committed, released or not: the mark is not asked."""
        with reading(self.engine) as connection:
            return reads.head(connection).size

    def released_head(self) -> tuple[int, bytes]:
        """Size and root of the head; (0, …) before genesis. `anchoring.store.LogReader`."""
        try:
            head = self.head()
        except NotFoundError:
            return 0, b""
        return head.size, head.root

    def genesis_leaf_hash(self) -> bytes:
        """Leaf hash of entry 0.

        Raises:
            NotFoundError: the log is empty.
        """
        return self.hashes(0, 0, 1)

    def checkpoint(self, size: int) -> str:
        """The checkpoint signed at exactly `size`.

        Raises:
            NotFoundError: none was signed at that size.
        """
        with reading(self.engine) as connection:
            return reads.checkpoint(connection, size)

    def checkpoints(self, start: int = 0, limit: int = 10_000) -> list[tuple[int, str]]:
        """Size and note of the checkpoints of `start` or more entries, ascending."""
        with reading(self.engine) as connection:
            return reads.checkpoints(connection, start, limit)

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        """A hash tile: `ledger.tile.HashReader`.

        Raises:
            NotFoundError: the log has not grown so far.
        """
        with reading(self.engine) as connection:
            return reads.TileReader(connection).hashes(level, tile, width)

    def entries(self, start: int, end: int) -> list[bytes]:
        """Entry bytes of [start, end), as many as there are."""
        with reading(self.engine) as connection:
            return reads.entries(connection, start, end)

    def entry_bundle(self, tile: int, width: int) -> bytes:
        """The entry bundle beside level-0 tile number `tile` (c2sp.org/tlog-tiles).

        Raises:
            NotFoundError: the log has not grown so far.
        """
        first = tile * TILE_WIDTH
        found = self.entries(first, first + width)
        if len(found) != width:
            raise NotFoundError(f"entry bundle {tile} does not hold {width} entries")
        return format_bundle(found)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """RFC 6962 §2.1.1; 0 <= index < size <= head size."""
        with reading(self.engine) as connection:
            tiles = reads.TileReader(connection)
            return tile_proof.inclusion_proof(index, size, tiles, self._cache)

    def inclusion_proofs(self, indices: Sequence[int], size: int) -> list[list[bytes]]:
        """As `inclusion_proof`, of many entries in one tree."""
        with reading(self.engine) as connection:
            return links.inclusion_proofs(connection, indices, size, self._cache)

    def related(
        self, ask: Ask, *, size: int, limit: int, since: int | None = None
    ) -> links.Related:
        """What a trace asks for among the first `size` entries: see `links.related`."""
        with reading(self.engine) as connection:
            return links.related(connection, self.sealer, ask, size=size, limit=limit, since=since)

    def consistency_proof(self, old_size: int, new_size: int) -> list[bytes]:
        """RFC 6962 §2.1.2; 0 < old_size <= new_size <= head size."""
        with reading(self.engine) as connection:
            tiles = reads.TileReader(connection)
            return tile_proof.consistency_proof(old_size, new_size, tiles, self._cache)

    def root_at(self, size: int) -> bytes:
        """The root of the first `size` entries; 0 < size <= head size."""
        with reading(self.engine) as connection:
            return tile_proof.tree_root_at(size, reads.TileReader(connection), self._cache)

    def record(self, record_id: str) -> StoredRecord:
        """One record.

        Raises:
            NotFoundError: there is none of that id.
            VerificationError: its ciphertext was altered.
        """
        with reading(self.engine) as connection:
            return reads.record(connection, self.sealer, record_id)

    def records(self, start: int, end: int) -> list[StoredRecord]:
        """The records of [start, end), opened where their key still exists."""
        with reading(self.engine) as connection:
            return reads.records(connection, self.sealer, start=start, end=end)

    def records_at(self, indices: Sequence[int]) -> list[StoredRecord]:
        """The records at these places, ascending; see `records`. VerificationError: one was altered."""
        with reading(self.engine) as connection:
            return reads.records_at(connection, self.sealer, indices)

    def places_of(self, kinds: Collection[str], start: int, end: int) -> list[int]:
        """Where in [start, end) records of these types stand, ascending."""
        with reading(self.engine) as connection:
            return reads.places_of(connection, kinds, start, end)

    def audit_rows(self, start: int, end: int) -> list[Row]:
        """The rows of [start, end) as an audit compares them; what cannot be opened says why."""
        with reading(self.engine) as connection:
            return audit_rows(connection, self.sealer, start=start, end=end)

    def audit_rows_of(self, record_ids: Sequence[str]) -> list[Row]:
        """The rows of some records, as `audit_rows`."""
        with reading(self.engine) as connection:
            return audit_rows_of(connection, self.sealer, record_ids)

    def differing_tables(
        self, links: RowSums, size: int, altered: Collection[int]
    ) -> Iterator[Finding]:
        """Rows of derived tables that are not what the log gives.

        Args:
            links: what the links of the first `size` entries add up to: `audit_tables.add_links`.
            size: at most the committed size.
            altered: indices of entries that are not what was logged: nothing is derived from them.
        """
        with reading(self.engine) as connection:
            yield from audit_tables.check_links(connection, links, size, altered)
            yield from audit_tables.check_bounds(connection)
            yield from audit_tables.check_uses(connection)

    def reapply_erasures(self) -> Reapplied:
        """Destroy again what this log's erasures destroyed: see `erasure.apply_all`."""
        with writing(self.engine) as connection:
            return apply_all(connection, self.sealer)

    def newest(self, kind: str) -> int:
        """Index of the last record of a type, -1 if there is none."""
        with reading(self.engine) as connection:
            found = reads.newest_of(connection, kind)
        return -1 if found is None else found

    def open_of(self, kind: str, above: int) -> list[bytes]:
        """Entry bytes of the open records of a type above an index, ascending."""
        with reading(self.engine) as connection:
            return reads.open_of(connection, kind, above)

    def shed_erased(self) -> bool:
        """Empty SQLite's write-ahead log, where destroyed keys stand until it is used again.

        False where readers are in the way: to be called again. PostgreSQL has no such call.
        """
        return not is_sqlite(self.engine) or empty_wal(self.engine)

    def search(self, wanted: Search) -> list[Hit]:
        """Matching records, ascending by index."""
        with reading(self.engine) as connection:
            return search.search(connection, self.sealer, wanted)

    def concerns(self, index: int, party: str) -> bool:
        """Whether a party issued or submitted the entry, or is, or runs, a subject of it."""
        with reading(self.engine) as connection:
            return search.concerns(connection, index, party)

    def history(
        self, subject: str, *, after_seq: int = 0, limit: int = 100, visible_to: str | None = None
    ) -> list[ChainLink]:
        """A subject's entries in the order of its chain; of `visible_to` those that concern it."""
        with reading(self.engine) as connection:
            return search.history(
                connection, subject, after_seq=after_seq, limit=limit, visible_to=visible_to
            )

    def head_of(self, subject: str) -> tuple[int, int, bytes] | None:
        """Seq, index and leaf hash of a subject's last entry; None if it has none."""
        with reading(self.engine) as connection:
            return subject_heads(connection, [subject]).get(subject)

    def heads_at(
        self, size: int, since: str = "", until: str | None = None
    ) -> Iterator[SubjectIndexHead]:
        """Every subject's last entry among the first `size`: what a subject index commits to.

        Ascending by subject; only those from `since` on and before `until`, where given. Read as it
        is asked for, from one snapshot.
        """
        with reading(self.engine) as connection:
            yield from heads_at(connection, size, since=since, until=until)

    def newest_of(self, kind: str, below: int) -> int | None:
        """The index of the last record of a type below an index; None where there is none."""
        with reading(self.engine) as connection:
            return reads.newest_of(connection, kind, below)

    def others_wrote(self, party: str, since: int, before: str) -> bool:
        """Whether an entry of anyone but `party`, from index `since` on, was logged before then."""
        with reading(self.engine) as connection:
            return reads.others_wrote(connection, party, since, before)
