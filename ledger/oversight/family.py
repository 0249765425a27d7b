"""What a rule family is: it is told records in log order, remembers, waits, and finds.

    record  →  tell      the log's time reaches what was waited for  →  due
                 ↘          ↙
           state · timers · rows · findings

All of it is a function of the log. A family never asks what time it is: it is told the log's own
time, which is the `logged_at` of what it is told, or the moment that it asked to be woken at. What it
finds says how many entries it had seen and which records it rests on, so that whoever reads the same
entries finds the same (DESIGN §7, point 7).

State is kept under keys, each a JSON value that is replaced as a whole; a family puts everything
that belongs together under one key, and nothing that grows with the log: what no open question needs
any more is removed. Rows are what people ask for: obligations, reconciliations, scores.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from ledger.canonical import JsonValue
from ledger.oversight.policies import Policy
from ledger.oversight.seen import Ref, Seen


@dataclass(slots=True)
class Row:
    """One line of what people ask for, by the name that it is replaced by; nothing changes it.

    Attributes:
        family: whose it is.
        name: tells it from the family's other rows.
        scope: the subject it is about: a school, a supplier.
        day: civil date in the log's time zone, `YYYY-MM-DD`.
        kind: which of the family's kinds.
        status: of its kind.
        detail: everything else; None removes the row.
    """

    family: str
    name: str
    scope: str = ""
    day: str = ""
    kind: str = ""
    status: str = ""
    detail: Mapping[str, JsonValue] | None = None


class Context(Protocol):
    """What a family may do while it is told something, or woken."""

    @property
    def now(self) -> str:
        """The log's time, normal form."""
        ...

    @property
    def size(self) -> int:
        """How many entries were told, the present one included."""
        ...

    @property
    def zone(self) -> str:
        """The log's time zone, an IANA name: what civil dates are meant in."""
        ...

    @property
    def policy(self) -> Policy:
        """The family's policy in force: the log's, or the built-in one, under which nothing is found."""
        ...

    def get(self, key: str) -> Any:
        """What is remembered under a key; None if nothing is. Not to be changed in place."""
        ...

    def put(self, key: str, value: JsonValue) -> None:
        """Remember a value under a key; None forgets it."""
        ...

    def record(self, record_id: str) -> Seen | None:
        """A record that was told, by its id; without what was erased of it since.

        It is read out of the log, which takes its time: for what is found, not for every record.
        """
        ...

    def wake(self, at: str, key: str) -> None:
        """Have `due` called with this key once the log's time is past `at`.

        A time that is past already counts as now. The same moment and key twice are one call;
        nothing takes a call back: whoever is woken looks whether there is still something to do.
        """
        ...

    def find(
        self,
        kind: str,
        payload: Mapping[str, Any],
        inputs: Sequence[Ref],
        *,
        links: Mapping[str, Sequence[str]] | None = None,
        cites: bool = True,
    ) -> str:
        """Post a finding; the id that it will have.

        The same document (the type's document key) is posted once only, whatever else it says.
        Members of a `Computed` payload that say how it was found are added: policy, size, inputs.

        Args:
            kind: its record type.
            payload: its own fields.
            inputs: the records that it rests on, in any order.
            links: further links, rel → record ids or subjects.
            cites: whether the inputs are linked with `cites`, the newest 512 at most.
        """
        ...

    def row(self, row: Row) -> None:
        """Put a row in the place of the one of that name, or remove it."""
        ...

    def show(self, name: str, make: Callable[[], Row]) -> None:
        """Put a row of this family that is made only once the stretch is over: the last of a name.

        For a row that many records change. It says what stands now: `make` looks at values that
        nothing changes, and at nothing through the context.
        """
        ...

    @property
    def draft(self) -> Any:
        """What a family that settles has in hand until then; None when nothing is."""
        ...

    @draft.setter
    def draft(self, draft: Any) -> None: ...


class Family(Protocol):
    """One family of rules. Its methods are pure but for what they do through the context."""

    @property
    def name(self) -> str:
        """Of the family, and of the policy records that drive it."""
        ...

    @property
    def reads(self) -> Mapping[str, frozenset[str]]:
        """The types it is told, and of each the payload fields that it reads."""
        ...

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The built-in rules: version 1 of its policy, for whoever has none of his own."""
        ...

    def keys(self, seen: Seen) -> Iterable[str]:
        """Keys that `tell` will probably ask for: read beforehand, many records at once."""
        ...

    def tell(self, seen: Seen, context: Context) -> None:
        """The next record of a type that it reads, all of whose fields that it reads can be read.

        A record with an erased one is not told: nothing can be shown of it any more.
        """
        ...

    def due(self, key: str, context: Context) -> None:
        """The moment has come that it asked to be woken at."""
        ...

    def take_back(self, seen: Seen, context: Context) -> None:
        """A record that it was told counts no more: it was corrected, or a field it read is erased.

        The record is as it was told, but for what was erased.
        """
        ...


@runtime_checkable
class Revises(Protocol):
    """A family that looks again at what it waits for once another policy is in force."""

    def revise(self, waiting: Sequence[str], context: Context) -> None:
        """Another policy came into force, at the log's time.

        Args:
            waiting: the keys that it asked to be woken with and was not yet, ascending.
            context: with the new policy.
        """
        ...


@runtime_checkable
class Settles(Protocol):
    """A family that puts off what only becomes visible once its changes are taken."""

    def settle(self, context: Context) -> None:
        """Everything that was put off happens; then what it has in hand is dropped.

        Before changes are taken, and before another policy comes into force. What follows must not
        depend on how often that is: a log gives the same, in whatever stretches it is told.
        """
        ...
