"""Risk: who closes, who freezes, who lifts."""

from typing import Any

import pytest

from ledger.evidence import catalogue
from ledger.evidence.examples import school_day as day

OTHER_SCHOOL = "school:2105020002"


def test_only_a_regulator_lifts_a_freeze() -> None:
    assert catalogue.get("freeze-lift").posters == {"regulator"}
    assert catalogue.get("risk-response").posters == {"engine", "regulator"}


def test_a_canteen_does_not_close_what_its_school_put_right(example: Any, faults: Any) -> None:
    request = example("rectification-review")

    assert faults({**request, "issuer": day.CANTEEN}) == {("/payload/responsible", "own-work")}
    assert not faults({**request, "issuer": OTHER_SCHOOL})


def test_who_answers_for_a_review_did_not_do_the_work(example: Any, faults: Any) -> None:
    assert faults(example("rectification-review", accountable=day.COOK)) == {
        ("/payload/accountable", "same-person")
    }


def test_a_review_stands_in_the_history_of_its_work_order(example: Any, prepare: Any) -> None:
    made = prepare(example("rectification-review"))

    assert made.statement.subjects == (day.SCHOOL, "work-order:GD-2026-0317")


def test_a_work_order_reopened_has_a_new_deadline(example: Any, faults: Any) -> None:
    again = {"decision": "reopened", "new_due_at": "2026-11-25T10:00:00+08:00"}

    assert not faults(example("rectification-review", **again))


@pytest.mark.parametrize(
    ("severity", "response", "has"),
    [
        ("minor", "rectify", {"held_back": ..., "due_at": "2026-11-25T00:00:00+08:00"}),
        ("major", "freeze", {}),
        ("critical", "joint", {"agencies": ["education-bureau", "market-regulator"]}),
        (
            "critical",
            "joint",
            {"held_back": ..., "agencies": ["education-bureau", "market-regulator"]},
        ),
    ],
)
def test_each_severity_has_its_response(
    severity: str, response: str, has: dict[str, Any], example: Any, faults: Any
) -> None:
    assert not faults(example("risk-response", severity=severity, response=response, **has))


def test_a_response_counts_from_the_decision_at_the_earliest(example: Any, faults: Any) -> None:
    """To the millisecond, whatever offset either was written in."""
    assert not faults(example("risk-response", effective_from="2026-11-23T16:31:00Z"))
    assert faults(example("risk-response", effective_from="2026-11-23T16:30:59.999Z")) == {
        ("/payload/effective_from", "backdated")
    }
