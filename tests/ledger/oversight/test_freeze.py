"""The freeze: whom it stops, what ends it, and that the order in which it is told is no matter."""

import itertools
from typing import Any

import pytest
from components.acting import IDS, NOON, Log, replaces, told
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.oversight.acts import Told
from ledger.statement import Link

SCHOOL, OTHER = "school:2105020001", "school:2105020002"
FIRST, SECOND = "canteen:2105020001~01", "canteen:2105020001~02"
BOTH = ("ordering", "serving")
BEGIN, LATER = (f"2026-11-23T{hour}:00:00.000Z" for hour in ("06", "18"))


def response(
    number: int,
    *subjects: str,
    says: str = "freeze",
    held: tuple[str, ...] | None = BOTH,
    since: str = BEGIN,
    right_for: int | None = None,
) -> Told:
    links = [] if right_for is None else replaces(right_for)
    payload: dict[str, Any] = {"response": says, "effective_from": since}
    if held is not None:
        payload["held_back"] = [*held]
    return told(number, "risk-response", *subjects, links=links, **payload)


def lift(
    number: int, of: int, *subjects: str, released: tuple[str, ...] = BOTH, since: str = BEGIN
) -> Told:
    links = [Link("lifts", id=IDS[of])]
    return told(
        number, "freeze-lift", *subjects, links=links, released=[*released], lifted_from=since
    )


@pytest.mark.parametrize("kind", ["order", "supplier-selection", "menu"])
def test_a_frozen_school_neither_orders_nor_plans(kind: str) -> None:
    log = Log(response(1, SCHOOL))

    fault = log.fault(kind, SCHOOL, FIRST, canteen=FIRST, school=SCHOOL)

    assert fault is not None
    assert (fault.record, fault.code, fault.pointer) == (IDS[1], "frozen", "/payload/school")
    assert SCHOOL in fault.message_en
    assert SCHOOL in fault.message_zh
    assert log.fault(kind, FIRST) is not None
    assert log.fault(kind, OTHER, "canteen:2105020002~01") is None


@pytest.mark.parametrize("kind", ["settlement", "order-response"])
def test_what_was_delivered_may_still_be_answered_and_paid(kind: str) -> None:
    assert Log(response(1, SCHOOL)).fault(kind, SCHOOL) is None


def test_a_frozen_canteen_stops_what_is_for_it_alone() -> None:
    log = Log(response(1, SCHOOL, FIRST))

    fault = log.fault("order", SCHOOL, FIRST, school=SCHOOL, canteen=FIRST)
    assert fault is not None
    assert fault.pointer == "/payload/canteen"
    assert log.fault("order", SCHOOL, SECOND) is None
    assert log.fault("supplier-selection", SCHOOL) is not None
    assert Log(response(1, FIRST)).fault("supplier-selection", SCHOOL) is None


@pytest.mark.parametrize("says", ["rectify", "joint"])
def test_other_responses_freeze_nothing_and_are_kept_alike(says: str) -> None:
    log, frozen = Log(response(1, SCHOOL, says=says, held=None)), Log(response(1, SCHOOL))

    assert log.fault("order", SCHOOL) is None
    assert [len(canonical.serialise(v)) for v in log.state.values()] == [
        len(canonical.serialise(v)) for v in frozen.state.values()
    ]


@pytest.mark.parametrize("says", ["freeze", "joint"])
@pytest.mark.parametrize(
    ("held", "kinds"), [("ordering", {"order"}), ("serving", {"order", "menu"})]
)
def test_who_may_not_serve_orders_nothing_either(says: str, held: str, kinds: set[str]) -> None:
    log = Log(response(1, SCHOOL, says=says, held=(held,)))

    assert {asked for asked in ("order", "menu") if log.fault(asked, SCHOOL)} == kinds
    log.tell(lift(2, 1, SCHOOL, released=(held,)))
    assert {asked for asked in ("order", "menu") if log.fault(asked, SCHOOL)} == set()


def test_a_freeze_holds_from_its_time_on_and_a_lift_from_its_own() -> None:
    log = Log(response(1, SCHOOL, since=NOON), lift(2, 1, SCHOOL, since=LATER))

    assert log.fault("order", SCHOOL, at=BEGIN) is None
    assert log.fault("order", SCHOOL, at=NOON) is not None
    assert log.fault("order", SCHOOL, at=LATER) is None


def test_a_lift_releases_what_it_says() -> None:
    log = Log(response(1, SCHOOL), lift(2, 1, SCHOOL, released=("ordering",)))

    assert log.fault("order", SCHOOL) is None
    assert log.fault("menu", SCHOOL) is not None


def test_a_lift_ends_the_freeze_it_names_and_no_other() -> None:
    log = Log(response(1, SCHOOL), response(2, SCHOOL), lift(3, 1, SCHOOL))

    fault = log.fault("order", SCHOOL)
    assert fault is not None
    assert fault.record == IDS[2]
    log.tell(lift(4, 2, FIRST))
    assert log.fault("order", SCHOOL) is None


def test_a_lift_of_another_school_lifts_nothing_here() -> None:
    assert Log(response(1, SCHOOL), lift(2, 1, OTHER)).fault("order", SCHOOL) is not None


def test_a_lift_that_did_not_occur_leaves_the_school_frozen() -> None:
    ended = lift(2, 1, SCHOOL)
    log = Log(response(1, SCHOOL), ended)
    log.take_back(ended)

    assert log.fault("order", SCHOOL) is not None


def test_a_freeze_that_did_not_occur_stops_nobody() -> None:
    begun = response(1, SCHOOL)
    log = Log(begun)
    log.take_back(begun)

    assert log.fault("order", SCHOOL) is None


@pytest.mark.parametrize("correction_first", [True, False])
def test_a_corrected_freeze_holds_by_its_replacement_and_stays_lifted(
    correction_first: bool,
) -> None:
    begun, right = response(1, SCHOOL), response(2, SCHOOL, right_for=1)
    for lifted in (False, True):
        log = Log(begun, *([lift(3, 1, SCHOOL)] if lifted else []))
        steps = [lambda log=log: log.take_back(begun), lambda log=log: log.tell(right)]
        for step in steps if correction_first else reversed(steps):
            step()

        fault = log.fault("order", SCHOOL)
        assert (fault is None) == lifted
        if fault is not None:
            assert fault.record == IDS[2]


@given(st.permutations([0, 1, 2, 3, 4]))
def test_records_told_in_any_order_give_the_same_state(order: list[int]) -> None:
    records = [
        response(1, SCHOOL), response(2, SCHOOL, FIRST), response(3, SCHOOL, says="rectify", held=None),
        lift(4, 1, SCHOOL), lift(5, 2, FIRST),
    ]  # fmt: skip

    assert Log(*records).state == Log(*(records[place] for place in order)).state


def test_what_is_taken_back_leaves_what_was_never_told() -> None:
    records = [response(1, SCHOOL), lift(2, 1, SCHOOL), response(3, SCHOOL, FIRST)]
    for gone in itertools.chain.from_iterable(
        itertools.combinations(records, count) for count in range(1, 4)
    ):
        log = Log(*records)
        for record in gone:
            log.take_back(record)
        never = Log(*(record for record in records if record not in gone))
        assert {k: v for k, v in log.state.items() if v} == never.state
