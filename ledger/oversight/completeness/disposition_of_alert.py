"""预警处置: a disposition of every alert of a camera that is not minor.

Owed by the school. Met by a work order that `opens` on the alert, or a confirmation that the alarm was
seen. An alert that was none is corrected, by who owns the
camera, and then nothing is owed.

One page for each alert, by its id.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Fact, Page, ref
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

PREFIX: Final = "alert"
_TYPE: Final = "inspection-alert"
_ANSWERS: Final = {"work-order": "opens", "confirmation": "confirms"}


class DispositionRule(Quiet):
    """The rule of these pages (`rule.Rule`)."""

    prefixes = (PREFIX,)
    kinds = (rules.DISPOSITION,)
    reads: Mapping[str, frozenset[str]] = {
        _TYPE: frozenset({"canteen", "camera", "severity", "alert_kind", "first_seen_at"}),
        "work-order": frozenset({"work_order_no"}),
        "confirmation": frozenset({"aspect"}),
    }
    sources: Mapping[str, Items] = {_TYPE: ""}

    def entries(self, seen: Seen, zone: str) -> Iterator[tuple[str, Fact]]:
        """The alert's page; those of all records that might be one."""
        said = seen.fields
        if seen.type != _TYPE:
            if said.get("aspect", "alarm-seen") == "alarm-seen":
                for key in self.candidates(seen, zone):
                    yield key, []
        elif said["severity"] != "minor":
            fact = [
                seen.logged_at, said["canteen"], said["camera"], said["severity"],
                said["alert_kind"], said["first_seen_at"],
            ]  # fmt: skip
            yield f"{PREFIX} {seen.id}", fact

    def candidates(self, seen: Seen, zone: str) -> Iterator[str]:  # noqa: ARG002 - as every rule
        """Its own, or those that it links."""
        records = [seen.id] if seen.type == _TYPE else seen.linked(_ANSWERS[seen.type])
        for record in records:
            yield f"{PREFIX} {record}"

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:  # noqa: ARG002 - as every rule
        """One, where the policy asks for what is that severe."""
        found: Owed = {}
        for record, alert in page.of(_TYPE).items():
            logged_at, canteen, camera, severity, alert_kind, first_seen_at = alert[3:]
            school = civil.school_of(canteen)
            found["disposition"] = Obligation(
                kind=rules.DISPOSITION,
                source=ref(record, alert),
                known_at=logged_at,
                expected_type="work-order",
                expected_for=f"{camera} {first_seen_at}",
                responsible=school,
                school=school,
                canteen=canteen,
                day=civil.day_of(logged_at, context.zone),
                due_at=later(logged_at, rules.of_kind(context, "due_after_s", rules.DISPOSITION)),
                answers=tuple(
                    Answer(fact[1], fact[0], name)
                    for kind in _ANSWERS
                    for name, fact in page.of(kind).items()
                ),
                asked=severity in rules.listed(context, "alert_severities"),
                more={"alert_kind": alert_kind, "severity": severity},
            )
        return found
