"""What a fault is, and what it must lead to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from components.term.faults.plot import Plot


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A record that oversight must post, as far as it is known beforehand.

    Attributes:
        type: of the record.
        code: its own kind: `suspicion_kind`, `obligation_kind`, `result`, an expiry's `lead_days`.
        about: a subject of it.
        day: civil day that it is about; empty: any.
        cites: ids of records that it rests on.
    """

    type: str
    code: str
    about: str
    day: str = ""
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row that people must see.

    Attributes:
        family: whose.
        kind: of the family's kinds.
        status: of it.
        scope: the subject that it is about.
        day: civil day.
        says: words and ids that stand in its details.
    """

    family: str
    kind: str
    status: str
    scope: str
    day: str
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act that the service must refuse.

    Attributes:
        name: of what is said.
        code: why.
        cause: id of the record that causes it, or the type of one that oversight posts; empty where
            it is that something is not there.
    """

    name: str
    code: str
    cause: str


@dataclass(slots=True, kw_only=True)
class Planted:
    """What comes of a fault.

    Attributes:
        findings: must be there.
        follows: may be there too, for they follow from the same.
        rows: must be shown.
        refusals: acts that must be refused.
        answers: how the work order is answered that a record opens; `answering.HOW` has the ways.
    """

    findings: list[Finding] = field(default_factory=list)
    follows: list[Finding] = field(default_factory=list)
    rows: list[Shown] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        name: in words.
        item: which kind of rules must find it, by its number in the issue: certificates 1,
            completeness 2, reconciliation 3, credit 4, risk 5, rectification 6, fabrication 7.
        plant: changes a term.
    """

    name: str
    item: int
    plant: Callable[[Plot], Planted]
