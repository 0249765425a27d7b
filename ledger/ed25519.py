"""Ed25519 with one answer for every input (RFC 8032 §5.1; FORMATS §1).

Public keys are canonical (y < p) and not of small order, S < L, and the equation holds without the
cofactor: R is compared as bytes. What the library would accept beyond that is refused before it is
asked.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from ledger.errors import MalformedError, VerificationError

PUBLIC_KEY_SIZE = 32
SEED_SIZE = 32
SIGNATURE_SIZE = 64


_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493

_ORDER_8_Y = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y})
"""The y of the points whose order divides 8. Their sign bit is masked off before the look-up, so
that the two encodings of x = 0 with a sign, which are no points at all, fall here too."""


def check_public_key(public_key: bytes) -> None:
    """Refuse what can be no key of ours.

    Raises:
        MalformedError: not 32 bytes, y >= p, or a point of small order.
    """
    _load(public_key)


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Check one signature.

    Raises:
        VerificationError: for whatever reason, an unusable key included.
    """
    if len(signature) != SIGNATURE_SIZE:
        raise VerificationError(
            "Ed25519 signature", expected=f"{SIGNATURE_SIZE} bytes", found=f"{len(signature)} bytes"
        )
    if int.from_bytes(signature[32:], "little") >= _L:
        raise VerificationError("Ed25519 signature with S >= L")
    try:
        _load(public_key).verify(signature, message)
    except MalformedError as error:
        raise VerificationError(str(error)) from error
    except InvalidSignature as error:
        raise VerificationError("the Ed25519 signature does not hold") from error


@lru_cache(maxsize=4096)
def _load(public_key: bytes) -> Ed25519PublicKey:
    if len(public_key) != PUBLIC_KEY_SIZE:
        raise MalformedError(f"an Ed25519 public key of {len(public_key)} bytes")
    y = int.from_bytes(public_key, "little") & ((1 << 255) - 1)
    if y >= _P:
        raise MalformedError("an Ed25519 public key that is not canonical")
    if y in _SMALL_ORDER_Y:
        raise MalformedError("an Ed25519 public key of small order")
    return Ed25519PublicKey.from_public_bytes(public_key)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that shows only what it may: `repr` holds the public key alone.

    Attributes:
        public_key: 32 bytes.
    """

    public_key: bytes
    _key: Ed25519PrivateKey = field(repr=False, compare=False)

    @staticmethod
    def from_seed(seed: bytes) -> "Signer":
        """The signer of a 32-byte seed.

        Raises:
            MalformedError: a seed of another size.
        """
        if len(seed) != SEED_SIZE:
            raise MalformedError(f"an Ed25519 seed of {len(seed)} bytes")
        key = Ed25519PrivateKey.from_private_bytes(seed)
        return Signer(key.public_key().public_bytes_raw(), key)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return self._key.sign(message)


def sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature by the key of a 32-byte seed.

    Raises:
        MalformedError: a seed of another size.
    """
    return Signer.from_seed(seed).sign(message)
