"""A page: what is remembered under one key, of one meal, one shift or one order.

    f  facts    type → record id → [index, since, leaf hash, …], what a rule needs of each record
    o  shown    item → how its obligation was shown last, and the finding that it is missing
    x  gone     answers that were corrected → when they stood in the log
    t  touched  when a record last changed the page
    w  watch    when it is to be looked at again, to be forgotten

What replaces a corrected answer counts from when the first one stood in the log: putting a slip of
the pen right makes nothing late.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.oversight.completeness.obligation import MET
from ledger.oversight.seen import Ref, Seen

Fact = list[Any]

_NONE: Final[Mapping[str, Any]] = {}
_BLANK: Final[Mapping[str, Any]] = {"f": {}, "o": {}, "t": "", "w": ""}

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
        known = _BLANK if stored is None else stored
        self._facts: dict[str, Mapping[str, Fact]] = {**known["f"]}
        self._gone: Mapping[str, str] = known.get("x", _NONE)
        self.shown: dict[str, Shown] = {**known["o"]}
        self.touched: str = known["t"]
        self.watch: str = known["w"]

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

    def is_met(self, item: str) -> bool:
        """Whether an obligation was shown last as met in time."""
        shown = self.shown.get(item)
        return shown is not None and shown[0] == MET

    def has(self, record: str) -> str | None:
        """The type under which a record is known here; None where it is not."""
        return next((kind for kind, facts in self._facts.items() if record in facts), None)

    def knew(self, kind: str, record: str) -> bool:
        """Whether a record of that type stands on it, or stood there until it was corrected."""
        return record in self.of(kind) or record in self._gone

    def add(self, seen: Seen, replaces: Iterable[str], more: Fact) -> Fact:
        """Remember a record: when it, or what it replaces, came, and what a rule needs of it."""
        known, since = self._facts.get(seen.type, _NONE), seen.logged_at
        for record in replaces:
            replaced = known.get(record)
            since = min(since, self._gone.get(record, since) if replaced is None else replaced[1])
        fact = [seen.index, since, seen.leaf_hash.hex(), *more]
        self._facts[seen.type] = {**known, seen.id: fact}
        return fact

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


def facts(stored: Mapping[str, Any] | None, kind: str) -> Mapping[str, Fact]:
    """Facts of one type that stand on a page, of which nothing else is asked."""
    known: Mapping[str, Fact] = _NONE if stored is None else stored["f"].get(kind, _NONE)
    return known


def ref(record: str, fact: Fact) -> Ref:
    """A record as it is cited."""
    return [fact[0], fact[2], record]


def first(facts: Mapping[str, Fact]) -> str:
    """Of several records that make the same due, the one that counts as its source.

    The first by id, not by its place in the log: what came first is chance.
    """
    return min(facts)


def newest(facts: Mapping[str, Fact]) -> str:
    """Of several records that answer the same, the one that came last in the log."""
    return max(facts, key=lambda record: facts[record][0])
