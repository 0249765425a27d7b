"""Witness cosignatures, Ed25519 (c2sp.org/tlog-cosignature v1.0.1, type 0x04).

A witness signs a time and the checkpoint's whole text: it saw no larger, and no inconsistent,
checkpoint of that origin before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger import ed25519
from ledger.errors import MalformedError, VerificationError
from ledger.note import COSIGNATURE, NoteSignature, SignedNote, VerifierKey

MAX_TIME_S = 2**63
"""Times are below this."""

_SIZE = 8 + ed25519.SIGNATURE_SIZE


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

    def __post_init__(self) -> None:
        if not 0 <= self.time_s < MAX_TIME_S:
            raise MalformedError(f"no time of a cosignature: {self.time_s}")

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, COSIGNATURE, self.signer.public_key)

    def sign_text(self, text: bytes) -> bytes:
        """u64 time, then Ed25519 over the cosigned message."""
        return self.time_s.to_bytes(8, "big") + self.signer.sign(_message(text, self.time_s))


def verify_line(text: str, line: NoteSignature, key: VerifierKey) -> Cosignature:
    """Check one line that claims to be by `key`.

    Raises:
        VerificationError: not 72 bytes, a time of 2^63 or more, or a signature that does not hold.
    """
    if len(line.signature) != _SIZE:
        raise VerificationError(
            f"cosignature of {key.name}",
            expected=f"{_SIZE} bytes",
            found=f"{len(line.signature)} bytes",
        )
    time_s = int.from_bytes(line.signature[:8], "big")
    if time_s >= MAX_TIME_S:
        raise VerificationError(f"cosignature of {key.name} at a time out of range")
    ed25519.verify(key.public_key, line.signature[8:], _message(text.encode(), time_s))
    return Cosignature(key, time_s)


def verify(note: SignedNote, keys: Sequence[VerifierKey]) -> tuple[Cosignature, ...]:
    """The cosignatures by `keys` (kind 4) in the note; perhaps none. Lines of others are ignored.

    Raises:
        VerificationError: a known witness's line does not hold.
    """
    return tuple(
        verify_line(note.text, line, key)
        for key in keys
        if key.kind == COSIGNATURE
        for line in note.lines_of(key)
    )


def _message(text: bytes, time_s: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (time_s, text)
