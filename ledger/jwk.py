"""Ed25519 public keys as JWK, exactly `crv`, `kty`, `x` (RFC 8037 §2), and their kid (RFC 7638)."""

from functools import lru_cache
from hashlib import sha256

from ledger import canonical, ed25519
from ledger.canonical import JsonValue
from ledger.encoding import b64url, unb64url
from ledger.errors import MalformedError


def parse(value: JsonValue) -> bytes:
    """The 32-byte public key of a JWK.

    Raises:
        MalformedError: other members, another curve, padding, or a key that may not be used.
    """
    if not isinstance(value, dict) or value.keys() != {"crv", "kty", "x"}:
        raise MalformedError("a JWK has exactly crv, kty and x")
    if value["crv"] != "Ed25519" or value["kty"] != "OKP":
        raise MalformedError("a JWK of another kind than OKP, Ed25519")
    x = value["x"]
    if not isinstance(x, str):
        raise MalformedError("a JWK whose x is no text")
    public_key = unb64url(x, ed25519.PUBLIC_KEY_SIZE)
    ed25519.check_public_key(public_key)
    return public_key


def format(public_key: bytes) -> dict[str, JsonValue]:  # noqa: A001 - the other half of parse
    """The JWK of a 32-byte public key."""
    return {"crv": "Ed25519", "kty": "OKP", "x": b64url(public_key)}


@lru_cache(maxsize=4096)
def thumbprint(public_key: bytes) -> str:
    """The kid: base64url of SHA-256 over the JWK's canonical bytes, 43 characters."""
    return b64url(sha256(canonical.serialise(format(public_key))).digest())
