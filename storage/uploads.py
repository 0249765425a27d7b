"""Blobs beside the log: sealed on the way in, hashed on the way, opened in ranges."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, func, insert, select

from ledger import timestamp
from ledger.errors import NotFoundError, UnavailableError
from storage import reads
from storage.blobs import BlobStore, BlobWriter
from storage.database import now_ms, reading, writing
from storage.erasure import undestroyed_blobs
from storage.lookups import UPLOAD
from storage.sealing import KEY_SIZE, Sealer
from storage.stream_seal import StreamSealer, open_range
from storage.tables import BlobUse, UploadRow, WrappedKey
from storage.values import Upload

USE = BlobUse.__table__.c  # type: ignore[attr-defined]


class UploadWriter:
    """One blob on its way in: `write` pieces, then `finish`, or `abort`."""

    def __init__(
        self, engine: Engine, sealer: Sealer, blobs: BlobStore, submitter: str, media_type: str
    ) -> None:
        """Nothing is stored before the first piece."""
        self._engine, self._sealer = engine, sealer
        self._submitter, self._media_type = submitter, media_type
        self._id = str(uuid.uuid4())
        self._data_key = os.urandom(KEY_SIZE)
        self._stream = StreamSealer(self._data_key, self._id)
        self._digest = hashlib.sha256()
        self._writer: BlobWriter = blobs.create(self._id)
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add plaintext.

        Raises:
            UnavailableError: the store does not take it.
        """
        self._digest.update(data)
        self.size += len(data)
        sealed = self._stream.update(data)
        if sealed:
            self._writer.write(sealed)

    def digest(self) -> bytes:
        """SHA-256 of what was written so far."""
        return self._digest.digest()

    def finish(self) -> str:
        """Make it durable, then known; the SHA-256 in hex.

        Raises:
            UnavailableError: it may lie in the store, but no record can name it.
        """
        self._writer.write(self._stream.finish())
        self._writer.commit()
        sha256 = self._digest.hexdigest()
        with writing(self._engine) as connection:
            connection.execute(
                insert(WrappedKey.__table__).values(  # type: ignore[attr-defined]
                    owner=f"u:{self._id}",
                    wrapped=self._sealer.wrap(f"u:{self._id}", self._data_key),
                )
            )
            connection.execute(
                insert(UploadRow.__table__).values(  # type: ignore[attr-defined]
                    id=self._id,
                    mac=self._sealer.mac("blob", sha256),
                    submitter=self._submitter,
                    media_type=self._media_type,
                    size=self.size,
                    created_at=timestamp.format(now_ms(connection)),
                    named=False,
                )
            )
        return sha256

    def abort(self) -> None:
        """Forget it."""
        self._writer.abort()


class Uploads:
    """The blobs of one log."""

    def __init__(self, engine: Engine, sealer: Sealer, blobs: BlobStore) -> None:
        """Args as `store.Store`."""
        self._engine, self._sealer, self._blobs = engine, sealer, blobs

    def begin(self, submitter: str, media_type: str) -> UploadWriter:
        """A new blob of `submitter`."""
        return UploadWriter(self._engine, self._sealer, self._blobs, submitter, media_type)

    def find(self, sha256: str, submitter: str | None = None) -> list[Upload]:
        """Uploads with that content, those of one party or of all, newest first."""
        query = select(UPLOAD).where(UPLOAD.mac == self._sealer.mac("blob", sha256))
        if submitter is not None:
            query = query.where(UPLOAD.submitter == submitter)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(UPLOAD.created_at.desc()))
            return [upload_of(row) for row in rows]

    def used_by(self, upload_id: str) -> list[int]:
        """Indices of the records that name an upload, ascending."""
        query = select(USE.index.label("place")).where(USE.upload == upload_id)
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(USE.index)).scalars())

    def named_in(self, start: int, end: int) -> list[tuple[int, Upload, bytes]]:
        """Index, upload and the MAC of its digest, for the records of [start, end)."""
        query = (
            select(USE.index.label("place"), UPLOAD)
            .join_from(
                BlobUse.__table__,  # type: ignore[attr-defined]
                UploadRow.__table__,  # type: ignore[attr-defined]
                USE.upload == UPLOAD.id,
            )
            .where(USE.index >= start, USE.index < end)
            .order_by(USE.index)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query)
            return [(row.place, upload_of(row), bytes(row.mac)) for row in rows]

    def open(self, upload: Upload, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Plaintext bytes [start, end) of an upload.

        Raises:
            NotFoundError: its key was destroyed, or the object is gone.
            VerificationError: the object was altered.
            UnavailableError: the store does not answer.
        """
        query = select(reads.WRAPPED.wrapped).where(reads.WRAPPED.owner == f"u:{upload.id}")
        with reading(self._engine) as connection:
            wrapped = connection.execute(query).scalar()
        if wrapped is None:
            raise NotFoundError(f"the key of blob {upload.id} was destroyed")
        data_key = self._sealer.unwrap(f"u:{upload.id}", bytes(wrapped))
        return open_range(
            data_key,
            upload.id,
            upload.size,
            lambda low, high: self._blobs.read(upload.id, low, high),
            start,
            upload.size if end is None else end,
        )

    def undestroyed(self) -> list[str]:
        """Ids of uploads whose key exists although an erasure destroyed it: for an audit."""
        with reading(self._engine) as connection:
            return undestroyed_blobs(connection)

    def count(self) -> int:
        """Number of uploads."""
        with reading(self._engine) as connection:
            total = connection.execute(select(func.count()).select_from(UPLOAD.id.table)).scalar()
        return int(total or 0)

    def check(self) -> None:
        """Raise UnavailableError unless the store of blobs answers."""
        try:
            self._blobs.check()
        except NotFoundError as error:
            raise UnavailableError(str(error)) from error


def upload_of(row: Any) -> Upload:
    """A row of the uploads as a value."""
    return Upload(
        row.id, row.submitter, row.media_type, row.size, row.created_at, row.named, row.erased_at
    )
