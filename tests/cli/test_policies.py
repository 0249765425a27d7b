"""`mealtrace policies`: shown, posted, edited, and refused where no rule could read them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.oversight.families import FAMILIES

Run = Callable[..., Any]
NAMES = [family.name for family in FAMILIES]


@pytest.fixture
def run(mealtrace: Run, founded: Path) -> Run:
    assert founded.exists()
    return mealtrace


def versions(run: Run) -> dict[str, int]:
    rows = json.loads(run("policies", "list", "--json").stdout)
    return {row["name"]: row["version"] for row in rows}


def test_the_built_in_rules_are_put_in_force_once(run: Run) -> None:
    assert versions(run) == dict.fromkeys(NAMES, 0)

    posted = run("policies", "post")
    again = run("policies", "post")

    assert posted.returncode == again.returncode == 0
    assert len(posted.stdout.splitlines()) == len(NAMES)
    assert again.stdout == ""
    assert versions(run) == dict.fromkeys(NAMES, 1)


def test_rules_are_shown_edited_and_posted_as_the_next_version(run: Run, tmp_path: Path) -> None:
    rules = json.loads(run("policies", "show", "indicators").stdout)
    rules["grace_days"] = 9
    (tmp_path / "rules.json").write_text(json.dumps(rules))

    run("policies", "post", "indicators")
    done = run("policies", "post", "indicators", str(tmp_path / "rules.json"))

    assert "version 2" in done.stdout
    assert json.loads(run("policies", "show", "indicators").stdout) == rules


@pytest.mark.parametrize("family", FAMILIES, ids=NAMES)
def test_the_built_in_rules_are_rules_that_their_family_can_read(run: Run, family: Any) -> None:
    assert run("policies", "post", family.name).returncode == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"grace_day": 5}, "grace_day"), ({"grace_days": "5"}, "grace_days"),
     ({"grace_days": -1}, "grace_days"), ({"waste_kinds": [5]}, "waste_kinds.0")],
)  # fmt: skip
def test_rules_that_nobody_could_read_are_refused_by_name(
    run: Run, tmp_path: Path, changes: dict[str, Any], named: str
) -> None:
    (tmp_path / "rules.json").write_text(json.dumps(changes))

    done = run("policies", "post", "indicators", str(tmp_path / "rules.json"))
    in_chinese = run("policies", "post", "indicators", str(tmp_path / "rules.json"), LANG="zh_CN")

    assert done.returncode == in_chinese.returncode == 1
    assert named in done.stderr
    assert "policies show indicators" in done.stderr
    assert "规则" in in_chinese.stderr
    assert versions(run)["indicators"] == 0


@pytest.mark.parametrize("text", ["[]", "no json"])
def test_a_file_that_is_no_object_is_unreadable_input(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.json").write_text(text)

    done = run("policies", "post", "indicators", str(tmp_path / "rules.json"))

    assert done.returncode == 2
    assert "rules.json" in done.stderr


def test_rules_of_a_name_that_nobody_has_are_not_found(run: Run) -> None:
    done = run("policies", "show", "weather")

    assert done.returncode == 1
    assert "indicators" in done.stderr
