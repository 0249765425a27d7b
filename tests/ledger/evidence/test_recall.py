"""Recall: lots named so that whoever has them is found."""

from typing import Any

SUPPLIER = "supplier:91210500MA0UTC1A0P"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"


def test_a_recall_is_about_each_lot_and_each_school_that_has_it(example: Any, prepare: Any) -> None:
    made = prepare(example("recall", lots=["P-1122", "批 9"]))

    assert len(made.statement.subjects) == 4
    assert made.statement.subjects[0] == "lot:91210500MA0UTC1A0P~pork-leg~P-1122"
    assert made.statement.subjects[1].startswith("lot:91210500MA0UTC1A0P~pork-leg~h-")
    assert made.statement.subjects[2:] == ("school:2105020001", SUPPLIER)


def test_a_recall_of_many_lots_is_split(example: Any, faults: Any) -> None:
    lots = [f"P-{number}" for number in range(61)]

    assert not faults(example("recall", lots=lots[:60]))
    assert faults(example("recall", lots=lots)) == {("/payload/lots", "too-many")}
    schools = [f"school:21050200{number:02}" for number in range(10)]
    assert faults(example("recall", lots=lots[:60], schools=schools)) == {("/subjects", "too-many")}


def test_a_regulator_recalls_anybody_s_lots(example: Any, faults: Any) -> None:
    assert not faults(example("recall") | {"issuer": REGULATOR})
    assert faults(example("recall") | {"issuer": f"{SUPPLIER}~north"}) == {
        ("/payload/supplier", "other-party")
    }


def test_each_further_notice_is_a_document_of_its_own(example: Any, prepare: Any) -> None:
    keys = {
        prepare(example("recall", notice_no=number, stage=stage)).document_key
        for number, stage in ((1, "opened"), (2, "extended"), (3, "extended"))
    }

    assert len(keys) == 3


def test_a_closed_recall_may_have_got_nothing_back(example: Any, faults: Any) -> None:
    closed = {"notice_no": 2, "stage": "closed"}

    assert not faults(example("recall", **closed, recovered_quantity=0))
    assert not faults(example("recall", **closed, recovered_quantity=480_000))
    assert faults(example("recall", recovered_quantity=1, distributed_quantity=...)) == {
        ("/payload/recovered_quantity", "too-large")
    }
