"""Deliveries of a supplier that was not admitted: found once, and not on a clean day."""

from typing import Any

import pytest
from components.certificate_log import (
    ADMISSION,
    DISPATCH,
    GOODS,
    MORNING,
    ORDER,
    PERMIT,
    SCHOOL,
    SUPPLIER,
    WEIGH_IN,
    clean,
    decide,
    deliver,
    kinds,
    log,
)
from components.told_log import ENGINE

from ledger.oversight.seen import inputs_root


def test_an_admitted_supplier_with_its_permit_delivers_and_nothing_is_found() -> None:
    told = clean({"goods": GOODS}, scope=["meat", "bulk-food"])
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []
    assert [key for key in told.state if "delivery" in key] == []


def test_a_supplier_that_was_never_admitted_is_found_once_for_a_delivery() -> None:
    told = log()
    told.example(PERMIT)
    told.until(MORNING)
    records = deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    (suspicion,) = told.of("suspicion")
    assert suspicion["suspicion_kind"] == "supplier-not-admitted"
    assert (suspicion["responsible"], suspicion["severity"]) == (SUPPLIER, "major")
    assert [one["record"] for one in suspicion["observations"]] == [r.id for r in records]
    assert (suspicion["first_at"], suspicion["last_at"]) == (
        "2026-10-12T22:00:00.000Z",
        "2026-10-13T00:00:00.000Z",
    )
    assert suspicion["canteen"] == WEIGH_IN["payload"]["canteen"]
    assert (suspicion["inputs"], suspicion["inputs_root"]) == inputs_root([r.ref for r in records])


def test_what_of_a_delivery_comes_after_it_was_found_is_not_found_again() -> None:
    told = log()
    told.example(PERMIT)
    told.until(MORNING)
    told.example(DISPATCH)
    told.until("2026-10-13T06:00:00.000Z")
    told.example(WEIGH_IN)
    told.until("2026-10-13T12:00:00.000Z")
    told.example(WEIGH_IN, order="order:2105020001~A-18")
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == ["supplier-not-admitted"] * 2
    assert len({finding.id for finding in told.found}) == 2


def test_an_admission_that_comes_within_the_grace_was_there() -> None:
    told = log()
    told.example(PERMIT)
    told.until(MORNING)
    told.example(DISPATCH)
    told.until("2026-10-13T00:00:00.000Z")
    told.example(ADMISSION)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []
    assert [key for key in told.state if "delivery" in key] == []
    assert list(told.rows) == [("certificates", f"certificate {told.records[1].id}")]


def test_an_admission_that_comes_later_puts_the_row_right_and_takes_nothing_back() -> None:
    told = log()
    told.example(PERMIT)
    told.until(MORNING)
    dispatch = told.example(DISPATCH)
    told.until("2026-10-14T00:00:00.000Z")
    name = ("certificates", f"supplier-not-admitted {SUPPLIER} {ORDER}")
    row = told.rows[name]
    assert (row.scope, row.day, row.status) == (SUPPLIER, "2026-10-13", "found")
    assert row.detail is not None
    assert row.detail["finding"] == told.found[0].id
    assert row.detail["school"] == SCHOOL
    assert row.detail["records"] == [
        {"id": dispatch.id, "index": dispatch.index, "type": "dispatch"}
    ]

    admission = told.example(ADMISSION)
    assert told.rows[name].status == "covered"
    told.correct(admission)
    assert told.rows[name].status == "found"
    told.until("2026-10-20T00:00:00.000Z")
    assert kinds(told) == ["supplier-not-admitted"]


@pytest.mark.parametrize(
    ("decision", "kind"), [("suspended", "supplier-suspended"), ("removed", "supplier-removed")]
)
def test_a_suspended_or_removed_supplier_is_found_with_the_decision(
    decision: str, kind: str
) -> None:
    told = clean()
    cause = decide(told, decision, "2026-10-12T22:30:00.000Z")
    _, weigh_in, acceptance = deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    (suspicion,) = told.of("suspicion")
    assert suspicion["suspicion_kind"] == kind
    assert suspicion["observations"] == [
        {"record": weigh_in.id, "field": "supplier"},
        {"record": acceptance.id, "field": "supplier"},
        {"record": cause.id, "field": "decision"},
    ]


def test_the_engine_suspends_too_and_the_bureau_admits_anew() -> None:
    told = clean()
    payload = {
        name: value
        for name, value in ADMISSION["payload"].items()
        if name[:5] != "term_" and name != "accountable"
    }
    payload |= {"decision": "suspended", "decision_no": "E-1", "cause_code": "certificate-lapsed"}
    payload["effective_at"] = "2026-10-01T00:00:00.000Z"
    told.post("admission", payload, issuer=ENGINE)
    told.example(ADMISSION, decision_no="D-2", effective_at="2026-10-10T00:00:00.000Z")
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []


def test_of_two_decisions_the_later_counts_in_whichever_order_they_come() -> None:
    for first, second in (("suspended", "again"), ("again", "suspended")):
        told = clean()
        for which in (first, second):
            if which == "suspended":
                decide(told, "suspended", "2026-10-01T00:00:00.000Z")
            else:
                told.example(ADMISSION, decision_no="D-2", effective_at="2026-10-10T00:00:00.000Z")
        deliver(told)
        told.until("2026-10-14T00:00:00.000Z")

        assert kinds(told) == []


def test_a_suspension_that_was_corrected_counts_no_more() -> None:
    told = clean()
    told.correct(decide(told, "suspended", "2026-10-01T00:00:00.000Z"))
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        (("2026-09-01", "2026-10-13"), []),
        (("2026-09-01", "2026-10-12"), ["admission-over"]),
        (("2026-10-13", "2026-10-13"), []),
        (("2026-10-14", "2026-10-30"), ["supplier-not-admitted"]),
    ],
)
def test_an_admission_holds_from_its_first_to_its_last_day(
    term: tuple[str, str], kind: list[str]
) -> None:
    told = log()
    told.example(ADMISSION, term_from=term[0], term_until=term[1])
    told.example(PERMIT)
    told.until(MORNING)
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == kind


def test_a_supplier_suspended_for_one_category_delivers_others() -> None:
    told = clean({"goods": GOODS}, scope=["meat", "bulk-food"])
    decide(told, "suspended", "2026-10-01T00:00:00.000Z", categories=["egg"])
    told.example(DISPATCH)  # pork
    told.until("2026-10-13T02:00:00.000Z")
    assert kinds(told) == []

    told.example(WEIGH_IN, item_code="egg-box")
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == ["supplier-suspended"]


def test_a_removal_dated_back_does_not_cover_what_was_found_as_never_admitted() -> None:
    told = log()
    told.until(MORNING)
    told.example(DISPATCH)
    told.until("2026-10-14T00:00:00.000Z")
    decide(told, "removed", "2026-10-01T00:00:00.000Z")

    row = told.rows["certificates", f"supplier-not-admitted {SUPPLIER} {ORDER}"]
    assert row.status == "found"
    assert row.detail is not None
    assert row.detail["causes"] == [{"id": told.records[-1].id, "index": told.records[-1].index}]
    assert kinds(told) == ["supplier-not-admitted"]


def test_a_weigh_in_that_names_no_supplier_or_leaves_the_store_is_nobodys_delivery() -> None:
    told = log()
    payload = dict(WEIGH_IN["payload"])
    del payload["supplier"]
    told.post("weigh-in", payload, issuer=WEIGH_IN["issuer"], blobs=WEIGH_IN["blobs"])
    told.example(WEIGH_IN, direction="outbound")
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []


def test_without_an_order_a_days_weigh_ins_for_one_school_are_one_delivery() -> None:
    told = log()
    told.until(MORNING)
    payload = dict(WEIGH_IN["payload"])
    del payload["order"]
    for counter, at in ((1, MORNING), (2, "2026-10-13T01:00:00.000Z")):
        told.post("weigh-in", {**payload, "counter": counter}, issuer=WEIGH_IN["issuer"], at=at,
                  blobs=WEIGH_IN["blobs"])  # fmt: skip
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == ["supplier-not-admitted"]
    assert ("certificates", f"supplier-not-admitted {SUPPLIER} {SCHOOL} 2026-10-13") in told.rows


def test_a_clock_that_cannot_be_right_is_not_held_against_the_supplier() -> None:
    told = clean()
    for at in ("1970-01-01T00:00:00.000Z", "2030-01-01T00:00:00.000Z"):
        told.post("weigh-in", WEIGH_IN["payload"], issuer=WEIGH_IN["issuer"], occurred_at=at,
                  blobs=WEIGH_IN["blobs"])  # fmt: skip
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []


def test_what_was_offline_for_weeks_is_judged_by_its_own_day() -> None:
    told = clean(valid_until="2026-09-20")
    told.until("2026-10-13T00:00:00.000Z")
    for at in ("2026-09-19T22:00:00.000Z", "2026-09-20T22:00:00.000Z"):
        told.post("weigh-in", WEIGH_IN["payload"], issuer=WEIGH_IN["issuer"], occurred_at=at,
                  blobs=WEIGH_IN["blobs"])  # fmt: skip
    told.until("2026-10-14T00:00:00.000Z")

    (suspicion,) = told.of("suspicion")
    assert suspicion["first_at"] == "2026-09-20T22:00:00.000Z"


def test_a_delivery_whose_records_were_all_corrected_was_none() -> None:
    for wait in (False, True):
        told = log()
        told.until(MORNING)
        dispatch = told.example(DISPATCH)
        if wait:
            told.until("2026-10-14T00:00:00.000Z")
            assert len(told.rows) == 1
        told.correct(dispatch)
        told.until("2026-10-15T00:00:00.000Z")

        assert kinds(told) == ["supplier-not-admitted"] * wait
        assert told.rows == {}
        assert list(told.state) == ["policy certificates"]


def test_what_else_of_a_delivery_shows_it_is_found_when_the_first_was_corrected() -> None:
    told = log()
    told.until(MORNING)
    dispatch = told.example(DISPATCH)
    told.until("2026-10-13T06:00:00.000Z")
    weigh_in = told.example(WEIGH_IN)
    told.until("2026-10-13T12:00:00.000Z")
    assert len(told.found) == 1

    told.correct(dispatch)
    told.until("2026-10-14T00:00:00.000Z")

    _, second = told.of("suspicion")
    assert [one["record"] for one in second["observations"]] == [weigh_in.id]
    told.until("2027-06-01T00:00:00.000Z")
    assert list(told.state) == ["policy certificates"]


@pytest.mark.parametrize("fields", [(), ("supplier",), ("order",)])
def test_an_erased_record_shows_nothing(fields: tuple[str, ...]) -> None:
    told = log()
    told.until(MORNING)
    told.erase(told.example(DISPATCH), *fields)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []
    assert list(told.state) == ["policy certificates"]


def test_a_finding_names_the_first_hundred_records_of_a_delivery() -> None:
    told = log()
    told.until(MORNING)
    for counter in range(120):
        told.example(WEIGH_IN, counter=counter)
    told.until("2026-10-14T00:00:00.000Z")

    (suspicion,) = told.of("suspicion")
    assert len(suspicion["observations"]) == suspicion["inputs"] == 100


def test_what_was_found_is_forgotten_half_a_year_later_and_its_row_stays() -> None:
    told = log()
    told.until(MORNING)
    deliver(told)
    told.until("2027-06-01T00:00:00.000Z")

    assert list(told.state) == ["policy certificates"]
    assert len(told.rows) == 1


def test_a_superseded_admission_is_forgotten_once_nobody_is_judged_by_it() -> None:
    told = log()
    for year in range(2026, 2032):
        told.example(ADMISSION, at=f"{year}-09-02T00:00:00.000Z", decision_no=f"D-{year}",
                     effective_at=f"{year}-09-01T00:00:00.000Z", term_from=f"{year}-09-01",
                     term_until=f"{year + 1}-08-31")  # fmt: skip
    told.until("2032-01-01T00:00:00.000Z")

    kept: Any = told.state[f"certificates of {SUPPLIER}"]
    assert [decision[0][2] for decision in kept["decisions"]] == [
        told.records[-2].id,
        told.records[-1].id,
    ]
