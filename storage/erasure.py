"""What an `erasure` record destroys, in the transaction that appends it (FORMATS §1, §4).

A whole record: its data key and ciphertext, the keys of the blobs that no other record names, what
was kept of refused attempts at it, and the poster's own number by which it was found. Single
fields: their values and salts, and with them the seed, which gives every salt; what is left is
sealed under a new data key. The ciphertext that lies in a bucket or a backup opens no more.

A record that introduces a pseudonym takes what it stands for along. The document key stays taken:
it is an HMAC, and were it let go, an erasure would be the way to record one document twice.

Every function does the same again without harm, so that `apply_all` may follow a restore: a backup
of wrapped keys older than an erasure brings nothing back.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, or_, select, update

from ledger import canonical, subject, timestamp
from ledger import entry as entries
from ledger.disclosure import open_all
from ledger.errors import VerificationError
from ledger.governance import Erasure
from ledger.statement import Statement
from storage import reads
from storage.database import now_ms
from storage.lookups import UPLOAD
from storage.sealing import Sealer
from storage.tables import BlobUse, EntryRow, PseudonymRow, RefusalRow, UploadRow, WrappedKey

logger = logging.getLogger("mealtrace.erasure")

INTRODUCES: Final[Mapping[str, frozenset[str]]] = {
    "staff-registration": frozenset({"person"}),
    "supplier-registration": frozenset({"supplier", "labour"}),
}
"""Types that introduce a pseudonym → the kinds of subject it may be."""

_USE = BlobUse.__table__.c  # type: ignore[attr-defined]
_PSEUDONYM = PseudonymRow.__table__.c  # type: ignore[attr-defined]
_REFUSAL = RefusalRow.__table__.c  # type: ignore[attr-defined]
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Reapplied:
    """What `apply_all` had to destroy once more.

    Attributes:
        records: whole records whose key or ciphertext was there again.
        fields: records of which erased fields could be read again.
        blobs: blobs whose key was there again.
        pseudonyms: keys of pseudonyms whose mapping is gone.
    """

    records: int = 0
    fields: int = 0
    blobs: int = 0
    pseudonyms: int = 0

    def __bool__(self) -> bool:
        """Whether there was anything."""
        return bool(self.records or self.fields or self.blobs or self.pseudonyms)


def erase(
    connection: Connection, sealer: Sealer, index: int, target: Statement, erasure: Erasure
) -> None:
    """Destroy what an erasure says of the record at `index`."""
    connection.execute(
        delete(RefusalRow.__table__).where(_REFUSAL.record_id == target.id)  # type: ignore[attr-defined]
    )
    if erasure.scope == "fields":
        try:
            _erase_fields(connection, sealer, index, target.id, erasure.fields)
        except VerificationError as error:
            # A backup may hold what this key opens; an audit will call the rest lost, as it is.
            logger.warning("what is left of an erased record cannot be kept: %s", error)
            _destroy(connection, [f"r:{target.id}"])
        return
    _erase_record(connection, index, target.id)
    for name in target.subjects:
        if subject.kind(name) in INTRODUCES.get(target.type, ()):
            forget_pseudonym(connection, name.partition(":")[2])


def forget_pseudonym(connection: Connection, value: str) -> bool:
    """Destroy what a pseudonym stands for, and its key; whether there was a mapping."""
    _destroy(connection, [f"p:{value}"])
    gone = connection.execute(
        delete(PseudonymRow.__table__).where(_PSEUDONYM.subject == value)  # type: ignore[attr-defined]
    )
    return bool(gone.rowcount)


def apply_all(connection: Connection, sealer: Sealer) -> Reapplied:
    """Destroy again whatever erasures of this log destroyed before: to be called after a restore.

    Requires a write transaction. What an older backup brought back does not outlive it.
    """
    connection.execute(select(reads.HEAD.size).with_for_update())
    whole: dict[str, tuple[Statement, Erasure]] = {}
    fields: dict[str, set[str]] = {}
    for record_id, erasure in _erasures(connection):
        if erasure.scope == "record":
            whole[record_id] = _statement(connection, record_id), erasure
        else:
            fields.setdefault(record_id, set()).update(erasure.fields)
    records = 0
    for record_id in _still_there(connection, list(whole)):
        said, erasure = whole[record_id]
        erase(connection, sealer, _index(connection, record_id), said, erasure)
        records += 1
    some = 0
    for record_id in sorted(fields.keys() - whole.keys()):
        index = _index(connection, record_id)
        try:
            some += _erase_fields(connection, sealer, index, record_id, fields[record_id])
        except VerificationError as error:
            logger.warning("an erased record and its key do not belong together: %s", error)
    return Reapplied(records, some, _orphaned_blobs(connection), _orphaned_pseudonyms(connection))


def _erasures(connection: Connection) -> list[tuple[str, Erasure]]:
    """Target and content of every erasure in the log, in order."""
    found = []
    rows = connection.execute(
        select(reads.ENTRY.data).where(reads.ENTRY.type == "erasure").order_by(reads.ENTRY.index)
    )
    for data in rows.scalars():
        entry = entries.parse(bytes(data))
        assert entry.open is not None
        erasure = Erasure.of_json(entry.open.payload)
        found += [
            (link.id, erasure)
            for link in entry.statement.links
            if link.rel == "erases" and link.id is not None
        ]
    return found


def _statement(connection: Connection, record_id: str) -> Statement:
    data = connection.execute(
        select(reads.ENTRY.data).where(reads.ENTRY.record_id == record_id)
    ).scalar_one()
    return entries.parse(bytes(data)).statement


def _index(connection: Connection, record_id: str) -> int:
    query = select(reads.ENTRY.index.label("place")).where(reads.ENTRY.record_id == record_id)
    return int(connection.execute(query).scalar_one())


def _still_there(connection: Connection, record_ids: Sequence[str]) -> list[str]:
    """Those of which a key or a ciphertext exists."""
    found: list[str] = []
    for at in range(0, len(record_ids), _CHUNK):
        query = (
            select(reads.ENTRY.record_id)
            .select_from(reads.ENTRIES_WITH_KEYS)
            .where(
                reads.ENTRY.record_id.in_(record_ids[at : at + _CHUNK]),
                or_(reads.WRAPPED.owner.is_not(None), reads.ENTRY.sealed.is_not(None)),
            )
        )
        found += connection.execute(query).scalars()
    return found


def undestroyed_blobs(connection: Connection) -> list[str]:
    """Ids of uploads whose key exists although an erasure destroyed it."""
    used = select(_USE.upload).where(_USE.upload == UPLOAD.id).exists()
    query = (
        select(UPLOAD.id)
        .join_from(
            UploadRow.__table__,  # type: ignore[attr-defined]
            WrappedKey.__table__,  # type: ignore[attr-defined]
            reads.WRAPPED.owner == "u:" + UPLOAD.id,
        )
        .where(or_(UPLOAD.erased_at.is_not(None), UPLOAD.named.is_(True) & ~used))
    )
    return list(connection.execute(query).scalars())


def _orphaned_blobs(connection: Connection) -> int:
    uploads = undestroyed_blobs(connection)
    _destroy_blobs(connection, uploads)
    return len(uploads)


def _orphaned_pseudonyms(connection: Connection) -> int:
    known = select(_PSEUDONYM.subject).where("p:" + _PSEUDONYM.subject == reads.WRAPPED.owner)
    gone = connection.execute(
        delete(WrappedKey.__table__).where(  # type: ignore[attr-defined]
            reads.WRAPPED.owner.like("p:%"), ~known.exists()
        )
    )
    return int(gone.rowcount)


def _erase_record(connection: Connection, index: int, record_id: str) -> None:
    _destroy(connection, [f"r:{record_id}"])
    connection.execute(
        update(EntryRow.__table__)  # type: ignore[attr-defined]
        .where(reads.ENTRY.index == index)
        .values(sealed=None, source_mac=None)
    )
    _let_go_of_blobs(connection, index)


def _erase_fields(
    connection: Connection, sealer: Sealer, index: int, record_id: str, fields: Collection[str]
) -> bool:
    """Destroy some fields of a record; False where it has none of them left.

    Raises:
        VerificationError: it does not open under its key.
    """
    record = reads.record(connection, sealer, record_id)
    if record.payload is None:
        return False
    values = canonical.parse(record.payload)
    assert isinstance(values, dict)
    if not values.keys() & set(fields):
        return False
    opening = record.opening
    if opening is None:
        assert record.seed is not None
        opening = open_all(values, record.seed, record_id)
    left = {name: value for name, value in values.items() if name not in fields}
    sealed, wrapped = sealer.seal_rest(record_id, opening.without(fields), left)
    changed: dict[str, object] = {"sealed": sealed}
    if "source_ref" in fields:
        changed["source_mac"] = None
    connection.execute(
        update(EntryRow.__table__)  # type: ignore[attr-defined]
        .where(reads.ENTRY.index == index)
        .values(**changed)
    )
    connection.execute(
        update(WrappedKey.__table__)  # type: ignore[attr-defined]
        .where(reads.WRAPPED.owner == f"r:{record_id}")
        .values(wrapped=wrapped)
    )
    if "blobs" in fields:
        _let_go_of_blobs(connection, index)
    return True


def _let_go_of_blobs(connection: Connection, index: int) -> None:
    """What no record names any more is destroyed too."""
    mine = _USE.index == index
    named = list(connection.execute(select(_USE.upload).where(mine)).scalars())
    if not named:
        return
    connection.execute(delete(BlobUse.__table__).where(mine))  # type: ignore[attr-defined]
    still = set(
        connection.execute(select(_USE.upload).where(_USE.upload.in_(named)).distinct()).scalars()
    )
    _destroy_blobs(connection, [upload for upload in named if upload not in still])


def _destroy_blobs(connection: Connection, uploads: Sequence[str]) -> None:
    if not uploads:
        return
    _destroy(connection, [f"u:{upload}" for upload in uploads])
    now = timestamp.format(now_ms(connection))
    for at in range(0, len(uploads), _CHUNK):
        connection.execute(
            update(UploadRow.__table__)  # type: ignore[attr-defined]
            .where(UPLOAD.id.in_(uploads[at : at + _CHUNK]))
            .values(erased_at=func.coalesce(UPLOAD.erased_at, now))
        )


def _destroy(connection: Connection, owners: Sequence[str]) -> None:
    for at in range(0, len(owners), _CHUNK):
        connection.execute(
            delete(WrappedKey.__table__).where(  # type: ignore[attr-defined]
                reads.WRAPPED.owner.in_(owners[at : at + _CHUNK])
            )
        )
