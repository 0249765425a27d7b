"""Logs for the storage tests: who takes part, drafts of what they say, and an audit of the whole.

Drafts are built here from their parts, so that a test says exactly what it means; that requests
become such drafts is the evidence tests' matter.
"""

import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from components.s3 import S3Server

from ledger import canonical, commitment, governance, jwk, jws, merkle, note, statement
from ledger.checkpoint import parse as parse_checkpoint
from ledger.ed25519 import Signer
from ledger.encoding import b64url
from ledger.entry import OPEN_TYPES, Open
from ledger.errors import RefusedError
from ledger.evidence.draft import BlobRef, Draft
from ledger.note import NoteKey
from ledger.oversight.act_rules import RULES
from ledger.oversight.acts import ActRules
from ledger.proof import verify_inclusion
from ledger.replay import Replay
from ledger.statement import Link
from ledger.tile import tiles_of
from storage.blobs import BlobStore
from storage.blobs.memory import MemoryBlobs
from storage.blobs.s3 import S3Address
from storage.database import open_engine
from storage.mark import FileMark, ReleasedMark
from storage.migrate import migrate
from storage.sealing import SealingKeys
from storage.store import Store
from storage.values import Appended

ORIGIN = "log.example/storage"
OPERATOR = "operator:91210502MA0TEST01X"
ADMIN = f"{OPERATOR}~admin"
BUREAU = "bureau:11210500000TEST02X~admission"
SCHOOL = "school:2105020001"
OTHER_SCHOOL = "school:2105020002"
SUPPLIER = "supplier:91210502MA0TEST03X"
KEYS = SealingKeys(bytes(range(32)), bytes(range(32, 64)))
OCCURRED_AT = "2026-11-23T06:12:11.120Z"
POSTERS = {SCHOOL: "school", OTHER_SCHOOL: "school", SUPPLIER: "supplier"}


def signer(name: str) -> Signer:
    """A key of that name, always the same."""
    return Signer.from_seed(sha256(name.encode()).digest())


def kid(key: Signer) -> str:
    return jwk.thumbprint(key.public_key)


def log_key(name: str = "log 1") -> NoteKey:
    """A key with which the log signs its checkpoints."""
    return NoteKey(ORIGIN, signer(name))


def vkey(name: str) -> str:
    return note.format_vkey(log_key(name).verifier_key)


def new_id() -> str:
    return str(uuid.uuid4())


def open_store(
    url: str,
    folder: Path,
    *,
    log_keys: Sequence[str] = ("log 1",),
    mark: ReleasedMark | None = None,
    blobs: BlobStore | None = None,
    act_rules: ActRules = RULES,
) -> Store:
    """A store over a migrated database, as one process has it; `folder` holds the released mark."""
    return Store(
        open_engine(url),
        KEYS,
        [log_key(name) for name in log_keys],
        mark or FileMark(folder / "released-mark"),
        blobs or MemoryBlobs(),
        act_rules=act_rules,
    )


def s3_address(server: S3Server) -> S3Address:
    """A bucket of one's own on a running server."""
    return S3Address(
        endpoint=server.endpoint,
        access_key=server.access_key,
        secret_key=server.secret_key,
        bucket=f"b-{uuid.uuid4().hex}",
        secure=False,
    )


@dataclass(slots=True)
class Writer:
    """Makes drafts for one log."""

    ledger: bytes | None = None

    def draft(
        self,
        kind: str = "demand-plan",
        issuer: str = SCHOOL,
        payload: dict[str, Any] | None = None,
        *,
        record: str | None = None,
        subjects: Sequence[str] | None = None,
        links: Sequence[Link] = (),
        key: Signer | None = None,
        submitter: str | None = None,
        seed: bytes | None = None,
        document: str | None = None,
        source_ref: str | None = None,
        blobs: Sequence[BlobRef] = (),
        occurred_at: str = OCCURRED_AT,
    ) -> Draft:
        """What `prepare` makes of an honest request."""
        record = record or new_id()
        content = dict(payload if payload is not None else {"meals": 400})
        if blobs:
            content["blobs"] = [
                {"media_type": b.media_type, "role": b.role, "sha256": b.sha256, "size": b.size}
                for b in blobs
            ]
        used = seed or os.urandom(32)
        commit = commitment.commit(content, used, record)
        said = statement.build(
            id=record,
            issuer=issuer,
            ledger=self.ledger,
            links=links,
            occurred_at=occurred_at,
            payload_root=commit.root,
            payload_fields=commit.fields,
            subjects=(issuer,) if subjects is None else subjects,
            type=kind,
        )
        request = {
            "id": record,
            "issuer": issuer,
            "links": [link.to_json() for link in said.links],
            "occurred_at": occurred_at,
            "payload": content,
            "subjects": list(said.subjects),
            "type": kind,
            "type_version": 1,
        }
        role = POSTERS.get(issuer, "bureau-admission" if issuer == BUREAU else "admin")
        return Draft(
            statement=said,
            signature=jws.sign(said.to_bytes(), key) if key else None,
            submitter=submitter or issuer,
            payload=canonical.serialise(content),
            seed=used,
            explicit_seed=seed is not None,
            opened=Open(content, used) if kind in OPEN_TYPES else None,
            content=canonical.serialise(request),
            document_key=None if document is None else f'["{kind}","{document}"]',
            source_ref=source_ref,
            blobs=tuple(blobs),
            bound_party=None if kind in OPEN_TYPES else issuer,
            posters=frozenset({role}),
            devices=(),
            reason_code=content.get("reason_code") if kind == "correction" else None,
        )

    def genesis(
        self,
        *,
        anchor_target: Any = None,
        log_keys: Sequence[str] = ("log 1",),
        authorities: Sequence[str] = (BUREAU,),
    ) -> Draft:
        payload = {
            "name": "a log",
            "origin": ORIGIN,
            "time_zone": "Asia/Shanghai",
            "entries": "public",
            "successor_of": None,
            "vkeys": [vkey(name) for name in log_keys],
            "authorities": [
                {
                    "party": party,
                    "jwk": jwk.format(signer("bureau" if party == BUREAU else party).public_key),
                }
                for party in authorities
            ],
            "created_at": "2026-11-23T06:00:00.000Z",
            "anchor_target": anchor_target,
        }
        draft = Writer(None).draft(
            "genesis", OPERATOR, payload, record=str(uuid.UUID(int=1)), subjects=(), seed=bytes(32)
        )
        return replace(draft, explicit_seed=False)

    def admission(self, party: str, role: str) -> list[Draft]:
        """A party with a role."""
        return [
            self.draft(
                "party-registration", ADMIN, {"party": party, "name": party}, subjects=(party,)
            ),
            self.draft(
                "role-grant",
                ADMIN,
                {"party": party, "role": role, "granted": True},
                subjects=(party,),
            ),
        ]

    def certificate(self, until: str = "2099-12-31") -> Draft:
        """A permit of the supplier."""
        payload = {
            "holder": SUPPLIER,
            "certificate_kind": "food-business-permit",
            "issued_on": "2020-01-01",
            "valid_until": until,
            "scope": ["meat"],
        }
        return self.draft("certificate", SUPPLIER, payload, subjects=(SUPPLIER,))

    def key_registration(self, party: str, new: Signer) -> Draft:
        """A key of `party`, vouched for by the bureau."""
        assert self.ledger is not None
        message = governance.possession_message(self.ledger, party, new.public_key)
        payload = {
            "jwk": jwk.format(new.public_key),
            "party": party,
            "possession": b64url(new.sign(message)),
        }
        subjects = (party, f"key:{kid(new)}")
        return self.draft(
            "key-registration", BUREAU, payload, subjects=subjects, key=signer("bureau")
        )

    def log_key_change(self, old: str, new: str) -> Draft:
        """The log's key replaced."""
        assert self.ledger is not None
        message = governance.log_key_message(self.ledger, vkey(old), vkey(new))
        payload = {
            "old_vkey": vkey(old),
            "new_vkey": vkey(new),
            "old_signature": b64url(signer(old).sign(message)),
            "new_signature": b64url(signer(new).sign(message)),
        }
        return self.draft("log-key", ADMIN, payload, subjects=())

    def correction(self, of: Draft, reason: str, *, issuer: str | None = None) -> Draft:
        target = of.statement
        return self.draft(
            "correction",
            issuer or target.issuer,
            {"reason_code": reason, "reason": "a slip of the pen"},
            subjects=(issuer or target.issuer, f"record:{target.id}"),
            links=[Link("corrects", id=target.id, sha256=target.sha256)],
        )


def found(store: Store, **genesis: Any) -> Writer:
    """A log with its parties in it, and the writer of further drafts."""
    writer = Writer()
    writer.ledger = store.found(writer.genesis(**genesis)).leaf_hash
    admissions = [d for party, role in POSTERS.items() for d in writer.admission(party, role)]
    admissions += writer.admission(BUREAU, "bureau-admission")
    for outcome in store.append(admissions):
        appended(outcome)
    return writer


def new_log(url: str, folder: Path, **kwargs: Any) -> tuple[Store, Writer]:
    """A migrated database with a founded log in it."""
    store = open_store(url, folder, **kwargs)
    migrate(store.engine)
    return store, found(store)


def appended(outcome: Appended | RefusedError) -> Appended:
    """The outcome, which must not be a refusal."""
    if isinstance(outcome, RefusedError):
        raise outcome
    return outcome


def refusal(outcome: Appended | RefusedError) -> str:
    """The code of an outcome that must be a refusal."""
    assert isinstance(outcome, RefusedError), f"stored at {outcome.index}"
    return outcome.code


def copy(tmp_path: Path, name: str, target: str) -> None:
    """Copy the database as a backup does, while nobody writes."""
    for suffix in ("", "-wal", "-shm"):
        source = tmp_path / f"{name}{suffix}"
        (tmp_path / f"{target}{suffix}").unlink(missing_ok=True)
        if source.exists():
            shutil.copy(source, tmp_path / f"{target}{suffix}")


def upload(store: Store, data: bytes, *, by: str = SCHOOL) -> BlobRef:
    """A photo in the store of blobs, as a record would name it."""
    going = store.uploads.begin(by, "image/jpeg")
    going.write(data)
    return BlobRef(going.finish(), "photo", "image/jpeg", len(data))


def check_receipt(receipt: Appended, keys: Sequence[str] = ("log 1",)) -> None:
    """What a client checks: the proof leads to the signed checkpoint."""
    signed = note.parse(receipt.checkpoint)
    note.verify(signed, [log_key(name).verifier_key for name in keys])
    checkpoint = parse_checkpoint(signed.text)
    leaf = merkle.leaf_hash(receipt.entry)

    assert checkpoint.size == receipt.size
    assert leaf == receipt.leaf_hash
    verify_inclusion(receipt.index, receipt.size, leaf, receipt.proof, checkpoint.root)


def audit(store: Store) -> Replay:
    """Read the whole log and hold everything stored of it against its entries."""
    size = store.head().size
    entries = store.entries(0, size)
    assert len(entries) == size
    leaves = [merkle.leaf_hash(data) for data in entries]
    notes = dict(store.checkpoints())
    replay = Replay(entries.__getitem__)
    for data in entries:
        replay.apply(data)
        text = notes.pop(replay.size, None)
        if text is not None:
            signed = note.parse(text)
            replay.check_checkpoint(signed)
            checkpoint = parse_checkpoint(signed.text)
            assert checkpoint.origin == ORIGIN
            assert checkpoint.size == replay.size
            assert checkpoint.root == merkle.tree_root(leaves[: replay.size])
    assert not notes, "checkpoints beyond the log"
    head = store.head()
    assert (head.size, head.root) == (size, merkle.tree_root(leaves))
    assert head.checkpoint == store.checkpoint(size)
    assert head.logged_at == replay.logged_at
    for tile in tiles_of(size):
        width = 256**tile.level
        first = tile.index * 256 * width
        expected = b"".join(
            merkle.tree_root(leaves[at : at + width])
            for at in range(first, first + tile.width * width, width)
        )
        assert store.hashes(tile.level, tile.index, tile.width) == expected
    for subject, last in replay.heads.items():
        assert store.head_of(subject) == last
        assert [link.seq for link in store.history(subject, limit=10_000)] == list(
            range(1, last[0] + 1)
        )
    return replay


def with_posters(draft: Draft, *roles: str) -> Draft:
    """The draft of a type that these roles post."""
    return replace(draft, posters=frozenset(roles))


def again(writer: Writer, draft: Draft) -> Draft:
    """The same said once more, under a new id."""
    said = draft.statement
    anew = writer.draft(
        said.type,
        said.issuer,
        canonical.parse(draft.payload),  # type: ignore[arg-type]
        subjects=said.subjects,
        submitter=draft.submitter,
    )
    return replace(anew, posters=draft.posters)
