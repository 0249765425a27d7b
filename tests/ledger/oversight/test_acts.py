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

    version = "refuses 1"
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
    act = Act.of(said(kind), b"{}", "2026-11-23T06:12:11.120Z", "Asia/Shanghai")

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
        act = Act.of(said(kind), b"{}", "", "UTC")
        assert act is not None
        assert (rules.check(act, {}) is not None) == (kind == "order")
    assert rules.keys(said("settlement")) == []


@pytest.mark.parametrize(
    ("logged_at", "zone", "day"),
    [
        ("2026-11-23T15:59:59.999Z", "Asia/Shanghai", "2026-11-23"),
        ("2026-11-23T16:00:00.000Z", "Asia/Shanghai", "2026-11-24"),
        ("2026-11-23T23:59:59.999Z", "UTC", "2026-11-23"),
        ("2026-03-29T22:30:00.000Z", "Europe/Berlin", "2026-03-30"),
    ],
)
def test_the_day_of_an_act_is_the_civil_day_of_its_entry_in_the_logs_zone(
    logged_at: str, zone: str, day: str
) -> None:
    act = Act.of(said("order"), b"{}", logged_at, zone)

    assert act is not None
    assert act.logged_on == day


def test_rules_have_one_version_whatever_their_order() -> None:
    first, second = Refuses("order"), Refuses("menu")
    second.version = "refuses 2"

    assert ActRules([first, second]).version == ActRules([second, first]).version
    assert ActRules([first]).version != ActRules([second]).version
    assert len(set(RULES.version.split(", "))) == 3


def test_the_rules_shipped_leave_most_records_untouched() -> None:
    assert not RULES.touched & (FACTS | {"genesis", "party-registration", "audit-report"})
    assert RULES.touched - RULES.causes <= ACT_TYPES
