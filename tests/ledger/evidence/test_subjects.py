"""Subjects out of document numbers: alike on both sides, whatever the number is written in."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger import subject
from ledger.evidence import document_number, subjects

SUPPLIER = "supplier:91350100M000100Y43"
RANDOM = "supplier:mq3vhx2k7d5ncotyz4arlw6pbe"
CANTEEN = "canteen:2105020001~01"


def test_each_subject_is_written_from_the_parts_it_names() -> None:
    assert subjects.order("school:2105020001", "A-17") == "order:2105020001~A-17"
    assert subjects.delivery(SUPPLIER, "D-1") == "delivery:91350100M000100Y43~D-1"
    assert subjects.lot(SUPPLIER, "pork", "P-1") == "lot:91350100M000100Y43~pork~P-1"
    assert subjects.meal(CANTEEN, "2026-11-23", "lunch") == ("meal:2105020001~01~2026-11-23~lunch")
    assert subjects.dish(CANTEEN, "2026-11-23", "lunch", "d-4") == (
        "dish:2105020001~01~2026-11-23~lunch~d-4"
    )
    assert subjects.work_order("GD-1") == "work-order:GD-1"
    assert subjects.school_of(CANTEEN) == "school:2105020001"
    assert subjects.school_of("order:2105020001~A-17") == "school:2105020001"


def test_a_supplier_s_unit_and_a_sole_trader_s_random_value_stay_in_its_subjects() -> None:
    assert subjects.delivery(f"{SUPPLIER}~north", "1") == "delivery:91350100M000100Y43~north~1"
    assert subjects.delivery(RANDOM, "1") == "delivery:mq3vhx2k7d5ncotyz4arlw6pbe~1"


@pytest.mark.parametrize("plain", ["A-17", "2026.11_3", "a" * 32, "H-1", "-", "h"])
def test_a_plain_number_stands_as_it_is(plain: str) -> None:
    assert document_number.in_subject(plain) == plain


@pytest.mark.parametrize("other", ["送货单 17/3", "A 17", "a" * 33, "h-1", "17/3", "A~1", "A\n"])
def test_any_other_number_stands_as_its_hash(other: str) -> None:
    digest = sha256(other.encode()).hexdigest()

    assert document_number.in_subject(other) == f"h-{digest[:32]}"


@given(number=some.text(min_size=1, max_size=500), item=some.text(min_size=1, max_size=500))
def test_whatever_the_number_the_result_is_a_subject(number: str, item: str) -> None:
    for found in (
        subjects.order("school:2105020001", number),
        subjects.lot(f"{SUPPLIER}~north", item, number),
        subjects.dish(CANTEEN, "2026-11-23", "a" * 64, item),
        subjects.work_order(number),
    ):
        subject.check(found)


@given(one=some.text(min_size=1, max_size=40), other=some.text(min_size=1, max_size=40))
def test_different_numbers_never_share_a_subject(one: str, other: str) -> None:
    if one != other:
        assert document_number.in_subject(one) != document_number.in_subject(other)
