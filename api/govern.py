"""Records of the operator, of governance mostly: made, signed where it matters, appended."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from api.installation import Installation, now_ms
from devices.client.keys import SigningKey
from ledger import timestamp
from ledger.encoding import b64url
from ledger.errors import RefusedError
from ledger.evidence.draft import prepare, signable
from storage.values import Appended


def say(
    opened: Installation,
    kind: str,
    payload: Mapping[str, Any],
    *,
    issuer: str,
    key: SigningKey | None = None,
    record_id: str | None = None,
    links: Sequence[Mapping[str, str]] = (),
) -> Appended:
    """Append a record of `issuer`, signed with `key` where one is given.

    Raises:
        RefusedError: it does not fit its type, or its issuer may not say it.
        UnavailableError: the database does not answer.
    """
    request: dict[str, Any] = {
        "id": record_id or str(uuid.uuid4()),
        "type": kind,
        "occurred_at": timestamp.format(now_ms()),
        "issuer": issuer,
        "payload": dict(payload),
        "links": [dict(link) for link in links],
    }
    seed = secrets.token_bytes(32)
    if key is not None:
        request["seed"] = b64url(seed)
        ready = signable(request, submitter=issuer, ledger=opened.ledger, new_seed=seed)
        request = {**ready.request, "signature": key.sign(ready.statement)}
    draft = prepare(request, submitter=issuer, ledger=opened.ledger, new_seed=seed)
    outcome = opened.store.append([draft])[0]
    if isinstance(outcome, RefusedError):
        raise outcome
    return outcome


def admin_of(opened: Installation) -> str:
    """The party that registers parties and grants roles."""
    return f"{opened.operator}~admin"
