"""Families are found by name; a vendor's is one file, the one that the pages show."""

import re
import sys
from pathlib import Path

import pytest
from components.pages import steps
from components.process import ROOT

from devices.emulators.scale_answers import dialogue
from devices.scales.families import FAMILIES, parser
from devices.scales.frame import Frame
from devices.scales.parser import Options, Parser, Scanner
from devices.scales.stable import StableWeight
from ledger.errors import MalformedError, NotFoundError

PAGES = ("docs/devices/scales.md", "docs/devices/scales.zh-CN.md")
NAMED = "example_scale:ExampleScale"


@pytest.fixture(params=PAGES)
def vendor(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page's file where Python finds it; the page's text."""
    (step,) = (step for step in steps(ROOT / request.param) if step.name == "example_scale.py")
    (tmp_path / step.name).write_text(step.text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "example_scale", raising=False)
    return (ROOT / str(request.param)).read_text("utf-8")


def test_every_family_is_a_parser_with_a_name_of_its_own() -> None:
    for name, family in FAMILIES.items():
        made = parser(name)
        assert isinstance(made, Parser)
        assert made.family == name == family.family
        assert re.fullmatch("[a-z][a-z0-9-]{0,63}", made.protocol)  # as a weigh-in takes it
        assert all(family.about)


def test_a_vendors_family_of_the_page_is_read_and_weighed(vendor: str) -> None:
    assert f'family = "{NAMED}"' in vendor
    scale, stable = parser(NAMED), StableWeight()

    (frame,) = scale.feed(b"noise$+012485,S*5E\r\n")
    assert (frame.value, frame.decimals, frame.stable) == (12_485, 3, True)
    assert scale.feed(b"$+012486,S*5E\r\n") == []
    assert (scale.failed_frames, scale.protocol) == (1, "example")
    empty = Frame(b"", 0, 3, "kg", None, True)
    assert isinstance(scale, Scanner)
    frames = scale.feed(scale.encode(empty) * 5 + frame.raw * 5)
    found = [stable.observe(frame, at * 100) for at, frame in enumerate(frames)]
    assert [weighing.net_g for weighing in found if weighing is not None] == [12_485]
    assert dialogue(scale).streams


def test_both_pages_show_the_same_commands_and_file() -> None:
    english, chinese = (
        [re.sub(r"\s+#.*", "", line) for line in (ROOT / page).read_text("utf-8").splitlines()
         if line.startswith("$ ")]
        for page in PAGES
    )  # fmt: skip

    assert english == chinese
    assert [s.text for s in steps(ROOT / PAGES[0]) if s.name == "example_scale.py"] == [
        s.text for s in steps(ROOT / PAGES[1]) if s.name == "example_scale.py"
    ]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_names_every_family(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")

    assert [name for name in FAMILIES if text.count(f"| `{name}`") != 2] == []


def test_a_family_that_is_not_there_is_said() -> None:
    with pytest.raises(NotFoundError, match="yaohua-continuous"):
        parser("yaohua")
    with pytest.raises(NotFoundError, match="no_such_module"):
        parser("no_such_module:Scale")
    with pytest.raises(NotFoundError, match="NoSuchScale"):
        parser("devices.scales.cas:NoSuchScale")


def test_what_is_no_parser_is_refused() -> None:
    with pytest.raises(MalformedError, match="no class"):
        parser("devices.scales.frame:__doc__")
    with pytest.raises(MalformedError, match="lacks members"):
        parser("builtins:str", Options())
