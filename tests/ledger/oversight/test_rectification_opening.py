"""What opens a work order: for whom, how many, by when."""

from typing import Any

import pytest
from components.rectifying import (
    CANTEEN,
    EXAMPLES,
    REGULATOR,
    SCHOOL,
    alert,
    answer,
    at,
    detail,
    log,
    opened,
    orders,
)
from components.told_log import ToldLog

from ledger.oversight.seen import Seen


def test_an_alert_opens_a_work_order_at_once() -> None:
    told = log()
    seen = alert(told, at("10:00"))

    (order,) = orders(told)
    assert order["responsible"] == SCHOOL
    assert order["canteen"] == CANTEEN
    assert order["task_kind"] == "wear-protection"
    assert order["severity"] == "minor"
    assert order["due_at"] == "2026-09-04T02:00:00.000Z"
    assert order["reviewer_role"] == "bureau-admission"
    assert order["instruction_zh"].startswith("未戴工作帽：")
    assert order["ext"] == {
        "policy_name": "rectification",
        "policy_version": 1,
        "as_of_size": 2,
    }
    assert len(order["work_order_no"]) == 32
    assert order["work_order_no"].startswith("GD-20260901-2105020001-01-")
    assert told.found[0].request["links"] == [{"rel": "opens", "id": seen.id}]


def test_a_bad_day_gives_one_order_for_each_canteen_and_kind() -> None:
    told = log()
    for minute in range(10, 40):
        alert(told, at(f"10:{minute}"))
        alert(told, at(f"10:{minute}"), kind="open-bin")

    assert [order["task_kind"] for order in orders(told)] == ["wear-protection", "clean"]
    assert len(detail(told, orders(told)[0]["work_order_no"])["causes"]) == 30
    alert(told, at("10:00", "2026-09-02"))
    assert len(orders(told)) == 3


def test_a_graver_alert_of_the_day_opens_another() -> None:
    told = log()
    alert(told, at("10:00"))
    alert(told, at("11:00"), severity="major")
    alert(told, at("12:00"), severity="minor")

    assert [order["severity"] for order in orders(told)] == ["minor", "major"]


def test_what_is_seen_again_after_the_answer_opens_another() -> None:
    told = log()
    no = opened(told)
    answer(told, no, at("11:00"))
    late = EXAMPLES["inspection-alert"]["payload"] | {"first_seen_at": at("10:30")}
    late["confirmed_at"] = late["first_seen_at"]
    camera = EXAMPLES["inspection-alert"]
    posted = {"issuer": camera["issuer"], "blobs": camera["blobs"]}
    told.post("inspection-alert", late, at=at("12:00"), occurred_at=at("10:30"), **posted)
    assert len(orders(told)) == 1

    alert(told, at("14:00"))

    assert len(orders(told)) == 2
    assert len({order["work_order_no"] for order in orders(told)}) == 2


def missing(told: ToldLog, when: str, kind: str, number: int, **changes: Any) -> Seen:
    payload = {
        **EXAMPLES["missing-evidence"]["payload"],
        "obligation_kind": kind,
        "expected_for": f"dish:2105020001~01~2026-09-01~lunch~d-{number}",
        "due_at": when,
        "as_of_size": 1,
        "inputs": 1,
        **changes,
    }
    return told.post(
        "missing-evidence",
        payload,
        issuer=EXAMPLES["missing-evidence"]["issuer"],
        at=when,
        links=EXAMPLES["missing-evidence"]["links"],
    )


def test_missing_evidence_is_gathered_until_midnight() -> None:
    told = log()
    for number in range(5):
        missing(told, at(f"14:0{number}"), "sample-of-dish", number)
    missing(told, at("15:00"), "weigh-in-of-order", 9)
    told.until("2026-09-01T16:00:00.000Z")
    assert orders(told) == []

    told.until("2026-09-01T16:00:00.001Z")

    samples, weighed = orders(told)
    assert (samples["severity"], weighed["severity"]) == ("major", "minor")
    assert samples["instruction_zh"].startswith("菜品留样，共 5 项：")
    assert len(told.found[0].request["links"]) == 5
    assert [key for key in told.state if key.startswith("rectification day")] == []


def test_what_is_missing_is_gathered_no_more_when_it_was_taken_back() -> None:
    told = log()
    first = missing(told, at("14:00"), "sample-of-dish", 1)
    told.correct(first)
    told.until(at("10:00", "2026-09-02"))

    assert orders(told) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"responsible": "bank:91210500MA10D3WN2E"},
        {"kind": "closure-of-work-order"},
    ],
)
def test_who_cannot_answer_and_what_is_late_itself_open_none(changes: dict[str, Any]) -> None:
    told = log()
    missing(told, at("14:00"), **{"kind": "weigh-in-of-order", "number": 1, **changes})
    told.until(at("10:00", "2026-09-02"))

    assert orders(told) == []


def test_an_inspection_sets_its_own_deadline() -> None:
    told = log()
    inspected = EXAMPLES["official-inspection"]
    told.example(
        inspected,
        at=at("12:00"),
        started_at=at("09:00"),
        ended_at=at("10:00"),
        rectify_by=at("17:00", "2026-09-08"),
    )

    (order,) = orders(told)
    assert (order["task_kind"], order["severity"]) == ("as-inspected", "minor")
    assert order["due_at"] == at("17:00", "2026-09-08")


def test_an_inspection_that_passes_opens_none() -> None:
    told = log()
    payload = {**EXAMPLES["official-inspection"]["payload"], "conclusion": "pass"}
    payload["items"] = [{"item_code": "samples", "result": "pass"}]
    del payload["rectify_by"]
    told.post("official-inspection", payload, issuer=REGULATOR, at=at("12:00"))

    assert orders(told) == []


def test_an_incident_without_canteen_is_put_right_in_the_schools_first() -> None:
    told = log()
    calendar = EXAMPLES["serving-calendar"]
    told.example(calendar, canteen="canteen:2105020001~02")
    told.example(calendar, canteen=CANTEEN, calendar_no="2")
    incident = {**EXAMPLES["incident"]["payload"]}
    for name in ("canteen", "meal_on", "meal", "dish_codes"):
        del incident[name]
    told.post("incident", incident, issuer=SCHOOL, at=at("14:00"))

    assert [order["canteen"] for order in orders(told)] == [CANTEEN]


def test_an_incident_put_right_by_another_record_keeps_its_order() -> None:
    told = log()
    incident = EXAMPLES["incident"]
    first = told.example(incident, at=at("14:00"))
    payload = {**incident["payload"], "persons_affected": 5}
    replaces = [{"rel": "replaces", "id": first.id}]
    second = told.post("incident", payload, issuer=SCHOOL, at=at("15:00"), links=replaces)
    told.correct(first)

    (order,) = orders(told)
    shown = detail(told, order["work_order_no"])
    assert (shown["causes"], shown["withdrawn"]) == ([first.id, second.id], [first.id])


def warning(told: ToldLog, when: str, lead: int) -> Seen:
    payload = {
        **EXAMPLES["expiry-warning"]["payload"],
        "lead_days": lead,
        "days_left": -1 if lead == 0 else lead,
        "valid_until": "2026-08-31" if lead == 0 else "2026-09-15",
        "checked_on": "2026-09-01" if lead == 0 else "2026-08-31",
        "as_of_size": 1,
    }
    issuer = EXAMPLES["expiry-warning"]["issuer"]
    links = EXAMPLES["expiry-warning"]["links"]
    return told.post("expiry-warning", payload, issuer=issuer, at=when, links=links)


def test_a_lapsed_health_certificate_is_put_right_where_its_holder_works() -> None:
    told = log()
    person = EXAMPLES["expiry-warning"]["payload"]["staff"]
    told.example(EXAMPLES["staff-registration"], staff=person)
    warning(told, at("08:10"), 15)
    assert orders(told) == []

    warning(told, at("08:11"), 0)

    assert [(order["canteen"], order["severity"]) for order in orders(told)] == [(CANTEEN, "major")]


def test_where_somebody_works_is_forgotten_with_the_registration() -> None:
    told = log()
    person = EXAMPLES["expiry-warning"]["payload"]["staff"]
    registered = told.example(EXAMPLES["staff-registration"], staff=person)
    told.erase(registered, "staff")
    warning(told, at("08:11"), 0)

    assert orders(told) == []
    assert person not in str(told.state)


def test_where_somebody_works_is_known_until_the_last_registration_is_over() -> None:
    told = log()
    person = EXAMPLES["expiry-warning"]["payload"]["staff"]
    for until in ("2026-09-10", "2027-01-31"):
        told.example(
            EXAMPLES["staff-registration"],
            staff=person,
            works_from="2026-09-01",
            works_until=until,
            school_year=2026,
        )
    told.until(at("10:00", "2026-11-20"))
    assert "2026-09-10" not in str(told.state)
    warning(told, at("10:00", "2026-11-20"), 0)

    assert [order["canteen"] for order in orders(told)] == [CANTEEN]


@pytest.mark.parametrize(("beyond", "severity"), [(4_999, "minor"), (5_000, "major")])
def test_how_warm_it_was_says_how_grave_it_is(beyond: int, severity: str) -> None:
    told = log()
    alarm = EXAMPLES["temperature-alarm"]
    told.example(alarm, at=at("13:00"), extreme_mC=alarm["payload"]["limit_mC"] + beyond)

    assert [order["severity"] for order in orders(told)] == [severity]


def test_what_a_policy_leaves_out_is_as_it_is_built_in() -> None:
    row = {"cause": "inspection-alert", "gather": "each", "severity": "no-such"}
    told = log(orders=[row], due_s={"major": 60}, reviewer_role={})
    alert(told, at("10:00"))
    alert(told, at("10:01"), severity="major")

    assert [order["due_at"] for order in orders(told)] == [
        "2026-09-04T02:00:00.000Z",
        "2026-09-01T02:02:00.000Z",
    ]
    assert [order["task_kind"] for order in orders(told)] == ["document", "document"]
    assert [order["reviewer_role"] for order in orders(told)] == ["bureau-admission", "regulator"]
