"""A page: what is remembered under one key, of one meal, one shift or one order.

    f  facts    type → record id → [index, since, leaf hash, …], what a rule needs of each record
    o  shown    item → how its obligation was shown last, and the finding that it is missing
    x  gone     answers that were corrected → when they stood in the log
    t  touched  when a record last changed the page
    w  watch    when it is to be looked at again, to be forgotten

What replaces a corrected answer counts from when the first one stood in the log: putting a slip of
the pen right makes nothing late.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ledger.oversight.seen import Ref, Seen

Fact = list[Any]

_NONE: Final[Mapping[str, Fact]] = {}


Shown = list[Any]
"""How an obligation was shown last: `[status, index of its source, of its answer or None, due_at, the
finding that it is missing or None, the outage that excuses it or None]`."""


class Page:
    """One page, opened to be changed; `stored` is never changed in place.

    Attributes:
        key: that it stands under.
        new: whether nothing was known.
        shown: by item.
        touched: when a record last changed it; empty where none has.
        watch: when it is looked at again; empty where that is not set.
    """

    __slots__ = ("_facts", "_gone", "key", "new", "shown", "touched", "watch")

    def __init__(self, key: str, stored: Mapping[str, Any] | None) -> None:
        """What is stored under the key, None for nothing."""
        self.key, self.new = key, stored is None
        known = stored or {}
        self._facts: dict[str, Mapping[str, Fact]] = dict(known.get("f", ()))
        self._gone: Mapping[str, str] = known.get("x", {})
        self.shown: dict[str, Shown] = dict(known.get("o", ()))
        self.touched: str = known.get("t", "")
        self.watch: str = known.get("w", "")

    def state(self) -> dict[str, Any]:
        """What is to be stored."""
        state: dict[str, Any] = {
            "f": self._facts,
            "o": self.shown,
            "t": self.touched,
            "w": self.watch,
        }
        if self._gone:
            state["x"] = self._gone
        return state

    def of(self, kind: str) -> Mapping[str, Fact]:
        """Facts of one type by record id, in the order in which they were told."""
        return self._facts.get(kind, _NONE)

    def refs(self, kind: str) -> Iterator[Ref]:
        """The records of one type, to be cited."""
        for record, fact in self.of(kind).items():
            yield ref(record, fact)

    def has(self, record: str) -> str | None:
        """The type under which a record is known here; None where it is not."""
        return next((kind for kind, facts in self._facts.items() if record in facts), None)

    def knew(self, kind: str, record: str) -> bool:
        """Whether a record of that type stands on it, or stood there until it was corrected."""
        return record in self.of(kind) or record in self._gone

    def fact(self, seen: Seen, more: Fact) -> Fact:
        """What is to be remembered of a record: what a rule needs of it, and when it came."""
        since = seen.logged_at
        for link in seen.links:
            if link.rel == "replaces" and link.id is not None:
                fact = self.of(seen.type).get(link.id)
                since = min(since, self._gone.get(link.id, since) if fact is None else fact[1])
        return [seen.index, since, seen.leaf_hash.hex(), *more]

    def add(self, kind: str, record: str, fact: Fact) -> None:
        """Remember a record."""
        self._facts[kind] = {**self._facts.get(kind, _NONE), record: fact}

    def only(self, kind: str, record: str) -> "Page":
        """The page as if this were the only record of its type."""
        other = Page(self.key, self.state())
        other.put(kind, {record: self.of(kind)[record]})
        return other

    def put(self, kind: str, facts: Mapping[str, Fact]) -> None:
        """Replace all facts of one type."""
        if facts:
            self._facts[kind] = facts
        else:
            self._facts.pop(kind, None)

    def remove(self, kind: str, record: str) -> None:
        """Forget a record, but for when it stood in the log."""
        facts = self.of(kind)
        self._gone = {**self._gone, record: facts[record][1]}
        self.put(kind, {name: fact for name, fact in facts.items() if name != record})


def ref(record: str, fact: Fact) -> Ref:
    """A record as it is cited."""
    return [fact[0], fact[2], record]


def first(facts: Mapping[str, Fact]) -> str:
    """Of several records that make the same due, the one that counts as its source.

    The first by id, not by its place in the log: what came first is chance.
    """
    return min(facts)
