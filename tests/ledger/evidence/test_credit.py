"""Credit: disputes and who decides them."""

from typing import Any

import pytest

from ledger.evidence.examples import school_day as day

OTHER_OFFICE = "bureau:11210500001234567Y~inspection"


def test_a_dispute_stands_with_the_record_and_with_both_sides(example: Any, prepare: Any) -> None:
    made = prepare(example("dispute"))

    assert made.bound_party == day.SUPPLIER
    assert made.statement.subjects == (
        "record:01a206fd-6778-7a62-a7b8-000000000016",
        day.SCHOOL,
        day.SUPPLIER,
    )


def test_a_school_does_not_dispute_what_its_canteen_said(example: Any, faults: Any) -> None:
    request = example("dispute", disputed_by=day.SCHOOL, responsible=day.CANTEEN)

    assert faults({**request, "issuer": day.SCHOOL}) == {("/payload/responsible", "own-record")}


def test_what_the_engine_says_is_disputed_as_well(example: Any, faults: Any) -> None:
    assert not faults(example("dispute", responsible=day.ENGINE))


def test_a_ruling_stands_with_the_dispute_and_with_both_sides(example: Any, prepare: Any) -> None:
    made = prepare(example("ruling"))

    assert made.statement.subjects == (
        "record:01a206fd-6778-7a62-a7b8-0000000000ce",
        day.SCHOOL,
        day.SUPPLIER,
    )


@pytest.mark.parametrize("side", ["disputed_by", "responsible"])
def test_no_office_of_either_side_rules(side: str, example: Any, faults: Any) -> None:
    heard = [day.FUNDS, day.SCHOOL if side == "disputed_by" else day.SUPPLIER]
    request = example("ruling", **{side: day.FUNDS}, heard=heard)

    assert not faults(request)
    assert faults({**request, "issuer": day.ADMISSION}) == {(f"/payload/{side}", "took-part")}
    assert faults({**request, "issuer": OTHER_OFFICE}) == {(f"/payload/{side}", "took-part")}


def test_a_dispute_may_be_rejected_without_anything_to_follow(example: Any, faults: Any) -> None:
    assert not faults(example("ruling", decision="rejected", remedies=[]))


def test_credit_may_fall_below_nothing(example: Any, faults: Any) -> None:
    assert not faults(
        example("credit-entry", balance_before_points=1, change_points=-3, balance_after_points=-2)
    )
