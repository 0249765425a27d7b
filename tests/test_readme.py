"""Both READMEs are true: their commands run, say the same, and name what is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from components.pages import LANGUAGES, SERVED_AT, Reader, steps
from components.process import ROOT
from components.service import Service

from api.cli.main import COMMANDS
from api.settings import Settings

PAGES = {f"README{suffix}.md": locale for suffix, locale in LANGUAGES.items()}
BEFORE_THE_FIRST_START = "authorities"

_VARIABLE = re.compile(r"MEALTRACE_[A-Z0-9_]*[A-Z0-9]")
_ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| (?:`(?P<value>[^`]+)` )?(?P<rest>.*)\|$", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.fixture(params=PAGES)
def readme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.slow
def test_every_command_runs_and_prints_what_the_page_says(readme: str, tmp_path: Path) -> None:
    found = [step for step in steps(ROOT / readme) if step.use]
    first = next(step for step in found if step.name == BEFORE_THE_FIRST_START)
    folder = tmp_path / "here"
    folder.mkdir()
    reader = Reader(folder, PAGES[readme])
    reader.read(first)
    authorities = {"MEALTRACE_AUTHORITIES_FILE": str(folder / "authorities.json")}
    with Service(folder / ".mealtrace", authorities) as service:
        reader.places[SERVED_AT] = service.url
        for step in found:
            if step != first:
                reader.read(step)

    typed = [step.name for step in found if step.use == "run" and step != first]
    assert typed == ["post", "verify", "integrate", "govern", "oversee", "audit"]
    for place in re.findall(r"`(\.mealtrace/\S+?)/?`", read(readme)):
        assert (folder / place).exists(), place
    for key in ("log.key", "kek", "index", "anchor.key", "admin.token", "released"):
        assert f"{key}`" in read(readme)
        assert (folder / ".mealtrace" / "keys" / key).stat().st_mode & 0o077 == 0


def test_both_languages_show_the_same_commands() -> None:
    english, chinese = (steps(ROOT / name) for name in PAGES)

    assert [step.same for step in english] == [step.same for step in chinese]


def test_the_integrators_example_has_ten_lines(readme: str) -> None:
    [example] = (step for step in steps(ROOT / readme) if step.use == "file")

    assert len(example.commands) == 10


def test_the_settings_shown_exist_with_the_defaults_shown(readme: str) -> None:
    shown = {
        row["name"]: row["value"]
        for row in _ROW.finditer(read(readme))
        if _VARIABLE.fullmatch(row["name"])
    }
    fields = {f"MEALTRACE_{name.upper()}": one for name, one in Settings.model_fields.items()}

    assert len(shown) > 20
    for name, value in shown.items():
        default = fields[name].default
        assert value == (None if default is None else str(default)), name


@pytest.mark.parametrize("file", [*PAGES, "docker-compose.yml", "Dockerfile"])
def test_no_variable_is_named_that_the_program_does_not_know(file: str) -> None:
    named = set(_VARIABLE.findall(read(file)))

    assert named
    assert named <= {f"MEALTRACE_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize(("file", "language"), [("README.md", 1), ("README.zh-CN.md", 2)])
def test_the_commands_shown_are_those_of_the_program(file: str, language: int) -> None:
    shown = {
        row["name"]: row["rest"].strip()
        for row in _ROW.finditer(read(file))
        if re.fullmatch(r"mealtrace [a-z]+", row["name"])
    }

    assert shown == {f"mealtrace {name}": told[language] for name, told in COMMANDS.items()}


def test_the_commands_shown_are_those_of_the_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli.main", "--help"],
        env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=True,
    )
    listed = re.findall(r"^│ ([a-z]+) +(\S.*?) *│$", done.stdout, re.MULTILINE)

    for name, text in listed:
        assert f"| `mealtrace {name}` | {text} |" in read("README.md")
    assert len(listed) == len(COMMANDS)


def test_what_is_not_run_here_at_least_exists(readme: str) -> None:
    makefile, compose = read("Makefile"), read("docker-compose.yml")
    text = read(readme)
    for target in set(re.findall(r"(?:^|`)make ([a-z]+)\b", text, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for service in re.findall(r"docker compose (?:exec|run --rm) (\w+)", text):
        assert f"\n  {service}:\n" in compose
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / link).exists(), link
    for path in re.findall(
        r"`((?:ledger|storage|contracts|anchoring|devices|api|tests|docs)/[\w/.]*)`", text
    ):
        assert (ROOT / path).exists(), path
