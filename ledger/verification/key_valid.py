"""Check `key-valid`: the signing key is the issuer's, was registered before, and not revoked."""

from ledger import jws, subject_index
from ledger.errors import VerificationError
from ledger.governance import KeyRevocation
from ledger.verdict import Check, State
from ledger.verification.case import Case
from ledger.verification.heads import Reading
from ledger.verification.reasons import reason
from ledger.verification.sentences import say
from ledger.verification.shown import Registration

NAME = "key-valid"


def check(case: Case, signature: Check, *, custodial: bool) -> Check:
    """The key's registration and revocations, as far as they are shown.

    Args:
        case: the bundle.
        signature: the check before this one.
        custodial: whether it found the record custodial.
    """
    if custodial:
        return say(NAME, State.NOT_CHECKED, "key-valid/not-checked-custodial")
    kid = None
    if signature.state is State.PASS and case.entry.signature is not None:
        kid = jws.parse(case.entry.signature).kid
    key = None if kid is None else case.support.registration(kid)
    if kid is None or key is None:
        return say(NAME, State.NOT_CHECKED, "key-valid/not-checked")
    if key.fault is not None:
        return say(
            NAME,
            State.FAIL,
            "key-valid/fail-registration",
            index=key.index,
            **reason(key.fault),
        )
    if key.index >= case.index:
        return say(NAME, State.FAIL, "key-valid/fail-later", expected=case.index, found=key.index)
    issuer = case.statement.issuer
    if key.party != issuer:
        return say(NAME, State.FAIL, "key-valid/fail-party", expected=issuer, found=key.party)
    for item in case.support.of_type("key-revocation"):
        if item.index < case.index and KeyRevocation.of_json(item.payload).kid == kid:
            return say(
                NAME, State.FAIL, "key-valid/fail-revoked", expected=case.index, found=item.index
            )
    values = _revocation(case, kid, key)
    if key.index == 0:
        return say(NAME, State.PASS, "key-valid/pass-authority", **values)
    which = "pass" if key.by_authority else "pass-operator"
    return say(NAME, State.PASS, f"key-valid/{which}", index=key.index, **values)


def _revocation(case: Case, kid: str, key: Registration) -> dict[str, str]:
    """What can be said about revocations that the bundle does not show."""
    sizes = [
        reading.index.size
        for reading in case.indexes.readings
        if reading.index.size >= case.index and _ends_there(kid, key, reading)
    ]
    if sizes:
        size = max(sizes)
        return {
            "revocation_en": f"; as of size {size} the log has no revocation of it",
            "revocation_zh": f"；截至 {size} 条时，账本中没有对它的撤销",
        }
    return {
        "revocation_en": "; no revocation is in this bundle",
        "revocation_zh": "；本证据包中没有对它的撤销",
    }


def _ends_there(kid: str, key: Registration, reading: Reading) -> bool:
    """Whether the index shows the registration to be the last word about the key."""
    name = f"key:{kid}"
    if key.index > 0:
        head = reading.head_of(name)
        return head is not None and head.index == key.index
    # The authorities' keys stand in genesis, which has no subjects: their chains begin later.
    try:
        return subject_index.prove(reading.index, name, reading.proofs) is None
    except VerificationError:
        return False
