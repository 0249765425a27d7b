"""Witness cosignatures, Ed25519 (c2sp.org/tlog-cosignature v1.0.1, type 0x04).

A witness signs a time and the checkpoint's whole text: it saw no larger, and no inconsistent,
checkpoint of that origin before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger import ed25519
from ledger.note import NoteSignature, SignedNote, VerifierKey


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature.

    Attributes:
        key: the witness's.
        time_s: POSIX seconds, the witness's clock.
    """

    key: VerifierKey
    time_s: int


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's private key at one time: a `NoteSigner` of kind 4."""

    name: str
    signer: ed25519.Signer
    time_s: int

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        raise NotImplementedError

    def sign_text(self, text: bytes) -> bytes:
        """u64 time, then Ed25519 over the cosigned message."""
        raise NotImplementedError


def verify_line(text: str, line: NoteSignature, key: VerifierKey) -> Cosignature:
    """Check one line that claims to be by `key`.

    Raises:
        VerificationError: not 72 bytes, a time of 2^63 or more, or a signature that does not hold.
    """
    raise NotImplementedError


def verify(note: SignedNote, keys: Sequence[VerifierKey]) -> tuple[Cosignature, ...]:
    """The cosignatures by `keys` (kind 4) in the note; perhaps none. Lines of others are ignored.

    Raises:
        VerificationError: a known witness's line does not hold.
    """
    raise NotImplementedError
