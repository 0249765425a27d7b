"""How a gateway becomes one (登记): its key, the log it trusts, and a one-time code.

    operator: tokens create, keys enrol → code          gateway: key made, policy fetched, key sent
    authority: keys register → in the log               gateway: sees its key registered, and sends

The key is made here and never leaves. Scales and cabinets are bound to the gateway by the operator
(`device-registration`); nothing of that is needed to begin with, since records wait in the outbox.
"""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Final, Literal

from devices.client import MealtraceClient, SigningKey, Trust
from devices.client.exchange import Patience, Request, exchange, object_of
from ledger.errors import ConflictError, MalformedError, NotFoundError

KEY_FILE: Final = "gateway.pem"
POLICY_FILE: Final = "trust.policy"

KeyState = Literal["unregistered", "registered", "revoked"]


def key_of(folder: Path) -> SigningKey:
    """The gateway's key, made at the first start in a file that only its owner may read.

    Raises:
        UnsafeKeyError: others may read it.
        MalformedError: the file holds no key.
    """
    path = folder / KEY_FILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return SigningKey.load(path)
    except NotFoundError:
        pass
    key = SigningKey.generate()
    try:
        key.save(path)
    except ConflictError:  # another process of this gateway was faster
        return SigningKey.load(path)
    return key


def trust_of(folder: Path, fingerprint: str | None, policy: Path | None) -> Trust:
    """Whom the gateway believes: a policy file at hand, the printed fingerprint, or the first contact.

    Raises:
        NotFoundError: no such policy file.
    """
    if policy is not None:
        try:
            return Trust.policy(policy.read_bytes())
        except FileNotFoundError as error:
            raise NotFoundError(f"no policy file {policy}") from error
    kept = folder / POLICY_FILE
    return Trust.on_first_use(kept) if fingerprint is None else Trust.pinned(fingerprint, kept)


class Enrolling(MealtraceClient):
    """The client with the calls that only a machine on its way into the log makes."""

    def send_key(self, code: str, key: SigningKey, party: str) -> None:
        """Send the key with the one-time code (`POST /v1/enrolments`); an authority registers it.

        Raises:
            ProblemError: the code is unknown, used or expired, or was made for another party.
        """
        log = self.trusted()
        body = {
            "code": code,
            "jwk": key.public_jwk,
            "possession": key.possession(log.genesis, party),
        }
        request = Request(
            "POST",
            "/v1/enrolments",
            {"Content-Type": "application/json"},
            json.dumps(body).encode(),
        )
        answer = self._run(exchange(request, Patience()))
        found = object_of(answer)
        if answer.status != HTTPStatus.ACCEPTED or found.get("kid") != key.kid:
            raise MalformedError("the service took another key than the one sent")

    def key_state(self, kid: str) -> KeyState:
        """Whether the log holds the key, from the key's own chain, which is checked.

        Raises:
            ProblemError: the token may not read.
        """
        state: KeyState = "unregistered"
        for item in self.history(f"key:{kid}").entries:
            if item.entry.statement.type == "key-registration":
                state = "registered"
            elif item.entry.statement.type == "key-revocation":
                return "revoked"
        return state
