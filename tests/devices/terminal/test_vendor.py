"""Another vendor's terminal is one file: the one that the pages show, before the real driver."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from components.pages import steps
from components.process import ROOT
from components.terminal_stage import COOK, SECRET, post, table

from devices.terminal.driver import from_config
from ledger.errors import MalformedError

PAGES = ("docs/devices/terminal.md", "docs/devices/terminal.zh-CN.md")
NAMED = "acme_terminal:AcmeTerminal"


@pytest.fixture(params=PAGES)
def shown(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The page's request; its file lies where Python finds it."""
    page = ROOT / str(request.param)
    files = {step.name: step.text for step in steps(page) if step.use == "file"}
    (tmp_path / "acme_terminal.py").write_text(files["acme_terminal.py"], "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_terminal", raising=False)
    assert f'dialect = "{NAMED}"' in page.read_text("utf-8")
    asked: dict[str, Any] = json.loads(files["check.json"])
    return asked


def test_a_vendors_terminal_of_the_page_is_understood(
    tmp_path: Path, shown: dict[str, Any]
) -> None:
    headers = {"X-Terminal-Secret": SECRET}
    with post(tmp_path, dialect=NAMED, code="AC-7") as at, httpx.Client(headers=headers) as http:
        answers = [http.post(f"{at.url}/acme/check", json=shown) for _ in range(2)]
        (one,) = at.checks()
        alive = http.post(f"{at.url}/acme/alive")
        stumbled = http.post(f"{at.url}/acme/check", json={**shown, "hand": None})
        less = {name: value for name, value in shown.items() if name != "card"}
        nobody = http.post(f"{at.url}/acme/check", json={**less, "no": "000182"})
        stranger = httpx.post(f"{at.url}/acme/check", json=shown)
        kept = len(at.checks())

    assert [answer.json() for answer in answers] == [{"ok": True}] * 2
    assert (one.payload["staff"], one.payload["forehead_mC"]) == (COOK, 36_400)
    assert one.payload["checked_at"] == "2026-11-22T21:41:07.000Z"  # 05:41:07 in China
    assert [name for name, found in one.payload["hands"].items() if found] == ["ring"]
    assert one.payload["result"] == "unfit"
    assert alive.json() == {"ok": True}
    assert (stumbled.status_code, stumbled.json()["error"]) == (400, "malformed")
    assert (nobody.status_code, "KeyError" in nobody.json()["text"]) == (400, True)
    assert stranger.status_code == 401
    assert kept == 1


def test_both_pages_show_the_same_file_and_request() -> None:
    english, chinese = (
        [step.text for step in steps(ROOT / page) if step.use == "file"] for page in PAGES
    )

    assert english == chinese


@pytest.mark.parametrize(
    ("dialect", "says"),
    [
        ("no_such_module:Acme", "no_such_module"),
        ("devices.terminal.check:NoSuchClass", "NoSuchClass"),
        ("builtins:dict", "lacks members"),
    ],
)
def test_a_dialect_that_is_none_is_refused_by_name(tmp_path: Path, dialect: str, says: str) -> None:
    with pytest.raises(MalformedError, match=re.escape(says)):
        from_config(table(tmp_path, dialect=dialect))
