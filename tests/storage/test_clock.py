"""The log's clock: whose time an entry bears, and when a process does not believe it."""

import time

import logs
import pytest
from logs import Writer, appended

from ledger.errors import UnavailableError
from storage import clock
from storage.store import Store


def test_a_process_whose_clock_is_off_appends_nothing(
    log: tuple[Store, Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, writer = log
    before = store.head()
    off_ns = time.time_ns() + 6_000_000_000
    monkeypatch.setattr(clock.time, "time_ns", lambda: off_ns)
    with pytest.raises(UnavailableError, match=r"\+[56]\.\d s off"):
        store.append([writer.draft()])
    assert store.head() == before
    monkeypatch.undo()
    appended(store.append([writer.draft()])[0])


def test_a_database_clock_that_jumps_stops_the_process(
    log: tuple[Store, Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, writer = log
    appended(store.append([writer.draft()])[0])
    real_ns = time.time_ns
    jump_ns = 3_700_000_000_000
    real_now = clock.now_ms
    monkeypatch.setattr(clock.time, "time_ns", lambda: real_ns() + jump_ns)
    monkeypatch.setattr(clock, "now_ms", lambda c: real_now(c) + jump_ns // 1_000_000)
    for _ in range(2):
        with pytest.raises(UnavailableError, match=r"jumped by \+3700 s"):
            store.append([writer.draft()])
    monkeypatch.undo()
    appended(store.append([writer.draft()])[0])


def test_a_database_time_before_the_last_entry_does_not_turn_back_the_log(
    log: tuple[Store, Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, writer = log
    last = appended(store.append([writer.draft()])[0]).logged_at
    real_now = clock.now_ms
    monkeypatch.setattr(clock, "now_ms", lambda c: real_now(c) - 4000)

    assert appended(store.append([writer.draft()])[0]).logged_at == last
    logs.audit(store)
