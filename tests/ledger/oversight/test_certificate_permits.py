"""Deliveries without a paper that covers the day, or of goods outside it."""

import pytest
from components.certificate_log import (
    ACCEPTANCE,
    ADMISSION,
    DISPATCH,
    GOODS,
    MORNING,
    ORDER,
    PERMIT,
    REVIEW,
    SUPPLIER,
    WEIGH_IN,
    clean,
    decide,
    deliver,
    kinds,
    log,
)


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
