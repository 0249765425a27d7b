"""Checkpoints: the signed head of a log at one size (c2sp.org/tlog-checkpoint v1.0.0)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger import note
from ledger.compact import MAX_SIZE
from ledger.encoding import b64, unb64
from ledger.errors import MalformedError
from ledger.merkle import EMPTY_ROOT, HASH_SIZE
from ledger.note import NoteSigner, VerifierKey

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says about itself.

    Attributes:
        origin: the log's name, not empty, one line.
        size: number of entries.
        root: 32 bytes.
        extensions: further lines; ours has none, other logs' are kept.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size < MAX_SIZE:
            raise MalformedError(f"no tree has {self.size} leaves")
        if len(self.root) != HASH_SIZE:
            raise MalformedError(f"a root of {len(self.root)} bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise MalformedError("the root of an empty tree is SHA-256 of nothing")
        for line in (self.origin, *self.extensions):
            if not line or "\n" in line:
                raise MalformedError("origin and extensions are one line each, not empty")


def text(checkpoint: Checkpoint) -> str:
    """The note text, ending with a newline."""
    lines = (checkpoint.origin, str(checkpoint.size), b64(checkpoint.root), *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)


def parse(text: str) -> Checkpoint:
    """The checkpoint of a note's text.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise MalformedError(
            "a checkpoint is lines of origin, size and root, each with its newline"
        )
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise MalformedError(f"no tree size: {size!r:.40}")
    return Checkpoint(origin, int(size), unb64(root, HASH_SIZE), tuple(extensions))


def sign(checkpoint: Checkpoint, signers: Iterable[NoteSigner]) -> str:
    """The signed note."""
    body = text(checkpoint)
    return note.format(note.SignedNote(body, note.sign_lines(body, signers)))


def open(signed_note: str | bytes, keys: Sequence[VerifierKey]) -> Checkpoint:  # noqa: A001 - C2SP's word
    """The checkpoint of a note that at least one of `keys` signed, under the name of its origin.

    Raises:
        MalformedError: not a note, not a checkpoint.
        VerificationError: as `note.verify`; a key under another name than the origin is unknown.
    """
    signed = note.parse(signed_note)
    checkpoint = parse(signed.text)
    note.verify(signed, [key for key in keys if key.name == checkpoint.origin])
    return checkpoint
