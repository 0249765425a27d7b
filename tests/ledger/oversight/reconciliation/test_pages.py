"""The pages about reconciliation name every difference with its level, and every policy member."""

import json
import re
from pathlib import Path

import pytest

from ledger.evidence.catalogue import TYPES
from ledger.evidence.values import in_chinese
from ledger.oversight.policies import check
from ledger.oversight.reconciliation.payees import Payees
from ledger.oversight.reconciliation.rules import DEFAULTS, LEVELS, SEVERITIES

DOCS = Path(__file__).parents[4] / "docs" / "oversight"


@pytest.fixture(params=["reconciliation.md", "reconciliation.zh-CN.md"])
def page(request: pytest.FixtureRequest) -> str:
    return (DOCS / request.param).read_text()


def test_every_difference_is_listed_with_its_level(page: str) -> None:
    rows = re.findall(r"^\| `([a-z-]+)`[^|]*\| ([a-z]+) \|", page, re.MULTILINE)

    assert dict(rows[: len(LEVELS)]) == LEVELS


def test_every_member_is_listed_with_its_default(page: str) -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)`[^|]*\| `(.+?)` \|", page, re.MULTILINE))
    for name, value in {**DEFAULTS, **Payees.defaults}.items():
        if name not in {"levels", "weighing_tolerance_bp", "weighing_tolerance_g", "keep_days"}:
            assert json.loads(rows[name]) == value, name
    for name in ("levels", "weighing_tolerance_bp", "weighing_tolerance_g"):
        assert f"`{name}`" in page


def test_what_is_posted_is_known_by_name() -> None:
    posted = [code for code, level in LEVELS.items() if level in SEVERITIES] + ["payee-differs"]
    known = TYPES["suspicion"].known["suspicion_kind"]

    assert not {*posted} - {*known}
    assert not {*posted} - {*in_chinese("suspicion_kind", posted)}


def test_a_policy_may_say_all_of_it_again() -> None:
    rules = json.loads(json.dumps(DEFAULTS))

    assert list(check(rules, DEFAULTS)) == []
    assert list(check({**rules, "levels": {"short_delivery": "note"}}, DEFAULTS)) == []
    assert list(check({**rules, "grace_days": -1}, DEFAULTS)) == [("grace_days",)]
