"""Goods: papers of lots, and what lies in store."""

from typing import Any

import pytest

from ledger.evidence.examples.school_day import COOK, SCHOOL

LOT = "lot:91210500MA0UTC1A0P~pork-leg~P-1122"


def test_paper_delivery_and_stock_speak_of_one_lot(example: Any, prepare: Any) -> None:
    for name in ("lot-document", "dispatch", "weigh-in", "acceptance", "stock-move", "recall"):
        assert LOT in prepare(example(name)).statement.subjects, name


def test_a_paper_without_an_end_is_taken(example: Any, faults: Any) -> None:
    assert not faults(example("lot-document", valid_until=...))
    assert not faults(example("lot-document", read_by="manual", ocr_score_ppm=...))


def test_a_paper_that_says_the_lot_failed_is_stored_like_any(example: Any, faults: Any) -> None:
    assert not faults(example("lot-document", result="fail"))


@pytest.mark.parametrize(
    ("kind", "before", "moved", "after"),
    [
        ("received", 0, 5, 5),
        ("issued", 5, 5, 0),
        ("returned", 5, 2, 3),
        ("wasted", 5, 2, 3),
    ],
)
def test_stock_is_what_came_in_less_what_went_out(
    example: Any, faults: Any, kind: str, before: int, moved: int, after: int
) -> None:
    def of(left: int) -> Any:
        return faults(
            example(
                "stock-move", move_kind=kind, reason_code="spoiled", stock_before=before,
                quantity=moved, stock_after=left,
            )
        )  # fmt: skip

    assert not of(after)
    for false in (after + 1, before + moved if kind != "received" else before):
        assert of(false) == {("/payload/stock_after", "stock")}


@pytest.mark.parametrize("found", [13_720, 14_320])
def test_a_count_finds_less_or_more_with_a_reason_and_the_same_without(
    example: Any, faults: Any, found: int
) -> None:
    count = {"move_kind": "counted", "basis": "count", "accountable": COOK, "stock_before": 14_020}
    other = example(
        "stock-move", **count, quantity=300, stock_after=found, reason_code="miscounted"
    )
    same = example("stock-move", **count, quantity=0, stock_after=14_020)

    assert not faults(other | {"issuer": SCHOOL})
    assert not faults(same | {"issuer": SCHOOL})


def test_moves_follow_from_weights_people_count_and_write_what_no_scale_saw(
    example: Any, prepare: Any
) -> None:
    assert prepare(example("stock-move")).posters == {"engine"}
    assert prepare(example("stock-move", basis="acceptance")).posters == {"engine"}
    assert prepare(example("stock-move", basis="hand")).posters == {"school", "kitchen"}


def test_a_canteen_writes_its_own_store_nobody_else_s(example: Any, faults: Any) -> None:
    by_hand = example("stock-move", basis="hand", accountable=COOK)

    for issuer in (SCHOOL, "canteen:2105020001~01"):
        assert not faults(by_hand | {"issuer": issuer})
    for issuer in ("school:2105020002", "canteen:2105020002~01", "supplier:91210500MA0UTC1A0P"):
        assert faults(by_hand | {"issuer": issuer}) == {("/payload/canteen", "other-school")}


def test_goods_of_no_known_lot_move_as_well(example: Any, prepare: Any) -> None:
    for left_out in ("lot_no", "supplier"):
        subjects = prepare(example("stock-move", **{left_out: ...})).statement.subjects
        assert "canteen:2105020001~01" in subjects
        assert LOT not in subjects
