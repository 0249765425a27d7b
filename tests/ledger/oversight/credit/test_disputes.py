"""A loss is disputed, and decided by somebody who had no part in it."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.evidence.examples.inspections import INSPECTOR, SECOND_INSPECTOR
from ledger.oversight.seen import Seen

OTHER = "supplier:91210500MA0R4W7K2A"


@pytest.fixture
def told(supplies: Callable[..., Any]) -> Any:
    return supplies()


def dispute(told: Any, record: Seen | str, *, by: str = day.SUPPLIER, number: str = "YY-1",
            responsible: str = day.SCHOOL) -> Seen:  # fmt: skip
    seen = record if isinstance(record, Seen) else told.log._lookup(record)
    payload = {
        **TYPES["dispute"].example["payload"],
        "dispute_no": number,
        "disputed_by": by,
        "record": seen.id,
        "responsible": responsible,
    }
    link = {"rel": "disputes", "id": seen.id, "sha256": seen.leaf_hash.hex()}
    return told.log.post("dispute", payload, issuer=by, links=[link])


def rule(told: Any, disputed: Seen, decision: str = "upheld", *, number: str = "CD-1",
         issuer: str = day.REGULATOR, remedies: tuple[str, ...] = ("recompute-credit",),
         decided_by: tuple[str, ...] = (INSPECTOR, SECOND_INSPECTOR), accountable: str = INSPECTOR,
         supersedes: Seen | None = None) -> Seen:  # fmt: skip
    responsible = disputed.fields["responsible"]
    payload = {
        **TYPES["ruling"].example["payload"],
        "ruling_no": number,
        "dispute": disputed.id,
        "disputed_by": disputed.fields["disputed_by"],
        "responsible": responsible,
        "heard": [disputed.fields["disputed_by"], responsible],
        "decision": decision,
        "remedies": [] if decision == "rejected" else list(remedies),
        "decided_by": list(decided_by),
        "accountable": accountable,
    }
    links = [{"rel": "rules-on", "id": disputed.id, "sha256": disputed.leaf_hash.hex()}]
    if supersedes is not None:
        links.append({"rel": "supersedes", "id": supersedes.id})
    return told.log.post("ruling", payload, issuer=issuer, links=links)


def suspicions(told: Any) -> list[Any]:
    return told.log.of("suspicion")


def test_a_dispute_marks_the_movement_and_moves_nothing(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)

    assert told.entries() == [("rejected", -5, 95)]
    assert told.row(1).status == "disputed"
    assert told.row(1).detail["disputes"] == [{"dispute": disputed.id, "state": "open"}]


def test_a_dispute_about_the_entry_itself_marks_it_too(told: Any) -> None:
    told.reject("2026-09-07")
    entry = told.log.records[-1]
    assert entry.type == "credit-entry"
    dispute(told, entry, responsible="operator:91210500MA0XR22L6F~engine")

    assert told.row(1).status == "disputed"


def test_what_another_supplier_or_the_school_disputes_is_not_marked(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    dispute(told, rejected, by=OTHER)
    dispute(
        told, told.log.records[2], by=day.SCHOOL, responsible="operator:91210500MA0XR22L6F~engine"
    )

    assert told.row(1).status == "in-force"


def test_a_ruling_for_the_supplier_gives_the_points_back_and_the_entry_stays(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    ruling = rule(told, dispute(told, rejected))

    assert told.entries() == [("rejected", -5, 95), ("ruling", 5, 100)]
    assert told.row(1).status == "reversed"
    assert told.row(1).detail["change_points"] == -5
    assert told.row(1).detail["counts_points"] == 0
    second = told.log.of("credit-entry")[1]
    assert second["cause"] == ruling.id
    assert second["inputs"] == 3
    assert told.row(2).detail["facts"] == {"decision": "upheld", "of_entry": 1}


def test_a_ruling_in_part_gives_half_back(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    rule(told, dispute(told, rejected), "partly-upheld")

    assert told.entries() == [("rejected", -5, 95), ("ruling", 3, 98)]
    assert told.row(1).status == "in-force"


def test_a_ruling_against_the_supplier_leaves_the_loss(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    rule(told, dispute(told, rejected), "rejected")

    assert told.entries() == [("rejected", -5, 95)]
    assert told.row(1).status == "in-force"
    assert told.row(1).detail["disputes"][0]["state"] == "rejected"


def test_a_remedy_that_is_not_about_credit_moves_nothing(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    rule(told, dispute(told, rejected), remedies=("inspect-again",))

    assert told.entries() == [("rejected", -5, 95)]


@pytest.mark.parametrize(
    "who",
    [
        {"decided_by": (INSPECTOR, day.STOREKEEPER)},
        {"decided_by": (INSPECTOR,), "accountable": day.COOK},
    ],
)
def test_who_rejected_the_goods_does_not_rule_on_it(told: Any, who: dict[str, Any]) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)
    ruling = rule(told, disputed, **who)

    assert told.entries() == [("rejected", -5, 95)]
    assert told.row(1).status == "disputed"
    (found,) = suspicions(told)
    assert found["suspicion_kind"] == "ruling-by-a-party"
    assert found["responsible"] == day.REGULATOR
    assert [one["record"] for one in found["observations"]] == [
        ruling.id,
        disputed.id,
        rejected.id,
    ]

    rule(told, disputed, number="CD-2")

    assert told.entries()[1:] == [("ruling", 5, 100)]
    assert len(suspicions(told)) == 1


def test_who_answers_for_the_dispute_does_not_rule_on_it(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)
    rule(told, disputed, decided_by=(INSPECTOR, disputed.fields["accountable"]))

    assert told.entries() == [("rejected", -5, 95)]
    assert told.row(1).status == "disputed"
    assert [found["suspicion_kind"] for found in suspicions(told)] == ["ruling-by-a-party"]


def test_an_organisation_does_not_rule_on_what_it_found_itself(told: Any) -> None:
    """Whoever the dispute names as responsible: what counts is who issued the record."""
    payload = {n: v for n, v in TYPES["official-inspection"].example["payload"].items()
               if n not in ("canteen", "rectify_by")}  # fmt: skip
    inspected = told.log.post(
        "official-inspection",
        {**payload, "responsible": day.SUPPLIER, "conclusion": "fail",
         "items": [{"item_code": "storage", "result": "fail", "severity": "major"}],
         "inspectors": ["person:d6zp4wmh2ycn7vqt3xjkroebas"],
         "accountable": "person:d6zp4wmh2ycn7vqt3xjkroebas"},
        issuer="regulator:11210500MB1H7728Q5~markets",
    )  # fmt: skip
    disputed = dispute(told, inspected, responsible=day.SCHOOL)
    rule(told, disputed)
    assert told.entries() == [("inspection", -8, 92)]
    assert len(suspicions(told)) == 1

    rule(told, disputed, number="CD-2", issuer=day.ADMISSION)

    assert told.entries()[1:] == [("ruling", 8, 100)]


def test_the_weigh_in_of_a_late_delivery_is_disputed_before_it_is_judged(told: Any) -> None:
    told.order("2026-09-07")
    weighed = told.weigh("2026-09-07", "09:00:00", at="2026-09-07T01:00:00.000Z")
    told.accept("2026-09-07", "09:10:00", accepts=[weighed])
    disputed = dispute(told, weighed)
    told.settle("2026-09-07")
    assert told.entries() == [("late", -1, 99)]
    assert told.row(1).status == "disputed"

    rule(told, disputed)

    assert told.entries()[1:] == [("ruling", 1, 100)]


def test_what_was_ruled_before_the_judgement_counts_at_once(told: Any) -> None:
    told.order("2026-09-07")
    weighed = told.weigh("2026-09-07", "09:00:00", at="2026-09-07T01:00:00.000Z")
    told.accept("2026-09-07", "09:10:00", accepts=[weighed])
    rule(told, dispute(told, weighed))
    told.settle("2026-09-07")

    assert told.entries() == [("late", -1, 99), ("ruling", 1, 100)]


def test_who_attended_the_weighing_does_not_rule_on_it(told: Any) -> None:
    told.order("2026-09-07")
    weighed = told.weigh("2026-09-07", "09:00:00", at="2026-09-07T01:00:00.000Z",
                         attended_by=[SECOND_INSPECTOR])  # fmt: skip
    told.accept("2026-09-07", "09:10:00", accepts=[weighed])
    disputed = dispute(told, weighed)
    told.settle("2026-09-07")
    rule(told, disputed)

    assert told.entries() == [("late", -1, 99)]
    assert len(suspicions(told)) == 1


def test_a_later_ruling_counts_only_if_it_supersedes_the_first(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)
    first = rule(told, disputed)
    rule(told, disputed, "rejected", number="CD-2", issuer=day.ADMISSION)
    assert told.entries()[1:] == [("ruling", 5, 100)]

    rule(told, disputed, "rejected", number="CD-3", supersedes=first)

    assert told.entries()[2:] == [("ruling", -5, 95)]
    assert told.row(1).status == "in-force"


def test_a_ruling_that_is_taken_back_takes_its_points_back(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)
    ruling = rule(told, disputed)
    told.log.correct(ruling)

    assert told.entries()[1:] == [("ruling", 5, 100), ("withdrawn", -5, 95)]
    assert told.row(1).status == "disputed"


def test_a_dispute_that_is_taken_back_marks_nothing_any_more(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    told.log.correct(dispute(told, rejected))

    assert told.row(1).status == "in-force"
    assert told.row(1).detail["disputes"] == []


def test_a_ruling_on_a_record_that_was_corrected_gives_nothing_back_twice(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)
    told.log.correct(rejected)
    rule(told, disputed)

    assert told.entries() == [("rejected", -5, 95), ("withdrawn", 5, 100)]


def test_what_passed_already_is_not_given_back_again(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)
    told.log.until("2026-12-10T00:00:00.000Z")
    rule(told, disputed)

    assert told.entries()[1:] == [("expired", 3, 98), ("ruling", 2, 100)]
    told.log.until("2027-09-10T00:00:00.000Z")
    assert len(told.entries()) == 3
    assert told.row(1).status == "reversed"


def test_a_dispute_that_was_decided_is_forgotten_in_time(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    rule(told, dispute(told, rejected))
    open_one = dispute(told, rejected, number="YY-2")
    told.log.until("2028-09-10T00:00:00.000Z")

    left = [key for key in told.log.state if "dispute" in key or "suspected" in key]
    assert left == [f"credit disputed {rejected.id}", f"credit dispute {open_one.id}"]


def test_the_suppliers_own_organisation_does_not_rule_whatever_the_ruling_says(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)
    payload = {
        **TYPES["ruling"].example["payload"],
        "dispute": disputed.id,
        "disputed_by": OTHER,
        "heard": [OTHER, day.SCHOOL],
        "decided_by": [INSPECTOR],
    }
    link = {"rel": "rules-on", "id": disputed.id, "sha256": disputed.leaf_hash.hex()}
    own = f"regulator:{day.SUPPLIER.partition(':')[2]}~office"
    told.log.post("ruling", payload, issuer=own, links=[link])

    assert told.entries() == [("rejected", -5, 95)]
    assert len(suspicions(told)) == 1


def test_who_runs_the_rules_does_not_rule_on_an_entry(told: Any) -> None:
    told.reject("2026-09-07")
    disputed = dispute(told, told.log.records[-1], responsible=day.SCHOOL)
    rule(told, disputed, issuer="regulator:91210500MA0XR22L6F~office")

    assert told.entries() == [("rejected", -5, 95)]
    assert len(suspicions(told)) == 1


def test_what_becomes_of_a_movement_rests_on_its_entry(told: Any) -> None:
    rejected = told.reject("2026-09-07")
    disputed = dispute(told, rejected)
    ruling = rule(told, disputed)

    links = told.log.found[-1].request["links"]
    assert {link["id"] for link in links} == {
        disputed.id,
        ruling.id,
        told.row(1).detail["record"],
    }


def test_an_entry_whose_contents_are_erased_is_not_reversed(told: Any) -> None:
    told.reject("2026-09-07")
    told.log.erase(told.log.records[-1])

    assert told.entries() == [("rejected", -5, 95)]
