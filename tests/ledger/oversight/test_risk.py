"""Risk: what a score is made of, what its level brings, who ends it, and what is served meanwhile."""

from collections.abc import Mapping
from typing import Any

import pytest
from components.told_log import ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.rectification import Rectification
from ledger.oversight.risk import Risk
from ledger.oversight.seen import Seen

EXAMPLES = {name: TYPES[name].example for name in TYPES}
SCHOOL, CANTEEN, SECOND = "school:2105020001", "canteen:2105020001~01", "canteen:2105020001~02"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"
ENGINE = EXAMPLES["suspicion"]["issuer"]
INSPECTOR = EXAMPLES["official-inspection"]["payload"]["accountable"]
DAY, NEXT = "2026-09-01", "2026-09-02"


def log(**rules: Any) -> ToldLog:
    return ToldLog(Risk(), policies={"risk": rules})


def at(hour: str, day: str = DAY) -> str:
    """A moment of a day by the school's clock, which is eight hours ahead."""
    hours, minutes = (int(part) for part in hour.split(":"))
    return f"{day}T{hours - 8:02}:{minutes:02}:00.000Z"


def night(told: ToldLog, day: str = DAY) -> None:
    """The day is over by the school's clock."""
    told.until(f"{day}T16:00:00.001Z")


def suspect(
    told: ToldLog,
    when: str,
    severity: str = "major",
    *,
    kind: str = "photo-similar",
    canteen: str = CANTEEN,
    responsible: str = SCHOOL,
    count: int = 1,
) -> list[Seen]:
    found = []
    for _ in range(count):
        payload = {
            **EXAMPLES["suspicion"]["payload"],
            "suspicion_kind": kind,
            "severity": severity,
            "canteen": canteen,
            "responsible": responsible,
            "as_of_size": 2,
            "inputs": 2,
        }
        links = EXAMPLES["suspicion"]["links"]
        found.append(told.post("suspicion", payload, issuer=ENGINE, at=when, links=links))
    return found


def missing(told: ToldLog, when: str, count: int = 10, **changes: Any) -> None:
    for number in range(count):
        payload = {
            **EXAMPLES["missing-evidence"]["payload"],
            "obligation_kind": "sample-of-dish",
            "expected_for": f"dish:2105020001~01~2026-09-01~lunch~d-{number}",
            "due_at": when,
            "as_of_size": 2,
            **changes,
        }
        links = EXAMPLES["missing-evidence"]["links"]
        told.post("missing-evidence", payload, issuer=ENGINE, at=when, links=links)


def incident(told: ToldLog, when: str, *, links: Any = (), **changes: Any) -> Seen:
    payload = {**EXAMPLES["incident"]["payload"], **changes}
    payload = {name: value for name, value in payload.items() if value is not None}
    return told.post("incident", payload, issuer=SCHOOL, at=when, links=links)


def lift(
    told: ToldLog,
    freeze: str,
    when: str,
    *,
    since: str | None = None,
    released: tuple[str, ...] = ("serving", "ordering"),
    claimed: str | None = None,
) -> Seen:
    payload = {
        **EXAMPLES["freeze-lift"]["payload"],
        "freeze": freeze,
        "released": [*released],
        "lifted_from": since or when,
    }
    return told.post(
        "freeze-lift",
        payload,
        issuer=REGULATOR,
        at=when,
        occurred_at=claimed,
        links=[{"rel": "lifts", "id": freeze}],
    )


def meal(told: ToldLog, began: str, logged: str, canteen: str = CANTEEN) -> Seen:
    payload = {**EXAMPLES["meal-service"]["payload"], "canteen": canteen}
    payload |= {"meal_on": began[:10], "started_at": began, "ended_at": began}
    return told.post("meal-service", payload, issuer=SCHOOL, at=logged)


def frozen(told: ToldLog, when: str = at("09:00")) -> str:
    """A canteen is frozen for an incident; the response's id."""
    incident(told, when, persons_hospitalised=1)
    return [record.id for record in told.records if record.type == "risk-response"][-1]


def levels(told: ToldLog) -> list[str]:
    return [found["level"] for found in told.of("risk-assessment")]


def responses(told: ToldLog) -> list[str]:
    return [found["response"] for found in told.of("risk-response")]


def heat(told: ToldLog, day: str = DAY, canteen: str = CANTEEN) -> Mapping[str, Any]:
    """Of a canteen and day: the value of each of its rows."""
    return {
        row.kind: row.detail["value_ppm"]
        for row in told.rows.values()
        if row.family == "risk"
        and row.detail is not None
        and row.day == day
        and row.detail["canteen"] == canteen
    }


# Scores


def test_a_day_without_anything_is_silence() -> None:
    told = log()
    told.example(EXAMPLES["serving-calendar"])
    meal(told, at("12:00"), at("12:40"))
    night(told)

    assert told.found == []
    assert told.rows == {}


def test_a_canteen_is_assessed_at_midnight_from_what_happened() -> None:
    told = log()
    suspicions = suspect(told, at("09:00"), "major", count=2)
    told.example(EXAMPLES["inspection-alert"], at=at("10:00"))
    told.until("2026-09-01T16:00:00.000Z")
    assert told.found == []
    night(told)

    (found,) = told.of("risk-assessment")
    values = {factor["factor_code"]: factor["value_ppm"] for factor in found["factors"]}
    assert values["suspicions"] == 600_000
    assert values["inspection-alerts"] == 50_000
    assert sum(values.values()) == 650_000
    assert found["score_ppm"] == (600_000 * 1_500 + 50_000 * 800) // 10_000 == 94_000
    assert found["level"] == "normal"
    assert (found["responsible"], found["canteen"]) == (SCHOOL, CANTEEN)
    assert (found["period_from"], found["period_until"]) == ("2026-08-19", DAY)
    assert found["inputs"] == 3
    cited = {link["id"] for link in told.found[0].request["links"]}
    assert cited >= {seen.id for seen in suspicions}


def test_the_heat_map_has_a_row_for_each_indicator() -> None:
    told = log()
    suspect(told, at("09:00"), "major", count=2)
    night(told)

    assert heat(told) == {"score": 90_000, "suspicions": 600_000}
    row = told.rows["risk", f"{CANTEEN} {DAY} suspicions"]
    assert (row.scope, row.day, row.kind, row.status) == (SCHOOL, DAY, "suspicions", "critical")
    assert told.rows["risk", f"{CANTEEN} {DAY} score"].status == "normal"
    assert row.detail is not None
    assert row.detail["points_ppm"] == 600_000
    assert [index for index, _ in row.detail["records"]] == [1, 2]  # type: ignore[misc,union-attr]


def test_points_add_up_to_the_cap() -> None:
    told = log()
    suspect(told, at("09:00"), "critical", count=3)
    night(told)

    assert heat(told) == {"score": 150_000, "suspicions": 1_000_000}


def test_a_factor_may_have_a_lower_cap() -> None:
    told = log()
    for number in range(7):
        told.example(EXAMPLES["rejection"], at=at("09:00"), rejection_no=str(number))
    night(told)

    row = told.rows["risk", f"{SCHOOL} {DAY} rejections"]
    assert row.detail is not None
    assert (row.detail["points_ppm"], row.detail["value_ppm"]) == (350_000, 300_000)


@pytest.mark.parametrize(("day", "count"), [("2026-09-14", 1), ("2026-09-15", 0)])
def test_what_happened_counts_for_the_days_of_the_window(day: str, count: int) -> None:
    told = log()
    suspect(told, at("09:00"))
    for ordinal in range(1, 16):
        night(told, f"2026-09-{ordinal:02}")

    assert len(heat(told, day)) == 2 * count
    assert [found["score_ppm"] for found in told.of("risk-assessment")] == [45_000, 0]
    assert told.of("risk-assessment")[1]["inputs"] == 0


def test_only_what_changed_is_assessed_again() -> None:
    told = log()
    suspect(told, at("09:00"))
    night(told)
    night(told, NEXT)
    assert len(levels(told)) == 1

    suspect(told, at("09:00", "2026-09-03"))
    night(told, "2026-09-03")

    assert len(levels(told)) == 2


def test_each_canteen_is_assessed_by_itself_and_by_what_its_school_says() -> None:
    told = log()
    for number, canteen in enumerate((CANTEEN, SECOND)):
        told.example(EXAMPLES["serving-calendar"], canteen=canteen, calendar_no=str(number))
    suspect(told, at("09:00"))
    told.example(EXAMPLES["rejection"], at=at("10:00"))
    night(told)

    assert set(heat(told)) == {"score", "suspicions", "rejections"}
    assert set(heat(told, canteen=SECOND)) == {"score", "rejections"}
    assert len(told.of("risk-assessment")) == 2


def test_a_school_of_which_no_canteen_is_known_is_assessed_itself() -> None:
    told = log()
    told.example(EXAMPLES["rejection"], at=at("10:00"))
    night(told)

    (found,) = told.of("risk-assessment")
    assert found["responsible"] == SCHOOL
    assert "canteen" not in found


@pytest.mark.parametrize(
    "changes",
    [
        {"responsible": "supplier:91210500MA0UTC1A0P"},
        {"kind": "nobody-counts-it", "severity": "minor"},
    ],
)
def test_what_is_not_the_canteens_or_has_no_points_counts_nothing(changes: Any) -> None:
    factors = [
        {**factor, "points": [*factor["points"], {"code": "nobody-counts-it", "ppm": 0}]}
        for factor in Risk().defaults["factors"]
    ]
    told = log(factors=factors)
    suspect(told, at("09:00"), **changes)
    night(told)

    assert told.found == []
    assert told.rows == {}


def example_of(told: ToldLog, kind: str, **changes: Any) -> None:
    told.example(EXAMPLES[kind], at=at("13:00"), **changes)


@pytest.mark.parametrize(
    ("kind", "changes", "factor", "value"),
    [
        ("incident", {}, "incidents", 600_000),
        ("temperature-alarm", {}, "temperature-alarms", 200_000),
        ("official-inspection", {}, "inspection-results", 150_000),
        (
            "self-inspection",
            {"period_from": DAY, "period_until": DAY},
            "inspection-results",
            10_000,
        ),
        ("rejection", {}, "rejections", 50_000),
    ],
)
def test_each_kind_of_record_counts(kind: str, changes: Any, factor: str, value: int) -> None:
    told = log()
    told.example(EXAMPLES["serving-calendar"])
    example_of(told, kind, **changes)
    night(told)

    assert heat(told)[factor] == value


def test_a_lapsed_certificate_counts_where_its_holder_works() -> None:
    told = log()
    warning = EXAMPLES["expiry-warning"]
    person = warning["payload"]["staff"]
    told.example(EXAMPLES["staff-registration"], staff=person)
    told.example(
        warning,
        at=at("08:10"),
        valid_until="2026-08-31",
        checked_on=DAY,
        days_left=-1,
        lead_days=0,
        as_of_size=1,
    )
    night(told)

    assert heat(told) == {"score": 12_500, "lapsed-certificates": 250_000}


def test_weights_that_make_no_whole_score_nothing() -> None:
    told = log(factors=Risk().defaults["factors"][1:])
    suspect(told, at("09:00"), "critical", count=9)
    night(told)

    assert told.found == []
    assert told.rows == {}


def test_a_work_order_that_follows_on_a_late_one_counts() -> None:
    told = ToldLog(Rectification(), Risk())
    told.example(EXAMPLES["inspection-alert"], at=at("10:00"))
    night(told)
    assert set(heat(told)) == {"score", "inspection-alerts"}

    told.until(at("13:00", "2026-09-04"))
    night(told, "2026-09-04")

    assert heat(told, "2026-09-04")["overdue-work-orders"] == 400_000


def test_nobody_makes_an_order_count_by_what_it_writes_beside_it() -> None:
    told = log()
    payload = {**EXAMPLES["work-order"]["payload"], "ext": {"follows": "GD-1"}}
    payload["accountable"] = INSPECTOR
    told.post("work-order", payload, issuer=REGULATOR, at=at("10:00"))
    night(told)

    assert told.rows == {}


# Taken back


def test_what_is_taken_back_puts_the_rows_of_all_its_days_right() -> None:
    told = log()
    seen = told.example(EXAMPLES["inspection-alert"], at=at("10:00"))
    suspect(told, at("11:00"))
    night(told)
    night(told, NEXT)
    told.correct(seen)

    assert heat(told) == {"score": 45_000, "suspicions": 300_000}
    assert heat(told, NEXT) == heat(told)
    night(told, "2026-09-03")
    assert [found["score_ppm"] for found in told.of("risk-assessment")] == [49_000, 45_000]


def test_what_was_all_there_was_leaves_no_row() -> None:
    told = log()
    seen = told.example(EXAMPLES["inspection-alert"], at=at("10:00"))
    night(told)
    told.correct(seen)

    assert told.rows == {}


def test_what_is_taken_back_the_same_day_shows_nothing_of_the_day_yet() -> None:
    told = log()
    seen = told.example(EXAMPLES["inspection-alert"], at=at("10:00"))
    suspect(told, at("11:00"))
    told.correct(seen)
    assert told.rows == {}

    night(told)

    assert heat(told) == {"score": 45_000, "suspicions": 300_000}


def test_a_ruling_that_withdraws_a_suspicion_takes_it_out_of_the_score() -> None:
    told = log()
    (seen,) = suspect(told, at("09:00"))
    night(told)
    dispute = EXAMPLES["dispute"]
    said = told.post(
        "dispute",
        {**dispute["payload"], "record": seen.id, "disputed_by": SCHOOL, "responsible": ENGINE},
        issuer=SCHOOL,
        at=at("09:00", NEXT),
        links=[{"rel": "disputes", "id": seen.id, "sha256": seen.leaf_hash.hex()}],
    )

    def rule(number: str, decision: str, remedies: list[str]) -> Seen:
        payload = {
            **EXAMPLES["ruling"]["payload"],
            "ruling_no": number,
            "dispute": said.id,
            "disputed_by": SCHOOL,
            "responsible": ENGINE,
            "heard": [SCHOOL, ENGINE],
            "decision": decision,
            "remedies": remedies,
        }
        link = {"rel": "rules-on", "id": said.id, "sha256": said.leaf_hash.hex()}
        return told.post("ruling", payload, issuer=REGULATOR, links=[link])

    rule("1", "rejected", [])
    assert heat(told) == {"score": 45_000, "suspicions": 300_000}
    upheld = rule("2", "upheld", ["withdraw"])
    assert told.rows == {}
    told.correct(upheld)
    assert heat(told) == {"score": 45_000, "suspicions": 300_000}


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


def grave(told: ToldLog, day: str = DAY) -> None:
    """So much that a canteen's risk is major."""
    missing(told, at("09:00", day))
    suspect(told, at("10:00", day), "critical")


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


def regulators(told: ToldLog, when: str, *, replaces: str | None = None) -> Seen:
    """A regulator's own freeze, in force from eight on."""
    payload = {**EXAMPLES["risk-response"]["payload"], "accountable": INSPECTOR}
    payload |= {"effective_from": at("08:00"), "response_no": f"R {when}"}
    links = [*EXAMPLES["risk-response"]["links"]]
    if replaces is not None:
        links.append({"rel": "replaces", "id": replaces})
    return told.post(
        "risk-response", payload, issuer=REGULATOR, at=when, occurred_at=at("08:00"), links=links
    )


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


# Served while frozen


def served(told: ToldLog) -> list[Mapping[str, Any]]:
    return [one for one in told.of("suspicion") if one["suspicion_kind"] == "served-while-frozen"]


def test_a_meal_served_while_frozen_is_found_and_is_a_joint_case() -> None:
    told = log()
    freeze = frozen(told)
    seen = meal(told, at("11:30"), at("12:40"))
    told.until(at("16:40"))
    assert served(told) == []
    told.until("2026-09-01T08:40:00.001Z")

    (found,) = served(told)
    assert (found["responsible"], found["canteen"]) == (SCHOOL, CANTEEN)
    assert [observed["record"] for observed in found["observations"]] == [seen.id, freeze]
    assert found["inputs"] == 2
    assert responses(told) == ["freeze", "joint"]
    night(told)
    assert len(served(told)) == 1


@pytest.mark.parametrize("began", ["08:30", "09:29"])
def test_what_was_on_the_tables_already_is_no_violation(began: str) -> None:
    told = log()
    frozen(told, at("09:00"))
    meal(told, at(began), at("12:40"))
    night(told)

    assert served(told) == []


def test_another_canteen_serves() -> None:
    told = log()
    frozen(told)
    meal(told, at("11:30"), at("12:40"), SECOND)
    night(told)

    assert served(told) == []


@pytest.mark.parametrize(("since", "count"), [("11:00", 0), ("11:30", 0), ("11:31", 1)])
def test_a_lift_counts_from_the_time_it_names_though_it_comes_late(since: str, count: int) -> None:
    told = log()
    freeze = frozen(told)
    meal(told, at("11:30"), at("12:40"))
    lift(told, freeze, at("14:00"), since=at(since), claimed=at("11:00"))
    night(told)

    assert len(served(told)) == count


def test_a_freeze_of_ordering_alone_lets_serve() -> None:
    told = log(held_back={"major": ["ordering"], "critical": []})
    frozen(told)
    meal(told, at("11:30"), at("12:40"))
    night(told)

    assert served(told) == []


def test_a_freeze_that_comes_after_the_meal_is_held_against_it() -> None:
    told = log()
    meal(told, at("11:30"), at("12:40"))
    regulators(told, at("14:00"))
    night(told)

    assert len(served(told)) == 1


def test_every_meal_is_waited_for_by_itself() -> None:
    told = log()
    freeze = frozen(told)
    noon = meal(told, at("11:30"), at("12:40"))
    meal(told, at("16:00"), at("16:35"))
    lift(told, freeze, at("17:00"), since=at("15:50"), claimed=at("15:50"))
    night(told)

    (found,) = served(told)
    assert found["observations"][0]["record"] == noon.id


def test_a_meal_taken_back_was_not_served() -> None:
    told = log()
    frozen(told)
    told.correct(meal(told, at("11:30"), at("12:40")))
    night(told)

    assert served(told) == []


def test_a_lift_taken_back_makes_the_meal_a_finding() -> None:
    told = log()
    freeze = frozen(told)
    ended = lift(told, freeze, at("10:00"))
    meal(told, at("11:30"), at("12:40"))
    night(told)
    assert served(told) == []

    told.correct(ended)
    night(told, NEXT)

    assert len(served(told)) == 1


# The whole


def test_nothing_is_remembered_for_ever() -> None:
    told = log()
    grave(told)
    night(told)
    lift(told, told.records[-1].id, at("09:00", NEXT))
    meal(told, at("11:30", NEXT), at("12:40", NEXT))
    for day in range(2, 31):
        night(told, f"2026-09-{day:02}")
    for day in range(1, 10):
        night(told, f"2026-10-{day:02}")

    assert sorted(told.state) == [f"risk meals {CANTEEN}", "policy risk"][::-1]


def test_nothing_counts_as_answered_before_there_is_a_policy() -> None:
    told = log()
    told.engine._by_name["risk"].policy = type(told.engine._by_name["risk"].policy)(
        "risk", 0, Risk().defaults
    )
    grave(told)
    night(told)
    assert told.found == []
    assert heat(told)["score"] >= 250_000
    rules = {"name": "risk", "version": 1, "rules": {}}
    told.post("policy", rules, issuer=EXAMPLES["policy"]["issuer"], at=at("09:00", NEXT))
    night(told, NEXT)

    assert responses(told) == ["freeze"]
