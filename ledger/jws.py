"""Detached JWS over a statement's canonical bytes (RFC 7515 compact + RFC 7797 `b64: false`).

The header's bytes are exactly `{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"…"}`, or the same
with `"alg":"EdDSA"`; both are kept as signed (FORMATS §1).
"""

from dataclasses import dataclass
from functools import lru_cache

from ledger import ed25519, jwk
from ledger.ed25519 import Signer
from ledger.encoding import b64url, unb64url
from ledger.errors import MalformedError, VerificationError

_HEADER_START = {
    alg: b'{"alg":"%b","b64":false,"crit":["b64"],"kid":"' % alg.encode("ascii")
    for alg in ("Ed25519", "EdDSA")
}
_HEADER_END = b'"}'


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

    def __post_init__(self) -> None:
        if self.alg not in _HEADER_START:
            raise MalformedError(f"no algorithm of ours: {self.alg!r:.40}")
        _check_kid(self.kid)
        if len(self.signature) != ed25519.SIGNATURE_SIZE:
            raise MalformedError(f"a signature of {len(self.signature)} bytes")

    @property
    def header(self) -> bytes:
        """The header's canonical JSON bytes."""
        return _HEADER_START[self.alg] + self.kid.encode("ascii") + _HEADER_END


@lru_cache(maxsize=4096)
def _check_kid(kid: str) -> None:
    unb64url(kid, 32)


def parse(text: str) -> DetachedSignature:
    """The signature of its compact text.

    Raises:
        MalformedError: not three parts, a payload, another header, padding or another size.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise MalformedError("a compact JWS has three parts")
    if parts[1]:
        raise MalformedError("the JWS carries a payload where it should be detached")
    alg, kid = _parse_header(parts[0])
    return DetachedSignature(alg, kid, unb64url(parts[2], ed25519.SIGNATURE_SIZE))


@lru_cache(maxsize=4096)
def _parse_header(text: str) -> tuple[str, str]:
    """`alg` and `kid` of a header in base64url: one per key, so remembered."""
    header = unb64url(text)
    for alg, start in _HEADER_START.items():
        if header.startswith(start) and header.endswith(_HEADER_END):
            try:
                return alg, header[len(start) : -len(_HEADER_END)].decode("ascii")
            except UnicodeDecodeError as error:
                raise MalformedError("a kid that is no text") from error
    raise MalformedError("a JWS header that is none of the two allowed")


def format(signature: DetachedSignature) -> str:  # noqa: A001 - the other half of parse
    """The compact text."""
    return f"{b64url(signature.header)}..{b64url(signature.signature)}"


def sign(statement: bytes, signer: Signer, *, alg: str = "Ed25519") -> str:
    """The compact text of a signature over canonical statement bytes."""
    kid = jwk.thumbprint(signer.public_key)
    header = DetachedSignature(alg, kid, bytes(ed25519.SIGNATURE_SIZE)).header
    signature = signer.sign(signing_input(header, statement))
    return format(DetachedSignature(alg, kid, signature))


def verify(text: str, statement: bytes, public_key: bytes) -> None:
    """Check that `public_key` signed these statement bytes, and that the header names it.

    Raises:
        MalformedError: the text is no such JWS.
        VerificationError: another key's kid, or the signature does not hold.
    """
    signature = parse(text)
    kid = jwk.thumbprint(public_key)
    if signature.kid != kid:
        raise VerificationError("signed under another kid", expected=kid, found=signature.kid)
    ed25519.verify(public_key, signature.signature, signing_input(signature.header, statement))


def signing_input(header: bytes, statement: bytes) -> bytes:
    """What is signed (RFC 7797 §3): the header as base64url, a dot, the payload as it is."""
    return b64url(header).encode("ascii") + b"." + statement
