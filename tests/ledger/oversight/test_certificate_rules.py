"""The policy `certificates`, and that what is found follows from the log and from nothing else."""

import json
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from components.told_log import ADMIN, LEDGER, ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.certificates import Certificates, rules
from ledger.oversight.engine import Changes, Engine, Finding
from ledger.oversight.family import Row

EXAMPLES = {name: TYPES[name].example for name in Certificates.reads if name != "policy"}


def read(changes: Mapping[str, Any]) -> rules.Rules:
    return rules.read({**rules.DEFAULTS, **changes}, in_force=True)


def test_the_defaults_are_read_as_they_stand() -> None:
    known = read({})

    assert known.leads("haccp") == (3, 7, 15, 30)
    assert known.leads("food-business-permit") == (3, 7, 15, 30, 60)
    assert known.severity("supplier-removed") == "critical"
    assert known.severity("certificate-missing") == "minor"
    assert known.severity("certificate-lapsed") == "major"
    assert known.item("pork-leg") is None


@pytest.mark.parametrize("member", sorted(rules.DEFAULTS))
@pytest.mark.parametrize("value", [None, "x", -1, True, {"a": [1]}, [[], {}, 1, "x"]])
def test_a_member_of_a_wrong_shape_stops_nothing(member: str, value: Any) -> None:
    known = read({member: value})

    assert known.item("x") is None or member == "goods"
    assert known.leads("haccp") is not None


def test_a_lead_of_none_is_the_lapse_itself_and_none_is_longer_than_a_year() -> None:
    assert read({"lead_days": [0, 1_000, 7, 7]}).ladder == (7, 366)


def test_the_longest_beginning_says_what_an_item_is() -> None:
    goods = [
        {"begins": "egg", "category": "egg"},
        {"begins": "egg-salted", "category": "prepared", "scopes": ["prepackaged-food"]},
        {"begins": "", "scopes": ["bulk-food"]},
    ]
    known = read({"goods": goods})

    assert known.item("egg-box") == rules.Goods("egg", ())
    assert known.item("egg-salted-duck") == rules.Goods("prepared", ("prepackaged-food",))
    assert known.item("pork") is None  # no beginning of its own


@pytest.mark.parametrize("page", ["certificates.md", "certificates.zh-CN.md"])
def test_the_page_tells_every_member_with_its_default_and_an_example_that_is_read(
    page: str,
) -> None:
    text = (Path(__file__).parents[3] / "docs" / "oversight" / page).read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", text, re.MULTILINE))
    quoted = {name: re.findall(r"`([^`]+)`", default) for name, default in told.items()}

    for member, default in rules.DEFAULTS.items():
        if member == "critical_kinds":
            assert quoted[member] == default
        else:
            assert [json.loads(value) for value in quoted[member]] == [default]
    (example,) = re.findall(r"```json\n(.+?)```", text, re.DOTALL)
    payload = json.loads(example)
    ToldLog().post("policy", payload, issuer=ADMIN)
    assert len(read(payload["rules"]).goods) == len(payload["rules"]["goods"])


def test_every_kind_that_is_found_is_known_and_has_a_chinese_name() -> None:
    known = TYPES["suspicion"].describe()
    kinds = {
        "supplier-not-admitted", "supplier-suspended", "supplier-removed", "admission-over",
        "certificate-lapsed", "certificate-rejected", "certificate-missing",
        "goods-outside-permit", "health-certificate-lapsed", "health-certificate-missing",
    }  # fmt: skip

    assert kinds <= set(known["known_values"]["suspicion_kind"])
    assert kinds <= set(known["known_values_zh"]["suspicion_kind"])


def term() -> ToldLog:
    """Some weeks in which papers lapse, are renewed and corrected, and things are delivered."""
    told = ToldLog(Certificates(), at="2026-08-31T00:00:00.000Z")
    told.example(EXAMPLES["admission"])
    permit = told.example(EXAMPLES["certificate"], valid_until="2026-10-11")
    told.example(EXAMPLES["health-certificate"], valid_until="2026-10-12")
    told.example(EXAMPLES["calibration"], valid_until="2026-10-12")
    told.example(EXAMPLES["staff-registration"])
    for day in range(10, 17):
        at = f"2026-10-{day}T22:00:00.000Z"
        order = f"order:2105020001~A-{day}"
        told.example(EXAMPLES["dispatch"], at=at, order=order)
        told.example(EXAMPLES["weigh-in"], order=order)
        told.example(EXAMPLES["morning-check"], checked_at=at)
        told.example(EXAMPLES["shift-roster"], shift_on=f"2026-10-{day + 1}", roster_no=str(day),
                     starts_at=at, ends_at=f"2026-10-{day + 1}T06:00:00.000Z")  # fmt: skip
        if day == 13:
            told.example(EXAMPLES["certificate"], certificate_kind="haccp", number_scheme="none",
                         valid_until="2026-11-20")  # fmt: skip
        if day == 14:
            told.example(EXAMPLES["certificate"], valid_until="2031-10-11", issued_on="2026-10-12",
                         valid_from="2026-10-12")  # fmt: skip
        if day == 15:
            told.correct(permit)
    told.until("2026-12-01T00:00:00.000Z")
    return told


def replayed(
    told: ToldLog, cut: Callable[[int], bool]
) -> tuple[list[Finding], dict[str, Any], dict[Any, Row]]:
    """Findings, state and rows of an engine that is told the same records, cut after some of them."""
    state: dict[str, Any] = {}
    findings: list[Finding] = []
    timers: set[Any] = set()
    rows: dict[Any, Row] = {}
    engine = None
    for seen in told.records:
        if engine is None:
            engine = Engine(
                [Certificates()],
                ledger=LEDGER.hex(),
                zone="Asia/Shanghai",
                read=lambda keys: {key: state[key] for key in keys if key in state},
                lookup=lambda wanted: next(r for r in told.records if r.id == wanted),
                size=seen.index,
                now=told.records[seen.index - 1].logged_at if seen.index else "",
                timers=timers,
            )
        engine.prefetch([seen])
        engine.step(seen)
        if cut(seen.index):
            _store(engine.take_changes(), state, timers, findings, rows)
            engine = None
    if engine is not None:
        engine.advance(told.now)
        _store(engine.take_changes(), state, timers, findings, rows)
    left = {name: row for name, row in rows.items() if row.detail is not None}
    return findings, {key: value for key, value in state.items() if value is not None}, left


def _store(
    changes: Changes,
    state: dict[str, Any],
    timers: set[Any],
    findings: list[Finding],
    rows: dict[Any, Row],
) -> None:
    state.update(changes.state)
    timers -= changes.fired
    timers |= changes.timers
    findings += changes.findings
    rows.update(changes.rows)


def test_the_same_log_gives_the_same_findings_however_it_is_cut() -> None:
    told = term()
    last = len(told.records) - 1
    assert {finding.request["type"] for finding in told.found} == {"expiry-warning", "suspicion"}

    for every in (1, 3, 1_000):
        findings, state, rows = replayed(
            told, lambda index, n=every: index % n == 0 and index < last
        )

        assert findings == told.found
        assert state == told.state
        assert rows == told.rows


@pytest.mark.parametrize("seed", range(20))
def test_what_a_sloppy_kitchen_posts_in_any_order_is_a_clean_day(seed: int) -> None:
    told = ToldLog(Certificates(), at="2026-10-12T22:00:00.000Z")
    morning = {"checked_at": told.now}
    shift = {"shift_on": "2026-10-13", "starts_at": told.now, "ends_at": "2026-10-13T06:00:00.000Z"}
    changes: dict[str, Mapping[str, Any]] = {
        "morning-check": morning,
        "shift-roster": {**shift, "people": EXAMPLES["shift-roster"]["payload"]["people"][:1]},
        "certificate": {"valid_until": "2027-12-31"},
    }
    names = [name for name in EXAMPLES if name != "certificate-review"]
    random.Random(seed).shuffle(names)
    for minute, name in enumerate(names):
        at = f"2026-10-12T22:{10 * (minute % 6):02}:00.000Z" if minute < 6 else None
        told.example(EXAMPLES[name], at=at, **changes.get(name, {}))
    told.until("2026-10-20T00:00:00.000Z")

    assert told.found == []
    assert not [key for key in told.state if "delivery" in key or "shift" in key]
