"""The inclusion proof of one entry with its checkpoint, as text (c2sp.org/tlog-proof, v1)."""

import re
from dataclasses import dataclass

from ledger.compact import MAX_SIZE
from ledger.encoding import b64, unb64
from ledger.errors import MalformedError
from ledger.merkle import HASH_SIZE

MAX_HASHES = 63
"""No inclusion proof in a tree below 2^63 is longer."""

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


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

    def __post_init__(self) -> None:
        if not 0 <= self.index < MAX_SIZE:
            raise MalformedError(f"no index of an entry: {self.index}")
        if len(self.path) > MAX_HASHES or any(len(node) != HASH_SIZE for node in self.path):
            raise MalformedError(f"a path is at most {MAX_HASHES} hashes of 32 bytes")


def parse(text: str | bytes) -> TlogProof:
    """The proof of its text; the checkpoint is not looked into.

    Raises:
        MalformedError: anything that does not re-format to itself.
    """
    try:
        text = text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as error:
        raise MalformedError("a proof that is not UTF-8") from error
    head, gap, checkpoint_note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != _FIRST_LINE or not gap:
        raise MalformedError(f"a proof begins with {_FIRST_LINE}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = unb64(lines.pop(0).removeprefix("extra "))
    match = _INDEX.fullmatch(lines[0]) if lines else None
    if not match:
        raise MalformedError("a proof without its index line")
    path = tuple(unb64(line, HASH_SIZE) for line in lines[1:])
    return TlogProof(int(match[1]), path, checkpoint_note, extra)


def format(proof: TlogProof) -> str:  # noqa: A001 - the other half of parse
    """The text that `parse` reads."""
    lines = [_FIRST_LINE]
    if proof.extra is not None:
        lines.append(f"extra {b64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += map(b64, proof.path)
    return "\n".join((*lines, "", proof.checkpoint_note))
