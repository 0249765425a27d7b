"""Check `entry-form`: the entry is strictly one, belongs to the policy's log, and so its support."""

from ledger.bundle import MAX_SUPPORT
from ledger.errors import MalformedError
from ledger.statement import GENESIS
from ledger.verdict import Check, State
from ledger.verification.canonical_form import locate
from ledger.verification.case import Case
from ledger.verification.reasons import differ, reason
from ledger.verification.sentences import say

NAME = "entry-form"


def malformed(error: MalformedError, data: bytes | None) -> Check:
    """The check where the entry is none; `data` is its bytes, None where they cannot be read."""
    place = None if data is None else locate(data)
    return say(
        NAME,
        State.FAIL,
        "entry-form/fail-form",
        reason_en=f"{error}{f': {place[0]}' if place else ''}",
        reason_zh=place[1] if place else reason(error)["reason_zh"],
    )


def check(case: Case) -> Check:
    """Genesis at 0 and nowhere else, the ledger that the policy names, and support in form."""
    if (case.main.type == GENESIS) != (case.index == 0):
        return say(
            NAME,
            State.FAIL,
            "entry-form/fail-genesis",
            index=case.index,
            expected="genesis" if case.index == 0 else "no genesis",
            found=case.main.type,
        )
    named = [line.genesis for line in case.log_lines if line.genesis is not None]
    if named and case.ledger not in named:
        return say(
            NAME,
            State.FAIL,
            "entry-form/fail-ledger",
            **differ(named[0].hex(), case.ledger.hex()),
        )
    if len(case.bundle.support) > MAX_SUPPORT:
        return say(
            NAME,
            State.FAIL,
            "entry-form/fail-too-many",
            expected=MAX_SUPPORT,
            found=len(case.bundle.support),
        )
    if case.support.malformed:
        place, error = case.support.malformed[0]
        return say(NAME, State.FAIL, "entry-form/fail-support", place=place, **reason(error))
    return say(NAME, State.PASS, "entry-form/pass", ledger=case.ledger.hex())
