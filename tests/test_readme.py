"""Both READMEs are true: their commands run, say the same, and name what is there.

A fenced block after `<!-- run: NAME -->` is run by a shell, one after `<!-- file: NAME -->` is a
file for it. A line `# → TEXT` in a block says that what the block prints contains TEXT.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from components.process import ROOT
from components.service import Service

from api.cli.main import COMMANDS
from api.settings import Settings

LANGUAGES = {"README.md": "C.UTF-8", "README.zh-CN.md": "zh_CN.UTF-8"}
BEFORE_THE_FIRST_START = "authorities"
SERVED_AT = "http://127.0.0.1:8000"

_FENCED = re.compile(
    r"(?:^<!-- (?P<use>run|file): (?P<name>\S+) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_VARIABLE = re.compile(r"MEALTRACE_[A-Z0-9_]*[A-Z0-9]")
_ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| (?:`(?P<value>[^`]+)` )?(?P<rest>.*)\|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    use: str
    name: str
    kind: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines that do something, without what is said about them."""
        lines = (re.sub(r"(^|\s+)# .*$", "", line).rstrip() for line in self.text.splitlines())
        return [line for line in lines if line]

    @property
    def expected(self) -> list[str]:
        return re.findall(r"^ *# → (.*)$", self.text, re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(name: str) -> list[Block]:
    return [
        Block(found["use"] or "", found["name"] or "", found["kind"], found["text"])
        for found in _FENCED.finditer(read(name))
    ]


@pytest.fixture(params=LANGUAGES)
def readme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.slow
def test_every_command_runs_and_prints_what_the_page_says(readme: str, tmp_path: Path) -> None:
    found = blocks(readme)
    for block in found:
        if block.use == "file":
            (tmp_path / block.name).write_text(block.text, "utf-8")
    to_run = {block.name: block for block in found if block.use == "run"}
    first = to_run.pop(BEFORE_THE_FIRST_START)
    _run([first], tmp_path, LANGUAGES[readme])
    authorities = {"MEALTRACE_AUTHORITIES_FILE": str(tmp_path / "authorities.json")}
    with Service(tmp_path / ".mealtrace", authorities) as service:
        printed = _run(list(to_run.values()), tmp_path, LANGUAGES[readme], service.url)

    assert list(printed) == ["post", "verify", "integrate", "govern", "audit"]
    for name, output in printed.items():
        for text in to_run[name].expected:
            assert text in output, f"{name}:\n{output}"
    for place in re.findall(r"`(\.mealtrace/\S+?)/?`", read(readme)):
        assert (tmp_path / place).exists(), place
    for key in ("log.key", "kek", "index", "anchor.key", "admin.token", "released"):
        assert f"{key}`" in read(readme)
        assert (tmp_path / ".mealtrace" / "keys" / key).stat().st_mode & 0o077 == 0


def _run(found: list[Block], folder: Path, locale: str, url: str = SERVED_AT) -> dict[str, str]:
    """What each block printed; one shell runs them all, as a reader's does."""
    script = "".join(f"echo ::{block.name}\n{block.text}" for block in found)
    environment = {name: value for name, value in os.environ.items() if "MEALTRACE" not in name}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(SERVED_AT, url)],
        cwd=folder,
        env={
            **environment,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LC_ALL": locale,
            "COLUMNS": "160",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=240,
        check=False,
    )
    output = done.stdout.decode()
    assert done.returncode == 0, output
    parts = re.split(r"^::(\w+)\n", output, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_both_languages_show_the_same_commands() -> None:
    english, chinese = (blocks(name) for name in LANGUAGES)

    assert [(b.use, b.name, b.kind) for b in english] == [(b.use, b.name, b.kind) for b in chinese]
    for one, other in zip(english, chinese, strict=True):
        assert one.commands == other.commands
        assert one.expected == other.expected


def test_the_integrators_example_has_ten_lines(readme: str) -> None:
    [example] = (block for block in blocks(readme) if block.use == "file")

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


@pytest.mark.parametrize("file", [*LANGUAGES, "docker-compose.yml", "Dockerfile"])
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
