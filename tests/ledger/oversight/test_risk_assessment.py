"""What a score is made of, and the heat map."""

from typing import Any

import pytest
from components.risking import (
    CANTEEN,
    DAY,
    ENGINE,
    EXAMPLES,
    INSPECTOR,
    NEXT,
    REGULATOR,
    SCHOOL,
    SECOND,
    at,
    grave,
    heat,
    levels,
    lift,
    log,
    meal,
    night,
    responses,
    suspect,
)
from components.told_log import ToldLog

from ledger.oversight.rectification import Rectification
from ledger.oversight.risk import Risk
from ledger.oversight.seen import Seen

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
