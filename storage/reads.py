"""Queries on the log by place: its head, tiles, entries, records. Nothing here writes."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, inspect, select, text

from ledger import canonical
from ledger import entry as entry_format
from ledger.compact import CompactRange
from ledger.disclosure import Opening
from ledger.errors import NotFoundError
from ledger.merkle import HASH_SIZE
from ledger.tile import TILE_WIDTH
from storage.database import reading
from storage.sealing import Sealer
from storage.tables import (
    ChainRow,
    CheckpointRow,
    EntryRow,
    LogHead,
    TileRow,
    WrappedKey,
)
from storage.values import Head, StoredRecord

STREAMED: Final = {"yield_per": 1000}
"""Of a statement whose rows are read a thousand at a time."""

# The tables themselves: SQLModel's attributes are typed as values, their columns are not.
HEAD = LogHead.__table__.c  # type: ignore[attr-defined]
CHECKPOINT = CheckpointRow.__table__.c  # type: ignore[attr-defined]
ENTRY = EntryRow.__table__.c  # type: ignore[attr-defined]
TILE = TileRow.__table__.c  # type: ignore[attr-defined]
CHAIN = ChainRow.__table__.c  # type: ignore[attr-defined]
WRAPPED = WrappedKey.__table__.c  # type: ignore[attr-defined]
ENTRIES_WITH_KEYS = EntryRow.__table__.outerjoin(  # type: ignore[attr-defined]
    WrappedKey.__table__,  # type: ignore[attr-defined]
    WRAPPED.owner == "r:" + ENTRY.record_id,
)


# In the words of the index `entries_open`: SQLite sees by the text alone that it may be used.
_IS_OPEN = text("is_open")


class TileReader:
    """`ledger.tile.HashReader` over one connection.

    A partial tile of level 0 is the leaf hashes of its entries; one of a level above is the roots
    of the full tiles below it.
    """

    def __init__(self, connection: Connection) -> None:
        """Reads see what the connection's transaction sees."""
        self._connection = connection

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        """The first `width` hashes of a tile.

        Raises:
            NotFoundError: the log has not grown so far.
        """
        if width == TILE_WIDTH:
            stored = self._connection.execute(
                select(TILE.hashes).where(TILE.level == level, TILE.index == tile)
            ).scalar()
            if stored is None:
                raise NotFoundError(f"there is no full tile {tile} of level {level}")
            return bytes(stored)
        first = tile * TILE_WIDTH
        between: Select[Any]
        if level == 0:
            between = (
                select(ENTRY.leaf_hash)
                .where(ENTRY.index >= first, ENTRY.index < first + width)
                .order_by(ENTRY.index)
            )
        else:
            between = (
                select(TILE.root)
                .where(TILE.level == level - 1, TILE.index >= first, TILE.index < first + width)
                .order_by(TILE.index)
            )
        joined = b"".join(self._connection.execute(between).scalars())
        if len(joined) != width * HASH_SIZE:
            raise NotFoundError(f"tile {tile} of level {level} does not hold {width} hashes")
        return joined


def full_tiles(
    connection: Connection, tiles: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], bytes]:
    """The hashes of full tiles by level and index, as far as there are any."""
    by_level: dict[int, list[int]] = {}
    for level, index in tiles:
        by_level.setdefault(level, []).append(index)
    return {
        (level, row.place): bytes(row.hashes)
        for level, wanted in by_level.items()
        for row in connection.execute(
            select(TILE.index.label("place"), TILE.hashes).where(
                TILE.level == level, TILE.index.in_(wanted)
            )
        )
    }


def head(connection: Connection) -> Head:
    """The committed head.

    Raises:
        NotFoundError: the log was not founded.
    """
    row = connection.execute(
        select(HEAD.size, HEAD.range, HEAD.checkpoint, HEAD.logged_at, HEAD.anchored_size)
    ).first()
    if row is None:
        raise NotFoundError("there is no log yet; `mealtrace init` founds one")
    stored = CompactRange.from_bytes(bytes(row.range))
    return Head(row.size, stored, row.checkpoint, row.logged_at, row.anchored_size)


def holds_log(engine: Engine) -> bool:
    """Whether a log was founded in a database, at whatever version it is.

    Raises:
        UnavailableError: the database does not answer.
    """
    with reading(engine) as connection:
        if not inspect(connection).has_table(LogHead.__tablename__):
            return False
        return bool(connection.execute(select(HEAD.size)).scalar())


def checkpoint(connection: Connection, size: int) -> str:
    """The checkpoint signed at exactly `size`.

    Raises:
        NotFoundError: none was signed at that size.
    """
    note = connection.execute(select(CHECKPOINT.note).where(CHECKPOINT.size == size)).scalar()
    if note is None:
        raise NotFoundError(f"no checkpoint was signed at size {size}")
    return str(note)


def checkpoints(connection: Connection, start: int, limit: int) -> list[tuple[int, str]]:
    """Checkpoints of `start` or more entries, ascending."""
    rows = connection.execute(
        select(CHECKPOINT.size, CHECKPOINT.note)
        .where(CHECKPOINT.size >= start)
        .order_by(CHECKPOINT.size)
        .limit(limit)
    )
    return [(row.size, row.note) for row in rows]


def entries(connection: Connection, start: int, end: int) -> list[bytes]:
    """Entry bytes of [start, end), as many as there are."""
    rows = connection.execute(
        select(ENTRY.data).where(ENTRY.index >= start, ENTRY.index < end).order_by(ENTRY.index)
    )
    return [bytes(data) for data in rows.scalars().all()]


def open_entries(connection: Connection, above: int) -> list[tuple[int, bytes, bytes]]:
    """Index, leaf hash and bytes of the open entries above an index, ascending."""
    rows = connection.execute(
        select(ENTRY.index.label("place"), ENTRY.leaf_hash, ENTRY.data)
        .where(_IS_OPEN, ENTRY.index > above)
        .order_by(ENTRY.index)
    )
    return [(place, bytes(leaf), bytes(data)) for place, leaf, data in rows.all()]


def open_of(connection: Connection, kind: str, above: int) -> list[bytes]:
    """Entry bytes of the open records of a type above an index, ascending."""
    query = select(ENTRY.data).where(ENTRY.type == kind, ENTRY.index > above)
    return [bytes(data) for data in connection.execute(query.order_by(ENTRY.index)).scalars()]


def records_query() -> Select[Any]:
    """Everything `opened` needs of a record, to be narrowed by its caller."""
    return select(
        ENTRY.index.label("place"),
        ENTRY.record_id,
        ENTRY.leaf_hash,
        ENTRY.data,
        ENTRY.is_open,
        ENTRY.sealed,
        WRAPPED.wrapped,
    ).select_from(ENTRIES_WITH_KEYS)


def records(connection: Connection, sealer: Sealer, *, start: int, end: int) -> list[StoredRecord]:
    """The records of [start, end), opened where their key still exists."""
    query = records_query().where(ENTRY.index >= start, ENTRY.index < end).order_by(ENTRY.index)
    return [opened(row, sealer) for row in connection.execute(query)]


def records_at(
    connection: Connection, sealer: Sealer, indices: Sequence[int]
) -> list[StoredRecord]:
    """The records at these places, ascending, opened where their key still exists."""
    query = records_query().where(ENTRY.index.in_(indices)).order_by(ENTRY.index)
    return [opened(row, sealer) for row in connection.execute(query)] if indices else []


def places_of(connection: Connection, kinds: Collection[str], start: int, end: int) -> list[int]:
    """The indices in [start, end) of the records of these types, ascending."""
    query = select(ENTRY.index).where(
        ENTRY.type.in_(kinds), ENTRY.index >= start, ENTRY.index < end
    )
    return sorted(connection.execute(query).scalars())


def records_of(
    connection: Connection, sealer: Sealer, kinds: Sequence[str]
) -> Iterator[StoredRecord]:
    """The records of these types, ascending, opened where their key still exists."""
    query = records_query().where(ENTRY.type.in_(kinds)).order_by(ENTRY.index)
    with connection.execute(query, execution_options=STREAMED) as rows:
        for row in rows:
            yield opened(row, sealer)


def record(connection: Connection, sealer: Sealer, record_id: str) -> StoredRecord:
    """One record by its id.

    Raises:
        NotFoundError: there is none.
        VerificationError: its ciphertext was altered.
    """
    row = connection.execute(records_query().where(ENTRY.record_id == record_id)).first()
    if row is None:
        raise NotFoundError(f"there is no record {record_id}")
    return opened(row, sealer)


def opened(row: Any, sealer: Sealer) -> StoredRecord:
    """A row of `_records` as a value; open entries carry payload and seed in the entry itself."""
    payload: bytes | None = None
    seed: bytes | None = None
    opening: Opening | None = None
    if row.is_open:
        shown = entry_format.parse(bytes(row.data)).open
        assert shown is not None
        payload, seed = canonical.serialise(shown.payload), shown.seed
    elif row.wrapped is not None and row.sealed is not None:
        unsealed = sealer.open_record(row.record_id, bytes(row.sealed), bytes(row.wrapped))
        payload, seed, opening = unsealed.payload, unsealed.seed, unsealed.opening
    return StoredRecord(
        row.place, row.record_id, bytes(row.leaf_hash), bytes(row.data), payload, seed, opening
    )


def newest_of(connection: Connection, kind: str, below: int | None = None) -> int | None:
    """The index of the last record of a type, below an index if one is given; None without one."""
    query = select(ENTRY.index).where(ENTRY.type == kind)
    if below is not None:
        query = query.where(ENTRY.index < below)
    return connection.execute(query.order_by(ENTRY.index.desc()).limit(1)).scalar()


def others_wrote(connection: Connection, party: str, since: int, before: str) -> bool:
    """Whether an entry of anyone but `party`, from index `since` on, was logged before that time."""
    query = select(ENTRY.issuer, ENTRY.logged_at).where(ENTRY.index >= since).order_by(ENTRY.index)
    with connection.execute(query, execution_options=STREAMED) as rows:
        for issuer, logged_at in rows:
            if logged_at >= before or issuer != party:
                return bool(logged_at < before)
    return False
