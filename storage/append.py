"""The append transaction: the commit point of everything (DESIGN §2.3, §2.4).

    lock the head row → look up → per draft: known? may it? blocked? chains → integrate → sign → write
    → COMMIT → raise the released mark → release

Crash points: before COMMIT nothing happened; after COMMIT and before the mark, the records are
there and a retry with the same ids finds them; no checkpoint has left. Where COMMIT reports a
failure its outcome is unknown: the signed checkpoint is discarded, the head is locked again, which
waits for the first attempt to end one way or the other, and the ids are looked up.
"""

import logging
import threading
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ledger import entry as entry_format
from ledger import timestamp
from ledger.compact import CompactRange
from ledger.errors import ConflictError, RefusedError, UnavailableError
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
from storage import head_row, reads, refusals
from storage.acts import Acts, BatchState
from storage.batch import Batch, BatchWriter
from storage.branch import Branch, Marks
from storage.clock import LogClock
from storage.database import is_sqlite, reading, translated, writing
from storage.head_row import LockedHead
from storage.lookups import Known, Lookups
from storage.mark import Mark, ReleasedMark
from storage.open_entries import FollowedRegistry
from storage.sealing import Sealer
from storage.signing import HeadSigner
from storage.values import MAX_BATCH, Appended, Head

logger = logging.getLogger("mealtrace.append")

Outcome = Appended | RefusedError

Release = Callable[[], list[Outcome]]
"""Raises the released mark, then tells what became of each draft."""

More = Callable[[], Sequence[Draft]]
"""Gives the drafts that arrived meanwhile, none of them twice."""


class CommitUnknownError(UnavailableError):
    """COMMIT reported a failure; whether it happened only the database knows."""


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
        self._branch = Branch(mark)
        self._clock = LogClock()
        self._signer = HeadSigner(signers, reread)
        self._acts = Acts(act_rules, sealer, engine.dialect)
        self._writer = BatchWriter(engine.dialect, sealer)
        self._followed = FollowedRegistry()
        self._lock = threading.RLock()
        self._shown = FollowedRegistry()
        self._shown_lock = threading.Lock()

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
        marks = self._branch.ask()()
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
            head_row.lock(connection)
            self._acts.rebuild(connection)

    def check_acts(self) -> None:
        """Refuse what acts are checked against where other rules than these derived it.

        Raises:
            ConflictError: they did; the message names the command that derives it again.
            UnavailableError: the database does not answer.
        """
        with reading(self._engine) as connection:
            self._acts.check_version(connection)

    def renew_acts(self) -> None:
        """As `rebuild_acts`, where `check_acts` refuses what is there."""
        try:
            self.check_acts()
        except ConflictError:
            self.rebuild_acts()

    def differing_acts(self, altered: Collection[int] = ()) -> list[str]:
        """The keys of act rules under which something else is stored than the log gives.

        Args:
            altered: indices of entries that are not what was logged: nothing is derived from them.
        """
        with reading(self._engine) as connection:
            if not is_sqlite(self._engine):  # whose readers see one snapshot anyway
                connection.execution_options(isolation_level="REPEATABLE READ")
            return self._acts.differing(connection, altered)

    def registry(self) -> Registry:
        """Parties, roles and keys as of the committed head: for reading, never for appending."""
        with self._shown_lock, reading(self._engine) as connection:
            return self._shown.follow(connection)

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
            asked = self._branch.ask()  # and answered while this transaction waits for the head
            try:
                outcomes, head = self._work(
                    connection, take, asked, atomic=atomic, founding=founding
                )
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
        self._followed = FollowedRegistry()
        self._branch.forget()

    def _work(
        self,
        connection: Connection,
        take: Callable[[], Sequence[Draft]],
        asked: Marks,
        *,
        atomic: bool,
        founding: bool,
    ) -> tuple[list[Outcome], CompactRange | None]:
        """Everything between BEGIN and COMMIT; the new head, None if it is the old one."""
        if founding:
            head_row.plant(connection)
        locked = head_row.lock(connection)
        if locked is None:
            raise UnavailableError("there is no log yet; `mealtrace init` founds one")
        if founding and not locked.size:
            self._acts.begin(connection)
        drafts = take()
        logged_at = max(locked.logged_at, timestamp.format(self._clock.read(connection)))
        if locked.open_index > self._followed.index:
            self._followed.follow(connection)
        lookups = Lookups.gather(connection, self._sealer, drafts, atomic=atomic)
        acts = self._acts.open(connection, drafts, lookups.records)
        batch = Batch(locked.size, logged_at, locked.open_index)
        results: list[tuple[Known, bool] | RefusedError] = []
        for draft in drafts:
            try:
                known = lookups.records.get(draft.statement.id)
                if known is not None:
                    refusals.check_same(draft, known)
                    results.append((known, True))
                else:
                    results.append((self._add(draft, locked, lookups, acts, batch), False))
            except RefusedError as error:
                results.append(error)
        if atomic and any(isinstance(result, RefusedError) for result in results):
            self._followed = FollowedRegistry()
            return [
                result if isinstance(result, RefusedError) else refusals.refused_with_others()
                for result in results
            ], None
        self._branch.check(connection, locked.range, asked)
        if not batch.leaf_hashes:
            self._branch.release(Mark(locked.size, locked.range.root()))
            told = _outcomes(connection, drafts, results, None, locked.size, locked.checkpoint)
            return told, None
        tiles = reads.TileReader(connection)
        integration = integrate(locked.range, batch.leaf_hashes, tiles)
        head, standing = integration.range, self._followed.registry.standing
        note = self._signer.sign(standing, head.size, integration.root)
        self._writer.write(connection, batch, lookups, acts, integration, note)
        return _outcomes(connection, drafts, results, integration, head.size, note), head

    def _add(
        self,
        draft: Draft,
        locked: LockedHead,
        lookups: Lookups,
        acts: BatchState | None,
        batch: Batch,
    ) -> Known:
        """One new record into the batch.

        Raises:
            RefusedError: it may not be posted; the batch is as before.
        """
        statement, index, registry = draft.statement, batch.next_index, self._followed.registry
        refusals.check_size(draft)
        if index:
            # First, so that who may not say it learns nothing of what others said.
            rights.check(draft, registry, index=index, logged_at=batch.logged_at)
            _check_anchored(registry.standing, locked.anchored_size)
        refusals.check_document(draft, lookups)
        refusals.check_blobs(draft, lookups)
        refusals.check_links(draft, lookups, registry.standing)
        refusals.check_taken_back(draft, lookups, registry)
        if acts is not None:
            genesis = registry.standing.genesis
            assert genesis is not None  # it is no act itself, and everything stands above it
            acts.check(draft, batch.logged_at, genesis.time_zone)
        chains = lookups.chains(statement)
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
            self._followed.apply(statement, draft.signature, draft.opened, index, leaf)
            if statement.type == "erasure":
                erasure = Erasure.of_json(draft.opened.payload)
                batch.erasures += [(known, erasure) for known in lookups.targets(draft, "erases")]
        known = batch.add(draft, chains, data, leaf, self._sealer)
        lookups.add(draft, known, chains)
        if acts is not None:
            acts.add(draft, lookups.records)
        return known


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


def _outcomes(
    connection: Connection,
    drafts: Sequence[Draft],
    results: Sequence[tuple[Known, bool] | RefusedError],
    integration: Integration | None,
    size: int,
    note: str,
) -> list[Outcome]:
    """What becomes of each draft, proved in the tree of `size`, whose checkpoint is `note`.

    `integration` is this transaction's own, None where it writes nothing.
    """
    # Nothing uncommitted may enter the cache that readers share: this one ends with the batch.
    tiles, cache = reads.TileReader(connection), TileCache()
    outcomes: list[Outcome] = []
    for draft, result in zip(drafts, results, strict=True):
        if isinstance(result, RefusedError):
            outcomes.append(result)
            continue
        known, replayed = result
        assert known.seed is not None
        if integration is not None and known.index >= integration.old_size:
            proof = integration.proof_of(known.index)
        else:
            proof = inclusion_proof(known.index, size, tiles, cache)
        outcomes.append(
            Appended(
                id=draft.statement.id,
                index=known.index,
                leaf_hash=known.leaf_hash,
                logged_at=known.logged_at,
                entry=known.data,
                seed=known.seed,
                size=size,
                proof=proof,
                checkpoint=note,
                replayed=replayed,
            )
        )
    return outcomes
