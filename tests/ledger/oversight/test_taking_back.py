"""Who takes back what a freeze rests on: a regulator, and nobody else."""

import itertools

import pytest
from components.risking import REGULATOR, at, frozen, log, meal, night, regulators, served
from components.told_log import ENGINE

from ledger import statement
from ledger.governance import Erasure
from ledger.oversight import taking_back
from ledger.oversight.freeze import Freeze
from ledger.oversight.risk import responses
from ledger.oversight.taking_back import DECIDES
from ledger.statement import Statement

BUREAU = "bureau:11210500000TEST02X~admission"
HOLDS = frozenset({"regulator"})
WHOLE = Erasure("record", (), "court-order")


def said(kind: str, issuer: str = ENGINE) -> Statement:
    return statement.build(
        id="0190f3a4-0000-7000-8000-000000000001",
        issuer=issuer,
        ledger=bytes(32),
        links=(),
        occurred_at="2026-11-23T06:12:11.120Z",
        payload_root=bytes(32),
        payload_fields=1,
        subjects=(),
        type=kind,
    )


def pointers(
    by: Statement,
    erasure: Erasure | None = None,
    target: str = "risk-response",
    held: frozenset[str] = HOLDS,
) -> list[str]:
    return [fault.pointer for fault in taking_back.faults(by, erasure, said(target), held)]


@pytest.mark.parametrize(
    ("issuer", "held"), [(ENGINE, frozenset({"engine"})), (REGULATOR, frozenset()), (BUREAU, HOLDS)]
)
def test_who_is_no_regulator_by_name_and_role_takes_no_response_back(
    issuer: str, held: frozenset[str]
) -> None:
    assert pointers(said("correction", issuer), held=held) == ["/links"]
    assert pointers(said("erasure", issuer), WHOLE, held=held) == ["/payload/scope"]


def test_a_regulator_takes_a_response_back() -> None:
    assert pointers(said("correction", REGULATOR)) == []
    assert pointers(said("erasure", REGULATOR), WHOLE) == []


def test_each_field_that_decides_is_named_and_others_may_go() -> None:
    fields = ("accountable", *sorted(DECIDES), "ext", "instruction_zh")
    some = Erasure("fields", fields, "court-order")

    assert pointers(said("erasure"), some) == [
        f"/payload/fields/{place}" for place in range(1, 1 + len(DECIDES))
    ]


@pytest.mark.parametrize("target", ["freeze-lift", "correction", "incident", "suspicion"])
def test_other_records_are_no_regulators_matter(target: str) -> None:
    assert pointers(said("correction"), target=target) == []
    assert pointers(said("erasure"), WHOLE, target=target) == []


def test_all_that_a_freeze_is_told_by_decides() -> None:
    read = Freeze.causes["risk-response"] | responses.READS["risk-response"]

    assert read == DECIDES


def test_what_does_not_count_is_what_is_refused() -> None:
    for by, issuer, target in itertools.product(
        ["correction"], [ENGINE, BUREAU, REGULATOR], ["risk-response", "freeze-lift", "incident"]
    ):
        assert taking_back.counts(by, issuer, target) == (
            pointers(said(by, issuer), target=target) == []
        )


def test_a_meal_served_while_frozen_is_found_though_the_engine_took_the_freeze_back() -> None:
    told = log()
    freeze = frozen(told)
    told.correct(next(record for record in told.records if record.id == freeze))
    meal(told, at("11:30"), at("12:40"))
    night(told)

    (found,) = served(told)
    assert freeze in [observed["record"] for observed in found["observations"]]


def test_a_meal_is_no_finding_where_a_regulator_took_its_own_freeze_back() -> None:
    told = log()
    told.correct(regulators(told, at("08:00")))
    meal(told, at("11:30"), at("12:40"))
    night(told)

    assert served(told) == []
