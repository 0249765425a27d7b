"""Which records a walk reaches, and which it must not."""

import pytest
from library import BEEF, MEAL, ORDER, PORK, SALAD, SCHOOL, STEW, SUPPLIER, Library, school_day

PORK_FORWARD = {
    "van", "pork weighed", "taken in", "stew cooked", "lunch", "stew kept", "stew gone", "paid",
    "booked", "paper",
}  # fmt: skip


@pytest.fixture
def log() -> Library:
    return school_day()


def test_a_payment_leads_up_to_meat_papers_scale_award_and_recall(log: Library) -> None:
    assert log.reached("booked", "up") == {
        "paid", "taken in", "pork weighed", "beef weighed", "checked scale", "van", "paper",
        "order", "award", "tender", "licence", "admitted", "recall",
    }  # fmt: skip


def test_a_certificate_leads_down_to_every_dish_it_touched(log: Library) -> None:
    assert log.reached("licence", "down") == {
        "order", "van", "pork weighed", "beef weighed", "taken in", "stew cooked", "salad made",
        "lunch", "stew kept", "salad kept", "stew gone", "paid", "booked",
    }  # fmt: skip


def test_a_certificate_that_had_lapsed_leads_nowhere(log: Library) -> None:
    assert log.reached("lapsed", "down") == set()


def test_a_suspension_counts_from_its_day_on_and_without_end(log: Library) -> None:
    log.add("warned", "admission", SUPPLIER, effective_at="2026-11-23T02:00:00.000Z")

    assert log.reached("suspended", "down") == set()
    assert {"order", "van"} <= log.reached("warned", "down")
    assert {"warned", "admitted"} <= log.reached("order", "up")


def test_a_recall_lists_everything_downstream_of_its_lot_and_nothing_else(log: Library) -> None:
    assert log.reached("recall", "down") == PORK_FORWARD


def test_no_hop_is_told_by_a_lot_that_is_not_followed(log: Library) -> None:
    told = {edge.via for edge in log.walk("recall", "down").edges}

    assert PORK in told
    assert BEEF not in told


def test_a_recall_lists_what_arrives_after_it(log: Library) -> None:
    log.add("leftovers cooked", "cooking-step", "dish:2105020001~01~2026-11-24~lunch~D9", PORK)

    assert log.reached("recall", "down") == PORK_FORWARD | {"leftovers cooked"}


def test_who_follows_one_dish_keeps_to_it(log: Library) -> None:
    assert log.reached("salad kept", "up") >= {"salad made", "menu", "beef weighed", "licence"}
    assert log.reached("salad kept", "up").isdisjoint({"stew cooked", "pork weighed", "paper"})
    assert "salad kept" not in log.reached("stew cooked", "down")


def test_a_lot_met_later_on_a_longer_way_is_followed_too() -> None:
    log = Library()
    log.add("beef van", "dispatch", BEEF)
    log.add("taken in", "acceptance", PORK, BEEF)
    log.add("stew", "cooking-step", STEW, PORK)
    log.add("salad", "cooking-step", SALAD, BEEF)
    log.add("served", "meal-service", SALAD)
    log.add("asked", "kpi-report", to={"cites": "stew", "uses": "served"})

    assert log.reached("stew", "up") == {"taken in"}
    assert log.reached("asked", "up") == {"stew", "served", "taken in", "salad", "beef van"}


def test_a_school_or_supplier_in_common_makes_no_hop() -> None:
    log = Library()
    log.add("one", "weigh-in", SCHOOL, SUPPLIER)
    log.add("other", "acceptance", SCHOOL, SUPPLIER)

    assert log.reached("one", "down") == log.reached("other", "up") == set()


def test_records_that_rest_on_each_other_are_met_once_each() -> None:
    log = Library()
    log.add("one", "incident", to={"cites": "two"})
    log.add("two", "incident", to={"cites": "one"})
    walk = log.walk("one", "up")

    assert len(walk.nodes) == 2
    assert len(walk.edges) == 2


def test_each_level_is_one_question(log: Library) -> None:
    walk = log.walk("booked", "up")

    assert len(log.asked) == 1 + max(node.depth for node in walk.nodes.values())


def test_a_walk_keeps_to_its_depth_and_its_number(log: Library) -> None:
    assert log.reached("booked", "up", depth=2) == {"paid", "taken in", "recall"}
    small = log.walk("recall", "down", most=3)

    assert len(small.nodes) == 3
    assert log.id("recall") in small.cut
    assert not log.walk("recall", "down").cut


def test_records_named_and_not_taken_in_are_told() -> None:
    log = Library()
    log.add(
        "paid", "settlement", to={"settles": "late"},
        deductions=[{"record": log.id("unseen")}],
    )  # fmt: skip
    walk = log.walk("paid", "up")

    assert sorted(walk.absent()) == sorted([
        (log.id("paid"), "settles", log.id("late")),
        (log.id("paid"), "deductions.record", log.id("unseen")),
    ])  # fmt: skip


def test_a_link_to_a_document_leads_to_the_record_that_is_it() -> None:
    log = Library()
    log.add("mended", "rectification", to={"answers": "work-order:GD-1"})
    log.add("asked", "work-order", "work-order:GD-1")
    log.add("invited", "menu", MEAL)
    log.add("ate", "companion-meal", to={"under": MEAL})
    log.add("other order", "demand-plan", ORDER)
    log.add("answered", "order-response", to={"acknowledges": ORDER})

    assert log.reached("mended", "up") == {"asked"}
    assert log.reached("ate", "up") == {"invited"}
    assert log.reached("asked", "down") == {"mended"}
    assert log.reached("answered", "up") == set()
