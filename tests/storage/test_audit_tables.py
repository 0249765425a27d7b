"""On either database: rows of derived tables that are not what the entries give are named."""

from pathlib import Path

import pytest
from logs import SUPPLIER, new_log
from sqlalchemy import text

from ledger import entry as entries
from ledger.audit.findings import Finding
from ledger.audit.tables import RowSums
from ledger.statement import Link
from storage import audit_tables
from storage.store import Store

ORDER = "order:2105020001~A-17"


def differing(store: Store) -> list[Finding]:
    """What an audit says that has read the log."""
    sums, size = RowSums(), store.head().size
    for index, data in enumerate(store.entries(0, size)):
        audit_tables.add_links(sums, entries.parse(data), index)
    return list(store.differing_tables(sums, size, ()))


@pytest.fixture
def store(url: str, tmp_path: Path) -> Store:
    store, writer = new_log(url, tmp_path)
    drafts = [writer.draft(links=[Link("under", subject=ORDER)]) for _ in range(1100)]
    paper = writer.certificate()
    store.append([*drafts[:600], paper])
    store.append(drafts[600:])
    return store


def test_a_log_that_nobody_touched_differs_nowhere(store: Store) -> None:
    assert differing(store) == []
    store.close()


@pytest.mark.parametrize(
    ("statement", "where", "rows"),
    [
        ('DELETE FROM links WHERE "index" = 900', "links: entry 900", (f"under {ORDER}", None)),
        ("DELETE FROM links WHERE rel = 'paper'", "links: entry ", (f"paper {SUPPLIER}", None)),
        ("UPDATE links SET \"index\" = 3 WHERE \"index\" = 1050 AND rel = 'under'",
         "links: entry 1050", (f"under {ORDER}", None)),
        ("INSERT INTO links VALUES ('order:x', 20, 'under')", "links: entry 20",
         (None, "under order:x")),
        ("INSERT INTO links VALUES ('order:x', 5000, 'under')", "links: entry 5000",
         (None, "order:x")),
        ("INSERT INTO links VALUES ('order:x', -3, 'under')", "links: entry -3",
         (None, "order:x")),
        ("INSERT INTO chains VALUES ('school:1', 1, 5000)", "chains: entry 5000",
         (None, "school:1")),
        ("UPDATE log_head SET open_index = open_index - 1", "log_head: open_index", None),
        ("INSERT INTO blob_uses VALUES ('elsewhere', 7)", "blob_uses: entry 7",
         (None, "elsewhere")),
    ],
)  # fmt: skip
def test_a_row_is_named_with_what_belongs_there(
    store: Store, statement: str, where: str, rows: tuple[str | None, str | None] | None
) -> None:
    with store.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1

    found = differing(store)

    named = [one for one in found if one.where.startswith(where)]
    assert named, found
    assert rows is None or (named[0].expected, named[0].found) == rows
    assert len(found) <= 2
    store.close()


def test_a_table_that_is_empty_is_told_in_few_words(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM links"))

    assert len(differing(store)) == 1101
    store.close()
