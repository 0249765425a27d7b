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


WEAKEST_FIRST: Final = (
    Overall.FAILED,
    Overall.UNIDENTIFIED,
    Overall.LOG_ONLY,
    Overall.VERIFIED,
)
"""What is made of several records is worth as much as the weakest of them."""

_EXIT: Final = {
    Overall.VERIFIED: 0,
    Overall.FAILED: 1,
    Overall.UNIDENTIFIED: 3,
    Overall.LOG_ONLY: 3,
}

_SUMMARY: Final = {
    "verified": (
        "Verified: the record stands in the log as shown, and {carried_en} it.",
        "验证通过：该记录确如所示存在于账本中，{carried_zh}。",
    ),
    "custodial": (
        " Custodial: its issuer did not sign it, so the log alone vouches for who said it.",
        "托管记录：签发方没有签名，仅由账本证明是谁所述。",
    ),
    "failed": (
        "Failed: {count} of {total} checks failed; the first is {first}.",
        "验证失败：{total} 项检查中有 {count} 项未通过，第一项是 {first}。",
    ),
    "unidentified": (
        "Unidentified: your policy does not name this log and its genesis; a forger's own log would look the same.",
        "无法识别：您的策略没有列出本账本及其创世条目；伪造者自建的账本看起来会一模一样。",
    ),
    "log-only": (
        "Log only: what was checked holds, but it rests on the operator's word; {anchor_en}.",
        "仅凭账本：已检查的内容成立，但只依据运营方一面之词；{anchor_zh}。",
    ),
}
_CARRIED: Final = {
    ("anchor",): ("an anchor on a chain carries", "并由区块链锚定佐证"),
    ("witnesses",): ("the witnesses carry", "并由见证方佐证"),
    ("anchor", "witnesses"): (
        "an anchor on a chain and the witnesses carry",
        "并由区块链锚定和见证方佐证",
    ),
}
_ANCHORED: Final = {
    State.PASS: ("its anchor on a chain holds", "区块链锚定成立"),
    State.PENDING: ("an anchor on a chain is pending", "区块链锚定尚待完成"),
}
_NOT_ANCHORED: Final = ("no anchor on a chain was checked", "没有核对区块链锚定")


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
        return next(check for check in self.checks if check.name == name)

    def summary(self) -> tuple[str, str]:
        """The verdict in one sentence or two, in English and Chinese."""
        anchored = _ANCHORED.get(self.check("anchor").state, _NOT_ANCHORED)
        carried = _CARRIED.get(self.scope, ("", ""))
        failed = [check.name for check in self.checks if check.state is State.FAIL]
        keys = [self.overall.value]
        if self.custodial and self.overall is Overall.VERIFIED:
            keys.append("custodial")
        values = {
            "carried_en": carried[0],
            "carried_zh": carried[1],
            "anchor_en": anchored[0],
            "anchor_zh": anchored[1],
            "count": len(failed),
            "total": len(self.checks),
            "first": failed[0] if failed else "",
        }
        en, zh = (
            "".join(_SUMMARY[key][which].format(**values) for key in keys) for which in (0, 1)
        )
        return en, zh

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
