"""A record made ready: the bytes of its request, the same at each attempt.

Making it ready needs no network, so an outbox can keep `Outgoing.body` in its own storage and send
it after any number of restarts. What the service must have logged follows from these bytes alone:
`ledger.evidence.draft` derives subjects, normal forms and the commitment on both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from devices.client.evidence import Blob, Evidence
from devices.client.trust import TrustedLog
from ledger import canonical, strict_json, timestamp
from ledger.canonical import JsonInput, JsonValue
from ledger.errors import MalformedError
from ledger.evidence import draft
from ledger.evidence.draft import Draft, Signable


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request for `POST /v1/records`, ready to be sent or kept.

    Attributes:
        id: the record's id.
        body: canonical JSON on one line; holds the payload, and the seed where it is signed.
    """

    id: str
    body: bytes

    @classmethod
    def restore(cls, body: bytes) -> Self:
        """What `body` was kept of.

        Raises:
            MalformedError: it is no such request.
        """
        value = strict_json.parse(body)
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            raise MalformedError("not a record's request")
        return cls(str(value["id"]), body)

    def request(self) -> dict[str, JsonValue]:
        """The request's members."""
        value = strict_json.parse(self.body)
        assert isinstance(value, dict)
        return value

    def derive(self, log: TrustedLog, *, submitter: str, seed: bytes) -> Draft:
        """What the service must make of the request when it takes `seed` where none was sent.

        Raises:
            RefusedError: it may not take the request at all.
        """
        return draft.prepare(self.request(), submitter=submitter, ledger=log.genesis, new_seed=seed)

    def signable(self, log: TrustedLog, *, submitter: str, seed: bytes) -> Signable:
        """What an issuer has to sign so that the request can be sent with its signature.

        Raises:
            RefusedError: the evidence does not fit its type, with all its faults.
        """
        return draft.signable(
            self.request(), submitter=submitter, ledger=log.genesis, new_seed=seed
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement to be signed by whatever holds the issuer's key.

    Attributes:
        statement: its canonical bytes: what a detached JWS (`ledger.jws`) is made over.
        seed: 32 bytes, part of the request.
        request: canonical JSON of the request, without the signature.
    """

    statement: bytes
    seed: bytes
    request: bytes

    def signed(self, signature: str) -> Outgoing:
        """The request with its signature, ready to be sent."""
        members = canonical.parse(self.request)
        assert isinstance(members, dict)
        body = canonical.serialise({**members, "signature": signature})
        return Outgoing(str(members["id"]), body)


def make(
    evidence: Evidence,
    blobs: Sequence[tuple[str, Blob]],
    log: TrustedLog,
    *,
    id: str,  # noqa: A002 - the record's own word
    party: str | None,
    seed: bytes,
) -> Outgoing:
    """Derive what has to be derived, check the evidence against its type, and sign it with its key.

    Without a key, and with neither issuer nor party named, only the service can tell who speaks,
    and so whether the evidence fits: nothing is checked here then.

    Args:
        evidence: what to say; its own `blobs` and `id` are not looked at.
        blobs: by role, uploaded or to be uploaded before the record is sent.
        log: where it shall stand: a signature holds for one log only.
        id: the record's id.
        party: the token's party, or None where it is not known.
        seed: 32 fresh random bytes; used where there is a key, else the service takes its own.

    Raises:
        RefusedError: the evidence does not fit its type; all faults at once.
        MalformedError: it cannot be written as canonical JSON, a time without zone, or a key and
            no issuer.
    """
    request: dict[str, JsonInput] = {
        "id": id,
        "links": [link.to_json() for link in evidence.links],
        "occurred_at": moment(evidence.occurred_at),
        "payload": evidence.payload,
        "subjects": list(evidence.subjects),
        "type": evidence.type,
        "type_version": evidence.type_version,
    }
    if blobs:
        request["blobs"] = [
            {
                "media_type": blob.media_type,
                "role": role,
                "sha256": blob.sha256,
                "size": blob.size,
            }
            for role, blob in blobs
        ]
    if evidence.issuer is not None:
        request["issuer"] = evidence.issuer
    unsigned = Outgoing(id, canonical.serialise(request))
    submitter = party or evidence.issuer
    if evidence.key is None:
        if submitter is not None:
            unsigned.derive(log, submitter=submitter, seed=seed)
        return unsigned
    if submitter is None:
        raise MalformedError("to sign a record its issuer must be named, or the client's party")
    ready = prepared(unsigned.signable(log, submitter=submitter, seed=seed))
    return ready.signed(evidence.key.sign(ready.statement))


def prepared(ready: Signable) -> Prepared:
    """The same, as bytes that can be kept."""
    return Prepared(ready.statement, ready.seed, canonical.serialise(ready.request))


def moment(value: datetime | str) -> str:
    """The normal form of an instant.

    Raises:
        MalformedError: no zone, or no time at all.
    """
    if isinstance(value, str):
        return timestamp.normalise(value)
    if value.tzinfo is None:
        raise MalformedError("a datetime without zone names no instant")
    return timestamp.normalise(value.astimezone(UTC).isoformat())
