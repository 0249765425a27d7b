"""Kept receipts: does one still hold, and has the log of today grown out of it (API.md, Receipt)?

A receipt shows that the log took a record, and under which signed state. It carries no genesis and
no anchor: at best the policy's witnesses carry it, or it is `log-only` until it is held against a
newer checkpoint. Fetching is for others; here are bytes only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger import bundle as bundles
from ledger import checkpoint as checkpoints
from ledger import entry as entries
from ledger import note, policy, strict_json, tlog_proof
from ledger.checkpoint import Checkpoint
from ledger.encoding import unb64, unb64url, unhex
from ledger.entry import Entry
from ledger.errors import LedgerError, MalformedError
from ledger.merkle import leaf_hash
from ledger.note import VerifierKey
from ledger.policy import Policy
from ledger.proof import verify_consistency
from ledger.statement import ID
from ledger.verdict import Check, Overall, State, Verdict
from ledger.verification import entry_form, verify_parts
from ledger.verification.reasons import differ, reason
from ledger.verification.sentences import say

CONSISTENCY: Final = "consistency"
"""Name of the check that `compare` makes."""

_MEMBERS: Final = frozenset(
    {"id", "index", "leaf_hash", "logged_at", "tree_size", "entry", "seed", "proof", "links"}
)


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it was kept; `links` is let lie, for nothing rests on it.

    Attributes:
        id: the record's id.
        index: its place in the log.
        leaf_hash: of the entry, 32 bytes.
        logged_at: when the log took it, normal form.
        tree_size: size of the checkpoint in `proof`.
        entry: the entry's bytes.
        seed: 32 bytes that open the commitment; the poster's secret.
        proof: tlog-proof text with the log's signature.
    """

    id: str
    index: int
    leaf_hash: bytes
    logged_at: str
    tree_size: int
    entry: bytes
    seed: bytes
    proof: str


def is_receipt(data: bytes) -> bool:
    """Whether a file looks like a receipt rather than a bundle: has it a receipt's members?

    Raises:
        MalformedError: not strict JSON.
    """
    value = strict_json.parse(data)
    return isinstance(value, dict) and value.keys() >= {"tree_size", "leaf_hash", "entry"}


def parse(data: bytes) -> KeptReceipt:
    """The receipt of a file.

    Raises:
        MalformedError: not strict JSON, other members, or members that are not what they should be.
    """
    value: Any = strict_json.parse(data)
    if not isinstance(value, dict) or not _MEMBERS - {"links"} <= value.keys() <= _MEMBERS:
        raise MalformedError(f"a receipt has exactly {', '.join(sorted(_MEMBERS))}")
    for name in ("index", "tree_size"):
        if type(value[name]) is not int or value[name] < 0:
            raise MalformedError(f"{name} of a receipt is not an integer of at least 0")
    for name in ("id", "leaf_hash", "logged_at", "entry", "seed", "proof"):
        if type(value[name]) is not str:
            raise MalformedError(f"{name} of a receipt is not text")
    if not ID.fullmatch(value["id"]):
        raise MalformedError("id of a receipt is not a lower-case UUID")
    return KeptReceipt(
        value["id"],
        value["index"],
        unhex(value["leaf_hash"], 32),
        value["logged_at"],
        value["tree_size"],
        unb64(value["entry"]),
        unb64url(value["seed"], 32),
        value["proof"],
    )


def verify(data: bytes, policy_text: bytes | None) -> Verdict:
    """The verdict on a kept receipt, with the checks of a bundle that shows nothing else.

    Whatever the receipt says beside its proof must be the entry's and the proof's own, or
    `entry-form` fails.

    Args:
        data: bytes of the receipt's file.
        policy_text: bytes of the verifier's own policy, or None.

    Raises:
        MalformedError: receipt or policy cannot be read.
    """
    trusted = None if policy_text is None else policy.parse(policy_text)
    receipt = parse(data)
    shown = bundles.build(entry=receipt.entry, proof=receipt.proof, disclosure=None)
    verdict = verify_parts(shown, trusted)
    lie = _lie(receipt)
    if lie is None or verdict.check(entry_form.NAME).state is State.FAIL:
        return verdict
    checks = (lie, *verdict.checks[1:])
    return Verdict(Overall.FAILED, (), verdict.custodial, checks)


def compare(kept: str, newer: str, path: Sequence[bytes], trusted: Policy) -> Check:
    """Whether the log whose checkpoint was kept has only grown into that of a newer checkpoint.

    The check is named `consistency`. Where the log signed two states of one size, it says so.

    Args:
        kept: signed note of the receipt.
        newer: signed note that the log serves today.
        path: RFC 6962 consistency proof between their sizes; empty where they are equal.
        trusted: the verifier's own policy. After a change of the log's key it names both keys.
    """
    heads: list[Checkpoint] = []
    for text in (kept, newer):
        try:
            heads.append(_open(text, trusted))
        except MalformedError as error:
            return say(CONSISTENCY, State.FAIL, "consistency/fail-form", **reason(error))
        except LedgerError as error:
            return say(CONSISTENCY, State.FAIL, "consistency/fail-signature", **reason(error))
    old, new = heads
    if old.origin != new.origin:
        values: Mapping[str, object] = {"expected": old.origin, "found": new.origin}
        return say(CONSISTENCY, State.FAIL, "consistency/fail-origin", **values)
    if new.size < old.size:
        values = {"expected": old.size, "found": new.size}
        return say(CONSISTENCY, State.FAIL, "consistency/fail-shrunk", **values)
    if new.size == old.size and new.root != old.root:
        values = {"size": old.size, **differ(old.root.hex(), new.root.hex())}
        return say(CONSISTENCY, State.FAIL, "consistency/fail-equivocation", **values)
    try:
        verify_consistency(old.size, new.size, old.root, new.root, path)
    except LedgerError as error:
        return say(CONSISTENCY, State.FAIL, "consistency/fail", **reason(error))
    return say(CONSISTENCY, State.PASS, "consistency/pass", size=old.size, newer=new.size)


def _open(text: str, trusted: Policy) -> Checkpoint:
    signed = note.parse(text)
    head = checkpoints.parse(signed.text)
    keys: list[VerifierKey] = [line.key for line in trusted.logs_of(head.origin)]
    note.verify(signed, keys)
    return head


def _lie(receipt: KeptReceipt) -> Check | None:
    """The first member that is not what entry and proof say, or None."""
    try:
        shown = tlog_proof.parse(receipt.proof)
        head = checkpoints.parse(note.parse(shown.checkpoint_note).text)
        entry = entries.parse(receipt.entry)
    except MalformedError:
        return None
    for name, expected, found in (
        ("id", entry.statement.id, receipt.id),
        ("index", str(shown.index), str(receipt.index)),
        ("leaf_hash", leaf_hash(receipt.entry).hex(), receipt.leaf_hash.hex()),
        ("logged_at", entry.logged_at, receipt.logged_at),
        ("tree_size", str(head.size), str(receipt.tree_size)),
        ("seed", "the entry's own", _seed(entry, receipt)),
    ):
        if expected != found:
            said = differ(expected, found)
            return say(
                entry_form.NAME,
                State.FAIL,
                "entry-form/fail-form",
                reason_en=f"{name} of the receipt: {said['reason_en']}",
                reason_zh=f"收据的 {name}：{said['reason_zh']}",
            )
    return None


def _seed(entry: Entry, receipt: KeptReceipt) -> str:
    """Whose seed it is; the seed itself is the poster's secret."""
    same = entry.open is None or entry.open.seed == receipt.seed
    return "the entry's own" if same else "another"
