"""Traces out of storage: what a record rests on, what rests on it, and the proof of each hop.

The walk is `ledger.trace.walk`'s; here its questions are put to the store, what the reader may not
see is dropped before the walk learns of it, and the graph is proven against the head of now.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from api import access, receipts
from api.auth import Principal
from ledger import disclosure
from ledger.canonical import JsonValue
from ledger.disclosure import Disclosure
from ledger.trace import document
from ledger.trace.document import PERIOD_FIELDS
from ledger.trace.hops import Days, Edge, Seen, see
from ledger.trace.walk import Direction, Walk
from storage.store import Store
from storage.values import Head, StoredRecord

_BLOBS: Final = "blobs"


@dataclass(slots=True)
class _Reader:
    """What one principal may see of one log, as of one head."""

    store: Store
    principal: Principal
    head: Head
    everything: bool
    records: dict[int, StoredRecord]

    def see(self, record: StoredRecord) -> Seen | None:
        """A record, None where the principal may not read it."""
        self.records[record.index] = record
        seen = see(record.index, record.data)
        if not self.everything and not access.concerns(seen.entry, self.principal.party):
            return None
        return seen.opened(_open_to_all(record, seen.type))


def build(
    store: Store,
    principal: Principal,
    record: StoredRecord,
    *,
    directions: Sequence[Direction],
    depth: int,
    most: int,
    zone: str,
    window: tuple[str, str] = ("", ""),
) -> bytes:
    """The trace of a record that the principal may read.

    Args:
        store: the log.
        principal: for whom.
        record: where it begins.
        directions: up, down or both; both are two walks that meet in the first record only.
        depth: most hops.
        most: most records of one direction.
        zone: the log's time zone.
        window: as `Walk`'s.

    Raises:
        UnavailableError: the database does not answer.
    """
    reader = _Reader(store, principal, store.head(), access.reads_all(store, principal), {})
    start = reader.see(record)
    assert start is not None
    local = ZoneInfo(zone)
    walks = []
    for direction in directions:
        walk = Walk(start, direction, depth, most, lambda time: _day(time, local), window)
        _perform(walk, reader)
        walks.append(walk)
    seen = {index: node for walk in walks for index, node in walk.nodes.items()}
    edges = list(dict.fromkeys(edge for walk in walks for edge in walk.edges))
    cut = list(dict.fromkeys(name for walk in walks for name in walk.cut))
    absent = [
        {"from": lower, "rel": rel, "id": name}
        for walk in walks
        for lower, rel, name in walk.absent()
    ]
    return document.format(
        {
            "start": record.id,
            "direction": directions[0].value if len(directions) == 1 else "both",
            "depth": depth,
            "checkpoint": reader.head.checkpoint,
            "nodes": _nodes(reader, {i: (n.seen, n.depth) for i, n in seen.items()}, edges),
            "edges": [document.edge_to_json(edge) for edge in edges],
            "withheld": [] if reader.everything else absent,
            "missing": absent if reader.everything else [],
            "truncated": bool(cut),
            "cut": cut,
        }
    )


def _perform(walk: Walk, reader: _Reader) -> None:
    """Put the walk's questions to the store, one a level."""
    while (ask := walk.ask()) is not None:
        answer = reader.store.related(ask, size=reader.head.size, limit=2 * walk.most)
        seen = [reader.see(record) for record in answer.records]
        walk.take([record for record in seen if record is not None], answer.known, more=answer.more)


def _nodes(
    reader: _Reader, nodes: Mapping[int, tuple[Seen, int]], edges: Iterable[Edge]
) -> list[dict[str, Any]]:
    indices = sorted(nodes)
    paths = reader.store.inclusion_proofs(indices, reader.head.size)
    shown_fields = _fields_shown(edges)
    shown = []
    for index, path in zip(indices, paths, strict=True):
        seen, depth = nodes[index]
        record = reader.records[index]
        shown.append(
            {
                **document.said(index, seen.entry),
                "depth": depth,
                "files": _files(seen, reader.principal),
                "links": receipts.links(seen.id),
                "erased": record.erased,
                **document.proof(
                    record.data,
                    path,
                    _disclose(record, seen, shown_fields.get(seen.id, frozenset())),
                ),
            }
        )
    return shown


def _fields_shown(edges: Iterable[Edge]) -> dict[str, set[str]]:
    """Of each record the payload fields that a hop rests on."""
    fields: dict[str, set[str]] = {}
    for edge in edges:
        if edge.field is not None:
            fields.setdefault(edge.lower, set()).add(edge.field.partition(".")[0])
        if edge.in_force:
            fields.setdefault(edge.upper, set()).update(PERIOD_FIELDS)
    return fields


def _disclose(record: StoredRecord, seen: Seen, fields: Collection[str]) -> Disclosure | None:
    """The fields that hops rest on, and the digests of the record's files."""
    names = seen.payload.keys() & {_BLOBS, *fields}
    if not names and not fields:
        return None
    if record.opening is not None:
        return disclosure.reveal(record.opening, seen.payload, names)
    assert record.seed is not None
    assert record.payload is not None
    return disclosure.disclose(orjson.loads(record.payload), record.seed, record.id, names)


def _files(seen: Seen, principal: Principal) -> list[dict[str, JsonValue]]:
    """The record's files, each with its address where the principal may read it."""
    personal = access.personal_roles(seen.type)
    may = access.PERSONAL in principal.scopes
    return [
        {
            **blob,
            "href": f"/v1/blobs/{blob['sha256']}" if may or blob["role"] not in personal else None,
        }
        for blob in seen.payload.get(_BLOBS, ())
    ]


def _open_to_all(record: StoredRecord, kind: str) -> dict[str, Any]:
    """The payload less what is personal; nothing where what a hop might rest on was erased."""
    if record.payload is None:
        return {}
    payload: dict[str, Any] = orjson.loads(record.payload)
    erased = set() if record.opening is None else set(record.opening.names) - payload.keys()
    if erased.intersection(PERIOD_FIELDS):
        return {}
    personal = access.personal_fields(kind)
    return {name: value for name, value in payload.items() if name not in personal}


def _day(time: str, zone: ZoneInfo) -> Days:
    """The civil day of a time; in the last hours of the years there are, the day of UTC."""
    try:
        day = datetime.fromisoformat(time).astimezone(zone).date().isoformat()
    except OverflowError:
        day = time[:10]
    return Days(day, day)
