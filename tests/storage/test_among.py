"""Rows of many keys are found, and no others, whatever their number, on both databases."""

from collections.abc import Iterator
from itertools import chain

import pytest
from sqlalchemy import Engine, select, update

from storage.among import Among
from storage.bulk import BulkInsert
from storage.database import open_engine
from storage.migrate import migrate
from storage.tables import DocumentRow, UploadRow

DOCUMENT = DocumentRow.__table__.c  # type: ignore[attr-defined]
UPLOAD = UploadRow.__table__.c  # type: ignore[attr-defined]
FIND = Among(select(DOCUMENT.mac, DOCUMENT.index.label("place")), DOCUMENT.mac)
FEW = Among(select(DOCUMENT.mac).where(DOCUMENT.index < 100), DOCUMENT.mac)
NAME = Among(
    update(UploadRow.__table__).where(UPLOAD.named.is_(False)).values(named=True),  # type: ignore[attr-defined]
    UPLOAD.id,
)


def mac(number: int) -> bytes:
    return number.to_bytes(32, "big")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        insert = BulkInsert(DocumentRow, ("mac", "index"), engine.dialect)
        insert(connection, [(mac(number), number) for number in range(1_200)])
        columns = ("id", "mac", "submitter", "media_type", "size", "created_at", "named")
        rows = [(name, b"", "", "", 1, "", False) for name in ("a", "b%s", "c?", "d'")]
        BulkInsert(UploadRow, columns, engine.dialect)(connection, rows)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 32, 33, 511, 512, 513, 1_100])
def test_each_key_that_is_there_is_found_once(engine: Engine, count: int) -> None:
    keys = [mac(number) for number in range(150, 150 + count)]
    with engine.connect() as connection:
        rows = list(chain.from_iterable(FIND(connection, keys)))

    there = range(150, min(150 + count, 1_200))
    assert sorted((bytes(row.mac), row.place) for row in rows) == [(mac(n), n) for n in there]


def test_another_condition_holds_as_well(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = list(chain.from_iterable(FEW(connection, [mac(99), mac(100), mac(5_000)])))
    assert [bytes(row.mac) for row in rows] == [mac(99)]


def test_an_update_changes_those_rows_alone_and_keys_are_no_sql(engine: Engine) -> None:
    with engine.begin() as connection:
        NAME(connection, ["b%s", "c?", "d'", "none') OR 1=1 --"])
    with engine.connect() as connection:
        named = connection.execute(select(UPLOAD.id).where(UPLOAD.named)).scalars()
        assert sorted(named) == ["b%s", "c?", "d'"]
