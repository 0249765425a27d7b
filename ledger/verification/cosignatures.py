"""Check `cosignatures`: enough of the policy's witnesses saw the same log."""

from ledger import cosignature
from ledger.errors import LedgerError
from ledger.policy import NO_QUORUM
from ledger.verdict import Check, State
from ledger.verification.case import Case
from ledger.verification.reasons import reason
from ledger.verification.sentences import say

NAME = "cosignatures"


def check(case: Case) -> Check:
    """The lines of the witnesses that the policy names; those of others mean nothing."""
    if case.policy is None:
        return say(NAME, State.NOT_CHECKED, "cosignatures/not-checked-no-policy")
    signed = []
    for witness in case.policy.witnesses:
        try:
            if cosignature.verify(case.note, [witness.key]):
                signed.append(witness)
        except LedgerError as error:
            return say(
                NAME, State.FAIL, "cosignatures/fail", name=witness.key.name, **reason(error)
            )
    if case.policy.quorum == NO_QUORUM:
        return say(NAME, State.NOT_CHECKED, "cosignatures/not-checked")
    names = ", ".join(witness.key.name for witness in signed) or "0"
    if case.policy.quorum_met(witness.key for witness in signed):
        return say(NAME, State.PASS, "cosignatures/pass", names=names)
    return say(NAME, State.PENDING, "cosignatures/pending", names=names)
