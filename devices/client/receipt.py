"""Receipts: what the service gave in return for a record, checked on the spot and kept as files.

A receipt holds when the entry in it says what was posted and nothing else, when that entry stands
in the log whose key the client trusts, and when that log does not contradict what it showed this
client before. Each way to lie about this is refused with its own sentence.
"""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

from devices.client import files
from ledger import canonical, entry, strict_json
from ledger.canonical import JsonValue
from ledger.encoding import b64, b64url, unb64, unb64url, unhex
from ledger.errors import MalformedError, NotFoundError
from ledger.statement import Link

_LARGEST_FILE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as the service wrote it (API.md, Receipt).

    Attributes:
        id: the record's id.
        index: its place in the log, 0-based.
        leaf_hash: 32 bytes.
        logged_at: when the log took it, as in the entry.
        tree_size: size of the log that the proof speaks of.
        entry: the entry's bytes, as they stand in the log.
        seed: 32 bytes: with the payload they show what the entry commits to. Keep them secret.
        proof: tlog-proof text with the signed checkpoint.
        links: where the service says to find the record and its bundle; not part of any proof.
        replayed: whether the service had the record already; files do not keep this.
    """

    id: str
    index: int
    leaf_hash: bytes
    logged_at: str
    tree_size: int
    entry: bytes
    seed: bytes
    proof: str
    links: dict[str, str] = field(default_factory=dict)
    replayed: bool = field(default=False, compare=False)

    def to_bytes(self) -> bytes:
        """The JSON that `parse` reads."""
        links: dict[str, JsonValue] = {**self.links}
        return canonical.serialise(
            {
                "entry": b64(self.entry),
                "id": self.id,
                "index": self.index,
                "leaf_hash": self.leaf_hash.hex(),
                "links": links,
                "logged_at": self.logged_at,
                "proof": self.proof,
                "seed": b64url(self.seed),
                "tree_size": self.tree_size,
            }
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file only its owner may read, whole or not at all, durable on return.

        `mealtrace verify` reads it: alone, or with `--url` against the log of today.

        Raises:
            UnavailableError: the file system refuses.
        """
        files.keep(Path(path), self.to_bytes())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The receipt of a file; nothing is verified.

        Raises:
            NotFoundError: no such file.
            MalformedError: it holds no receipt.
            UnavailableError: it cannot be read.
        """
        data = files.read(Path(path), largest=_LARGEST_FILE)
        if data is None:
            raise NotFoundError(f"no receipt {os.fspath(path)}")
        return cls.parse(strict_json.parse(data))

    @classmethod
    def parse(cls, value: JsonValue) -> Self:
        """The receipt of its JSON; members it does not know are left out.

        Raises:
            MalformedError: a member is missing or not what it should be.
        """
        if not isinstance(value, dict):
            raise MalformedError("a receipt is a JSON object")
        links = value.get("links")
        return cls(
            id=_text(value, "id"),
            index=_integer(value, "index"),
            leaf_hash=unhex(_text(value, "leaf_hash")),
            logged_at=_text(value, "logged_at"),
            tree_size=_integer(value, "tree_size"),
            entry=unb64(_text(value, "entry")),
            seed=unb64url(_text(value, "seed"), 32),
            proof=_text(value, "proof"),
            links={
                name: link
                for name in ("self", "bundle")
                if isinstance(links, dict) and isinstance(link := links.get(name), str)
            },
        )

    def link(self, rel: str) -> Link:
        """A link to this record, pinned to what it said: `corrects`, `disputes` and others ask it.

        Raises:
            MalformedError: no such rel, or the entry is none.
        """
        return Link(rel, id=self.id, sha256=entry.parse(self.entry).statement.sha256)

    def as_replay(self) -> Self:
        """The same, marked as one the service had before."""
        return replace(self, replayed=True)


def _text(value: dict[str, JsonValue], name: str) -> str:
    member = value.get(name)
    if not isinstance(member, str):
        raise MalformedError(f"the receipt has no text {name!r}")
    return member


def _integer(value: dict[str, JsonValue], name: str) -> int:
    member = value.get(name)
    if not isinstance(member, int) or isinstance(member, bool) or member < 0:
        raise MalformedError(f"the receipt has no number {name!r}")
    return member
