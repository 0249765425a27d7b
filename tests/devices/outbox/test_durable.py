"""What an outbox's file outlives: torn writes, a full disk, an older and a newer program."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from components.kitchen_floor import GATEWAY, OCCURRED, weigh_in_payload
from paper_log import PaperLog

from devices.client import Evidence, SigningKey
from devices.outbox import Outbox, Queue
from ledger.errors import ConflictError

KEY = SigningKey.generate()
SCALE = "device:s0001-scale-1"
PHOTO = b"\xff\xd8\xff\xe0"


def open_outbox(folder: Path) -> Outbox:
    return Outbox(folder, party=GATEWAY, policy=PaperLog().policy.encode(), key=KEY)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = open_outbox(tmp_path / "outbox")
    yield box
    box.close()


def weigh_in(counter: int) -> Evidence:
    photo = PHOTO + counter.to_bytes(2) * 3000
    payload = weigh_in_payload(counter, SCALE)
    return Evidence("weigh-in", payload, OCCURRED, blobs={"photo": (photo, "image/jpeg")})


def as_of_version_1(folder: Path) -> None:
    """What the first program's file looked like."""
    with sqlite3.connect(folder / "outbox.sqlite") as tables:
        for table in ("records", "receipts"):
            tables.execute(f"DROP INDEX {table}_document")
            tables.execute(f"ALTER TABLE {table} DROP COLUMN document")
        tables.execute("PRAGMA user_version = 1")
    tables.close()


def test_a_log_torn_anywhere_holds_every_reading_whose_keep_returned_before(
    outbox: Outbox, tmp_path: Path
) -> None:
    """As the power leaves it: the end of the log missing, or its last pages half written."""
    chance = random.Random(5)
    wal = outbox.folder / "outbox.sqlite-wal"
    kept: list[tuple[str, int, int]] = []  # id, counter, size of the log when `keep` returned
    for _ in range(12):
        counter = outbox.next_counter(SCALE)
        kept.append((outbox.keep(weigh_in(counter), lane=SCALE), counter, wal.stat().st_size))
    whole = wal.read_bytes()
    for trial in range(40):
        at = chance.randrange(32, len(whole))
        torn = whole[:at] if trial % 2 else whole[:at] + chance.randbytes(len(whole) - at)
        folder = tmp_path / f"torn-{trial}"
        folder.mkdir()
        shutil.copy(outbox.folder / "outbox.sqlite", folder)
        (folder / "outbox.sqlite-wal").write_bytes(torn)
        if at < kept[0][2]:
            continue  # before the first reading the policy itself may be missing
        found = open_outbox(folder)
        held = found.waiting(100, 1 << 30)
        last = found.last_counter(SCALE)
        photos = [found.content(one.files[0]) for one in held]
        found.close()

        expected = [(record, counter) for record, counter, size in kept if size <= at]
        assert [one.id for one in held] == [record for record, _ in expected]
        assert all(photo.startswith(PHOTO) for photo in photos)
        assert last is not None
        assert last >= expected[-1][1]


def test_an_outbox_of_version_1_is_brought_up_with_all_that_waits(
    outbox: Outbox,
) -> None:
    first = outbox.keep(weigh_in(1), lane=SCALE)
    bodies = [one.body for one in outbox.waiting(9, 1 << 20)]
    outbox.close()
    as_of_version_1(outbox.folder)

    again = open_outbox(outbox.folder)
    assert [one.body for one in again.waiting(9, 1 << 20)] == bodies
    # Its document is known again: a driver that does not know whether it kept it may keep it.
    assert again.keep(weigh_in(1), lane=SCALE, once=True) == first
    assert again.keep(weigh_in(2), lane=SCALE, once=True) != first
    assert again.state().waiting == 2
    again.close()


def test_an_outbox_of_a_newer_program_is_refused_and_left_as_it_is(outbox: Outbox) -> None:
    outbox.keep(weigh_in(1))
    outbox.close()
    path = outbox.folder / "outbox.sqlite"
    with sqlite3.connect(path) as tables:
        tables.execute("PRAGMA user_version = 99")
    tables.close()
    before = path.read_bytes()

    with pytest.raises(ConflictError, match="version 99; this program knows 2"):
        Queue(outbox.folder)
    assert path.read_bytes() == before


def test_whoever_only_looks_writes_nothing(outbox: Outbox) -> None:
    """So that `status` says what waits while the disk takes not one byte more."""
    outbox.keep(weigh_in(1))
    writer = sqlite3.connect(outbox.folder / "outbox.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")  # whoever wanted to write would wait for ten seconds
    try:
        queue = Queue(outbox.folder)
        assert queue.state().waiting == 1
        queue.close()
    finally:
        writer.execute("ROLLBACK")
        writer.close()
