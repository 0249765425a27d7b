"""Writes small logs, good ones and bad ones: an honest scribe that says whatever it is told."""

import uuid
from hashlib import sha256
from typing import Any

from ledger import commitment, entry, governance, jwk, jws, merkle, note, statement, timestamp
from ledger.ed25519 import Signer
from ledger.encoding import b64url
from ledger.entry import OPEN_TYPES, ChainItem, Entry, Open
from ledger.replay import Replay
from ledger.statement import Link

OPERATOR = "operator:91000000MA0000001A"
BUREAU = "bureau:11000000MB0000002B~admission"
SCHOOL = "school:2105020001"
SCALE = "device:scale-7"
START_MS = timestamp.parse("2026-11-23T06:00:00.000Z")


def key(name: str) -> Signer:
    """A key of that name, always the same."""
    return Signer.from_seed(sha256(name.encode()).digest())


def kid(signer: Signer) -> str:
    return jwk.thumbprint(signer.public_key)


class LogWriter:
    """Appends what it is asked to, with right chains, and holds a `Replay` against it."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.heads: dict[str, tuple[int, int, bytes]] = {}
        self.ids: list[str] = []
        self.replay = Replay(self.entries.__getitem__)
        self.append(
            "genesis",
            OPERATOR,
            {
                "name": "a log",
                "origin": "log.example/a",
                "time_zone": "Asia/Shanghai",
                "entries": "public",
                "successor_of": None,
                "vkeys": [self.vkey("log 1")],
                "authorities": [{"party": BUREAU, "jwk": jwk.format(key("bureau").public_key)}],
                "created_at": timestamp.format(START_MS),
                "anchor_target": None,
            },
        )

    @staticmethod
    def vkey(name: str) -> str:
        return note.format_vkey(
            note.VerifierKey("log.example/a", note.ED25519, key(name).public_key)
        )

    @property
    def ledger(self) -> bytes | None:
        return merkle.leaf_hash(self.entries[0]) if self.entries else None

    def write(
        self,
        kind: str,
        issuer: str,
        payload: dict[str, Any] | None = None,
        *,
        subjects: tuple[str, ...] = (),
        links: tuple[Link, ...] = (),
        signer: Signer | None = None,
        submitter: str | None = None,
        record: str | None = None,
        later_ms: int = 0,
        version: int = 1,
    ) -> bytes:
        """The bytes of the next entry; nothing is appended."""
        index = len(self.entries)
        record = record or str(uuid.UUID(int=index + 1))
        seed = sha256(record.encode()).digest()
        commit = commitment.commit(payload or {}, seed, record)
        said = statement.build(
            id=record,
            issuer=issuer,
            ledger=self.ledger,
            links=links,
            occurred_at=timestamp.format(START_MS),
            payload_root=commit.root,
            payload_fields=commit.fields,
            subjects=subjects,
            type=kind,
            type_version=version,
        )
        return Entry(
            tuple(self._item(name) for name in said.subjects),
            timestamp.format(START_MS + 1000 * index + later_ms),
            jws.sign(said.to_bytes(), signer) if signer else None,
            said,
            submitter or issuer,
            Open(payload or {}, seed) if kind in OPEN_TYPES else None,
        ).to_bytes()

    def append(self, *args: Any, **kwargs: Any) -> int:
        """Write an entry, have it audited and take it in; its index."""
        return self.take(self.write(*args, **kwargs))

    def take(self, data: bytes) -> int:
        """Have these bytes audited and take them in; their index."""
        index = len(self.entries)
        parsed = self.replay.apply(data)
        self.entries.append(data)
        leaf = merkle.leaf_hash(data)
        for item in parsed.chains:
            self.heads[item.subject] = (item.seq, index, leaf)
        self.ids.append(parsed.statement.id)
        return index

    def link(self, rel: str, index: int) -> Link:
        """A link to the record at `index`, with its digest."""
        target = entry.parse(self.entries[index]).statement
        return Link(rel, id=target.id, sha256=target.sha256)

    def register(self, party: str, new: Signer, **kwargs: Any) -> int:
        """Register a key, signed by the bureau unless told otherwise."""
        kwargs.setdefault("signer", key("bureau"))
        kwargs.setdefault("issuer", BUREAU)
        return self.append(**self.registration(party, new, **kwargs))

    def registration(self, party: str, new: Signer, **kwargs: Any) -> dict[str, Any]:
        """What `register` appends."""
        assert self.ledger is not None
        message = governance.possession_message(self.ledger, party, new.public_key)
        payload = {
            "jwk": jwk.format(new.public_key),
            "party": party,
            "possession": b64url(new.sign(message)),
        }
        return {
            "kind": "key-registration",
            "payload": payload,
            "subjects": (party, f"key:{kid(new)}"),
            **kwargs,
        }

    def revoke(self, signer_of_key: Signer, issuer: str, signer: Signer | None) -> int:
        """Revoke a key."""
        name = kid(signer_of_key)
        payload = {"kid": name, "reason": "stolen"}
        return self.append(
            "key-revocation", issuer, payload, subjects=(f"key:{name}",), signer=signer
        )

    def log_key(self, old: str, new: str, *, signed_by: tuple[str, str]) -> dict[str, str]:
        """The payload of a `log-key` record."""
        assert self.ledger is not None
        old_vkey, new_vkey = self.vkey(old), self.vkey(new)
        message = governance.log_key_message(self.ledger, old_vkey, new_vkey)
        return {
            "old_vkey": old_vkey,
            "new_vkey": new_vkey,
            "old_signature": b64url(key(signed_by[0]).sign(message)),
            "new_signature": b64url(key(signed_by[1]).sign(message)),
        }

    def _item(self, name: str) -> ChainItem:
        seq, index, leaf = self.heads.get(name, (0, None, None))
        return ChainItem(name, seq + 1, index, leaf)
