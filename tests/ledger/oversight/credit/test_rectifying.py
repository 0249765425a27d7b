"""Work orders of a supplier: answered in time and closed, or not."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.evidence.examples.inspections import INSPECTOR
from ledger.oversight.seen import Seen

DUE = "2026-09-10T08:00:00.000Z"
GRACE = "2026-09-10T10:00:00.000Z"


@pytest.fixture
def told(supplies: Callable[..., Any]) -> Any:
    told = supplies()
    told.log.until("2026-09-07T00:00:00.000Z")
    return told


def open_(told: Any, responsible: str = day.SUPPLIER) -> Seen:
    payload = {**TYPES["work-order"].example["payload"], "work_order_no": "ZG-1",
               "responsible": responsible, "due_at": DUE, "accountable": INSPECTOR}  # fmt: skip
    return told.log.post(
        "work-order", payload, issuer=day.REGULATOR, links=TYPES["work-order"].example["links"]
    )


def answer(told: Any, at: str, issuer: str = day.SUPPLIER) -> Seen:
    example = TYPES["rectification"].example
    payload = {**example["payload"], "work_order": "work-order:ZG-1"}
    return told.log.post("rectification", payload, issuer=issuer, at=at, blobs=example["blobs"])


def review(told: Any, answered: Seen, decision: str = "closed", at: str | None = None,
           new_due_at: str = "2026-09-14T08:00:00.000Z") -> Seen:  # fmt: skip
    payload = {
        **TYPES["rectification-review"].example["payload"],
        "work_order": "work-order:ZG-1",
        "rectification": answered.id,
        "responsible": day.SUPPLIER,
        "decision": decision,
        "reviewed_at": answered.logged_at,
        "done_by": answered.fields["done_by"],
    }
    payload.pop("new_due_at", None)
    if decision == "reopened":
        payload["new_due_at"] = new_due_at
    link = {"rel": "reviews", "id": answered.id, "sha256": answered.leaf_hash.hex()}
    return told.log.post("rectification-review", payload, issuer=day.REGULATOR, at=at, links=[link])


def test_answered_in_time_and_closed_is_a_gain(told: Any) -> None:
    open_(told)
    reviewed = review(told, answer(told, GRACE))
    told.log.until("2026-09-12T00:00:00.000Z")

    assert told.entries() == [("rectified", 1, 101)]
    (entry,) = told.log.of("credit-entry")
    assert (entry["cause"], entry["inputs"]) == (reviewed.id, 3)


def test_not_answered_by_its_deadline_is_a_loss_and_answering_later_no_gain(told: Any) -> None:
    opened = open_(told)
    told.log.until(GRACE)
    assert told.entries() == []
    answered = answer(told, "2026-09-10T10:00:00.001Z")
    review(told, answered)

    assert told.entries() == [("rectification-late", -3, 97)]
    assert told.log.of("credit-entry")[0]["cause"] == opened.id


def test_answered_in_time_and_not_reviewed_yet_is_nothing(told: Any) -> None:
    open_(told)
    answer(told, DUE)
    told.log.until("2026-09-12T00:00:00.000Z")

    assert told.entries() == []


def test_reopened_and_not_answered_again_is_a_loss(told: Any) -> None:
    open_(told)
    reopened = review(told, answer(told, DUE), "reopened")
    told.log.until("2026-09-14T09:59:00.000Z")
    assert told.entries() == []
    told.log.until("2026-09-14T10:00:00.001Z")

    assert told.entries() == [("rectification-late", -3, 97)]
    assert told.log.of("credit-entry")[0]["cause"] == reopened.id


def test_reopened_and_answered_again_in_time_is_a_gain(told: Any) -> None:
    open_(told)
    review(told, answer(told, DUE), "reopened")
    review(told, answer(told, "2026-09-14T07:00:00.000Z"))

    assert told.entries() == [("rectified", 1, 101)]


def test_a_work_order_of_somebody_else_is_none_of_the_suppliers(told: Any) -> None:
    open_(told, responsible=day.SCHOOL)
    told.log.until("2026-09-12T00:00:00.000Z")

    assert told.entries() == []
    assert not [key for key in told.log.state if "work-order" in key]


def test_an_answer_may_come_before_its_work_order(told: Any) -> None:
    answered = answer(told, "2026-09-07T01:00:00.000Z")
    open_(told)
    review(told, answered)
    told.log.until("2026-09-12T00:00:00.000Z")

    assert told.entries() == [("rectified", 1, 101)]


def test_a_work_order_taken_back_reverses_what_it_cost(told: Any) -> None:
    opened = open_(told)
    told.log.until("2026-09-12T00:00:00.000Z")
    told.log.correct(opened)
    told.log.until("2026-09-13T00:00:00.000Z")

    assert told.entries() == [("rectification-late", -3, 97), ("withdrawn", 3, 100)]


def test_an_answer_taken_back_reverses_the_gain(told: Any) -> None:
    open_(told)
    answered = answer(told, DUE)
    review(told, answered)
    told.log.correct(answered)
    told.log.until("2026-09-12T00:00:00.000Z")

    assert told.entries() == [("rectified", 1, 101), ("withdrawn", -1, 100)]


def test_what_another_supplier_answers_is_no_answer(told: Any) -> None:
    open_(told)
    answer(told, DUE, issuer="supplier:91210500MA0R4W7K2A")
    told.log.until("2026-09-12T00:00:00.000Z")

    assert told.entries() == [("rectification-late", -3, 97)]


def test_an_office_of_the_suppliers_own_closes_nothing(told: Any) -> None:
    open_(told)
    answered = answer(told, DUE)
    payload = {
        **TYPES["rectification-review"].example["payload"],
        "work_order": "work-order:ZG-1",
        "rectification": answered.id,
        "responsible": day.SUPPLIER,
        "decision": "closed",
        "done_by": answered.fields["done_by"],
    }
    link = {"rel": "reviews", "id": answered.id, "sha256": answered.leaf_hash.hex()}
    own = f"regulator:{day.SUPPLIER.partition(':')[2]}~office"
    told.log.post("rectification-review", payload, issuer=own, links=[link])

    assert told.entries() == []


def test_a_work_order_is_forgotten_in_time(told: Any) -> None:
    open_(told)
    review(told, answer(told, DUE))
    told.log.until("2027-03-01T00:00:00.000Z")

    assert not [key for key in told.log.state if "work-order" in key]


def test_an_answer_taken_back_after_the_deadline_leaves_the_task_overdue(told: Any) -> None:
    open_(told)
    answered = answer(told, DUE)
    told.log.until("2026-09-12T00:00:00.000Z")
    told.log.correct(answered)
    told.log.until("2026-09-12T02:00:00.000Z")

    assert told.entries() == [("rectification-late", -3, 97)]
