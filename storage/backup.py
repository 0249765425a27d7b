"""A backup of one log while it is appended to: one snapshot of the database, then the blobs.

    lock the folder → snapshot: tables into files → release its head → blobs → wrapped keys
    → manifest → drop what it no longer names

What only grows (entries, checkpoints) lies in segments; one that is whole is written once and
copied never again, unless an erasure changed a row of it. Tiles, chains and heads follow from the
entries: a restore makes them anew, which shows that they do. Everything else is written whole.

Crash points. Every file is named by its content and appears when it is whole; the manifest comes
last. A backup broken off leaves the one before, and files that the next one takes or drops.

Wrapped keys go into a folder of their own, one file at a time, so that no copy outlives an erasure
by more than the custody of that folder allows (FORMATS §4). The keys that wrap them are never
read here.
"""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Select, Table, func, select, text

from ledger import entry as entries
from ledger import timestamp
from ledger.errors import ConflictError, NotFoundError, UnavailableError
from storage import manifest as manifests
from storage import reads
from storage import table_files as files
from storage.anchors import ANCHOR
from storage.blobs import BlobStore
from storage.database import is_sqlite, now_ms, reading, translated
from storage.lookups import UPLOAD
from storage.manifest import Manifest
from storage.mark import sync_folder
from storage.store import Store
from storage.stream_seal import sealed_size
from storage.table_files import FileFacts
from storage.tables import METADATA, BlobUse

SEGMENT: Final = 8_192
"""Entries a file: whole hash tiles of level 0, some ten megabytes."""

WRAPPED: Final = "wrapped_keys"
BLOBS: Final = "blobs"
BLOB_COLUMNS: Final = (("name", "text"), ("size", "integer"), ("sha256", "text"))
CHAIN: Final = "chain.sqlite"

GROWING: Final = {"entries": "index", "checkpoints": "size"}
"""Tables in segments, and the column they are cut by."""

DERIVED: Final = frozenset({"tiles", "chains", "subject_heads"})
"""Tables that follow from the entries."""

RULED: Final = frozenset(
    {"oversight_states", "oversight_timers", "oversight_rows", "oversight_findings"}
)
"""Tables that oversight derives from the log again: an erasure must not come back out of a copy."""

_OF_THE_MOMENT: Final = frozenset({"leases", "serving"})
"""Tables that say which processes run now."""

_LEFT: Final = DERIVED | RULED | _OF_THE_MOMENT | {WRAPPED}
_FETCHED: Final = 2_000
_TRIES: Final = 10
_USE = BlobUse.__table__.c  # type: ignore[attr-defined]


@dataclass(slots=True)
class Done:
    """What a backup came to.

    Attributes:
        manifest: as written.
        files: files written now.
        bytes: bytes written now, blobs included.
        blobs: blobs copied now.
    """

    manifest: Manifest
    files: int = 0
    bytes: int = 0
    blobs: int = 0


@dataclass(slots=True)
class _Tally:
    files: int = 0
    bytes: int = 0
    blobs: int = 0
    missing: list[str] = field(default_factory=list)

    def add(self, facts: FileFacts) -> FileFacts:
        self.files += 1
        self.bytes += facts.size
        return facts


def back_up(
    store: Store, blobs: BlobStore, folder: Path, keys: Path, *, chain: Path | None = None
) -> Done:
    """Bring the backup in `folder` up to the log's head.

    Args:
        store: the log.
        blobs: where its blobs lie.
        folder: of the backup; made, for its owner only, if it is not there.
        keys: folder of the wrapped keys, not within `folder`.
        chain: the embedded chain's file; None where there is none.

    Raises:
        ConflictError: the folder holds a backup of another log, or of more than this one has, or
            another process writes it.
        RolledBackError: the database lies behind what was released.
        UnavailableError: database or blob store do not answer.
        OSError: the files cannot be written; the backup before is as it was.
    """
    if keys.resolve().is_relative_to(folder.resolve()):
        raise ConflictError(f"wrapped keys are kept apart from the data: {keys} lies in {folder}")
    with _alone(folder), _alone(keys):
        before = _before(store, folder)
        tally = _Tally()
        copied, connection_of = _with_chain(store, folder, chain, tally)
        with connection_of as connection:
            snapshot = _Snapshot(connection, folder, before, tally)
            head = reads.head(connection)
            ledger = reads.TileReader(connection).hashes(0, 0, 1)
            made_at = timestamp.format(now_ms(connection))
            revision = MigrationContext.configure(connection).get_current_revision()
            segments = {table: snapshot.segments(table, head.size) for table in GROWING}
            tables = {
                str(table.name): snapshot.table(table)
                for table in METADATA.sorted_tables
                if table.name not in _LEFT and table.name not in GROWING
            }
            wrapped = snapshot.wrapped_keys(keys, made_at)
            named = snapshot.new_blobs()
        store.head()  # the head leaves this process: it is released first, and extends the mark
        listed = _copy_blobs(blobs, folder, named, tally)
        manifest = Manifest(
            ledger=ledger,
            revision=str(revision),
            made_at=made_at,
            checkpoint=head.checkpoint,
            segments=segments,
            tables=tables,
            blobs=(*(() if before is None else before.blobs), *listed),
            missing_blobs=tuple(tally.missing),
            wrapped_keys=wrapped,
            chain=copied,
        )
        manifests.save(folder, manifest, store.sealer)
        _tidy(folder, manifest.files())
        _tidy(keys, {wrapped.name})
    return Done(manifest, tally.files, tally.bytes, tally.blobs)


def _before(store: Store, folder: Path) -> Manifest | None:
    """The backup that is there: an earlier one of this log, or none.

    Raises:
        ConflictError: another log's, or a longer one.
    """
    try:
        before = manifests.load(folder, store.sealer)
    except NotFoundError:
        return None
    head = before.head
    if before.ledger != store.genesis_leaf_hash():
        raise ConflictError(f"{folder} holds a backup of another log; give another folder")
    if head.size > store.head().size or store.root_at(head.size) != head.root:
        raise ConflictError(
            f"{folder} holds {head.size} entries that this log does not extend: keep it, it may be "
            "all that is left of them"
        )
    return before


def _with_chain(
    store: Store, folder: Path, chain: Path | None, tally: _Tally
) -> tuple[FileFacts | None, AbstractContextManager[Connection]]:
    """A copy of the embedded chain, and a snapshot of the database that belongs to it.

    No row of an anchor has changed from before the copy until the snapshot: so the one knows of no
    block that the other lacks.
    """
    for _ in range(_TRIES):
        with reading(store.engine) as connection:
            seen = _revisions(connection)
        copied = None if chain is None else _copy_chain(folder, chain)
        with ExitStack() as stack:
            connection = stack.enter_context(_snapshot(store.engine))
            if chain is None or _revisions(connection) == seen:
                if copied is not None:
                    tally.add(copied)
                return copied, _entered(stack.pop_all(), connection)
    raise UnavailableError("anchors change faster than the chain's file is copied")


@contextmanager
def _entered(stack: ExitStack, connection: Connection) -> Iterator[Connection]:
    with stack:
        yield connection


def _revisions(connection: Connection) -> list[tuple[Any, ...]]:
    """What the anchors' rows say."""
    rows = connection.execute(select(ANCHOR.target, ANCHOR.size, ANCHOR.revision))
    return sorted(tuple(row) for row in rows)


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """One view of the whole database for as long as it takes; whoever appends is not held up."""
    with translated(), engine.connect() as connection:
        if not is_sqlite(engine):
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield connection


class _Snapshot:
    """Writes tables of one snapshot, but not what the backup before has already."""

    def __init__(
        self, connection: Connection, folder: Path, before: Manifest | None, tally: _Tally
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._before = before
        self._tally = tally
        self._covered = 0 if before is None else before.head.size

    def segments(self, name: str, size: int) -> tuple[FileFacts, ...]:
        """The files of a growing table: the whole and unchanged ones as they are."""
        table, column = METADATA.tables[name], METADATA.tables[name].c[GROWING[name]]
        known = () if self._before is None else self._before.segments.get(name, ())
        changed = self._changed() if name == "entries" else set()
        found = []
        # Checkpoints are counted from 1, so the one of size `size` must be in the last segment.
        for place, first in enumerate(range(0, size + 1, SEGMENT)):
            whole = first + SEGMENT <= self._covered
            if (
                whole
                and place < len(known)
                and place not in changed
                and known[place].stands_in(self._folder)
            ):
                found.append(known[place])
                continue
            query = select(table).where(column >= first, column < first + SEGMENT).order_by(column)
            found.append(self._write(f"tables/{name}-{first:012d}", table, query))
        return tuple(found)

    def table(self, table: Table) -> FileFacts:
        """A table as it stands, whole."""
        query = select(table).order_by(*table.primary_key.columns)
        if table.name == "uploads":
            query = query.where(UPLOAD.named.is_(True))
        return self._write(f"tables/{table.name}", table, query)

    def wrapped_keys(self, keys: Path, made_at: str) -> FileFacts:
        """Every wrapped key but those of uploads that no record names."""
        table = METADATA.tables[WRAPPED]
        unnamed = select("u:" + UPLOAD.id).where(UPLOAD.named.is_(False))
        query = select(table).where(reads.WRAPPED.owner.not_in(unnamed))
        rows = self._rows(query.order_by(reads.WRAPPED.owner))
        stem = f"{WRAPPED.replace('_', '-')}-{made_at[:10]}"
        return self._tally.add(files.write(keys, stem, WRAPPED, files.columns_of(table), rows))

    def new_blobs(self) -> list[tuple[str, int]]:
        """Name and sealed size of the blobs that records name and the backup before has not."""
        query = (
            select(UPLOAD.id, UPLOAD.size)
            .join_from(UPLOAD.id.table, _USE.upload.table, _USE.upload == UPLOAD.id)
            .group_by(UPLOAD.id, UPLOAD.size)
            .having(func.min(_USE.index) >= self._covered)
        )
        found = [(row.id, sealed_size(row.size)) for row in self._connection.execute(query)]
        again = () if self._before is None else self._before.missing_blobs
        for name in again:
            size = self._connection.execute(select(UPLOAD.size).where(UPLOAD.id == name)).scalar()
            if size is not None:
                found.append((name, sealed_size(size)))
        return sorted(found)

    def _changed(self) -> set[int]:
        """The segments with rows that erasures since the backup before have changed."""
        wanted = select(reads.ENTRY.data).where(
            reads.ENTRY.type == "erasure", reads.ENTRY.index >= self._covered
        )
        ids = [
            link.id
            for data in self._connection.execute(wanted).scalars().all()
            for link in entries.parse(bytes(data)).statement.links
            if link.rel == "erases" and link.id is not None
        ]
        places: set[int] = set()
        for record_id in ids:
            index = self._connection.execute(
                select(reads.ENTRY.index).where(reads.ENTRY.record_id == record_id)
            ).scalar()
            if index is not None:
                places.add(index // SEGMENT)
        return places

    def _write(self, stem: str, table: Table, query: Select[Any]) -> FileFacts:
        columns = files.columns_of(table)
        rows = self._rows(query)
        return self._tally.add(files.write(self._folder, stem, table.name, columns, rows))

    def _rows(self, query: Select[Any]) -> Iterable[Sequence[Any]]:
        return self._connection.execution_options(yield_per=_FETCHED).execute(query)


def blob_path(folder: Path, name: str) -> Path:
    """The file of a blob in a backup."""
    return folder / BLOBS / name[:2] / name


def _copy_blobs(
    blobs: BlobStore, folder: Path, named: Sequence[tuple[str, int]], tally: _Tally
) -> tuple[FileFacts, ...]:
    """Copy sealed objects, each once; a file that lists them, none if there are none."""
    listed = []
    for name, whole in named:
        path, size = blob_path(folder, name), whole
        try:
            if path.exists() and path.stat().st_size == whole:
                digest = _digest(path)  # of a backup that was broken off
            else:
                digest, size, draft = files.spool(path, blobs.read(name, 0, whole))
                draft.replace(path)
                sync_folder(path.parent)
                tally.bytes += size
                tally.blobs += 1
        except NotFoundError:
            tally.missing.append(name)
            continue
        listed.append((name, size, digest))
    if not listed:
        return ()
    sync_folder(folder / BLOBS)
    return (tally.add(files.write(folder, "tables/blobs", BLOBS, BLOB_COLUMNS, listed)),)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(1 << 18):
            digest.update(piece)
    return digest.hexdigest()


def _copy_chain(folder: Path, chain: Path) -> FileFacts:
    """A copy of the embedded chain's file as of one moment."""
    path = folder / "tables" / f".{CHAIN}.{os.getpid()}.part"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"file:{chain}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(path)) as copy,
        ):
            source.backup(copy)
    except sqlite3.OperationalError as error:
        path.unlink(missing_ok=True)
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise UnavailableError(f"the embedded chain's file cannot be copied: {error}") from error
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    digest = _digest(path)
    facts = FileFacts(f"tables/{CHAIN}-{digest[:16]}", digest, path.stat().st_size, 0)
    path.replace(folder / facts.name)
    sync_folder(folder / "tables")
    return facts


def _tidy(folder: Path, named: set[str]) -> None:
    """Drop files that the manifest does not name, and drafts that were broken off."""
    for place in [folder, folder / "tables", *(folder / BLOBS).glob("??")]:
        for path in place.iterdir() if place.is_dir() else ():
            ours = path.name.endswith(".part") or path.suffix == ".rows" or CHAIN in path.name
            if path.is_file() and ours and str(path.relative_to(folder)) not in named:
                with suppress(FileNotFoundError):
                    path.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time writes a folder; the lock ends with the process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError(f"another process writes {folder}; wait until it ends") from error
        yield
    finally:
        os.close(descriptor)
