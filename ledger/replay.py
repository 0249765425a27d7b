"""Replay: the fold that audits a log, entry by entry, in order (FORMATS §1; DESIGN §7, points 1, 5, 6).

Pure: index and bytes in, the parsed entry out, or the first thing that does not hold. What it keeps
is what an honest log may look back at: leaf hashes, the entries of each subject, record ids, keys,
mandates. Whether an issuer's *role* allowed a record is the evidence registry's question
(`ledger.evidence.registry`); an audit folds both over the same entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.entry import Entry
from ledger.subject_index import Head


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """One Ed25519 equation left to check: `ed25519.verify(public_key, signature, message)`.

    Attributes:
        index: the entry whose issuer signed.
        public_key: 32 bytes.
        signature: 64 bytes.
        message: the JWS signing input.
    """

    index: int
    public_key: bytes
    signature: bytes
    message: bytes


class Replay:
    """The state after `size` entries.

    Attributes:
        size: number of entries applied.
        signatures: with `check_signatures=False`, what is left to check; the caller empties it.
    """

    def __init__(self, *, check_signatures: bool = True) -> None:
        """`check_signatures=False` leaves issuers' signatures to the caller, for a pool."""
        self.size = 0
        self.signatures: list[SignatureCheck] = []

    def apply(self, index: int, data: bytes) -> Entry:
        """Check the entry at `index`, which is `size`, and take it in; on an error, change nothing.

        Raises:
            MalformedError: no entry, or an open payload that is not its type's.
            VerificationError: a rule of the log broken.
        """
        raise NotImplementedError

    def apply_entry(self, index: int, entry: Entry, leaf_hash: bytes) -> None:
        """`apply` for an entry that was parsed elsewhere, a pool's worker for instance."""
        raise NotImplementedError

    def heads(self, size: int | None = None) -> Iterator[Head]:
        """The heads of the first `size` entries (None: all), ascending by subject."""
        raise NotImplementedError
