"""Turns at the released mark: processes queue for it, and a queue that does not move stops nobody."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from components import free_port

from storage.database import open_engine
from storage.mark import Mark, MemoryMark, RolledBackError
from storage.turns import MarkInTurn

ONE = Mark(1, bytes(32))


class SlowMark(MemoryMark):
    """Takes its time, and counts how many ask it at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asking = 0
        self.most = 0

    def read(self) -> Mark | None:
        self.asking += 1
        self.most = max(self.most, self.asking)
        time.sleep(0.005)
        self.asking -= 1
        return super().read()


@pytest.fixture
def postgres_in_turn(postgres_url: str) -> Iterator[tuple[str, SlowMark, list[MarkInTurn]]]:
    """Two processes' views of one mark: each its own engine."""
    mark = SlowMark()
    engines = [open_engine(postgres_url) for _ in range(2)]
    yield postgres_url, mark, [MarkInTurn(mark, engine) for engine in engines]
    for engine in engines:
        engine.dispose()


def ask_at_once(marks: list[MarkInTurn]) -> None:
    threads = [
        threading.Thread(target=lambda mark=mark: [mark.read() for _ in range(10)])  # type: ignore[misc]
        for mark in marks * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_processes_ask_one_after_another(
    postgres_in_turn: tuple[str, SlowMark, list[MarkInTurn]],
) -> None:
    _, mark, marks = postgres_in_turn
    ask_at_once(marks)

    assert mark.most == 1


def test_threads_of_one_process_on_sqlite_ask_one_after_another(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'none.db'}")
    mark = SlowMark()
    ask_at_once([MarkInTurn(mark, engine)])
    engine.dispose()

    assert mark.most == 1


def test_a_process_frozen_in_its_turn_stops_nobody(
    postgres_in_turn: tuple[str, SlowMark, list[MarkInTurn]],
) -> None:
    url, _, (mark, _) = postgres_in_turn
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as frozen:
        frozen.execute("SELECT pg_advisory_xact_lock(1835102827)")
        mark.advance(ONE)

        assert mark.read() == ONE


def test_a_database_that_does_not_answer_leaves_the_mark_as_it_is() -> None:
    url = f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/none"
    engine = open_engine(url)
    mark = MarkInTurn(MemoryMark(), engine)
    mark.advance(ONE)
    engine.dispose()

    assert mark.read() == ONE


def test_a_turn_ends_with_the_error_it_met(
    postgres_in_turn: tuple[str, SlowMark, list[MarkInTurn]],
) -> None:
    url, _, (mark, _) = postgres_in_turn
    mark.advance(ONE)
    with pytest.raises(RolledBackError, match="two roots"):
        mark.advance(Mark(1, b"\1" * 32))
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as asking:
        (taken,) = asking.execute("SELECT pg_try_advisory_xact_lock(1835102827)").fetchone() or ()

    assert taken is True
