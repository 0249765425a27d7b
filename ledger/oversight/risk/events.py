"""What counts towards a risk: which records, of which factor, code and severity, and where.

It is the risk of who feeds children: what a supplier or a bank owes or got wrong is not the canteen's.
What a school says without naming a canteen counts for each of its canteens.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ledger import subject
from ledger.oversight.risk.policy import LEVELS
from ledger.oversight.seen import Seen

READS: Final[Mapping[str, frozenset[str]]] = {
    "missing-evidence": frozenset({"obligation_kind", "responsible", "canteen"}),
    "suspicion": frozenset({"suspicion_kind", "responsible", "canteen", "severity"}),
    "work-order": frozenset({"task_kind", "responsible", "canteen", "severity", "ext"}),
    "official-inspection": frozenset({"responsible", "canteen", "items", "conclusion"}),
    "self-inspection": frozenset({"canteen", "items"}),
    "temperature-alarm": frozenset({"canteen", "zone"}),
    "rejection": frozenset({"school", "lines"}),
    "incident": frozenset(
        {"school", "canteen", "incident_kind", "severity", "persons_hospitalised"}
    ),
    "expiry-warning": frozenset({"holder", "staff", "scale", "certificate_kind", "lead_days"}),
    "inspection-alert": frozenset({"canteen", "alert_kind", "severity"}),
}

FACTORS: Final = {
    "missing-evidence": "missing-evidence",
    "suspicion": "suspicions",
    "work-order": "overdue-work-orders",
    "official-inspection": "inspection-results",
    "self-inspection": "inspection-results",
    "temperature-alarm": "temperature-alarms",
    "rejection": "rejections",
    "incident": "incidents",
    "expiry-warning": "lapsed-certificates",
    "inspection-alert": "inspection-alerts",
}
"""Of each type: the factor that it counts towards."""

_CODE: Final = {
    "missing-evidence": "obligation_kind",
    "suspicion": "suspicion_kind",
    "work-order": "task_kind",
    "temperature-alarm": "zone",
    "incident": "incident_kind",
    "expiry-warning": "certificate_kind",
    "inspection-alert": "alert_kind",
}

_THEIRS: Final = frozenset({"school", "canteen", "labour"})
"""Who works in a canteen."""


def read(seen: Seen) -> Iterator[tuple[str, str]]:
    """Code and severity of everything in a record that counts."""
    fields = seen.fields
    if "responsible" in fields and subject.kind(fields["responsible"]) not in _THEIRS:
        return
    if seen.type == "official-inspection":
        for item in failed(fields):
            yield item["item_code"], item["severity"]
    elif seen.type == "self-inspection":
        for item in failed(fields):
            yield "self", item["severity"]
    elif seen.type == "rejection":
        for reason in sorted({line["reason_code"] for line in fields["lines"]}):
            yield reason, ""
    elif seen.type == "work-order" and not _follows_on_a_late_one(seen):
        return
    elif seen.type != "expiry-warning" or fields["lead_days"] == 0:
        yield fields[_CODE[seen.type]], fields.get("severity", "minor")


def grave(rules: Mapping[str, Any], seen: Seen) -> str | None:
    """The level that a single record reaches at once."""
    reached: list[str] = [
        row["level"]
        for row in rules["grave"]
        if row.get("cause") == seen.type and row.get("level") in LEVELS and _fits(row, seen)
    ]
    return max(reached, key=LEVELS.index, default=None)


def failed(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items of an inspection that failed."""
    return [item for item in fields["items"] if item["result"] == "fail"]


def _fits(row: Mapping[str, Any], seen: Seen) -> bool:
    fields = seen.fields
    if "items" in fields:
        severities = {item["severity"] for item in failed(fields)}
        code = fields.get("conclusion")
    else:
        severities, code = {fields.get("severity")}, fields.get(_CODE.get(seen.type, ""))
    return (
        code in (row.get("kinds") or (code,))
        and not severities.isdisjoint(row.get("severities") or severities)
        and fields.get("persons_hospitalised", 0) >= row.get("hospitalised_from", 0)
    )


def _follows_on_a_late_one(seen: Seen) -> bool:
    """Whether the engine opened it because another was late: anyone may put what it likes in ext."""
    return subject.kind(seen.issuer) == "operator" and "follows" in seen.fields.get("ext", {})
