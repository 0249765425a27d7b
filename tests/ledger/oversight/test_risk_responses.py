"""What a level brings, and who ends it."""

from typing import Any

import pytest
from components.risking import (
    CANTEEN,
    EXAMPLES,
    NEXT,
    REGULATOR,
    SECOND,
    at,
    frozen,
    grave,
    incident,
    levels,
    lift,
    log,
    meal,
    missing,
    night,
    regulators,
    responses,
    served,
    suspect,
)
from components.told_log import ToldLog

from ledger.oversight.rectification import Rectification
from ledger.oversight.risk import Risk

# Levels and what they bring


def test_a_minor_risk_is_put_right_by_a_work_order() -> None:
    told = ToldLog(Rectification(), Risk())
    suspect(told, at("09:00"), "minor", kind="timing-impossible", count=20)
    night(told)

    assert levels(told) == ["minor"]
    (response,) = told.of("risk-response")
    assert (response["severity"], response["response"]) == ("minor", "rectify")
    assert response["due_at"] == "2026-09-06T16:00:00.001Z"
    (order,) = told.of("work-order")
    assert (order["task_kind"], order["due_at"]) == ("lower-risk", response["due_at"])
    opens = {"rel": "opens", "id": told.records[-2].id}
    assert told.found[-1].request["links"] == [opens]


def test_a_minor_response_is_open_until_the_canteen_is_normal() -> None:
    told = log()
    suspect(told, at("09:00"), "minor", kind="timing-impossible", count=20)
    night(told)
    suspect(told, at("09:00", NEXT), "minor", kind="timing-impossible")
    told.example(EXAMPLES["inspection-alert"], at=at("10:00", NEXT))
    night(told, NEXT)
    assert levels(told) == ["minor", "minor"]
    assert responses(told) == ["rectify"]

    for day in range(3, 18):
        night(told, f"2026-09-{day:02}")
    suspect(told, at("09:00", "2026-09-18"), "critical")
    night(told, "2026-09-18")

    assert levels(told)[2:] == ["normal", "normal", "minor"]
    assert responses(told) == ["rectify", "rectify"]


def test_a_major_risk_is_frozen_once() -> None:
    told = log()
    grave(told)
    night(told)
    for day in range(2, 5):
        suspect(told, at("09:00", f"2026-09-{day:02}"), "minor")
        night(told, f"2026-09-{day:02}")

    assert set(levels(told)) == {"major"}
    (response,) = told.of("risk-response")
    assert response["response"] == "freeze"
    assert response["held_back"] == ["serving", "ordering"]
    assert response["effective_from"] == told.found[1].request["occurred_at"]
    cited = [link["id"] for link in told.found[1].request["links"]]
    assert cited == [record.id for record in told.records if record.type == "risk-assessment"][:1]


def test_a_critical_risk_is_a_joint_case_of_several_departments() -> None:
    told = log()
    told.example(EXAMPLES["inspection-alert"], at=at("08:30"), severity="critical")
    told.example(EXAMPLES["inspection-alert"], at=at("08:40"), severity="critical")
    incident(told, at("08:50"), severity="major", incident_no="1")
    incident(told, at("08:55"), severity="major", incident_no="2")
    grave(told)
    night(told)

    assert levels(told) == ["critical"]
    (response,) = told.of("risk-response")
    assert response["response"] == "joint"
    assert response["agencies"] == ["education-bureau", "market-regulator", "health-commission"]


def test_what_is_held_back_is_policy() -> None:
    told = log(held_back={"major": ["serving"]})
    grave(told)
    night(told)

    assert [found["held_back"] for found in told.of("risk-response")] == [["serving"]]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"persons_hospitalised": 0}, []),
        ({"persons_hospitalised": 1}, ["freeze"]),
        ({"persons_hospitalised": 10, "persons_affected": 10}, ["joint"]),
        ({"severity": "critical"}, ["joint"]),
    ],
)
def test_a_single_grave_incident_is_answered_at_once(changes: Any, expected: list[str]) -> None:
    told = log()
    incident(told, at("09:00"), **changes)

    assert responses(told) == expected


@pytest.mark.parametrize(("severity", "expected"), [("major", "freeze"), ("critical", "joint")])
def test_a_failed_inspection_is_answered_at_once(severity: str, expected: str) -> None:
    told = log()
    payload = {**EXAMPLES["official-inspection"]["payload"], "conclusion": "fail"}
    payload["items"] = [{"item_code": "storage", "result": "fail", "severity": severity}]
    del payload["rectify_by"]
    told.post("official-inspection", payload, issuer=REGULATOR, at=at("12:00"))

    assert responses(told) == [expected]


def test_an_incident_of_a_school_freezes_all_its_canteens() -> None:
    told = log()
    for number, canteen in enumerate((CANTEEN, SECOND)):
        told.example(EXAMPLES["serving-calendar"], canteen=canteen, calendar_no=str(number))
    nowhere = dict.fromkeys(("canteen", "meal_on", "meal", "dish_codes"))
    incident(told, at("09:00"), persons_hospitalised=2, **nowhere)

    assert [found["canteen"] for found in told.of("risk-response")] == [CANTEEN, SECOND]


def test_a_second_incident_adds_nothing_to_an_open_freeze_but_what_is_graver() -> None:
    told = log()
    incident(told, at("09:00"), persons_hospitalised=1)
    incident(told, at("09:00"), persons_hospitalised=1, incident_no="2")
    assert responses(told) == ["freeze"]

    incident(told, at("10:00"), severity="critical", incident_no="3")
    incident(told, at("11:00"), persons_hospitalised=1, incident_no="4")

    assert responses(told) == ["freeze", "joint"]


def test_a_regulators_own_freeze_is_the_open_one() -> None:
    told = log()
    regulators(told, at("08:00"))
    incident(told, at("09:00"), persons_hospitalised=1)

    assert responses(told) == []


# Who ends it


def test_no_quiet_time_ends_a_freeze() -> None:
    told = log()
    grave(told)
    night(told)
    for day in range(2, 25):
        night(told, f"2026-09-{day:02}")
    assert levels(told) == ["major", "normal"]

    grave(told, "2026-09-25")
    night(told, "2026-09-25")

    assert responses(told) == ["freeze"]


def test_after_a_lift_another_freeze_needs_another_cause() -> None:
    told = log()
    grave(told)
    night(told)
    response = told.records[-1].id
    lift(told, response, at("09:00", NEXT))
    suspect(told, at("10:00", NEXT), "minor")
    night(told, NEXT)
    assert levels(told) == ["major", "major"]
    assert responses(told) == ["freeze"]

    missing(told, at("10:00", "2026-09-03"), expected_type="menu")
    night(told, "2026-09-03")

    assert responses(told) == ["freeze", "freeze"]


def test_a_part_that_is_lifted_leaves_the_freeze_open() -> None:
    told = log()
    freeze = frozen(told)
    lift(told, freeze, at("10:00"), released=("ordering",))
    incident(told, at("11:00"), persons_hospitalised=1, incident_no="2")
    assert responses(told) == ["freeze"]

    lift(told, freeze, at("12:00"), released=("serving",))
    incident(told, at("13:00"), persons_hospitalised=1, incident_no="3")

    assert responses(told) == ["freeze", "freeze"]


def test_a_record_that_puts_the_cause_right_freezes_no_second_time() -> None:
    told = log()
    first = incident(told, at("09:00"), persons_hospitalised=1)
    freeze = told.records[-1].id
    lift(told, freeze, at("10:00"))
    replaces = [{"rel": "replaces", "id": first.id}]
    incident(told, at("11:00"), persons_hospitalised=2, links=replaces)
    told.correct(first)

    assert responses(told) == ["freeze"]


def test_a_lift_taken_back_leaves_the_freeze_open() -> None:
    told = log()
    freeze = frozen(told)
    told.correct(lift(told, freeze, at("10:00")))
    incident(told, at("11:00"), persons_hospitalised=1, incident_no="2")

    assert responses(told) == ["freeze"]


def test_a_freeze_put_right_stays_lifted() -> None:
    told = log()
    first = regulators(told, at("08:00"))
    lift(told, first.id, at("10:00"))
    regulators(told, at("11:00"), replaces=first.id)
    told.correct(first)
    meal(told, at("11:30"), at("12:40"))
    night(told)
    assert served(told) == []

    incident(told, at("09:00", NEXT), persons_hospitalised=1)

    assert responses(told) == ["freeze"]
