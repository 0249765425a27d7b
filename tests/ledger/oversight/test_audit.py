"""Point 7: findings that the log does not give, that say something else, or that nobody posted."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from components.dispatched import Dispatched
from components.told_log import ADMIN, ENGINE, LEDGER, ToldLog

from ledger.audit.findings import Finding
from ledger.audit.oversight import OversightAudit
from ledger.evidence.catalogue import TYPES
from ledger.oversight.seen import Seen

ORDER = TYPES["order"].example


def a_log() -> ToldLog:
    """One order, never dispatched, and what was found of it; two days later an inspection."""
    told = ToldLog(Dispatched())
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.until("2026-09-01T10:00:00.000Z")
    told.example(ORDER, at="2026-09-03T08:00:00.000Z", order_no="B-1")
    return told


def audit(records: Sequence[Seen]) -> tuple[OversightAudit, list[Finding]]:
    def lookup(record_id: str) -> Seen | None:
        return next((seen for seen in records if seen.id == record_id), None)

    again = OversightAudit(
        [Dispatched()], engine=ENGINE, ledger=LEDGER.hex(), zone="Asia/Shanghai", lookup=lookup
    )
    findings = [finding for seen in records for finding in again.add(seen)]
    return again, [*findings, *again.finish()]


def changed(
    records: Sequence[Seen], kind: str, change: Callable[[Seen], Seen | None]
) -> list[Seen]:
    """The records with those of a type changed, or left out, and counted anew."""
    kept = [change(seen) if seen.type == kind else seen for seen in records]
    return [
        replace(seen, index=index) for index, seen in enumerate(s for s in kept if s is not None)
    ]


def test_what_was_posted_comes_out_the_same() -> None:
    again, findings = audit(a_log().records)

    assert findings == []
    assert again.reproduced == 1


def test_a_finding_that_nothing_gives_is_named() -> None:
    told = a_log()
    records = changed(told.records, "order", lambda _: None)

    again, findings = audit(records)

    assert [finding.where for finding in findings] == ["entry 1"]
    assert again.reproduced == 0


def test_a_finding_that_says_something_else_is_named_with_what_it_should_say() -> None:
    told = a_log()
    forged = changed(
        told.records,
        "missing-evidence",
        lambda seen: replace(seen, payload={**seen.fields, "due_at": "2026-09-01T08:59:00.000Z"}),
    )

    _, (finding,) = audit(forged)

    assert finding.where == "entry 2"
    assert "due_at" in finding.en
    assert finding.expected == "2026-09-01T09:00:00.000Z"
    assert finding.found == "2026-09-01T08:59:00.000Z"


def test_a_finding_that_cites_another_record_is_named() -> None:
    told = a_log()
    forged = changed(told.records, "missing-evidence", lambda seen: replace(seen, links=()))

    _, (finding,) = audit(forged)

    assert "links" in finding.en


def test_a_finding_held_back_is_named_a_day_later() -> None:
    told = a_log()
    held_back = changed(told.records, "missing-evidence", lambda _: None)

    _, (finding,) = audit(held_back)

    assert finding.where.startswith("missing-evidence ")
    assert audit(held_back[:-1])[1] == []


def test_a_finding_of_rules_that_nobody_has_is_only_counted() -> None:
    told = a_log()
    payload = TYPES["missing-evidence"].example["payload"]
    policy = {"name": payload["policy_name"], "version": 1, "rules": {}}
    told.post("policy", policy, issuer=ADMIN, at="2027-11-25T00:00:00.000Z")
    told.post("missing-evidence", payload, issuer=ENGINE,
              links=[{"rel": "cites", "id": told.records[1].id}],
              at="2027-11-26T00:00:00.000Z")  # fmt: skip

    again, findings = audit(told.records)

    assert again.unknown == 1
    assert [finding.where for finding in findings] == []


def test_a_finding_under_a_policy_that_the_log_never_had_is_named() -> None:
    told = a_log()
    made_up = told.post(
        "missing-evidence", TYPES["missing-evidence"].example["payload"], issuer=ENGINE,
        links=[{"rel": "cites", "id": told.records[1].id}], at="2027-11-26T00:00:00.000Z",
    )  # fmt: skip

    again, findings = audit(told.records)

    assert again.unknown == 0
    assert [finding.where for finding in findings] == [f"entry {made_up.index}"]


def test_a_work_order_that_no_rule_gives_is_named() -> None:
    told = a_log()
    work_order = {**TYPES["work-order"].example, "issuer": ENGINE}
    made_up = told.example(work_order, at="2027-11-26T00:00:00.000Z")

    again, findings = audit(told.records)

    assert again.unknown == 0
    assert [finding.where for finding in findings] == [f"entry {made_up.index}"]


def test_a_finding_on_what_was_erased_since_is_excused() -> None:
    told = a_log()
    erased = changed(told.records, "order", lambda seen: replace(seen, payload=None))

    again, findings = audit(erased)

    assert findings == []
    assert again.excused == 1
