"""Closures of work orders, dispositions of alerts."""

import pytest
from components.told_canteen import SCHOOL
from components.told_office import WORK_ORDER, Office

from ledger.evidence.examples import school_day
from ledger.oversight.seen import Seen

CLOSURE, DISPOSITION = "closure-of-work-order", "disposition-of-alert"


def test_a_work_order_is_closed_by_its_deadline_or_missing() -> None:
    told = Office(CLOSURE)
    order = told.order("2026-09-08 12:00")
    told.go("2026-09-09 12:01")

    (found,) = told.of("missing-evidence")
    assert (found["source"], found["expected_for"]) == (order.id, WORK_ORDER)
    assert found["responsible"] == order.fields["responsible"]


def test_a_closed_work_order_is_silence() -> None:
    told = Office(CLOSURE)
    told.order("2026-09-08 12:00")
    told.go("2026-09-08 10:00")
    told.review("closed", "2026-09-08 10:00")
    told.go("2026-10-01 00:00")

    assert told.found == []
    assert told.statuses(CLOSURE) == ["met"]


def test_a_work_order_reopened_is_due_anew() -> None:
    told = Office(CLOSURE)
    told.order("2026-09-08 12:00")
    told.go("2026-09-08 10:00")
    told.review("reopened", "2026-09-08 10:00", "2026-09-15 12:00")
    told.go("2026-09-16 12:00")
    assert told.found == []
    told.go("2026-09-16 12:01")

    assert told.missing(CLOSURE) == [WORK_ORDER]


@pytest.mark.parametrize("reopened_first", [True, False])
def test_the_review_that_was_made_last_counts(reopened_first: bool) -> None:
    told = Office(CLOSURE)
    told.order("2026-09-08 12:00")
    told.go("2026-09-14 10:00")
    if reopened_first:
        told.review("reopened", "2026-09-08 10:00", "2026-09-15 12:00")
    told.review("closed", "2026-09-14 10:00")
    if not reopened_first:
        told.review("reopened", "2026-09-08 10:00", "2026-09-15 12:00")
    told.go("2026-10-01 00:00")

    assert told.statuses(CLOSURE) == ["met"]


def test_a_corrected_closure_leaves_the_work_order_open() -> None:
    told = Office(CLOSURE)
    told.order("2026-09-08 12:00")
    told.go("2026-09-08 10:00")
    told.correct(told.review("closed", "2026-09-08 10:00"))
    told.go("2026-10-01 00:00")

    assert told.missing(CLOSURE) == [WORK_ORDER]


def alert(told: Office, severity: str = "major") -> Seen:
    return told.say("inspection-alert", severity=severity)


def test_a_severe_alert_that_nobody_answers_is_missing_a_disposition() -> None:
    told = Office(DISPOSITION)
    told.go("2026-09-07 09:00")
    seen = alert(told)
    told.go("2026-09-08 13:01")

    (found,) = told.of("missing-evidence")
    assert (found["source"], found["expected_type"]) == (seen.id, "work-order")
    assert found["responsible"] == SCHOOL


def test_a_minor_alert_needs_none() -> None:
    told = Office(DISPOSITION)
    told.go("2026-09-07 09:00")
    alert(told, "minor")
    told.go("2026-10-01 00:00")

    assert told.found == []
    assert told.rows == {}


def test_a_work_order_or_a_confirmation_disposes_of_an_alert() -> None:
    told = Office(DISPOSITION)
    told.go("2026-09-07 09:00")
    first = alert(told)
    second = alert(told, "critical")
    told.order("2026-09-09 00:00", links=[{"rel": "opens", "id": first.id}])
    sha256 = second.leaf_hash.hex()
    told.say(
        "confirmation",
        record=second.id,
        record_sha256=sha256,
        issued_by=school_day.CAMERA_GATEWAY,
        aspect="alarm-seen",
        links=[{"rel": "confirms", "id": second.id, "sha256": sha256}],
    )
    told.go("2026-10-01 00:00")

    assert told.found == []
    assert told.statuses(DISPOSITION) == ["met", "met"]


def test_another_confirmation_disposes_of_nothing() -> None:
    told = Office(DISPOSITION)
    told.go("2026-09-07 09:00")
    seen = alert(told)
    sha256 = seen.leaf_hash.hex()
    told.say(
        "confirmation",
        record=seen.id,
        record_sha256=sha256,
        issued_by=school_day.CAMERA_GATEWAY,
        aspect="content",
        links=[{"rel": "confirms", "id": seen.id, "sha256": sha256}],
    )
    told.go("2026-10-01 00:00")

    assert len(told.missing(DISPOSITION)) == 1


def test_an_alert_that_was_none_needs_no_disposition() -> None:
    told = Office(DISPOSITION)
    told.go("2026-09-07 09:00")
    told.correct(alert(told))
    told.go("2026-10-01 00:00")

    assert told.found == []
    assert told.statuses(DISPOSITION) == ["void"]
