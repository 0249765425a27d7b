"""The pages on risk and rectification say the figures of the built-in rules, in both languages."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.oversight.policies import check
from ledger.oversight.rectification import Rectification
from ledger.oversight.risk import Risk

DOCS = Path(__file__).parents[3] / "docs" / "oversight"
RISK, RECTIFICATION = Risk.defaults, Rectification.defaults


def table_row(page: str, begins: str) -> str:
    text = (DOCS / page).read_text(encoding="utf-8")
    found = [line for line in text.splitlines() if line.startswith(f"| `{begins}`")]
    assert len(found) == 1, begins
    return found[0]


@pytest.mark.parametrize("page", ["risk.md", "risk.zh-CN.md"])
@pytest.mark.parametrize("factor", RISK["factors"], ids=lambda factor: factor["factor_code"])
def test_every_factor_stands_there_with_its_weight_and_points(page: str, factor: dict) -> None:
    numbers = set(re.findall(r"\d+(?:,\d{3})*", table_row(page, factor["factor_code"])))
    points = {f"{point['ppm']:,}" for point in factor["points"]}

    assert {f"{factor['weight_bp']:,}", *points} <= numbers


@pytest.mark.parametrize("page", ["risk.md", "risk.zh-CN.md"])
@pytest.mark.parametrize("level", ["minor", "major", "critical"])
def test_every_level_stands_there_with_its_threshold(page: str, level: str) -> None:
    assert f"{RISK['levels_ppm'][level]:,}" in table_row(page, level)


@pytest.mark.parametrize("page", ["rectification.md", "rectification.zh-CN.md"])
@pytest.mark.parametrize("severity", ["minor", "major", "critical"])
def test_every_deadline_stands_there(page: str, severity: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    (line,) = [one for one in text.splitlines() if one.startswith(f"| {severity} ")]

    assert f"| {RECTIFICATION['due_s'][severity] // 3600} " in line


@pytest.mark.parametrize("page", ["rectification.md", "rectification.zh-CN.md"])
def test_every_cause_and_task_stands_there(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for row in RECTIFICATION["orders"]:
        assert f"| {row['cause']} " in text
        assert not row["task_kind"] or f"`{row['task_kind']}`" in text


@pytest.mark.parametrize("rules", [RISK, RECTIFICATION], ids=["risk", "rectification"])
def test_the_built_in_rules_can_be_posted(rules: Mapping[str, Any]) -> None:
    assert list(check(rules, rules)) == []
