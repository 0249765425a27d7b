"""Subject indexes as bundles and histories show them: that nothing was left out (DESIGN §2.7).

A subject-index record commits to the last entry of every subject. Its tree is computed again from
the chains, once a record, and shown only where it gives the record's own root.
"""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from ledger import entry as entries
from ledger.entry import Entry
from ledger.subject_index import HeadProof, HeadTree, SubjectIndex
from storage.store import Store
from storage.values import Search

logger = logging.getLogger("mealtrace.completeness")

_PAGE = 1000


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
    """Finds the newest subject index; shared by threads, one tree in memory."""

    def __init__(self, store: Store) -> None:
        """Nothing is read yet."""
        self._store = store
        self._lock = threading.Lock()
        self._known: Indexed | None = None
        self._broken: set[int] = set()

    def newest(self, size: int) -> Indexed | None:
        """The last subject-index record among the first `size` entries, None where there is none.

        Raises:
            UnavailableError: the database does not answer.
        """
        with self._lock:
            for index in reversed(list(_of_type(self._store, "subject-index"))):
                if index >= size or index in self._broken:
                    continue
                if self._known is None or self._known.index != index:
                    self._known = self._read(index)
                if self._known is not None:
                    return self._known
            return None

    def reports(self, indexed: Indexed, size: int) -> list[tuple[int, bytes]]:
        """Index and bytes of the audit reports that cite the record, among the first `size`."""
        found = []
        for index in _of_type(self._store, "audit-report", after=indexed.index):
            data, entry = _entry(self._store, index)
            links = entry.statement.links
            if index < size and any(
                link.rel == "cites" and link.id == indexed.id for link in links
            ):
                found.append((index, data))
        return found

    def _read(self, index: int) -> Indexed | None:
        data, entry = _entry(self._store, index)
        assert entry.open is not None
        said = SubjectIndex.of_json(entry.open.payload)
        tree = HeadTree(self._store.heads_at(said.size), said.size)
        if tree.index != said:
            logger.error("the subject index in entry %d is not what the chains give", index)
            self._broken.add(index)
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
