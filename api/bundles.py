"""Proof bundles out of storage (FORMATS §2): the record, and everything it rests on.

All proofs lead to one checkpoint, the head of now. What a verifier needs besides the record is
gathered until nothing new is found: genesis, the key that signed and whatever happened to it, the
mandate, the log's own changes of key, corrections and erasures, each with the keys it rests on.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from api.completeness import Completeness, Indexed
from api.receipts import proof_text
from ledger import bundle, disclosure, jws
from ledger import entry as entries
from ledger.anchor import Anchor
from ledger.anchor_progress import AnchorProgress, AnchorState
from ledger.bundle import MAX_SUPPORT, Support
from ledger.entry import Entry
from ledger.errors import MalformedError
from ledger.governance import Mandate
from ledger.standing import Standing
from ledger.subject_index import HeadProof
from storage.store import Store
from storage.values import Head, Search, StoredRecord

_IN_A_BLOCK: Final = frozenset({AnchorState.MINED, AnchorState.FINAL})
_MANDATES: Final = 1000


@dataclass(slots=True)
class _Gathered:
    """Entries that support the record: index → label, bytes; all below the checkpoint's size."""

    size: int
    found: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    waiting: list[Entry] = field(default_factory=list)

    def add(self, role: str, index: int, data: bytes) -> None:
        """Take in an entry; what it rests on in turn is looked at later."""
        if index < self.size and index not in self.found and len(self.found) < MAX_SUPPORT:
            self.found[index] = (role, data)
            self.waiting.append(entries.parse(data))


def build(
    store: Store,
    completeness: Completeness,
    record: StoredRecord,
    names: Collection[str] | None,
) -> bytes:
    """The bundle of a record, as a file.

    Args:
        store: the log.
        completeness: its subject indexes.
        record: which of its records.
        names: payload fields to disclose; None discloses all. Erased ones cannot be.

    Raises:
        UnavailableError: the database does not answer.
    """
    head = store.head()
    entry = entries.parse(record.data)
    standing = store.registry().standing
    indexed = completeness.covering(record.index, head.size)
    gathered = _Gathered(head.size)
    heads: dict[int, tuple[HeadProof, ...]] = {}
    if indexed is not None:
        gathered.add("subject-index", indexed.index, indexed.data)
        for index, data in completeness.reports(indexed, head.size):
            gathered.add("audit-report", index, data)
        heads[indexed.index] = _heads(store, indexed, record.id, entry)
    _gather(store, standing, record, entry, gathered)
    disclosed = _disclose(record, names)
    path = store.inclusion_proof(record.index, head.size)
    return bundle.format(
        bundle.build(
            entry=record.data,
            proof=proof_text(record.index, path, head.checkpoint),
            disclosure=disclosed,
            support=[
                Support(
                    role, index, data, store.inclusion_proof(index, head.size), heads.get(index)
                )
                for index, (role, data) in sorted(gathered.found.items())
            ],
            anchors=list(_anchors(store, record.index, head)),
            blobs=list(_blobs(disclosed)),
        )
    )


def of_index(
    store: Store, completeness: Completeness, indexed: Indexed, head: Head, last: int | None
) -> tuple[list[Support], list[Anchor]]:
    """What a subject-index record rests on, and its anchors: for histories, which show no bundle.

    Args:
        store: the log.
        completeness: its subject indexes.
        indexed: the index shown.
        head: the checkpoint that all proofs lead to.
        last: of an entry to be shown as well.

    Raises:
        UnavailableError: the database does not answer.
    """
    gathered = _Gathered(head.size)
    for index, data in completeness.reports(indexed, head.size):
        gathered.add("audit-report", index, data)
    if last is not None:
        gathered.add("last", last, _entry(store, last))
    record = store.record(indexed.id)
    _gather(store, store.registry().standing, record, entries.parse(record.data), gathered)
    support = [
        Support(role, index, data, store.inclusion_proof(index, head.size), None)
        for index, (role, data) in sorted(gathered.found.items())
    ]
    return support, list(_anchors(store, indexed.index, head))


def _disclose(record: StoredRecord, names: Collection[str] | None) -> disclosure.Disclosure | None:
    if record.payload is None:
        return None
    values = orjson.loads(record.payload)
    if record.opening is not None:
        return disclosure.reveal(record.opening, values, names)
    assert record.seed is not None
    return disclosure.disclose(values, record.seed, record.id, names)


def _blobs(disclosed: disclosure.Disclosure | None) -> Iterator[tuple[str, str]]:
    """Digest and address of the files, as far as the bundle names them itself."""
    leaves = () if disclosed is None else disclosed.leaves
    for leaf in leaves:
        if leaf.name == "blobs":
            for digest in dict.fromkeys(blob["sha256"] for blob in leaf.value):
                yield digest, f"/v1/blobs/{digest}"


def _gather(
    store: Store, standing: Standing, record: StoredRecord, entry: Entry, gathered: _Gathered
) -> None:
    """Whatever the record rests on, and whatever that rests on, until nothing new is found."""
    if record.index:
        gathered.add("genesis", 0, _entry(store, 0))
    for span in standing.log_keys:
        if span.since:
            gathered.add("log-key", span.since, _entry(store, span.since))
    for index, _ in standing.targets:
        if index:
            gathered.add("anchor-target", index, _entry(store, index))
    for link in store.history(f"record:{record.id}", limit=MAX_SUPPORT):
        gathered.add(entries.parse(link.data).statement.type, link.index, link.data)
    gathered.waiting.append(entry)
    while gathered.waiting:
        _add_what_it_rests_on(store, standing, gathered.waiting.pop(), gathered)
    gathered.found.pop(record.index, None)


def _heads(store: Store, indexed: Indexed, record_id: str, entry: Entry) -> tuple[HeadProof, ...]:
    """What the index says of the record's own chain, and of its key's.

    That nothing is said about the record is shown by its neighbours, as FORMATS §1 allows; a key
    that genesis names has no chain, and is left alone.
    """
    subjects = [f"record:{record_id}"]
    if entry.signature is not None:
        name = f"key:{jws.parse(entry.signature).kid}"
        first = store.history(name, limit=1)
        if first and first[0].index < indexed.size:
            subjects.append(name)
    return indexed.proofs(*subjects)


def _add_what_it_rests_on(
    store: Store, standing: Standing, entry: Entry, gathered: _Gathered
) -> None:
    statement = entry.statement
    if entry.signature is not None:
        kid = jws.parse(entry.signature).kid
        key = standing.keys.get(kid)
        if key is not None and key.registered_at:
            gathered.add("key", key.registered_at, _entry(store, key.registered_at))
        for link in store.history(f"key:{kid}", limit=MAX_SUPPORT):
            kind = entries.parse(link.data).statement.type
            gathered.add("revocation" if kind == "key-revocation" else "key", link.index, link.data)
    if entry.submitter != statement.issuer:
        mandate = _mandate(store, entry)
        if mandate is not None:
            gathered.add("mandate", *mandate)


def _mandate(store: Store, entry: Entry) -> tuple[int, bytes] | None:
    """Index and bytes of a mandate under which the entry was brought."""
    statement = entry.statement
    given = store.search(Search(type="mandate", issuer=statement.issuer, limit=_MANDATES))
    for hit in reversed(given):
        data = _entry(store, hit.index)
        opened = entries.parse(data).open
        if opened is None:
            continue
        mandate = Mandate.of_json(opened.payload)
        if mandate.covers(statement.issuer, entry.submitter, statement.type, entry.logged_at):
            return hit.index, data
    return None


def _anchors(store: Store, index: int, head: Head) -> Iterator[Anchor]:
    """Of each target the oldest anchor that covers the record, final ones before others."""
    covering = [
        row
        for row in store.anchors.all()
        if row.state in _IN_A_BLOCK and index < row.size <= head.size
    ]
    best: dict[Any, AnchorProgress] = {}
    for row in sorted(covering, key=lambda row: (row.state is not AnchorState.FINAL, row.size)):
        best.setdefault(row.target, row)
    for row in best.values():
        path = store.consistency_proof(row.size, head.size) if row.size < head.size else []
        yield row.to_anchor(tuple(path))


def _entry(store: Store, index: int) -> bytes:
    found = store.entries(index, index + 1)
    if not found:
        raise MalformedError(f"the log has no entry {index}")
    return found[0]
