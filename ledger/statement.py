"""Statements: what an issuer says, and signs (FORMATS §1)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from ledger import canonical, subject, timestamp
from ledger.canonical import JsonInput
from ledger.errors import MalformedError

MAX_SUBJECTS: Final = 64
MAX_LINKS: Final = 512
MAX_FIELDS: Final = 2**31
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
"""A bare, lower-case UUID."""
TYPE = re.compile(r"[a-z][a-z0-9-]{1,63}", re.ASCII)
HEX32 = re.compile(r"[0-9a-f]{64}", re.ASCII)

RELS: Final = frozenset(
    {
        "renews", "reviews", "under", "selects", "acknowledges", "fulfils", "accepts", "rejects",
        "settles", "pays", "bills", "opens", "answers", "lifts", "disputes", "rules-on", "replaces",
        "corrects", "erases", "cites", "samples", "disposes", "uses", "confirms", "calibrates",
        "supersedes",
    }
)  # fmt: skip
"""The closed list of links (EVIDENCE §3)."""

ABOUT_A_RECORD: Final = frozenset({"corrects", "erases", "disputes", "rules-on"})
"""Links by which a record speaks about another: it gives the other's `id` and `sha256`, and
carries the subject `record:<id>`, so that a subject proof shows whether any such record exists."""

GENESIS: Final = "genesis"

_MEMBERS = frozenset(
    {
        "id", "issuer", "ledger", "links", "occurred_at", "payload", "subjects", "type",
        "type_version", "v",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to a record, or to a subject where only a document number is known.

    Attributes:
        rel: one of `RELS`.
        id: the record's id; exactly one of `id` and `subject` is given.
        subject: the subject.
        sha256: SHA-256 of the linked statement's canonical bytes (32 bytes), only with `id`.
    """

    rel: str
    id: str | None = None
    subject: str | None = None
    sha256: bytes | None = None

    def __post_init__(self) -> None:
        if self.rel not in RELS:
            raise MalformedError(f"no such link: {self.rel!r:.40}")
        if (self.id is None) == (self.subject is None):
            raise MalformedError("a link has exactly one of id and subject")
        if self.id is not None and not ID.fullmatch(self.id):
            raise MalformedError(f"the id of a link is not a lower-case UUID: {self.id!r:.60}")
        if self.subject is not None:
            subject.check(self.subject, "the subject of a link")
        if self.sha256 is not None and (self.id is None or len(self.sha256) != 32):
            raise MalformedError("sha256 stands only beside an id, and is 32 bytes")

    def to_json(self) -> dict[str, JsonInput]:
        """The members that are given."""
        members: dict[str, JsonInput] = {"rel": self.rel}
        if self.id is not None:
            members["id"] = self.id
        if self.subject is not None:
            members["subject"] = self.subject
        if self.sha256 is not None:
            members["sha256"] = self.sha256.hex()
        return members

    @staticmethod
    def of_json(value: object) -> "Link":
        """The link of a JSON object.

        Raises:
            MalformedError: unknown members, other types, or what `Link` refuses.
        """
        if type(value) is not dict or not value.keys() <= {"rel", "id", "subject", "sha256"}:
            raise MalformedError("a link is an object of rel, id or subject, and sha256")
        for name, member in value.items():
            if type(member) is not str:
                raise MalformedError(f"{name} of a link is not text")
        digest = value.get("sha256")
        if digest is not None and not HEX32.fullmatch(digest):
            raise MalformedError("sha256 of a link is not 64 digits of lower-case hex")
        return Link(
            value.get("rel", ""),
            value.get("id"),
            value.get("subject"),
            bytes.fromhex(digest) if digest is not None else None,
        )


@dataclass(frozen=True)
class Statement:
    """What the issuer says; `to_bytes` is what it signs.

    Attributes:
        id: bare lower-case UUID.
        issuer: party whose statement it is.
        ledger: leaf hash of the genesis entry (32 bytes), None in genesis itself.
        links: ascending by their canonical bytes, each once.
        occurred_at: time in normal form; a claim.
        payload_root: root of the payload's commitment, 32 bytes.
        payload_fields: number of its leaves, at least 1.
        subjects: ascending, each once.
        type: record type.
        type_version: at least 1.
    """

    id: str
    issuer: str
    ledger: bytes | None
    links: tuple[Link, ...]
    occurred_at: str
    payload_root: bytes
    payload_fields: int
    subjects: tuple[str, ...]
    type: str
    type_version: int

    def to_json(self) -> dict[str, JsonInput]:
        """The statement as a JSON object."""
        return {
            "id": self.id,
            "issuer": self.issuer,
            "ledger": None if self.ledger is None else self.ledger.hex(),
            "links": [link.to_json() for link in self.links],
            "occurred_at": self.occurred_at,
            "payload": {"fields": self.payload_fields, "root": self.payload_root.hex()},
            "subjects": list(self.subjects),
            "type": self.type,
            "type_version": self.type_version,
            "v": 1,
        }

    def to_bytes(self) -> bytes:
        """The canonical bytes: what an issuer signs."""
        return self._bytes

    @cached_property
    def _bytes(self) -> bytes:
        return canonical.serialise(self.to_json())

    @cached_property
    def sha256(self) -> bytes:
        """SHA-256 of the canonical bytes, by which a link names this statement."""
        return sha256(self._bytes).digest()


def parse(data: bytes) -> Statement:
    """The statement of its canonical bytes.

    Raises:
        MalformedError: not canonical, unknown or missing members, or a rule of FORMATS §1 broken.
    """
    return of_json(canonical.parse(data), data)


def of_json(value: object, data: bytes | None = None) -> Statement:
    """The statement of a JSON value that came out of canonical bytes: `data`, where at hand.

    Raises:
        MalformedError: as `parse`; the message names the member.
    """
    if type(value) is not dict or value.keys() != _MEMBERS:
        raise MalformedError(f"a statement has exactly {', '.join(sorted(_MEMBERS))}")
    if type(value["v"]) is not int or value["v"] != 1:
        raise MalformedError(f"unknown v of a statement: {value['v']!r:.20}")
    for name in ("id", "occurred_at", "type"):
        if type(value[name]) is not str:
            raise MalformedError(f"{name} is not text")
    kind = value["type"]
    if not TYPE.fullmatch(kind):
        raise MalformedError(f"type is out of pattern: {kind!r:.80}")
    if not ID.fullmatch(value["id"]):
        raise MalformedError(f"id is not a bare lower-case UUID: {value['id']!r:.60}")
    version = value["type_version"]
    if type(version) is not int or version < 1:
        raise MalformedError("type_version is not an integer of at least 1")
    timestamp.parse(value["occurred_at"])
    root, fields = _payload(value["payload"])
    subjects = _subjects(value["subjects"])
    statement = Statement(
        id=value["id"],
        issuer=subject.check(value["issuer"], "issuer"),
        ledger=_ledger(value["ledger"], kind),
        links=_links(value["links"]),
        occurred_at=value["occurred_at"],
        payload_root=root,
        payload_fields=fields,
        subjects=subjects,
        type=kind,
        type_version=version,
    )
    check_references(statement)
    if data is not None:
        vars(statement)["_bytes"] = data  # where the cached property looks
    return statement


def build(
    *,
    id: str,  # noqa: A002 - the member's name
    issuer: str,
    ledger: bytes | None,
    links: Iterable[Link],
    occurred_at: str,
    payload_root: bytes,
    payload_fields: int,
    subjects: Iterable[str],
    type: str,  # noqa: A002 - the member's name
    type_version: int = 1,
) -> Statement:
    """A statement out of its parts; links and subjects are sorted and taken once each.

    Raises:
        MalformedError: parts that `parse` would refuse.
    """
    ordered = {canonical.serialise(link.to_json()): link for link in links}
    statement = Statement(
        id=id,
        issuer=issuer,
        ledger=ledger,
        links=tuple(ordered[key] for key in sorted(ordered)),
        occurred_at=occurred_at,
        payload_root=payload_root,
        payload_fields=payload_fields,
        subjects=tuple(sorted(set(subjects))),
        type=type,
        type_version=type_version,
    )
    of_json(statement.to_json())
    return statement


def check_references(statement: Statement) -> None:
    """Refuse a statement about another record that does not pin it down.

    Raises:
        MalformedError: `sha256` or the subject `record:<id>` is missing.
    """
    for link in statement.links:
        if link.rel in ABOUT_A_RECORD:
            if link.id is None or link.sha256 is None:
                raise MalformedError(f"{link.rel} gives the other record's id and sha256")
            if f"record:{link.id}" not in statement.subjects:
                raise MalformedError(f"{link.rel} demands the subject record:{link.id}")


def _payload(value: object) -> tuple[bytes, int]:
    if type(value) is not dict or value.keys() != {"fields", "root"}:
        raise MalformedError("payload has exactly fields and root")
    fields, root = value["fields"], value["root"]
    if type(fields) is not int or not 1 <= fields <= MAX_FIELDS:
        raise MalformedError("payload.fields is not an integer of at least 1")
    if type(root) is not str or not HEX32.fullmatch(root):
        raise MalformedError("payload.root is not 64 digits of lower-case hex")
    return bytes.fromhex(root), fields


def _ledger(value: object, kind: str) -> bytes | None:
    if value is None:
        if kind != GENESIS:
            raise MalformedError("ledger is null in genesis only")
        return None
    if kind == GENESIS:
        raise MalformedError("ledger is null in genesis")
    if type(value) is not str or not HEX32.fullmatch(value):
        raise MalformedError("ledger is not 64 digits of lower-case hex")
    return bytes.fromhex(value)


def _subjects(value: object) -> tuple[str, ...]:
    if type(value) is not list or len(value) > MAX_SUBJECTS:
        raise MalformedError(f"subjects is not an array of at most {MAX_SUBJECTS}")
    last = ""
    for item in value:
        subject.check(item)
        if item <= last:
            raise MalformedError("subjects do not ascend, each once")
        last = item
    return tuple(value)


def _links(value: object) -> tuple[Link, ...]:
    if type(value) is not list or len(value) > MAX_LINKS:
        raise MalformedError(f"links is not an array of at most {MAX_LINKS}")
    if len(value) > 1:
        _check_ascending([canonical.serialise(item) for item in value])
    return tuple(Link.of_json(item) for item in value)


def _check_ascending(items: Sequence[bytes]) -> None:
    previous: Any = b""
    for item in items:
        if item <= previous:
            raise MalformedError("links do not ascend by their canonical bytes, each once")
        previous = item
