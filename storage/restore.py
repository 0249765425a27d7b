"""A backup put into an empty database and an empty blob store.

    mark it unfinished → blobs → one transaction: the backup's version, its tables, and what follows
    from its entries → this program's version

Until `finish` drops the mark of `unfinished.py`, nothing opens the database: a restore that was
killed, or whose audit failed, is no log. The same call made again begins anew.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    LargeBinary,
    Text,
    column,
    insert,
    inspect,
    select,
    table,
    text,
    update,
)

from ledger import entry as entries
from ledger.compact import EMPTY, CompactRange
from ledger.errors import ConflictError, MalformedError, VerificationError
from ledger.integrator import integrate
from ledger.merkle import leaf_hash
from storage import backup, reads, unfinished
from storage import table_files as files
from storage.blobs import BlobStore, BlobWriter
from storage.bulk import BulkInsert
from storage.database import writing
from storage.manifest import Manifest
from storage.mark import sync_folder
from storage.migrate import migrate, upgrade
from storage.tables import METADATA, ChainRow, SubjectHead, TileRow, UploadRow

_ROWS: Final = 2_048
_KINDS: Final[dict[str, Any]] = {
    "integer": BigInteger, "text": Text, "boolean": Boolean, "bytes": LargeBinary,
}  # fmt: skip


def restore(engine: Engine, blobs: BlobStore, folder: Path, keys: Path, manifest: Manifest) -> None:
    """Fill an empty database and blob store; they stay marked as unfinished.

    Args:
        engine: of the database.
        blobs: where blobs go.
        folder: of the backup.
        keys: folder of its wrapped keys.
        manifest: of `folder`.

    Raises:
        ConflictError: a log is in the database.
        MalformedError: a file of the backup lacks, or is not of its format.
        VerificationError: a file is not the one that the manifest names, or the entries do not give
            the checkpoint's root.
        UnavailableError: database or blob store do not answer.
    """
    _empty(engine)
    unfinished.begin(engine, "a restore was broken off; type the same command again")
    _restore_blobs(blobs, folder, manifest)
    with writing(engine) as connection:
        upgrade(connection, manifest.revision)
        for name, facts in manifest.tables.items():
            _fill(connection, _read(folder, facts, name))
        for facts in manifest.segments["checkpoints"]:
            _fill(connection, _read(folder, facts, "checkpoints"))
        wrapped = manifest.wrapped_keys
        _fill(connection, _read(keys, wrapped, backup.WRAPPED))
        _Entries(connection).fill(folder, manifest)
        _go_on_counting(connection)
    migrate(engine)
    with writing(engine) as connection:
        # The objects are new ones: no store keeps them yet, whatever it kept before.
        connection.execute(update(UploadRow.__table__).values(locked_until=""))  # type: ignore[attr-defined]


def restore_chain(folder: Path, manifest: Manifest, path: Path) -> None:
    """Put the copy of the embedded chain, if there is one, where the chain's file belongs.

    Raises:
        MalformedError: the copy lacks.
        VerificationError: it is not the one that the manifest names.
    """
    if manifest.chain is None:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size, draft = files.spool(path, _pieces(folder / manifest.chain.name))
    if (digest, size) != (manifest.chain.sha256, manifest.chain.size):
        draft.unlink()
        raise VerificationError(
            f"{manifest.chain.name} is not the file that the backup's manifest names",
            expected=manifest.chain.sha256,
            found=digest,
        )
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    draft.replace(path)
    sync_folder(path.parent)


def _empty(engine: Engine) -> None:
    """Drop what a restore before left unfinished, and tables in which no log was founded.

    Raises:
        ConflictError: a log is here.
    """
    with writing(engine) as connection:
        found = set(inspect(connection).get_table_names())
        if unfinished.reason(connection) is None and "log_head" in found:
            size = connection.execute(select(reads.HEAD.size)).scalar()
            if size:
                raise ConflictError(
                    f"a log of {size} entries is here; a backup is restored into an empty "
                    "database and an empty data folder"
                )
        for name in found & {*METADATA.tables, "alembic_version"}:
            connection.execute(text(f'DROP TABLE "{name}"'))


def _restore_blobs(blobs: BlobStore, folder: Path, manifest: Manifest) -> None:
    for facts in manifest.blobs:
        for name, size, digest in files.read(folder, facts, backup.BLOBS):
            writer = blobs.create(name)
            try:
                _copy(writer, backup.blob_path(folder, name), size, digest)
                writer.commit()
            except BaseException:
                writer.abort()
                raise


def _copy(writer: BlobWriter, path: Path, size: int, digest: str) -> None:
    found, count = sha256(), 0
    for piece in _pieces(path):
        found.update(piece)
        count += len(piece)
        writer.write(piece)
    if (found.hexdigest(), count) != (digest, size):
        raise VerificationError(
            f"blob {path.name} of the backup was altered",
            expected=digest,
            found=found.hexdigest(),
        )


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 18):
                yield piece
    except FileNotFoundError as error:
        raise MalformedError(f"the backup lacks {path.name}") from error


def _read(folder: Path, facts: files.FileFacts, name: str) -> Iterator[tuple[list[Any], Any]]:
    """Rows in groups, each with the table they go to."""
    target: list[Any] = []

    def header(columns: files.Columns) -> None:
        if name not in METADATA.tables:
            raise MalformedError(f"the backup holds a table {name}, which this program has not")
        target.append(table(name, *(column(known, _KINDS[kind]) for known, kind in columns)))

    group: list[Any] = []
    for row in files.read(folder, facts, name, header):
        group.append(row)
        if len(group) == _ROWS:
            yield group, target[0]
            group = []
    if group:
        yield group, target[0]


def _fill(connection: Connection, groups: Iterator[tuple[list[Any], Any]]) -> None:
    for rows, target in groups:
        columns = [known.name for known in target.columns]
        connection.execute(insert(target), [dict(zip(columns, row, strict=True)) for row in rows])


class _Entries:
    """The entries in order, and the tiles, chains and heads that follow from them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._range: CompactRange = EMPTY
        dialect = connection.dialect
        self._tiles = BulkInsert(TileRow, ("level", "index", "hashes", "root"), dialect)
        self._chains = BulkInsert(ChainRow, ("subject", "seq", "index"), dialect)
        self._heads = BulkInsert(
            SubjectHead, ("subject", "seq", "index", "leaf_hash"), dialect, replace_on="subject"
        )

    def fill(self, folder: Path, manifest: Manifest) -> None:
        for facts in manifest.segments["entries"]:
            for rows, target in _read(folder, facts, "entries"):
                names = [known.name for known in target.columns]
                records = [dict(zip(names, row, strict=True)) for row in rows]
                self._grow(records)
                self._connection.execute(insert(target), records)
        head = reads.head(self._connection)
        wanted = manifest.head
        found = (self._range.size, self._range.root(), self._range)
        if found != (wanted.size, wanted.root, head.range) or (
            head.checkpoint != manifest.checkpoint
        ):
            raise VerificationError(
                "the entries of the backup do not give the root that its checkpoint signs",
                expected=f"{wanted.size} entries, root {wanted.root.hex()}",
                found=f"{self._range.size} entries, root {self._range.root().hex()}",
            )

    def _grow(self, records: Sequence[dict[str, Any]]) -> None:
        leaves, chains, heads = [], [], {}
        for place, record in enumerate(records, start=self._range.size):
            leaf = leaf_hash(record["data"])
            if record["index"] != place or record["leaf_hash"] != leaf:
                raise VerificationError(
                    f"entry {place} of the backup is not what stood there",
                    expected=leaf.hex(),
                    found=f"entry {record['index']}, {record['leaf_hash'].hex()}",
                )
            leaves.append(leaf)
            for item in entries.parse(record["data"]).chains:
                chains.append((item.subject, item.seq, place))
                heads[item.subject] = (item.seq, place, leaf)
        grown = integrate(self._range, leaves, reads.TileReader(self._connection))
        self._tiles(
            self._connection,
            [(tile.level, tile.index, tile.hashes, tile.root) for tile in grown.full_tiles],
        )
        self._chains(self._connection, chains)
        self._heads(self._connection, [(name, *head) for name, head in heads.items()])
        self._range = grown.range


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL counts rows itself: it goes on above the ones that came with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    there = set(inspect(connection).get_table_names())  # an older version may lack some
    for known in METADATA.sorted_tables:
        place: Column[Any] | None = known.autoincrement_column
        if place is None or known.name not in there:
            continue
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": known.name, "column": place.name},
        ).scalar()
        if sequence is not None:
            connection.execute(
                text(
                    f"SELECT setval(:sequence, greatest(max({place.name}), 1), "  # noqa: S608 - own names
                    f"max({place.name}) IS NOT NULL) FROM {known.name}"
                ),
                {"sequence": sequence},
            )
