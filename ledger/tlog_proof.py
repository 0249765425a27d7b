"""The inclusion proof of one entry with its checkpoint, as text (c2sp.org/tlog-proof, v1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TlogProof:
    """What a bundle's `proof` member holds.

    Attributes:
        index: the entry's place, 0-based.
        path: inclusion proof hashes, leaf's sibling first; the size is the checkpoint's.
        checkpoint_note: the signed checkpoint, verbatim.
        extra: unauthenticated bytes that nothing may rest on, or None.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint_note: str
    extra: bytes | None = None


def parse(text: str | bytes) -> TlogProof:
    """The proof of its text; the checkpoint is not looked into.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    raise NotImplementedError


def format(proof: TlogProof) -> str:  # noqa: A001 - the other half of parse
    """The text that `parse` reads."""
    raise NotImplementedError
