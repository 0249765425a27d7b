"""Queries by what a record says of itself in the log: filters, histories, and whose business it is."""

from typing import Any

from sqlalchemy import Connection, and_, or_, select

from ledger.evidence.subjects import canteens_of
from storage.reads import CHAIN, ENTRY
from storage.sealing import Sealer
from storage.tables import ChainRow, EntryRow
from storage.values import ChainLink, Hit, Search

_ANY_CHAIN = ChainRow.__table__.alias("any_chain")  # type: ignore[attr-defined]


def search(connection: Connection, sealer: Sealer, wanted: Search) -> list[Hit]:
    """Matching records, ascending by index."""
    query = select(
        ENTRY.index.label("place"),
        ENTRY.record_id,
        ENTRY.type,
        ENTRY.issuer,
        ENTRY.submitter,
        ENTRY.occurred_at,
        ENTRY.logged_at,
        ENTRY.leaf_hash,
    ).where(ENTRY.index > wanted.after)
    for column, value in (
        (ENTRY.type, wanted.type),
        (ENTRY.issuer, wanted.issuer),
        (ENTRY.submitter, wanted.submitter),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.source_ref is not None:
        query = query.where(ENTRY.source_mac == sealer.mac("source_ref", wanted.source_ref))
    if wanted.occurred_from is not None:
        query = query.where(ENTRY.occurred_at >= wanted.occurred_from)
    if wanted.occurred_to is not None:
        query = query.where(ENTRY.occurred_at < wanted.occurred_to)
    if wanted.logged_from is not None:
        query = query.where(ENTRY.logged_at >= wanted.logged_from)
    if wanted.logged_to is not None:
        query = query.where(ENTRY.logged_at < wanted.logged_to)
    if wanted.subject is not None:
        query = query.where(
            ENTRY.index.in_(
                select(CHAIN.index).where(
                    CHAIN.subject == wanted.subject, CHAIN.index > wanted.after
                )
            )
        )
    if wanted.visible_to is not None:
        query = query.where(_concerns(wanted.visible_to))
    rows = connection.execute(query.order_by(ENTRY.index).limit(wanted.limit))
    return [
        Hit(
            row.place, row.record_id, row.type, row.issuer, row.submitter, row.occurred_at,
            row.logged_at, bytes(row.leaf_hash),
        )
        for row in rows
    ]  # fmt: skip


def concerns(connection: Connection, index: int, party: str) -> bool:
    """Whether a party issued or submitted the entry, or is, or runs, a subject of it."""
    query = select(ENTRY.index).where(ENTRY.index == index, _concerns(party))
    return connection.execute(query).first() is not None


def _concerns(party: str) -> Any:
    """The condition under which an entry is a party's business; as `api.access.concerns`."""
    canteens, link = canteens_of(party), _ANY_CHAIN.c
    own = link.subject == party
    if canteens is not None:
        own |= link.subject.startswith(canteens, autoescape=True)
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
