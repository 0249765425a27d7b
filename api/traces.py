"""Traces out of storage: what a record rests on, what rests on it, and the proof of each hop.

The walk is `ledger.trace.walk`'s; here its questions are put to the store, what the reader may not
see is dropped before the walk learns of it, and the graph is proven against the head of now.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from api import access, receipts
from api.auth import Principal
from ledger import disclosure
from ledger.canonical import JsonValue
from ledger.disclosure import Disclosure
from ledger.errors import MalformedError, NotFoundError
from ledger.trace import document, parts
from ledger.trace.document import PERIOD_FIELDS
from ledger.trace.hops import Days, Edge, Seen, see
from ledger.trace.parts import Part
from ledger.trace.walk import Ask, Direction, Walk
from storage.store import Store
from storage.values import StoredRecord

_BLOBS: Final = "blobs"
_FEWEST: Final = 256
"""Records read at once in search of some that the reader may see."""


@dataclass(slots=True)
class _Reader:
    """What one principal may see of one log, as of one size: `parts.Source`."""

    store: Store
    principal: Principal
    size: int
    checkpoint: str
    everything: bool
    records: dict[int, StoredRecord]

    def see(self, record: StoredRecord) -> Seen | None:
        """A record, None where the principal may not read it."""
        seen = see(record.index, record.data)
        if not self.everything and not access.concerns(seen.entry, self.principal.party):
            return None
        self.records[record.index] = record
        return seen.opened(_open_to_all(record, seen.type))

    def answer(self, ask: Ask, limit: int) -> tuple[Sequence[Seen], Sequence[int], bool]:
        """What is asked for, as far as the principal may read it."""
        answer = self.store.related(ask, size=self.size, limit=limit)
        return self._seen(answer.records), answer.known, answer.more

    def turns(self, ask: Ask, since: int, end: int, limit: int) -> Sequence[Seen]:
        """The first of what is asked for in [since, end) that the principal may read.

        Where there is nothing more for it to read, nothing tells of more.
        """
        found: list[Seen] = []
        more = True
        while more and len(found) < limit:
            answer = self.store.related(
                ask, size=min(end, self.size), limit=max(limit, _FEWEST), since=since
            )
            found += self._seen(answer.records)
            more = answer.more
            since = answer.records[-1].index + 1 if more else since
        return found[:limit]

    def _seen(self, records: Iterable[StoredRecord]) -> list[Seen]:
        seen = map(self.see, records)
        return [record for record in seen if record is not None]


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
    part: str | None = None,
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
        part: which part of it, in one direction and of at least `parts.MIN_NODES`; None: as much
            of the whole as there is room for.

    Raises:
        MalformedError: it has no such part.
        UnavailableError: the database does not answer.
    """
    head = store.head()
    place = Part(head.size) if part in {None, parts.FIRST} else Part.parse(str(part))
    if record.index >= place.size:
        raise MalformedError("no part of a trace: the record was not in the log yet")
    reader = _Reader(
        store,
        principal,
        place.size,
        head.checkpoint if place.size == head.size else _signed(store, place.size, head.size),
        access.reads_all(store, principal),
        {},
    )
    start = reader.see(record)
    assert start is not None
    local = ZoneInfo(zone)

    def begin(direction: Direction) -> Walk:
        return Walk(start, direction, depth, most, lambda time: _day(time, local), window)

    following: Part | None = None
    if part is None:
        walks = [begin(direction) for direction in directions]
        for walk in walks:
            parts.finish(walk, reader)
    else:
        (direction,) = directions
        walk, following = parts.walk(partial(begin, direction), reader, place)
        walks = [walk]
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
            "checkpoint": reader.checkpoint,
            "nodes": _nodes(reader, {i: (n.seen, n.depth) for i, n in seen.items()}, edges),
            "edges": [document.edge_to_json(edge) for edge in edges],
            "withheld": [] if reader.everything else absent,
            "missing": absent if reader.everything else [],
            "truncated": bool(cut) or following is not None,
            "cut": cut,
            **_naming(part, following),
        }
    )


def _naming(part: str | None, following: Part | None) -> dict[str, str | None]:
    if part is None:
        return {}
    return {"part": part, "next": None if following is None else following.format()}


def _signed(store: Store, size: int, released: int) -> str:
    """The checkpoint of an earlier part.

    Raises:
        MalformedError: none was signed at that size, or it is not released yet.
    """
    if size > released:
        raise MalformedError(f"no part of a trace: the log has {released} entries, not {size}")
    try:
        return store.checkpoint(size)
    except NotFoundError as error:
        raise MalformedError(f"no part of a trace: {error}") from error


def _nodes(
    reader: _Reader, nodes: Mapping[int, tuple[Seen, int]], edges: Iterable[Edge]
) -> list[dict[str, Any]]:
    indices = sorted(nodes)
    paths = reader.store.inclusion_proofs(indices, reader.size)
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
