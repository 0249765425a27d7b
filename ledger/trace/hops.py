"""Which records rest on which, and what states it; the table is drawn in the package's docstring."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ledger import entry as entries
from ledger import subject as subjects
from ledger.entry import Entry
from ledger.statement import Link
from ledger.trace.named import named

_OF_A_MEAL: Final[Mapping[str, tuple[str, ...]]] = {
    "cooking-step": ("menu",),
    "meal-service": ("cooking-step", "menu"),
    "sample-retained": ("cooking-step", "menu"),
    "sample-disposed": ("sample-retained",),
    "companion-meal": ("meal-service", "menu"),
    "satisfaction-survey": ("meal-service", "menu"),
    "waste-log": ("meal-service", "cooking-step"),
    "incident": ("sample-retained", "meal-service", "cooking-step"),
}

RESTS_ON: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "lot": {
        "order": ("recall",),
        "lot-document": ("recall",),
        "dispatch": ("order", "lot-document", "recall"),
        "weigh-in": ("dispatch", "lot-document", "order", "recall"),
        "acceptance": ("weigh-in", "dispatch", "lot-document", "recall"),
        "rejection": ("weigh-in", "dispatch", "lot-document", "recall"),
        "stock-move": ("acceptance", "weigh-in", "recall"),
        "cooking-step": ("stock-move", "acceptance", "weigh-in", "recall"),
        "waste-log": ("cooking-step", "stock-move", "acceptance", "recall"),
        "settlement": ("acceptance", "rejection", "recall"),
        "invoice": ("acceptance", "rejection", "recall"),
    },
    "order": {
        "order-response": ("order",),
        "dispatch": ("order", "order-response"),
        "weigh-in": ("dispatch", "order"),
        "acceptance": ("weigh-in", "dispatch", "order"),
        "rejection": ("weigh-in", "dispatch", "order"),
        "invoice": ("acceptance", "rejection", "order"),
    },
    "delivery": {
        "weigh-in": ("dispatch",),
        "acceptance": ("weigh-in", "dispatch"),
        "rejection": ("weigh-in", "dispatch"),
        "invoice": ("dispatch",),
    },
    "meal": _OF_A_MEAL,
    "dish": _OF_A_MEAL,
    "work-order": {
        "rectification": ("work-order",),
        "rectification-review": ("rectification", "work-order"),
    },
}
"""Kind of a shared subject → type → the types, with that subject, that it rests on."""

OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "order": ("order",),
    "delivery": ("dispatch",),
    "lot": ("dispatch", "lot-document"),
    "meal": ("menu",),
    "dish": ("menu",),
    "work-order": ("work-order",),
}
"""Kind of subject → the types whose own document it is: what a link to such a subject leads to."""

PAPERS: Final = ("certificate", "admission")
"""Types that give a supplier its standing, from a day to a day."""

FIRST_DAY: Final = ("valid_from", "term_from", "issued_on", "effective_at")
LAST_DAY: Final = ("valid_until", "term_until")
"""Payload fields that bound a paper, the first that is given counts; without an end: 长期."""

UNDER_PAPERS: Final = ("order", "dispatch")
"""Types that rest on the papers of the supplier they name."""

HOLDER: Final = "supplier"
"""The kind of subject whose papers carry a hop."""

BY_NAME: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "calibration": ("device", ("temperature-log", "weigh-in")),
    "health-certificate": ("person", ("morning-check", "shift-roster")),
}
"""Type → the kind of subject it shares with those whose payload names it, and their types.

The subject only leads to candidates: what makes the hop is the id in their payload.
"""

FOLLOWED: Final = frozenset({"lot", "dish"})
"""Kinds of subjects to which a walk keeps once it has met them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as far as a trace looks into it.

    Attributes:
        index: place in the log.
        data: the entry's bytes.
        entry: the same, parsed.
        payload: what of it may be looked at; empty where nothing may, or nothing is left.
        mentions: its subjects and those it links to.
        names: record id → payload field that names it.
    """

    index: int
    data: bytes
    entry: Entry
    payload: Mapping[str, Any]
    mentions: frozenset[str]
    names: Mapping[str, str]

    @property
    def id(self) -> str:
        """The record's id."""
        return self.entry.statement.id

    @property
    def type(self) -> str:
        """The record's type."""
        return self.entry.statement.type

    def opened(self, payload: Mapping[str, Any]) -> "Seen":
        """The same with this payload to look at."""
        return replace(self, payload=payload, names=named(self.type, payload))

    def period(self) -> tuple[str, str] | None:
        """First and last day, as far as they are bounded, on which a paper is in force.

        None where the payload cannot be looked at.
        """
        if not self.payload:
            return None
        first, last = (
            next((str(self.payload[name]) for name in names if self.payload.get(name)), "")
            for names in (FIRST_DAY, LAST_DAY)
        )
        return first[:10], last or "9999-12-31"


@dataclass(frozen=True, slots=True)
class Edge:
    """A hop: `lower` rests on `upper`.

    Attributes:
        lower: id of the record that states it.
        upper: id of the record it rests on.
        rel: of the link that says so, or None.
        via: the subject linked to or shared, or None where the link names the record.
        field: the payload field of `lower` that names `upper`, or None.
        in_force: whether `upper` is a paper that was in force when `lower` occurred.
    """

    lower: str
    upper: str
    rel: str | None = None
    via: str | None = None
    field: str | None = None
    in_force: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """The civil days on which something may have happened: both the same where the zone is known."""

    first: str
    last: str


def see(index: int, data: bytes) -> Seen:
    """A record out of its entry's bytes, its payload still closed.

    Raises:
        MalformedError: it is no entry.
    """
    entry = entries.parse(data)
    statement = entry.statement
    linked = {link.subject for link in statement.links if link.subject is not None}
    return Seen(
        index,
        data,
        entry,
        {},
        frozenset(linked.union(statement.subjects)),
        {},
    )


def edges(lower: Seen, upper: Seen, days: Days) -> Iterator[Edge]:
    """Every hop from `lower` up to `upper`; `days` are those of `lower`.

    A shared subject is told only where no link says as much, and a field only where nothing else
    leads there: what a trace need not open stays closed.
    """
    by_link = list(_by_link(lower.entry.statement.links, lower, upper))
    yield from by_link
    if any(edge.via is None or subjects.kind(edge.via) not in FOLLOWED for edge in by_link):
        return
    by_subject = list(_by_subject(lower, upper, {edge.via for edge in by_link}, days))
    yield from by_subject
    field = lower.names.get(upper.id)
    if field is not None and not by_link and not by_subject:
        yield Edge(lower.id, upper.id, field=field)


def types_above(kind: str, type_: str) -> tuple[str, ...]:
    """The types that a record of `type_` rests on through a shared subject of `kind`."""
    return RESTS_ON.get(kind, {}).get(type_, ())


def types_below(kind: str, type_: str) -> tuple[str, ...]:
    """The types that rest on a record of `type_` through a shared subject of `kind`."""
    below = RESTS_ON.get(kind, {})
    return tuple(name for name, above in below.items() if type_ in above)


def _by_link(links: tuple[Link, ...], lower: Seen, upper: Seen) -> Iterator[Edge]:
    said = upper.entry.statement
    for link in links:
        if link.id == said.id:
            yield Edge(lower.id, upper.id, rel=link.rel)
        elif (
            link.subject is not None
            and link.subject in said.subjects
            and said.type in OWN.get(subjects.kind(link.subject), ())
        ):
            yield Edge(lower.id, upper.id, rel=link.rel, via=link.subject)


def _by_subject(lower: Seen, upper: Seen, told: set[str | None], days: Days) -> Iterator[Edge]:
    for shared in sorted(lower.mentions & upper.mentions):
        kind = subjects.kind(shared)
        if shared not in told and upper.type in types_above(kind, lower.type):
            yield Edge(lower.id, upper.id, via=shared)
        elif kind == HOLDER and lower.type in UNDER_PAPERS and upper.type in PAPERS:
            period = upper.period()
            if period is not None and period[0] <= days.last and days.first <= period[1]:
                yield Edge(lower.id, upper.id, via=shared, in_force=True)
