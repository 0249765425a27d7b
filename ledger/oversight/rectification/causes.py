"""What may open a work order: a record of the log as a cause (问题来源).

Only who can answer a work order gets one: schools and their canteens, suppliers, labour firms. And
only where a canteen is known: that is where it is put right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger import subject
from ledger.evidence.values import in_chinese
from ledger.oversight import canteens
from ledger.oversight.family import Context
from ledger.oversight.rectification.policy import SEVERITIES
from ledger.oversight.seen import Ref, Seen

READS: Final[Mapping[str, frozenset[str]]] = {
    "inspection-alert": frozenset({"canteen", "alert_kind", "severity"}),
    "temperature-alarm": frozenset({"canteen", "zone", "limit_mC", "extreme_mC"}),
    "incident": frozenset({"school", "canteen", "incident_kind", "severity"}),
    "official-inspection": frozenset(
        {"responsible", "canteen", "conclusion", "items", "rectify_by"}
    ),
    "self-inspection": frozenset({"canteen", "conclusion", "items"}),
    "suspicion": frozenset(
        {"suspicion_kind", "responsible", "canteen", "severity", "observations"}
    ),
    "missing-evidence": frozenset({"obligation_kind", "responsible", "canteen"}),
    "expiry-warning": frozenset({"holder", "staff", "scale", "certificate_kind", "lead_days"}),
    "risk-response": frozenset({"responsible", "canteen", "severity", "response", "due_at"}),
}

_KIND: Final = {
    "inspection-alert": "alert_kind",
    "temperature-alarm": "zone",
    "incident": "incident_kind",
    "official-inspection": "conclusion",
    "self-inspection": "conclusion",
    "suspicion": "suspicion_kind",
    "missing-evidence": "obligation_kind",
    "expiry-warning": "certificate_kind",
    "risk-response": "response",
}

_ANSWERS: Final = frozenset({"school", "canteen", "supplier", "labour"})


@dataclass(frozen=True, slots=True)
class Cause:
    """A record that may open a work order.

    Attributes:
        ref: the record.
        type: its type.
        kind: its code of that type's own kind: `alert_kind`, `obligation_kind` and so on.
        severity: minor, major or critical.
        responsible: who has to put it right.
        canteen: where.
        occurred_at: when, as it claims.
        due_at: the deadline that it sets itself.
    """

    ref: Ref
    type: str
    kind: str
    severity: str
    responsible: str
    canteen: str
    occurred_at: str
    due_at: str | None

    @property
    def group(self) -> str:
        """What tells the causes of one work order from others of that canteen and day."""
        return f"{self.type} {self.kind} {self.responsible}"

    @property
    def kind_zh(self) -> str:
        """Its kind in Chinese, or its code where that has no Chinese name."""
        return in_chinese(_KIND[self.type], [self.kind]).get(self.kind, self.kind)


def read(seen: Seen, context: Context) -> Cause | None:
    """The record as a cause; None where nobody could be given a work order for it."""
    fields = seen.fields
    place = canteens.place(seen, context)
    if place is None or (seen.type == "expiry-warning" and fields["lead_days"] > 0):
        return None
    canteen = place.canteen or next(iter(canteens.of_school(place.school, context)), None)
    responsible = fields.get("responsible", place.school)
    if canteen is None or subject.kind(responsible) not in _ANSWERS:
        return None
    return Cause(
        ref=seen.ref,
        type=seen.type,
        kind=fields[_KIND[seen.type]],
        severity=_severity(seen, context.policy.rules),
        responsible=responsible,
        canteen=canteen,
        occurred_at=seen.occurred_at,
        due_at=fields.get("rectify_by", fields.get("due_at")),
    )


def _severity(seen: Seen, rules: Mapping[str, Any]) -> str:
    fields = seen.fields
    if seen.type == "temperature-alarm":
        beyond = abs(fields["extreme_mC"] - fields["limit_mC"])
        return "major" if beyond >= rules["major_beyond_mC"] else "minor"
    if "items" in fields:
        failed = [item["severity"] for item in fields["items"] if item["result"] == "fail"]
        return max(failed, key=SEVERITIES.index, default="minor")
    severity: str = fields.get("severity", "minor")
    return severity
