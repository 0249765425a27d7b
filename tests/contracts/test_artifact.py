"""The committed build is the source's, and the same bytes on every machine."""

import json
import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from contracts.artifact import ledger_anchor

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"


def committed() -> dict[str, object]:
    built: dict[str, object] = json.loads((CONTRACTS / "LedgerAnchor.json").read_bytes())
    return built


def test_the_artifact_is_of_this_source_and_names_its_own_code() -> None:
    built = committed()

    assert (
        sha256((CONTRACTS / "LedgerAnchor.sol").read_bytes()).hexdigest() == built["source_sha256"]
    )
    artifact = ledger_anchor()
    assert sha256(artifact.runtime).hexdigest() == artifact.code_sha256
    assert artifact.bytecode.endswith(artifact.runtime), "no constructor arguments, no immutables"


def test_the_compiler_is_pinned() -> None:
    package = json.loads((CONTRACTS / "package.json").read_bytes())
    lock = json.loads((CONTRACTS / "package-lock.json").read_bytes())
    version = package["devDependencies"]["solc"]

    assert str(committed()["compiler"]).startswith(f"{version}+commit.")
    assert lock["packages"]["node_modules/solc"]["version"] == version
    assert all("resolved" not in package for package in lock["packages"].values())


def test_the_functions_and_the_event_of_the_specification_are_there() -> None:
    signatures = {
        f"{item['name']}({','.join(p['type'] for p in item['inputs'])})"
        for item in ledger_anchor().abi
        if item["type"] in ("function", "event")
    }

    assert signatures >= {
        "register(bytes32)",
        "anchor(bytes32,uint64,bytes32,bytes32[])",
        "head(bytes32)",
        "anchored(bytes32,uint64)",
        "verifyInclusion(bytes32,uint64,uint64,bytes32,bytes32[])",
        "Anchored(bytes32,uint64,bytes32)",
    }


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    node = shutil.which("node")
    if node is None or not (CONTRACTS / "node_modules" / "solc").is_dir():
        message = "solc is not installed; `make tools` installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return subprocess.run(
        [node, folder / "build.mjs", *arguments], capture_output=True, text=True, check=False
    )


def test_a_rebuild_is_byte_for_byte_the_committed_artifact() -> None:
    done = _run(CONTRACTS, "--check")

    assert (done.returncode, done.stderr) == (0, "")


def test_the_check_notices_a_changed_source(tmp_path: Path) -> None:
    for name in ("build.mjs", "package.json", "LedgerAnchor.json"):
        shutil.copy(CONTRACTS / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(CONTRACTS / "node_modules")
    source = (CONTRACTS / "LedgerAnchor.sol").read_text(encoding="utf-8")
    changed = source.replace("size <= anchoredSize", "size < anchoredSize")
    assert changed != source
    (tmp_path / "LedgerAnchor.sol").write_text(changed, encoding="utf-8")
    done = _run(tmp_path, "--check")

    assert done.returncode == 1
    assert "run node contracts/build.mjs" in done.stderr
