"""Who names whom: the rows by which links are found backwards, and a trace's questions answered.

A level of a trace costs a few statements, whatever the number of its records (`ledger.trace.walk`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, select

from ledger import subject as subjects
from ledger.proof import inclusion_plan
from ledger.statement import Statement
from ledger.tile import TILE_HEIGHT, TILE_WIDTH, width_at
from ledger.tile_proof import TileCache, inclusion_proof
from ledger.trace.hops import HOLDER, PAPERS
from ledger.trace.walk import Ask, Sharing
from storage import reads
from storage.reads import CHAIN, ENTRY
from storage.sealing import Sealer
from storage.tables import EntryRow, LinkRow
from storage.values import StoredRecord

LINK = LinkRow.__table__.c  # type: ignore[attr-defined]
_ENTRIES = EntryRow.__table__  # type: ignore[attr-defined]
# A type and a month are tens of thousands of entries, a lot is ten: no index may lead in by these.
_TYPE, _OCCURRED = ENTRY.type.concat(""), ENTRY.occurred_at.concat("")

PAPER: Final = "paper"
"""Stands where a link has its `rel`: the entry is a paper that its target, a supplier, holds."""

_ROWS_PER_RECORD: Final = 8

_KEYS: Final = 4_096
"""Keys of one statement, below what either database takes."""


@dataclass(frozen=True, slots=True)
class Related:
    """The answer to a trace's question.

    Attributes:
        records: those not known yet, opened where their key still exists, ascending by index.
        known: indices of those the asker knows.
        more: whether there were more than the limit of one of its statements.
    """

    records: list[StoredRecord]
    known: list[int]
    more: bool


def links_of(statement: Statement, index: int) -> set[tuple[str, int, str]]:
    """The rows of an entry: target, index and rel, each once."""
    rows = {(link.id or link.subject or "", index, link.rel) for link in statement.links}
    if statement.type in PAPERS:
        rows.update(
            (name, index, PAPER) for name in statement.subjects if subjects.kind(name) == HOLDER
        )
    return rows


def related(
    connection: Connection,
    sealer: Sealer,
    ask: Ask,
    *,
    size: int,
    limit: int,
    since: int | None = None,
) -> Related:
    """What a trace asks for among the first `size` entries; at most `limit` new records.

    A record shares several subjects with others, so that a statement may give it more than once.

    Args:
        connection: to read on.
        sealer: opens the records.
        ask: the question.
        size: only entries below it.
        limit: most new records.
        since: only entries from this one on, and of those the first: what comes next begins above
            the last. None: any, where there are more than the limit.
    """
    found: set[int] = set()
    most = _ROWS_PER_RECORD * limit
    more = False
    for place, query in _queries(ask):
        asked = query.where(place < size)
        if since is not None:
            # Ordered by an expression, lest a planner goes through the whole log in its order.
            at = (place + 0).label("at")
            most = limit + len(ask.known)
            asked = asked.where(place >= since).with_only_columns(at).distinct().order_by(at)
        rows = connection.execute(asked.limit(most + 1)).scalars().all()
        more = more or len(rows) > most
        found.update(rows[:most])
    new = sorted(found - ask.known)
    return Related(
        reads.records_at(connection, sealer, new[:limit]),
        sorted(found & ask.known),
        more or len(new) > limit,
    )


def inclusion_proofs(
    connection: Connection, indices: Sequence[int], size: int, cache: TileCache
) -> list[list[bytes]]:
    """RFC 6962 §2.1.1 for each index below `size`; full tiles are read in one statement."""
    tiles = {
        (level // TILE_HEIGHT, (index << level % TILE_HEIGHT) // TILE_WIDTH)
        for leaf in indices
        for nodes in inclusion_plan(leaf, size)
        for level, index in nodes
    }
    full = [tile for tile in tiles if width_at(*tile, size) == TILE_WIDTH]
    reader = _ReadAhead(connection, full)
    return [inclusion_proof(leaf, size, reader, cache) for leaf in indices]


class _ReadAhead:
    """`ledger.tile.HashReader` with the full tiles that will be asked for at hand."""

    def __init__(self, connection: Connection, full: Sequence[tuple[int, int]]) -> None:
        self._tiles = reads.TileReader(connection)
        self._full = reads.full_tiles(connection, full)

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        at_hand = self._full.get((level, tile)) if width == TILE_WIDTH else None
        return at_hand or self._tiles.hashes(level, tile, width)


def _queries(ask: Ask) -> Iterator[tuple[ColumnElement[int], Select[int]]]:
    """Statements for the indices wanted, each with the column that holds them."""
    linking = LINK.rel != PAPER
    for keys in _parts(ask.ids):
        yield ENTRY.index, select(ENTRY.index).where(ENTRY.record_id.in_(keys))
    for keys in _parts(ask.targets):
        yield LINK.index, select(LINK.index).where(LINK.target.in_(keys), linking)
    for keys in _parts(ask.holders):
        yield LINK.index, select(LINK.index).where(LINK.target.in_(keys), LINK.rel == PAPER)
    for sharing in ask.sharing:
        for keys in _parts(sharing.subjects):
            for column, named in (
                (CHAIN.index, CHAIN.subject.in_(keys)),
                (LINK.index, LINK.target.in_(keys) & linking),
            ):
                joined = column.table.join(_ENTRIES, ENTRY.index == column)
                query = select(column).select_from(joined).where(named)
                yield column, query.where(_TYPE.in_(sharing.types), *_when(sharing))


def _when(sharing: Sharing) -> Iterator[ColumnElement[bool]]:
    """Civil days as bounds of a UTC time: a day more on either side."""
    if sharing.since is not None:
        yield _days_from(sharing.since, -1) <= _OCCURRED
    if sharing.until is not None:
        yield _days_from(sharing.until, 2) > _OCCURRED


def _days_from(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days)).isoformat()
    except OverflowError:  # without end (长期)
        return day


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(keys)
    for at in range(0, len(ordered), _KEYS):
        yield ordered[at : at + _KEYS]
