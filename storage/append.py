"""The append transaction: the commit point of everything (DESIGN §2.3, §2.4).

    lock the head row → look up → per draft: known? may it? blocked? chains → integrate → write → sign
    → COMMIT → raise the released mark → release

Crash points: before COMMIT nothing happened; after COMMIT and before the mark, the records are
there and a retry with the same ids finds them; no checkpoint has left. Where COMMIT reports a
failure its outcome is unknown: the signed checkpoint is discarded, the head is locked again, which
waits for the first attempt to end one way or the other, and the ids are looked up.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, select, update
from sqlalchemy.exc import SQLAlchemyError

from ledger import checkpoint as checkpoints
from ledger import entry as entry_format
from ledger import timestamp
from ledger.checkpoint import Checkpoint
from ledger.compact import EMPTY, CompactRange
from ledger.entry import ChainItem
from ledger.errors import MalformedError, NotFoundError, RefusedError, UnavailableError
from ledger.evidence import rights
from ledger.evidence.draft import Draft
from ledger.evidence.registry import Registry
from ledger.governance import Erasure
from ledger.integrator import Integration, integrate
from ledger.merkle import leaf_hash as hash_leaf
from ledger.note import NoteSigner
from ledger.oversight.act_rules import RULES
from ledger.oversight.acts import ActRules
from ledger.standing import Standing
from ledger.tile_proof import TileCache, inclusion_proof
from storage import reads, refusals
from storage.acts import Acts, BatchState
from storage.branch import Branch
from storage.bulk import BulkInsert
from storage.database import is_sqlite, now_ms, reading, translated, writing
from storage.erasure import erase
from storage.links import links_of
from storage.lookups import Known, Lookups
from storage.mark import Mark, ReleasedMark
from storage.sealing import Sealer, content_mac
from storage.tables import (
    BlobUse,
    ChainRow,
    CheckpointRow,
    DocumentRow,
    EntryRow,
    LinkRow,
    LogHead,
    SubjectHead,
    TileRow,
    WrappedKey,
)
from storage.values import MAX_BATCH, Appended, Head

logger = logging.getLogger("mealtrace.append")

MAX_SKEW_MS: Final = 5_000
"""A process further off the database's clock than this refuses to append."""

MAX_JUMP_MS: Final = 3_600_000
"""A database clock that jumps further than this while the process runs stops appending."""

Outcome = Appended | RefusedError

Release = Callable[[], list[Outcome]]
"""Raises the released mark, then tells what became of each draft."""

More = Callable[[], Sequence[Draft]]
"""Gives the drafts that arrived meanwhile, none of them twice."""

_LOCKED_HEAD = select(
    reads.HEAD.size,
    reads.HEAD.range,
    reads.HEAD.logged_at,
    reads.HEAD.checkpoint,
    reads.HEAD.open_index,
    reads.HEAD.anchored_size,
).with_for_update()


_MOVE_HEAD = (
    update(LogHead.__table__)  # type: ignore[attr-defined]
    .where(reads.HEAD.size == bindparam("first"))
    .values(
        size=bindparam("new_size"),
        range=bindparam("new_range"),
        logged_at=bindparam("new_time"),
        checkpoint=bindparam("new_note"),
        open_index=bindparam("new_open"),
    )
)


class CommitUnknownError(UnavailableError):
    """COMMIT reported a failure; whether it happened only the database knows."""


@dataclass(slots=True)
class _Batch:
    """What one transaction writes, gathered before the first row is written."""

    first: int
    logged_at: str
    open_index: int
    anchored_size: int
    leaf_hashes: list[bytes] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    chains: list[tuple[Any, ...]] = field(default_factory=list)
    links: list[tuple[str, int, str]] = field(default_factory=list)
    heads: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)
    wrapped: list[tuple[Any, ...]] = field(default_factory=list)
    erasures: list[tuple[Known, Erasure]] = field(default_factory=list)


class Appender:
    """Appends to one log; shared by the threads of a process, one transaction at a time."""

    def __init__(
        self,
        engine: Engine,
        sealer: Sealer,
        signers: Sequence[NoteSigner],
        mark: ReleasedMark,
        *,
        reread: Callable[[], Sequence[NoteSigner]] | None = None,
        act_rules: ActRules = RULES,
    ) -> None:
        """Args as `store.Store`."""
        self._engine = engine
        self._sealer = sealer
        self._signers = list(signers)
        self._reread = reread
        self._branch = Branch(mark)
        self._lock = threading.RLock()
        self._registry: Registry | None = None
        self._registry_index = -1
        self._shown = Registry(Standing())
        self._shown_index = -1
        self._shown_lock = threading.Lock()
        self._last_clock: tuple[int, float] | None = None
        dialect = engine.dialect
        self._insert_entries = BulkInsert(
            EntryRow,
            (
                "index", "record_id", "leaf_hash", "data", "type", "issuer", "submitter",
                "occurred_at", "logged_at", "is_open", "statement_sha256", "content_mac",
                "source_mac", "sealed",
            ),
            dialect,
        )  # fmt: skip
        self._insert_chains = BulkInsert(ChainRow, ("subject", "seq", "index"), dialect)
        self._insert_links = BulkInsert(LinkRow, ("target", "index", "rel"), dialect)
        self._insert_heads = BulkInsert(
            SubjectHead, ("subject", "seq", "index", "leaf_hash"), dialect, replace_on="subject"
        )
        self._insert_wrapped = BulkInsert(WrappedKey, ("owner", "wrapped"), dialect)
        self._insert_tiles = BulkInsert(TileRow, ("level", "index", "hashes", "root"), dialect)
        self._insert_documents = BulkInsert(
            DocumentRow, ("mac", "index"), dialect, replace_on="mac"
        )
        self._insert_checkpoints = BulkInsert(CheckpointRow, ("size", "note"), dialect)
        self._acts = Acts(act_rules, sealer, dialect)
        self._insert_uses = BulkInsert(BlobUse, ("upload", "index"), dialect)

    def append(self, drafts: Sequence[Draft], *, atomic: bool = False) -> list[Outcome]:
        """Append in one transaction; one outcome a draft, in order. Durable on return.

        Raises:
            UnavailableError: nothing is known to be stored; the same call may be made again.
            RolledBackError: the database lies behind what was released; nothing is signed.
        """
        return self.commit(drafts, atomic=atomic)()

    def commit(
        self, drafts: Sequence[Draft], *, atomic: bool = False, more: More | None = None
    ) -> Release:
        """As `append`, short of the released mark: the call returned raises it and tells.

        So the next transaction may begin while this one's mark is written. Whatever is committed
        and not released yet is on this process's own branch, which the mark then follows.

        Args:
            drafts: at most `MAX_BATCH`.
            atomic: one refusal refuses all.
            more: asked once, when the head is locked: drafts that arrived while another process
                held it. They are appended behind `drafts`, and their outcomes stand there too.
        """
        if len(drafts) > MAX_BATCH:
            raise ValueError(f"at most {MAX_BATCH} drafts a transaction")
        if atomic and len(_first_part(drafts)) < len(drafts):
            return lambda: [refusals.ends_its_transaction() for _ in drafts]
        waiting = list(drafts)
        outcomes: list[Outcome] = []
        head: CompactRange | None = None

        def take() -> Sequence[Draft]:
            nonlocal more
            if more is not None:
                waiting.extend(more())
                more = None
            return _first_part(waiting[len(outcomes) :])

        while len(outcomes) < len(waiting):
            found, new = self._settled(take, atomic=atomic, founding=False)
            outcomes += found
            head = new or head

        def release() -> list[Outcome]:
            if head is not None:
                self._branch.release(Mark(head.size, head.root()))
            return outcomes

        return release

    def found(self, draft: Draft) -> Appended:
        """Write genesis as entry 0 of an empty database; the same genesis again is replayed.

        Raises:
            RefusedError: another log lives here.
        """
        outcomes, head = self._settled(lambda: [draft], atomic=False, founding=True)
        if head is not None:
            self._branch.release(Mark(head.size, head.root()))
        outcome = outcomes[0]
        if isinstance(outcome, RefusedError):
            raise outcome
        return outcome

    def head(self) -> Head:
        """The committed head, released: it extends the mark, and the mark stands at it or above.

        Raises:
            NotFoundError: the log was not founded.
            RolledBackError: it does not extend what was released.
            UnavailableError: the database or the mark does not answer.
        """
        with reading(self._engine) as connection:
            head = reads.head(connection)
        if not head.size or self._branch.is_released(Mark(head.size, head.root)):
            return head
        # The marks are read before the head that must extend them: another process may raise both.
        marks = self._branch.marks()
        with reading(self._engine) as connection:
            head = reads.head(connection)
            self._branch.check_stored(connection, head.range, marks)
        self._branch.release(Mark(head.size, head.root))
        return head

    def rebuild_acts(self) -> None:
        """Derive the state of the act rules from the log again, while nothing is appended.

        Raises:
            UnavailableError: the database does not answer.
        """
        with self._lock, writing(self._engine) as connection:
            connection.execute(_LOCKED_HEAD).first()
            self._acts.rebuild(connection)

    def differing_acts(self) -> list[str]:
        """The keys of act rules under which something else is stored than the log gives."""
        with reading(self._engine) as connection:
            if not is_sqlite(self._engine):  # whose readers see one snapshot anyway
                connection.execution_options(isolation_level="REPEATABLE READ")
            return self._acts.differing(connection)

    def registry(self) -> Registry:
        """Parties, roles and keys as of the committed head: for reading, never for appending."""
        with self._shown_lock, reading(self._engine) as connection:
            self._shown_index = _refresh(connection, self._shown, self._shown_index)
            return self._shown

    def _settled(
        self, take: Callable[[], Sequence[Draft]], *, atomic: bool, founding: bool
    ) -> tuple[list[Outcome], CompactRange | None]:
        """One transaction, and a second where only the database knows what became of the first.

        Args:
            take: the drafts, asked for when the head is locked; a second transaction gets the same.
            atomic: one refusal refuses all.
            founding: whether the head may have to be planted.
        """
        with self._lock:
            try:
                return self._attempt(take, atomic=atomic, founding=founding)
            except CommitUnknownError:
                logger.warning("the outcome of a commit is unknown; looking the ids up")
                return self._attempt(take, atomic=atomic, founding=founding)

    def _attempt(
        self, take: Callable[[], Sequence[Draft]], *, atomic: bool, founding: bool
    ) -> tuple[list[Outcome], CompactRange | None]:
        """One transaction; its outcomes, and the head to be released before any is told."""
        with translated(), self._engine.connect() as connection:
            connection.execution_options(mealtrace_write=True)
            transaction = connection.begin()
            try:
                outcomes, head = self._work(connection, take, atomic=atomic, founding=founding)
            except BaseException:
                self._forget()
                transaction.rollback()
                raise
            if head is None:
                transaction.rollback()
            else:
                try:
                    transaction.commit()
                except BaseException as error:
                    self._forget()
                    connection.invalidate()
                    if isinstance(error, SQLAlchemyError):
                        raise CommitUnknownError("the commit was not confirmed") from error
                    raise
        if head is not None:
            self._branch.commit(head, head.root())
        return outcomes, head

    def _forget(self) -> None:
        """A transaction failed: what it left in memory may never have been stored."""
        self._registry = None
        self._branch.forget()

    def _work(
        self,
        connection: Connection,
        take: Callable[[], Sequence[Draft]],
        *,
        atomic: bool,
        founding: bool,
    ) -> tuple[list[Outcome], CompactRange | None]:
        """Everything between BEGIN and COMMIT; the new head, None if it is the old one."""
        if founding:
            self._plant(connection)
        locked = connection.execute(_LOCKED_HEAD).first()
        if locked is None:
            raise UnavailableError("there is no log yet; `mealtrace init` founds one")
        drafts = take()
        before = CompactRange.from_bytes(bytes(locked.range))
        logged_at = max(locked.logged_at, timestamp.format(self._clock(connection)))
        registry = self._refresh(connection, locked.open_index)
        lookups = Lookups.gather(connection, self._sealer, drafts, atomic=atomic)
        acts = self._acts.open(connection, drafts, lookups.records)
        batch = _Batch(locked.size, logged_at, locked.open_index, locked.anchored_size)
        results: list[tuple[Known, bool] | RefusedError] = []
        for draft in drafts:
            try:
                known = lookups.records.get(draft.statement.id)
                if known is not None:
                    refusals.check_same(draft, known)
                    results.append((known, True))
                else:
                    results.append((self._add(draft, registry, lookups, acts, batch), False))
            except RefusedError as error:
                results.append(error)
        if atomic and any(isinstance(result, RefusedError) for result in results):
            self._registry = None
            return [refusals.refused_with_others(result) for result in results], None
        if not batch.leaf_hashes:
            size, note, head = locked.size, locked.checkpoint, None
            self._branch.check(connection, before)
            self._branch.release(Mark(size, before.root()))
        else:
            self._branch.check(connection, before)
            integration = integrate(before, batch.leaf_hashes, reads.TileReader(connection))
            size, root = integration.range.size, integration.root
            note = self._sign(registry.standing, size, root)
            self._write(connection, batch, lookups, acts, integration, note)
            head = integration.range
        # Nothing uncommitted may enter the cache that readers share: this one ends with the batch.
        tiles, cache = reads.TileReader(connection), TileCache()
        outcomes: list[Outcome] = []
        for draft, result in zip(drafts, results, strict=True):
            if isinstance(result, RefusedError):
                outcomes.append(result)
                continue
            known, replayed = result
            in_batch = known.index >= batch.first
            assert known.seed is not None
            outcomes.append(
                Appended(
                    id=draft.statement.id,
                    index=known.index,
                    leaf_hash=known.leaf_hash,
                    logged_at=logged_at if in_batch else known.logged_at,
                    entry=known.data,
                    seed=known.seed,
                    size=size,
                    proof=(
                        integration.proof_of(known.index)
                        if in_batch
                        else inclusion_proof(known.index, size, tiles, cache)
                    ),
                    checkpoint=note,
                    replayed=replayed,
                )
            )
        return outcomes, head

    def _add(
        self,
        draft: Draft,
        registry: Registry,
        lookups: Lookups,
        acts: BatchState | None,
        batch: _Batch,
    ) -> Known:
        """One new record into the batch.

        Raises:
            RefusedError: it may not be posted; the batch is as before.
        """
        statement, sealer = draft.statement, self._sealer
        index = batch.first + len(batch.leaf_hashes)
        refusals.check_size(draft)
        if index:
            # First, so that who may not say it learns nothing of what others said.
            rights.check(draft, registry, index=index, logged_at=batch.logged_at)
            _check_anchored(registry.standing, batch.anchored_size)
        lookups.check_document(draft)
        lookups.check_blobs(draft)
        lookups.check_links(draft, registry.standing)
        if acts is not None:
            acts.check(draft, batch.logged_at)
        chains = []
        for name in statement.subjects:
            last = lookups.heads.get(name)
            chains.append(
                ChainItem(name, 1, None, None)
                if last is None
                else ChainItem(name, last[0] + 1, last[1], last[2])
            )
        data = entry_format.build(
            statement,
            chains=chains,
            logged_at=batch.logged_at,
            signature=draft.signature,
            submitter=draft.submitter,
            opened=draft.opened,
        )
        leaf = hash_leaf(data)
        if draft.opened is not None:
            registry.apply(statement, draft.signature, draft.opened, index, leaf)
            batch.open_index = self._registry_index = index
            if statement.type == "erasure":
                erasure = Erasure.of_json(draft.opened.payload)
                batch.erasures += [(known, erasure) for known in lookups.targets(draft, "erases")]
        mac = content_mac(draft.seed, draft.content)
        known = Known(
            index, leaf, data, draft.submitter, statement.issuer, batch.logged_at,
            statement.sha256, mac, draft.seed,
        )  # fmt: skip
        for item in chains:
            lookups.heads[item.subject] = batch.heads[item.subject] = (item.seq, index, leaf)
            batch.chains.append((item.subject, item.seq, index))
        batch.links += links_of(statement, index)
        sealed = None
        if draft.opened is None:
            sealed, wrapped = sealer.seal_record(statement.id, draft.seed, draft.payload)
            batch.wrapped.append((f"r:{statement.id}", wrapped))
        source = draft.source_ref
        batch.entries.append(
            (
                index, statement.id, leaf, data, statement.type, statement.issuer, draft.submitter,
                statement.occurred_at, batch.logged_at, draft.opened is not None, statement.sha256,
                mac,
                None if source is None else sealer.mac("source_ref", source), sealed,
            )
        )  # fmt: skip
        batch.leaf_hashes.append(leaf)
        lookups.add(draft, known)
        if acts is not None:
            acts.add(draft, lookups.records)
        return known

    def _write(
        self,
        connection: Connection,
        batch: _Batch,
        lookups: Lookups,
        acts: BatchState | None,
        integration: Integration,
        note: str,
    ) -> None:
        lookups.free_documents(connection)
        self._insert_entries(connection, batch.entries)
        self._insert_chains(connection, batch.chains)
        self._insert_links(connection, batch.links)
        self._insert_heads(connection, [(name, *head) for name, head in batch.heads.items()])
        self._insert_wrapped(connection, batch.wrapped)
        self._insert_documents(connection, list(lookups.taken.items()))
        self._insert_uses(connection, sorted(set(lookups.uses)))
        lookups.name_uploads(connection)
        if acts is not None:
            acts.write(connection)
        self._insert_tiles(
            connection,
            [(tile.level, tile.index, tile.hashes, tile.root) for tile in integration.full_tiles],
        )
        for target, erasure in batch.erasures:
            erase(connection, self._sealer, target.index, target.statement(), erasure)
        size = integration.range.size
        self._insert_checkpoints(connection, [(size, note)])
        changed = connection.execute(
            _MOVE_HEAD,
            {
                "first": batch.first,
                "new_size": size,
                "new_range": integration.range.to_bytes(),
                "new_time": batch.logged_at,
                "new_note": note,
                "new_open": batch.open_index,
            },
        )
        if changed.rowcount != 1:
            raise UnavailableError("the head moved although it was locked; nothing was written")

    def _plant(self, connection: Connection) -> None:
        """The head row of an empty log, if there is none; two that plant at once plant one."""
        columns = ("id", "size", "range", "logged_at", "checkpoint", "open_index", "anchored_size")
        plant = BulkInsert(LogHead, columns, connection.dialect, keep_on="id")
        plant(connection, [(1, 0, EMPTY.to_bytes(), "", "", -1, 0)])

    def _clock(self, connection: Connection) -> int:
        """The database's clock in milliseconds, if this process may believe it."""
        database_ms, process_ms = now_ms(connection), time.time_ns() // 1_000_000
        if abs(database_ms - process_ms) > MAX_SKEW_MS:
            raise UnavailableError(
                f"this process's clock is {(process_ms - database_ms) / 1000:+.1f} s off the "
                "database's; set the clocks and try again"
            )
        monotonic_s = time.monotonic()
        if self._last_clock is not None:
            last_ms, last_s = self._last_clock
            jump_ms = database_ms - last_ms - (monotonic_s - last_s) * 1000
            if abs(jump_ms) > MAX_JUMP_MS:
                raise UnavailableError(
                    f"the database's clock jumped by {jump_ms / 1000:+.0f} s; nothing is appended "
                    "until this process is started again"
                )
        self._last_clock = (database_ms, monotonic_s)
        return database_ms

    def _refresh(self, connection: Connection, upto: int) -> Registry:
        """The append thread's own registry, brought up to the open entries of the committed log."""
        if self._registry is None:
            self._registry, self._registry_index = Registry(Standing()), -1
        if upto > self._registry_index:
            self._registry_index = _refresh(connection, self._registry, self._registry_index)
        return self._registry

    def _sign(self, standing: Standing, size: int, root: bytes) -> str:
        """The checkpoint under every key that this size asks for.

        Raises:
            UnavailableError: one of those keys is not here.
        """
        assert standing.genesis is not None
        wanted = standing.log_keys_at(size)
        signers = [signer for signer in self._signers if signer.verifier_key in wanted]
        if len(signers) != len(wanted) and self._reread is not None:
            # Another process may have changed the log's key since this one read the file.
            try:
                self._signers = list(self._reread())
            except (NotFoundError, MalformedError) as error:
                raise UnavailableError(f"the log's private keys: {error}") from error
            signers = [signer for signer in self._signers if signer.verifier_key in wanted]
        if len(signers) != len(wanted):
            raise UnavailableError("a private key of the log is missing on this process")
        return checkpoints.sign(Checkpoint(standing.genesis.origin, size, root), signers)


def _refresh(connection: Connection, registry: Registry, index: int) -> int:
    """Fold the open entries above `index` into `registry`; the index of the last one."""
    for place, leaf, data in reads.open_entries(connection, index):
        entry = entry_format.parse(data)
        assert entry.open is not None
        registry.apply(entry.statement, entry.signature, entry.open, place, leaf)
        index = place
    return index


def _first_part(drafts: Sequence[Draft]) -> Sequence[Draft]:
    """The drafts of one transaction: it ends with a `log-key`.

    The checkpoint of the size just above such a record bears both keys' signatures, so it must be
    signed (FORMATS §1).
    """
    for place, draft in enumerate(drafts, start=1):
        if draft.statement.type == "log-key":
            return drafts[:place]
    return drafts


def _check_anchored(standing: Standing, anchored_size: int) -> None:
    """Size 1 is anchored before any other entry is taken, where genesis names a target.

    Raises:
        UnavailableError: it is not yet.
    """
    if not anchored_size and standing.genesis is not None and standing.genesis.anchor_target:
        raise UnavailableError("genesis is not anchored yet; the worker does that first")
