"""Statements sent without waiting for one another fail as statements do that are waited for."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from ledger.errors import UnavailableError
from storage.database import open_engine, pipelined, reading, writing

INSERT = "INSERT INTO numbers VALUES ({})"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))
    yield engine
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE numbers"))
    engine.dispose()


def numbers(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return list(
            connection.execute(text("SELECT number FROM numbers ORDER BY number")).scalars()
        )


def test_they_are_seen_in_order_by_what_follows(engine: Engine) -> None:
    with writing(engine) as connection:
        with pipelined(connection):
            for number in range(5):
                connection.exec_driver_sql(INSERT.format(number))
        assert connection.execute(text("SELECT count(*) FROM numbers")).scalar() == 5

    assert numbers(engine) == [0, 1, 2, 3, 4]


def send(engine: Engine, *statements: str) -> None:
    with writing(engine) as connection, pipelined(connection):
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_row_that_is_there_already_undoes_the_transaction(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        send(engine, *map(INSERT.format, (1, 2, 1, 3)))

    assert numbers(engine) == []


def test_a_connection_that_ends_is_told_as_unavailable_and_not_used_again(
    postgres_url: str,
) -> None:
    engine = open_engine(postgres_url)
    end = "DO $$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END$$"
    with pytest.raises(UnavailableError):
        send(engine, "CREATE TABLE numbers (number INTEGER)", end, INSERT.format(1))
    with writing(engine) as connection:
        assert connection.execute(text("SELECT to_regclass('numbers')")).scalar() is None
    engine.dispose()
