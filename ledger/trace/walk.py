"""The walk from one record: which records to ask for next, and what the answer adds to the graph.

    ask → (somebody reads the log, and drops what the reader may not see) → take → ask → …

One question a level, whatever the number of records in it. The store is asked for candidates only:
that a hop is there is decided here, by what the entries themselves say.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ledger import subject as subjects
from ledger.trace.hops import (
    BY_NAME,
    FOLLOWED,
    HOLDER,
    OWN,
    PAPERS,
    UNDER_PAPERS,
    Days,
    Edge,
    Seen,
    edges,
    types_above,
    types_below,
)

MAX_DEPTH: Final = 16
"""Hops from the first record, at most."""


_Doors = Mapping[str, Sequence[tuple["Node", frozenset[str]]]]
"""Record id or subject → records that may have a hop through it, each with the types beyond."""


class Direction(StrEnum):
    """Which way a walk goes."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Sharing:
    """A question for the records of some types that have, or link to, one of some subjects.

    Attributes:
        types: the types wanted, ascending.
        subjects: the subjects, ascending.
        since: occurred on this civil day or later, give or take a day; None: whenever.
        until: on this day or before, likewise.
    """

    types: tuple[str, ...]
    subjects: tuple[str, ...]
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What the next level needs.

    Attributes:
        ids: records by their ids.
        targets: record ids and subjects: the records that link to one of them.
        holders: parties: the papers (`hops.PAPERS`) they hold.
        sharing: records by type and subject.
        known: indices of records that need not be read again.
    """

    ids: frozenset[str]
    targets: frozenset[str]
    holders: frozenset[str]
    sharing: tuple[Sharing, ...]
    known: frozenset[int]


@dataclass(slots=True)
class Node:
    """A record of the graph.

    Attributes:
        seen: the record.
        depth: hops from the first record, by the shortest way.
        followed: lots and dishes that the walk keeps to from here on; of a kind that does not
            appear, none has been met yet.
    """

    seen: Seen
    depth: int
    followed: frozenset[str]


@dataclass(slots=True)
class Walk:
    """A walk in one direction.

    Attributes:
        start: where it begins.
        direction: up or down.
        depth: most hops, 1 to `MAX_DEPTH`.
        most: most records, the first included.
        days: the civil days of a time in normal form.
        window: only records that occurred at the first of these times or later, and before the
            second, the start apart; "" for a side without bound.
        nodes: the graph's records by index.
        edges: its hops, in the order found.
        cut: ids of the records of which not all neighbours were taken in.
        asked: ids that were asked for by name, and who names them.

    A walk in parts (`parts.py`) branches: what hangs on a record directly is met in many parts,
    shown wherever it is met, and walked on from in its own turn only.
    """

    start: Seen
    direction: Direction
    depth: int
    most: int
    days: Callable[[str], Days]
    window: tuple[str, str] = ("", "")
    nodes: dict[int, Node] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    cut: dict[str, None] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)
    _frontier: list[Node] = field(default_factory=list)
    _found: set[str] = field(default_factory=set)
    _branched: list[Node] = field(default_factory=list)
    _turns: "_Doors" = field(default_factory=dict)
    _level: int = 0

    def __post_init__(self) -> None:
        first = Node(self.start, 0, _of_followed_kinds(self.start))
        self.nodes[self.start.index] = first
        self._frontier = [first]
        self._found.add(self.start.id)

    def ask(self, *, named: bool = True) -> Ask | None:
        """What to read next; None where the walk has ended.

        Args:
            named: whether a record asked for by its id is absent if it does not come.
        """
        if not self._frontier or self._level == self.depth:
            return None
        up = self.direction is Direction.UP
        ids: set[str] = set()
        targets: set[str] = set()
        holders: set[str] = set()
        wanted: dict[tuple[tuple[str, ...], str | None, str | None], set[str]] = defaultdict(set)
        for node in self._frontier:
            if up:
                ids.update(_linked_ids(node.seen))
                holders.update(_holders(node.seen, UNDER_PAPERS))
            else:
                targets.add(node.seen.id)
                targets.update(_own_documents(node.seen))
            for sharing in _sharing(node, self.window, up=up):
                key = sharing.types, sharing.since, sharing.until
                wanted[key].update(sharing.subjects)
        if named:
            self.asked.update(dict.fromkeys(sorted(ids)))
        questions = [
            Sharing(types, tuple(sorted(found)), since, until)
            for (types, since, until), found in wanted.items()
        ]
        # A known record is still looked for, since another hop may lead to it; it is not read again.
        return Ask(
            frozenset(ids),
            frozenset(targets),
            frozenset(holders),
            tuple(questions),
            frozenset(self.nodes),
        )

    def take(self, records: Iterable[Seen], known: Iterable[int], *, more: bool) -> None:
        """Take in the answer: one level further.

        Args:
            records: those asked for that are new to the walk, as far as the reader may see them.
            known: indices of those asked for that it has already.
            more: whether there were more than could be read.
        """
        self._level += 1
        frontier, self._frontier = self._frontier, []
        if more:
            self.cut.update((node.seen.id, None) for node in frontier)
        fresh = {record.index: record for record in records}
        self._found.update(record.id for record in fresh.values())
        inside = [record for record in fresh.values() if self._in_window(record)]
        candidates = [*inside, *(self.nodes[index].seen for index in known)]
        up = self.direction is Direction.UP
        doors = _doors(frontier, self.window, up=up)
        again: dict[int, Node] = {}
        for candidate in sorted(candidates, key=lambda record: record.index):
            for node in _through(doors, candidate, up=up):
                self._join(node, candidate, again)
        self._frontier = list(again.values())

    def branch(self, turns: Iterable[Seen]) -> bool:
        """Take in only some of what hangs on the one record of the frontier: it is their turn now.

        False where none of them does hang on it.
        """
        (node,) = self._frontier
        self.take(turns, (), more=False)
        self._branched.append(node)
        self._turns = _doors(self._branched, self.window, up=self.direction is Direction.UP)
        return bool(self._frontier)

    def met(self, ids: Iterable[str]) -> None:
        """These are not absent, whether or not they are taken in."""
        self._found.update(ids)

    def absent(self) -> Iterator[tuple[str, str, str]]:
        """(id of the record, rel or field, id it names) for records named that were not taken in.

        Only looking up asks for records by name.
        """
        missing = self.asked.keys() - self._found
        for node in self.nodes.values():
            for link in node.seen.entry.statement.links:
                if link.id in missing:
                    yield node.seen.id, link.rel, link.id or ""
            for record_id, name in node.seen.names.items():
                if record_id in missing:
                    yield node.seen.id, name, record_id

    def _in_window(self, record: Seen) -> bool:
        first, end = self.window
        occurred_at = record.entry.statement.occurred_at
        return first <= occurred_at and (not end or occurred_at < end)

    def _join(self, node: Node, other: Seen, again: dict[int, Node]) -> None:
        """Add the hops between a record of the frontier and a candidate, and the candidate."""
        hops = self._hops(node, other)
        followed = _follow(node.followed, other) if hops else None
        if followed is None:
            return
        there = self.nodes.get(other.index)
        if there is None and len(self.nodes) == self.most:
            self.cut[node.seen.id] = None
            return
        self.edges.update(dict.fromkeys(hops))
        if there is None:
            there = self.nodes[other.index] = Node(other, self._level, followed)
        elif followed <= there.followed:
            return
        else:
            there.followed |= followed
        if not self._has_a_turn(other):
            again[other.index] = there

    def _hops(self, node: Node, other: Seen) -> list[Edge]:
        """The hops between a record of the walk and another that it may go by."""
        lower, upper = (node.seen, other) if self.direction is Direction.UP else (other, node.seen)
        if lower.index == upper.index:
            return []
        return [
            edge
            for edge in edges(lower, upper, self.days(lower.entry.statement.occurred_at))
            if edge.via is None
            or subjects.kind(edge.via) not in FOLLOWED
            or edge.via in node.followed
        ]

    def _has_a_turn(self, other: Seen) -> bool:
        """Whether `other` is, or hangs directly on, a record at which the walk branched."""
        up = self.direction is Direction.UP
        return any(node.seen.index == other.index for node in self._branched) or any(
            self._hops(node, other) and _follow(node.followed, other) is not None
            for node in _through(self._turns, other, up=up)
        )


def _doors(frontier: Iterable[Node], window: tuple[str, str], *, up: bool) -> _Doors:
    """The doors of these records; no types beyond where any will do."""
    doors: dict[str, list[tuple[Node, frozenset[str]]]] = defaultdict(list)
    for node in frontier:
        open_to_all = _linked_ids(node.seen) if up else (node.seen.id, *_own_documents(node.seen))
        for name in open_to_all:
            doors[name].append((node, frozenset()))
        for name in _holders(node.seen, UNDER_PAPERS) if up else ():
            doors[name].append((node, frozenset(PAPERS)))
        for sharing in _sharing(node, window, up=up):
            for name in sharing.subjects:
                doors[name].append((node, frozenset(sharing.types)))
    return doors


def _through(doors: _Doors, other: Seen, *, up: bool) -> Iterator[Node]:
    """The records whose doors lead to `other`, each once."""
    keys = {other.id} if up else set(_linked_ids(other))
    met: dict[int, Node] = {}
    for key in keys | other.mentions:
        for node, types in doors.get(key, ()):
            if not types or other.type in types:
                met[node.seen.index] = node
    yield from met.values()


def _linked_ids(seen: Seen) -> Mapping[str, object]:
    ids: dict[str, object] = dict.fromkeys(
        link.id for link in seen.entry.statement.links if link.id is not None
    )
    return ids | dict(seen.names)


def _holders(seen: Seen, types: tuple[str, ...]) -> Iterator[str]:
    if seen.type in types:
        yield from (name for name in seen.mentions if subjects.kind(name) == HOLDER)


def _own_documents(seen: Seen) -> Iterator[str]:
    """Subjects by which others link to this record without knowing its id."""
    for name in seen.entry.statement.subjects:
        if seen.type in OWN.get(subjects.kind(name), ()):
            yield name


def _sharing(node: Node, window: tuple[str, str], *, up: bool) -> Iterator[Sharing]:
    seen = node.seen
    linked = {link.subject for link in seen.entry.statement.links if link.subject is not None}
    for name in seen.mentions:
        kind = subjects.kind(name)
        if kind in FOLLOWED and name not in node.followed:
            continue
        types = set(types_above(kind, seen.type) if up else types_below(kind, seen.type))
        if up and name in linked:
            types.update(OWN.get(kind, ()))
        if types:
            yield Sharing(tuple(sorted(types)), (name,))
    if up:
        return
    period = seen.period()
    if seen.type in PAPERS and period is not None:
        held = tuple(_holders(seen, PAPERS))
        since, until = max(period[0], window[0][:10]), min(period[1], window[1][:10] or period[1])
        yield Sharing(tuple(sorted(UNDER_PAPERS)), held, since or None, until)
    if seen.type in BY_NAME:
        kind, types_named = BY_NAME[seen.type]
        shared = tuple(name for name in seen.mentions if subjects.kind(name) == kind)
        yield Sharing(types_named, shared)


def _of_followed_kinds(seen: Seen) -> frozenset[str]:
    return frozenset(name for name in seen.mentions if subjects.kind(name) in FOLLOWED)


def _follow(followed: frozenset[str], other: Seen) -> frozenset[str] | None:
    """What is followed on from `other`; None where it is about other lots or dishes only."""
    onward: set[str] = set()
    for kind in FOLLOWED:
        before = {name for name in followed if subjects.kind(name) == kind}
        own = {name for name in other.mentions if subjects.kind(name) == kind}
        both = before & own if before and own else before or own
        if before and own and not both:
            return None
        onward |= both
    return frozenset(onward)
