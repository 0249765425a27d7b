"""Fit or unfit (能否上岗): decided by the rule that stands here, and never better than the facts.

Unfit is who has a fever, a symptom or a finding on the hands that the kitchen does not let pass, whose
health certificate is not in force that day, or whom the terminal itself found unfit. A forehead colder
than foreheads are was measured wrongly: nobody is found fit by it. Every reason is written down; the
terminal's verdict is kept beside ours where the two differ.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from devices.local.people import Member
from devices.terminal.check import HANDS, Check

DECIDED_BY: Final = "mealtrace-gateway morning-check rule 1"
_CREDIBLE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rule:
    """What makes unfit.

    Attributes:
        low_mC: colder was measured wrongly.
        high_mC: warmer is a fever.
        hands: findings that make unfit.
    """

    low_mC: int = 35_900
    high_mC: int = 37_300
    hands: Collection[str] = HANDS


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result, and why.

    Attributes:
        result: `fit` or `unfit`.
        reasons: codes; empty where fit.
    """

    result: Literal["fit", "unfit"]
    reasons: tuple[str, ...]


def decide(check: Check, member: Member, on: date, rule: Rule) -> Verdict:
    """The verdict on a check of a person on a day."""
    reasons = []
    if check.forehead_mC > rule.high_mC:
        reasons.append("fever")
    if check.forehead_mC < rule.low_mC:
        reasons.append("measured-too-cold")
    reasons += [f"hands-{name.replace('_', '-')}" for name in HANDS if _found(check, name, rule)]
    reasons += [f"symptom-{symptom}" for symptom in check.symptoms]
    if member.valid_until is None or member.valid_until < on.isoformat():
        reasons.append("certificate-lapsed")
    if check.overall == "unfit":
        reasons.append("terminal")
    return Verdict("unfit" if reasons else "fit", tuple(reasons))


def day_of(check: Check, received_ms: int, zone: ZoneInfo) -> date:
    """The day for which a certificate is asked: the claimed one, if it is within a week of receipt.

    A terminal whose clock fell back to 2020 would else make every lapsed certificate good.
    """
    claimed = datetime.fromtimestamp(check.checked_at_ms / 1000, zone)
    received = datetime.fromtimestamp(received_ms / 1000, zone)
    return (claimed if abs(claimed - received) <= _CREDIBLE else received).date()


def _found(check: Check, name: str, rule: Rule) -> bool:
    return check.hands[name] and name in rule.hands
