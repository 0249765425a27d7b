"""Detached JWS over a statement's canonical bytes (RFC 7515 compact + RFC 7797 `b64: false`).

The header's bytes are exactly `{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"…"}`, or the same
with `"alg":"EdDSA"`; both are kept as signed (FORMATS §1).
"""

from dataclasses import dataclass

from ledger.ed25519 import Signer


@dataclass(frozen=True, slots=True)
class DetachedSignature:
    """`<header>..<signature>`.

    Attributes:
        alg: `Ed25519` or `EdDSA`, as signed.
        kid: RFC 7638 thumbprint of the key.
        signature: 64 bytes.
    """

    alg: str
    kid: str
    signature: bytes

    @property
    def header(self) -> bytes:
        """The header's canonical JSON bytes."""
        raise NotImplementedError


def parse(text: str) -> DetachedSignature:
    """The signature of its compact text.

    Raises:
        MalformedError: not three parts, a payload, another header, padding or another size.
    """
    raise NotImplementedError


def format(signature: DetachedSignature) -> str:  # noqa: A001 - the other half of parse
    """The compact text."""
    raise NotImplementedError


def sign(statement: bytes, signer: Signer, *, alg: str = "Ed25519") -> str:
    """The compact text of a signature over canonical statement bytes."""
    raise NotImplementedError


def verify(text: str, statement: bytes, public_key: bytes) -> None:
    """Check that `public_key` signed these statement bytes, and that the header names it.

    Raises:
        MalformedError: the text is no such JWS.
        VerificationError: another key's kid, or the signature does not hold.
    """
    raise NotImplementedError
