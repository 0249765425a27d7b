"""docs/oversight/webhooks.md is walked as its reader would, in both languages: its receiver works."""

import contextlib
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from components.pages import LANGUAGES, Reader, Step, steps
from components.process import ROOT, Process, accepts_connections, free_port
from components.sandbox import sandbox

from ledger.oversight import messages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

RECEIVER_AT = "127.0.0.1:9000"


def page(suffix: str) -> Path:
    return ROOT / "docs" / "oversight" / f"webhooks{suffix}.md"


class Walk:
    """A reader of the page, the sandbox and the receiver that it starts."""

    def __init__(self, folder: Path, suffix: str, stack: contextlib.ExitStack) -> None:
        self.reader = Reader(folder, LANGUAGES[suffix])
        self.port = free_port()
        self.reader.places[RECEIVER_AT] = f"127.0.0.1:{self.port}"
        self.stack = stack

    def sandbox(self, step: Step) -> None:
        exports = self.stack.enter_context(sandbox(self.reader.locale, step.text))
        self.reader.type(f"source {exports['FOLDER']}/sandbox.env")

    def receiver(self, step: Step) -> None:
        folder = self.reader.folder
        program = (folder / "receiver.py").read_text("utf-8").replace("9000", str(self.port))
        (folder / "receiver.py").write_text(program, "utf-8")
        process = Process(
            ["bash", "-c", f"cd {shlex.quote(str(folder))} && exec {step.text.strip()}"],
            log=folder / "receiver.err",
            env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        )
        self.stack.enter_context(process)
        process.wait_until(lambda: accepts_connections(self.port))


@pytest.fixture(params=LANGUAGES)
def walk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Walk]:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "docs").symlink_to(ROOT / "docs")
    with contextlib.ExitStack() as stack:
        yield Walk(folder, str(request.param), stack)


def test_the_page_is_walked_and_its_receiver_checks_signatures(
    walk: Walk, request: pytest.FixtureRequest
) -> None:
    suffix = request.node.callspec.params["walk"]
    walk.reader.walk(page(suffix), {"sandbox": walk.sandbox, "receiver": walk.receiver})

    told = (walk.reader.folder / "receiver.log").read_text("utf-8").splitlines()
    ids = [line.split(" ")[0] for line in told if '"type":"incident"' in line]
    assert len(ids) >= 2
    assert len(set(ids)) == 1, "told again under the same id"
    forged = walk.reader.type(
        f"curl -sS -o /dev/null -w '%{{http_code}}' http://{RECEIVER_AT}/ -d '{{}}' "
        "-H 'webhook-id: x' -H 'webhook-timestamp: 1' -H 'webhook-signature: v1,AAAA'"
    )
    assert forged == "401"


def test_both_languages_type_the_same() -> None:
    english, chinese = (steps(page(suffix)) for suffix in LANGUAGES)

    assert [step.same for step in english if step.use] == [s.same for s in chinese if s.use]


@pytest.mark.parametrize("suffix", LANGUAGES)
def test_the_page_names_every_type_there_are_warnings_of(suffix: str) -> None:
    lines = page(suffix).read_text("utf-8").splitlines()
    cells = " ".join(line.split("|")[1] for line in lines if line.startswith("| `"))

    assert set(re.findall(r"`([a-z-]+)`", cells)) == set(messages.KINDS)
    for step in steps(page(suffix)):
        assert step.kind != "sh" or step.use in {"run", "serve"}
