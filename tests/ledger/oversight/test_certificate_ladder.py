"""证照预警: when a paper that lapses is warned about, once on each rung."""

from typing import Any

import pytest
from components.certificate_log import PERMIT, SUPPLIER, haccp, leads, log, row
from components.told_log import ADMIN, LEDGER, ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.certificates import Certificates
from ledger.oversight.engine import Engine

HEALTH = TYPES["health-certificate"].example
CALIBRATION = TYPES["calibration"].example
STAFF = TYPES["staff-registration"].example
COOK = HEALTH["payload"]["staff"]


def test_a_paper_is_warned_about_on_each_rung_and_when_it_has_lapsed() -> None:
    told = log()
    paper = haccp(told, "2026-10-31")

    told.until("2026-09-30T16:00:00.000Z")
    assert leads(told) == []  # in Shanghai 1 October begins, and is waited for
    told.until("2026-12-01T00:00:00.000Z")

    assert leads(told) == [30, 15, 7, 3, 0]
    assert [w["checked_on"] for w in told.of("expiry-warning")] == [
        "2026-10-01",
        "2026-10-16",
        "2026-10-24",
        "2026-10-28",
        "2026-11-01",
    ]
    lapsed = told.of("expiry-warning")[-1]
    assert (lapsed["holder"], lapsed["certificate"], lapsed["days_left"]) == (
        SUPPLIER,
        paper.id,
        -1,
    )
    assert told.found[0].request["occurred_at"] == "2026-09-30T16:00:00.000Z"
    assert told.found[0].request["links"] == [{"rel": "cites", "id": paper.id}]


def test_a_critical_paper_is_warned_about_sixty_days_ahead() -> None:
    told = log()
    told.example(PERMIT, valid_until="2026-11-30")
    told.until("2026-10-02T00:00:00.000Z")

    assert leads(told) == [60]


def test_a_paper_that_comes_late_is_warned_about_on_its_narrowest_rung_only() -> None:
    told = log()
    told.until("2026-10-21T02:00:00.000Z")
    haccp(told, "2026-10-31")
    told.until("2026-10-21T02:00:00.001Z")

    (warning,) = told.of("expiry-warning")
    assert (warning["days_left"], warning["lead_days"]) == (10, 15)
    told.until("2026-10-25T00:00:00.000Z")
    assert leads(told) == [15, 7]


def test_a_paper_that_has_lapsed_when_it_comes_is_warned_about_as_lapsed() -> None:
    told = log()
    paper = haccp(told, "2026-08-22")
    told.until("2026-12-01T00:00:00.000Z")

    (warning,) = told.of("expiry-warning")
    assert (warning["days_left"], warning["lead_days"]) == (-10, 0)
    assert row(told, paper).status == "lapsed"


def test_a_paper_without_an_end_is_never_warned_about() -> None:
    told = log()
    paper = haccp(told, None)
    told.until("2036-01-01T00:00:00.000Z")

    assert told.found == []
    assert (row(told, paper).status, row(told, paper).day) == ("valid", "")


@pytest.mark.parametrize("ends", ["9999-12-31", "2026-09-01"])
def test_days_at_the_edge_of_the_calendar_and_of_validity_are_days(ends: str) -> None:
    told = log()
    haccp(told, ends, issued_on="0001-01-01", valid_from="0001-01-01")
    told.until("2026-09-01T01:00:00.000Z")

    assert leads(told) == ([] if ends == "9999-12-31" else [3])


def test_a_health_certificate_and_a_calibration_are_warned_about_as_whose_they_are() -> None:
    told = log()
    told.example(HEALTH, valid_until="2026-10-15")
    told.example(CALIBRATION, valid_until="2026-10-15")
    told.until("2026-09-16T00:00:00.000Z")

    first, second = told.of("expiry-warning")
    assert (first["scale"], first["certificate_kind"]) == ("device:bx-0001-scale-1", "calibration")
    assert (second["staff"], second["certificate_kind"]) == (COOK, "health-certificate")
    scopes = {row.kind: row.scope for row in told.rows.values()}
    assert scopes == {
        "health-certificate": HEALTH["issuer"],
        "calibration": CALIBRATION["payload"]["school"],
    }


def test_a_calibration_that_failed_is_no_paper() -> None:
    told = log()
    paper = told.example(CALIBRATION, valid_until="2026-10-15", result="fail")
    told.until("2026-12-01T00:00:00.000Z")

    assert told.found == []
    assert row(told, paper).status == "rejected"


def test_who_leaves_before_a_certificate_ends_is_not_warned_about() -> None:
    told = log()
    told.example(HEALTH, valid_until="2026-10-15")
    registration = told.example(STAFF, works_until="2026-10-15")
    told.until("2026-10-09T00:00:00.000Z")
    assert told.found == []

    told.correct(registration)
    told.example(STAFF, works_until="2026-10-16")
    told.until("2026-12-01T00:00:00.000Z")

    assert leads(told) == [7, 3, 0]


def test_who_left_is_not_warned_about_long_after() -> None:
    told = log()
    told.example(STAFF, works_until="2027-07-10")
    told.example(HEALTH, examined_on="2027-06-01", issued_on="2027-06-05", valid_until="2028-06-04")
    told.until("2028-07-01T00:00:00.000Z")

    assert leads(told) == []


def test_a_new_ladder_is_climbed_from_its_entry_on() -> None:
    told = log()
    haccp(told, "2026-10-31")
    haccp(told, "2026-12-31", scope=["vegetable"])
    told.until("2026-09-21T00:00:00.000Z")
    assert told.found == []

    rules = {"lead_days": [90, 45, 3]}
    payload = {"name": "certificates", "version": 2, "rules": rules}
    told.post("policy", payload, issuer=ADMIN)
    told.until("2026-10-02T00:00:00.000Z")

    assert [(w["valid_until"], w["lead_days"]) for w in told.of("expiry-warning")] == [
        ("2026-10-31", 45),
        ("2026-12-31", 90),
    ]


def test_nothing_is_warned_of_before_the_policy_and_all_that_is_due_after() -> None:
    told = ToldLog()
    told.engine = Engine(
        [Certificates()],
        ledger=LEDGER.hex(),
        zone="Asia/Shanghai",
        read=lambda keys: {key: told.state[key] for key in keys if key in told.state},
    )
    haccp(told, "2026-09-10")
    haccp(told, "2026-09-30")
    told.until("2026-09-25T00:00:00.000Z")
    assert told.found == []

    payload = {"name": "certificates", "version": 1, "rules": {}}
    told.post("policy", payload, issuer=ADMIN)
    told.until("2026-09-25T00:00:00.001Z")

    assert sorted(leads(told)) == [7]
    assert {r.status for r in told.rows.values()} == {"lapsing", "renewed"}


def test_a_paper_is_forgotten_half_a_year_after_its_end_but_a_suppliers_last() -> None:
    told = log()
    told.example(HEALTH, valid_until="2026-10-15")
    told.example(CALIBRATION, valid_until="2026-10-15")
    haccp(told, "2026-10-15")
    haccp(told, "2027-10-15")
    told.until("2030-01-01T00:00:00.000Z")

    assert sorted(told.state) == [f"certificates of {SUPPLIER}", "policy certificates"]
    kept: Any = told.state[f"certificates of {SUPPLIER}"]
    assert len(kept["papers"]) == 1
    assert list(told.engine.changes.timers) == []
    assert told.engine.next_timer is None
