"""Signed notes and their keys (c2sp.org/signed-note v1.0.0).

A note is text, an empty line, and signature lines `— <name> <base64(key ID ‖ signature)>`. The
signed bytes are the text with its final newline. Lines of unknown keys are ignored; a line of a
known key that does not verify spoils the whole note.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger import ed25519

ED25519 = 0x01
"""Type byte of an Ed25519 signature over the text."""

COSIGNATURE = 0x04
"""Type byte of an Ed25519 cosignature/v1 (see `cosignature.py`)."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A vkey.

    Attributes:
        name: key name; no Unicode space, no `+`.
        kind: signature type byte.
        public_key: bytes after the type byte; 32 for kinds 1 and 4.
    """

    name: str
    kind: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ 0A ‖ kind ‖ public key)."""
        raise NotImplementedError


def parse_vkey(text: str) -> VerifierKey:
    """The key of `<name>+<8 hex>+<base64(kind ‖ public key)>`.

    Raises:
        MalformedError: not of this form, a key ID that does not belong, or an unusable key.
    """
    raise NotImplementedError


def format_vkey(key: VerifierKey) -> str:
    """The text of a vkey."""
    raise NotImplementedError


class NoteSigner(Protocol):
    """Whatever can add a signature line: `NoteKey`, or a witness key of `cosignature.py`."""

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        ...

    def sign_text(self, text: bytes) -> bytes:
        """The signature bytes that follow the key ID, over a note's text with its final newline."""
        ...


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A log's private key: `NoteSigner` of kind 1."""

    name: str
    signer: ed25519.Signer

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        raise NotImplementedError

    def sign_text(self, text: bytes) -> bytes:
        """Ed25519 over the text."""
        raise NotImplementedError


def parse_skey(text: str) -> NoteKey:
    """The key of `PRIVATE+KEY+<name>+<8 hex>+<base64(01 ‖ seed)>` (the Go tools' convention).

    Raises:
        MalformedError: not of this form, or a key ID that does not belong. Never shows the text.
    """
    raise NotImplementedError


def format_skey(name: str, seed: bytes) -> str:
    """The private text of a 32-byte seed: whoever writes it to a file guards that file."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line.

    Attributes:
        name: key name.
        key_id: 4 bytes.
        signature: what follows the key ID, at least 1 byte.
    """

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note's text, final newline included, and its signature lines in order."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def lines_of(self, key: VerifierKey) -> tuple[NoteSignature, ...]:
        """The lines that claim to be by this key: same name, same key ID."""
        raise NotImplementedError


def parse(note: str | bytes) -> SignedNote:
    """The parts of a note; nothing is verified.

    Raises:
        MalformedError: not a note, or too large.
    """
    raise NotImplementedError


def format(note: SignedNote) -> str:  # noqa: A001 - the other half of parse
    """The text that `parse` reads."""
    raise NotImplementedError


def sign_lines(text: str, signers: Iterable[NoteSigner]) -> tuple[NoteSignature, ...]:
    """One signature line per signer over `text`, which ends with a newline."""
    raise NotImplementedError


def verify(note: SignedNote, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """The keys (kind 1) whose lines stand in the note, all of them checked; at least one.

    Raises:
        VerificationError: a known key's line does not hold, or no known key signed.
    """
    raise NotImplementedError
