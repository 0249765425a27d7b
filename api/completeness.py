"""Subject indexes as bundles and histories show them: that nothing was left out (DESIGN §2.7).

A subject-index record commits to the last entry of every subject. Its tree is computed again from
the chains, once a record, and shown only where it gives the record's own root.

Shown is the newest index on which an auditor has reported, where it covers what is asked about,
else the newest: an index of today that nobody has recomputed says less than yesterday's that
somebody has (decision 0025).
"""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from ledger import entry as entries
from ledger.bundle import MAX_SUPPORT
from ledger.entry import Entry
from ledger.errors import NotFoundError
from ledger.subject_index import HeadProof, HeadTree, SubjectIndex
from storage.store import Store
from storage.values import Search

logger = logging.getLogger("mealtrace.completeness")

_PAGE: Final = 1000
_MOST_REPORTS: Final = MAX_SUPPORT // 4


@dataclass(frozen=True, slots=True)
class Indexed:
    """A subject-index record with its tree.

    Attributes:
        index: the record's place in the log.
        id: its record id.
        data: its entry's bytes.
        tree: over the heads it commits to.
    """

    index: int
    id: str
    data: bytes
    tree: HeadTree

    @property
    def size(self) -> int:
        """Entries it covers."""
        return self.tree.index.size

    def proofs(self, *subjects: str) -> tuple[HeadProof, ...]:
        """What shows the heads of these subjects, or by their neighbours that they have none."""
        return self.tree.proofs(subjects)


class Completeness:
    """Finds the index to show; shared by threads.

    In memory are the trees of the newest index and of the one reported on, each a hash and a
    subject of every 256 heads, and the reports on the latter.
    """

    def __init__(self, store: Store) -> None:
        """Nothing is read yet."""
        self._store = store
        self._lock = threading.Lock()
        self._trees: dict[int, Indexed] = {}
        self._broken: set[int] = set()
        self._looked = -1
        self._reported = -1
        self._reports: list[tuple[int, bytes]] = []

    def covering(self, index: int, size: int) -> Indexed | None:
        """The index to show of an entry, or of a subject that begins there; None without one.

        Args:
            index: of the entry.
            size: of the checkpoint that is shown with it.

        Raises:
            UnavailableError: the database does not answer.
        """
        with self._lock:
            self._read_reports()
            newest = self._newest(size)
            shown = None
            if newest is not None and self._reported not in self._broken:
                reported = self._known(self._reported) if 0 <= self._reported < size else None
                shown = next((i for i in (reported, newest) if i and i.size > index), None)
            self._trees = {
                at: tree
                for at, tree in self._trees.items()
                if at == self._reported or tree is newest
            }
            return shown

    def reports(self, indexed: Indexed, size: int) -> list[tuple[int, bytes]]:
        """Index and bytes of the audit reports that cite the record, among the first `size`."""
        with self._lock:
            if indexed.index != self._reported:
                return []
            return [(index, data) for index, data in self._reports if index < size]

    def _newest(self, size: int) -> Indexed | None:
        below: int | None = size
        while below is not None:
            below = self._store.newest_of("subject-index", below)
            if below is not None and below not in self._broken:
                found = self._known(below)
                if found is not None:
                    return found
        return None

    def _read_reports(self) -> None:
        """Take in the reports that came since, and keep those on the newest index reported on."""
        for index in _of_type(self._store, "audit-report", after=self._looked):
            data, entry = _entry(self._store, index)
            for link in entry.statement.links:
                if link.rel != "cites" or link.id is None:
                    continue
                cited = self._index_of(link.id)
                if cited is not None and cited > self._reported:
                    self._reported, self._reports = cited, []
                if cited == self._reported and len(self._reports) < _MOST_REPORTS:
                    self._reports.append((index, data))
            self._looked = index

    def _index_of(self, record_id: str) -> int | None:
        """Where a subject-index record of that id stands; None where it is none."""
        try:
            record = self._store.record(record_id)
        except NotFoundError:
            return None
        kind = entries.parse(record.data).statement.type
        return record.index if kind == "subject-index" else None

    def _known(self, index: int) -> Indexed | None:
        found = self._trees.get(index)
        if found is None and index not in self._broken:
            found = self._read(index)
            if found is None:
                self._broken.add(index)
            else:
                self._trees[index] = found
        return found

    def _read(self, index: int) -> Indexed | None:
        data, entry = _entry(self._store, index)
        assert entry.open is not None
        said = SubjectIndex.of_json(entry.open.payload)
        again = partial(self._store.heads_at, said.size)
        tree = HeadTree(again(), said.size, again)
        if tree.index != said:
            logger.error("the subject index in entry %d is not what the chains give", index)
            return None
        return Indexed(index, entry.statement.id, data, tree)


def _of_type(store: Store, kind: str, *, after: int = -1) -> Iterator[int]:
    while True:
        hits = store.search(Search(type=kind, after=after, limit=_PAGE))
        yield from (hit.index for hit in hits)
        if len(hits) < _PAGE:
            return
        after = hits[-1].index


def _entry(store: Store, index: int) -> tuple[bytes, Entry]:
    (data,) = store.entries(index, index + 1)
    return data, entries.parse(data)
