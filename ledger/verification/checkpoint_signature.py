"""Check `checkpoint-signature`: the policy's key, or the one it handed over to, signed the state.

A `log-key` record at index k hands over: the checkpoint of size k + 1 bears both keys' signatures,
above it the old key counts for nothing (FORMATS §1).
"""

from ledger import note
from ledger.errors import LedgerError
from ledger.governance import LogKey
from ledger.note import ED25519, VerifierKey
from ledger.verdict import Check, State
from ledger.verification.case import Case
from ledger.verification.reasons import reason
from ledger.verification.sentences import say

NAME = "checkpoint-signature"


def malformed(error: LedgerError) -> Check:
    """The check where the checkpoint cannot be read."""
    return say(NAME, State.FAIL, "checkpoint-signature/fail-form", **reason(error))


def check(case: Case) -> Check:
    """The log's own signatures on the checkpoint."""
    if case.policy is None:
        return say(NAME, State.NOT_CHECKED, "checkpoint-signature/not-checked-no-policy")
    if not case.log_lines:
        return say(
            NAME,
            State.NOT_CHECKED,
            "checkpoint-signature/not-checked-origin",
            origin=case.checkpoint.origin,
        )
    known, needed = _keys(case)
    for key in known:
        try:
            if case.note.lines_of(key):
                note.verify(case.note, [key])
        except LedgerError as error:
            return say(
                NAME,
                State.FAIL,
                "checkpoint-signature/fail",
                key=key.key_id.hex(),
                **reason(error),
            )
    signed = [key for key in known if case.note.lines_of(key)]
    missing = [key for key in needed if key not in signed]
    if missing or not signed:
        return say(
            NAME,
            State.FAIL,
            "checkpoint-signature/fail-unknown",
            expected=_ids(missing or known),
            found=", ".join(f"{line.name} {line.key_id.hex()}" for line in case.note.signatures),
        )
    return say(
        NAME,
        State.PASS,
        "checkpoint-signature/pass",
        keys=_ids(signed),
        size=case.checkpoint.size,
    )


def _keys(case: Case) -> tuple[list[VerifierKey], list[VerifierKey]]:
    """The keys that may sign the checkpoint, and those of them that must all have signed it."""
    known = list(case.log_keys)
    needed: list[VerifierKey] = []
    for item in case.support.of_type("log-key"):
        change = LogKey.of_json(item.payload)
        if not _valid(change, case) or not {change.old, change.new} & set(known):
            continue
        if case.checkpoint.size == item.index + 1:
            needed = [change.old, change.new]
        elif change.old in known:
            known.remove(change.old)
        known += [key for key in (*needed, change.new) if key not in known]
    return known, needed


def _valid(change: LogKey, case: Case) -> bool:
    """Whether both keys, of this log's name, agreed to the change in this log."""
    if not change.old.name == change.new.name == case.checkpoint.origin:
        return False
    if not change.old.kind == change.new.kind == ED25519:
        return False
    try:
        change.verify(case.ledger)
    except LedgerError:
        return False
    return True


def _ids(keys: list[VerifierKey]) -> str:
    return ", ".join(f"{key.name} {key.key_id.hex()}" for key in keys)
