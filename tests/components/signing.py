"""Parties with keys: what they sign, and how an authority vouches for them."""

import os
import uuid
from typing import Any

from components.posting import OCCURRED
from components.stage import ADMISSION, Stage
from devices.client import SigningKey
from ledger import policy
from ledger.evidence import draft


def ledger_of(stage: Stage) -> bytes:
    """The log's genesis hash, as its policy gives it."""
    genesis = policy.parse(stage.service.text("/v1/trust")).logs[0].genesis
    assert genesis is not None
    return genesis


def record(kind: str, issuer: str, payload: dict[str, Any]) -> dict[str, Any]:
    """An unsigned request."""
    return {
        "id": str(uuid.uuid4()),
        "type": kind,
        "issuer": issuer,
        "occurred_at": OCCURRED,
        "payload": payload,
    }


def signed(
    request: dict[str, Any], key: SigningKey, ledger: bytes, *, submitter: str | None = None
) -> dict[str, Any]:
    """The request in normal form with its issuer's signature over the statement."""
    ready = draft.signable(
        request, submitter=submitter or request["issuer"], ledger=ledger, new_seed=os.urandom(32)
    )
    return {**ready.request, "signature": key.sign(ready.statement)}


def registration(stage: Stage, party: str, key: SigningKey) -> dict[str, Any]:
    """A key registration that the authority signed."""
    ledger = ledger_of(stage)
    payload = {
        "party": party,
        "jwk": key.public_jwk,
        "possession": key.possession(ledger, party),
    }
    return signed(record("key-registration", ADMISSION, payload), stage.authority, ledger)


def revocation(stage: Stage, key: SigningKey) -> dict[str, Any]:
    """The same authority takes a key back."""
    payload = {"kid": key.kid, "reason": "compromised"}
    return signed(record("key-revocation", ADMISSION, payload), stage.authority, ledger_of(stage))
