"""A request made into a statement: checked, completed and committed, or refused with every fault.

    request → model and rules → blobs, links, subjects → normal form → commitment → statement

The same pure function runs in the service and in the client, so that both derive the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.entry import Open
from ledger.statement import Statement


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A file that a record names.

    Attributes:
        sha256: 64 digits of lower-case hex.
        role: what it is to the record, `photo` for instance.
        media_type: as declared.
        size: bytes.
    """

    sha256: str
    role: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A record that is well formed; whether its issuer may post it is for `rights.check`.

    Attributes:
        statement: what the issuer says.
        signature: detached JWS as it came, not verified yet; None: custodial.
        submitter: the party of the token.
        payload: canonical bytes, with the field `blobs`.
        seed: opens the commitment, 32 bytes.
        explicit_seed: whether the request brought the seed.
        opened: payload and seed of an open type, None of any other.
        content: canonical request after defaults and derivations, less seed and signature: what a
            retry must repeat.
        document_key: canonical `[type, value, …]` of the fields that tell one document from
            another; None where the type, or this record of it, has none.
        source_ref: the poster's own number.
        blobs: the files it names.
        bound_party: the party that the bound field names: issuer, or owner of the issuing device.
        posters: roles of which the issuer must hold one for exactly this payload.
        devices: devices and cameras that the payload says it was read from.
        reason_code: of a correction; None of any other type.
    """

    statement: Statement
    signature: str | None
    submitter: str
    payload: bytes
    seed: bytes
    explicit_seed: bool
    opened: Open | None
    content: bytes
    document_key: str | None
    source_ref: str | None
    blobs: tuple[BlobRef, ...]
    bound_party: str | None
    posters: frozenset[str]
    devices: tuple[str, ...]
    reason_code: str | None

    @property
    def statement_bytes(self) -> bytes:
        """The statement's canonical bytes: what a signature is made over."""
        return self.statement.to_bytes()

    @property
    def open(self) -> bool:
        """Whether the entry carries its payload in the open."""
        return self.opened is not None


def prepare(
    request: Mapping[str, Any],
    *,
    submitter: str,
    ledger: bytes | None,
    new_seed: bytes,
    time_zone: str,
) -> Draft:
    """The draft of a request as `POST /v1/records` takes it.

    Args:
        request: parsed JSON; fractions may stand in it as floats, to be refused by name.
        submitter: party of the token; the issuer where the request names none.
        ledger: leaf hash of genesis, None for genesis itself.
        new_seed: 32 random bytes, used where the request brings no seed.
        time_zone: the log's, in which civil dates are meant.

    Raises:
        RefusedError: `schema`, with every fault found; `signature` where only that is malformed.
    """
    raise NotImplementedError
