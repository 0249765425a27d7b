"""`mealtrace verify`: the vectors' verdicts as exit codes, and nothing imported that it must not."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.cli.main import main

VECTORS = Path(__file__).parent.parent / "vectors"
ROOT = Path(__file__).parents[2]

PROGRAM = """
import importlib.abc, sys

class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        standard = top in sys.stdlib_module_names or top.startswith("_sysconfigdata")
        if standard or top in {allowed!r}:
            return None
        if name == "api" or name == "api.cli" or name.startswith("api.cli."):
            return None
        raise ImportError("verify must not import " + name)

sys.meta_path.insert(0, Block())
from api.cli.main import main
main({arguments!r})
"""
#: What `ledger` and the terminal stand on; nothing of a server, a database or settings.
ALLOWED = {
    "ledger", "cryptography", "_cffi_backend", "cffi", "orjson", "typer", "rich", "markdown_it",
    "mdurl", "pygments", "shellingham", "annotated_doc", "typing_extensions",
    "pydantic", "pydantic_core", "annotated_types", "typing_inspection",  # typer stands on it
}  # fmt: skip


def case(name: str) -> dict[str, Any]:
    return dict(json.loads((VECTORS / "bundles" / f"{name}.json").read_bytes()))


def offline() -> list[str]:
    """The vectors for which no node is asked."""
    names = sorted(path.stem for path in (VECTORS / "bundles").glob("*.json"))
    return [name for name in names if case(name)["rpc_facts"] is None]


def write(name: str, folder: Path) -> list[str]:
    """The vector as files; the arguments to verify it with."""
    found = case(name)
    bundle = folder / "b.mealtrace.json"
    bundle.write_bytes(
        base64.b64decode(found["bundle_base64"])
        if found["bundle"] is None
        else json.dumps(found["bundle"]).encode()
    )
    arguments = ["verify", str(bundle)]
    if found["policy"] is not None:
        (folder / "policy").write_text(found["policy"], "utf-8")
        arguments += ["--policy", str(folder / "policy")]
    for number, data in enumerate(found.get("blob_files_base64", [])):
        (folder / f"blob{number}").write_bytes(base64.b64decode(data))
        arguments += ["--blob", str(folder / f"blob{number}")]
    return arguments


def run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.mark.parametrize("name", offline())
def test_every_vector_gets_its_exit_code(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = case(name)["expect"]

    assert run([*write(name, tmp_path), "--json"]) == expected["exit"]

    shown = capsys.readouterr()
    if expected["exit"] != 2:
        assert json.loads(shown.out)["overall"] == expected["overall"]
    else:
        assert shown.out == ""
        assert shown.err.startswith("mealtrace: ")


@pytest.mark.parametrize(
    ("name", "code"), [("custodial", 0), ("value-changed", 1), ("path-longer", 1)]
)
def test_it_runs_where_nothing_but_the_ledger_is_installed(
    name: str, code: int, tmp_path: Path
) -> None:
    program = PROGRAM.format(allowed=ALLOWED, arguments=write(name, tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={"LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
    )

    assert done.returncode == code, done.stderr
    assert "payload-commitment" in done.stdout


@pytest.mark.parametrize(("locale", "word"), [("zh_CN.UTF-8", "验证"), ("en_GB.UTF-8", "witness")])
def test_it_speaks_the_reader_s_language(
    locale: str,
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LC_ALL", locale)

    assert run(write("custodial", tmp_path)) == 0

    assert word in capsys.readouterr().out


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "en_GB.UTF-8"])
@pytest.mark.parametrize("columns", [50, 80])
def test_no_sentence_is_cut_however_narrow_the_terminal(
    locale: str, columns: int, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], tmp_path: Path,
) -> None:  # fmt: skip
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(variable, locale)
    monkeypatch.setenv("COLUMNS", str(columns))
    for name in offline():
        (folder := tmp_path / name).mkdir()
        arguments = write(name, folder)
        run(arguments)
        shown = "".join(capsys.readouterr().out.split())
        run([*arguments, "--json"])
        for check in json.loads(capsys.readouterr().out or "{}").get("checks", []):
            sentence = check["zh" if locale.startswith("zh") else "en"]
            pieces = re.split(r"\W+", sentence)
            assert all(piece in shown for piece in pieces if len(piece) < 20), sentence


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe", b"[" * 1000])
def test_what_cannot_be_read_is_exit_2_in_one_line(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x"
    if content is not None:
        file.write_bytes(content)

    assert run(["verify", str(file)]) == 2

    assert len(capsys.readouterr().err.splitlines()) == 1


def test_usage_is_exit_2(tmp_path: Path) -> None:
    assert run(["verify"]) == 2
    assert run(["verify", str(tmp_path), "--no-such-option"]) == 2


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "http://127.0.0.1:9"])
def test_an_address_that_cannot_be_asked_is_no_verdict(url: str, tmp_path: Path) -> None:
    assert run([*write("custodial", tmp_path), "--url", url]) in (1, 2)


def test_a_node_that_does_not_answer_is_said_and_the_anchor_not_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*write("log-only-anchor-not-asked", tmp_path), "--rpc", "http://127.0.0.1:9"]

    assert run([*arguments, "--json"]) == 3

    shown = capsys.readouterr()
    assert "node" in shown.err
    anchor = next(c for c in json.loads(shown.out)["checks"] if c["name"] == "anchor")
    assert anchor["state"] == "not-checked"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A running service with a few records, and the first one's receipt and bundle as files."""
    sys.path.append(str(ROOT / "tests" / "api"))
    from playground import embedded, example, serving, settle

    from ledger.evidence.examples import school_day as day

    home = tmp_path_factory.mktemp("served")
    tokens = settle(embedded(home))
    with serving(embedded(home), tokens) as running:
        client = running.as_(day.SCHOOL)
        request = example("order", order_no="V-1")
        (home / "receipt.json").write_bytes(client.post("/v1/records", json=request).content)
        client.post("/v1/records", json=example("order", order_no="V-2"))
        (home / "policy").write_bytes(client.get("/v1/trust").content)
        for command in (["worker", "--now", "subject-index"], ["anchor"]):
            subprocess.run(
                [sys.executable, "-m", "api.cli.main", *command],
                check=True,
                cwd=ROOT,
                env={**os.environ, "MEALTRACE_HOME": str(home)},
                capture_output=True,
            )
        for name, query in (("all", ""), ("1", "?limit=1"), ("2", "?limit=1000&cursor=1")):
            page = client.get(f"/v1/subjects/{day.SCHOOL}/history{query}").content
            (home / f"history-{name}.json").write_bytes(page)
        bundle = client.get(f"/v1/records/{request['id']}/bundle").content
        (home / "b.mealtrace.json").write_bytes(bundle)
        yield running.url, home


def test_a_bundle_is_verified_with_a_node_of_ones_choice(
    service: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    url, home = service
    arguments = ["verify", str(home / "b.mealtrace.json"), "--policy", str(home / "policy")]

    assert run(arguments) == 3
    assert run([*arguments, "--rpc", f"{url}/v1/chain"]) == 0
    assert "anchor" in capsys.readouterr().out


def test_a_kept_receipt_is_held_against_the_log_of_today(
    service: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    url, home = service
    arguments = ["verify", str(home / "receipt.json"), "--policy", str(home / "policy")]

    assert run([*arguments, "--url", url, "--json"]) == 3

    shown = json.loads(capsys.readouterr().out)
    assert shown["overall"] == "log-only"
    assert shown["consistency"]["state"] == "pass"


def test_an_altered_receipt_fails(service: tuple[str, Path], tmp_path: Path) -> None:
    _, home = service
    receipt = json.loads((home / "receipt.json").read_bytes())
    receipt["index"] += 1
    altered = tmp_path / "receipt.json"
    altered.write_text(json.dumps(receipt))

    assert run(["verify", str(altered), "--policy", str(home / "policy")]) == 1


def test_a_log_that_does_not_extend_the_receipt_s_is_found_out(
    service: tuple[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another log's checkpoint, were it signed by the same key, could not extend ours."""
    url, home = service
    other = write("custodial", tmp_path)
    policy = (home / "policy").read_text() + (tmp_path / "policy").read_text()
    (tmp_path / "both").write_text("\n".join(_one_quorum(policy)))
    arguments = [other[1] if part == str(tmp_path / "policy") else part for part in other]
    arguments = ["verify", arguments[1], "--policy", str(tmp_path / "both"), "--url", url, "--json"]

    code = run(arguments)

    shown = json.loads(capsys.readouterr().out)
    assert shown["consistency"]["state"] == "fail"
    assert code == 1


def history(home: Path, *names: str) -> list[str]:
    files = [str(home / f"history-{name}.json") for name in names]
    return ["verify", *files, "--policy", str(home / "policy")]


@pytest.mark.parametrize(
    ("names", "code"),
    [(("all",), 3), (("1", "2"), 3), (("2", "1"), 3), (("1",), 1), (("2",), 1)],
)
def test_a_saved_history_is_checked_where_nothing_but_the_ledger_is_installed(
    service: tuple[str, Path], names: tuple[str, ...], code: int
) -> None:
    """Complete according to the log: 3; a page left out: 1."""
    _, home = service
    program = PROGRAM.format(allowed=ALLOWED, arguments=history(home, *names))

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={"LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
    )

    assert done.returncode == code, done.stderr + done.stdout
    assert "completeness" in done.stdout


def test_a_saved_history_is_held_against_node_and_log_of_today(
    service: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    url, home = service

    code = run([*history(home, "all"), "--rpc", f"{url}/v1/chain", "--url", url, "--json"])

    shown = json.loads(capsys.readouterr().out)
    states = {check["name"]: check["state"] for check in shown["checks"]}
    assert code == 3
    assert (states["anchor"], states["chain"]) == ("pass", "pass")
    assert states["completeness"] == "pending"
    assert shown["consistency"]["state"] == "pass"
    assert shown["entries"] > 1


def test_a_history_is_judged_in_the_reader_s_language(
    service: tuple[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, home = service
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert run(history(home, "1")) == 1

    shown = "".join(capsys.readouterr().out.split())
    assert "不在所给文件中" in shown
    assert "验证失败" in shown


def test_files_that_are_not_pages_of_one_history_are_verified_alone(
    service: tuple[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, home = service
    receipt, bundle = str(home / "receipt.json"), str(home / "b.mealtrace.json")

    assert run(["verify", receipt, bundle]) == 2
    assert "pages of one history" in " ".join(capsys.readouterr().err.split())
    assert run([*history(home, "all"), receipt]) == 2
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run(["verify", receipt, bundle]) == 2
    assert "同一历史" in capsys.readouterr().err


def _one_quorum(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.startswith("quorum none")]
    return [*lines, ""]
