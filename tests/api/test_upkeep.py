"""The worker's upkeep of blobs: what it locks, removes, reads again, and says."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playground import embedded, example, serving, settle
from prometheus_client import CollectorRegistry

from api import key_files
from api.installation import S3_SECRET, Installation, open_installation, s3_address
from api.metrics import Metrics
from api.settings import Settings
from api.upkeep import Keeper, Scrubber, count_upkeep
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day
from storage.mark import RolledBackError


@pytest.fixture
def home(settled: Callable[[Path], dict[str, str]], tmp_path: Path) -> Path:
    settled(tmp_path)
    return tmp_path


@pytest.fixture
def opened(home: Path) -> Iterator[Installation]:
    with closing(open_installation(embedded(home, scrub_bytes_per_s=10_000_000))) as opened:
        yield opened


def on_minio(folder: Path, server: Any, **changes: Any) -> Settings:
    settings = embedded(
        folder,
        chain="none",
        s3_endpoint=server.endpoint,
        s3_bucket=f"b-{uuid.uuid4().hex}",
        s3_access_key=server.access_key,
        s3_secure=False,
        **changes,
    )
    settings.keys_dir.mkdir(parents=True, mode=0o700)
    key_files.create(settings.keys_dir / S3_SECRET, server.secret_key)
    return settings


def upload(opened: Installation, data: bytes, party: str = day.SUPPLIER) -> dict[str, Any]:
    writer = opened.store.uploads.begin(party, "image/jpeg")
    writer.write(data)
    return {"sha256": writer.finish(), "media_type": "image/jpeg", "size": len(data)}


def register(opened: Installation, file: dict[str, Any]) -> int:
    """A supplier's registration that names the file; its index."""
    request = example("supplier-registration")
    request["blobs"] = [{"role": "business-licence", **file}]
    draft = prepare(
        request, submitter=day.SUPPLIER, ledger=opened.ledger, new_seed=bytes(range(32))
    )
    outcome = opened.store.append([draft])[0]
    assert not isinstance(outcome, Exception), outcome
    return outcome.index


def a_pass(scrubber: Scrubber) -> None:
    while scrubber.step():
        pass


def test_a_pass_goes_through_everything_and_another_begins_when_it_is_time(
    opened: Installation,
) -> None:
    store, count = opened.store, opened.store.uploads.count()
    scrubber = Scrubber(opened, threading.Event(), "a")
    a_pass(scrubber)
    state = store.upkeep.chore("scrub")

    assert scrubber.blobs == state["blobs"] == count > 0
    assert scrubber.bytes == state["bytes"] > 0
    assert state["damaged"] == 0
    assert "after" not in state
    assert not scrubber.step(), "a pass a day"
    store.upkeep.set_chore("scrub", {**state, "began_ms": state["began_ms"] - 86_400_000})
    assert scrubber.step()


def test_a_restart_goes_on_where_the_pass_was(opened: Installation) -> None:
    store = opened.store
    ids: list[str] = []
    while page := store.upkeep.next_to_check(ids[-1] if ids else ""):
        ids += [found.id for found, _ in page]
    stop = threading.Event()
    first = Scrubber(opened, stop, "a")
    check, seen = store.upkeep.check, []

    def stopping(upload: Any, mac: bytes, pause: Any) -> str | None:
        seen.append(upload.id)
        if len(seen) == 5:
            stop.set()
        return check(upload, mac, pause)

    store.upkeep.check = stopping  # type: ignore[method-assign]
    assert first.step()
    assert store.upkeep.chore("scrub")["after"] == ids[3]
    store.upkeep.check = check  # type: ignore[method-assign]
    second = Scrubber(opened, threading.Event(), "b")
    a_pass(second)

    assert second.blobs == len(ids) - 4
    assert store.upkeep.chore("scrub")["blobs"] == len(ids)


def test_behind_what_was_released_nothing_is_removed(opened: Installation) -> None:
    """A database put back under a running worker has no rows for newer files."""
    store, path = opened.store, opened.settings.data_dir / "ledger.sqlite"
    store.engine.dispose()
    old = path.read_bytes()
    register(opened, upload(opened, b"named by a record that the old database does not have"))
    names = set(opened.blobs.names(2**53))
    store.engine.dispose()
    path.write_bytes(old)
    settings = opened.settings.model_copy(update={"orphan_days": 1e-9})
    keeper = Keeper(replace(opened, settings=settings), threading.Event(), "a")

    with pytest.raises(RolledBackError):
        keeper.step()

    assert set(opened.blobs.names(2**53)) == names


def test_reading_keeps_to_its_rate(home: Path) -> None:
    with closing(open_installation(embedded(home, scrub_bytes_per_s=200_000))) as opened:
        upload(opened, bytes(300_000))
        scrubber = Scrubber(opened, threading.Event(), "a")
        began = time.monotonic()
        a_pass(scrubber)

        assert scrubber.bytes >= 300_000
        assert time.monotonic() - began >= scrubber.bytes / 200_000


def test_a_lost_file_is_told_in_the_audits_words_and_no_digest(
    opened: Installation, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = upload(opened, b"a licence")
    index = register(opened, file)
    [found] = opened.store.uploads.find(file["sha256"])
    (home / "data" / "blobs" / found.id[:2] / found.id).unlink()
    with caplog.at_level(logging.ERROR, "mealtrace.upkeep"):
        a_pass(Scrubber(opened, threading.Event(), "a"))

    [line] = [record.getMessage() for record in caplog.records]
    assert f"the business-licence of entry {index} cannot be read" in line
    assert f"条目 {index} 的 business-licence 无法读取" in line
    assert file["sha256"][:16] not in line
    keeper = Keeper(opened, threading.Event(), "a")
    keeper.step()
    assert keeper.counts.damaged == 1


def test_overdue_uploads_and_stray_objects_go_in_a_folder(home: Path) -> None:
    settings = embedded(home, orphan_days=0.000_01)
    with closing(open_installation(settings)) as opened:
        file = upload(opened, b"a licence")
        register(opened, file)
        stray = home / "data" / "blobs" / "ff" / "ffffffff-0000-4000-8000-000000000001"
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"no row")
        before = opened.store.uploads.count()
        time.sleep(1.5)
        keeper = Keeper(opened, threading.Event(), "a")
        keeper.step()

        assert opened.store.uploads.count() == 1
        assert keeper.collected == before  # all but the named one, and the stray object
        assert not stray.exists()
        [kept] = opened.store.uploads.find(file["sha256"])
        assert b"".join(opened.store.uploads.open(kept)) == b"a licence"
        assert opened.store.upkeep.chore("sweep")["removed"] == 1


def test_a_running_service_locks_what_a_record_names(tmp_path: Path, minio_server: Any) -> None:
    settings = on_minio(tmp_path, minio_server, worker_inside=True, metrics_port=0)
    tokens = settle(settings)
    address = s3_address(settings)
    with serving(settings, tokens) as running:
        file = {"role": "business-licence"}
        sent = running.as_(day.SUPPLIER, **{"Content-Type": "image/jpeg"})
        file |= sent.post("/v1/blobs", content=b"a licence of today").json()
        request = example("supplier-registration")
        request["blobs"] = [file]
        assert running.as_(day.SUPPLIER).post("/v1/records", json=request).status_code == 201
        with closing(open_installation(settings)) as opened:
            [found] = opened.store.uploads.find(file["sha256"])
        deadline = time.monotonic() + 30
        while (held := address.client().get_object_retention(address.bucket, found.id)) is None:
            assert time.monotonic() < deadline, "named, and not locked"
            time.sleep(0.2)

    assert held.mode == "COMPLIANCE"
    days = (held.retain_until_date.timestamp() - time.time()) / 86_400
    assert 729 < days <= 730


def test_a_bucket_without_locks_is_said_once(
    tmp_path: Path, minio_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings = on_minio(tmp_path, minio_server)
    s3_address(settings).client().make_bucket(settings.s3_bucket)  # somebody else made it
    settle(settings)
    with closing(open_installation(settings)) as opened:
        register(opened, upload(opened, b"a licence"))
        keeper = Keeper(opened, threading.Event(), "a")
        with caplog.at_level(logging.WARNING, "mealtrace.upkeep"):
            keeper.step()
            keeper.step()

    [line] = [record.getMessage() for record in caplog.records]
    assert "has no object lock" in line
    assert keeper.counts.unlocked == 1


def test_the_numbers_of_the_upkeep_are_scraped(opened: Installation) -> None:
    keeper, scrubber = (made(opened, threading.Event(), "a") for made in (Keeper, Scrubber))
    metrics, registry = Metrics(), CollectorRegistry()
    registry.register(metrics)
    count_upkeep(metrics, keeper, scrubber)
    a_pass(scrubber)
    keeper.step()

    read = {
        name: registry.get_sample_value(f"mealtrace_blobs_{name}")
        for name in ("unnamed", "damaged", "unlocked", "scrubbed_since_start")
    }
    count = opened.store.uploads.count()
    assert read == {"unnamed": count, "damaged": 0, "unlocked": 0, "scrubbed_since_start": count}
