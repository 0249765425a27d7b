"""What all checks look at: a bundle read as far as it can be read.

Nothing here trusts anything. Whatever of the bundle cannot be read is remembered for the check that
it belongs to; only a proof, a checkpoint or an entry that cannot be read at all ends the matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.anchor import ChainFacts
from ledger.bundle import Bundle
from ledger.checkpoint import Checkpoint
from ledger.disclosure import Disclosed
from ledger.entry import Entry
from ledger.errors import LedgerError
from ledger.note import SignedNote, VerifierKey
from ledger.policy import LogLine, Policy
from ledger.statement import Statement
from ledger.tlog_proof import TlogProof
from ledger.verification.heads import Indexes
from ledger.verification.shown import Shown, Support


@dataclass(frozen=True, slots=True)
class Case:
    """A bundle with a readable proof, checkpoint and entry, and what the verifier brings.

    Attributes:
        bundle: as its file has it.
        policy: the verifier's, or None.
        blobs: SHA-256 in hex → size of the files at hand.
        chain: what the verifier's node answers, or None.
        proof: index and inclusion path.
        note: the signed checkpoint.
        checkpoint: its text, read.
        main: the bundle's own entry.
        support: the other entries it shows.
        indexes: what the subject-index records among them give.
        disclosed: what is shown of the payload, or why it is not what was committed to, or None
            where nothing is disclosed.
    """

    bundle: Bundle
    policy: Policy | None
    blobs: Mapping[str, int]
    chain: ChainFacts | None
    proof: TlogProof
    note: SignedNote
    checkpoint: Checkpoint
    main: Shown
    support: Support
    indexes: Indexes
    disclosed: Disclosed | LedgerError | None

    @property
    def index(self) -> int:
        """The entry's place in the log, as the proof says."""
        return self.main.index

    @property
    def entry(self) -> Entry:
        """The bundle's own entry."""
        return self.main.entry

    @property
    def statement(self) -> Statement:
        """What it says."""
        return self.main.entry.statement

    @property
    def ledger(self) -> bytes:
        """Leaf hash of the genesis that the entry names, or is."""
        return self.main.ledger

    @property
    def log_lines(self) -> tuple[LogLine, ...]:
        """The policy's lines for the checkpoint's origin."""
        return () if self.policy is None else self.policy.logs_of(self.checkpoint.origin)

    @property
    def log_keys(self) -> tuple[VerifierKey, ...]:
        """The policy's keys for this log: of the lines that name its genesis, if any does."""
        lines = self.log_lines
        named = tuple(line for line in lines if line.genesis == self.ledger)
        return tuple(line.key for line in named or lines)

    @property
    def identified(self) -> bool:
        """Whether a line of the policy has the checkpoint's origin and a genesis."""
        return any(line.genesis is not None for line in self.log_lines)
