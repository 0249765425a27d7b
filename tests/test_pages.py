"""The pages of docs/ are walked as their readers would, and what they promise is looked at.

Each page is typed from its first command to its last, in one shell, in a new folder in which the
project's `docs/` lie, against a service that the page has started. What the tests add is what a
reader would do by hand: start and stop a service, and look.
"""

import contextlib
import json
import os
import re
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from components.pages import LANGUAGES, MEASURED_AT, SERVED_AT, Reader, Step, page, steps
from components.process import ROOT, Process, free_port
from components.sandbox import sandbox
from components.service import Service

from ledger import entry as entries
from ledger.encoding import unb64

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WALKED = (
    "trace", "erasure", "backup", "integrate", "kitchen", "completeness", "blobs", "monitoring",
    "oversight/acts",
)  # fmt: skip
"""Pages whose every command is typed here, by the tests named after them."""


@dataclass(slots=True)
class Walk:
    """A reader of one page, and the services that the page has started.

    Attributes:
        reader: whose shell it is.
        suffix: the page's language.
        exports: what the sandbox's file sets, once it runs.
    services: the reader's own, once it has been founded.
    """

    reader: Reader
    suffix: str
    stack: contextlib.ExitStack
    exports: dict[str, str] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.reader.folder

    def sandbox(self, step: Step) -> None:
        """Start it in another shell, and `source` its file in this one."""
        self.exports = self.stack.enter_context(sandbox(self.reader.locale, step.text))
        self.reader.type(f"source {self.exports['FOLDER']}/sandbox.env")

    def own(self, _: Step) -> None:
        """In another shell: the README's installation with its authority, and its certificate."""
        readme = {step.name: step for step in steps(ROOT / f"README{self.suffix}.md")}
        self.reader.folder = self.folder.with_name("own")
        self.folder.mkdir()
        self.reader.read(readme["authorities"])
        authorities = {"MEALTRACE_AUTHORITIES_FILE": str(self.folder / "authorities.json")}
        service = self.stack.enter_context(Service(self.folder / ".mealtrace", authorities))
        self.services.append(service)
        self.reader.places[SERVED_AT] = service.url
        self.reader.read(readme["post"])
        self.reader.read(readme["verify"])

    def measured(self, step: Step) -> None:
        """The same installation served as the page has it, with its metrics open."""
        service, metrics = self.services[0], str(free_port())
        self.reader.places[MEASURED_AT] = f"http://127.0.0.1:{metrics}"
        service.process = Process(
            ["bash", "-c", "exec env " + step.text.replace("=9100 ", f"={metrics} ")],
            log=service.log,
            env={
                **service.environment,
                "LC_ALL": self.reader.locale,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            },
            cwd=self.folder,
        )
        service.process.wait_until(service.ready)

    def stop(self, _: Step) -> None:
        """As SIGTERM does; a service that was told to end has not failed."""
        assert self.services[0].stop() == 0

    def through(self, name: str) -> dict[str, str]:
        """Walk the page to its end: what each block printed."""
        acts = {
            "sandbox": self.sandbox,
            "own": self.own,
            "measured": self.measured,
            "stop": self.stop,
            "start": lambda _: self.services[0].start(),
        }
        return self.reader.walk(page(name, self.suffix), acts)

    def block(self, name: str, wanted: str) -> str:
        """The text of one block of a page."""
        return next(s.text for s in steps(page(name, self.suffix)) if s.name == wanted)

    def json(self, name: str) -> Any:
        """A file that the reader was left with."""
        return json.loads((self.folder / name).read_text("utf-8"))

    def get(self, path: str, who: str) -> Any:
        """What one of the sandbox's parties is told."""
        request = urllib.request.Request(
            self.exports["MEALTRACE_URL"] + path,
            headers={"Authorization": f"Bearer {self.exports[f'{who}_TOKEN']}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture(params=LANGUAGES)
def walk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Walk]:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "docs").symlink_to(ROOT / "docs")
    with contextlib.ExitStack() as stack:
        yield Walk(Reader(folder, LANGUAGES[request.param]), str(request.param), stack)


def test_trace(walk: Walk) -> None:
    walk.through("trace")

    up, down = walk.json("settlement.trace.json"), walk.json("recall.trace.json")
    assert {node["type"]: node["depth"] for node in up["nodes"]} == {
        "settlement": 0, "acceptance": 1, "rejection": 1, "weigh-in": 2, "dispatch": 2,
        "order": 2, "lot-document": 2, "calibration": 3, "admission": 3,
    }  # fmt: skip
    assert (up["missing"], up["withheld"], up["truncated"]) == ([], [], False)
    assert {node["type"] for node in down["nodes"]} == {
        "recall", "lot-document", "dispatch", "weigh-in", "acceptance", "rejection", "settlement",
        "stock-move",
    }  # fmt: skip
    met = walk.get(f"/v1/records/{up['start']}/trace?direction=up", "FUNDS")
    assert "recall" in {node["type"] for node in met["nodes"]}


def test_erasure(walk: Walk) -> None:
    printed = walk.through("erasure")

    before, after = (
        json.loads((walk.folder.with_name("here") / f"{when}.json").read_text("utf-8"))["payload"]
        for when in ("before", "fields")
    )
    assert before.keys() - after.keys() == {"hands", "symptoms"}
    assert after["staff"] == before["staff"]
    assert "✗" not in "".join(printed.values())
    shown = json.loads(walk.reader.type('call "$URL/v1/records/$ID"'))
    assert (shown["erased"], shown["payload"]) == (True, None)
    first, second = (walk.reader.type("person") for _ in range(2))
    assert first == second
    walk.reader.type(f"mealtrace parties forget {first}")
    assert walk.reader.type("person") != first


def test_backup(walk: Walk) -> None:
    walk.through("backup")

    lost, restored = (walk.folder / name / "keys" for name in ("lost", ".mealtrace"))
    assert (lost / "log.key").read_bytes() == (restored / "log.key").read_bytes()
    assert (lost / "released").exists()
    assert not (walk.folder / "safe" / "released").exists()
    made, receipt = walk.json("made.json"), walk.json("custody.receipt.json")
    told = entries.parse(unb64(receipt["entry"])).open
    assert told is not None
    assert {**told.payload, "custodian": ""} == {
        "size": made["size"], "root": made["root"], "custodian": "",
    }  # fmt: skip


def test_integrate(walk: Walk) -> None:
    walk.through("integrate")

    refused = walk.get("/v1/refusals", "SUPPLIER")["refusals"]
    assert len(refused) == 1
    posted = walk.get("/v1/records?issuer=supplier:91210500MA0UTC1A0P&limit=100", "SUPPLIER")
    kinds = [record["type"] for record in posted["records"]]
    assert kinds.count("certificate") == 1 + 1 + 3, "the retry made another record"


def test_kitchen(walk: Walk) -> None:
    printed = walk.through("kitchen")

    indices = [int(line.split()[-1]) for line in printed["week"].splitlines()]
    assert indices == sorted(indices)
    assert len(indices) == 19
    assert walk.reader.type(walk.block("kitchen", "pseudonym")) == printed["pseudonym"]


def test_completeness(walk: Walk) -> None:
    walk.through("completeness")

    [index] = walk.json("report.json")["subject_indexes"]
    assert index["reproduced"]
    served = walk.reader.type(
        "mealtrace verify complete.mealtrace.json --policy trust.policy --json || true"
    )
    [check] = [one for one in json.loads(served)["checks"] if one["name"] == "completeness"]
    assert check["state"] == "pending", "nobody whom this policy trusts has recomputed it"


def test_blobs(walk: Walk) -> None:
    walk.through("blobs")

    index = walk.json("insurance.receipt.json")["index"]
    told = (walk.folder / "serve.log").read_text("utf-8")
    assert f"the scan of entry {index} cannot be read" in told
    assert f"条目 {index} 的 scan 无法读取" in told


def test_monitoring(walk: Walk) -> None:
    printed = walk.through("monitoring")

    lines = (walk.folder / "serve.log").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    [line] = printed["log"].splitlines()
    assert json.loads(line) in told
    token = walk.reader.type('echo "$TOKEN"').strip()
    assert token.startswith("mt_")
    assert not [line for line in lines if token in line]


def test_acts(walk: Walk) -> None:
    walk.through("oversight/acts")

    refused = walk.get("/v1/refusals", "SCHOOL")["refusals"]
    assert [one["code"] for one in refused] == ["rule-blocked"] * 2


def test_every_page_with_commands_is_walked() -> None:
    with_commands = {
        path.name
        for path in (ROOT / "docs").glob("*.md")
        if any(s.kind == "sh" for s in steps(path))
    }

    here = {name for name in WALKED if "/" not in name}
    assert with_commands == {f"{name}{suffix}.md" for name in here for suffix in LANGUAGES}


@pytest.mark.parametrize("name", WALKED)
def test_both_languages_type_the_same(name: str) -> None:
    english, chinese = (steps(page(name, suffix)) for suffix in LANGUAGES)

    assert [step.same for step in english if step.use] == [s.same for s in chinese if s.use]


@pytest.mark.parametrize("suffix", LANGUAGES)
@pytest.mark.parametrize("name", WALKED)
def test_no_command_of_a_page_is_left_out(name: str, suffix: str) -> None:
    path = page(name, suffix)
    shells = [step for step in steps(path) if step.kind == "sh"]

    assert shells
    assert all(step.use in {"run", "serve"} for step in shells)
    prose = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert not re.findall(r"^ {4}\S.*", prose, re.MULTILINE)
