"""Many rows at once come out as they went in, whatever their sizes, on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from storage.bulk import BulkInsert
from storage.database import open_engine
from storage.migrate import migrate
from storage.tables import ChainRow, DocumentRow, EntryRow, SubjectHead

SIZES = (0, 1, 2**15 - 1, 2**15, 2**31 - 1, 2**31, 2**53, 2**63 - 1)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    migrate(engine)
    yield engine
    engine.dispose()


def written(engine: Engine, model: type, columns: tuple[str, ...], rows: list[tuple[object, ...]],
            **conflict: str) -> list[tuple[object, ...]]:  # fmt: skip
    """All rows of the table, once these were written."""
    table = model.__table__  # type: ignore[attr-defined]
    with engine.begin() as connection:
        connection.execution_options(mealtrace_write=True)
        BulkInsert(model, columns, engine.dialect, **conflict)(connection, rows)
        chosen = select(*(table.c[name] for name in columns)).order_by(table.c[columns[0]])
        return [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in connection.execute(chosen)
        ]


def test_integers_of_any_size_stand_beside_each_other(engine: Engine) -> None:
    rows: list[tuple[object, ...]] = [(f"s:{at:02}", size, size) for at, size in enumerate(SIZES)]

    assert written(engine, ChainRow, ("subject", "seq", "index"), rows) == rows


@pytest.mark.parametrize("count", [31, 32, 33, 64, 100])
def test_rows_beyond_a_group_are_written_and_replaced(engine: Engine, count: int) -> None:
    columns = ("subject", "seq", "index", "leaf_hash")
    first = [(f"s:{at:03}", at, at, bytes([at])) for at in range(count)]
    then = [(f"s:{at:03}", at + 1, 2 * at, b"") for at in range(1, count + 1)]

    assert written(engine, SubjectHead, columns, [*first]) == first
    assert written(engine, SubjectHead, columns, [*then], replace_on="subject") == [first[0], *then]


def test_no_rows_write_nothing(engine: Engine) -> None:
    assert written(engine, ChainRow, ("subject", "seq", "index"), []) == []


@pytest.mark.parametrize("absent", [(), (0,), (0, 1, 2, 3), (3,)])
def test_what_is_absent_stays_absent(engine: Engine, absent: tuple[int, ...]) -> None:
    columns = (
        "index", "record_id", "leaf_hash", "data", "type", "issuer", "submitter", "occurred_at",
        "logged_at", "is_open", "statement_sha256", "content_mac", "source_mac", "sealed",
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (
            at, f"id {at}", b"\x00" * at, b"{\"\\'}" * at, "t", '数{,}"', "NULL", "", "o", at == 1,
            b"\xff", b"", None if at in absent else b"\\x00", None if at not in absent else b"",
        )
        for at in range(4)
    ]  # fmt: skip

    assert written(engine, EntryRow, columns, rows) == rows


def test_a_key_that_is_there_is_replaced_or_kept_as_told(engine: Engine) -> None:
    columns = ("mac", "index")
    written(engine, DocumentRow, columns, [(b"a", 1), (b"b", 2)])

    assert written(engine, DocumentRow, columns, [(b"b", 9), (b"c", 3)], replace_on="mac") == [
        (b"a", 1),
        (b"b", 9),
        (b"c", 3),
    ]
    assert written(engine, DocumentRow, columns, [(b"c", 9), (b"d", 4)], keep_on="mac") == [
        (b"a", 1),
        (b"b", 9),
        (b"c", 3),
        (b"d", 4),
    ]


def test_all_other_columns_are_replaced(engine: Engine) -> None:
    columns = ("subject", "seq", "index", "leaf_hash")
    written(engine, SubjectHead, columns, [("s:1", 1, 2, b"x")])

    assert written(engine, SubjectHead, columns, [("s:1", 3, 4, b"y")], replace_on="subject") == [
        ("s:1", 3, 4, b"y")
    ]
