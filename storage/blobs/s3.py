"""Blobs on an S3 server (MinIO or another), and the released mark there. The only minio import.

An upload is sealed on its way into a spooled temporary file, of ciphertext only, and sent in one
piece at `commit`: its length is known then, and what a broken client left half done never reaches
the bucket.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Final

from minio import Minio
from minio.commonconfig import ENABLED
from minio.error import MinioException, S3Error
from minio.retention import Retention
from minio.versioningconfig import SUSPENDED
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from ledger.errors import ConflictError, MalformedError, NotFoundError, UnavailableError
from storage.mark import Mark, needs_raising

_SPOOL: Final = 4 << 20
_PIECE: Final = 1 << 18
COMPLIANCE: Final = "COMPLIANCE"
GOVERNANCE: Final = "GOVERNANCE"
_NO_LOCK: Final = frozenset(
    {
        "InvalidRequest", "InvalidBucketState", "InvalidBucketObjectLockConfiguration",
        "NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError",
        "NotImplemented", "MethodNotAllowed",
    }
)  # fmt: skip
_KEPT: Final = frozenset({"AccessDenied", "ObjectLocked", "InvalidRequest", "WORMProtected"})
_MISSING: Final = frozenset({"NoSuchKey", "NoSuchObject"})
_BEYOND_END: Final = "InvalidRange"
_ONLY: Final = "null"
"""What an object is called in a list of versions where the bucket keeps none."""
_MARK_NAME: Final = "released-mark"
_TRIES: Final = 5
_OK: Final = 200
_CONDITION_FAILED: Final = frozenset({409, 412})


@dataclass(frozen=True, slots=True)
class S3Address:
    """A bucket. `endpoint` is host:port; `secure` is TLS."""

    endpoint: str
    access_key: str
    secret_key: str
    bucket: str
    region: str = "us-east-1"
    secure: bool = True

    def __repr__(self) -> str:
        """Without the secret."""
        return f"S3Address({self.endpoint}/{self.bucket})"

    def client(self) -> Minio:
        """A client with short time-outs: a dead server must be noticed, not waited for."""
        return Minio(
            self.endpoint,
            access_key=self.access_key,
            secret_key=self.secret_key,
            secure=self.secure,
            region=self.region,
            http_client=self.pool(),
        )

    def pool(self) -> PoolManager:
        """Connections with those time-outs."""
        return PoolManager(
            timeout=Timeout(connect=3, read=30),
            maxsize=16,
            retries=Retry(total=1, backoff_factor=0.1, status_forcelist=[502, 503, 504]),
        )


class S3Blobs:
    """A `BlobStore` in a bucket; a committed object is as durable as the server's own word."""

    def __init__(self, address: S3Address, lock_mode: str = COMPLIANCE) -> None:
        """Nothing is asked of the server yet; `lock_mode` is COMPLIANCE or GOVERNANCE."""
        self._client = address.client()
        self._bucket = address.bucket
        self._lock_mode = lock_mode

    def make_bucket(self) -> None:
        """Make the bucket, with object lock where the server has it, unless it is there.

        Raises:
            UnavailableError: the server does not answer.
        """
        with _answering():
            if self._client.bucket_exists(bucket_name=self._bucket):
                return
            try:
                self._client.make_bucket(bucket_name=self._bucket, object_lock=True)
            except S3Error as error:
                if error.code not in {"NotImplemented", "InvalidArgument"}:
                    raise
                self._client.make_bucket(bucket_name=self._bucket)

    def create(self, name: str) -> "_S3Writer":
        """Begin an object."""
        return _S3Writer(self._client, self._bucket, name)

    def read(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes [start, end) in pieces."""
        if end <= start:
            return
        with _answering(name):
            try:
                answer = self._client.get_object(
                    bucket_name=self._bucket, object_name=name, offset=start, length=end - start
                )
            except S3Error as error:
                if error.code == _BEYOND_END:
                    return
                raise
            try:
                yield from answer.stream(_PIECE)
            finally:
                answer.close()
                answer.release_conn()

    def delete(self, name: str) -> None:
        """Remove an object with its versions; a bucket with object lock keeps old ones otherwise."""
        with _answering(name), contextlib.suppress(NotFoundError):
            listed = self._client.list_objects(
                bucket_name=self._bucket, prefix=name, include_version=True
            )
            versions = [found.version_id for found in listed if found.object_name == name]
            for version in versions:
                # Some servers without versions list this one and refuse it as an id. Beside others
                # it is a version like them, and without its id only a marker would be put over it.
                self._remove(
                    name, None if versions == [_ONLY] and not self._versioned() else version
                )

    def _versioned(self) -> bool:
        """Whether the bucket keeps, or has kept, more than one version of an object."""
        status = self._client.get_bucket_versioning(bucket_name=self._bucket).status
        return status in {ENABLED, SUSPENDED}

    def _remove(self, name: str, version: str | None) -> None:
        try:
            self._client.remove_object(
                bucket_name=self._bucket, object_name=name, version_id=version
            )
        except S3Error as error:
            if error.code in _KEPT:
                raise ConflictError(f"the object store keeps blob {name}: it is locked") from error
            raise

    def lock(self, name: str, until_ms: int) -> bool:
        """Put the newest version under retention; False where bucket or server has no lock."""
        until = datetime.fromtimestamp(until_ms // 1000, tz=UTC)
        with _answering(name):
            try:
                self._client.set_object_retention(
                    bucket_name=self._bucket,
                    object_name=name,
                    config=Retention(self._lock_mode, until),
                )
            except S3Error as error:
                if error.code not in _KEPT | _NO_LOCK:
                    raise
                # Servers say the same of a bucket without locks, of a lock that would shrink and of
                # an object that was removed.
                self._client.stat_object(bucket_name=self._bucket, object_name=name)
                if not self._is_held(name):
                    return False
                raise ConflictError(f"blob {name} is locked for longer already") from error
        return True

    def _is_held(self, name: str) -> bool:
        """Whether the object is under retention."""
        try:
            held = self._client.get_object_retention(bucket_name=self._bucket, object_name=name)
        except S3Error as error:
            if error.code in _NO_LOCK:
                return False
            raise
        return held is not None

    def names(self, before_ms: int) -> Iterator[str]:
        """The objects older than that, a thousand a request."""
        before = datetime.fromtimestamp(before_ms / 1000, tz=UTC)
        with _answering():
            for found in self._client.list_objects(bucket_name=self._bucket, recursive=True):
                if found.object_name and found.last_modified and found.last_modified < before:
                    yield found.object_name

    def forget_unfinished(self, before_ms: int) -> int:
        """Abort multipart uploads begun before then, so that their parts are not kept for ever."""
        before, count, key, upload = datetime.fromtimestamp(before_ms / 1000, tz=UTC), 0, None, None
        with _answering():
            while True:
                # The client has no public call for either; both are plain S3.
                listed = self._client._list_multipart_uploads(  # noqa: SLF001 - see above
                    bucket_name=self._bucket, key_marker=key, upload_id_marker=upload
                )
                for found in listed.uploads:
                    if found.initiated_time is None or found.initiated_time < before:
                        self._client._abort_multipart_upload(  # noqa: SLF001 - see above
                            self._bucket, found.object_name, str(found.upload_id)
                        )
                        count += 1
                if not listed.is_truncated:
                    return count
                key, upload = listed.next_key_marker, listed.next_upload_id_marker

    def check(self) -> None:
        """The bucket must be there."""
        with _answering():
            if not self._client.bucket_exists(bucket_name=self._bucket):
                raise UnavailableError(f"the bucket {self._bucket} does not exist")


class _S3Writer:
    def __init__(self, client: Minio, bucket: str, name: str) -> None:
        self._client, self._bucket, self._name = client, bucket, name
        self._size = 0
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115

    def write(self, data: bytes) -> None:
        try:
            self._spool.write(data)
        except OSError as error:
            raise UnavailableError(f"no blob can be spooled: {error.strerror}") from error
        self._size += len(data)

    def commit(self) -> None:
        self._spool.seek(0)
        with _answering(self._name), self._spool:
            self._client.put_object(
                bucket_name=self._bucket,
                object_name=self._name,
                data=self._spool,  # type: ignore[arg-type]
                length=self._size,
                content_type="application/octet-stream",
            )

    def abort(self) -> None:
        self._spool.close()


class S3Mark:
    """The released mark as an object that is only ever replaced as read (If-Match).

    It has a bucket of its own, `<bucket>-mark`, without versions: every batch replaces it.
    """

    def __init__(self, address: S3Address, name: str = _MARK_NAME) -> None:
        """One object of that bucket, `name`."""
        self._http = address.pool()
        self._client = address.client()
        self._bucket = f"{address.bucket}-mark"
        self._name = name
        self._seen: tuple[Mark | None, str | None] | None = None

    def make_bucket(self) -> None:
        """Make the bucket unless it is there.

        Raises:
            UnavailableError: the server does not answer.
        """
        with _answering():
            if not self._client.bucket_exists(bucket_name=self._bucket):
                self._client.make_bucket(bucket_name=self._bucket)

    def read(self) -> Mark | None:
        """The mark."""
        self._seen = mark, _ = self._fetch()
        return mark

    def begin_read(self) -> Callable[[], Mark | None]:
        """As late as it is asked for."""
        return self.read

    def advance(self, mark: Mark) -> None:
        """Put the larger mark, unless someone else put one meanwhile: then look again."""
        seen = self._seen
        for _ in range(_TRIES):
            current, tag = seen or self._fetch()
            if not needs_raising(current, mark):
                return
            condition = {"If-None-Match": "*"} if tag is None else {"If-Match": f'"{tag}"'}
            new_tag = self._put(mark.to_text().encode("ascii"), condition)
            if new_tag is not None:
                self._seen = mark, new_tag
                return
            seen = None
        raise UnavailableError("the released mark is contended; try again")

    def _fetch(self) -> tuple[Mark | None, str | None]:
        try:
            with _answering(self._name):
                answer = self._client.get_object(bucket_name=self._bucket, object_name=self._name)
                try:
                    text = answer.read().decode("ascii", "replace")
                    tag = _tag(answer.headers)
                finally:
                    answer.close()
                    answer.release_conn()
        except NotFoundError:
            return None, None
        try:
            return Mark.of_text(text), tag
        except MalformedError as error:
            raise UnavailableError(f"the released mark cannot be read: {error}") from error

    def _put(self, data: bytes, condition: dict[str, str]) -> str | None:
        """The new tag, or None: the condition does not hold, nothing was replaced."""
        with _answering(self._name):
            # The client's own call takes no conditions; a signed address takes any header.
            url = self._client.presigned_put_object(
                bucket_name=self._bucket, object_name=self._name
            )
            answer = self._http.request("PUT", url, body=data, headers=condition)
        if answer.status in _CONDITION_FAILED:
            return None
        if answer.status != _OK:
            raise UnavailableError(f"the object store refused the released mark: {answer.status}")
        return _tag(answer.headers)


def _tag(headers: Mapping[str, str]) -> str:
    """The entity tag of an answer, without its quotes."""
    return headers.get("ETag", "").strip('"')


@contextlib.contextmanager
def _answering(name: str | None = None) -> Iterator[None]:
    """The client's failures as ours."""
    try:
        yield
    except S3Error as error:
        if error.code in _MISSING:
            raise NotFoundError(f"blob {name} is not in the bucket") from error
        raise UnavailableError(f"the object store refused: {error.code}") from error
    except (MinioException, HTTPError, OSError) as error:
        raise UnavailableError(
            f"the object store does not answer: {type(error).__name__}"
        ) from error
