"""What verification says: the states of eleven checks, and what follows from them (FORMATS §2).

Data and sentences only; how they look on a page or in a terminal is for others to decide.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ledger.canonical import JsonValue

CHECKS: Final = (
    "entry-form",
    "payload-commitment",
    "blob-digests",
    "issuer-signature",
    "key-valid",
    "checkpoint-signature",
    "inclusion",
    "cosignatures",
    "anchor",
    "corrections-and-erasures",
    "completeness",
)
"""Names of the checks, in their order."""

NO_VERDICT: Final = 2
"""Exit code where bundle or policy cannot be read: `MalformedError`, no verdict."""


class State(StrEnum):
    """What one check found."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    PENDING = "pending"
    ERASED = "erased"
    NOT_CHECKED = "not-checked"


class Overall(StrEnum):
    """What all checks together say."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNIDENTIFIED = "unidentified"
    LOG_ONLY = "log-only"


_EXIT: Final = {
    Overall.VERIFIED: 0,
    Overall.FAILED: 1,
    Overall.UNIDENTIFIED: 3,
    Overall.LOG_ONLY: 3,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a name of `CHECKS`, its state, and one plain sentence in each language."""

    name: str
    state: State
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a bundle under a policy.

    Attributes:
        overall: the one word.
        scope: what carries `verified`: `anchor`, `witnesses` or both; empty otherwise.
        custodial: the issuer did not sign, and need not have: the log alone vouches for it.
        checks: one per name of `CHECKS`, in that order.
    """

    overall: Overall
    scope: tuple[str, ...]
    custodial: bool
    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """0 verified, 1 failed, 3 unidentified or log-only (API.md, command line)."""
        return _EXIT[self.overall]

    def check(self, name: str) -> Check:
        """The check of that name."""
        return self.checks[CHECKS.index(name)]

    def to_json(self) -> dict[str, JsonValue]:
        """`{overall, scope, custodial, checks}`, checks in order as `{name, state, en, zh}`."""
        return {
            "overall": self.overall.value,
            "scope": list(self.scope),
            "custodial": self.custodial,
            "checks": [
                {"name": check.name, "state": check.state.value, "en": check.en, "zh": check.zh}
                for check in self.checks
            ],
        }
