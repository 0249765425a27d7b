"""Kept receipts, alone and against the log of today."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from log_writer import OPERATOR, SCHOOL, key
from rfc6962 import proof as consistency_proof
from scene import Scene, said

from ledger import merkle, policy
from ledger.encoding import b64, b64url
from ledger.entry import parse as parse_entry
from ledger.errors import MalformedError
from ledger.memory_tree import MemoryTree
from ledger.note import ED25519, VerifierKey
from ledger.policy import LogLine
from ledger.tlog_proof import TlogProof
from ledger.tlog_proof import format as format_proof
from ledger.verdict import Check, Overall, State, Verdict
from ledger.verification import receipt


class Posted(Scene):
    """A log of four entries, and the receipt of the record at 2."""

    def __init__(self) -> None:
        super().__init__()
        self.append("order", SCHOOL, {})
        self.at = self.append("order", SCHOOL, {"a": 1})
        self.append("order", SCHOOL, {})

    def receipt(self, at: int | None = None, **members: Any) -> bytes:
        at = self.at if at is None else at
        data = self.entries[at]
        entry = parse_entry(data)
        path = MemoryTree(self.leaves()).path(at)
        value = {
            "id": entry.statement.id,
            "index": at,
            "leaf_hash": merkle.leaf_hash(data).hex(),
            "logged_at": entry.logged_at,
            "tree_size": len(self.entries),
            "entry": b64(data),
            "seed": b64url(sha256(entry.statement.id.encode()).digest()),
            "proof": format_proof(TlogProof(at, path, self.checkpoint(witnesses=()))),
            "links": {"self": "/x"},
        }
        return json.dumps({**value, **members}).encode()

    def judge(self, data: bytes) -> Verdict:
        return receipt.verify(data, policy.format(self.policy()).encode())

    def compare(self, kept: str, newer: str, sizes: tuple[int, int], **kwargs: Any) -> Check:
        path = consistency_proof(sizes[0], self.leaves(sizes[1])) if sizes[0] < sizes[1] else []
        return receipt.compare(kept, newer, path, self.policy(**kwargs))


def test_a_kept_receipt_rests_on_the_log_alone() -> None:
    scene = Posted()

    found = scene.judge(scene.receipt())

    assert found.overall is Overall.LOG_ONLY
    assert said(found)["inclusion"] == "pass"
    assert said(found)["checkpoint-signature"] == "pass"
    assert found.custodial


def test_a_receipt_without_a_policy_is_not_identified() -> None:
    assert receipt.verify(Posted().receipt(), None).overall is Overall.UNIDENTIFIED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "00000000-0000-0000-0000-0000000000ff"),
        ("index", 1),
        ("leaf_hash", "00" * 32),
        ("logged_at", "2026-11-23T06:00:00.000Z"),
        ("tree_size", 3),
    ],
)
def test_what_a_receipt_says_beside_its_proof_must_be_true(name: str, value: object) -> None:
    scene = Posted()

    found = scene.judge(scene.receipt(**{name: value}))

    assert found.overall is Overall.FAILED
    assert f"{name} of the receipt" in found.check("entry-form").en
    assert f"收据的 {name}" in found.check("entry-form").zh


def test_the_seed_of_an_open_record_is_the_entrys_own_and_never_shown() -> None:
    scene = Posted()
    at = scene.append("policy", OPERATOR, {"name": "x", "version": 1, "rules": {}})
    seed = b64url(bytes(32))

    assert scene.judge(scene.receipt(at)).overall is Overall.LOG_ONLY
    found = scene.judge(scene.receipt(at, seed=seed))
    assert said(found)["entry-form"] == "fail"
    assert seed not in str(found)


def test_a_receipt_of_another_record_fails() -> None:
    scene = Posted()
    other = json.loads(scene.receipt(1))

    found = scene.judge(scene.receipt(entry=other["entry"], id=other["id"]))

    assert said(found)["inclusion"] == "fail"


@pytest.mark.parametrize(
    "change",
    [
        {"index": "2"},
        {"index": True},
        {"tree_size": -1},
        {"leaf_hash": "x"},
        {"entry": 1},
        {"entry": "!"},
        {"seed": "AA"},
        {"id": "X"},
        {"proof": None},
        {"more": 1},
    ],
)
def test_what_is_no_receipt_gives_no_verdict(change: dict[str, Any]) -> None:
    scene = Posted()

    with pytest.raises(MalformedError):
        scene.judge(scene.receipt(**change))


def test_a_receipt_whose_proof_or_entry_cannot_be_read_fails() -> None:
    scene = Posted()

    assert said(scene.judge(scene.receipt(proof="x")))["inclusion"] == "fail"
    assert said(scene.judge(scene.receipt(entry="e30=")))["entry-form"] == "fail"


def test_receipts_are_told_from_bundles() -> None:
    scene = Posted()

    assert receipt.is_receipt(scene.receipt())
    assert not receipt.is_receipt(scene.bundle(scene.at))
    assert not receipt.is_receipt(b"[]")


def test_the_log_of_today_has_only_grown() -> None:
    scene = Posted()
    kept = scene.checkpoint(2)

    check = scene.compare(kept, scene.checkpoint(4), (2, 4))

    assert (check.name, check.state) == ("consistency", State.PASS)
    assert "first 2 of now 4" in check.en
    assert scene.compare(kept, kept, (2, 2)).state is State.PASS


def test_two_states_of_one_size_are_proof_of_fraud() -> None:
    scene, other = Posted(), Posted()
    other.entries[1] = scene.entries[2]

    check = scene.compare(scene.checkpoint(), other.checkpoint(), (4, 4))

    assert check.state is State.FAIL
    assert "proof of fraud" in check.en
    assert "byte 0 of 32 differs" in check.en


def test_a_log_that_shrank_or_was_rewritten_fails() -> None:
    scene, other = Posted(), Posted()
    other.entries[1] = scene.entries[2]

    shrunk = scene.compare(scene.checkpoint(4), scene.checkpoint(2), (2, 4))
    rewritten = scene.compare(other.checkpoint(3), scene.checkpoint(4), (3, 4))

    assert "expected at least 4 entries, found 2" in shrunk.en
    assert rewritten.state is State.FAIL
    assert "is not shown to contain" in rewritten.en


def test_checkpoints_are_the_policys_logs() -> None:
    scene = Posted()
    kept, stranger = scene.checkpoint(2), scene.checkpoint(4, keys=("stranger",))

    assert "not signed by a key" in scene.compare(kept, stranger, (2, 4)).en
    assert "cannot be read" in scene.compare(kept, "x", (2, 4)).en


def test_checkpoints_are_of_one_log() -> None:
    scene = Posted()
    other = VerifierKey("log.example/b", ED25519, key("log b").public_key)
    trusted = replace(scene.policy(), logs=(*scene.policy().logs, LogLine(other)))
    kept = scene.checkpoint(4, keys=("log b",), origin=other.name)

    check = receipt.compare(kept, scene.checkpoint(4), [], trusted)

    assert "are of two logs: expected log.example/b, found log.example/a" in check.en
    assert "not signed by a key" in receipt.compare(kept, kept, [], scene.policy()).en
