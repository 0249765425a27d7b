"""The tree of a subject index over heads that a test has in memory."""

from collections.abc import Iterable, Iterator

from ledger.subject_index import Head, HeadTree


def tree_of(heads: Iterable[Head], size: int) -> HeadTree:
    """Heads in any order, one per subject, read again from memory."""
    ordered = sorted(heads, key=lambda head: head.subject)

    def again(since: str, until: str | None) -> Iterator[Head]:
        return (
            head
            for head in ordered
            if since <= head.subject and (until is None or head.subject < until)
        )

    return HeadTree(ordered, size, again)
