"""Every lot that a school received has its papers in the log."""

from typing import Any

import pytest
from components.told_canteen import CANTEEN, DAY, SCHOOL, SUPPLIER, utc
from components.told_delivery import ORDER, Delivery

from ledger.evidence.catalogue import TYPES
from ledger.oversight.completeness import rules
from ledger.oversight.seen import Seen

DOCUMENT = "document-of-lot"
LOT = f"lot:{SUPPLIER.partition(':')[2]}~pork-leg~P-1122"
ANY = f"{LOT}#animal-quarantine/meat-inspection/test-report/producer-pledge/import-inspection"
TWO = [
    {"begins": "", "any_of": []},
    {"begins": "pork-", "any_of": ["animal-quarantine", "import-inspection"]},
    {"begins": "pork-", "any_of": ["meat-inspection", "import-inspection"]},
]
QUARANTINE, INSPECTION = (
    f"{LOT}#animal-quarantine/import-inspection",
    f"{LOT}#meat-inspection/import-inspection",
)


def pork(told: Delivery) -> Seen:
    told.go(f"{DAY} 06:10")
    return told.weigh()


def reject(told: Delivery, **changes: Any) -> Seen:
    line = {**TYPES["rejection"].example["payload"]["lines"][0], "item_code": "pork-leg"}
    return told.say(
        "rejection",
        rejection_no="J-1",
        order=ORDER,
        lines=[{**line, "lot_no": "P-1122"}],
        **changes,
    )


def test_a_lot_without_a_paper_is_missing_a_day_later() -> None:
    told = Delivery(DOCUMENT)
    received = pork(told)
    told.go("2026-09-08 06:10")
    assert told.found == []
    told.go("2026-09-08 06:11")

    (found,) = told.of("missing-evidence")
    assert (found["obligation_kind"], found["expected_for"]) == (DOCUMENT, ANY)
    assert (found["responsible"], found["source"]) == (SUPPLIER, received.id)
    assert (found["expected_type"], found["due_at"]) == ("lot-document", utc(f"{DAY} 06:10"))
    row = told.rows_of(DOCUMENT)[ANY]
    assert (row.status, row.scope, row.day) == ("missing", SCHOOL, DAY)
    assert (row.detail or {})["item_code"] == "pork-leg"


def test_papers_before_the_goods_are_silence() -> None:
    told = Delivery(DOCUMENT)
    told.go("2026-09-06 20:00")
    told.paper()
    told.dispatch("D-1", "pork-leg")
    pork(told)
    told.accept((1, "pork-leg", 11_500))
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert {row.status for row in told.rows_of(DOCUMENT).values()} == {"met"}


def test_a_paper_within_the_grace_is_late_and_nothing_is_found() -> None:
    told = Delivery(DOCUMENT)
    pork(told)
    told.go(f"{DAY} 18:10")
    told.paper()
    told.go("2026-09-20 00:00")

    assert told.found == []
    row = told.rows_of(DOCUMENT)[ANY]
    assert (row.status, (row.detail or {})["late_s"]) == ("late", 12 * 3600)


def test_a_paper_after_it_was_missed_is_linked_and_late() -> None:
    told = Delivery(DOCUMENT)
    pork(told)
    told.go("2026-10-20 09:00")
    paper = told.paper()
    told.go("2026-10-25 09:00")

    assert told.missing(DOCUMENT) == [ANY]
    row = told.rows_of(DOCUMENT)[ANY]
    assert (row.status, (row.detail or {})["record"]) == ("late", paper.id)
    assert (row.detail or {})["missing_record"] == told.found[0].id


@pytest.mark.parametrize("kind", ["weigh-in", "acceptance", "dispatch"])
def test_whatever_receives_a_lot_makes_its_paper_due(kind: str) -> None:
    told = Delivery(DOCUMENT)
    told.go(f"{DAY} 06:10")
    if kind == "weigh-in":
        received = told.weigh()
    elif kind == "acceptance":
        received = told.accept((1, "pork-leg", 11_500))
    else:
        received = told.dispatch("D-1", "pork-leg")
    told.go("2026-09-20 00:00")

    (found,) = told.of("missing-evidence")
    assert found["source"] == received.id


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_what_came_first_decides_nothing(order: tuple[int, ...]) -> None:
    told = Delivery(DOCUMENT)
    told.go(f"{DAY} 07:00")
    acts = (
        lambda: told.dispatch("D-1", "pork-leg"),
        told.weigh,
        lambda: told.accept((1, "pork-leg", 11_500)),
        told.paper,
    )
    for place in order:
        acts[place]()
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert [row.status for row in told.rows_of(DOCUMENT).values()] == ["met"]


def test_a_lot_that_was_refused_needs_none_unless_some_of_it_is_taken_in() -> None:
    refused, partly = Delivery(DOCUMENT), Delivery(DOCUMENT)
    for told in (refused, partly):
        pork(told)
        reject(told)
    partly.accept((1, "pork-leg", 5_000))
    for told in (refused, partly):
        told.go("2026-09-20 00:00")

    assert refused.found == []
    assert refused.statuses(DOCUMENT) == ["void"]
    assert partly.missing(DOCUMENT) == [ANY]


def test_an_acceptance_that_takes_nothing_in_refuses() -> None:
    told = Delivery(DOCUMENT)
    pork(told)
    told.accept((1, "pork-leg", 0))
    told.go("2026-09-20 00:00")

    assert told.found == []


def test_pork_may_need_two_papers_and_other_goods_whichever() -> None:
    told = Delivery(DOCUMENT, lot_documents=TWO)
    pork(told)
    told.weigh(2, "egg-box", lot_no="E-3")
    told.paper("meat-inspection")
    line = TYPES["lot-document"].example["payload"]["lines"][0]
    told.paper("seller-note", lines=[{**line, "item_code": "egg-box", "lot_no": "E-3"}])
    told.go("2026-09-20 00:00")

    assert told.missing(DOCUMENT) == [QUARANTINE]
    told.paper("import-inspection")
    assert {row.status for row in told.rows_of(DOCUMENT).values()} == {"met", "late"}
    assert set(told.rows_of(DOCUMENT)) == {
        QUARANTINE, INSPECTION, LOT.replace("pork-leg~P-1122", "egg-box~E-3")
    }  # fmt: skip


def test_a_paper_that_says_fail_or_of_another_lot_proves_nothing() -> None:
    told = Delivery(DOCUMENT)
    pork(told)
    told.paper(result="fail")
    line = TYPES["lot-document"].example["payload"]["lines"][0]
    told.paper(lines=[{**line, "lot_no": "P-1123"}])
    told.go("2026-09-20 00:00")

    assert told.missing(DOCUMENT) == [ANY]


def test_one_paper_serves_every_school_that_got_of_the_lot() -> None:
    told = Delivery(DOCUMENT)
    told.go(f"{DAY} 06:10")
    told.weigh(without=("order", "order_line_no"))
    other = {"school": "school:2105020002", "canteen": "canteen:2105020002~01"}
    told.weigh(None, **other, without=("order",))
    told.paper()
    told.go("2026-09-20 00:00")

    rows = [row for row in told.rows.values() if row.kind == DOCUMENT]
    assert told.found == []
    assert {(row.scope, row.status) for row in rows} == {
        (SCHOOL, "met"), ("school:2105020002", "met")
    }  # fmt: skip


def test_a_weigh_in_without_a_lot_and_one_out_of_store_make_nothing_due() -> None:
    told = Delivery(DOCUMENT)
    told.go(f"{DAY} 06:10")
    told.weigh(without=("lot_no",))
    told.weigh(direction="outbound")
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.rows == {}


def test_a_receipt_that_is_taken_back_owes_nothing() -> None:
    told = Delivery(DOCUMENT)
    received = pork(told)
    told.correct(received)
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert told.statuses(DOCUMENT) == ["void"]


@pytest.mark.parametrize("erased", [False, True])
def test_a_paper_that_is_taken_back_met_nothing(erased: bool) -> None:
    told = Delivery(DOCUMENT)
    paper = told.paper()
    pork(told)
    if erased:
        told.erase(paper)
    else:
        told.correct(paper)
    told.go("2026-09-20 00:00")

    assert told.missing(DOCUMENT) == [ANY]


def test_a_corrected_paper_is_as_punctual_as_the_first() -> None:
    told = Delivery(DOCUMENT)
    paper = told.paper()
    pork(told)
    told.go(f"{DAY} 20:00")
    right = told.replace(paper, document_no="P-99")
    told.go("2026-09-20 00:00")

    assert told.found == []
    row = told.rows_of(DOCUMENT)[ANY]
    assert (row.status, (row.detail or {})["record"]) == ("met", right.id)


def test_a_paper_may_be_taken_back_before_the_right_one_comes() -> None:
    told = Delivery(DOCUMENT)
    paper = told.paper()
    pork(told)
    told.correct(paper)
    told.go(f"{DAY} 20:00")
    link = {"rel": "replaces", "id": paper.id, "sha256": paper.leaf_hash.hex()}
    right = told.paper(links=[link])

    row = told.rows_of(DOCUMENT)[ANY]
    assert (row.status, (row.detail or {})["record"]) == ("met", right.id)


def test_it_is_asked_for_only_where_the_policy_says_so() -> None:
    told = Delivery(*rules.DEFAULTS["kinds"])
    told.paper()
    pork(told)
    told.go("2026-09-20 00:00")

    assert DOCUMENT not in rules.DEFAULTS["kinds"]
    assert told.rows_of(DOCUMENT) == {}
    assert told.missing(DOCUMENT) == []


def test_papers_that_were_posted_before_it_was_asked_for_count() -> None:
    told = Delivery()
    told.paper()
    told.rule("completeness", 2, kinds=[DOCUMENT])
    pork(told)
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert [row.status for row in told.rows_of(DOCUMENT).values()] == ["met"]


def test_a_declared_outage_excuses_a_late_paper() -> None:
    told = Delivery(DOCUMENT)
    pork(told)
    told.say(
        "outage",
        canteen=CANTEEN,
        from_at=utc(f"{DAY} 05:00"),
        until_at=utc("2026-09-08 12:00"),
        late_types=["lot-document"],
    )
    told.go("2026-09-08 11:00")
    told.paper()
    told.go("2026-09-20 00:00")

    assert told.found == []
    assert [row.status for row in told.rows_of(DOCUMENT).values()] == ["excused"]


def test_what_is_over_is_forgotten() -> None:
    told = Delivery(DOCUMENT, lot_papers_days=30)
    told.paper()
    pork(told)
    told.go("2026-11-20 00:00")

    assert [key for key in told.state if "P-1122" in key] == []
