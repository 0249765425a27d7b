"""The pages about types: what the catalogue says, whole, in one language each, and never stale."""

import json
import re
import shutil
from pathlib import Path

import pytest

from api.type_pages import __main__ as program
from api.type_pages.language import CHINESE, ENGLISH, Language
from api.type_pages.page import render
from ledger.evidence import catalogue, names, roles
from ledger.statement import RELS

LANGUAGES = pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])


def section(page: str, name: str) -> str:
    """What the page says of one type."""
    return page.split(f'<a id="{name}"></a>')[1].split('<a id="', maxsplit=1)[0]


@LANGUAGES
def test_every_type_is_told_with_its_example_as_it_posts(words: Language) -> None:
    page = render(words)

    for name, kind in catalogue.TYPES.items():
        told = section(page, name)
        (example,) = re.findall(r"```json\n(.*?)\n```", told, re.DOTALL)
        assert json.loads(example) == kind.example
        for field in kind.json_schema()["properties"]:
            assert f"| `{field}` |" in told
        for refused in kind.refused:
            assert f"| `{refused.code}` |" in told


def test_parts_nulls_lists_and_personal_fields_are_told() -> None:
    page = render(ENGLISH)

    assert "| `valid_until` | date or null | yes |" in section(page, "certificate")
    assert "| `lines[].unit` | `g` · `ml` · `piece` · `box` | yes |" in section(page, "order")
    assert "| `acceptors` | array (2–20) of object | yes |" in section(page, "acceptance")
    assert "| `box_px` | array (4) of integer |  |" in section(page, "inspection-alert")
    assert "| `hands` | object | yes |" in section(page, "morning-check")
    assert "*Personal.*" in section(page, "morning-check")
    assert "Known: `wechat`" in section(page, "meal-payment")


@LANGUAGES
def test_tables_have_as_many_cells_in_every_row(words: Language) -> None:
    width = None
    for line in render(words).splitlines():
        if not line.startswith("|"):
            width = None
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        assert width in (None, cells), line
        width = cells


@LANGUAGES
def test_links_within_the_page_lead_somewhere(words: Language) -> None:
    page = render(words)

    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= set(re.findall(r'<a id="([^"]+)">', page))


def test_the_chinese_page_is_in_chinese() -> None:
    page = re.sub(r"```.*?```", "", render(CHINESE), flags=re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "", page)

    assert re.findall(r"\b[a-z]+(?: [a-z]+){2,}\b", prose) == []


def test_everything_has_a_chinese_name() -> None:
    assert catalogue.TYPES.keys() <= names.TYPES_ZH.keys()
    assert {kind.family for kind in catalogue.TYPES.values()} <= names.FAMILIES_ZH.keys()
    assert names.LINKS.keys() == RELS
    assert names.ROLES_ZH.keys() >= roles.ROLES
    assert names.SIDES_ZH.keys() == roles.SIDES.keys()
    files = {rule.role for kind in catalogue.TYPES.values() for rule in kind.blobs}
    assert files <= names.FILES_ZH.keys()


def test_the_pages_in_the_repository_are_what_the_catalogue_says() -> None:
    assert program.main(["--check"]) == 0


def test_a_stale_page_is_named_and_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in program.PAGES:
        shutil.copy(program.DOCS / name, tmp_path)
    monkeypatch.setattr(program, "DOCS", tmp_path)
    with (tmp_path / "types.zh-CN.md").open("a", encoding="utf-8") as page:
        page.write("手工补充\n")

    assert program.main(["--check"]) == 1
    assert "docs/types.zh-CN.md" in capsys.readouterr().err
    assert program.main([]) == 0
    assert program.main(["--check"]) == 0
    assert program.main(["--chekc"]) == 2
