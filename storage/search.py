"""Finding records: the questions of `GET /v1/records`, each led in by what narrows it most.

    a subject's chain | what one party may see | the log itself → the other filters → a page

A log of years is long, and a page must not read it whole. Times of logging and places in a chain
ascend with the index, so that a bound on either is found by asking for a few dozen rows.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, or_, select

from ledger.errors import UnavailableError
from ledger.evidence.subjects import begin_as
from storage import reads
from storage.reads import CHAIN, ENTRY
from storage.sealing import Sealer
from storage.tables import ChainRow, EntryRow, SubjectHead
from storage.values import ChainLink, Hit, Search

_ENTRIES: Final[FromClause] = EntryRow.__table__  # type: ignore[attr-defined]
_LINKED: Final = _ENTRIES.join(
    ChainRow.__table__,  # type: ignore[attr-defined]
    CHAIN.index == ENTRY.index,
)
_ANY_CHAIN = ChainRow.__table__.alias("any_chain")  # type: ignore[attr-defined]
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

_FEW: Final = 16
"""Subjects whose chains are read one by one; of more, all entries that are left are gathered."""

_ASKED: Final = 16
"""Positions of one question, on the way to a bound."""


def search(connection: Connection, sealer: Sealer, wanted: Search) -> list[Hit]:
    """Matching records, ascending by index."""
    first, end = _places(connection, wanted)
    filters = list(_filters(sealer, wanted))
    party = wanted.visible_to
    if party in (None, wanted.issuer, wanted.submitter):
        party = None  # whatever it issued or submitted it may see
    if wanted.subject is not None:
        if party is not None:
            filters.append(_concerns(party))
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


def concerns(connection: Connection, index: int, party: str) -> bool:
    """Whether a party issued or submitted the entry, or is, or runs, a subject of it."""
    query = select(ENTRY.index).where(ENTRY.index == index, _concerns(party))
    return connection.execute(query).first() is not None


def _concerns(party: str) -> Any:
    """The condition under which an entry is a party's business; as `api.access.concerns`."""
    link = _ANY_CHAIN.c
    own = link.subject == party
    for begun in begin_as(party):
        own |= link.subject.startswith(begun, autoescape=True)
    return or_(
        ENTRY.issuer == party,
        ENTRY.submitter == party,
        select(link.index).where(and_(own, link.index == ENTRY.index)).exists(),
    )


def history(
    connection: Connection,
    subject: str,
    *,
    after_seq: int,
    limit: int,
    visible_to: str | None = None,
) -> list[ChainLink]:
    """A subject's entries in the order of its chain; of `visible_to` those that concern it."""
    query = (
        select(CHAIN.seq, CHAIN.index.label("place"), ENTRY.leaf_hash, ENTRY.data)
        .join_from(
            ChainRow.__table__,  # type: ignore[attr-defined]
            EntryRow.__table__,  # type: ignore[attr-defined]
            ENTRY.index == CHAIN.index,
        )
        .where(CHAIN.subject == subject, CHAIN.seq > after_seq)
        .order_by(CHAIN.seq)
        .limit(limit)
    )
    if visible_to is not None:
        query = query.where(_concerns(visible_to))
    rows = connection.execute(query)
    return [ChainLink(row.seq, row.place, bytes(row.leaf_hash), bytes(row.data)) for row in rows]


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
    chain = select(CHAIN.seq, CHAIN.index).where(CHAIN.subject == subject)

    def places(seqs: Sequence[int]) -> Sequence[Row[int, Any]]:
        return connection.execute(chain.where(CHAIN.seq.in_(seqs))).all()

    newest = select(_SUBJECT_HEAD.seq).where(_SUBJECT_HEAD.subject == subject)
    behind = 1 + (connection.execute(newest).scalar() or 0)
    low = _first_at(first, range(1, behind), places) if first else 1
    high = _first_at(end, range(low, behind), places)
    return (
        select(*_FOUND)
        .select_from(_LINKED)
        .where(CHAIN.subject == subject, CHAIN.seq >= low, CHAIN.seq < high)
        .order_by(CHAIN.seq)
    )


def _of_party(connection: Connection, party: str, first: int, end: int) -> Iterator[Select[Any]]:
    """What a party issued, what it submitted, what is about it or what it runs.

    A school has a few canteens with long chains, and thousands of orders with short ones.
    """
    for column in (ENTRY.issuer, ENTRY.submitter):
        yield _of_log(first, end).where(column == party)
    yield _of_subject(connection, party, first, end)
    for beginning in begin_as(party):
        named = _SUBJECT_HEAD.subject.startswith(beginning, autoescape=True)
        lasting = select(_SUBJECT_HEAD.subject).where(named, _SUBJECT_HEAD.index >= first)
        names = connection.execute(lasting.limit(_FEW + 1)).scalars().all()
        if len(names) <= _FEW:
            for name in names:
                yield _of_subject(connection, name, first, end)
        else:
            indices = select(CHAIN.index).where(
                CHAIN.subject.startswith(beginning, autoescape=True), CHAIN.index >= first
            )
            yield _of_log(first, end).where(ENTRY.index.in_(indices))


def _places(connection: Connection, wanted: Search) -> tuple[int, int]:
    """The indices [first, end) among which the hits are, by the cursor and the times of logging."""
    size = reads.head(connection).size
    times = select(ENTRY.index, ENTRY.logged_at)

    def logged(indices: Sequence[int]) -> Sequence[Row[int, Any]]:
        return connection.execute(times.where(ENTRY.index.in_(indices))).all()

    first, end = wanted.after + 1, size
    if wanted.logged_from is not None:
        first = max(first, _first_at(wanted.logged_from, range(size), logged))
    if wanted.logged_to is not None:
        end = _first_at(wanted.logged_to, range(size), logged)
    return first, end


def _first_at(
    bound: Any, among: range, ask: Callable[[Sequence[int]], Sequence[Row[int, Any]]]
) -> int:
    """The first position whose value, which `ask` gives and which ascends, is at or above a bound.

    The position behind them all if none is. A question names several positions: the way to the
    database costs more than a row.
    """
    low, high = among.start, among.stop
    while low < high:
        step = max(1, (high - low) // _ASKED)
        found = ask([*range(low, high - 1, step), high - 1])
        below = [position + 1 for position, value in found if value < bound]
        above = [position for position, value in found if value >= bound]
        if not found:
            raise UnavailableError("the database lacks rows of the log; see `mealtrace audit`")
        low, high = max(below, default=low), min(above, default=high)
    return low
