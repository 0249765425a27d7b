"""The verifier's policy: whom to believe (c2sp.org/tlog-policy, and three comment lines of ours).

`# genesis <hex>` below a `log` line, `# auditor <party> <kid>`, `# confirmations <n>` (FORMATS §2).
To other tools these are comments. All other comments are ignored.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.note import VerifierKey


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log the verifier accepts.

    Attributes:
        key: its vkey (kind 1).
        genesis: 32-byte leaf hash of its entry 0, or None where the policy names none.
        url: where it is served, or None.
    """

    key: VerifierKey
    genesis: bytes | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness (vkey of kind 4) under the policy's own name for it."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group satisfied when `threshold` of its members are.

    Attributes:
        name: the policy's name for it.
        threshold: a number, 1 up to the number of members.
        members: names of witnesses and groups defined above it.
    """

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Auditor:
    """Whose audit reports count: a party and the kid it signs with."""

    party: str
    kid: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy.

    Attributes:
        quorum: name of a witness or group, or `none`.
        confirmations: blocks above an anchor that make it final, or None: the node's own tag.
    """

    logs: tuple[LogLine, ...]
    witnesses: tuple[WitnessLine, ...]
    groups: tuple[GroupLine, ...]
    quorum: str
    auditors: tuple[Auditor, ...] = ()
    confirmations: int | None = None

    def logs_of(self, origin: str) -> tuple[LogLine, ...]:
        """The log lines whose key bears this origin's name."""
        raise NotImplementedError

    def quorum_met(self, cosigners: Iterable[VerifierKey]) -> bool:
        """Whether these witnesses' keys satisfy the quorum; always for `none`."""
        raise NotImplementedError


def parse(text: str | bytes) -> Policy:
    """The policy of a file.

    Raises:
        MalformedError: anything tlog-policy forbids, two genesis lines for one log, one without a
            log, or a comment of ours that cannot be read.
    """
    raise NotImplementedError


def format(policy: Policy) -> str:  # noqa: A001 - the other half of parse
    """A policy file of these lines: `parse(format(p)) == p`."""
    raise NotImplementedError


def fingerprint(text: str | bytes) -> str:
    """Lower-case hex of SHA-256 over the file's bytes: what an operator prints on paper."""
    raise NotImplementedError
