"""Each recipe of docs/recipes does, against a sandbox, what the page says it does."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from components.installed import installed
from components.process import ROOT, find_program
from components.sandbox import sandbox

RECIPES = ROOT / "docs" / "recipes"

MONO = (
    "apt-get install --no-install-recommends mono-mcs mono-runtime libmono-system-net-http4.0-cil"
)
PROGRAMS = {
    "bash": "apt-get install bash curl",
    "node": "apt-get install nodejs",
    "java": "apt-get install openjdk-17-jdk-headless",
    "mcs": MONO,
    "mono": MONO,
    "php": "apt-get install php-cli php-curl",
}
"""The command that installs each."""

LANGUAGES: dict[str, list[list[str]]] = {
    "curl": [["bash", "{recipes}/post.sh"]],
    "python": [[sys.executable, "{recipes}/post.py"]],
    "javascript": [["node", "{recipes}/post.mjs"]],
    "java": [["java", "-Dfile.encoding=UTF-8", "{recipes}/Post.java"]],
    "csharp": [
        ["mcs", "-r:System.Net.Http.dll", "-out:{folder}/post.exe", "{recipes}/Post.cs"],
        ["mono", "{folder}/post.exe"],
    ],
    "php": [["php", "{recipes}/post.php"]],
}
"""How each is run."""

SIGNING: dict[str, list[list[str]]] = {
    "javascript": [["node", "{recipes}/sign.mjs"]],
    "java": [["java", "-Dfile.encoding=UTF-8", "{recipes}/Sign.java"]],
    "php": [["php", "{recipes}/sign.php"]],
}
"""How those are run that sign."""


EXAMPLES = "examples.py"
"""Posts the catalogue's examples; run by the pages that begin with it (tests/test_pages.py)."""


@pytest.fixture(scope="module")
def exports() -> Iterator[dict[str, str]]:
    with sandbox() as found:
        yield found


def run(steps: list[list[str]], exports: dict[str, str], folder: Path) -> list[str]:
    """The lines that the last step printed."""
    variables = {**os.environ, **exports, "LC_ALL": "C.UTF-8", "TMPDIR": str(folder)}
    for program, *arguments in steps:
        with installed():
            found = find_program(program, PROGRAMS.get(program, "make setup"))
        done = subprocess.run(
            [found, *(part.format(recipes=RECIPES, folder=folder) for part in arguments)],
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recipe_posts_retries_is_refused_and_posts_many(
    language: str, exports: dict[str, str], tmp_path: Path
) -> None:
    done = run(LANGUAGES[language], exports, tmp_path)
    stored, again, refused, batch = done

    assert re.search(r"^stored\b.*\d+$", stored)
    assert re.search(r"^again\b", again)
    if language != "curl":
        assert stored.split()[-1] == again.split()[-1], "the retry made another entry"
    assert "/payload/valid_until" in refused
    assert re.search(r'\b3\b|"stored":3', batch)


@pytest.mark.parametrize("language", SIGNING)
def test_a_recipe_signs_and_is_not_believed_without(
    language: str, exports: dict[str, str], tmp_path: Path
) -> None:
    unsigned, signed = run(SIGNING[language], exports, tmp_path)

    assert "urn:mealtrace:problem:signature" in unsigned
    assert re.search(r"^signed \d+$", signed)


def test_every_recipe_is_run_and_shown_on_both_pages() -> None:
    files = {path.name for path in RECIPES.iterdir()}

    assert len(files - {"correct.sh"}) == len(LANGUAGES) + len(SIGNING) + len({EXAMPLES})
    for page in ("integrate.md", "integrate.zh-CN.md"):
        shown = set(re.findall(r"\(recipes/([\w.]+)\)", (ROOT / "docs" / page).read_text("utf-8")))
        assert shown == files


def test_what_follows_a_record_is_corrected_confirmed_and_brought_for_another(
    exports: dict[str, str], tmp_path: Path
) -> None:
    printed = run([["bash", "{recipes}/correct.sh"]], exports, tmp_path)

    assert printed == [
        '{"end":true,"lines":2,"stored":2,"replayed":0,"refused":0}',
        '"type":"correction"',
        "confirmed 201",
        "for another 201",
    ]
