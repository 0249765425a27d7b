"""Admission: who may be ordered from and settled with, on which day, for what, and on what ground."""

import itertools
from typing import Any

import pytest
from components.acting import IDS, NOON, Log, told
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.errors import Fault
from ledger.oversight.acts import Told
from ledger.statement import Link

SUPPLIER, OTHER = "supplier:91210500MA0UTC1A0P", "supplier:91210500MA0YK7QX5T"
SCHOOL = "school:2105020001"
SEPTEMBER, NOVEMBER = "2026-09-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"
ACTS = ("order", "supplier-selection", "settlement")
WANTED: dict[str, dict[str, Any]] = {
    "order": {"lines": [{"item_code": "pork-leg"}]},
    "supplier-selection": {"categories": ["meat"]},
    "settlement": {
        "lines": [{"item_code": "pork-leg"}],
        "period_from": "2026-10-01",
        "period_until": "2026-10-31",
    },
}


def decision(
    number: int,
    says: str = "in-force",
    *,
    at: str = SEPTEMBER,
    term: tuple[str, str] = ("2026-09-01", "2027-01-31"),
    of: str = SUPPLIER,
    categories: tuple[str, ...] = ("meat", "egg"),
    links: Any = (),
) -> Told:
    payload: dict[str, Any] = {
        "supplier": of, "decision": says, "categories": [*categories], "effective_at": at,
    }  # fmt: skip
    if says == "in-force":
        payload |= {"term_from": term[0], "term_until": term[1]}
    return told(number, "admission", of, links=links, **payload)


def policy(number: int, version: int, *goods: dict[str, Any], name: str = "certificates") -> Told:
    rules = {"goods": [*goods], "required_kinds": []}
    return told(number, "policy", name=name, version=version, rules=rules)


def fault(log: Log, kind: str = "order", *, at: str = NOON, **payload: Any) -> Fault | None:
    members = {"supplier": SUPPLIER, **WANTED[kind], **payload}
    return log.fault(kind, SCHOOL, SUPPLIER, at=at, **members)


def ground(log: Log, kind: str = "order", **more: Any) -> tuple[str, str | None] | None:
    """Code and causing record of what blocks an act that names the supplier."""
    found = fault(log, kind, **more)
    return None if found is None else (found.code, found.record)


@pytest.mark.parametrize("kind", ACTS)
def test_who_was_never_admitted_is_named_by_no_act(kind: str) -> None:
    found = fault(Log(decision(1, of=OTHER)), kind)

    assert found is not None
    assert (found.code, found.record, found.pointer) == ("not-admitted", None, "/payload/supplier")
    assert SUPPLIER in found.message_en
    assert "从未准入" in found.message_zh


@pytest.mark.parametrize("kind", ACTS)
def test_who_is_admitted_may_be_named(kind: str) -> None:
    assert ground(Log(decision(1)), kind) is None


@pytest.mark.parametrize("kind", ACTS)
@pytest.mark.parametrize("says", ["suspended", "removed"])
def test_who_is_suspended_or_removed_is_named_by_no_act_until_it_is_admitted_again(
    kind: str, says: str
) -> None:
    log = Log(decision(1), decision(2, says, at=NOVEMBER))

    assert ground(log, kind) == (says, IDS[2])
    log.tell(decision(3, at="2026-11-20T00:00:00.000Z"))
    assert ground(log, kind) is None


@pytest.mark.parametrize("kind", ["order-response", "menu"])
def test_other_acts_are_left_free(kind: str) -> None:
    assert Log().fault(kind, SCHOOL, SUPPLIER, supplier=SUPPLIER) is None


def test_a_term_ends_at_midnight_in_the_logs_zone() -> None:
    log = Log(decision(1, term=("2026-09-01", "2026-11-23")))

    assert ground(log, at="2026-11-23T15:59:59.999Z") is None
    assert ground(log, at="2026-11-23T16:00:00.000Z") == ("admission-over", IDS[1])
    found = fault(log, at="2026-11-23T16:00:00.000Z")
    assert found is not None
    assert "2026-11-23" in found.message_en
    assert "2026-11-23" in found.message_zh


def test_a_term_begins_at_midnight_and_a_decision_at_its_time() -> None:
    late = Log(decision(1, term=("2026-11-24", "2027-01-31")))
    later = Log(decision(1, at="2026-11-23T12:00:00.001Z"))

    assert ground(late) == ground(later) == ("admission-not-begun", IDS[1])
    assert ground(late, at="2026-11-23T16:00:00.000Z") is None
    assert ground(later, at="2026-11-23T12:00:00.001Z") is None


def test_a_suspension_that_is_not_effective_yet_stops_nobody() -> None:
    log = Log(decision(1), decision(2, "suspended", at="2026-12-01T00:00:00.000Z"))

    assert ground(log) is None
    assert ground(log, at="2026-12-01T00:00:00.000Z") == ("suspended", IDS[2])


def test_who_was_only_ever_suspended_was_suspended_and_before_that_never_admitted() -> None:
    log = Log(decision(1, "suspended", at=NOVEMBER))

    assert ground(log) == ("suspended", IDS[1])
    assert ground(log, at=SEPTEMBER) == ("not-admitted", None)


def test_who_is_admitted_anew_before_its_term_ends_has_no_gap() -> None:
    first = decision(1, term=("2026-09-01", "2026-11-30"))
    renewed = decision(2, at=NOVEMBER, term=("2026-12-01", "2027-05-31"))

    assert ground(Log(first, renewed)) is None
    assert ground(Log(first, renewed), at="2026-11-30T16:00:00.000Z") is None
    assert ground(Log(renewed)) == ("admission-not-begun", IDS[2])


def test_a_shorter_term_decided_later_counts() -> None:
    log = Log(decision(1), decision(2, at=NOVEMBER, term=("2026-09-01", "2026-11-15")))

    assert ground(log) == ("admission-over", IDS[2])


def test_of_two_decisions_of_one_time_the_harder_counts() -> None:
    log = Log(decision(2), decision(1, "suspended"), decision(3))

    assert ground(log) == ("suspended", IDS[1])


def test_a_category_is_suspended_by_itself() -> None:
    log = Log(decision(1), decision(2, "suspended", at=NOVEMBER, categories=("meat",)))

    assert ground(log) is None
    chosen = fault(log, "supplier-selection", categories=["egg", "meat"])
    assert chosen is not None
    assert (chosen.code, chosen.record) == ("suspended", IDS[2])
    assert chosen.pointer == "/payload/categories/1"
    assert "meat" in chosen.message_en
    log.tell(decision(3, "removed", at=NOON, categories=("egg",)))
    assert ground(log) == ("removed", IDS[3])


def test_a_category_that_was_never_admitted_is_not_chosen() -> None:
    chosen = fault(Log(decision(1)), "supplier-selection", categories=["meat", "dairy"])

    assert chosen is not None
    assert (chosen.code, chosen.record) == ("not-admitted", None)
    assert chosen.pointer == "/payload/categories/1"


@pytest.mark.parametrize("kind", ["order", "settlement"])
def test_the_policy_says_of_which_category_an_item_is(kind: str) -> None:
    lines = [{"item_code": code} for code in ("egg-box", "pork-leg", "pork-free-bun")]
    meat = {"begins": "pork", "category": "meat", "scopes": []}
    bun = {"begins": "pork-free", "category": "grain", "scopes": []}
    log = Log(decision(1, categories=("egg", "meat")), policy(2, 1, meat))

    assert ground(log, kind, lines=lines) is None
    log.tell(policy(3, 2, meat, bun))
    found = fault(log, kind, lines=lines)
    assert found is not None
    assert (found.code, found.pointer) == ("not-admitted", "/payload/lines/2/item_code")
    log.tell(policy(4, 1, bun))
    log.tell(policy(5, 9, bun, name="credit"))
    assert fault(log, kind, lines=lines) == found  # neither an older version nor another policy
    log.tell(policy(6, 3))
    assert ground(log, kind, lines=lines) is None


def test_what_was_delivered_in_the_term_is_paid_when_it_is_over() -> None:
    log = Log(decision(1, term=("2026-09-01", "2026-10-15")))

    assert ground(log) == ("admission-over", IDS[1])
    assert ground(log, "settlement") is None
    assert ground(log, "settlement", period_from="2026-10-16", period_until="2026-10-31") == (
        "admission-over",
        IDS[1],
    )


def test_what_is_paid_was_delivered_while_the_decision_of_that_day_admitted() -> None:
    log = Log(
        decision(1, term=("2026-09-01", "2026-11-15")),
        decision(2, "suspended", at="2026-10-04T16:00:00.000Z"),  # the fifth in Shanghai
        decision(3, at="2026-10-20T00:00:00.000Z", term=("2026-10-25", "2026-11-10")),
        decision(4, at="2026-11-20T00:00:00.000Z", term=("2026-11-20", "2026-11-20")),
    )

    def paid(first: str, until: str) -> bool:
        return ground(log, "settlement", period_from=first, period_until=until) is None

    assert paid("2026-09-01", "2026-10-04")
    assert paid("2026-10-04", "2026-10-24")
    assert not paid("2026-10-05", "2026-10-24")
    assert paid("2026-10-05", "2026-10-25")
    assert paid("2026-11-10", "2026-11-15")
    assert not paid("2026-11-11", "2026-11-15")  # of the first term, which was cut


def test_a_removed_supplier_is_paid_once_it_is_admitted_for_days_past_and_not_ordered_from() -> (
    None
):
    log = Log(decision(1), decision(2, "removed", at=NOVEMBER))
    log.tell(decision(3, at="2026-11-20T00:00:00.000Z", term=("2026-09-01", "2026-10-31")))

    assert ground(log, "settlement") is None
    assert ground(log) == ("admission-over", IDS[3])
    assert ground(log, "supplier-selection") == ("admission-over", IDS[3])


def test_what_was_taken_in_while_a_supplier_was_removed_is_paid_by_a_decision_on_those_days() -> (
    None
):
    log = Log(decision(1), decision(2, "removed", at="2026-09-20T00:00:00.000Z"))
    log.tell(decision(3, at="2026-11-20T00:00:00.000Z", term=("2026-10-31", "2026-11-15")))

    assert ground(log, "settlement") is None
    assert ground(log, "settlement", period_from="2026-10-01", period_until="2026-10-30") == (
        "admission-over",
        IDS[3],
    )


def test_a_suspension_that_did_not_occur_stops_nobody() -> None:
    stopped = decision(2, "suspended", at=NOVEMBER)
    log = Log(decision(1), stopped)
    log.take_back(stopped)

    assert ground(log) is None


@pytest.mark.parametrize("correction_first", [True, False])
def test_a_corrected_decision_counts_by_its_replacement(correction_first: bool) -> None:
    wrong = decision(1)
    right = decision(2, term=("2026-09-01", "2026-10-31"), links=[Link("replaces", id=IDS[1])])
    log = Log(wrong)
    steps = [lambda: log.take_back(wrong), lambda: log.tell(right)]
    for step in steps if correction_first else reversed(steps):
        step()

    assert ground(log) == ("admission-over", IDS[2])


def test_an_erased_decision_counts_no_more_and_an_erased_cause_changes_nothing() -> None:
    admitted = decision(1)
    log = Log(admitted)
    log.take_back(admitted, "cause")
    assert ground(log) is None

    log.take_back(admitted, "term_until")
    assert ground(log) == ("not-admitted", None)


def test_a_decision_tells_nothing_by_its_length() -> None:
    lengths = {
        len(canonical.serialise(value))
        for says in ("in-force", "suspended", "removed")
        for value in Log(decision(1, says)).state.values()
    }

    assert len(lengths) == 1


RECORDS = (
    decision(1),
    decision(2, "suspended", at=NOVEMBER, categories=("meat",)),
    decision(3, at=NOON, categories=("meat",)),
    decision(4, of=OTHER),
    decision(5, "removed", at=NOVEMBER, of=OTHER),
)


@given(st.permutations(RECORDS))
def test_decisions_told_in_any_order_give_the_same_state(order: list[Told]) -> None:
    assert Log(*RECORDS).state == Log(*order).state


def test_what_is_taken_back_leaves_what_was_never_told() -> None:
    for gone in itertools.chain.from_iterable(
        itertools.combinations(RECORDS, count) for count in range(1, 5)
    ):
        log = Log(*RECORDS)
        for record in gone:
            log.take_back(record)
        never = Log(*(record for record in RECORDS if record not in gone))
        assert {key: value for key, value in log.state.items() if value} == never.state
