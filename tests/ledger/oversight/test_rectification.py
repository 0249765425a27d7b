"""Rectification: what opens a work order, which answers and reviews count, and what lateness brings."""

from collections.abc import Mapping
from typing import Any

import pytest
from components.told_log import ADMIN, LEDGER, ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.engine import Engine
from ledger.oversight.family import Row
from ledger.oversight.rectification import Rectification
from ledger.oversight.seen import Seen

EXAMPLES = {name: TYPES[name].example for name in TYPES}
SCHOOL, CANTEEN = "school:2105020001", "canteen:2105020001~01"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"
BUREAU = "bureau:11210500001234567Y~admission"
SUPPLIER = "supplier:91210500MA0UTC1A0P"
DAY = "2026-09-01"


def log(**rules: Any) -> ToldLog:
    return ToldLog(Rectification(), policies={"rectification": rules})


def at(hour: str, day: str = DAY) -> str:
    """A moment of a day by the school's clock, which is eight hours ahead."""
    hours, minutes = (int(part) for part in hour.split(":"))
    return f"{day}T{hours - 8:02}:{minutes:02}:00.000Z"


def alert(told: ToldLog, when: str, kind: str = "no-hat", severity: str = "minor") -> Seen:
    example = EXAMPLES["inspection-alert"]
    return told.example(
        example,
        at=when,
        alert_kind=kind,
        severity=severity,
        first_seen_at=when,
        confirmed_at=when,
    )


def answer(
    told: ToldLog, no: str, when: str, *, taken: str | None = None, issuer: str = SCHOOL
) -> Seen:
    example = EXAMPLES["rectification"]
    payload = {**example["payload"], "work_order": f"work-order:{no}"}
    payload["photo_taken_at"] = taken or when
    return told.post(
        "rectification",
        payload,
        issuer=issuer,
        at=when,
        blobs=example["blobs"],
        links=[{"rel": "answers", "subject": f"work-order:{no}"}],
    )


def review(
    told: ToldLog,
    of: Seen,
    when: str,
    *,
    issuer: str = BUREAU,
    decision: str = "closed",
    responsible: str = SCHOOL,
    new_due_at: str | None = None,
) -> Seen:
    payload = {
        **EXAMPLES["rectification-review"]["payload"],
        "work_order": of.fields["work_order"],
        "rectification": of.id,
        "reviewed_at": when,
        "decision": decision,
        "responsible": responsible,
    }
    if new_due_at is not None:
        payload["new_due_at"] = new_due_at
    return told.post(
        "rectification-review",
        payload,
        issuer=issuer,
        at=when,
        links=[{"rel": "reviews", "id": of.id}],
    )


def orders(told: ToldLog) -> list[Mapping[str, Any]]:
    return told.of("work-order")


def row(told: ToldLog, no: str) -> Row:
    return told.rows["rectification", f"work-order:{no}"]


def detail(told: ToldLog, no: str) -> Mapping[str, Any]:
    found = row(told, no).detail
    assert found is not None
    return found


def opened(told: ToldLog, when: str = at("10:00"), severity: str = "minor") -> str:
    alert(told, when, severity=severity)
    no: str = orders(told)[-1]["work_order_no"]
    return no


# What opens a work order


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


# Answered and closed


def test_an_answer_and_a_review_by_somebody_else_close_it() -> None:
    told = log()
    no = opened(told)
    assert row(told, no).status == "open"
    done = answer(told, no, at("11:00"))
    assert row(told, no).status == "answered"
    closed = review(told, done, at("15:00"))

    assert row(told, no).status == "closed"
    told.until(at("10:00", "2026-09-20"))
    assert len(orders(told)) == 1
    assert told.of("suspicion") == []
    shown = row(told, no)
    assert (shown.scope, shown.day, shown.kind) == (SCHOOL, DAY, "wear-protection")
    assert detail(told, no)["closed_by"] == closed.id


def test_it_is_the_same_whatever_came_first() -> None:
    told = log()
    order = EXAMPLES["work-order"]["payload"]
    done = answer(told, "GD-7", at("12:00"))
    review(told, done, at("13:00"))
    accountable = EXAMPLES["official-inspection"]["payload"]["accountable"]
    payload = {**order, "work_order_no": "GD-7", "due_at": at("17:00"), "accountable": accountable}
    told.post("work-order", payload, issuer=REGULATOR, at=at("18:00"), occurred_at=at("09:00"))

    # The order asked for a regulator, the bureau does not close it.
    assert row(told, "GD-7").status == "answered"
    review(told, done, at("19:00"), issuer=REGULATOR)
    assert row(told, "GD-7").status == "closed"
    told.until(at("18:00", "2026-09-20"))
    assert told.found == []


def test_an_old_photo_answers_nothing() -> None:
    told = log()
    no = opened(told, at("10:00"))
    old = answer(told, no, at("11:00"), taken=at("09:49"))

    (found,) = told.of("suspicion")
    assert found["suspicion_kind"] == "photo-older-than-order"
    assert found["responsible"] == SCHOOL
    assert found["observations"] == [{"record": old.id, "field": "photo_taken_at"}]
    assert found["inputs"] == 2
    assert row(told, no).status == "open"
    assert detail(told, no)["uncounted"] == [old.id]
    review(told, old, at("12:00"), issuer=REGULATOR)
    assert row(told, no).status == "open"
    assert len(told.of("suspicion")) == 1


def test_a_photos_clock_may_be_a_little_slow() -> None:
    told = log()
    no = opened(told, at("10:00"))
    answer(told, no, at("11:00"), taken=at("09:50"))

    assert told.of("suspicion") == []
    assert row(told, no).status == "answered"


def test_nobody_else_answers_for_the_responsible() -> None:
    told = log()
    no = opened(told)
    answer(told, no, at("11:00"), issuer=SUPPLIER)
    assert row(told, no).status == "open"

    answer(told, no, at("12:00"), issuer=CANTEEN)

    assert row(told, no).status == "answered"


def suppliers_order(told: ToldLog, severity: str, role: str = "regulator") -> str:
    payload = {
        **EXAMPLES["work-order"]["payload"],
        "work_order_no": "GD-8",
        "responsible": f"{SUPPLIER}~cold-chain",
        "severity": severity,
        "due_at": at("17:00", "2026-09-03"),
        "reviewer_role": role,
        "accountable": EXAMPLES["official-inspection"]["payload"]["accountable"],
    }
    told.post("work-order", payload, issuer=REGULATOR, at=at("09:00"))
    return "GD-8"


def test_whoever_put_it_right_closes_nothing() -> None:
    told = log()
    no = suppliers_order(told, "minor", "school")
    done = answer(told, no, at("11:00"), issuer=f"{SUPPLIER}~cold-chain")
    review(told, done, at("12:00"), issuer=SCHOOL, responsible=SUPPLIER)
    assert row(told, no).status == "closed"

    told = log()
    no = opened(told)
    done = answer(told, no, at("11:00"))
    own = review(told, done, at("12:00"), issuer=SCHOOL, responsible=SUPPLIER)

    assert row(told, no).status == "answered"
    (found,) = told.of("suspicion")
    assert found["suspicion_kind"] == "reviewed-by-own-organisation"
    assert found["responsible"] == SCHOOL
    assert found["observations"][0]["record"] == own.id
    assert found["inputs"] == 3


@pytest.mark.parametrize(
    ("severity", "status", "found"),
    [("minor", "closed", 0), ("major", "answered", 1), ("critical", "answered", 1)],
)
def test_what_is_major_is_closed_by_another_legal_entity(
    severity: str, status: str, found: int
) -> None:
    told = log()
    payload = {
        **EXAMPLES["work-order"]["payload"],
        "responsible": "supplier:11210500MB1H7728Q5~kitchen",
        "severity": severity,
        "due_at": at("17:00", "2026-09-03"),
        "accountable": EXAMPLES["official-inspection"]["payload"]["accountable"],
    }
    told.post("work-order", payload, issuer=REGULATOR, at=at("09:00"))
    done = answer(told, "GD-2026-0317", at("10:00"), issuer="supplier:11210500MB1H7728Q5~kitchen")
    review(told, done, at("11:00"), issuer=REGULATOR, responsible=SUPPLIER)

    assert row(told, "GD-2026-0317").status == status
    assert len(told.of("suspicion")) == found


def test_a_school_closes_only_in_its_own_canteens() -> None:
    told = log()
    no = suppliers_order(told, "minor", "school")
    done = answer(told, no, at("11:00"), issuer=f"{SUPPLIER}~cold-chain")
    review(told, done, at("12:00"), issuer="school:2105020002", responsible=SUPPLIER)

    assert row(told, no).status == "answered"


def test_reopened_it_is_due_anew() -> None:
    told = log()
    no = opened(told)
    done = answer(told, no, at("11:00"))
    again = at("12:00", "2026-09-10")
    review(told, done, at("12:00"), decision="reopened", new_due_at=again)
    assert row(told, no).status == "reopened"
    assert detail(told, no)["due_at"] == again
    told.until(at("13:59", "2026-09-10"))
    assert len(orders(told)) == 1

    told.until(at("15:00", "2026-09-10"))

    assert row(told, no).status == "escalated"
    assert len(orders(told)) == 2


def test_a_second_answer_waits_for_its_review() -> None:
    told = log()
    no = opened(told)
    done = answer(told, no, at("11:00"))
    again = at("12:00", "2026-09-10")
    review(told, done, at("12:00"), decision="reopened", new_due_at=again)
    second = answer(told, no, at("13:00"))
    assert row(told, no).status == "answered"

    review(told, second, at("14:00"))

    assert row(told, no).status == "closed"


def test_an_answer_from_before_the_last_review_waits_for_none() -> None:
    told = log()
    no = opened(told)
    answer(told, no, at("11:00"))
    second = answer(told, no, at("11:30"))
    again = at("12:00", "2026-09-10")
    review(told, second, at("12:00"), decision="reopened", new_due_at=again)

    assert row(told, no).status == "reopened"


# Late


def test_an_order_without_answer_is_escalated() -> None:
    told = log()
    no = opened(told)
    told.until("2026-09-04T04:00:00.000Z")
    assert len(orders(told)) == 1

    told.until("2026-09-04T04:00:00.001Z")

    late = orders(told)[1]
    assert late["responsible"] == SCHOOL
    assert late["severity"] == "major"
    assert late["reviewer_role"] == "regulator"
    assert late["ext"]["follows"] == no
    assert late["due_at"] == "2026-09-06T04:00:00.000Z"
    links = told.found[1].request["links"]
    assert {link["rel"] for link in links} == {"cites", "opens"}
    assert row(told, no).status == "escalated"
    assert row(told, late["work_order_no"]).status == "open"
    assert detail(told, no)["next"] == late["work_order_no"]


def test_an_answer_in_time_waits_for_the_reviewer_without_end() -> None:
    told = log()
    no = opened(told)
    answer(told, no, "2026-09-04T04:00:00.000Z", taken=at("10:00"))
    told.until(at("10:00", "2026-09-30"))

    assert row(told, no).status == "answered"
    assert len(orders(told)) == 1


def test_escalation_ends_after_the_third() -> None:
    told = log()
    no = opened(told)
    for day in range(1, 31):
        told.until(at("23:00", f"2026-09-{day:02}"))

    assert [order["severity"] for order in orders(told)] == [
        "minor",
        "major",
        "critical",
        "critical",
    ]
    assert orders(told)[3]["instruction_zh"].count("督办") == 1
    assert row(told, no).status == "escalated"
    assert row(told, orders(told)[3]["work_order_no"]).status == "overdue"


def test_closing_what_follows_closes_what_it_follows_on() -> None:
    told = log()
    no = opened(told)
    told.until(at("13:00", "2026-09-04"))
    later = orders(told)[1]["work_order_no"]
    done = answer(told, later, at("14:00", "2026-09-04"))
    closed = review(told, done, at("15:00", "2026-09-04"), issuer=REGULATOR)
    assert (row(told, no).status, row(told, later).status) == ("closed", "closed")

    told.correct(closed)

    assert (row(told, no).status, row(told, later).status) == ("escalated", "answered")


def test_the_bureau_does_not_close_what_was_escalated() -> None:
    told = log()
    opened(told)
    told.until(at("13:00", "2026-09-04"))
    later = orders(told)[1]["work_order_no"]
    done = answer(told, later, at("14:00", "2026-09-04"))
    review(told, done, at("15:00", "2026-09-04"))

    assert row(told, later).status == "answered"


def test_nobody_is_late_before_the_order_is_in_the_log() -> None:
    told = log()
    payload = {
        **EXAMPLES["work-order"]["payload"],
        "due_at": at("09:00"),
        "accountable": EXAMPLES["official-inspection"]["payload"]["accountable"],
    }
    told.post("work-order", payload, issuer=REGULATOR, at=at("17:00"), occurred_at=at("08:00"))
    answer(told, "GD-2026-0317", at("18:59"), taken=at("08:30"))
    told.until(at("18:00", "2026-09-10"))

    assert told.found == []


def test_times_at_the_edge_of_the_calendar_are_only_claims() -> None:
    told = log()
    never = "9999-12-31T23:59:59.999Z"
    payload = {**EXAMPLES["work-order"]["payload"], "due_at": never}
    payload["accountable"] = EXAMPLES["official-inspection"]["payload"]["accountable"]
    told.post("work-order", payload, issuer=REGULATOR, at=at("09:00"))
    answer(told, "GD-2026-0317", at("10:00"), taken="0001-01-01T00:00:00.000Z")
    answer(told, "GD-2026-0317", at("11:00"), taken=never)
    told.until(at("10:00", "2026-12-01"))

    assert row(told, "GD-2026-0317").status == "answered"
    assert len(told.of("suspicion")) == 1


# Taken back


def test_an_answer_taken_back_makes_it_late_as_if_it_had_never_come() -> None:
    told = log()
    no = opened(told)
    done = answer(told, no, at("11:00"))
    told.until(at("10:00", "2026-09-10"))
    told.correct(done)
    told.until(at("10:01", "2026-09-10"))

    assert row(told, no).status == "escalated"


def test_a_review_taken_back_opens_it_again() -> None:
    told = log()
    no = opened(told)
    done = answer(told, no, at("11:00"))
    closed = review(told, done, at("12:00"))
    told.erase(closed, "decision")

    assert row(told, no).status == "answered"


def test_a_work_order_taken_back_shows_no_more() -> None:
    told = log()
    no = suppliers_order(told, "minor")
    order = told.records[-1]
    told.correct(order, issuer=REGULATOR)
    told.until(at("10:00", "2026-10-30"))

    assert ("rectification", f"work-order:{no}") not in told.rows
    assert told.found == []
    assert [key for key in told.state if "work-order" in key] == []


def test_an_alert_taken_back_leaves_the_order_to_its_reviewer() -> None:
    told = log()
    seen = alert(told, at("10:00"))
    no = orders(told)[0]["work_order_no"]
    joined = alert(told, at("10:30"))
    told.correct(joined)
    told.correct(seen)

    assert row(told, no).status == "open"
    assert detail(told, no)["withdrawn"] == [joined.id, seen.id]


def test_nothing_is_remembered_for_ever() -> None:
    told = log()
    no = opened(told)
    review(told, answer(told, no, at("11:00")), at("12:00"))
    answer(told, "GD-nobody-knows", at("13:00"))
    told.example(EXAMPLES["incident"], at=at("14:00"))
    last = orders(told)[-1]["work_order_no"]
    review(told, answer(told, last, at("15:00")), at("16:00"), issuer=REGULATOR)
    assert len(told.state) > 4

    told.until(at("18:00", "2027-03-30"))

    assert list(told.state) == ["policy rectification"]


def without_policy() -> ToldLog:
    told = ToldLog()
    told.engine = Engine(
        [Rectification()],
        ledger=LEDGER.hex(),
        zone="Asia/Shanghai",
        read=lambda keys: {key: told.state[key] for key in keys if key in told.state},
    )
    return told


def test_nothing_is_opened_before_there_is_a_policy() -> None:
    told = without_policy()
    alert(told, at("10:00"))
    rules = {"name": "rectification", "version": 1, "rules": {}}
    told.post("policy", rules, issuer=ADMIN, at=at("11:00"))
    assert told.found == []

    alert(told, at("12:00"))

    assert len(orders(told)) == 1


def test_what_was_suspicious_before_there_was_a_policy_is_found_under_it() -> None:
    told = without_policy()
    no = suppliers_order(told, "minor")
    answer(told, no, at("10:00"), taken=at("08:00"), issuer=f"{SUPPLIER}~cold-chain")
    assert told.found == []
    rules = {"name": "rectification", "version": 1, "rules": {}}
    told.post("policy", rules, issuer=ADMIN, at=at("11:00"))

    answer(told, no, at("12:00"), issuer=f"{SUPPLIER}~cold-chain")

    assert len(told.of("suspicion")) == 1
