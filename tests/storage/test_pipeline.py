"""A transaction begun while the mark of the one before is not raised yet: nothing is told early."""

from collections.abc import Iterator
from pathlib import Path

import logs
import pytest
from failing import FailingMark, Faults, When
from logs import Writer, appended, check_receipt, copy

from ledger.errors import UnavailableError
from storage.mark import FileMark, RolledBackError
from storage.store import Store


@pytest.fixture
def log(url: str, tmp_path: Path) -> Iterator[tuple[Store, Writer, FailingMark]]:
    mark = FailingMark(FileMark(tmp_path / "released-mark"))
    store, writer = logs.new_log(url, tmp_path, mark=mark)
    yield store, writer, mark
    store.close()


def marked(mark: FailingMark) -> int:
    found = mark.read()
    assert found is not None
    return found.size


@pytest.mark.parametrize("turned", [False, True])
def test_releases_in_any_order_leave_the_mark_at_the_largest(
    log: tuple[Store, Writer, FailingMark], *, turned: bool
) -> None:
    store, writer, mark = log
    before = marked(mark)
    releases = [store.commit([writer.draft()]) for _ in range(3)]
    assert marked(mark) == before

    for release in reversed(releases) if turned else releases:
        [outcome] = release()
        check_receipt(appended(outcome))
        assert marked(mark) >= appended(outcome).size
    assert marked(mark) == before + 3 == store.head().size
    logs.audit(store)


def test_a_head_shown_between_commit_and_release_is_released_first(
    log: tuple[Store, Writer, FailingMark],
) -> None:
    store, writer, mark = log
    release = store.commit([writer.draft()])
    head = store.head()

    assert marked(mark) == head.size
    assert appended(release()[0]).checkpoint == head.checkpoint


def test_a_release_that_fails_tells_nothing_and_may_be_made_again(
    log: tuple[Store, Writer, FailingMark],
) -> None:
    store, writer, mark = log
    drafts = [writer.draft()]
    release = store.commit(drafts)
    mark.on_advance = When.NOTHING
    with pytest.raises(UnavailableError):
        release()
    later = store.commit([writer.draft()])
    with pytest.raises(UnavailableError):
        later()
    mark.on_advance = None

    assert appended(later()[0]).size == marked(mark) == store.head().size
    assert appended(release()[0]).index == appended(store.append(drafts)[0]).index
    logs.audit(store)


def test_what_is_committed_and_not_released_binds_the_process_all_the_same(
    tmp_path: Path,
) -> None:
    """Put back between commit and release: else the mark would go over to another branch."""
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    store.close()
    copy(tmp_path, "log.db", "backup.db")
    release = store.commit([writer.draft()])
    store.close()
    copy(tmp_path, "backup.db", "log.db")
    for count in (1, 2):
        with pytest.raises(RolledBackError):
            store.commit([writer.draft() for _ in range(count)])
    release()
    with pytest.raises(RolledBackError):
        store.head()
    store.close()


def test_it_binds_also_after_a_transaction_failed(tmp_path: Path) -> None:
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    faults = Faults(store.engine)
    store.close()
    copy(tmp_path, "log.db", "backup.db")
    store.commit([writer.draft()])
    with faults.failing(0, When.NOTHING), pytest.raises(UnavailableError):
        store.commit([writer.draft()])
    store.close()
    copy(tmp_path, "backup.db", "log.db")
    with pytest.raises(RolledBackError):
        store.commit([writer.draft(), writer.draft()])
    store.close()


def test_two_processes_in_turn_release_one_branch(url: str, tmp_path: Path) -> None:
    one, writer = logs.new_log(url, tmp_path)
    two = logs.open_store(url, tmp_path)
    releases = [store.commit([writer.draft()]) for store in (one, two, one, one, two, one)]
    for at in (3, 0, 5, 1, 4, 2):
        check_receipt(appended(releases[at]()[0]))
    appended(two.append([writer.draft()])[0])
    logs.audit(one)
    one.close()
    two.close()
