"""Check `inclusion`: the entry, and each supporting entry, stands where it is said to stand."""

from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.proof import verify_inclusion
from ledger.tlog_proof import TlogProof
from ledger.verdict import Check, State
from ledger.verification.reasons import reason
from ledger.verification.sentences import say
from ledger.verification.shown import Support

NAME = "inclusion"


def malformed(error: LedgerError) -> Check:
    """The check where the proof cannot be read."""
    return say(NAME, State.FAIL, "inclusion/fail-form", **reason(error))


def check(leaf_hash: bytes, proof: TlogProof, checkpoint: Checkpoint, support: Support) -> Check:
    """All paths lead to the checkpoint's root."""
    try:
        verify_inclusion(proof.index, checkpoint.size, leaf_hash, proof.path, checkpoint.root)
    except LedgerError as error:
        return say(NAME, State.FAIL, "inclusion/fail", index=proof.index, **reason(error))
    if support.unproven:
        index, fault = support.unproven[0]
        return say(NAME, State.FAIL, "inclusion/fail-support", index=index, **reason(fault))
    count = len(support.items)
    return say(
        NAME,
        State.PASS,
        "inclusion/pass",
        index=proof.index,
        size=checkpoint.size,
        support_en=f", and so do {count} supporting entries" if count else "",
        support_zh=f"，{count} 个佐证条目也都在其中" if count else "",
    )
