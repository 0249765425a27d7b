"""Backups: consistent while others append, incremental, strict on the way back (FORMATS §4)."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import logs
import pytest
from logs import KEYS, Draft, Writer, appended, upload
from sqlalchemy import inspect, text

from ledger.anchor import AnchorTarget
from ledger.errors import ConflictError, LedgerError, NotFoundError, VerificationError
from ledger.statement import Link
from storage import backup, manifest, unfinished
from storage.backup import Done, back_up
from storage.blobs import BlobStore
from storage.blobs.memory import MemoryBlobs
from storage.blobs.s3 import S3Address, S3Blobs
from storage.database import open_engine
from storage.mark import MemoryMark, RolledBackError
from storage.migrate import migrate
from storage.restore import restore
from storage.sealing import Sealer, SealingKeys
from storage.store import Store
from storage.tables import METADATA

TARGET = AnchorTarget(1, f"0x{'0a' * 32}", f"0x{'0b' * 20}", "0c" * 32, f"0x{'0d' * 20}").to_json()


@pytest.fixture
def blobs() -> MemoryBlobs:
    return MemoryBlobs()


@pytest.fixture
def log(url: str, tmp_path: Path, blobs: MemoryBlobs) -> Iterator[tuple[Store, Writer]]:
    store, writer = logs.new_log(url, tmp_path, blobs=blobs)
    yield store, writer
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of its own to restore into."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'restored.db'}"
    cluster = request.getfixturevalue("postgres_cluster")
    return str(cluster.create_database(f"restored_{os.urandom(6).hex()}"))


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "SEGMENT", 32)


def save(store: Store, blobs: BlobStore, tmp_path: Path) -> Done:
    return back_up(store, blobs, tmp_path / "backup", tmp_path / "wrapped")


def load(url: str, tmp_path: Path, blobs: BlobStore | None = None) -> Store:
    """The log of the backup in an empty database, opened without the released mark's word."""
    blobs = blobs or MemoryBlobs()
    engine = open_engine(url)
    known = manifest.load(tmp_path / "backup", Sealer(KEYS))
    try:
        restore(engine, blobs, tmp_path / "backup", tmp_path / "wrapped", known)
    finally:
        engine.dispose()
    return logs.open_store(url, tmp_path, mark=MemoryMark(), blobs=blobs)


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those that say which processes run."""
    found = {}
    with store.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            if table.name not in {"leases", "serving"}:
                rows = connection.execute(table.select()).all()
                found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def erasure(writer: Writer, of: Draft, *fields: str) -> Draft:
    target = of.statement
    more = {"scope": "fields", "fields": list(fields)} if fields else {"scope": "record"}
    draft = writer.draft(
        "erasure",
        logs.OPERATOR,
        {"reason_code": "data-subject-request", **more},
        subjects=(f"record:{target.id}",),
        links=[Link("erases", id=target.id, sha256=target.sha256)],
    )
    return logs.with_posters(draft, "operator")


def test_a_log_comes_back_whole_in_either_kind_of_database(
    log: tuple[Store, Writer], blobs: MemoryBlobs, other_url: str, tmp_path: Path
) -> None:
    store, writer = log
    photo = upload(store, os.urandom(200_000))
    draft = writer.draft(blobs=[photo], document="1", source_ref="their own number")
    for outcome in store.append([draft, *(writer.draft() for _ in range(600))]):
        appended(outcome)
    store.journal.pseudonym("person", logs.SCHOOL, "张三", "2026")
    store.journal.count_denial(logs.SCHOOL, "order")
    store.tokens.issue(logs.SCHOOL, ["read"], label="a token")
    store.journal.note_personal_read(logs.SCHOOL, "t", 3, ["name"])

    done = save(store, blobs, tmp_path)
    restored = load(other_url, tmp_path, copied := MemoryBlobs())

    assert done.manifest.head.size == store.head().size
    assert contents(restored) == contents(store)
    assert copied.objects == blobs.objects
    unfinished.finish(restored.engine)
    logs.audit(restored)
    again = appended(restored.append([draft])[0])
    assert again.replayed
    appended(restored.append([writer.draft()])[0])
    restored.journal.note_personal_read(logs.SCHOOL, "t", 4, ["name"])
    restored.close()


def test_processes_that_served_meanwhile_keep_no_backup_from_being_restored(
    log: tuple[Store, Writer],
    blobs: MemoryBlobs,
    other_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Backups of the first release hold who served: a time that is larger than 2³¹."""
    store, writer = log
    appended(store.append([writer.draft()])[0])
    store.rates.tell("a process", {"t": 1})
    assert "serving" not in save(store, blobs, tmp_path).manifest.tables

    monkeypatch.setattr(backup, "_LEFT", backup._LEFT - {"serving"})
    assert save(store, blobs, tmp_path).manifest.tables["serving"].rows == 1
    restored = load(other_url, tmp_path)

    assert contents(restored) == contents(store)
    restored.close()


def test_an_upload_that_no_record_names_is_left_out(
    log: tuple[Store, Writer], blobs: MemoryBlobs, tmp_path: Path
) -> None:
    store, writer = log
    upload(store, b"nobody names it")
    store.append([writer.draft(blobs=[upload(store, b"named")])])

    save(store, blobs, tmp_path)
    restored = load(f"sqlite:///{tmp_path / 'restored.db'}", tmp_path, copied := MemoryBlobs())

    assert len(copied.objects) == restored.uploads.count() == 1
    restored.close()


def test_a_backup_made_while_others_append_is_one_moment_of_the_log(
    log: tuple[Store, Writer], blobs: MemoryBlobs, url: str, tmp_path: Path
) -> None:
    store, writer = log
    other = logs.open_store(url, tmp_path, blobs=blobs)
    stop, stored = threading.Event(), []

    def post() -> None:
        while not stop.is_set():
            photo = upload(other, os.urandom(100))
            stored.append(appended(other.append([writer.draft(blobs=[photo])])[0]).index)

    posting = threading.Thread(target=post)
    posting.start()
    sizes = []
    for _ in range(5):
        sizes.append(save(store, blobs, tmp_path).manifest.head.size)
        time.sleep(0.1)
    stop.set()
    posting.join()
    restored = load(f"sqlite:///{tmp_path / 'restored.db'}", tmp_path)

    assert len(stored) > 5
    assert sizes == sorted(set(sizes))
    assert store.root_at(sizes[-1]) == manifest.load(tmp_path / "backup", None).head.root
    with restored.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM entries")).scalar() == sizes[-1]
        assert connection.execute(text("SELECT count(*) FROM blob_uses")).scalar() == sum(
            index < sizes[-1] for index in stored
        )
    other.close()
    restored.close()


@pytest.mark.usefixtures("small_segments")
def test_what_is_in_the_folder_is_not_copied_again(
    log: tuple[Store, Writer], blobs: MemoryBlobs, tmp_path: Path
) -> None:
    store, writer = log
    store.append([writer.draft(blobs=[upload(store, b"one")]) for _ in range(100)])
    first = save(store, blobs, tmp_path)
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "backup").rglob("*-0*")}
    store.append([writer.draft(blobs=[upload(store, b"two")]) for _ in range(3)])

    second = save(store, blobs, tmp_path)

    whole = first.manifest.head.size // 32
    for table in ("entries", "checkpoints"):
        kept = first.manifest.segments[table][:whole]
        assert second.manifest.segments[table][:whole] == kept
        for facts in kept:
            path = tmp_path / "backup" / facts.name
            assert path.stat().st_mtime_ns == written[path]
    assert (first.blobs, second.blobs) == (1, 1)
    assert second.bytes < first.bytes
    listed = {path.name for path in (tmp_path / "backup" / "tables").iterdir()}
    assert {Path(name).name for name in second.manifest.files()} == listed
    assert len(list((tmp_path / "wrapped").glob("*.rows"))) == 1


@pytest.mark.usefixtures("small_segments")
def test_an_erasure_reaches_what_was_backed_up_long_ago(
    log: tuple[Store, Writer], blobs: MemoryBlobs, tmp_path: Path
) -> None:
    store, writer = log
    whole, part = writer.draft(), writer.draft(payload={"name": "张三", "meals": 3})
    store.append([whole, part, *(writer.draft() for _ in range(100))])
    save(store, blobs, tmp_path)
    for one in (erasure(writer, whole), erasure(writer, part, "name")):
        appended(store.append([one])[0])

    save(store, blobs, tmp_path)
    restored = load(f"sqlite:///{tmp_path / 'restored.db'}", tmp_path)

    assert restored.record(whole.statement.id).erased
    assert restored.record(part.statement.id).payload == b'{"meals":3}'
    restored.close()


def test_wrapped_keys_older_than_an_erasure_are_destroyed_again(log: tuple[Store, Writer]) -> None:
    store, writer = log
    photo = upload(store, b"a face")
    whole = writer.draft(blobs=[photo])
    part = writer.draft(payload={"name": "张三", "meals": 3})
    store.append([whole, part])
    with store.engine.connect() as connection:
        before = connection.execute(text("SELECT owner, wrapped FROM wrapped_keys")).all()
        rows = connection.execute(text("SELECT record_id, sealed FROM entries")).all()
        uses = connection.execute(text('SELECT upload, "index" FROM blob_uses')).all()
    for one in (erasure(writer, whole), erasure(writer, part, "name")):
        appended(store.append([one])[0])
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM wrapped_keys"))
        for owner, wrapped in before:
            connection.execute(
                text("INSERT INTO wrapped_keys VALUES (:owner, :wrapped)"),
                {"owner": owner, "wrapped": bytes(wrapped)},
            )
        for record_id, sealed in rows:
            connection.execute(
                text("UPDATE entries SET sealed = :sealed WHERE record_id = :id"),
                {"id": record_id, "sealed": None if sealed is None else bytes(sealed)},
            )
        for name, index in uses:
            connection.execute(
                text("INSERT INTO blob_uses VALUES (:name, :index)"),
                {"name": name, "index": index},
            )
    assert not store.record(whole.statement.id).erased

    assert store.reapply_erasures()

    assert store.record(whole.statement.id).erased
    assert store.record(part.statement.id).payload == b'{"meals":3}'
    with pytest.raises(NotFoundError, match="destroyed"):
        store.uploads.open(store.uploads.find(photo.sha256)[0])
    assert not store.reapply_erasures()


def test_keys_lie_apart_and_none_opens_anything_alone(
    log: tuple[Store, Writer], blobs: MemoryBlobs, tmp_path: Path
) -> None:
    store, writer = log
    store.append([writer.draft(payload={"name": "a very private name"})])
    save(store, blobs, tmp_path)

    everything = b"".join(
        path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file()
    )
    assert b"a very private name" not in everything
    assert b"wrapped_keys-" not in everything
    for key in (KEYS.key_encryption_key, KEYS.index_key):
        assert key not in everything
        assert key.hex().encode() not in everything
    for path in (tmp_path / "backup").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    with pytest.raises(ConflictError, match="apart"):
        back_up(store, blobs, tmp_path / "backup", tmp_path / "backup" / "keys")


def test_a_longer_backup_and_another_logs_are_not_written_over(
    tmp_path: Path, blobs: MemoryBlobs
) -> None:
    url = f"sqlite:///{tmp_path / 'log.db'}"
    store, writer = logs.new_log(url, tmp_path, blobs=blobs)
    store.close()
    logs.copy(tmp_path, "log.db", "early.db")
    store = logs.open_store(url, tmp_path, blobs=blobs)
    store.append([writer.draft()])
    save(store, blobs, tmp_path)
    store.close()
    logs.copy(tmp_path, "early.db", "log.db")
    kept = (tmp_path / "backup" / "backup.json").read_bytes()

    store = logs.open_store(url, tmp_path, blobs=blobs)
    with pytest.raises(RolledBackError):
        save(store, blobs, tmp_path)
    store.close()
    (tmp_path / "released-mark").unlink()
    store = logs.open_store(url, tmp_path, blobs=blobs)
    with pytest.raises(ConflictError, match="all that is left"):
        save(store, blobs, tmp_path)
    store.close()
    (tmp_path / "released-mark").unlink()
    foreign = logs.open_store(f"sqlite:///{tmp_path / 'foreign.db'}", tmp_path, blobs=blobs)
    migrate(foreign.engine)
    foreign.found(Writer().genesis(anchor_target=TARGET))
    with pytest.raises(ConflictError, match="another log"):
        save(foreign, blobs, tmp_path)
    assert (tmp_path / "backup" / "backup.json").read_bytes() == kept
    foreign.close()


def test_every_file_that_is_altered_lost_or_exchanged_is_noticed(
    log: tuple[Store, Writer], blobs: MemoryBlobs, tmp_path: Path
) -> None:
    store, writer = log
    store.append([writer.draft(blobs=[upload(store, b"a photo")]) for _ in range(3)])
    save(store, blobs, tmp_path)
    folders = (tmp_path / "backup", tmp_path / "wrapped")
    paths = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    ]
    assert len(paths) > 15
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    for path in paths:
        whole = path.read_bytes()
        half = len(whole) // 2
        altered = whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]
        for content in (altered, whole[:-1], whole + b"\n", b"", None):
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
            with pytest.raises(LedgerError):
                load(url, tmp_path).close()
            path.write_bytes(whole)
    load(url, tmp_path).close()


def test_a_manifest_of_another_installation_is_refused(
    log: tuple[Store, Writer], blobs: MemoryBlobs, tmp_path: Path
) -> None:
    """Whoever puts a token of their own into a backup cannot sign for it."""
    save(log[0], blobs, tmp_path)
    known = manifest.load(tmp_path / "backup", None)
    other = Sealer(SealingKeys(bytes(32), bytes(32)))
    manifest.save(tmp_path / "backup", replace(known, revision="v0001"), other)

    with pytest.raises(VerificationError, match="altered"):
        manifest.load(tmp_path / "backup", Sealer(KEYS))


def test_nothing_is_restored_over_a_log(
    log: tuple[Store, Writer], blobs: MemoryBlobs, url: str, tmp_path: Path
) -> None:
    store, _ = log
    save(store, blobs, tmp_path)

    with pytest.raises(ConflictError, match="a log of"):
        load(url, tmp_path)
    logs.audit(store)


def test_blobs_go_to_another_kind_of_store(
    log: tuple[Store, Writer], blobs: MemoryBlobs, s3: S3Address, tmp_path: Path
) -> None:
    store, writer = log
    store.append([writer.draft(blobs=[upload(store, os.urandom(70_000))])])
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE uploads SET locked_until = '2099-01-01T00:00:00.000Z'"))
    save(store, blobs, tmp_path)
    bucket = S3Blobs(s3)
    bucket.make_bucket()

    restored = load(f"sqlite:///{tmp_path / 'restored.db'}", tmp_path, bucket)

    with restored.engine.begin() as connection:
        locks = connection.execute(text("SELECT DISTINCT locked_until FROM uploads")).scalars()
        assert list(locks) == [""], "the objects are new: the worker has to lock them again"
    restored.close()
    for name, data in blobs.objects.items():
        assert b"".join(bucket.read(name, 0, len(data))) == data


def test_blobs_come_from_another_kind_of_store(s3: S3Address, tmp_path: Path) -> None:
    bucket = S3Blobs(s3)
    bucket.make_bucket()
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, blobs=bucket)
    photo = upload(store, os.urandom(70_000))
    store.append([writer.draft(blobs=[photo])])
    save(store, bucket, tmp_path)
    [path] = [path for path in (tmp_path / "backup" / "blobs").rglob("*") if path.is_file()]

    assert path.read_bytes() == b"".join(bucket.read(path.name, 0, 1 << 20))
    store.close()


def test_a_blob_that_the_store_lost_is_named_and_everything_else_is_kept(
    log: tuple[Store, Writer], blobs: MemoryBlobs, tmp_path: Path
) -> None:
    store, writer = log
    store.append([writer.draft(blobs=[upload(store, b"a photo")])])
    [(name, data)] = blobs.objects.items()
    blobs.objects.clear()

    assert save(store, blobs, tmp_path).manifest.missing_blobs == (name,)
    blobs.objects[name] = data
    found = save(store, blobs, tmp_path)

    assert found.manifest.missing_blobs == ()
    assert found.blobs == 1


_KILLED = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {here!r}]
import logs
from storage import backup, manifest
from storage.blobs.directory import DirectoryBlobs
from storage.database import open_engine
from storage.migrate import migrate
from storage.restore import restore
from storage.sealing import Sealer, SealingKeys
what, url, folder = sys.argv[1:]
folder = Path(folder)
print("ready", flush=True)
if what == "backup":
    backup.SEGMENT = 64
    blobs = DirectoryBlobs(folder / "blobs")
    store = logs.open_store(url, folder, blobs=blobs)
    backup.back_up(store, blobs, folder / "backup", folder / "wrapped")
else:
    known = manifest.load(folder / "backup", Sealer(logs.KEYS))
    blobs = DirectoryBlobs(folder / "restored-blobs")
    restore(open_engine(url), blobs, folder / "backup", folder / "wrapped", known)
print("done", flush=True)
"""


def killed(what: str, url: str, tmp_path: Path, after_s: float) -> bool:
    """Run a backup or a restore and kill it after that time; whether it ended before."""
    here = Path(__file__).resolve().parent
    program = _KILLED.format(tests=str(here.parent), here=str(here))
    with subprocess.Popen(
        [sys.executable, "-c", program, what, url, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        return "done" in process.stdout.read()


@pytest.mark.slow
def test_a_kill_leaves_nothing_half_that_looks_whole(url: str, tmp_path: Path) -> None:
    from storage.blobs.directory import DirectoryBlobs

    dice = random.Random(7)
    blobs = DirectoryBlobs(tmp_path / "blobs")
    store, writer = logs.new_log(url, tmp_path, blobs=blobs)
    target = f"sqlite:///{tmp_path / 'restored.db'}"
    ended = 0
    for _ in range(8):
        store.append([writer.draft(blobs=[upload(store, os.urandom(50_000))]) for _ in range(40)])
        ended += killed("backup", url, tmp_path, dice.uniform(0, 0.5))
        if (tmp_path / "backup" / "backup.json").exists():
            restored = load(target, tmp_path)
            known = manifest.load(tmp_path / "backup", Sealer(KEYS)).head
            assert restored.head().size == known.size
            restored.close()
    save(store, blobs, tmp_path)
    assert ended < 8
    size = store.head().size
    store.close()

    for _ in range(8):
        ended = killed("restore", target, tmp_path, dice.uniform(0, 0.4))
        engine = open_engine(target)
        with engine.connect() as connection:
            found = set(inspect(connection).get_table_names())
            reason = unfinished.reason(connection)
            assert reason is not None or not found
        engine.dispose()
    restored = load(target, tmp_path)
    unfinished.finish(restored.engine)
    assert restored.head().size == size
    logs.audit(restored)
    restored.close()
