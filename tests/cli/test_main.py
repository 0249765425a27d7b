"""The program itself: help in the reader's language, lazy commands, plain errors."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from api.cli import language
from api.cli.main import COMMANDS


def run(arguments: Sequence[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from api.cli.main import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "", "LANG": "C.UTF-8", "PYTHONUTF8": "1", **environment},
        check=False,
    )


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_lists_every_command(arguments: Sequence[str]) -> None:
    shown = run(arguments)

    for name in COMMANDS:
        assert name in shown.stdout + shown.stderr


def test_help_speaks_the_reader_s_language() -> None:
    assert "食迹" in run(["--help"], LANG="zh_CN.UTF-8").stdout
    assert "食迹" not in run(["--help"], LANG="en_US.UTF-8").stdout


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, True),
        ({}, False),
    ],
)
def test_the_locale_is_chosen_as_gettext_does(environment: dict[str, str], expected: bool) -> None:
    assert language.chinese(environment) is expected


def test_a_mistyped_command_is_exit_2_and_gets_a_suggestion() -> None:
    shown = run(["servee"])

    assert shown.returncode == 2
    assert "serve" in shown.stderr


def test_help_imports_no_command() -> None:
    program = """
import sys
from api.cli.main import main
try:
    main(["--help"])
except SystemExit:
    heavy = ("api.cli.", "storage", "fastapi", "web3", "anchoring")
    print(sorted(name for name in sys.modules if name.startswith(heavy)))
"""
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )

    assert shown.stdout.splitlines()[-1] == "['api.cli.exits', 'api.cli.language', 'api.cli.main']"


WALK = """
import importlib, re, typer
from api.cli.main import COMMANDS

def walk(name, command):
    for each in getattr(command, "commands", {}).values():
        walk(name + " " + each.name, each)
    if not hasattr(command, "commands"):
        print(name, "|", command.help)
    for parameter in command.params:
        text = getattr(parameter, "help", None)
        names_only = re.fullmatch("school:[0-9]+|[a-z-]+(, [a-z-]+)+", text or "")
        if text and not names_only and parameter.name != "help":
            print(name, parameter.name, "|", text)

for name, (module, _, _) in COMMANDS.items():
    walk(name, typer.main.get_command(importlib.import_module(module).app))
"""


def test_every_command_and_option_is_explained_in_chinese_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WALK],
        env={**os.environ, "LC_ALL": "zh_CN.UTF-8", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    explained = [line.partition(" | ") for line in done.stdout.splitlines() if " | " in line]

    assert len(explained) > 50
    assert [name for name, _, text in explained if not re.search("[\u4e00-\u9fff]", text)] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["tokens", "create", "school"],
        ["tokens", "create", "school:2105020001", "--scope", "all"],
        ["tokens", "list"],
        ["keys", "public", "nowhere.jwk"],
        ["verify", "nowhere.json"],
    ],
    ids=" ".join,
)
def test_what_went_wrong_is_told_in_the_reader_s_language(
    arguments: list[str], tmp_path: Path
) -> None:
    home = {"MEALTRACE_HOME": str(tmp_path)}
    chinese = run(arguments, LANG="zh_CN.UTF-8", **home)
    english = run(arguments, LANG="en_US.UTF-8", **home)

    assert chinese.returncode == english.returncode != 0
    assert re.search("[\u4e00-\u9fff]", chinese.stderr), chinese.stderr
    assert not re.search("[\u4e00-\u9fff]", english.stderr), english.stderr
