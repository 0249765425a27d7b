"""A transaction may begin before the mark of the one before is raised; nothing is told before."""

import shutil
from pathlib import Path

import logs
import pytest
from logs import appended, check_receipt

from storage.mark import FileMark, MemoryMark, RolledBackError


def test_the_mark_is_raised_by_the_release_and_not_by_the_commit(url: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(url, tmp_path)
    mark = FileMark(tmp_path / "released-mark")
    before = mark.read()

    release = store.commit([writer.draft()])
    assert mark.read() == before

    receipt = appended(release()[0])
    found = mark.read()
    assert found is not None
    assert found.size == receipt.size
    store.close()


def test_transactions_follow_one_another_unreleased_and_are_released_in_any_order(
    url: str, tmp_path: Path
) -> None:
    store, writer = logs.new_log(url, tmp_path)
    releases = [store.commit([writer.draft()]) for _ in range(4)]

    receipts = [appended(releases[at]()[0]) for at in (3, 0, 2, 1)]

    for receipt in receipts:
        check_receipt(receipt)
    mark = FileMark(tmp_path / "released-mark").read()
    assert mark is not None
    assert mark.size == max(receipt.size for receipt in receipts)
    logs.audit(store)
    store.close()


def test_a_stored_tree_is_not_read_again_for_a_head_of_this_process(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, writer = logs.new_log(url, tmp_path)
    store.append([writer.draft()])

    def read_again(*_: object) -> bytes:
        raise AssertionError("the stored tree was read")

    monkeypatch.setattr("storage.branch.tree_root_at", read_again)
    first = store.commit([writer.draft()])
    second = store.commit([writer.draft()])

    assert appended(first()[0]).size + 1 == appended(second()[0]).size
    store.close()


def test_two_processes_commit_in_turn_before_either_is_released(url: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(url, tmp_path)
    other = logs.open_store(url, tmp_path)
    releases = [place.commit([writer.draft()]) for place in (store, other, store, store, other)]

    for release in reversed(releases):
        check_receipt(appended(release()[0]))
    logs.audit(store)
    store.close()
    other.close()


def test_a_rollback_beneath_a_running_process_is_seen(tmp_path: Path) -> None:
    database, kept = tmp_path / "log.sqlite", tmp_path / "kept"
    mark = MemoryMark()
    store, writer = logs.new_log(f"sqlite:///{database}", tmp_path, mark=mark)
    store.close()
    shutil.copy(database, kept)
    store.append([writer.draft()])
    store.close()
    for left in tmp_path.glob("log.sqlite*"):
        left.unlink()
    shutil.copy(kept, database)

    with pytest.raises(RolledBackError):
        store.append([writer.draft()])
    store.close()
