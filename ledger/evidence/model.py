"""What all payloads share: own number, extension, accountable person, subjects, rules (EVIDENCE §4).

A model holds one type's fields. Pydantic checks each field by itself; `rules` holds between fields.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict

from ledger import subject
from ledger.errors import Fault
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import Ext, Maybe, Person, SourceRef
from ledger.standing import MACHINES
from ledger.statement import Link

PAYLOAD: Final = "/payload"

SUBJECT_FIELDS: Final = (
    "school", "canteen", "supplier", "holder", "order", "scale", "cabinet", "camera", "account",
    "payer_account", "responsible", "staff",
)  # fmt: skip
"""Fields whose value, where it is a subject, is a subject of the record."""


class Part(BaseModel):
    """An object inside a payload: strict, with no members but its own."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Said:
    """What a payload's rules may know of its statement.

    Attributes:
        issuer: whose statement it is.
        occurred_at: in normal form.
        links: what it rests on.
    """

    issuer: str
    occurred_at: str
    links: tuple[Link, ...] = ()

    @property
    def by_machine(self) -> bool:
        """Whether a device, gateway or camera says it, or the operator's rule engine."""
        kind = subject.kind(self.issuer)
        return kind in MACHINES or (kind == "operator" and self.issuer.endswith("~engine"))


class Form(Part):
    """A payload of exactly its own fields, as open types have it."""

    def rules(self, said: Said) -> Iterator[Fault]:  # noqa: ARG002 - for those that override it
        """What is wrong between fields that are right by themselves."""
        yield from ()

    def subjects(self) -> Iterable[str]:
        """The subjects that this payload derives."""
        for name in self.subject_fields:
            value = getattr(self, name)
            if value is not None and subject.SUBJECT.fullmatch(value):
                yield value
        yield from self.own_subjects()

    def own_subjects(self) -> Iterable[str]:
        """Those made of several fields: its own number, its lots, its meal and dish."""
        return ()

    def posters(self) -> frozenset[str] | None:
        """Roles that may post exactly this payload, where its type's alone do not say it."""
        return None

    subject_fields: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Note which of its fields hold subjects."""
        cls.subject_fields = tuple(name for name in SUBJECT_FIELDS if name in cls.model_fields)


class Payload(Form):
    """A payload that may carry the poster's own number and what else is the poster's own."""

    source_ref: Maybe[SourceRef] = None
    ext: Maybe[Ext] = None


class Accounted(Payload):
    """A payload somebody answers for by name (终身可追溯: each record names one person)."""

    accountable: Person


class Measured(Payload):
    """A payload that a machine or the rule engine may post; from anyone else it names a person."""

    accountable: Maybe[Person] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Whoever is no machine names the accountable person."""
        if self.accountable is None and not said.by_machine:
            yield missing(pointer(PAYLOAD, "accountable"), "accountable")


def breach(parts: Iterable[int | str], code: str, en: str, zh: str) -> Fault:
    """A rule broken at a field of the payload."""
    return Fault(pointer(PAYLOAD, *parts), code, en, zh)


def same_as_linked(payload: Form, said: Said, name: str, rel: str) -> Iterator[Fault]:
    """Refuse a record named in a field where the link `rel` leads to another one.

    Whoever reads the payload would else believe what nobody said about the record linked to.
    """
    linked = [link.id for link in said.links if link.rel == rel and link.id is not None]
    if linked and getattr(payload, name) not in linked:
        yield breach(
            [name],
            "other-record",
            f"{name} is another record than the link {rel} names; both name the same one",
            f"{name} 与链接 {rel} 所指的不是同一条记录，二者须一致",
        )


def in_order(payload: Form, earlier: str, later: str, *, code: str = "period") -> Iterator[Fault]:
    """Refuse two days or two times of which the second comes before the first."""
    first, last = getattr(payload, earlier), getattr(payload, later)
    if first is not None and last is not None and last < first:
        yield breach(
            [later],
            code,
            f"{later} {last} comes before {earlier} {first}",
            f"{later}（{last}）早于 {earlier}（{first}）",
        )
