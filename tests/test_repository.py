"""The repository and the wheel hold what they should, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"ledger", "api", "anchoring", "devices", "contracts", "storage"}
FOLDERS = PACKAGES | {"tests", "docs"}


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout; `git clone` makes one")
    return [Path(name) for name in done.stdout.split("\0") if name]


def test_the_top_level_has_the_agreed_folders_and_no_other() -> None:
    found = {path.parts[0] for path in tracked() if len(path.parts) > 1}

    assert {name for name in found if not name.startswith(".")} == FOLDERS


def test_no_tracked_file_names_a_home_folder_or_a_registry() -> None:
    # Written in pieces, so that this file does not name them either.
    wanted = [
        "/" + "root/",
        "/" + "work/main",
        "files.pythonhosted" + ".org",
        "registry.npmjs" + ".org",
        "proxy.golang" + ".org",
        "--index" + "-url http",
    ]
    bad = []
    for path in tracked():
        text = (ROOT / path).read_bytes().decode("utf-8", "ignore")
        bad += [(str(path), name) for name in wanted if name in text]

    assert bad == []


def test_the_wheel_holds_the_packages_with_their_data(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()

    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES
    for package in PACKAGES:
        assert f"{package}/py.typed" in names
    assert "contracts/LedgerAnchor.json" in names
    assert "storage/migrations/versions/v0001_first.py" in names
    assert not [name for name in names if "node_modules" in name or "/tests/" in name]
