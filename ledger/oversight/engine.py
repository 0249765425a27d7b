"""The engine: tells records to rule families, wakes them, and gathers what follows.

    step (the next record)  →  timers that are past  →  families told  →  changes
    advance (the log is silent)  →  timers that are past  →  changes

Nothing here looks at a clock or a database: state is read through a function that is handed in, and
what follows from a stretch of the log is taken as one `Changes`, to be stored in one transaction. The
same records give the same changes, in whatever stretches they come: an audit is the same engine over
a state of its own.

A timer at T fires when a record logged after T comes, or when the log is known to have nothing more
up to then; so what a family is woken for has seen all entries logged up to T, and no other.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.oversight import policies, taking_back
from ledger.oversight.family import Context, Family, Revises, Row, Settles
from ledger.oversight.found import found_by, linked, record_id_of
from ledger.oversight.policies import Policy
from ledger.oversight.seen import Ref, Seen

_POLICY: Final = "policy "
"""Begins the key under which the policy of a family is stored."""

Timer = tuple[str, str, str]
"""When (normal form), family, key."""

Read = Callable[[Sequence[str]], Mapping[str, JsonValue]]
"""What is stored under those of the keys under which anything is."""

Tell = Callable[[Seen, Context], None]

Lookup = Callable[[str], Seen | None]
"""A record of the log by its id."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A record to be posted by the engine.

    Attributes:
        family: that found it.
        request: as `POST /v1/records` takes it, without issuer, seed and signature.
    """

    family: str
    request: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Follows from the ledger and the document: found again, it is the same record."""
        return str(self.request["id"])


@dataclass(slots=True)
class Changes:
    """What followed from a stretch of the log.

    Attributes:
        size: entries told so far.
        state: by key; None: forgotten.
        timers: those set and not fired yet.
        fired: those that fired and were set before this stretch.
        rows: by family and name, the last of each.
        findings: in the order in which they were found.
    """

    size: int
    state: dict[str, JsonValue] = field(default_factory=dict)
    timers: set[Timer] = field(default_factory=set)
    fired: set[Timer] = field(default_factory=set)
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing followed."""
        return not (self.state or self.timers or self.fired or self.rows or self.findings)


class Engine:
    """Folds a log into findings; one thread uses it."""

    def __init__(
        self,
        families: Sequence[Family],
        *,
        ledger: str,
        zone: str,
        read: Read = lambda _keys: {},
        lookup: Lookup = lambda _id: None,
        size: int = 0,
        now: str = "",
        timers: Iterable[Timer] = (),
    ) -> None:
        """Begin, or go on where stored changes ended.

        Args:
            families: in the order in which they are told.
            ledger: leaf hash of genesis, hex: ids of findings follow from it.
            zone: IANA name, from genesis.
            read: what is stored; asked once for each key at most until `forget_cache`.
            lookup: finds what a correction or an erasure takes back, and what a finding cites.
            size: entries told already.
            now: the log's time then; empty before the first.
            timers: those that are set.
        """
        self.ledger, self.zone = ledger, zone
        # From entry 0 on nothing is stored but what was put since, until that is dropped.
        self.whole = size == 0
        self._read, self.lookup = read, lookup
        self._contexts = [_Context(self, family) for family in families]
        self._told: dict[str, list[tuple[_Context, Tell, frozenset[str]]]] = {}
        for context in self._contexts:
            for kind, fields in context.family.reads.items():
                told = context, context.family.tell, fields
                self._told.setdefault(kind, []).append(told)
        self._by_name = {context.family.name: context for context in self._contexts}
        self._heap = sorted(timers)
        # Those of the heap that are stored; all others are among the changes.
        self._stored = set(self._heap)
        self.size, self.now = size, now
        self.changes = Changes(size)
        self.unmade: dict[tuple[str, str], Callable[[], Row]] = {}
        for context in self._contexts:
            context.load_policy()

    @property
    def reads(self) -> frozenset[str]:
        """The types whose payloads some family reads."""
        return frozenset(self._told) | {policies.TYPE}

    @property
    def next_timer(self) -> str | None:
        """When the next timer is set for; None without any."""
        return self._heap[0][0] if self._heap else None

    def prefetch(self, records: Iterable[Seen]) -> None:
        """Read what these records will probably be folded into."""
        wanted: dict[str, tuple[_Context, str]] = {}
        for seen in () if self.whole else records:
            for context, _, _ in self._told.get(seen.type, ()):
                for key in context.family.keys(seen):
                    if not context.remembers(key):
                        wanted[context.prefix + key] = context, key
        self.fetch(wanted)

    def step(self, seen: Seen) -> None:
        """The next record; requires seen.index == size."""
        if seen.index != self.size:
            raise ValueError(f"record {seen.index} after {self.size} entries")
        if self._heap and self._heap[0][0] < seen.logged_at:
            self.advance(seen.logged_at)
        self.now = seen.logged_at
        self.size = self.changes.size = seen.index + 1
        rel = taking_back.REL.get(seen.type)
        if rel is not None:
            self._take_back(seen, rel)
        if seen.type == policies.TYPE:
            self._tell_policy(seen)
        whole = seen.payload is not None and not seen.erased
        for context, tell, fields in self._told.get(seen.type, ()):
            if whole or seen.readable(fields):
                tell(seen, context)

    def advance(self, until: str) -> None:
        """Fire the timers before a time up to which, it included or not, the log has been told."""
        heap, fresh = self._heap, self.changes.timers
        while heap and heap[0][0] < until:
            timer = at, name, key = heapq.heappop(heap)
            if timer in fresh:
                fresh.remove(timer)
            else:
                self._stored.remove(timer)
                self.changes.fired.add(timer)
            self.now = max(self.now, at)
            context = self._by_name.get(name)
            if context is not None:
                context.family.due(key, context)

    def take_changes(self) -> Changes:
        """What followed since the last call."""
        for context in self._contexts:
            context.settle()
            context.hand_over(self.changes)
        taken, self.changes = self.changes, Changes(self.size)
        self._stored |= taken.timers
        for place, make in self.unmade.items():
            taken.rows[place] = make()
        self.unmade.clear()
        return taken

    def forget_cache(self, above: int = 0) -> None:
        """Drop what was not asked for since the last time, if more than so many keys are remembered.

        Above none, drop all: then everything is read again as it was stored.
        """
        contexts = self._contexts
        if sum(len(one.cache) + len(one.idle) for one in contexts) <= above:
            return
        if self.changes.state or any(one.changed for one in contexts):
            raise ValueError("changes were not taken")
        if self.whole:
            # What is not there is nothing, so nothing need not be remembered.
            for one in contexts:
                for key in [key for key, value in one.cache.items() if value is None]:
                    del one.cache[key]
            if sum(len(one.cache) for one in contexts) <= above:
                return
        for one in contexts:
            one.cache, one.idle = {}, one.cache if above else {}
        self.whole = False

    def fetch(self, keys: Mapping[str, tuple["_Context", str]]) -> None:
        """Read what is stored: as it is stored, with whose it is and the key that it has there."""
        for context, key in keys.values():
            context.cache[key] = None
        if keys:
            for full, value in self._read(list(keys)).items():
                context, key = keys[full]
                context.cache[key] = value

    def stored_policy(self, name: str) -> Any:
        """What was stored of a family's policy."""
        full = _POLICY + name
        return None if self.whole else self._read([full]).get(full)

    def wake(self, timer: Timer) -> None:
        """Set a timer."""
        changes = self.changes
        if timer not in changes.timers and timer not in self._stored:
            heapq.heappush(self._heap, timer)
            # One that fired in this very stretch stands among the stored ones until it is taken out.
            if timer in changes.fired:
                changes.fired.remove(timer)
                self._stored.add(timer)
            else:
                changes.timers.add(timer)

    def waiting(self, family: str) -> list[str]:
        """The keys that timers of a family are set for, ascending."""
        return sorted({key for _, name, key in self._heap if name == family})

    def _tell_policy(self, seen: Seen) -> None:
        context = self._by_name.get(seen.fields.get("name", ""))
        if context is not None:
            context.tell_policy(seen)

    def _take_back(self, seen: Seen, rel: str) -> None:
        fields = seen.fields.get("fields") if seen.type == "erasure" else None
        for record_id in seen.linked(rel):
            target = self.lookup(record_id)
            if target is None or not taking_back.counts(seen.type, seen.issuer, target.type):
                continue
            for context, _, read in self._told.get(target.type, ()):
                if fields is None or read.intersection(fields):
                    context.family.take_back(target, context)


class _Context:
    """`family.Context` for one family."""

    def __init__(self, engine: Engine, family: Family) -> None:
        self.engine, self.family, self.zone = engine, family, engine.zone
        self.policy = policies.built_in(family.name, family.defaults)
        self._name = family.name
        self.prefix = f"{family.name} "
        # By the family's own keys: what is known to stand under them, of the idle ones too, that
        # nobody asked for lately; and what does since changes were taken.
        self.cache: dict[str, JsonValue] = {}
        self.idle: dict[str, JsonValue] = {}
        self.changed: dict[str, JsonValue] = {}
        self._settle = family.settle if isinstance(family, Settles) else None
        self.draft: Any = None

    def settle(self) -> None:
        """What the family put off happens."""
        if self._settle is not None and self.draft is not None:
            self._settle(self)
            self.draft = None

    def hand_over(self, changes: Changes) -> None:
        """Put what was changed among these changes."""
        prefix, state = self.prefix, changes.state
        for key, value in self.changed.items():
            state[prefix + key] = value
        self.changed.clear()

    @property
    def now(self) -> str:
        return self.engine.now

    @property
    def size(self) -> int:
        return self.engine.size

    def get(self, key: str) -> Any:
        found = self.cache.get(key)
        if found is None and not self.engine.whole and not self.remembers(key):
            self.engine.fetch({self.prefix + key: (self, key)})
        return self.cache.get(key) if found is None else found

    def remembers(self, key: str) -> bool:
        """Whether it is known what stands under a key: it is asked for now."""
        if key in self.cache:
            return True
        if key not in self.idle:
            return False
        self.cache[key] = self.idle.pop(key)
        return True

    def put(self, key: str, value: JsonValue) -> None:
        self.cache[key] = self.changed[key] = value

    def record(self, record_id: str) -> Seen | None:
        return self.engine.lookup(record_id)

    def wake(self, at: str, key: str) -> None:
        now = self.engine.now
        self.engine.wake((max(now, at), self._name, key))

    def row(self, row: Row) -> None:
        place = (row.family, row.name)
        self.engine.changes.rows[place] = row
        self.engine.unmade.pop(place, None)

    def show(self, name: str, make: Callable[[], Row]) -> None:
        self.engine.unmade[self.family.name, name] = make

    def find(
        self,
        kind: str,
        payload: Mapping[str, Any],
        inputs: Sequence[Ref],
        *,
        links: Mapping[str, Sequence[str]] | None = None,
        cites: bool = True,
    ) -> str:
        said = found_by(kind, payload, inputs, self.policy, self.size)
        record_id = record_id_of(kind, said, self.engine.ledger)
        if self.policy.in_force:
            request = {
                "id": record_id,
                "type": kind,
                "occurred_at": self.now,
                "payload": said,
                "links": linked(inputs if cites else (), links or {}),
            }
            self.engine.changes.findings.append(Finding(self.family.name, request))
        return record_id

    def load_policy(self) -> None:
        """What was stored of it."""
        stored = self.engine.stored_policy(self.family.name)
        if stored is not None:
            self.policy = Policy(self.family.name, stored["version"], stored["rules"])

    def tell_policy(self, seen: Seen) -> None:
        """A record of the family's policy."""
        after = policies.succeed(self.policy, seen.fields, self.family.defaults)
        if after is not self.policy:
            self.settle()
            self.policy = after
            stored: JsonValue = {"version": after.version, "rules": dict(after.rules)}
            self.engine.changes.state[_POLICY + after.name] = stored
            if isinstance(self.family, Revises):
                self.family.revise(self.engine.waiting(self.family.name), self)
