"""Tables that follow from the entries, read as an audit compares them (DESIGN §7.3).

Links are read in the order of the table and summed by blocks of entries, for no index leads to the
links *of* an entry; only where the sums differ are rows looked at. The rows of chains, documents
and blob uses are read with the entries they belong to (`audit_rows.py`).
"""

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, func, or_, select

from ledger import entry as entries
from ledger.audit.findings import Finding
from ledger.audit.tables import RowSums, check_rows, differs
from ledger.entry import Entry
from ledger.errors import MalformedError
from storage import reads
from storage.links import LINK, links_of
from storage.lookups import DOCUMENT, UPLOAD
from storage.subject_heads import SUBJECT_HEAD
from storage.tables import BlobUse, UploadRow

USE = BlobUse.__table__.c  # type: ignore[attr-defined]

_NAMED = 64
"""Blocks of links of which single rows are named; of any more, only the block is."""

_SHOWN = 100


def add_links(sums: RowSums, entry: Entry, index: int) -> None:
    """The rows of an entry."""
    for target, _, rel in links_of(entry.statement, index):
        sums.add(index, f"{rel} {target}")


def check_links(
    connection: Connection, expected: RowSums, size: int, altered: Collection[int]
) -> Iterator[Finding]:
    """The links of the first `size` entries, against what those not `altered` add up to."""
    stored = RowSums()
    for target, index, rel in _links(connection, size):
        stored.add(index, f"{rel} {target}")
    blocks = expected.differing(stored)
    named = set(blocks[:_NAMED])
    found: dict[int, list[str]] = {}
    for target, index, rel in _links(connection, size) if blocks else ():
        if index // RowSums.BLOCK in named:
            found.setdefault(index, []).append(f"{rel} {target}")
    for block in blocks[:_NAMED]:
        yield from _check_block(connection, block, size, found, altered)
    for block in blocks[_NAMED:]:
        first = block * RowSums.BLOCK
        yield differs("links", f"entries {first} to {first + RowSums.BLOCK - 1}", "other rows", "")


def _check_block(
    connection: Connection,
    block: int,
    size: int,
    found: dict[int, list[str]],
    altered: Collection[int],
) -> Iterator[Finding]:
    first = block * RowSums.BLOCK
    named = set(altered)  # by the log's own audit, as are those that cannot be read
    given: dict[int, list[str]] = {}
    read = reads.entries(connection, first, min(first + RowSums.BLOCK, size))
    for index, data in enumerate(read, start=first):
        try:
            statement = entries.parse(data).statement
        except MalformedError:
            named.add(index)
            continue
        given[index] = [f"{rel} {target}" for target, _, rel in links_of(statement, index)]
    mine = {index for index in found if index // RowSums.BLOCK == block}
    for index in sorted((given.keys() | mine) - named):
        yield from check_rows("links", f"entry {index}", given.get(index, ()), found.get(index, ()))


def _links(connection: Connection, size: int) -> Iterator[tuple[str, int, str]]:
    query = select(LINK.target, LINK.index.label("place"), LINK.rel).where(
        LINK.index >= 0, LINK.index < size
    )
    with connection.execute(query, execution_options=reads.STREAMED) as rows:
        for row in rows:
            yield row.target, row.place, row.rel


def check_bounds(connection: Connection) -> Iterator[Finding]:
    """Rows of entries that there are not, and what the head says of the whole.

    Each statement sees the head and its table in one snapshot, so that what is appended meanwhile
    is no finding.
    """
    size = select(reads.HEAD.size).scalar_subquery()
    places: dict[str, tuple[ColumnElement[int], ColumnElement[str] | ColumnElement[int]]] = {
        "chains": (reads.CHAIN.index, reads.CHAIN.subject),
        "subject_heads": (SUBJECT_HEAD.index, SUBJECT_HEAD.subject),
        "links": (LINK.index, LINK.target),
        "documents": (DOCUMENT.index, DOCUMENT.index),
        "blob_uses": (USE.index, USE.upload),
        "entries": (reads.ENTRY.index, reads.ENTRY.record_id),
    }
    for table, (place, name) in places.items():
        outside = or_(place < 0, place >= size)
        query = select(place.label("place"), name.label("name")).where(outside).limit(_SHOWN)
        for row in connection.execute(query):
            yield differs(table, f"entry {row.place}", None, str(row.name))
    last = select(func.max(reads.ENTRY.index)).where(reads.ENTRY.is_open).scalar_subquery()
    row = connection.execute(select(reads.HEAD.open_index, last.label("last"))).one()
    if row.open_index != row.last:
        yield differs("log_head", "open_index", str(row.last), str(row.open_index))


def check_uses(connection: Connection) -> Iterator[Finding]:
    """Uses of uploads that are not there, or that would be collected as never named."""
    joined = BlobUse.__table__.outerjoin(  # type: ignore[attr-defined]
        UploadRow.__table__,  # type: ignore[attr-defined]
        USE.upload == UPLOAD.id,
    )
    query = (
        select(USE.index.label("place"), USE.upload, UPLOAD.named)
        .select_from(joined)
        .where(or_(UPLOAD.id.is_(None), UPLOAD.named.is_(False)))
        .limit(_SHOWN)
    )
    for row in connection.execute(query):
        if row.named is None:
            yield differs("blob_uses", f"entry {row.place}", None, row.upload)
        else:
            yield differs("uploads", row.upload, "named", "not named")


def rows_of(
    connection: Connection, start: int, end: int
) -> tuple[dict[int, list[tuple[str, int]]], dict[int, list[bytes]]]:
    """Chain places (subject, seq) and documents' MACs of the entries [start, end), by index."""
    chains: dict[int, list[tuple[str, int]]] = {}
    query = select(reads.CHAIN.index.label("place"), reads.CHAIN.subject, reads.CHAIN.seq).where(
        reads.CHAIN.index >= start, reads.CHAIN.index < end
    )
    for row in connection.execute(query):
        chains.setdefault(row.place, []).append((row.subject, row.seq))
    documents: dict[int, list[bytes]] = {}
    held = select(DOCUMENT.index.label("place"), DOCUMENT.mac).where(
        DOCUMENT.index >= start, DOCUMENT.index < end
    )
    for row in connection.execute(held):
        documents.setdefault(row.place, []).append(bytes(row.mac))
    return chains, documents


def unheld(found: Collection[tuple[int, str]], corrected: Collection[str]) -> Iterator[Finding]:
    """Documents that no record holds, and that no correction explains."""
    for index, record_id in found:
        if record_id not in corrected:
            yield differs("documents", f"entry {index}", f"the document of {record_id}", None)
