"""Deliveries of a supplier that was not entitled to them: found once, and not on a clean day."""

from collections.abc import Mapping
from typing import Any

import pytest
from components.told_log import ENGINE, ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.certificates import Certificates
from ledger.oversight.seen import Seen, inputs_root

PERMIT = TYPES["certificate"].example
REVIEW = TYPES["certificate-review"].example
ADMISSION = TYPES["admission"].example
DISPATCH = TYPES["dispatch"].example
WEIGH_IN = TYPES["weigh-in"].example
ACCEPTANCE = TYPES["acceptance"].example
SUPPLIER = PERMIT["payload"]["holder"]
ORDER = DISPATCH["payload"]["order"]
SCHOOL = WEIGH_IN["payload"]["school"]
GOODS = [
    {"begins": "pork-", "category": "meat", "scopes": ["meat"]},
    {"begins": "egg-", "category": "egg", "scopes": ["egg", "bulk-food"]},
]
MORNING = "2026-10-12T22:00:00.000Z"
"""Six o'clock on 13 October in Shanghai."""


def log(rules: Mapping[str, Any] | None = None) -> ToldLog:
    return ToldLog(Certificates(), policies={"certificates": rules or {}})


def clean(rules: Mapping[str, Any] | None = None, **permit: Any) -> ToldLog:
    """A log in which the supplier is admitted and holds a permit, on the morning of a delivery."""
    told = log(rules)
    told.example(ADMISSION)
    told.example(PERMIT, **permit)
    told.until(MORNING)
    return told


def deliver(told: ToldLog) -> list[Seen]:
    """The dispatch, the weigh-in and the acceptance of one order, an hour apart."""
    dispatch = told.example(DISPATCH)
    told.until("2026-10-12T23:00:00.000Z")
    weigh_in = told.example(WEIGH_IN)
    told.until("2026-10-13T00:00:00.000Z")
    return [dispatch, weigh_in, told.example(ACCEPTANCE)]


def decide(told: ToldLog, decision: str, at: str, **changes: Any) -> Seen:
    values = {"decision": decision, "cause_code": "food-safety-incident", "effective_at": at}
    if decision == "removed":
        values["appeal_until"] = "2026-12-31"
    payload = {name: value for name, value in ADMISSION["payload"].items() if name[:5] != "term_"}
    payload |= {"decision_no": f"D-{len(told.records)}", **values, **changes}
    return told.post("admission", payload, issuer=ADMISSION["issuer"])


def kinds(told: ToldLog) -> list[str]:
    return [suspicion["suspicion_kind"] for suspicion in told.of("suspicion")]


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


def test_an_item_that_the_policy_does_not_know_may_be_of_the_admitted_category() -> None:
    told = clean({"goods": []})
    decide(told, "suspended", "2026-10-01T00:00:00.000Z", categories=["egg"])
    told.example(WEIGH_IN, item_code="egg-box")
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []


@pytest.mark.parametrize(("ends", "kind"), [("2026-10-13", []), ("2026-10-12", ["lapsed"])])
def test_a_delivery_the_day_after_a_permit_has_lapsed_is_found(ends: str, kind: list[str]) -> None:
    told = clean(valid_until=ends)
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == [f"certificate-{name}" for name in kind]
    for suspicion in told.of("suspicion"):
        permit = told.records[2]
        assert suspicion["observations"][-1] == {"record": permit.id, "field": "valid_until"}


def test_either_permit_will_do_and_a_licence_of_no_end_besides() -> None:
    told = clean(valid_until="2026-10-01")
    told.example(PERMIT, certificate_kind="food-production-permit", certificate_no="SC10121050200187",
                 number_scheme="sc")  # fmt: skip
    told.example(PERMIT, certificate_kind="business-licence", certificate_no="91210500MA0UTC1A0P",
                 number_scheme="uscc", valid_until=None)  # fmt: skip
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []


def test_a_lapsed_licence_is_found_beside_a_permit_in_force() -> None:
    told = clean()
    told.example(PERMIT, certificate_kind="business-licence", certificate_no="91210500MA0UTC1A0P",
                 number_scheme="uscc", valid_until="2026-10-12")  # fmt: skip
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == ["certificate-lapsed"]


def test_a_renewal_posted_late_that_covers_the_day_puts_the_row_right() -> None:
    told = clean(valid_until="2026-10-12")
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")
    told.example(PERMIT, issued_on="2026-10-10", valid_from="2026-10-13", valid_until="2031-10-12")

    row = told.rows["certificates", f"certificate-lapsed {SUPPLIER} {ORDER}"]
    assert row.status == "covered"
    told.until("2026-10-20T00:00:00.000Z")
    assert kinds(told) == ["certificate-lapsed"]


def test_a_renewal_that_begins_later_leaves_a_gap() -> None:
    told = clean(valid_until="2026-10-12")
    told.example(PERMIT, issued_on="2026-10-10", valid_from="2026-10-14", valid_until="2031-10-12")
    deliver(told)
    told.until("2026-10-15T00:00:00.000Z")

    assert kinds(told) == ["certificate-lapsed"]


def test_a_rejected_permit_covers_nothing_from_the_review_on() -> None:
    told = clean()
    permit = told.records[2]
    payload = {**REVIEW["payload"], "decision": "rejected", "reason_codes": ["revoked"]}
    payload["checked_at"] = "2026-10-12T22:30:00.000Z"
    link = {"rel": "reviews", "id": permit.id, "sha256": permit.leaf_hash.hex()}
    review = told.post("certificate-review", payload, issuer=REVIEW["issuer"], links=[link])
    deliver(told)
    told.until("2026-10-14T00:00:00.000Z")

    (suspicion,) = told.of("suspicion")
    assert suspicion["suspicion_kind"] == "certificate-rejected"
    assert len(suspicion["observations"]) == 4  # not the dispatch, which came before
    assert suspicion["observations"][-1]["record"] == review.id


def test_who_never_showed_a_permit_is_found_only_where_the_policy_asks_for_it() -> None:
    for never_shown, kind in ((0, []), (1, ["certificate-missing"])):
        groups = [["food-business-permit", "food-production-permit"]]
        told = log({"never_shown": never_shown, "required_kinds": groups})
        told.example(ADMISSION)
        told.until(MORNING)
        deliver(told)
        told.until("2026-10-14T00:00:00.000Z")

        assert kinds(told) == kind


def test_goods_outside_every_permit_are_found_and_those_inside_are_not() -> None:
    told = clean({"goods": GOODS}, scope=["meat"])
    told.example(DISPATCH)
    told.until("2026-10-13T02:00:00.000Z")
    assert kinds(told) == []

    acceptance = told.example(ACCEPTANCE)  # of pork and eggs
    told.until("2026-10-14T00:00:00.000Z")

    (suspicion,) = told.of("suspicion")
    assert suspicion["suspicion_kind"] == "goods-outside-permit"
    assert suspicion["observations"] == [
        {"record": acceptance.id, "field": "lines"},
        {"record": told.records[2].id, "field": "scope"},
    ]


def test_goods_of_which_the_policy_says_nothing_are_never_outside() -> None:
    told = clean({"goods": GOODS[:1]}, scope=["meat"])
    told.example(ACCEPTANCE)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []


def test_goods_that_the_policy_puts_in_a_category_alone_are_never_outside() -> None:
    told = clean({"goods": [{"begins": "egg-", "category": "egg"}]}, scope=["meat"])
    told.example(ACCEPTANCE)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == []


def test_without_a_permit_in_force_it_is_the_permit_that_is_amiss_and_not_the_goods() -> None:
    told = clean({"goods": GOODS}, scope=["vegetable"], valid_until="2026-10-01")
    told.example(ACCEPTANCE)
    told.until("2026-10-14T00:00:00.000Z")

    assert kinds(told) == ["certificate-lapsed"]


def test_a_first_permit_that_begins_later_was_never_shown_for_the_day() -> None:
    for never_shown, kind in ((0, []), (1, ["certificate-missing"])):
        groups = [["food-business-permit"]]
        told = clean(
            {"never_shown": never_shown, "required_kinds": groups},
            issued_on="2026-10-01",
            valid_from="2026-10-20",
        )
        told.example(ACCEPTANCE)
        told.until("2026-10-14T00:00:00.000Z")

        assert kinds(told) == kind


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
