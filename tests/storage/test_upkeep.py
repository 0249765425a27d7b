"""Blobs that last: locked once named, collected if never named, read again and missed when lost."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import logs
import pytest
from logs import OPERATOR, Writer, appended, upload
from sqlalchemy import text

from ledger.errors import NotFoundError, UnavailableError
from ledger.evidence.draft import BlobRef
from ledger.statement import Link
from storage.blobs import BlobStore
from storage.blobs.directory import DirectoryBlobs
from storage.blobs.memory import MemoryBlobs
from storage.blobs.s3 import GOVERNANCE, S3Address, S3Blobs
from storage.database import writing
from storage.store import Store
from storage.values import Upload

DAY_MS = 86_400_000
Log = tuple[Store, Writer]


@pytest.fixture
def log(url: str, tmp_path: Path) -> Iterator[Log]:
    store, writer = logs.new_log(url, tmp_path, blobs=DirectoryBlobs(tmp_path / "blobs"))
    yield store, writer
    store.close()


@pytest.fixture
def log_on_s3(s3: S3Address, tmp_path: Path) -> Iterator[Log]:
    blobs = S3Blobs(s3, GOVERNANCE)
    blobs.make_bucket()
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=blobs)
    yield store, writer
    store.close()


@pytest.fixture(params=["folder", "minio", "versitygw", "unversioned"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    """A log on SQLite over each store that lasts."""
    blobs: BlobStore = DirectoryBlobs(tmp_path / "blobs")
    if request.param != "folder":
        address = logs.s3_address(request.getfixturevalue(f"{request.param}_server"))
        blobs = on_s3 = S3Blobs(address)
        on_s3.make_bucket()
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=blobs)
    yield store, writer
    store.close()


def age(store: Store, days: float) -> None:
    """Make every upload so much older."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - days * 86_400))
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE uploads SET created_at = :at"), {"at": at})


def blob_of(store: Store, ref: BlobRef) -> Upload:
    [found] = store.uploads.find(ref.sha256)
    return found


def objects(store: Store) -> set[str]:
    blobs: BlobStore = store.uploads._blobs
    return set(blobs.names(time.time_ns() // 1_000_000 + 60_000))


def erase(store: Store, writer: Writer, draft: Any) -> None:
    said = draft.statement
    erasure = writer.draft(
        "erasure",
        OPERATOR,
        {"scope": "record", "reason_code": "court-order"},
        subjects=(f"record:{said.id}",),
        links=[Link("erases", id=said.id, sha256=said.sha256)],
    )
    appended(store.append([logs.with_posters(erasure, "operator")])[0])


def scrub(store: Store) -> dict[str, str | None]:
    """A whole pass; what was wrong with each blob."""
    return {
        found.id: store.upkeep.check(found, mac, lambda _: None)
        for found, mac in store.upkeep.next_to_check("")
    }


# Locks


def test_only_what_a_record_names_is_locked_and_once(log_on_s3: Log, s3: S3Address) -> None:
    store, writer = log_on_s3
    named, unnamed = upload(store, b"named"), upload(store, b"unnamed")
    assert store.upkeep.lock(100 * DAY_MS) == 0
    appended(store.append([writer.draft(blobs=[named])])[0])
    assert store.upkeep.counts(locks=True).unlocked == 1
    before = time.time()
    assert store.upkeep.lock(100 * DAY_MS) == 1
    assert store.upkeep.lock(100 * DAY_MS) == 0

    held = s3.client().get_object_retention(s3.bucket, blob_of(store, named).id)
    assert held is not None
    assert held.mode == GOVERNANCE
    assert -1 <= held.retain_until_date.timestamp() - before - 100 * 86_400 < 60
    assert s3.client().get_object_retention(s3.bucket, blob_of(store, unnamed).id) is None
    assert store.upkeep.counts(locks=True).unlocked == 0
    # Less than half is left, seen from a longer one: it is prolonged.
    assert store.upkeep.lock(201 * DAY_MS) == 1


def test_a_lock_that_failed_is_set_later(tmp_path: Path, s3: S3Address) -> None:
    blobs = S3Blobs(s3)
    blobs.make_bucket()
    failing = True
    lock = blobs.lock

    def fault(name: str, until_ms: int) -> bool:
        if failing:
            raise UnavailableError("the object store does not answer")
        return lock(name, until_ms)

    blobs.lock = fault  # type: ignore[method-assign]
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=blobs)
    store.append([writer.draft(blobs=[upload(store, b"a")])])
    with pytest.raises(UnavailableError):
        store.upkeep.lock(60_000)
    assert store.upkeep.counts(locks=True).unlocked == 1
    failing = False
    assert store.upkeep.lock(60_000) == 1
    store.close()


def test_a_missing_object_does_not_keep_the_others_waiting(log_on_s3: Log, s3: S3Address) -> None:
    store, writer = log_on_s3
    refs = [upload(store, bytes([n])) for n in range(3)]
    store.append([writer.draft(blobs=refs)])
    lost = blob_of(store, refs[1]).id
    s3.client().remove_object(s3.bucket, lost)

    assert store.upkeep.lock(60_000) == 3
    assert [(name, "not in the bucket" in fault) for name, _, fault in store.upkeep.damages()] == [
        (lost, True)
    ]


def test_a_store_without_locks_says_so(log: Log) -> None:
    store, writer = log
    store.append([writer.draft(blobs=[upload(store, b"a")])])

    assert store.upkeep.lock(60_000) is None


# Collecting


def test_what_no_record_named_in_time_is_removed_and_nothing_else(log: Log) -> None:
    store, writer = log
    named, late = upload(store, b"named"), upload(store, b"late")
    store.append([writer.draft(blobs=[named])])
    age(store, 8)
    fresh = upload(store, b"fresh")
    gone = blob_of(store, late).id
    assert store.upkeep.collect(9 * DAY_MS) == 0
    assert store.upkeep.collect(7 * DAY_MS) == 1
    assert store.upkeep.collect(7 * DAY_MS) == 0

    assert store.uploads.find(late.sha256) == []
    assert gone not in objects(store)
    assert objects(store) == {blob_of(store, ref).id for ref in (named, fresh)}
    assert logs.refusal(store.append([writer.draft(blobs=[late])])[0]) == "missing-blob"
    with store.engine.connect() as connection:
        keys = connection.execute(text("SELECT owner FROM wrapped_keys")).scalars().all()
    assert f"u:{gone}" not in keys


def test_an_erased_blob_goes_when_its_lock_ends(log_on_s3: Log) -> None:
    store, writer = log_on_s3
    refs = [upload(store, b"kept"), upload(store, b"let go")]
    drafts = [writer.draft(blobs=[ref]) for ref in refs]
    store.append(drafts)
    store.upkeep.lock(3 * DAY_MS)
    ids = [blob_of(store, ref).id for ref in refs]
    erase(store, writer, drafts[1])

    assert store.upkeep.collect_erased() == 0
    with writing(store.engine) as connection:  # as if the time had come, and had not for the store
        connection.execute(text("UPDATE uploads SET locked_until = '2026-01-01T00:00:00.000Z'"))
    assert store.upkeep.collect_erased() == 0
    assert objects(store) == set(ids)
    assert scrub(store) == {ids[0]: None}


def test_an_erased_blob_that_was_never_locked_goes_at_once(log: Log) -> None:
    store, writer = log
    ref = upload(store, b"a face")
    draft = writer.draft(blobs=[ref])
    store.append([draft])
    erase(store, writer, draft)

    assert store.upkeep.collect_erased() == 1
    assert store.uploads.find(ref.sha256) == []
    assert objects(store) == set()


def test_objects_that_no_row_knows_are_swept(anywhere: Log) -> None:
    store, writer = anywhere
    kept = upload(store, b"kept")
    store.append([writer.draft(blobs=[kept])])
    stray = store.uploads._blobs.create("ffffffff-0000-4000-8000-000000000001")
    stray.write(b"its row was never written")
    stray.commit()
    assert store.upkeep.sweep(DAY_MS) == 0
    assert store.upkeep.sweep(-60_000) == 1

    assert objects(store) == {blob_of(store, kept).id}


def test_no_blob_is_collected_that_a_record_names_meanwhile(url: str, tmp_path: Path) -> None:
    """Records name uploads that are overdue while collectors run: either it is named, or refused."""
    blobs = DirectoryBlobs(tmp_path / "blobs")
    store, writer = logs.new_log(url, tmp_path, blobs=blobs)
    other = logs.open_store(url, tmp_path, blobs=blobs)
    refs = [upload(store, b"%d" % n) for n in range(120)]
    age(store, 8)
    named: list[BlobRef] = []
    refused = 0
    done = threading.Event()
    errors: list[Exception] = []

    def collect() -> None:
        try:
            while not done.is_set():
                other.upkeep.collect(7 * DAY_MS, limit=3)
                time.sleep(0.002)
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    collectors = [threading.Thread(target=collect) for _ in range(2)]
    for thread in collectors:
        thread.start()
    for at in range(0, len(refs), 4):
        part = refs[at : at + 4]
        for ref, outcome in zip(
            part, store.append([writer.draft(blobs=[ref]) for ref in part]), strict=True
        ):
            if isinstance(outcome, Exception):
                refused += 1
            else:
                named.append(ref)
    done.set()
    for thread in collectors:
        thread.join()

    assert errors == []
    assert named
    assert refused, "the collectors were too slow to prove anything"
    for ref in named:
        assert b"".join(store.uploads.open(blob_of(store, ref)))
    assert set(scrub(store).values()) == {None}
    other.close()
    store.close()


# Reading again


def test_a_lost_or_altered_blob_is_found_and_a_mended_one_forgiven(anywhere: Log) -> None:
    store, writer = anywhere
    refs = [upload(store, bytes([n]) * 1000) for n in range(3)]
    store.append([writer.draft(blobs=refs)])
    lost, altered, whole = (blob_of(store, ref).id for ref in refs)
    blobs = store.uploads._blobs
    kept = {name: b"".join(blobs.read(name, 0, 9999)) for name in (lost, altered)}

    def put(name: str, data: bytes) -> None:
        writer = blobs.create(name)
        writer.write(data)
        writer.commit()

    blobs.delete(lost)
    put(altered, kept[altered][:-1] + b"\x00")
    found = scrub(store)

    assert found[whole] is None
    assert "not in the" in str(found[lost])
    assert "altered" in str(found[altered])
    assert store.upkeep.counts(locks=False).damaged == 2
    for name, data in kept.items():
        put(name, data)
    assert set(scrub(store).values()) == {None}
    assert store.upkeep.damages() == []


def test_a_blob_under_another_ones_name_is_found(tmp_path: Path) -> None:
    """Right key, right name, other content: only the digest tells."""
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=MemoryBlobs())
    ref = upload(store, b"what the record says")
    store.append([writer.draft(blobs=[ref])])
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE uploads SET mac = :m"), {"m": bytes(32)})

    assert list(scrub(store).values()) == ["it is another file"]
    store.close()


def test_an_erasure_excuses_what_is_gone(log: Log) -> None:
    store, writer = log
    ref = upload(store, b"a face")
    draft = writer.draft(blobs=[ref])
    store.append([draft])
    [(found, mac)] = store.upkeep.next_to_check("")

    erase(store, writer, draft)
    assert store.upkeep.check(found, mac, lambda _: None) is None
    assert store.upkeep.next_to_check("") == []
    with pytest.raises(NotFoundError):
        store.uploads.open(found)


def test_what_a_key_was_is_not_left_in_sqlites_files(tmp_path: Path) -> None:
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    draft = writer.draft()
    store.append([draft])
    with store.engine.connect() as connection:
        query = text("SELECT wrapped FROM wrapped_keys WHERE owner = :o")
        wrapped = connection.execute(query, {"o": f"r:{draft.statement.id}"}).scalar_one()

    def written() -> bool:
        return any(wrapped in path.read_bytes() for path in tmp_path.glob("log.db*"))

    assert written()
    erase(store, writer, draft)
    assert store.shed_erased()
    assert not written()
    assert store.newest("erasure") == store.head().size - 1
    store.close()


def test_chores_remember_how_far_they_came(log: Log) -> None:
    store, _ = log
    assert store.upkeep.chore("scrub") == {}
    store.upkeep.set_chore("scrub", {"after": "a"})
    store.upkeep.set_chore("scrub", {"after": "b", "blobs": 2})

    assert store.upkeep.chore("scrub") == {"after": "b", "blobs": 2}
