"""What an `erasure` record destroys, in the transaction that appends it (FORMATS §1, §4).

A whole record: its data key, and the keys of the blobs that no other record names. Single
fields: their values and salts, and with them the seed, which gives every salt; what is left is
sealed under a new data key. The ciphertext that lies in a bucket or a backup opens no more.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, delete, select, update

from ledger import canonical
from ledger import entry as entries
from ledger.disclosure import open_all
from ledger.governance import Erasure
from storage import reads
from storage.database import writing
from storage.sealing import Sealer
from storage.tables import BlobUse, EntryRow, WrappedKey

_USE = BlobUse.__table__.c  # type: ignore[attr-defined]


def erase_record(connection: Connection, index: int, record_id: str) -> None:
    """Destroy the key of a record, and those of the blobs that only it still named."""
    _destroy(connection, [f"r:{record_id}"])
    _let_go_of_blobs(connection, index)


def erase_fields(
    connection: Connection, sealer: Sealer, index: int, record_id: str, fields: Collection[str]
) -> None:
    """Destroy some fields of a record; nothing happens where it has none of them left."""
    record = reads.record(connection, sealer, record_id)
    if record.payload is None:
        return
    values = canonical.parse(record.payload)
    assert isinstance(values, dict)
    if not values.keys() & set(fields):
        return
    opening = record.opening
    if opening is None:
        assert record.seed is not None
        opening = open_all(values, record.seed, record_id)
    left = {name: value for name, value in values.items() if name not in fields}
    sealed, wrapped = sealer.seal_rest(record_id, opening.without(fields), left)
    connection.execute(
        update(EntryRow.__table__)  # type: ignore[attr-defined]
        .where(reads.ENTRY.record_id == record_id)
        .values(sealed=sealed)
    )
    connection.execute(
        update(WrappedKey.__table__)  # type: ignore[attr-defined]
        .where(reads.WRAPPED.owner == f"r:{record_id}")
        .values(wrapped=wrapped)
    )
    if "blobs" in fields:
        _let_go_of_blobs(connection, index)


def reapply(engine: Engine, sealer: Sealer) -> int:
    """Destroy again what the log's own erasures destroyed; how many erasures there are.

    For a database that was put back: keys of a backup may be older than an erasure.
    """
    with writing(engine) as connection:
        erasures = [
            entries.parse(bytes(data))
            for data in connection.execute(
                select(reads.ENTRY.data)
                .where(reads.ENTRY.type == "erasure")
                .order_by(reads.ENTRY.index)
            ).scalars()
        ]
        for entry in erasures:
            assert entry.open is not None
            erasure = Erasure.of_json(entry.open.payload)
            for link in entry.statement.links:
                if link.rel != "erases" or link.id is None:
                    continue
                index = connection.execute(
                    select(reads.ENTRY.index).where(reads.ENTRY.record_id == link.id)
                ).scalar_one()
                if erasure.scope == "record":
                    erase_record(connection, index, link.id)
                else:
                    erase_fields(connection, sealer, index, link.id, erasure.fields)
    return len(erasures)


def _let_go_of_blobs(connection: Connection, index: int) -> None:
    """What no record names any more is destroyed too."""
    mine = _USE.index == index
    named = list(connection.execute(select(_USE.upload).where(mine)).scalars())
    connection.execute(delete(BlobUse.__table__).where(mine))  # type: ignore[attr-defined]
    still = set(
        connection.execute(select(_USE.upload).where(_USE.upload.in_(named)).distinct()).scalars()
    )
    _destroy(connection, [f"u:{upload}" for upload in named if upload not in still])


def _destroy(connection: Connection, owners: Sequence[str]) -> None:
    connection.execute(
        delete(WrappedKey.__table__).where(  # type: ignore[attr-defined]
            reads.WRAPPED.owner.in_(owners)
        )
    )
