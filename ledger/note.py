"""Signed notes and their keys (c2sp.org/signed-note v1.0.0).

A note is text, an empty line, and signature lines `— <name> <base64(key ID ‖ signature)>`. The
signed bytes are the text with its final newline. Lines of unknown keys are ignored; a line of a
known key that does not verify spoils the whole note.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from ledger import ed25519
from ledger.encoding import b64, unb64, unhex
from ledger.errors import MalformedError, VerificationError

MAX_SIZE = 1_000_000
"""Bytes of the largest note that is read."""

MAX_SIGNATURES = 100
"""Signature lines of the largest note that is read; C2SP asks for at least 16."""

ED25519 = 0x01
"""Type byte of an Ed25519 signature over the text."""

COSIGNATURE = 0x04
"""Type byte of an Ed25519 cosignature/v1 (see `cosignature.py`)."""


_LINE_START = "\N{EM DASH} "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A vkey.

    Attributes:
        name: key name; no Unicode space, no `+`.
        kind: signature type byte, `ED25519` or `COSIGNATURE`: no other is verified here.
        public_key: 32 bytes.
    """

    name: str
    kind: int
    public_key: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.kind not in {ED25519, COSIGNATURE}:
            raise MalformedError(f"a key of type {self.kind:#04x}, which is not verified here")
        ed25519.check_public_key(self.public_key)

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ 0A ‖ kind ‖ public key)."""
        kind = bytes([self.kind])
        return sha256(self.name.encode() + b"\n" + kind + self.public_key).digest()[:4]


def parse_vkey(text: str) -> VerifierKey:
    """The key of `<name>+<8 hex>+<base64(kind ‖ public key)>`.

    Raises:
        MalformedError: not of this form, a key ID that does not belong, or an unusable key.
    """
    name, key_id, data = _split_key(text)
    key = VerifierKey(name, data[0], data[1:])
    if key.key_id != key_id:
        raise MalformedError("a vkey whose key ID does not belong to it")
    return key


def format_vkey(key: VerifierKey) -> str:
    """The text of a vkey."""
    return f"{key.name}+{key.key_id.hex()}+{b64(bytes([key.kind]) + key.public_key)}"


def _split_key(text: str) -> tuple[str, bytes, bytes]:
    """The name, the key ID and the bytes, at least one, of a vkey or of what follows PRIVATE+KEY+."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise MalformedError("a key has a name, a key ID and its bytes, joined by +")
    data = unb64(parts[2])
    if not data:
        raise MalformedError("a key without bytes")
    return parts[0], unhex(parts[1], 4), data


def check_name(name: str) -> None:
    """Refuse what can be no key name.

    Raises:
        MalformedError: empty, a Unicode space, `+`, a control character, or no valid Unicode.
    """
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise MalformedError("a key name that is not valid Unicode") from error
    if not name or "+" in name or _CONTROL.search(name) or any(map(str.isspace, name)):
        raise MalformedError(f"no key name: {name!r:.80}")


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
        return VerifierKey(self.name, ED25519, self.signer.public_key)

    def sign_text(self, text: bytes) -> bytes:
        """Ed25519 over the text."""
        return self.signer.sign(text)


def parse_skey(text: str) -> NoteKey:
    """The key of `PRIVATE+KEY+<name>+<8 hex>+<base64(01 ‖ seed)>` (the Go tools' convention).

    Raises:
        MalformedError: not of this form, or a key ID that does not belong. Never shows the text.
    """
    if not text.startswith(_PRIVATE):
        raise MalformedError("not a private note key")
    name, key_id, data = _split_key(text.removeprefix(_PRIVATE))
    if data[0] != ED25519:
        raise MalformedError("a private note key of another type than Ed25519")
    key = NoteKey(name, ed25519.Signer.from_seed(data[1:]))
    if key.verifier_key.key_id != key_id:
        raise MalformedError("a private note key whose key ID does not belong to it")
    return key


def format_skey(name: str, seed: bytes) -> str:
    """The private text of a 32-byte seed: whoever writes it to a file guards that file."""
    key_id = NoteKey(name, ed25519.Signer.from_seed(seed)).verifier_key.key_id
    return f"{_PRIVATE}{name}+{key_id.hex()}+{b64(bytes([ED25519]) + seed)}"


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

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.key_id) != 4 or not self.signature:
            raise MalformedError("a signature line holds 4 bytes of key ID and a signature")


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note's text, final newline included, and its signature lines in order."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n"):
            raise MalformedError("a note's text ends with a newline")
        if _CONTROL.search(self.text):
            raise MalformedError("a note with a control character")
        if not self.signatures:
            raise MalformedError("a note without a signature")

    def lines_of(self, key: VerifierKey) -> tuple[NoteSignature, ...]:
        """The lines that claim to be by this key: same name, same key ID."""
        key_id = key.key_id
        return tuple(
            line for line in self.signatures if line.name == key.name and line.key_id == key_id
        )


def parse(note: str | bytes) -> SignedNote:
    """The parts of a note; nothing is verified.

    Raises:
        MalformedError: not a note, or too large.
    """
    try:
        data = note.encode() if isinstance(note, str) else note
        text = note if isinstance(note, str) else note.decode()
    except UnicodeError as error:
        raise MalformedError("a note that is not UTF-8") from error
    if len(data) > MAX_SIZE:
        raise MalformedError(f"a note of {len(data)} bytes")
    body, gap, lines = text.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise MalformedError(
            "a note is text, an empty line, and signature lines that end in newlines"
        )
    if lines.count("\n") > MAX_SIGNATURES:
        raise MalformedError(f"a note with more than {MAX_SIGNATURES} signature lines")
    return SignedNote(body + "\n", tuple(map(_parse_line, lines[:-1].split("\n"))))


def _parse_line(line: str) -> NoteSignature:
    name, _, blob = line.removeprefix(_LINE_START).partition(" ")
    if not line.startswith(_LINE_START):
        raise MalformedError("a signature line begins with an em dash and a space")
    data = unb64(blob)
    return NoteSignature(name, data[:4], data[4:])


def format(note: SignedNote) -> str:  # noqa: A001 - the other half of parse
    """The text that `parse` reads."""
    return "".join((note.text, "\n", *map(format_line, note.signatures)))


def format_line(line: NoteSignature) -> str:
    """One signature line with its newline, as a witness answers it."""
    return f"{_LINE_START}{line.name} {b64(line.key_id + line.signature)}\n"


def sign_lines(text: str, signers: Iterable[NoteSigner]) -> tuple[NoteSignature, ...]:
    """One signature line per signer over `text`, which ends with a newline."""
    data = text.encode()
    lines = []
    for signer in signers:
        key = signer.verifier_key
        lines.append(NoteSignature(key.name, key.key_id, signer.sign_text(data)))
    return tuple(lines)


def verify(note: SignedNote, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """The keys (kind 1) whose lines stand in the note, all of them checked; at least one.

    Raises:
        VerificationError: a known key's line does not hold, or no known key signed.
    """
    data = note.text.encode()
    signed = []
    for key in keys:
        lines = note.lines_of(key) if key.kind == ED25519 else ()
        for line in lines:
            ed25519.verify(key.public_key, line.signature, data)
        if lines:
            signed.append(key)
    if not signed:
        raise VerificationError("no known key signed the note")
    return tuple(signed)
