"""Ed25519 with one answer for every input (RFC 8032 §5.1; FORMATS §1).

Public keys are canonical (y < p) and not of small order, S < L, and the equation holds without the
cofactor: R is compared as bytes. What the library would accept beyond that is refused before it is
asked.
"""

from dataclasses import dataclass

PUBLIC_KEY_SIZE = 32
SEED_SIZE = 32
SIGNATURE_SIZE = 64


def check_public_key(public_key: bytes) -> None:
    """Refuse what can be no key of ours.

    Raises:
        MalformedError: not 32 bytes, y >= p, or a point of small order.
    """
    raise NotImplementedError


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Check one signature.

    Raises:
        VerificationError: for whatever reason, an unusable key included.
    """
    raise NotImplementedError


def sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature by the key of a 32-byte seed.

    Raises:
        MalformedError: a seed of another size.
    """
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that shows only what it may: `repr` holds the public key alone.

    Attributes:
        public_key: 32 bytes.
    """

    public_key: bytes

    @staticmethod
    def from_seed(seed: bytes) -> "Signer":
        """The signer of a 32-byte seed.

        Raises:
            MalformedError: a seed of another size.
        """
        raise NotImplementedError

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        raise NotImplementedError
