"""The list of suspicions: whose they are, and how one comes to be false."""

from typing import Any

import pytest
from components.told_log import ENGINE, ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.oversight.family import Row
from ledger.oversight.seen import Seen
from ledger.oversight.suspicions import NAME, Suspicions

SUSPICION = TYPES["suspicion"].example
DISPUTE = TYPES["dispute"].example["payload"]
RULING = TYPES["ruling"].example["payload"]


def told() -> tuple[ToldLog, Seen]:
    log = ToldLog(Suspicions(), at="2026-11-25T00:00:00.000Z")
    return log, suspicion(log)


def suspicion(log: ToldLog, **changes: Any) -> Seen:
    payload = {**SUSPICION["payload"], "policy_name": "certificates", **changes}
    links = [{"rel": "cites", "id": log.records[0].id}]
    return log.post("suspicion", payload, issuer=ENGINE, links=links)


def row(log: ToldLog, seen: Seen) -> Row:
    return log.rows[NAME, seen.id]


def rule(log: ToldLog, seen: Seen, decision: str = "upheld", **changes: Any) -> tuple[Seen, Seen]:
    responsible = seen.fields["responsible"]
    sides = {"disputed_by": day.SCHOOL, "responsible": ENGINE}
    assert responsible == day.SCHOOL
    dispute = log.post(
        "dispute",
        {**DISPUTE, **sides, "record": seen.id, "dispute_no": f"D-{len(log.records)}"},
        issuer=day.SCHOOL,
        links=[{"rel": "disputes", "id": seen.id, "sha256": "00" * 32}],
    )
    remedies = [] if decision == "rejected" else ["withdraw"]
    ruling = log.post(
        "ruling",
        {**RULING, **sides, "dispute": dispute.id, "decision": decision, "remedies": remedies,
         "heard": [day.SCHOOL, ENGINE], "ruling_no": f"R-{len(log.records)}"},
        issuer=changes.get("issuer", day.REGULATOR),
        links=[{"rel": "rules-on", "id": dispute.id, "sha256": "00" * 32}],
    )  # fmt: skip
    return dispute, ruling


def test_a_suspicion_of_any_family_is_listed_at_its_school() -> None:
    log, seen = told()
    found = row(log, seen)

    assert found.scope == day.SCHOOL
    assert found.kind == SUSPICION["payload"]["suspicion_kind"]
    assert found.status == "open"
    assert found.detail is not None
    assert found.detail["index"] == seen.index


def test_a_suppliers_is_listed_at_the_supplier() -> None:
    log, _ = told()
    seen = suspicion(log, responsible=day.SUPPLIER, canteen=day.CANTEEN)
    other = {**SUSPICION["payload"], "policy_name": "risk", "responsible": day.SUPPLIER}
    del other["canteen"]
    alone = log.post("suspicion", other, issuer=ENGINE,
                     links=[{"rel": "cites", "id": log.records[0].id}])  # fmt: skip

    assert row(log, seen).scope == day.SCHOOL
    assert row(log, alone).scope == day.SUPPLIER


def test_fabrication_lists_its_own() -> None:
    log, _ = told()
    seen = suspicion(log, policy_name="fabrication")

    assert (NAME, seen.id) not in log.rows


@pytest.mark.parametrize(
    ("decision", "status"), [("upheld", "false"), ("partly-upheld", "open"), ("rejected", "open")]
)
def test_a_ruling_upheld_calls_it_false(decision: str, status: str) -> None:
    log, seen = told()
    rule(log, seen, decision)

    assert row(log, seen).status == status


def test_who_disputes_it_does_not_rule_whatever_the_ruling_says() -> None:
    log, seen = told()
    links = [{"rel": "disputes", "id": seen.id, "sha256": "00" * 32}]
    sides = {"disputed_by": day.SUPPLIER, "responsible": ENGINE}
    payload = {**DISPUTE, **sides, "record": seen.id}
    dispute = log.post("dispute", payload, issuer=day.SUPPLIER, links=links)
    said = {"disputed_by": day.LABOUR, "responsible": ENGINE, "heard": [day.LABOUR, ENGINE]}
    payload = {**RULING, **said, "dispute": dispute.id, "decision": "upheld"}
    own = f"regulator:{day.SUPPLIER.partition(':')[2]}~office"
    links = [{"rel": "rules-on", "id": dispute.id, "sha256": "00" * 32}]
    log.post("ruling", payload, issuer=own, links=links)

    assert row(log, seen).status == "open"


@pytest.mark.parametrize("which", [0, 1])
def test_a_ruling_that_is_taken_back_decides_nothing(which: int) -> None:
    log, seen = told()
    log.correct(rule(log, seen)[which])

    assert row(log, seen).status == "open"


def test_the_latest_ruling_decides() -> None:
    log, seen = told()
    rule(log, seen)
    rule(log, seen, "rejected")

    assert row(log, seen).status == "open"
