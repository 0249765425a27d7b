"""A record as the rules of oversight see it: what stands in its entry, and its payload.

Rules run over a log that was checked when it was appended and is checked again by an audit. So an
entry is read here without looking for faults a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from ledger.merkle import tree_root

Ref = list[Any]
"""A record as state keeps it, `[index, leaf hash in hex, id]`: enough to cite it."""

_NONE: Final[Mapping[str, Any]] = {}

_CHAINS_END: Final = b'],"logged_at":"'
"""Stands first where the chains of an entry end: within a string the quotes would be escaped."""


class Linked(NamedTuple):
    """A link of a statement, as the log has it: by `id` or by `subject`."""

    rel: str
    id: str | None
    subject: str | None


@dataclass(slots=True)
class Seen:
    """One record of the log. Nothing changes it; unfrozen, it is made in a third of the time.

    Attributes:
        index: its place in the log.
        leaf_hash: RFC 6962 leaf hash of its entry, 32 bytes.
        id: of the record.
        type: its type.
        issuer: whose statement it is.
        submitter: the party whose token brought it.
        subjects: ascending.
        links: in the order of the statement.
        occurred_at: the claim, normal form.
        logged_at: normal form; never goes backwards along the log.
        signed: whether its issuer signed it; else the log alone vouches for it.
        payload: its fields; without those that were erased, None where nothing is left.
        erased: names of the fields that were erased.
    """

    index: int
    leaf_hash: bytes
    id: str
    type: str
    issuer: str
    submitter: str
    subjects: tuple[str, ...]
    links: tuple[Linked, ...]
    occurred_at: str
    logged_at: str
    signed: bool
    payload: Mapping[str, Any] | None
    erased: frozenset[str] = frozenset()
    _ref: Ref | None = field(default=None, init=False, repr=False, compare=False)

    def readable(self, fields: frozenset[str]) -> bool:
        """Whether none of these fields was erased."""
        return self.payload is not None and not self.erased & fields

    @property
    def ref(self) -> Ref:
        """The record as state keeps it; the same list each time, not to be changed."""
        known = self._ref
        if known is None:
            known = self._ref = [self.index, self.leaf_hash.hex(), self.id]
        return known

    @property
    def fields(self) -> Mapping[str, Any]:
        """The payload, or no fields where it was erased."""
        return _NONE if self.payload is None else self.payload

    def subject(self, kind: str) -> str | None:
        """Its first subject of a kind; None where there is none."""
        start = f"{kind}:"
        for name in self.subjects:
            if name.startswith(start):
                return name
        return None

    def linked(self, rel: str) -> list[str]:
        """The record ids and subjects that it links to with `rel`."""
        return [link.id or link.subject or "" for link in self.links if link.rel == rel]


def read(
    index: int,
    leaf_hash: bytes,
    entry: bytes,
    payload: bytes | None,
    erased: frozenset[str] = frozenset(),
) -> Seen:
    """The record of an entry.

    Args:
        index: its place in the log.
        leaf_hash: 32 bytes.
        entry: canonical bytes.
        payload: canonical bytes; None where it was erased, or stands open in the entry itself.
        erased: names of the fields that were erased.
    """
    # Canonical bytes begin with the chains, which are nearly half of them; no rule asks for any.
    parsed = orjson.loads(b"{" + entry[entry.index(_CHAINS_END) + 2 :])
    said = parsed["statement"]
    opened = parsed.get("open")
    if opened is not None:
        fields = opened["payload"]
    else:
        fields = None if payload is None else orjson.loads(payload)
    return Seen(
        index,
        leaf_hash,
        said["id"],
        said["type"],
        said["issuer"],
        parsed["submitter"],
        tuple(said["subjects"]),
        tuple([Linked(link["rel"], link.get("id"), link.get("subject")) for link in said["links"]]),
        said["occurred_at"],
        parsed["logged_at"],
        parsed["signature"] is not None,
        fields,
        erased,
    )


def inputs_root(inputs: list[Ref]) -> tuple[int, str]:
    """How many inputs there are, and the RFC 6962 root of their leaf hashes in log order, in hex."""
    by_index = {ref[0]: ref[1] for ref in inputs}
    leaves = [bytes.fromhex(by_index[index]) for index in sorted(by_index)]
    return len(leaves), tree_root(leaves).hex()
