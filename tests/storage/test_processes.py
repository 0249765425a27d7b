"""Several processes append to one log at once: nothing is lost, doubled or forked (DESIGN §2.4).

They are forked, each with an engine of its own; no connection is open in this process meanwhile.
"""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import logs
import psycopg
import pytest
from logs import Writer, appended, check_receipt

from ledger.errors import UnavailableError
from storage.store import Store
from storage.values import Appended

FORK = multiprocessing.get_context("fork")


class Crowd:
    """Processes that begin together, and what each of them reports."""

    def __init__(self, work: Callable[[int], Any], count: int) -> None:
        self._go = FORK.Event()
        self._pipes = [FORK.Pipe(duplex=False) for _ in range(count)]
        self.children: list[BaseProcess] = [
            FORK.Process(target=self._run, args=(work, number)) for number in range(count)
        ]
        for child in self.children:
            child.start()
        self._go.set()

    def _run(self, work: Callable[[int], Any], number: int) -> None:
        self._go.wait()
        self._pipes[number][1].send(work(number))

    def reports(self) -> list[Any]:
        """What all reported, once they have ended."""
        found = []
        for (read, _), child in zip(self._pipes, self.children, strict=True):
            wait([read, child.sentinel], 120)
            assert read.poll(), "a process ended without a report"
            found.append(read.recv())
        return found


def persistently(call: Callable[..., Any], *args: Any) -> Any:
    """What the call gives once the database answers."""
    while True:
        try:
            return call(*args)
        except UnavailableError:
            time.sleep(0.02)


def append_all(
    url: str, folder: Path, ledger: bytes | None, name: str, *, batches: int, size: int
) -> dict[str, Any]:
    """Append, again and again until it is stored, and remember all that was released."""
    store, writer = logs.open_store(url, folder), Writer(ledger)
    notes: dict[int, str] = {}
    stored: dict[str, int] = {}
    for number in range(batches):
        drafts = [
            writer.draft(subjects=("order:shared~1", f"order:own~{name}")) for _ in range(size)
        ]
        if number % 4 == 1:
            drafts += writer.admission(f"school:{name}-{number}", "school")
        outcomes: list[Appended] = [
            appended(outcome) for outcome in persistently(store.append, drafts)
        ]
        for outcome in outcomes:
            check_receipt(outcome)
            stored[outcome.id] = outcome.index
            assert notes.setdefault(outcome.size, outcome.checkpoint) == outcome.checkpoint
        head = persistently(store.head)
        assert head.size >= outcomes[0].size, "a process sees its own writes"
        assert notes.setdefault(head.size, head.checkpoint) == head.checkpoint
    return {"stored": stored, "notes": notes}


def check(store: Store, before: int, reports: list[dict[str, Any]]) -> None:
    places: dict[int, str] = {}
    for report in reports:
        for record, index in report["stored"].items():
            assert places.setdefault(index, record) == record
        for size, note in report["notes"].items():
            assert store.checkpoint(size) == note
    size = store.head().size
    assert sorted(places) == list(range(before, size))
    assert places == {row.index: row.id for row in store.records(before, size)}
    shared = store.head_of("order:shared~1")
    assert shared is not None
    logs.audit(store)


def test_processes_that_append_at_once_write_one_log(url: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(url, tmp_path)
    before = store.head().size
    store.close()

    def work(number: int) -> Any:
        return append_all(url, tmp_path, writer.ledger, f"{number}", batches=8, size=1 + 9 * number)

    reports = Crowd(work, 4).reports()
    check(store, before, reports)
    assert sum(len(report["stored"]) for report in reports) == 8 * (4 + 9 * 6) + 4 * 2 * 2
    store.close()


def test_processes_that_found_at_once_found_one_log(url: str, tmp_path: Path) -> None:
    store = logs.open_store(url, tmp_path)
    logs.migrate(store.engine)
    store.close()

    def work(_: int) -> bytes:
        return logs.open_store(url, tmp_path).found(Writer().genesis()).leaf_hash

    assert set(Crowd(work, 4).reports()) == {store.genesis_leaf_hash()}
    assert store.head().size == 1
    store.close()


def test_a_process_killed_while_it_appends_leaves_a_whole_log(url: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(url, tmp_path)
    for number in range(3):
        store.close()

        def work(_: int, number: int = number) -> Any:
            name = f"killed{number}"
            return append_all(url, tmp_path, writer.ledger, name, batches=10_000, size=40)

        [child] = Crowd(work, 1).children
        before = store.head().size
        while store.head().size < before + 90:
            assert child.is_alive()
        child.kill()
        child.join()
        appended(store.append([writer.draft()])[0])
    logs.audit(store)
    store.close()


def test_connections_cut_under_load_lose_and_double_nothing(
    postgres_url: str, tmp_path: Path
) -> None:
    store, writer = logs.new_log(postgres_url, tmp_path)
    before = store.head().size
    store.close()

    def work(number: int) -> Any:
        return append_all(postgres_url, tmp_path, writer.ledger, f"{number}", batches=20, size=15)

    crowd = Crowd(work, 3)
    cut = 0
    address = postgres_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        while any(child.is_alive() for child in crowd.children):
            row = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND xact_start IS NOT NULL ORDER BY random() LIMIT 1) AS one"
            ).fetchone()
            assert row is not None
            cut += row[0]
            time.sleep(0.05)
    check(store, before, crowd.reports())

    assert cut
    store.close()


@pytest.mark.parametrize("name", ["pseudonym", "denial", "lease"])
def test_processes_that_write_one_row_beside_the_log_at_once_agree(
    url: str, tmp_path: Path, name: str
) -> None:
    store = logs.open_store(url, tmp_path)
    logs.migrate(store.engine)
    store.close()

    def work(number: int) -> Any:
        own = logs.open_store(url, tmp_path)
        if name == "pseudonym":
            return [own.journal.pseudonym("person", "p", f"{at}", "2026") for at in range(8)]
        if name == "denial":
            return [own.journal.count_denial("p", "order") for at in range(8)]
        return [own.anchors.take_lease(f"{at}", f"holder {number}", 60) for at in range(8)]

    reports = Crowd(work, 4).reports()
    if name == "pseudonym":
        assert len({tuple(report) for report in reports}) == 1
    elif name == "denial":
        assert sum(denial.count for denial in store.journal.denials("9999")) == 32
    else:
        assert [sum(took) for took in zip(*reports, strict=True)] == [1] * 8
    store.close()
