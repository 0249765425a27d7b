"""Facts and acts: what a rule may refuse at write time, and on what ground (DESIGN §4).

*Acts* may be blocked: a frozen school cannot order. *Facts* are stored whatever they say. A rule is
asked about an `Act` and about nothing else, and there is no `Act` of any type but `ACT_TYPES`.

    cause (a record)  →  fold: state under keys      act  →  check: state under its keys → refusal

The append transaction reads the state of a batch's keys once the head is locked, folds every record
of the batch in its place, and writes what changed beside the entries. So an act is judged by all
that stands below it in the log, by whatever process it came there, and state is a function of the
log: `replay` derives it again.

What a record told is taken back by its correction, whatever the reason, and by the erasure of a
field that the rule read, for then nobody could show any more why an act is blocked; `taking_back`
says of what that is a regulator's matter. A correction taken back restores nothing: what is to hold
again is posted again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import orjson

from ledger.canonical import JsonValue
from ledger.errors import Fault
from ledger.governance import Erasure
from ledger.oversight import civil, taking_back
from ledger.statement import Statement

ACT_TYPES: Final = frozenset(
    {"order", "order-response", "supplier-selection", "settlement", "menu"}
)
"""The types that may be refused for what stands in the log; every other is a fact."""

State = Mapping[str, JsonValue]
"""What rules remember, by key; a key under which nothing is remembered is missing."""


@dataclass(frozen=True)
class Told:
    """A record as a rule sees it.

    Attributes:
        said: its statement.
        data: the payload's canonical bytes.
    """

    said: Statement
    data: bytes

    @cached_property
    def payload(self) -> Mapping[str, JsonValue]:
        """The payload, parsed when a rule asks for it; its form was checked at the edge."""
        parsed: dict[str, JsonValue] = orjson.loads(self.data)
        return parsed


@dataclass(frozen=True)
class Act(Told):
    """A record that may be refused: made by `Act.of` only."""

    logged_at: str
    zone: str

    @staticmethod
    def of(said: Statement, data: bytes, logged_at: str, zone: str) -> "Act | None":
        """The act of a statement; None where it is a fact.

        Args:
            said: the statement.
            data: the payload's canonical bytes.
            logged_at: time of its entry, normal form: what a rule with deadlines goes by.
            zone: the log's time zone, as genesis names it: what civil dates are meant in.
        """
        return Act(said, data, logged_at, zone) if said.type in ACT_TYPES else None

    @property
    def logged_on(self) -> str:
        """The civil date of its entry in the log's time zone, `YYYY-MM-DD`."""
        return civil.day_of(self.logged_at, self.zone)


class ActRule(Protocol):
    """One rule. Its methods are pure, and cheap: they run while the head is locked."""

    @property
    def version(self) -> str:
        """Its name, and a number that grows whenever it would remember something else of a log.

        State that another version left counts for nothing: it is derived again.
        """
        ...

    @property
    def acts(self) -> frozenset[str]:
        """The types it may refuse, out of `ACT_TYPES`."""
        ...

    @property
    def causes(self) -> Mapping[str, frozenset[str]]:
        """The types it folds, and of each the payload fields it reads."""
        ...

    def keys(self, said: Statement) -> Iterable[str]:
        """The keys that an act is checked under, or that a cause may change: by statement alone.

        No other rule may use them: they begin with the rule's own name.
        """
        ...

    def fold(self, told: Told, state: State) -> State:
        """What a cause changes, by key. State has at least the keys of its statement."""
        ...

    def take_back(self, said: Statement, state: State) -> State:
        """What changes when a cause counts no more; state has at least the keys of `said`."""
        ...

    def check(self, act: Act, state: State) -> Fault | None:
        """Why the act is blocked, with the record that causes it; None where it is not."""
        ...


class ActRules:
    """All rules of a version, found by record type.

    Attributes:
        version: of all of them: what they remember of one log differs only where this does.
        touched: types of which keys must be read: acts and causes.
        retracting: types that may take causes back; the link that names them.
    """

    retracting: Final[Mapping[str, str]] = taking_back.REL

    def __init__(self, rules: Sequence[ActRule]) -> None:
        """Raises ValueError for a rule that would refuse a fact."""
        self.version = ", ".join(sorted(rule.version for rule in rules))
        self._by_act: dict[str, list[ActRule]] = {}
        self._by_cause: dict[str, list[ActRule]] = {}
        for rule in rules:
            if not rule.acts <= ACT_TYPES:
                raise ValueError(f"facts are never refused: {sorted(rule.acts - ACT_TYPES)}")
            for kind in rule.acts:
                self._by_act.setdefault(kind, []).append(rule)
            for kind in rule.causes:
                self._by_cause.setdefault(kind, []).append(rule)
        self.touched = self._by_act.keys() | self._by_cause.keys()

    @property
    def causes(self) -> frozenset[str]:
        """The types that some rule folds."""
        return frozenset(self._by_cause)

    def keys(self, said: Statement) -> list[str]:
        """The keys that a record of a `touched` type is checked under, or may change."""
        rules = (*self._by_act.get(said.type, ()), *self._by_cause.get(said.type, ()))
        return [key for rule in rules for key in rule.keys(said)]

    def check(self, act: Act, state: State) -> Fault | None:
        """The first reason why an act is blocked."""
        for rule in self._by_act.get(act.said.type, ()):
            fault = rule.check(act, state)
            if fault is not None:
                return fault
        return None

    def fold(self, told: Told, state: State) -> dict[str, JsonValue]:
        """What a record changes, by key."""
        changes: dict[str, JsonValue] = {}
        for rule in self._by_cause.get(told.said.type, ()):
            changes |= rule.fold(told, state)
        return changes

    def take_back(
        self, target: Statement, erasure: Erasure | None, state: State
    ) -> dict[str, JsonValue]:
        """What changes because `target` was corrected or, where an `erasure` is given, erased."""
        changes: dict[str, JsonValue] = {}
        for rule in self._by_cause.get(target.type, ()):
            read = rule.causes[target.type]
            if erasure is None or (read if erasure.scope == "record" else read & {*erasure.fields}):
                changes |= rule.take_back(target, state)
        return changes

    def readable(self, kind: str, erased: frozenset[str] | None) -> bool:
        """Whether what the rules read of a record of this type is still there.

        Args:
            kind: the type.
            erased: names of the fields that were erased; None: the whole payload.
        """
        read = frozenset[str]().union(*(r.causes[kind] for r in self._by_cause.get(kind, ())))
        return not (read if erased is None else read & erased)
