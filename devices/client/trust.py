"""Whom a client believes: the log's policy, and how it came to hold it.

A receipt proves something only against a log key and a genesis that the client knew before. Three
ways to know them, from best to least:

- `Trust.policy(text)`: the policy file itself came another way, with the device or by hand.
- `Trust.pinned(fingerprint)`: the service is asked for the file, and it must have the fingerprint
  that the operator prints on paper. Equally good.
- `Trust.on_first_use(path)`: whatever the service says at the first contact is believed, and kept.
  **This proves nothing about that first contact**: a forger who answered then is believed for good.
  It does show any later change of log. Compare `fingerprint` with the printed one when you can.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ledger import policy as tlog_policy
from ledger.encoding import unhex
from ledger.errors import MalformedError, VerificationError
from ledger.note import VerifierKey


@dataclass(frozen=True, slots=True)
class Trust:
    """Where a client gets its policy from; see the module for what each way is worth.

    Attributes:
        text: the policy file at hand, or None.
        expected: the fingerprint that a fetched or kept file must have (64 hex digits), or None.
        kept_at: where a fetched file is kept for the next start, or None for this process only.
    """

    text: bytes | None = None
    expected: str | None = None
    kept_at: Path | None = None

    def __post_init__(self) -> None:
        """Raises MalformedError for a fingerprint that is none."""
        if self.expected is not None:
            unhex(self.expected)

    @classmethod
    def policy(cls, text: bytes | str) -> Self:
        """This policy file and no other."""
        return cls(text=text.encode() if isinstance(text, str) else text)

    @classmethod
    def pinned(cls, fingerprint: str, kept_at: str | Path | None = None) -> Self:
        """The service's policy file, if it has this fingerprint (spaces and case are free)."""
        digits = "".join(fingerprint.split()).lower()
        return cls(expected=digits, kept_at=None if kept_at is None else Path(kept_at))

    @classmethod
    def on_first_use(cls, kept_at: str | Path | None = None) -> Self:
        """The service's policy file as it is at the first contact, unchecked, from then on."""
        return cls(kept_at=None if kept_at is None else Path(kept_at))


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A policy that names exactly one log, as receipts are checked against it.

    Attributes:
        policy: the file's bytes.
        fingerprint: lower-case hex of their SHA-256: hold it against the printed one.
        origin: name of the log.
        genesis: 32-byte leaf hash of its entry 0.
        keys: the log's own keys; more than one where the policy spans a change of key.
    """

    policy: bytes
    fingerprint: str
    origin: str
    genesis: bytes
    keys: tuple[VerifierKey, ...]


def read(text: bytes, *, expected: str | None = None) -> TrustedLog:
    """The one log of a policy file.

    Raises:
        VerificationError: the file has not the expected fingerprint.
        MalformedError: not a policy, or its log lines are not all of one log with its genesis.
    """
    found = tlog_policy.fingerprint(text)
    if expected is not None and found != expected:
        raise VerificationError(
            "the service's policy is not the one you trust", expected=expected, found=found
        )
    logs = tlog_policy.parse(text).logs
    names = {(line.key.name, line.genesis) for line in logs}
    if len(names) != 1:
        raise MalformedError(f"a client's policy names exactly one log, this one {len(names)}")
    ((origin, genesis),) = names
    if genesis is None:
        raise MalformedError("the policy names no genesis: any log of that name would do")
    return TrustedLog(text, found, origin, genesis, tuple(line.key for line in logs))
