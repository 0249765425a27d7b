"""Corrections: the wrong record and the right one, together or not at all."""

from typing import Any

import pytest

from ledger.errors import RefusedError
from ledger.evidence import corrections
from ledger.evidence.draft import Draft
from ledger.standing import Standing

WRONG = "01a206fd-6778-7a62-a7b8-000000000012"
SCHOOL = "school:2105020001"
OTHER = "01a206fd-6778-7a62-a7b8-0000000000ff"


@pytest.fixture
def correction(example: Any, prepare: Any) -> Any:
    def make(reason_code: str, *targets: str) -> Draft:
        request = example("correction", reason_code=reason_code)
        link = request["links"][0]
        request["links"] = [{**link, "id": target} for target in targets]
        made: Draft = prepare(request)
        return made

    return make


@pytest.fixture
def right(example: Any, prepare: Any) -> Any:
    def make(*targets: str, kind: str = "order", **payload: Any) -> Draft:
        request = example(kind, **payload) | {"issuer": SCHOOL}
        request["id"] = "01a206fd-6778-7a62-a7b8-0000000000aa"
        request["links"] = [{"rel": "replaces", "id": target} for target in targets]
        made: Draft = prepare(request)
        return made

    return make


def refused(*drafts: Draft, atomic: bool = True) -> set[int]:
    return set(corrections.check_batch(drafts, atomic=atomic))


def test_wrong_data_and_the_right_record_go_together(correction: Any, right: Any) -> None:
    assert refused(right(WRONG), correction("incorrect-data", WRONG)) == set()
    assert refused(correction("incorrect-data", WRONG), right(WRONG)) == set()


def test_neither_goes_alone(correction: Any, right: Any) -> None:
    assert refused(right(WRONG)) == {0}
    assert refused(correction("incorrect-data", WRONG)) == {0}


def test_they_do_not_go_one_by_one(correction: Any, right: Any) -> None:
    assert refused(right(WRONG), correction("incorrect-data", WRONG), atomic=False) == {0, 1}


def test_both_are_about_the_same_record(correction: Any, right: Any) -> None:
    assert refused(right(OTHER), correction("incorrect-data", WRONG)) == {0, 1}


def test_what_did_not_occur_is_taken_back_alone(correction: Any, right: Any) -> None:
    taken_back = correction("did-not-occur", WRONG)

    assert refused(taken_back) == set()
    assert refused(taken_back, atomic=False) == set()
    assert refused(right(WRONG), taken_back) == {0}


def test_a_correction_corrects_one_record(correction: Any) -> None:
    assert refused(correction("did-not-occur", WRONG, OTHER)) == {0}


def test_what_corrects_nothing_is_not_touched(example: Any, prepare: Any) -> None:
    assert refused(prepare(example("order")), prepare(example("weigh-in")), atomic=False) == set()


def test_a_refusal_names_the_record_in_both_languages(correction: Any) -> None:
    (refusal,) = corrections.check_batch(
        [correction("incorrect-data", WRONG)], atomic=True
    ).values()

    (fault,) = refusal.faults
    assert (refusal.code, fault.pointer, fault.record) == ("schema", "/links", WRONG)
    assert "atomic batch" in fault.message_en
    assert "同一原子批次" in fault.message_zh


def test_a_record_is_replaced_by_one_of_its_own_type(
    example: Any, prepare: Any, right: Any
) -> None:
    first = prepare(example("order")).statement
    corrections.check_replaced(right(WRONG), first, Standing())

    with pytest.raises(RefusedError, match="is of type order") as refusal:
        corrections.check_replaced(right(WRONG, kind="acceptance"), first, Standing())
    assert refusal.value.code == "schema"


def test_a_record_is_replaced_by_its_own_issuer(example: Any, prepare: Any, right: Any) -> None:
    theirs = prepare(example("order") | {"issuer": "school:2105020002"}).statement

    with pytest.raises(RefusedError, match="school:2105020002") as refusal:
        corrections.check_replaced(right(WRONG), theirs, Standing())
    assert refusal.value.code == "not-your-subject"


def test_the_owner_of_a_device_replaces_what_it_read(
    example: Any, prepare: Any, right: Any
) -> None:
    reading = prepare(example("weigh-in")).statement
    standing = Standing()

    standing.owners["gateway:bx-0001"] = SCHOOL
    by_owner = right(WRONG, kind="weigh-in", accountable="person:" + "b" * 26)
    corrections.check_replaced(by_owner, reading, standing)

    standing.owners["gateway:bx-0001"] = "school:2105020002"
    with pytest.raises(RefusedError):
        corrections.check_replaced(by_owner, reading, standing)
