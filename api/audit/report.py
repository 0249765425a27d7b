"""What an audit says at its end, for machines and for people."""

from dataclasses import dataclass, field
from typing import Any, Final

from ledger.audit.findings import POINTS, Finding
from ledger.audit.log import SeenIndex

KEPT: Final = 10_000
"""Findings kept in full; of more only the number is."""


@dataclass(slots=True)
class Report:
    """The outcome of one audit.

    Attributes:
        source: what was audited: `database` or an address.
        size: entries read.
        root: root over them in hex, None of an empty log.
        checked: how many of what were compared, by name.
        points: the points of the list that this audit could and did derive.
        findings: what does not hold, in the order found.
        indexes: the subject-index records met, and whether each was reproduced.
        notes: sentences about what was not looked at, English and Chinese.
        seconds: how long it took.
    """

    source: str
    size: int = 0
    root: str | None = None
    checked: dict[str, int] = field(default_factory=dict)
    points: tuple[int, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    indexes: list[SeenIndex] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    dropped: int = 0
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether everything looked at holds."""
        return not self.findings

    def add(self, finding: Finding) -> None:
        """Keep a finding."""
        if len(self.findings) < KEPT:
            self.findings.append(finding)
        else:
            self.dropped += 1

    def count(self, what: str, number: int = 1) -> None:
        """Count things compared."""
        self.checked[what] = self.checked.get(what, 0) + number

    def to_json(self) -> dict[str, Any]:
        """The machine-readable report."""
        return {
            "report": "mealtrace/audit@v1",
            "result": "passed" if self.passed else "failed",
            "source": self.source,
            "size": self.size,
            "root": self.root,
            "seconds": round(self.seconds, 3),
            "checked": self.checked,
            "points": [
                {
                    "point": point,
                    "en": POINTS[point][0],
                    "zh": POINTS[point][1],
                    "findings": sum(finding.point == point for finding in self.findings),
                }
                for point in self.points
            ],
            "subject_indexes": [seen.to_json() for seen in self.indexes],
            "findings": [finding.to_json() for finding in self.findings],
            "findings_not_listed": self.dropped,
            "notes": [{"en": en, "zh": zh} for en, zh in self.notes],
        }
