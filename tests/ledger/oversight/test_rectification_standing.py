"""Which answers and reviews of a work order count."""

import itertools

import pytest
from components.rectifying import (
    CANTEEN,
    DAY,
    EXAMPLES,
    REGULATOR,
    SCHOOL,
    SUPPLIER,
    answer,
    at,
    detail,
    log,
    opened,
    orders,
    review,
    row,
    suppliers_order,
)


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


@pytest.mark.parametrize("turn", list(itertools.permutations(("order", "old", "new"))))
def test_it_stands_the_same_in_whatever_order_its_records_come(turn: tuple[str, ...]) -> None:
    told = log()
    issuer = f"{SUPPLIER}~cold-chain"
    for place, what in enumerate(turn):
        when = at(f"1{place}:00")
        if what == "order":
            suppliers_order(told, "minor", when=when)
        else:
            taken = at("08:00") if what == "old" else at("09:30")
            answer(told, "GD-8", when, taken=taken, issuer=issuer)

    assert row(told, "GD-8").status == "answered"
    assert len(told.of("suspicion")) == 1
    assert len(detail(told, "GD-8")["uncounted"]) == 1


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
