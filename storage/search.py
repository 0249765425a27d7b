"""Finding records: the questions of `GET /v1/records`, each led in by what narrows it most.

    a subject's chain | what one party may see | the log itself → the other filters → a page

A log of years is long, and a page must not read it whole. Times of logging and places in a chain
ascend with the index, so that a bound on either is found by halving, in some twenty rows.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, Select, select

from ledger.evidence.subjects import canteens_of
from storage import reads
from storage.reads import CHAIN, ENTRY
from storage.sealing import Sealer
from storage.tables import ChainRow, EntryRow, SubjectHead
from storage.values import Hit, Search

_ENTRIES: Final[FromClause] = EntryRow.__table__  # type: ignore[attr-defined]
_LINKED: Final = _ENTRIES.join(
    ChainRow.__table__,  # type: ignore[attr-defined]
    CHAIN.index == ENTRY.index,
)
_SUBJECT_HEAD = SubjectHead.__table__.c  # type: ignore[attr-defined]
_FOUND: Final = (
    ENTRY.index.label("place"),
    ENTRY.record_id,
    ENTRY.type,
    ENTRY.issuer,
    ENTRY.submitter,
    ENTRY.occurred_at,
    ENTRY.logged_at,
    ENTRY.leaf_hash,
)


def search(connection: Connection, sealer: Sealer, wanted: Search) -> list[Hit]:
    """Matching records, ascending by index."""
    first, end = _places(connection, wanted)
    filters = list(_filters(sealer, wanted))
    party = wanted.visible_to
    if party in (None, wanted.issuer, wanted.submitter):
        party = None  # whatever it issued or submitted it may see
    if wanted.subject is not None:
        if party is not None:
            filters.append(reads.concerning(party))
        queries = [_of_subject(connection, wanted.subject, first, end)]
    elif party is not None:
        queries = list(_of_party(connection, party, first, end))
    else:
        queries = [_of_log(first, end)]
    hits: dict[int, Hit] = {}
    for query in queries:
        for row in connection.execute(query.where(*filters).limit(wanted.limit)):
            hits[row.place] = Hit(
                row.place, row.record_id, row.type, row.issuer, row.submitter, row.occurred_at,
                row.logged_at, bytes(row.leaf_hash),
            )  # fmt: skip
    return [hits[place] for place in sorted(hits)[: wanted.limit]]


def _filters(sealer: Sealer, wanted: Search) -> Iterator[ColumnElement[bool]]:
    """What the entry's own columns must fulfil, beside its place."""
    for column, value in (
        (ENTRY.type, wanted.type),
        (ENTRY.issuer, wanted.issuer),
        (ENTRY.submitter, wanted.submitter),
    ):
        if value is not None:
            yield column == value
    if wanted.source_ref is not None:
        yield ENTRY.source_mac == sealer.mac("source_ref", wanted.source_ref)
    if wanted.occurred_from is not None:
        yield ENTRY.occurred_at >= wanted.occurred_from
    if wanted.occurred_to is not None:
        yield ENTRY.occurred_at < wanted.occurred_to


def _of_log(first: int, end: int) -> Select[Any]:
    return select(*_FOUND).where(ENTRY.index >= first, ENTRY.index < end).order_by(ENTRY.index)


def _of_subject(connection: Connection, subject: str, first: int, end: int) -> Select[Any]:
    """The entries [first, end) of a subject, in the order of its chain."""

    def place(seq: int) -> int:
        at = select(CHAIN.index).where(CHAIN.subject == subject, CHAIN.seq == seq)
        return int(connection.execute(at).scalar_one())

    newest = select(_SUBJECT_HEAD.seq).where(_SUBJECT_HEAD.subject == subject)
    behind = 1 + (connection.execute(newest).scalar() or 0)
    low = _first_where(1, behind, lambda seq: place(seq) >= first) if first else 1
    high = _first_where(low, behind, lambda seq: place(seq) >= end)
    return (
        select(*_FOUND)
        .select_from(_LINKED)
        .where(CHAIN.subject == subject, CHAIN.seq >= low, CHAIN.seq < high)
        .order_by(CHAIN.seq)
    )


def _of_party(connection: Connection, party: str, first: int, end: int) -> Iterator[Select[Any]]:
    """What a party issued, what it submitted, what is about it or a canteen of its own."""
    for column in (ENTRY.issuer, ENTRY.submitter):
        yield _of_log(first, end).where(column == party)
    yield _of_subject(connection, party, first, end)
    beginning = canteens_of(party)
    if beginning is not None:
        canteens = select(_SUBJECT_HEAD.subject).where(
            _SUBJECT_HEAD.subject.startswith(beginning, autoescape=True)
        )
        for canteen in connection.execute(canteens).scalars().all():
            yield _of_subject(connection, canteen, first, end)


def _places(connection: Connection, wanted: Search) -> tuple[int, int]:
    """The indices [first, end) among which the hits are, by the cursor and the times of logging."""
    size = reads.head(connection).size

    def logged_at(index: int) -> str:
        return str(
            connection.execute(select(ENTRY.logged_at).where(ENTRY.index == index)).scalar_one()
        )

    def since(time: str | None, otherwise: int) -> int:
        if time is None:
            return otherwise
        return _first_where(0, size, lambda index: logged_at(index) >= time)

    return max(wanted.after + 1, since(wanted.logged_from, 0)), since(wanted.logged_to, size)


def _first_where(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first of [low, high) from which on `holds` does; `high` if it nowhere does."""
    if low >= high or not holds(high - 1):  # the end, where most answers lie
        return high
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
