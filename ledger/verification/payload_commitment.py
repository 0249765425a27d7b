"""Check `payload-commitment`: what is shown of the payload is what the statement commits to."""

from ledger import commitment, disclosure
from ledger.disclosure import Disclosed
from ledger.errors import LedgerError, VerificationError
from ledger.verdict import Check, State
from ledger.verification.about import erasures
from ledger.verification.case import Case
from ledger.verification.reasons import reason
from ledger.verification.sentences import say
from ledger.verification.shown import Shown

NAME = "payload-commitment"


def read(value: object, main: Shown) -> Disclosed | LedgerError | None:
    """What the bundle's `disclosure` shows, why it does not hold, or None where it is null."""
    if value is None:
        return None
    statement = main.entry.statement
    try:
        shown = disclosure.parse(value)
        return disclosure.verify(shown, statement.payload_root, statement.payload_fields)
    except LedgerError as error:
        return error


def check(case: Case) -> Check:
    """An open payload is recomputed; else the disclosure holds, or an erasure explains why not."""
    disclosed = case.disclosed
    if isinstance(disclosed, LedgerError):
        return say(NAME, State.FAIL, "payload-commitment/fail", **reason(disclosed))
    if case.entry.open is not None:
        opened = case.entry.open
        found = commitment.commit(opened.payload, opened.seed, case.statement.id)
        if found.root != case.statement.payload_root:
            error = VerificationError(
                "the open payload",
                expected=case.statement.payload_root.hex(),
                found=found.root.hex(),
            )
            return say(NAME, State.FAIL, "payload-commitment/fail", **reason(error))
        return say(NAME, State.PASS, "payload-commitment/pass-open")
    for item, erasure in erasures(case.main, case.support):
        if erasure.scope == "record":
            return say(NAME, State.ERASED, "payload-commitment/erased", index=item.index)
    if disclosed is None:
        return say(NAME, State.NOT_CHECKED, "payload-commitment/not-checked")
    total = len(disclosed.values) + len(disclosed.withheld)
    return say(
        NAME, State.PASS, "payload-commitment/pass", shown=len(disclosed.values), total=total
    )
