"""A page: what is remembered under one key, of one meal, one shift or one order.

    f  facts    type → record id → [index, since, leaf hash, …], what a rule needs of each record
    o  shown    item → how its obligation was shown last, and the finding that it is missing
    x  gone     answers that were corrected → when they stood in the log
    t  touched  when a record last changed the page
    w  watch    when it is to be looked at again, to be forgotten
    u  until    up to when an answer comes in time for whatever is open, once all of it was judged
    v  version  of the policy that it was judged by last
    a  asked    item → since when it is asked for, where it was not when it became due

What replaces a corrected answer counts from when the first one stood in the log: putting a slip of
the pen right makes nothing late.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.oversight.completeness.obligation import MET, MISSING, OPEN, VOID, Obligation
from ledger.oversight.seen import Ref, Seen

Fact = list[Any]

_NONE: Final[Mapping[str, Any]] = {}
_BLANK: Final[Mapping[str, Any]] = {"f": {}, "o": {}, "t": "", "w": "", "v": 0}

LAST: Final = "9999-12-31T23:59:59.999Z"

Shown = list[Any]
"""How an obligation was shown last: `[status, index of its source, of its answer or None, due_at, the
finding that it is missing or None, the outage that excuses it or None]`."""


class Page:
    """One page, opened to be changed: what was stored is copied, as far as it is changed.

    Attributes:
        key: that it stands under.
        new: whether nothing was known.
        shown: by item.
        touched: when a record last changed it; empty where none has.
        watch: when it is looked at again; empty where that is not set.
        version: of the policy that it was judged by last.
        waits: until when it is not judged, since it was opened; empty where it is.
        asked: since when some items are asked for that were not when what makes them due came.
    """

    __slots__ = (
        "_facts", "_gone", "_own", "_state", "_until",
        "asked", "key", "new", "shown", "touched", "version", "waits", "watch",
    )  # fmt: skip

    def __init__(self, key: str, stored: Mapping[str, Any] | None) -> None:
        """What is stored under the key, None for nothing."""
        self.key, self.new = key, stored is None
        known = _BLANK if stored is None else stored
        self._facts: dict[str, Any] = {**known["f"]}
        self._gone: Mapping[str, str] = known.get("x", _NONE)
        self.shown: dict[str, Shown] = {**known["o"]}
        self.touched: str = known["t"]
        self.watch: str = known["w"]
        self.version: int = known["v"]
        self.asked: Mapping[str, str] = known.get("a", _NONE)
        self._until: str | None = known.get("u")
        self.waits = ""
        self._own: set[str] = set()
        self._state: dict[str, Any] = {"f": self._facts, "o": self.shown}

    def state(self) -> dict[str, Any]:
        """What is to be stored: the same each time, its facts and rows as they are on the page.

        What else is on it is so once this is asked for last.
        """
        state = self._state
        state["t"], state["w"], state["v"] = self.touched, self.watch, self.version
        if self._gone:
            state["x"] = self._gone
        if self.asked:
            state["a"] = self.asked
        if self._until is not None:
            state["u"] = self._until
        return state

    def facts(self) -> dict[str, Any]:
        """The page's facts as they are now, whatever comes on it later."""
        self._own.clear()
        return {**self._facts}

    def judged(self, *, wholly: bool) -> None:
        """Everything owed was judged, or all of it that could have changed since it last was."""
        if self._until is None and not wholly:
            return
        last = LAST
        for status, _, _, due_at, missing, _ in self.shown.values():
            if status == MISSING or missing is not None:
                last = ""
                break
            if status == OPEN and due_at < last:
                last = due_at
        self._until, self.waits = last, ""

    def wait(self, until: str) -> None:
        """What is owed need not be judged before then."""
        self._until = self.waits = until

    def in_time(self, now: str) -> bool:
        """Whether an answer that comes now is in time for everything that is open."""
        until = self._until
        return until is not None and now <= until

    def of(self, kind: str) -> Mapping[str, Fact]:
        """Facts of one type by record id, in the order in which they were told."""
        found: Mapping[str, Fact] = self._facts.get(kind, _NONE)
        return found

    def ask(self, item: str, one: Obligation, at: str) -> None:
        """A policy asks for an item: if it did not before, nobody could know of it until now.

        So it is too of what had been met, or was over, and is not by what is asked now.
        """
        was = self.shown.get(item)
        if was is None:
            known = False
        elif was[0] == VOID:
            known = was[4] is not None or one.ended
        else:
            known = was[0] in (OPEN, MISSING) or bool(one.answers)
        if not known:
            self.asked = {**self.asked, item: at}

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

    def knows(self, kinds: Iterable[str]) -> bool:
        """Whether any record of these types stands on it."""
        return not self._facts.keys().isdisjoint(kinds)

    def knew(self, kind: str, record: str) -> bool:
        """Whether a record of that type stands on it, or stood there until it was corrected."""
        return record in self.of(kind) or record in self._gone

    def add(self, seen: Seen, more: Fact) -> Fact:
        """Remember a record: when it, or what it replaces, came, and what a rule needs of it."""
        kind, since = seen.type, seen.logged_at
        known = self._facts.get(kind, _NONE)
        for rel, record, _ in seen.links:
            if rel == "replaces" and record is not None:
                replaced = known.get(record)
                stood = self._gone.get(record, since) if replaced is None else replaced[1]
                since = min(since, stood)
        fact = [seen.index, since, seen.leaf_hash.hex(), *more]
        if kind in self._own:
            self._facts[kind][seen.id] = fact
        else:
            self._facts[kind] = {**known, seen.id: fact}
            self._own.add(kind)
        return fact

    def only(self, kind: str, record: str) -> "Page":
        """The page as if this were the only record of its type."""
        other = Page(self.key, self.state())  # copies what it changes
        other.put(kind, {record: self.of(kind)[record]})
        return other

    def put(self, kind: str, facts: Mapping[str, Fact]) -> None:
        """Replace all facts of one type."""
        self._own.discard(kind)
        if facts:
            self._facts[kind] = facts
        else:
            self._facts.pop(kind, None)

    def remove(self, kind: str, record: str) -> None:
        """Forget a record, but for when it stood in the log."""
        facts = self.of(kind)
        self._gone = self._state["x"] = {**self._gone, record: facts[record][1]}
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
