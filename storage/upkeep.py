"""Blobs that last: locked once a record names them, collected if none ever does, read again.

Each call does a bounded piece of work and may be repeated at will: what is to be done follows from
what is stored. Only one process should make them at a time, which is the caller's matter.

A blob is never collected that a record names. `collect` deletes rows under the lock of the log's
head, so no append stands between looking an upload up and naming it; objects go after that is
committed, and only rows say which objects may go. A crash in between leaves an object without a
row, and `sweep` finds it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import Engine, delete, func, select, update

from ledger import timestamp
from ledger.errors import ConflictError, NotFoundError, VerificationError
from storage import reads
from storage.blobs import BlobStore
from storage.bulk import BulkInsert
from storage.database import now_ms, reading, writing
from storage.lookups import UPLOAD
from storage.sealing import Sealer
from storage.tables import BlobDamageRow, ChoreRow, UploadRow
from storage.uploads import Uploads, upload_of
from storage.values import Upload

_HOUR_MS: Final = 3_600_000
_PIECE_OF_NAMES: Final = 500
_DAMAGE = BlobDamageRow.__table__.c  # type: ignore[attr-defined]
_CHORE = ChoreRow.__table__.c  # type: ignore[attr-defined]

Pause = Callable[[int], None]
"""Told how many bytes were just read; returns when reading may go on, or raises."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Blobs as they stand now.

    Attributes:
        unlocked: named by a record, and the store was not made to keep them yet; 0 unless asked.
        unnamed: named by none.
        damaged: found missing or altered, and not found whole since.
    """

    unlocked: int
    unnamed: int
    damaged: int


class Upkeep:
    """What is done to the blobs of one log besides reading and writing them."""

    def __init__(self, engine: Engine, sealer: Sealer, blobs: BlobStore, uploads: Uploads) -> None:
        """Args as `store.Store`."""
        self._engine, self._sealer, self._blobs, self._uploads = engine, sealer, blobs, uploads
        self._put_chore = BulkInsert(
            ChoreRow, ("name", "detail"), engine.dialect, replace_on="name"
        )
        self._put_damage = BulkInsert(
            BlobDamageRow, ("upload", "found_at", "fault"), engine.dialect, replace_on="upload"
        )

    def lock(self, keep_ms: int, *, limit: int = 200) -> int | None:
        """Have the store keep named blobs for `keep_ms` from now; how many, None where it cannot.

        Those never locked come first, then those whose lock has less than half of that left.

        Raises:
            UnavailableError: the store does not answer; what was locked before stays noted.
        """
        with reading(self._engine) as connection:
            now = now_ms(connection)
            due = (
                select(UPLOAD.id)
                .where(
                    UPLOAD.named.is_(True),
                    UPLOAD.erased_at.is_(None),
                    UPLOAD.locked_until < timestamp.format(now + keep_ms // 2),
                )
                .order_by(UPLOAD.locked_until)
                .limit(limit)
            )
            ids = list(connection.execute(due).scalars())
        locked: list[str] = []
        until = now + keep_ms
        try:
            for upload_id in ids:
                try:
                    if not self._blobs.lock(upload_id, until):
                        return None
                except NotFoundError as error:
                    self.note(upload_id, str(error))
                except ConflictError:
                    pass  # it is kept for longer than asked
                locked.append(upload_id)
        finally:
            # One that is missing counts as looked after, so that the others get their turn.
            self._set_locked(locked, timestamp.format(until))
        return len(locked)

    def _set_locked(self, ids: Sequence[str], until: str) -> None:
        if not ids:
            return
        with writing(self._engine) as connection:
            connection.execute(
                update(UploadRow.__table__)  # type: ignore[attr-defined]
                .where(UPLOAD.id.in_(ids))
                .values(locked_until=until)
            )

    def collect(self, delay_ms: int, *, limit: int = 200) -> int:
        """Remove blobs that were uploaded before that delay and that no record names; how many."""
        due = (UPLOAD.named.is_(False), UPLOAD.created_at)
        with reading(self._engine) as connection:
            before = timestamp.format(now_ms(connection) - delay_ms)
            first = select(UPLOAD.id).where(due[0], due[1] < before).limit(1)
            if connection.execute(first).first() is None:
                return 0
        with writing(self._engine) as connection:
            # No append is between looking an upload up and naming it while this is held.
            connection.execute(select(reads.HEAD.size).with_for_update())
            found = select(UPLOAD.id).where(due[0], due[1] < before).limit(limit)
            ids = list(connection.execute(found).scalars())
            self._forget(connection, ids)
        self._delete(ids)
        return len(ids)

    def collect_erased(self, *, limit: int = 200) -> int:
        """Remove the objects of erased blobs whose lock has ended; how many."""
        with reading(self._engine) as connection:
            now = now_ms(connection)
            found = (
                select(UPLOAD.id)
                .where(UPLOAD.erased_at.is_not(None), UPLOAD.locked_until < timestamp.format(now))
                .limit(limit)
            )
            ids = list(connection.execute(found).scalars())
        gone = self._delete(ids)
        if ids:
            with writing(self._engine) as connection:
                self._forget(connection, gone)
        # What the store still keeps is asked for again tomorrow.
        kept = [upload_id for upload_id in ids if upload_id not in gone]
        self._set_locked(kept, timestamp.format(now + 24 * _HOUR_MS))
        return len(gone)

    def sweep(self, delay_ms: int) -> int:
        """Remove objects older than that delay which no row knows, and halves of uploads; how many.

        Walks through the names of the whole store: for once a day.
        """
        with reading(self._engine) as connection:
            before = now_ms(connection) - delay_ms
        count = self._blobs.forget_unfinished(before)
        walk = self._blobs.names(before)
        while names := list(islice(walk, _PIECE_OF_NAMES)):
            with reading(self._engine) as connection:
                known = set(
                    connection.execute(select(UPLOAD.id).where(UPLOAD.id.in_(names))).scalars()
                )
            count += len(self._delete([name for name in names if name not in known]))
        return count

    def _forget(self, connection: Any, ids: Sequence[str]) -> None:
        """Rows and keys of uploads."""
        if not ids:
            return
        for column, values in (
            (reads.WRAPPED.owner, [f"u:{upload_id}" for upload_id in ids]),
            (_DAMAGE.upload, ids),
            (UPLOAD.id, ids),
        ):
            connection.execute(delete(column.table).where(column.in_(values)))

    def _delete(self, ids: Sequence[str]) -> list[str]:
        """Remove objects; those that are gone."""
        gone = []
        for upload_id in ids:
            try:
                self._blobs.delete(upload_id)
            except ConflictError:
                continue
            gone.append(upload_id)
        return gone

    def next_to_check(self, after: str, *, limit: int = 100) -> list[tuple[Upload, bytes]]:
        """Uploads whose id lies above `after`, ascending, with the MAC of their digest."""
        query = select(UPLOAD).where(UPLOAD.id > after, UPLOAD.erased_at.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(UPLOAD.id).limit(limit))
            return [(upload_of(row), bytes(row.mac)) for row in rows]

    def check(self, upload: Upload, mac: bytes, pause: Pause) -> str | None:
        """Read a blob to its end; what is wrong with it, or None. What was found is kept.

        Raises:
            UnavailableError: the store does not answer; nothing is known then.
        """
        digest, fault = hashlib.sha256(), None
        try:
            for piece in self._uploads.open(upload):
                digest.update(piece)
                pause(len(piece))
            if self._sealer.mac("blob", digest.hexdigest()) != mac:
                fault = "it is another file"
        except (NotFoundError, VerificationError) as error:
            fault = str(error)
        if fault is not None and not self._expected(upload.id):
            fault = None
        self.note(upload.id, fault)
        return fault

    def _expected(self, upload_id: str) -> bool:
        """Whether a blob should be there still: neither erased nor collected meanwhile."""
        query = select(UPLOAD.erased_at).where(UPLOAD.id == upload_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return row is not None and row.erased_at is None

    def note(self, upload_id: str, fault: str | None) -> None:
        """Keep what is wrong with a blob, or that it is whole."""
        known = select(_DAMAGE.fault).where(_DAMAGE.upload == upload_id)
        with reading(self._engine) as connection:
            if connection.execute(known).scalar() == fault:
                return
        with writing(self._engine) as connection:
            if fault is None:
                connection.execute(
                    delete(BlobDamageRow.__table__).where(_DAMAGE.upload == upload_id)  # type: ignore[attr-defined]
                )
            else:
                found_at = timestamp.format(now_ms(connection))
                self._put_damage(connection, [(upload_id, found_at, fault)])

    def damages(self, limit: int = 1000) -> list[tuple[str, str, str]]:
        """Upload, when it was found, and what is wrong with it, oldest first."""
        query = select(_DAMAGE.upload, _DAMAGE.found_at, _DAMAGE.fault)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(_DAMAGE.found_at).limit(limit))
            return [(row.upload, row.found_at, row.fault) for row in rows]

    def counts(self, *, locks: bool) -> Counts:
        """How many blobs wait for something, or are damaged; `locks`: whether the store has any."""
        lasting = UPLOAD.named.is_(True) & UPLOAD.erased_at.is_(None)
        with reading(self._engine) as connection:

            def count(*where: Any) -> int:
                query = select(func.count()).select_from(where[0].table).where(*where[1:])
                return int(connection.execute(query).scalar() or 0)

            return Counts(
                count(UPLOAD.id, lasting, UPLOAD.locked_until < "0") if locks else 0,
                count(UPLOAD.id, UPLOAD.named.is_(False)),
                count(_DAMAGE.upload),
            )

    def chore(self, name: str) -> dict[str, Any]:
        """How far a chore has come; empty before it began."""
        with reading(self._engine) as connection:
            found = connection.execute(select(_CHORE.detail).where(_CHORE.name == name)).scalar()
        return {} if found is None else dict(orjson.loads(found))

    def set_chore(self, name: str, detail: dict[str, Any]) -> None:
        """Remember how far a chore has come."""
        with writing(self._engine) as connection:
            self._put_chore(connection, [(name, orjson.dumps(detail).decode())])
