"""Check `issuer-signature`: the issuer signed this statement, or need not have (custodial)."""

from ledger import jwk, jws
from ledger.errors import LedgerError, MalformedError, VerificationError
from ledger.governance import Mandate
from ledger.verdict import Check, State
from ledger.verification.case import Case
from ledger.verification.reasons import SHOWN_HEX, reason
from ledger.verification.sentences import say

NAME = "issuer-signature"


def check(case: Case) -> tuple[Check, bool]:
    """The check, and whether the record is custodial."""
    if case.entry.signature is None:
        return _null(case)
    return _signed(case, case.entry.signature), False


def _signed(case: Case, signature: str) -> Check:
    try:
        kid = jws.parse(signature).kid
    except MalformedError as error:
        return say(NAME, State.FAIL, "issuer-signature/fail-form", **reason(error))
    key = case.support.registration(kid)
    if key is None:
        return say(NAME, State.NOT_CHECKED, "issuer-signature/not-checked-key", kid=kid[:SHOWN_HEX])
    try:
        jws.verify(signature, case.statement.to_bytes(), key.public_key)
    except LedgerError as error:
        return say(NAME, State.FAIL, "issuer-signature/fail", **reason(error))
    refused = _mandate(case)[1]
    if refused is not None:
        return refused
    return say(
        NAME,
        State.PASS,
        "issuer-signature/pass",
        issuer=case.statement.issuer,
        kid=kid[:SHOWN_HEX],
    )


def _null(case: Case) -> tuple[Check, bool]:
    if case.statement.ledger is None:
        return say(NAME, State.NOT_CHECKED, "issuer-signature/not-checked-genesis"), True
    issuer, submitter = case.statement.issuer, case.entry.submitter
    key = case.support.standing.valid_key(issuer, case.index)
    if key is not None:
        kid = jwk.thumbprint(key.public_key)[:SHOWN_HEX]
        return say(NAME, State.FAIL, "issuer-signature/fail-null", issuer=issuer, kid=kid), False
    covered, refused = _mandate(case)
    if refused is not None:
        return refused, False
    parties = {"issuer": issuer, "submitter": submitter}
    if not covered:
        key_ = "issuer-signature/not-checked-mandate"
        return say(NAME, State.NOT_CHECKED, key_, **parties), False
    return say(NAME, State.NOT_CHECKED, "issuer-signature/not-checked-custodial", **parties), True


def _mandate(case: Case) -> tuple[bool, Check | None]:
    """Whether the submitter may speak for the issuer; a failure where mandates shown deny it."""
    issuer, submitter = case.statement.issuer, case.entry.submitter
    if issuer == submitter:
        return True, None
    # A mandate whose own signature cannot be checked is as good as none.
    shown = [
        item for item in case.support.of_type("mandate") if item.index not in case.support.unchecked
    ]
    why: dict[str, str] = {}
    for item in shown:
        mandate = Mandate.of_json(item.payload)
        refused = case.support.faults.get(item.index)
        if refused is None and item.index >= case.index:
            refused = VerificationError(
                "the mandate came after the record",
                expected=f"below {case.index}",
                found=str(item.index),
            )
        if refused is None and mandate.covers(
            issuer, submitter, case.statement.type, case.entry.logged_at
        ):
            return True, None
        why = _terms(mandate) if refused is None else reason(refused)
    if not shown:
        return False, None
    return False, say(
        NAME,
        State.FAIL,
        "issuer-signature/fail-mandate",
        issuer=issuer,
        submitter=submitter,
        type=case.statement.type,
        logged_at=case.entry.logged_at,
        **why,
    )


def _terms(mandate: Mandate) -> dict[str, str]:
    """What a mandate that does not cover the record says instead."""
    terms = (
        f"{mandate.principal} → {mandate.submitter}, {', '.join(mandate.types)}, "
        f"{mandate.from_} – {mandate.until}"
    )
    return {"reason_en": f"found {terms}", "reason_zh": f"实为 {terms}"}
