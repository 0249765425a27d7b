"""Several processes on one log: what others committed is hashed on, and a false way is no way."""

from collections.abc import Iterator
from pathlib import Path

import logs
import pytest
from logs import Writer, appended
from sqlalchemy import text

from storage.mark import RolledBackError
from storage.store import Store


@pytest.fixture
def pair(url: str, tmp_path: Path) -> Iterator[tuple[Store, Store, Writer]]:
    one, writer = logs.new_log(url, tmp_path)
    two = logs.open_store(url, tmp_path)
    yield one, two, writer
    one.close()
    two.close()


def test_the_stored_tree_is_not_read_again_for_what_another_process_committed(
    pair: tuple[Store, Store, Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, writer = pair
    one.append([writer.draft()])
    two.append([writer.draft()])

    def read_again(*_: object) -> bytes:
        raise AssertionError("the stored tree was read")

    monkeypatch.setattr("storage.branch.tree_root_at", read_again)
    releases = []
    for store, count in ((one, 3), (one, 300), (two, 2), (two, 1), (two, 40), (one, 1), (two, 5)):
        releases.append(store.commit([writer.draft() for _ in range(count)]))
    # The mark may stand at any of the other process's checkpoints, also at one it went on from.
    releases[3]()
    one.append([writer.draft()])
    for release in releases:
        release()
    two.append([writer.draft()])

    monkeypatch.undo()
    logs.audit(one)


@pytest.mark.parametrize("place", [1, 2])
def test_an_entry_altered_on_the_way_is_not_built_upon(
    pair: tuple[Store, Store, Writer], place: int
) -> None:
    one, two, writer = pair
    one.append([writer.draft()])
    two.append([writer.draft(), writer.draft(), writer.draft()])
    at = two.head().size - place
    with one.engine.begin() as connection:
        kept = connection.execute(
            text('SELECT leaf_hash FROM entries WHERE "index" = :at'), {"at": at}
        ).scalar_one()
        connection.execute(
            text('UPDATE entries SET leaf_hash = :leaf WHERE "index" = :at'),
            {"leaf": bytes(32), "at": at},
        )
    with pytest.raises(RolledBackError):
        one.append([writer.draft()])

    with one.engine.begin() as connection:
        connection.execute(
            text('UPDATE entries SET leaf_hash = :leaf WHERE "index" = :at'),
            {"leaf": bytes(kept), "at": at},
        )
    appended(one.append([writer.draft()])[0])
    logs.audit(one)
