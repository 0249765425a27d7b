"""A database put back, or a head that is not the log's: nothing is signed any more (DESIGN §8)."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import logs
import pytest
from logs import Writer, appended, copy
from sqlalchemy import text

from ledger.compact import CompactRange
from storage.mark import FileMark, Mark, MemoryMark, RolledBackError
from storage.store import Store


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'log.db'}"


def test_a_database_put_back_from_a_backup_signs_nothing(sqlite: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(sqlite, tmp_path)
    store.close()
    copy(tmp_path, "log.db", "backup.db")
    store = logs.open_store(sqlite, tmp_path)
    before = store.head().size
    lost = writer.draft()
    store.append([lost, writer.draft()])
    store.close()
    copy(tmp_path, "backup.db", "log.db")

    store = logs.open_store(sqlite, tmp_path)
    why = f"size {before + 2} was released, the database holds {before}"
    for drafts in ([writer.draft()], [lost], [writer.draft(), writer.draft(), writer.draft()]):
        with pytest.raises(RolledBackError, match=why):
            store.append(drafts)
    with pytest.raises(RolledBackError, match=why):
        store.head()
    with pytest.raises(RolledBackError, match=why):
        store.released_head()
    mark = FileMark(tmp_path / "released-mark").read()
    assert mark is not None
    assert mark.size == before + 2
    store.close()


def test_a_running_process_notices_without_the_shared_mark(sqlite: str, tmp_path: Path) -> None:
    """It remembers itself what it released, whatever happens to the file."""
    store, writer = logs.new_log(sqlite, tmp_path)
    store.close()
    copy(tmp_path, "log.db", "backup.db")
    store.append([writer.draft()])
    store.close()
    copy(tmp_path, "backup.db", "log.db")
    (tmp_path / "released-mark").unlink()

    with pytest.raises(RolledBackError):
        store.append([writer.draft()])
    store.close()


def test_another_branch_of_the_same_log_is_not_signed(sqlite: str, tmp_path: Path) -> None:
    """Put back, and grown beyond the mark by a process that did not know of it."""
    store, writer = logs.new_log(sqlite, tmp_path)
    store.close()
    copy(tmp_path, "log.db", "backup.db")
    released = appended(store.append([writer.draft()])[0]).size
    store.close()
    copy(tmp_path, "backup.db", "log.db")
    other = logs.open_store(sqlite, tmp_path, mark=MemoryMark())
    for count in (1, 3):
        other.append([writer.draft() for _ in range(count)])
        aware = logs.open_store(sqlite, tmp_path)
        why = f"size {released} was released|two roots of size {released}"
        with pytest.raises(RolledBackError, match=why):
            aware.append([writer.draft()])
        with pytest.raises(RolledBackError, match=why):
            aware.head()
        aware.close()
    other.close()


def forged_range(size: int) -> bytes:
    hashes = tuple(sha256(bytes([at])).digest() for at in range(size.bit_count()))
    return CompactRange(size, hashes).to_bytes()


def set_head(store: Store, **columns: object) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    with store.engine.begin() as connection:
        connection.execute(text(f"UPDATE log_head SET {changes}"), columns)


def refuses(store: Store, writer: Writer) -> None:
    with pytest.raises(RolledBackError):
        store.append([writer.draft()])
    with pytest.raises(RolledBackError):
        store.head()


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("longer", [0, 1, 5])
def test_a_forged_head_is_not_signed(url: str, tmp_path: Path, *, longer: int, fresh: bool) -> None:
    store, writer = logs.new_log(url, tmp_path)
    head = store.head()
    size = head.size + longer
    set_head(store, size=size, range=forged_range(size))
    if fresh:
        store.close()
        store = logs.open_store(url, tmp_path)
    refuses(store, writer)

    set_head(store, size=head.size, range=head.range.to_bytes())
    appended(store.append([writer.draft()])[0])
    logs.audit(store)
    store.close()


def test_entries_added_past_the_service_are_not_signed(url: str, tmp_path: Path) -> None:
    """Whoever writes rows and a head that fits them, but cannot sign, gains nothing."""
    store, writer = logs.new_log(url, tmp_path)
    head = store.head()
    leaf = sha256(b"\x00forged").digest()
    with store.engine.begin() as connection:
        connection.execute(
            text('UPDATE entries SET leaf_hash = :leaf, data = :data WHERE "index" = :at'),
            {"leaf": leaf, "data": b"forged", "at": head.size - 1},
        )
    leaves = [row.leaf_hash for row in store.records(0, 0)]
    assert leaves == []
    fitting = CompactRange(0, ())
    for at in range(head.size):
        data = store.entries(at, at + 1)[0]
        fitting = fitting.append(sha256(b"\x00" + data).digest())
    set_head(store, range=fitting.to_bytes())

    refuses(store, writer)
    store.close()


def test_a_mark_ahead_of_the_database_says_what_was_lost(url: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(url, tmp_path)
    size = store.head().size
    FileMark(tmp_path / "released-mark").advance(Mark(size + 9, bytes(32)))
    with pytest.raises(RolledBackError, match=f"size {size + 9} was released"):
        store.append([writer.draft()])
    store.close()


def test_a_mark_behind_the_database_is_raised_once_the_log_is_seen_to_extend_it(
    url: str, tmp_path: Path
) -> None:
    """A process that died before it raised the mark, 300 entries ago."""
    store, writer = logs.new_log(url, tmp_path)
    old = (tmp_path / "released-mark").read_bytes()
    for count in (255, 2, 43):
        store.append([writer.draft() for _ in range(count)])
    head = store.head()
    (tmp_path / "released-mark").write_bytes(old)
    store.close()

    again = logs.open_store(url, tmp_path)
    assert again.head() == head
    assert FileMark(tmp_path / "released-mark").read() == Mark(head.size, head.root)
    appended(again.append([writer.draft()])[0])
    logs.audit(again)
    again.close()


def test_a_head_read_while_others_append_is_no_rollback(url: str, tmp_path: Path) -> None:
    """The mark may have been raised since the head was read: it is read first."""
    store, writer = logs.new_log(url, tmp_path)
    other = logs.open_store(url, tmp_path)

    class Racing:
        """Before the mark is read, another process appends and raises it."""

        def __init__(self) -> None:
            self.inner = FileMark(tmp_path / "released-mark")
            self.race: Callable[[], object] = lambda: None

        def read(self) -> Mark | None:
            self.race()
            return self.inner.read()

        def begin_read(self) -> Callable[[], Mark | None]:
            return self.read

        def advance(self, mark: Mark) -> None:
            self.inner.advance(mark)

    racing = Racing()
    reader = logs.open_store(url, tmp_path, mark=racing)
    racing.race = lambda: other.append([writer.draft()])
    sizes = []
    for _ in range(3):
        other.append([writer.draft()])
        sizes.append(reader.head().size)

    assert sizes == sorted(set(sizes))
    for each in (store, other, reader):
        each.close()
