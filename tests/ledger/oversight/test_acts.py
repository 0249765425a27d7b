"""Facts and acts: what may be refused at all, and by which rules."""

from collections.abc import Iterable, Mapping

import pytest

from ledger import statement
from ledger.errors import Fault
from ledger.evidence.catalogue import TYPES
from ledger.oversight.act_rules import RULES
from ledger.oversight.acts import ACT_TYPES, Act, ActRules, State, Told
from ledger.statement import Statement

FACTS = {
    "dispatch", "weigh-in", "acceptance", "rejection", "meal-service", "sample-retained",
    "morning-check", "temperature-log", "account-entry", "meal-payment", "correction",
}  # fmt: skip


def said(kind: str) -> Statement:
    return statement.build(
        id="0190f3a4-0000-7000-8000-000000000001",
        issuer="school:2105020001",
        ledger=None if kind == "genesis" else bytes(32),
        links=(),
        occurred_at="2026-11-23T06:12:11.120Z",
        payload_root=bytes(32),
        payload_fields=1,
        subjects=("school:2105020001",),
        type=kind,
    )


class Refuses:
    """Blocks whatever it is asked about."""

    causes: Mapping[str, frozenset[str]] = {}

    def __init__(self, *acts: str) -> None:
        self.acts = frozenset(acts)

    def keys(self, said: Statement) -> Iterable[str]:
        return [f"refuses {said.type}"]

    def fold(self, told: Told, state: State) -> State:
        raise AssertionError((told, state))

    def take_back(self, said: Statement, state: State) -> State:
        raise AssertionError((said, state))

    def check(self, act: Act, state: State) -> Fault | None:
        return Fault("", "no", f"{act.said.type} {len(state)}", "否")


@pytest.mark.parametrize("kind", sorted(TYPES.keys() | FACTS))
def test_only_acts_ever_reach_a_rule(kind: str) -> None:
    act = Act.of(said(kind), b"{}", "2026-11-23T06:12:11.120Z")

    assert (act is not None) == (kind in ACT_TYPES)


def test_no_fact_of_the_design_is_an_act() -> None:
    assert not ACT_TYPES & FACTS


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_a_rule_that_would_refuse_a_fact_cannot_be_installed(kind: str) -> None:
    with pytest.raises(ValueError, match=kind):
        ActRules([Refuses("order", kind)])


def test_a_rule_is_asked_about_its_own_acts_only() -> None:
    rules = ActRules([Refuses("order")])

    for kind in ACT_TYPES:
        act = Act.of(said(kind), b"{}", "")
        assert act is not None
        assert (rules.check(act, {}) is not None) == (kind == "order")
    assert rules.keys(said("settlement")) == []


def test_the_rules_shipped_leave_most_records_untouched() -> None:
    assert not RULES.touched & (FACTS | {"genesis", "party-registration", "audit-report"})
    assert RULES.touched - RULES.causes <= ACT_TYPES
