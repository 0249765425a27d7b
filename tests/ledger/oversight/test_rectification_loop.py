"""What lateness brings to a work order, and what is taken back."""

from components.rectifying import (
    EXAMPLES,
    REGULATOR,
    SCHOOL,
    SUPPLIER,
    alert,
    answer,
    at,
    detail,
    log,
    opened,
    orders,
    photo_used_twice,
    review,
    row,
    suppliers_order,
    without_policy,
)
from components.told_log import ADMIN

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


def test_whoever_put_it_right_does_not_close_it_by_naming_somebody_else() -> None:
    told = log()
    no = opened(told)
    own = answer(told, no, at("11:00"))
    cook = own.fields["done_by"]
    other = EXAMPLES["official-inspection"]["payload"]["accountable"]
    refused = review(told, own, at("11:01"), done_by=other, reviewed_by=cook, accountable=cook)

    assert row(told, no).status == "answered"
    assert detail(told, no)["uncounted"] == [refused.id]


def test_an_answer_with_a_photo_that_another_record_used_before_closes_nothing() -> None:
    told = log()
    seen = alert(told, at("10:00"))
    no = orders(told)[0]["work_order_no"]
    copied = answer(told, no, at("11:00"))
    review(told, copied, at("11:01"))
    photo_used_twice(told, seen, copied)

    assert row(told, no).status == "open"
    assert copied.id in detail(told, no)["uncounted"]
    told.until(at("09:00", "2026-09-02"))
    assert len(orders(told)) == 1  # the order that it is about is open already

    review(told, answer(told, no, at("09:10", "2026-09-02")), at("09:20", "2026-09-02"))
    assert row(told, no).status == "closed"


def test_whose_photo_another_record_copies_later_has_answered() -> None:
    told = log()
    no = opened(told)
    own = answer(told, no, at("11:00"))
    review(told, own, at("11:01"))
    copied = answer(told, "GD-of-another", at("11:30"))
    photo_used_twice(told, own, copied)

    assert row(told, no).status == "closed"


def test_an_answer_whose_photo_is_no_longer_in_doubt_counts_again() -> None:
    told = log()
    seen = alert(told, at("10:00"))
    no = orders(told)[0]["work_order_no"]
    copied = answer(told, no, at("11:00"))
    doubt = photo_used_twice(told, seen, copied)
    assert row(told, no).status == "open"

    told.correct(doubt)

    assert row(told, no).status == "answered"


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
