"""Settlements of acceptances, bank entries of settlements."""

from typing import Any

import pytest
from components.told_canteen import BANK, FUNDS, SCHOOL, utc
from components.told_log import ADMIN
from components.told_office import Office

from ledger.evidence.catalogue import TYPES

SETTLEMENT, BANK_ENTRY = "settlement-of-acceptance", "bank-entry-of-settlement"
OTHER = "bureau:11210500001234567Y~other"


def test_an_acceptance_that_is_not_settled_is_missing_after_its_month() -> None:
    told = Office(SETTLEMENT)
    told.go("2026-09-07 06:40")
    told.accept("Y-1")
    settled = told.records[-1]
    acceptance = told.accept("Y-2")
    told.go("2026-10-10 10:00")
    told.reckon(settled.id)
    told.go("2026-10-23 00:00")
    assert told.found == []
    told.go("2026-10-23 00:01")

    (found,) = told.of("missing-evidence")
    assert (found["source"], found["expected_type"]) == (acceptance.id, "settlement")
    assert found["expected_for"] == acceptance.fields["order"]
    assert found["due_at"] == utc("2026-10-16 00:00")
    assert found["responsible"] == FUNDS
    assert sorted(told.statuses(SETTLEMENT)) == ["met", "missing"]


def test_a_settlement_may_stand_in_the_log_before_what_it_settles() -> None:
    told = Office(SETTLEMENT)
    other = Office(SETTLEMENT)
    other.go("2026-09-07 06:40")
    acceptance = other.accept()
    told.go("2026-09-07 06:30")
    told.reckon(acceptance.id)
    told.go("2026-09-07 06:40")
    told.post(
        "acceptance",
        {name: value for name, value in acceptance.fields.items() if name != "blobs"},
        issuer=SCHOOL,
        blobs=acceptance.fields["blobs"],
        record_id=acceptance.id,
    )
    told.go("2026-12-01 00:00")

    assert told.found == []
    assert told.statuses(SETTLEMENT) == ["met"]


def test_nothing_is_settled_of_what_was_not_taken_in() -> None:
    told = Office(SETTLEMENT)
    told.go("2026-09-07 06:40")
    line = TYPES["acceptance"].example["payload"]["lines"][0]
    told.accept(lines=[{**line, "accepted_quantity": 0}])
    told.go("2026-12-01 00:00")

    assert told.found == []
    assert told.rows == {}


@pytest.mark.parametrize(
    ("granted", "responsible"), [((), SCHOOL), ((FUNDS,), FUNDS), ((FUNDS, OTHER), SCHOOL)]
)
def test_who_has_the_role_owes_the_first_settlement(
    granted: tuple[str, ...], responsible: str
) -> None:
    told = Office(SETTLEMENT)
    for party in granted:
        grant = {"party": party, "role": "bureau-funds", "granted": True}
        told.post("role-grant", grant, issuer=ADMIN)
    told.go("2026-09-07 06:40")
    told.accept()
    told.go("2026-12-01 00:00")

    assert told.of("missing-evidence")[0]["responsible"] == responsible


def test_a_corrected_settlement_leaves_the_acceptance_without_one() -> None:
    told = Office(SETTLEMENT)
    told.go("2026-09-07 06:40")
    acceptance = told.accept()
    told.go("2026-09-30 10:00")
    settlement = told.reckon(acceptance.id)
    told.go("2026-10-02 10:00")
    told.correct(settlement)
    told.go("2026-12-01 00:00")

    assert told.missing(SETTLEMENT) == [acceptance.fields["order"]]


def test_a_corrected_acceptance_needs_no_settlement() -> None:
    told = Office(SETTLEMENT)
    told.go("2026-09-07 06:40")
    told.correct(told.accept())
    told.go("2026-12-01 00:00")

    assert told.found == []
    assert told.statuses(SETTLEMENT) == ["void"]


def test_a_settlement_that_is_not_paid_is_missing() -> None:
    told = Office(BANK_ENTRY)
    told.go("2026-10-09 10:00")
    settlement = told.reckon(told._id("acceptance"))
    told.go("2026-10-24 10:00")
    assert told.found == []
    told.go("2026-10-24 10:01")

    (found,) = told.of("missing-evidence")
    assert found["source"] == settlement.id
    assert found["expected_type"] == "account-entry"
    assert found["expected_for"] == "JS-2026-09-1"
    assert (found["responsible"], found["due_at"]) == (FUNDS, utc("2026-10-19 10:00"))
    assert "canteen" not in found


@pytest.mark.parametrize(
    "entry",
    [
        {"paid": True},
        {"purpose": "学生餐食材款（JS-2026-09-1）"},
        {"bank_reference": "JS-2026-09-1"},
    ],
)
@pytest.mark.parametrize("entry_first", [False, True])
def test_a_bank_entry_pays_by_link_or_by_number(entry: dict[str, Any], entry_first: bool) -> None:
    told = Office(BANK_ENTRY)
    other = Office(BANK_ENTRY)
    other.go("2026-10-09 10:00")
    settlement = other.reckon(other._id("acceptance"))
    told.go("2026-10-09 10:00")

    def pay() -> None:
        paid = (settlement.id,) if entry.get("paid") else ()
        told.pay(*paid, **{name: value for name, value in entry.items() if name != "paid"})

    if entry_first:
        pay()
    told.post("settlement", settlement.fields, issuer=FUNDS, record_id=settlement.id)
    told.go("2026-10-12 10:00")
    if not entry_first:
        pay()
    told.go("2026-12-01 00:00")

    assert told.found == []
    assert told.statuses(BANK_ENTRY) == ["met"]


@pytest.mark.parametrize(
    "entry",
    [
        {"purpose": "JS-2026-09-11"},
        {"purpose": "JS-2026-09-1", "direction": "credit"},
        {"purpose": "JS-2026-09-1", "account": "account:other"},
    ],
)
def test_another_entry_pays_nothing(entry: dict[str, Any]) -> None:
    told = Office(BANK_ENTRY)
    told.go("2026-10-09 10:00")
    told.reckon(told._id("acceptance"))
    told.pay(**entry)
    told.go("2026-12-01 00:00")

    assert told.missing(BANK_ENTRY) == ["JS-2026-09-1"]


def test_a_late_entry_is_linked_to_what_was_missing() -> None:
    told = Office(BANK_ENTRY)
    told.go("2026-10-09 10:00")
    told.reckon(told._id("acceptance"))
    told.go("2026-11-09 10:00")
    entry = told.pay(purpose="JS-2026-09-1")
    told.go("2026-12-01 00:00")

    (row,) = told.rows_of(BANK_ENTRY).values()
    assert row.detail is not None
    assert (row.status, row.detail["record"]) == ("late", entry.id)
    assert row.detail["missing_record"] is not None
    assert len(told.found) == 1


def test_a_corrected_entry_pays_nothing() -> None:
    told = Office(BANK_ENTRY)
    told.go("2026-10-09 10:00")
    told.reckon(told._id("acceptance"))
    entry = told.pay(purpose="JS-2026-09-1")
    told.correct(entry)
    told.go("2026-12-01 00:00")

    assert told.missing(BANK_ENTRY) == ["JS-2026-09-1"]
    assert entry.issuer == BANK


def test_an_entry_that_is_corrected_days_after_it_came_pays_nothing() -> None:
    told = Office(BANK_ENTRY)
    told.go("2026-10-09 10:00")
    told.reckon(told._id("acceptance"))
    told.go("2026-10-20 10:00")
    entry = told.pay(purpose="JS-2026-09-1")
    told.go("2026-10-26 12:00")
    assert told.statuses(BANK_ENTRY) == ["late"]
    told.correct(entry)
    told.go("2026-12-01 00:00")

    assert told.missing(BANK_ENTRY) == ["JS-2026-09-1"]


@pytest.mark.parametrize("corrected", ["2026-10-05 10:00", "2026-10-28 10:00"])
def test_an_acceptance_that_is_corrected_when_it_is_settled_is_settled(corrected: str) -> None:
    told = Office(SETTLEMENT)
    told.go("2026-09-07 06:40")
    acceptance = told.accept()
    told.go("2026-10-01 10:00")
    told.reckon(acceptance.id)
    told.go(corrected)
    told.replace(acceptance, result="partial")
    told.go("2026-12-20 00:00")

    assert told.found == []
    assert told.missing(SETTLEMENT) == []


def test_a_settlement_may_name_the_acceptance_that_was_corrected_before() -> None:
    told = Office(SETTLEMENT)
    told.go("2026-09-07 06:40")
    acceptance = told.accept()
    told.go("2026-09-08 10:00")
    told.replace(acceptance, result="partial")
    told.go("2026-10-01 10:00")
    told.reckon(acceptance.id)
    told.go("2026-12-20 00:00")

    assert told.found == []
    assert sorted(told.statuses(SETTLEMENT)) == ["met", "void"]


def test_an_acceptance_that_is_corrected_and_never_settled_is_missing() -> None:
    told = Office(SETTLEMENT)
    told.go("2026-09-07 06:40")
    acceptance = told.accept()
    told.go("2026-09-08 10:00")
    right = told.replace(acceptance, result="partial")
    told.go("2026-12-20 00:00")

    (found,) = told.of("missing-evidence")
    assert found["source"] == right.id


@pytest.mark.parametrize("corrected", ["2026-10-10 10:00", "2026-11-03 10:00"])
def test_a_settlement_that_is_corrected_when_it_is_paid_is_paid(corrected: str) -> None:
    told = Office(BANK_ENTRY)
    told.go("2026-10-09 09:00")
    settlement = told.reckon(told._id("acceptance"))
    told.go("2026-10-09 10:00")
    told.pay(settlement.id, purpose="学生餐食材款")
    told.go(corrected)
    told.replace(settlement, purpose="学生餐食材款（更正）")
    told.go("2027-01-20 00:00")

    assert told.found == []
    assert told.missing(BANK_ENTRY) == []
