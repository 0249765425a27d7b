"""Certificates: which papers a policy demands of a supplier, and which goods its permit covers."""

import itertools
from typing import Any

import pytest
from components.acting import IDS, NOON, Log, replaces, told
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Fault
from ledger.oversight.acts import Told
from ledger.statement import Link

SUPPLIER, SCHOOL = "supplier:91210500MA0UTC1A0P", "school:2105020001"
LICENCE, PERMIT, MAKES = "business-licence", "food-business-permit", "food-production-permit"
ACTS = ("order", "supplier-selection", "settlement")
WANTED: dict[str, dict[str, Any]] = {
    "order": {"lines": [{"item_code": "egg-box"}, {"item_code": "pork-leg"}]},
    "supplier-selection": {"categories": ["egg", "meat"]},
    "settlement": {
        "lines": [{"item_code": "egg-box"}, {"item_code": "pork-leg"}],
        "period_from": "2026-10-01",
        "period_until": "2026-10-31",
    },
}
POINTERS = {
    "order": "/payload/lines/1/item_code",
    "supplier-selection": "/payload/categories/1",
    "settlement": "/payload/lines/1/item_code",
}
MEAT = {"begins": "pork", "category": "meat", "scopes": ["meat", "bulk-food"]}


def policy(number: int = 1, version: int = 1, **rules: Any) -> Told:
    return told(number, "policy", name="certificates", version=version, rules=rules)


def paper(
    number: int,
    kind: str = PERMIT,
    until: str | None = "2029-03-11",
    *,
    since: str | None = "2024-03-12",
    scope: tuple[str, ...] = ("meat",),
    holder: str = SUPPLIER,
    links: Any = (),
) -> Told:
    payload: dict[str, Any] = {
        "holder": holder, "certificate_kind": kind, "issued_on": "2024-03-12",
        "valid_until": until, "scope": [*scope],
    }  # fmt: skip
    if since is not None:
        payload["valid_from"] = since
    return told(number, "certificate", holder, links=links, **payload)


def review(
    number: int,
    of: int,
    says: str = "rejected",
    *,
    status: str = "valid",
    at: str = "2026-11-20T00:00:00.000Z",
) -> Told:
    return told(
        number,
        "certificate-review",
        SUPPLIER,
        "bureau:11210500001234567Y~admission",
        links=[Link("reviews", id=IDS[of])],
        holder=SUPPLIER,
        checked_at=at,
        decision=says,
        register_status=status,
    )


ADMITTED = told(
    30,
    "admission",
    SUPPLIER,
    supplier=SUPPLIER,
    decision="in-force",
    categories=["egg", "meat"],
    effective_at="2026-01-01T00:00:00.000Z",
    term_from="2026-01-01",
    term_until="2027-12-31",
)


def fault(log: Log, kind: str = "order", *, at: str = NOON, **payload: Any) -> Fault | None:
    members = {"supplier": SUPPLIER, **WANTED[kind], **payload}
    return log.fault(kind, SCHOOL, SUPPLIER, at=at, **members)


def ground(log: Log, kind: str = "order", **more: Any) -> tuple[str, str | None] | None:
    found = fault(log, kind, **more)
    return None if found is None else (found.code, found.record)


def admitted(*records: Told) -> Log:
    """A log whose supplier is admitted, and so many records more."""
    return Log(ADMITTED, *records)


@pytest.mark.parametrize("kind", ACTS)
def test_without_a_policy_nobody_is_asked_for_papers(kind: str) -> None:
    assert ground(admitted(paper(2, until="2025-03-11")), kind) is None


@pytest.mark.parametrize("kind", ACTS)
def test_who_has_all_papers_may_be_named(kind: str) -> None:
    log = admitted(policy(), paper(2, LICENCE, None), paper(3))

    assert ground(log, kind) is None


@pytest.mark.parametrize("kind", ACTS)
def test_who_has_let_a_paper_lapse_is_named_by_no_act_until_it_is_renewed(kind: str) -> None:
    log = admitted(policy(), paper(2, LICENCE, None), paper(3, until="2026-09-30"))

    found = fault(log, kind)
    assert found is not None
    assert (found.code, found.record) == ("certificate-lapsed", IDS[3])
    assert found.pointer == "/payload/supplier"
    assert "2026-09-30" in found.message_en
    assert "2026-09-30" in found.message_zh
    log.tell(paper(4, until="2031-09-30", since="2026-10-01"))
    assert ground(log, kind) is None


def test_a_paper_for_days_to_come_does_not_count_yet() -> None:
    coming = paper(3, until="2031-09-30", since="2026-12-01")

    assert ground(admitted(policy(), coming)) is None  # none was ever shown that counts
    assert ground(admitted(policy(), paper(2, until="2026-09-30"), coming)) == (
        "certificate-lapsed", IDS[2],
    )  # fmt: skip


def test_a_paper_covers_its_first_and_its_last_day_in_the_logs_zone() -> None:
    log = admitted(policy(), paper(2, until="2026-11-23", since="2026-11-23"))

    assert ground(log, at="2026-11-22T16:00:00.000Z") is None
    assert ground(log, at="2026-11-23T15:59:59.999Z") is None
    assert ground(log, at="2026-11-23T16:00:00.000Z") == ("certificate-lapsed", IDS[2])


def test_a_paper_without_a_first_day_counts_from_its_issue() -> None:
    log = admitted(policy(never_shown=1, required_kinds=[[PERMIT]]), paper(2, since=None))

    assert ground(log, at="2024-03-12T00:00:00.000Z") != ("certificate-missing", None)
    assert ground(log) is None


def test_any_paper_of_a_group_is_enough() -> None:
    lapsed = paper(2, until="2026-09-30")

    assert ground(admitted(policy(), lapsed, paper(3, MAKES))) is None
    assert ground(admitted(policy(), lapsed, paper(3, "haccp"))) == ("certificate-lapsed", IDS[2])


def test_who_never_showed_a_paper_is_blocked_where_the_policy_says_so() -> None:
    kinds = [[LICENCE], [PERMIT, MAKES]]
    log = admitted(policy(required_kinds=kinds), paper(2))

    assert ground(log) is None
    log.tell(policy(3, 2, required_kinds=kinds, never_shown=1))
    found = fault(log)
    assert found is not None
    assert (found.code, found.record) == ("certificate-missing", None)
    assert LICENCE in found.message_en
    log.tell(policy(4, 3, required_kinds=[[PERMIT]], never_shown=1))
    assert ground(log) is None


def test_a_rejected_paper_does_not_count_until_it_is_accepted() -> None:
    log = admitted(policy(), paper(2), review(3, 2))

    assert ground(log) == ("certificate-rejected", IDS[3])
    assert ground(log, at="2026-11-19T00:00:00.000Z") is None
    log.tell(review(4, 2, "accepted", at="2026-11-22T00:00:00.000Z"))
    assert ground(log) is None


def test_a_paper_that_its_register_calls_revoked_counts_for_nothing() -> None:
    log = admitted(policy(), paper(2), review(3, 2, "accepted", status="revoked"))

    assert ground(log) == ("certificate-rejected", IDS[3])


@pytest.mark.parametrize("correction_first", [True, False])
def test_who_corrects_a_rejected_paper_has_it_reviewed_again(correction_first: bool) -> None:
    wrong, better, best = paper(2), paper(4, links=replaces(2)), paper(5, links=replaces(4))
    log = admitted(policy(), wrong, review(3, 2))
    for old, new in ((wrong, better), (better, best)):
        steps = [lambda old=old: log.take_back(old), lambda new=new: log.tell(new)]
        for step in steps if correction_first else reversed(steps):
            step()
        assert ground(log) == ("certificate-rejected", IDS[3])

    log.tell(review(6, 5, "accepted", at="2026-11-22T00:00:00.000Z"))
    assert ground(log) is None


def test_what_a_paper_replaces_is_remembered_alike_of_one_that_was_erased_before() -> None:
    right = paper(4, links=replaces(2))
    told_first, never_told = Log(paper(2), right), Log(paper(2))

    told_first.take_back(right, "scope")
    never_told.take_back(right)
    assert told_first.state == never_told.state


def test_the_review_of_another_paper_changes_nothing() -> None:
    assert ground(admitted(policy(), paper(2), paper(3), review(4, 3))) is None


@pytest.mark.parametrize("kind", ACTS)
def test_goods_outside_the_permit_are_neither_ordered_nor_chosen_nor_paid(kind: str) -> None:
    log = admitted(policy(goods=[MEAT]), paper(2, scope=("vegetable", "dairy")))

    found = fault(log, kind)
    assert found is not None
    assert (found.code, found.record) == ("goods-outside-permit", IDS[2])
    assert found.pointer == POINTERS[kind]
    assert "dairy, vegetable" in found.message_en
    assert "meat" in found.message_zh
    log.tell(paper(3, MAKES, scope=("bulk-food",)))
    assert ground(log, kind) is None


def test_what_the_policy_does_not_place_is_not_outside() -> None:
    log = admitted(policy(goods=[MEAT]), paper(2, scope=("dairy",)))

    assert ground(log, lines=[{"item_code": "milk"}]) is None
    assert ground(log, "supplier-selection", categories=["dairy"]) != (
        "goods-outside-permit",
        IDS[2],
    )


def test_a_category_of_which_some_goods_need_no_scope_may_be_chosen() -> None:
    free = {"begins": "pork-floss", "category": "meat", "scopes": []}
    log = admitted(policy(goods=[MEAT, free]), paper(2, scope=("dairy",)))

    assert ground(log, "supplier-selection", categories=["meat"]) is None
    assert ground(log, lines=[{"item_code": "pork-floss-200g"}]) is None
    assert ground(log, lines=[{"item_code": "pork-leg"}]) == ("goods-outside-permit", IDS[2])


def test_what_was_accepted_while_the_papers_held_is_paid() -> None:
    log = admitted(policy(), paper(2, until="2026-10-15"))

    assert ground(log) == ("certificate-lapsed", IDS[2])
    assert ground(log, "settlement") is None
    assert ground(log, "settlement", period_from="2026-10-16", period_until="2026-10-31") == (
        "certificate-lapsed",
        IDS[2],
    )


def test_papers_of_others_are_not_a_suppliers() -> None:
    school = paper(2, until="2025-01-01", holder=SCHOOL)

    log = admitted(policy(), school)
    assert ground(log) is None
    assert not [key for key in log.state if SCHOOL in key]


def test_a_paper_or_a_review_that_did_not_occur_counts_no_more() -> None:
    lapsed, rejected = paper(2, until="2026-09-30"), review(4, 3)
    log = admitted(policy(), lapsed, paper(3), rejected)
    assert ground(log) == ("certificate-rejected", IDS[4])

    log.take_back(rejected)
    assert ground(log) is None
    log.take_back(paper(3))
    assert ground(log) == ("certificate-lapsed", IDS[2])
    log.take_back(lapsed, "certificate_no")
    assert ground(log) == ("certificate-lapsed", IDS[2])
    log.take_back(lapsed, "valid_until")
    assert ground(log) is None


RECORDS = (
    paper(2, LICENCE, None), paper(3), paper(4, until="2026-09-30"),
    review(5, 3), review(6, 3, "accepted"), review(7, 9),
)  # fmt: skip


@given(st.permutations(RECORDS))
def test_papers_told_in_any_order_give_the_same_state(order: list[Told]) -> None:
    assert Log(*RECORDS).state == Log(*order).state


def test_what_is_taken_back_leaves_what_was_never_told() -> None:
    for gone in itertools.chain.from_iterable(
        itertools.combinations(RECORDS, count) for count in range(1, len(RECORDS))
    ):
        log = Log(*RECORDS)
        for record in gone:
            log.take_back(record)
        assert log.state == Log(*(record for record in RECORDS if record not in gone)).state
