"""Ed25519 public keys as JWK, exactly `crv`, `kty`, `x` (RFC 8037 §2), and their kid (RFC 7638)."""

from ledger.canonical import JsonValue


def parse(value: JsonValue) -> bytes:
    """The 32-byte public key of a JWK.

    Raises:
        MalformedError: other members, another curve, padding, or a key that may not be used.
    """
    raise NotImplementedError


def format(public_key: bytes) -> dict[str, JsonValue]:  # noqa: A001 - the other half of parse
    """The JWK of a 32-byte public key."""
    raise NotImplementedError


def thumbprint(public_key: bytes) -> str:
    """The kid: base64url of SHA-256 over the JWK's canonical bytes, 43 characters."""
    raise NotImplementedError
