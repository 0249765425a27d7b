"""Checkpoints: the signed head of a log at one size (c2sp.org/tlog-checkpoint v1.0.0)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.note import NoteSigner, VerifierKey


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


def text(checkpoint: Checkpoint) -> str:
    """The note text, ending with a newline."""
    raise NotImplementedError


def parse(text: str) -> Checkpoint:
    """The checkpoint of a note's text.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    raise NotImplementedError


def sign(checkpoint: Checkpoint, signers: Iterable[NoteSigner]) -> str:
    """The signed note."""
    raise NotImplementedError


def open(note: str | bytes, keys: Sequence[VerifierKey]) -> Checkpoint:  # noqa: A001 - C2SP's word
    """The checkpoint of a note that at least one of `keys` signed, under the name of its origin.

    Raises:
        MalformedError: not a note, not a checkpoint.
        VerificationError: as `note.verify`, or the signer's name is not the origin.
    """
    raise NotImplementedError
