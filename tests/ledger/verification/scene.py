"""Logs written for one test each, and bundles out of them: honest ones and forged ones."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from heads import tree_of
from log_writer import OPERATOR, LogWriter, key, kid
from rfc6962 import proof as consistency_proof

from ledger import (
    bundle,
    checkpoint,
    disclosure,
    entry,
    merkle,
    note,
    policy,
    tlog_proof,
)
from ledger.anchor import Anchor, AnchoredEvent, AnchorTarget, ChainFacts, log_id
from ledger.checkpoint import Checkpoint
from ledger.cosignature import WitnessKey
from ledger.memory_tree import MemoryTree
from ledger.note import NoteKey
from ledger.policy import Auditor, GroupLine, LogLine, Policy, WitnessLine
from ledger.subject_index import Head
from ledger.verdict import Verdict
from ledger.verification import verify

ORIGIN = "log.example/a"
TARGET = AnchorTarget(
    424242, "0x" + "73" * 32, "0x" + "81" * 20, sha256(b"code").hexdigest(), "0x" + "e7" * 20
)


class Scene(LogWriter):
    """A log that may also be told to break its rules, and the bundles it hands out."""

    forged = False

    def take(self, data: bytes) -> int:
        """As a log does, with an audit of the entry, as long as nothing forged lies below."""
        return self.force(data) if self.forged else super().take(data)

    def force(self, data: bytes) -> int:
        """Take an entry in without asking any rule; its index."""
        self.forged = True
        index = len(self.entries)
        parsed = entry.parse(data)
        self.entries.append(data)
        for item in parsed.chains:
            self.heads[item.subject] = (item.seq, index, merkle.leaf_hash(data))
        self.ids.append(parsed.statement.id)
        return index

    def forge(self, *args: Any, **kwargs: Any) -> int:
        """Write an entry and take it in without asking any rule; its index."""
        return self.force(self.write(*args, **kwargs))

    def leaves(self, size: int | None = None) -> list[bytes]:
        return [merkle.leaf_hash(data) for data in self.entries[:size]]

    def checkpoint(
        self,
        size: int | None = None,
        *,
        keys: Sequence[str] = ("log 1",),
        witnesses: Sequence[str] = ("w1",),
        origin: str = ORIGIN,
    ) -> str:
        """The signed state of the log at a size."""
        tree = MemoryTree(self.leaves(size))
        signers: list[note.NoteSigner] = [NoteKey(origin, key(name)) for name in keys]
        signers += [WitnessKey(name, key(name), 1_800_000_000) for name in witnesses]
        return checkpoint.sign(Checkpoint(origin, tree.size, tree.root), signers)

    def subject_index(
        self, size: int, shown: Iterable[str], *, lie: Mapping[str, Head | None] | None = None
    ) -> tuple[int, bundle.Support]:
        """Append a subject-index record; its index, and a support item (without path) for it.

        `lie` puts other heads, or none, in the place of a subject's.
        """
        heads: dict[str, Head] = {}
        for index, data in enumerate(self.entries[:size]):
            for item in entry.parse(data).chains:
                heads[item.subject] = Head(item.subject, item.seq, index, merkle.leaf_hash(data))
        for name, other in (lie or {}).items():
            heads.pop(name, None)
            if other is not None:
                heads[name] = other
        tree = tree_of(heads.values(), size)
        at = self.forge("subject-index", OPERATOR, tree.index.to_json())
        proofs = tree.proofs(shown)
        return at, bundle.Support("subject-index", at, b"", (), proofs)

    def head(self, subject: str, index: int) -> Head:
        """The head that a subject had when `index` was its last entry."""
        data = self.entries[index]
        seq = next(item.seq for item in entry.parse(data).chains if item.subject == subject)
        return Head(subject, seq, index, merkle.leaf_hash(data))

    def support(self, at: int | bundle.Support, size: int | None = None) -> bundle.Support:
        """The support item of an entry, with its path."""
        heads = at.heads if isinstance(at, bundle.Support) else None
        index = at.index if isinstance(at, bundle.Support) else at
        path = MemoryTree(self.leaves(size)).path(index)
        return bundle.Support("label", index, self.entries[index], path, heads)

    def bundle(
        self,
        index: int,
        *support: int | bundle.Support,
        payload: Mapping[str, Any] | None = None,
        size: int | None = None,
        signed: str | None = None,
        anchors: Iterable[Anchor] = (),
        genesis: bool = True,
    ) -> bytes:
        """The bundle of an entry, with genesis in support unless told otherwise."""
        data = self.entries[index]
        said = entry.parse(data).statement
        shown = None
        if entry.parse(data).open is None:
            seed = sha256(said.id.encode()).digest()
            shown = disclosure.disclose(payload or {}, seed, said.id)
        items = ([0] if genesis else []) + list(support)
        path = MemoryTree(self.leaves(size)).path(index)
        signed = self.checkpoint(size) if signed is None else signed
        return bundle.format(
            bundle.build(
                entry=data,
                proof=tlog_proof.format(tlog_proof.TlogProof(index, path, signed)),
                disclosure=shown,
                support=[self.support(item, size) for item in items],
                anchors=anchors,
            )
        )

    def policy(
        self,
        *,
        log_keys: Sequence[str] = ("log 1",),
        quorum: bool = True,
        auditors: Sequence[tuple[str, str]] = (),
        genesis: bytes | None = None,
    ) -> Policy:
        """A verifier's policy: this log, and one witness."""
        return Policy(
            tuple(
                LogLine(note.parse_vkey(self.vkey(name)), genesis or self.ledger)
                for name in log_keys
            ),
            (WitnessLine("w1", note.VerifierKey("w1", note.COSIGNATURE, key("w1").public_key)),),
            (GroupLine("g", 1, ("w1",)),),
            "g" if quorum else "none",
            tuple(Auditor(party, kid(key(name))) for party, name in auditors),
        )

    def verify(self, data: bytes, *, chain: ChainFacts | None = None, **kwargs: Any) -> Verdict:
        """The verdict under `policy(**kwargs)`."""
        return verify(data, policy.format(self.policy(**kwargs)).encode(), chain=chain)

    def anchor(self, size: int, *, head: int | None = None, **changes: Any) -> Anchor:
        """An anchor at a size, proven consistent with the log at `head`."""
        head = len(self.entries) if head is None else head
        small, large = sorted((size, head))
        members: dict[str, Any] = {
            "chain_id": TARGET.chain_id,
            "genesis_hash": TARGET.genesis_hash,
            "contract": TARGET.contract,
            "tx_hash": "0x" + "aa" * 32,
            "log_index": 0,
            "block_number": 100,
            "block_hash": "0x" + "bb" * 32,
            "block_time": "2026-11-23T06:10:00.000Z",
            "size": size,
            "root": MemoryTree(self.leaves(size)).root,
            "consistency": tuple(consistency_proof(small, self.leaves(large))),
        }
        return Anchor(**{**members, **changes})

    def facts(self, anchor: Anchor, **changes: Any) -> ChainFacts:
        """What an honest node says about an anchor; `changes` to its event."""
        assert self.ledger is not None
        event: dict[str, Any] = {
            "contract": TARGET.contract,
            "log_id": log_id(TARGET.registrant, self.ledger),
            "size": anchor.size,
            "root": anchor.root,
            "tx_hash": anchor.tx_hash,
            "log_index": anchor.log_index,
            "block_number": anchor.block_number,
            "block_hash": anchor.block_hash,
            "block_timestamp_s": 1_795_414_200,
        }
        return ChainFacts(
            TARGET.chain_id,
            TARGET.genesis_hash,
            1000,
            {TARGET.contract: TARGET.code_sha256},
            (AnchoredEvent(**{**event, **changes}),),
        )


def changed(data: bytes, **members: Any) -> bytes:
    """A bundle with other top-level members."""
    return json.dumps({**json.loads(data), **members}).encode()


def said(verdict: Verdict) -> dict[str, str]:
    """Check → state."""
    return {check.name: check.state.value for check in verdict.checks}
