"""Every page of docs/runbooks is lived through: the misfortune is real, the commands are the page's.

`<!-- do: WORD -->` stands where a page tells the reader to stop or start the service, or to move it.
"""

import contextlib
import json
import re
import shutil
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from components.anvil import Anvil, anvil
from components.pages import LANGUAGES, SERVED_AT, Reader, steps
from components.posting import open_bank, payment
from components.process import ROOT
from components.service import Service

from api.cli.main import COMMANDS
from api.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PAGES = ROOT / "docs" / "runbooks"
NAMES = ("lost-log-key", "stolen-anchoring-key", "lost-database", "disk-full", "chain-gone")


@dataclass(slots=True)
class Scene:
    """An installation in a folder as the pages take it, with a bank that posts."""

    folder: Path
    service: Service
    suffix: str
    reader: Reader
    bank: str = ""

    def open(self, *, keep: bool = True) -> None:
        """Found, serve, post; policy, keys and a backup where the pages have them."""
        self.reader.type("mealtrace keys generate bureau.jwk --json > bureau.json")
        jwk = json.loads((self.folder / "bureau.json").read_text())["jwk"]
        authorities = self.folder / "authorities.json"
        authorities.write_text(json.dumps([{"party": "bureau:1~admission", "jwk": jwk}]))
        self.service.environment["MEALTRACE_AUTHORITIES_FILE"] = str(authorities)
        self.reader.set(MEALTRACE_AUTHORITIES_FILE=str(authorities))
        self.service.found().start()
        self.bank = open_bank(self.service)
        record = self.post("first")
        (self.folder / "trust.policy").write_text(self.service.text("/v1/trust"))
        request = urllib.request.Request(
            f"{self.service.url}/v1/records/{record}/bundle",
            headers={"authorization": f"Bearer {self.bank}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            (self.folder / "first.mealtrace.json").write_bytes(answer.read())
        self.reader.type("mealtrace anchor")
        if keep:
            shutil.copytree(self.service.home / "keys", self.folder / "safe")
            self.reader.type("mealtrace backup backup --wrapped-keys wrapped-keys")

    def post(self, name: str) -> str:
        status, answer = self.service.call(
            "POST", "/v1/records", token=self.bank, body=payment(name)
        )
        assert status == 201, answer
        return str(answer["id"])

    def start(self) -> None:
        self.service.stop()
        self.service.start()

    def walk(
        self,
        page: str,
        blocks: Sequence[str],
        *,
        before: Mapping[str, Callable[[], None]] | None = None,
        do: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        """The page's steps in order, of its blocks those that are named; `before` each, mischief."""
        acts = {"stop": self.service.stop, "start": self.start, **(do or {})}
        done = []
        for step in steps(PAGES / f"{page}{self.suffix}.md"):
            if step.use == "do":
                acts[step.name]()
            elif step.name in blocks:
                (before or {}).get(step.name, lambda: None)()
                self.reader.read(step)
                done.append(step.name)
        assert done == list(blocks)

    def still_proven(self) -> None:
        """A bundle from before verifies under the policy that was printed before."""
        self.reader.type("mealtrace verify first.mealtrace.json --policy trust.policy", 3)


@pytest.fixture(params=LANGUAGES)
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def scene(folder: Path, suffix: str, **environment: str) -> contextlib.closing[Any]:
    """A scene whose service is stopped at the end."""
    folder.mkdir(exist_ok=True)
    service = Service(folder / ".mealtrace", environment)
    settings = {"ELSEWHERE": str(folder.parent / "elsewhere"), **service.environment}
    settings.pop("MEALTRACE_HOME")
    made = Scene(
        folder,
        service,
        suffix,
        Reader(folder, LANGUAGES[suffix], settings, {SERVED_AT: service.url}),
    )

    class Closing(contextlib.closing[Any]):
        def __exit__(self, *_: object) -> None:
            made.service.stop()

    return Closing(made)


@pytest.fixture
def embedded(tmp_path: Path, suffix: str) -> Iterator[Scene]:
    with scene(tmp_path / "here", suffix) as made:
        made.open()
        yield made


def on_chain(node: Anvil) -> dict[str, str]:
    return {
        "MEALTRACE_CHAIN": "rpc",
        "MEALTRACE_RPC_URL": node.url,
        "MEALTRACE_CONFIRMATIONS": "1",
        "MEALTRACE_WORKER_INSIDE": "true",
    }


def lose(path: Path) -> Callable[[], None]:
    def mischief() -> None:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    return mischief


def test_lost_log_key(embedded: Scene) -> None:
    lost = lose(embedded.service.home / "keys" / "log.key")

    def renewed() -> None:
        shutil.copy(embedded.service.home / "keys" / "log.key", embedded.folder / "safe")
        (embedded.folder / "trust.policy").write_text(embedded.service.text("/v1/trust"))
        embedded.service.stop()

    embedded.walk(
        "lost-log-key",
        ["replace", "seen", "copied", "successor"],
        do={"stop": renewed},
        before={"seen": lost, "successor": lost},
    )
    shutil.copy(embedded.folder / "safe" / "log.key", embedded.service.home / "keys")
    embedded.start()
    embedded.post("after all")


def test_stolen_anchoring_key(tmp_path: Path, suffix: str, anvil: Anvil) -> None:
    with scene(tmp_path / "here", suffix, **on_chain(anvil)) as made:
        made.open()
        old = (made.service.home / "keys" / "anchor.key").read_bytes()
        made.walk("stolen-anchoring-key", ["draw", "sign", "look"])
        made.post("after all")
        assert (made.service.home / "keys" / "anchor.key").read_bytes() != old
        made.still_proven()


def test_lost_database(embedded: Scene) -> None:
    size = embedded.service.size()
    embedded.walk(
        "lost-database", ["seen", "restore"], before={"seen": lose(embedded.service.home / "data")}
    )
    embedded.start()
    assert embedded.service.size() >= size
    embedded.post("after all")
    embedded.still_proven()


def test_lost_database_with_an_older_backup(embedded: Scene) -> None:
    embedded.post("after the backup")
    embedded.walk(
        "lost-database",
        ["seen", "behind", "successor"],
        before={"seen": lose(embedded.service.home / "data")},
    )
    embedded.still_proven()
    refused = embedded.service.cli("parties", "list", check=False)
    assert "was released" in refused.stderr


def test_disk_full(small_disk: Path, suffix: str) -> None:
    (small_disk.parent / "elsewhere").mkdir()
    reserve = 24 * 1024 * 1024
    with scene(small_disk, suffix, MEALTRACE_DISK_RESERVE_BYTES=str(reserve)) as made:
        made.open()

        def fill() -> None:
            free = shutil.disk_usage(small_disk).free
            (small_disk / "backup" / "blobs").mkdir(exist_ok=True)
            (small_disk / "backup" / "blobs" / "large").write_bytes(bytes(free - reserve + 2**20))
            while made.service.call("GET", "/readyz")[1]["disk"] != "full":
                pass
            status, _ = made.service.call(
                "POST", "/v1/records", token=made.bank, body=payment("refused")
            )
            assert status == 507

        made.walk("disk-full", ["seen", "move"], before={"seen": fill})
        made.post("after all")


def test_chain_gone(tmp_path: Path, suffix: str) -> None:
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(anvil())
        made = stack.enter_context(scene(tmp_path / "here", suffix, **on_chain(first)))
        made.open()
        made.post("anchored nowhere yet")

        def another() -> None:
            second = stack.enter_context(anvil())
            made.service.environment["MEALTRACE_RPC_URL"] = second.url
            made.reader.set(MEALTRACE_RPC_URL=second.url)

        made.walk(
            "chain-gone",
            ["seen", "move", "look"],
            before={"seen": first.stop},
            do={"another-chain": another},
        )
        made.post("after all")
        made.still_proven()


@pytest.mark.parametrize("page", NAMES)
def test_both_languages_type_the_same(page: str) -> None:
    english, chinese = (steps(PAGES / f"{page}{suffix}.md") for suffix in LANGUAGES)

    assert [step.same for step in english] == [step.same for step in chinese]
    assert english


def test_every_page_is_rehearsed_and_named_in_both_lists() -> None:
    pages = {path.name for path in PAGES.glob("*.md")} - {"README.md", "README.zh-CN.md"}

    assert pages == {f"{name}{suffix}.md" for name in NAMES for suffix in LANGUAGES}
    for suffix in LANGUAGES:
        listed = (PAGES / f"README{suffix}.md").read_text("utf-8")
        assert all(f"({name}{suffix}.md)" in listed for name in NAMES)


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.name)
def test_what_a_page_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / link).exists(), link
    assert set(re.findall(r"mealtrace ([a-z]+) ", text)) <= set(COMMANDS)
    variables = {f"MEALTRACE_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"MEALTRACE_[A-Z0-9_]*[A-Z0-9]", text)) <= variables
