"""The contract of every `BlobStore`, on all five, and blobs on their way through one."""

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import logs
import pytest
from components.s3 import S3Server
from logs import SCHOOL
from minio.commonconfig import ENABLED
from minio.versioningconfig import VersioningConfig

from ledger.errors import ConflictError, NotFoundError, UnavailableError, VerificationError
from storage.blobs import BlobStore
from storage.blobs.directory import DirectoryBlobs
from storage.blobs.memory import MemoryBlobs
from storage.blobs.s3 import COMPLIANCE, GOVERNANCE, S3Address, S3Blobs
from storage.migrate import migrate
from storage.store import Store

NAME = "6f1c1f0e-0000-4000-8000-000000000001"
LARGE = 5_000_000


@pytest.fixture(params=["memory", "directory", "minio", "versitygw", "unversioned"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "memory":
        return MemoryBlobs()
    if request.param == "directory":
        return DirectoryBlobs(tmp_path / "blobs")
    address = logs.s3_address(request.getfixturevalue(f"{request.param}_server"))
    on_s3 = S3Blobs(address)
    on_s3.make_bucket()
    on_s3.make_bucket()
    return on_s3


def put(blobs: BlobStore, data: bytes, name: str = NAME) -> None:
    writer = blobs.create(name)
    for at in range(0, len(data), 300_000):
        writer.write(data[at : at + 300_000])
    writer.commit()


def get(blobs: BlobStore, start: int, end: int, name: str = NAME) -> bytes:
    return b"".join(blobs.read(name, start, end))


def test_an_object_is_read_as_it_was_written(blobs: BlobStore) -> None:
    data = sha256(b"large").digest() * (LARGE // 32)
    put(blobs, data)

    assert get(blobs, 0, len(data)) == data
    assert get(blobs, 1_000_001, 1_300_002) == data[1_000_001:1_300_002]


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 0), (0, 1), (0, 10), (9, 10), (3, 3), (10, 10), (4, 99), (10, 20), (99, 100)],
)
def test_a_range_ends_where_the_object_ends(blobs: BlobStore, start: int, end: int) -> None:
    put(blobs, b"0123456789")

    assert get(blobs, start, end) == b"0123456789"[start:end]


def test_nothing_is_there_before_commit(blobs: BlobStore) -> None:
    writer = blobs.create(NAME)
    writer.write(b"half")
    with pytest.raises(NotFoundError):
        get(blobs, 0, 4)
    writer.write(b" done")
    writer.commit()

    assert get(blobs, 0, 99) == b"half done"


def test_an_aborted_object_never_was(blobs: BlobStore) -> None:
    writer = blobs.create(NAME)
    writer.write(b"half")
    writer.abort()
    writer.abort()
    with pytest.raises(NotFoundError):
        get(blobs, 0, 4)


def test_abort_after_commit_keeps_the_object(blobs: BlobStore) -> None:
    writer = blobs.create(NAME)
    writer.write(b"done")
    writer.commit()
    writer.abort()

    assert get(blobs, 0, 4) == b"done"


def test_a_deleted_object_is_gone_and_may_be_deleted_again(blobs: BlobStore) -> None:
    put(blobs, b"data")
    blobs.delete(NAME)
    blobs.delete(NAME)
    with pytest.raises(NotFoundError):
        get(blobs, 0, 4)


def test_objects_are_apart(blobs: BlobStore) -> None:
    other = NAME.replace("6", "7")
    put(blobs, b"one")
    put(blobs, b"two", other)
    blobs.delete(NAME)

    assert get(blobs, 0, 3, other) == b"two"


def test_a_store_that_answers_checks_well(blobs: BlobStore) -> None:
    blobs.check()


def test_a_bucket_that_is_not_there_does_not_check_well(s3: S3Address) -> None:
    with pytest.raises(UnavailableError):
        S3Blobs(s3).check()


def test_a_server_that_does_not_answer_is_unavailable(unused_address: S3Address) -> None:
    blobs = S3Blobs(unused_address)
    writer = blobs.create(NAME)
    writer.write(b"data")
    for call in (
        blobs.check,
        blobs.make_bucket,
        writer.commit,
        lambda: get(blobs, 0, 4),
        lambda: blobs.delete(NAME),
    ):
        with pytest.raises(UnavailableError):
            call()
    writer.abort()


def test_a_folder_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    blobs = DirectoryBlobs(folder)
    folder.rmdir()
    folder.write_text("a file where the folder was")
    with pytest.raises(UnavailableError):
        blobs.create(NAME)
    with pytest.raises(UnavailableError):
        get(blobs, 0, 1)


def test_a_folder_of_blobs_is_its_owners_alone(tmp_path: Path) -> None:
    put(DirectoryBlobs(tmp_path / "blobs"), b"data")

    assert (tmp_path / "blobs").stat().st_mode & 0o077 == 0


# What lasts: locks, lists, what was left half done


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_old_objects_are_listed_and_only_they(blobs: BlobStore) -> None:
    other = NAME.replace("6", "7")
    put(blobs, b"one")
    put(blobs, b"two", other)
    going = blobs.create(NAME.replace("6", "8"))
    going.write(b"not there yet")

    assert sorted(blobs.names(now_ms() + 5000)) == [NAME, other]
    assert list(blobs.names(now_ms() - 60_000)) == []
    blobs.delete(other)
    assert list(blobs.names(now_ms() + 5000)) == [NAME]
    going.abort()


def test_what_is_not_there_cannot_be_locked(blobs: BlobStore) -> None:
    with pytest.raises(NotFoundError):
        blobs.lock(NAME, now_ms() + 60_000)


@pytest.mark.parametrize("mode", [COMPLIANCE, GOVERNANCE])
def test_a_locked_object_outlives_whoever_orders_its_removal(s3: S3Address, mode: str) -> None:
    blobs = S3Blobs(s3, mode)
    blobs.make_bucket()
    put(blobs, b"evidence")
    until = now_ms() + 3_600_000
    assert blobs.lock(NAME, until)
    held = s3.client().get_object_retention(s3.bucket, NAME)
    assert held is not None
    assert (held.mode, held.retain_until_date.timestamp()) == (mode, until // 1000)

    with pytest.raises(ConflictError, match="locked"):
        blobs.delete(NAME)
    assert get(blobs, 0, 8) == b"evidence"
    assert blobs.lock(NAME, until + 3_600_000)
    with pytest.raises(ConflictError, match="longer already"):
        S3Blobs(s3, mode).lock(NAME, until - 1_800_000)
    put(blobs, b"forged!!")  # a new version hides the old one, and takes nothing away
    versions = [
        found
        for found in s3.client().list_objects(s3.bucket, include_version=True)
        if found.object_name == NAME
    ]
    assert len(versions) == 2


def test_a_lock_that_ended_holds_nothing(s3: S3Address) -> None:
    blobs = S3Blobs(s3)
    blobs.make_bucket()
    put(blobs, b"data")
    assert blobs.lock(NAME, now_ms() + 2_500)
    with pytest.raises(ConflictError):
        blobs.delete(NAME)
    time.sleep(3)
    blobs.delete(NAME)
    with pytest.raises(NotFoundError):
        get(blobs, 0, 4)
    assert list(s3.client().list_objects(s3.bucket, include_version=True)) == []


def test_a_bucket_without_locks_says_so(s3: S3Address) -> None:
    s3.client().make_bucket(s3.bucket)
    blobs = S3Blobs(s3)
    put(blobs, b"data")

    assert blobs.lock(NAME, now_ms() + 60_000) is False
    blobs.delete(NAME)


def test_a_server_without_versions_keeps_what_is_locked_and_gives_up_the_rest(
    unversioned_server: S3Server,
) -> None:
    address = logs.s3_address(unversioned_server)
    blobs = S3Blobs(address)
    blobs.make_bucket()
    longer = NAME + "0"
    put(blobs, b"data")
    put(blobs, b"its name begins alike", longer)
    assert blobs.lock(NAME, now_ms() + 2_500)
    with pytest.raises(ConflictError, match="locked"):
        blobs.delete(NAME)
    time.sleep(3)
    blobs.delete(NAME)

    assert list(blobs.names(now_ms() + 5000)) == [longer]


def test_an_object_from_before_the_bucket_had_versions_goes_for_good(s3: S3Address) -> None:
    client, blobs = s3.client(), S3Blobs(s3)
    client.make_bucket(s3.bucket)
    for name in (NAME, NAME + "0"):
        put(blobs, b"old", name)
    client.set_bucket_versioning(s3.bucket, VersioningConfig(ENABLED))
    put(blobs, b"new", NAME + "0")
    for name in (NAME, NAME + "0"):
        blobs.delete(name)

    assert list(client.list_objects(s3.bucket, include_version=True)) == []


def test_parts_of_writers_that_are_gone_are_removed_in_a_folder(tmp_path: Path) -> None:
    blobs = DirectoryBlobs(tmp_path / "blobs")
    going = blobs.create(NAME)
    going.write(b"half")
    put(blobs, b"whole", NAME.replace("6", "7"))

    assert blobs.forget_unfinished(now_ms() - 60_000) == 0
    assert blobs.forget_unfinished(now_ms() + 5000) == 1
    assert [path.name for path in (tmp_path / "blobs").rglob("*-*")] == [NAME.replace("6", "7")]
    going.abort()


def test_parts_of_writers_that_are_gone_are_removed_on_a_server(s3: S3Address) -> None:
    blobs = S3Blobs(s3)
    blobs.make_bucket()
    client = s3.client()
    client._create_multipart_upload(s3.bucket, NAME, {})

    assert blobs.forget_unfinished(now_ms() - 60_000) == 0
    assert len(client._list_multipart_uploads(s3.bucket, prefix=NAME).uploads) == 1
    assert blobs.forget_unfinished(now_ms() + 5000) in (0, 1)
    assert client._list_multipart_uploads(s3.bucket, prefix=NAME).uploads == []


# Uploads: sealed, hashed, registered


@pytest.fixture
def store(blobs: BlobStore, tmp_path: Path) -> Iterator[Store]:
    store = logs.open_store(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=blobs)
    migrate(store.engine)
    yield store
    store.close()


def test_an_upload_is_hashed_and_read_back_in_ranges(store: Store) -> None:
    data = sha256(b"photo").digest() * 9000
    going = store.uploads.begin(SCHOOL, "image/jpeg")
    for at in range(0, len(data), 50_000):
        going.write(data[at : at + 50_000])
    assert going.digest() == sha256(data).digest()
    assert store.uploads.find(sha256(data).hexdigest()) == []
    digest = going.finish()
    [blob] = store.uploads.find(digest, SCHOOL)

    assert digest == sha256(data).hexdigest()
    assert (blob.size, blob.media_type, blob.named) == (len(data), "image/jpeg", False)
    assert b"".join(store.uploads.open(blob)) == data
    assert b"".join(store.uploads.open(blob, 70_000, 200_000)) == data[70_000:200_000]
    assert store.uploads.count() == 1


def test_an_empty_upload_is_one_too(store: Store) -> None:
    digest = store.uploads.begin(SCHOOL, "text/plain").finish()
    [blob] = store.uploads.find(digest)

    assert digest == sha256(b"").hexdigest()
    assert b"".join(store.uploads.open(blob)) == b""


def test_an_aborted_upload_is_unknown(store: Store) -> None:
    going = store.uploads.begin(SCHOOL, "text/plain")
    going.write(b"data")
    going.abort()

    assert store.uploads.find(sha256(b"data").hexdigest()) == []


def test_what_lies_in_the_store_is_ciphertext_under_a_name_that_tells_nothing(
    tmp_path: Path,
) -> None:
    blobs = MemoryBlobs()
    store = logs.open_store(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=blobs)
    migrate(store.engine)
    for _ in range(2):
        going = store.uploads.begin(SCHOOL, "text/plain")
        going.write(b"a name")
        digest = going.finish()
    store.close()

    assert len(blobs.objects) == 2
    assert len(set(blobs.objects.values())) == 2
    for name, data in blobs.objects.items():
        assert digest not in name
        assert b"a name" not in data
    stored = (tmp_path / "log.db").read_bytes()
    assert digest.encode() not in stored
    assert bytes.fromhex(digest) not in stored


@pytest.mark.parametrize("call", ["create", "write", "commit"])
def test_an_upload_that_fails_anywhere_is_unknown(tmp_path: Path, call: str) -> None:
    def fault(name: str) -> None:
        if name == call:
            raise UnavailableError("the store does not answer")

    store = logs.open_store(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=MemoryBlobs(fault))
    migrate(store.engine)
    with pytest.raises(UnavailableError):  # noqa: PT012 - any of the calls may be the one
        going = store.uploads.begin(SCHOOL, "text/plain")
        going.write(b"x" * 200_000)
        going.finish()

    assert store.uploads.count() == 0
    store.close()


def test_an_exchanged_or_cut_object_is_named(tmp_path: Path) -> None:
    blobs = MemoryBlobs()
    store = logs.open_store(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=blobs)
    migrate(store.engine)
    uploads = []
    for word in (b"one", b"two"):
        going = store.uploads.begin(SCHOOL, "text/plain")
        going.write(word)
        uploads += store.uploads.find(going.finish())
    one, two = uploads
    blobs.objects[one.id], blobs.objects[two.id] = blobs.objects[two.id], blobs.objects[one.id]
    with pytest.raises(VerificationError, match=one.id):
        b"".join(store.uploads.open(one))
    blobs.objects[two.id] = blobs.objects[one.id][:-1]
    with pytest.raises(VerificationError, match=two.id):
        b"".join(store.uploads.open(two))
    store.close()


def test_a_cut_object_on_a_server_is_altered_not_unavailable(s3: S3Address, tmp_path: Path) -> None:
    blobs = S3Blobs(s3)
    blobs.make_bucket()
    store = logs.open_store(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=blobs)
    migrate(store.engine)
    going = store.uploads.begin(SCHOOL, "text/plain")
    going.write(b"x" * 100_000)
    [blob] = store.uploads.find(going.finish())
    whole = get(blobs, 0, 1 << 20, blob.id)
    blobs.delete(blob.id)
    put(blobs, whole[:20_000], blob.id)
    with pytest.raises(VerificationError, match="chunk 1"):
        b"".join(store.uploads.open(blob, 70_000))
    store.close()
