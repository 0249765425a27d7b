"""The day's subject index: when it is due, and that it stands in the log once."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playground import embedded, example

from api.installation import Installation, now_ms, open_installation
from api.subject_indexing import index_now, index_of_day, newest
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day
from storage.values import Search

DAY_MS = 86_400_000


@pytest.fixture
def opened(settled: Callable[[Path], dict[str, str]], tmp_path: Path) -> Iterator[Installation]:
    settled(tmp_path)
    with closing(open_installation(embedded(tmp_path))) as installation:
        yield installation


def write(opened: Installation) -> None:
    request = example("order", order_no=f"D-{uuid.uuid4().hex[:12]}")
    draft = prepare(
        request, submitter=day.SCHOOL, ledger=opened.ledger, new_seed=uuid.uuid4().bytes * 2
    )
    assert not isinstance(opened.store.append([draft])[0], Exception)


def indexes(opened: Installation) -> int:
    return len(opened.store.search(Search(type="subject-index", limit=1000)))


def at(opened: Installation, hour: int, minute: int) -> int:
    """That time of tomorrow in the log's time zone, milliseconds."""
    zone = ZoneInfo(opened.genesis.time_zone)
    tomorrow = dt.datetime.now(zone).date() + dt.timedelta(days=1)
    time = dt.datetime.combine(tomorrow, dt.time(hour, minute), zone)
    return int(time.timestamp()) * 1000


def test_nothing_is_due_before_the_day_in_which_it_was_written_has_ended(
    opened: Installation,
) -> None:
    write(opened)
    zone = ZoneInfo(opened.genesis.time_zone)
    now = dt.datetime.now(zone)
    ends_next = opened.settings.model_copy(update={"subject_index_hour": (now.hour + 2) % 24})
    opened.settings = ends_next

    assert index_of_day(opened, now_ms()) is None
    assert index_of_day(opened, now_ms() + 3_600_000) is None
    assert index_of_day(opened, now_ms() + 2 * 3_600_000) is not None


def test_a_day_gets_one_index_once_its_hour_has_come(opened: Installation) -> None:
    hour = opened.settings.subject_index_hour
    write(opened)
    size = opened.store.head().size

    made = index_of_day(opened, at(opened, hour, 0))
    write(opened)

    assert made is not None
    assert made.size == size
    assert index_of_day(opened, at(opened, hour, 1)) is None
    assert index_of_day(opened, at(opened, 23, 59)) is None
    assert index_of_day(opened, at(opened, hour, 0) + DAY_MS) is not None
    assert indexes(opened) == 2


def test_days_on_which_only_the_operator_writes_get_none(opened: Installation) -> None:
    write(opened)
    assert index_of_day(opened, at(opened, 23, 0)) is not None

    for days in range(1, 4):
        assert index_of_day(opened, at(opened, 23, 0) + days * DAY_MS) is None
    assert indexes(opened) == 1


def test_workers_that_make_it_at_once_make_one(opened: Installation) -> None:
    write(opened)
    due, failed = at(opened, 23, 0), []

    def make() -> None:
        try:
            with closing(open_installation(opened.settings)) as own:
                index_of_day(own, due)
        except Exception as error:  # noqa: BLE001 - told to the test below
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert indexes(opened) == 1


def test_an_index_asked_for_covers_everything_and_is_not_made_twice(opened: Installation) -> None:
    write(opened)

    index, posted = index_now(opened)
    again, posted_again = index_now(opened)
    write(opened)
    later, posted_later = index_now(opened)

    assert (posted, posted_again, posted_later) == (True, False, True)
    assert index == again
    assert index.size + 2 == later.size
    last = newest(opened)
    assert last is not None
    assert last[1] == later
