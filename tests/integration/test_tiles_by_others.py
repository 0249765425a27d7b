"""A served public log is read and verified by a tlog-tiles client that others wrote (torchwood)."""

import os
import shutil
import subprocess
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from components.posting import payment
from components.process import ROOT
from components.stage import Stage

from api.installation import open_installation
from api.settings import Settings
from ledger import note

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tiles_by_others")]

CLIENT = ROOT / "tests" / "integration" / "tiles_client"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = shutil.which("go")
    if go is None:
        if os.environ.get("CI"):
            pytest.fail("go is not installed")
        pytest.skip("go is not installed; see https://go.dev/doc/install")
    program = tmp_path_factory.mktemp("go") / "tiles_client"
    subprocess.run([go, "build", "-mod=readonly", "-o", program, "."], cwd=CLIENT, check=True)
    return program


def run(program: Path, url: str, vkey: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, url, vkey], capture_output=True, text=True, check=False, timeout=120
    )


def fill(stage: Stage, size: int) -> None:
    for number in range(stage.service.size(), size):
        status, answer = stage.service.call(
            "POST", "/v1/records", token=stage.bank, body=payment(f"{size}-{number}")
        )
        assert status == 201, answer


@pytest.mark.parametrize("size", [200, 256, 300, 512, 600])
def test_every_entry_is_found_in_the_tree(stage: Stage, client: Path, size: int) -> None:
    fill(stage, size)
    done = run(client, stage.service.url, stage.service.vkey())

    assert done.returncode == 0, done.stderr
    counted, root, _ = done.stdout.split()
    assert int(counted) == size
    assert root == root_of(stage)


def test_what_the_client_read_is_what_the_log_holds(stage: Stage, client: Path) -> None:
    done = run(client, stage.service.url, stage.service.vkey())
    settings = Settings(home=stage.service.home, chain="none")
    store = open_installation(settings, read_only=True).store
    try:
        held = sha256(b"".join(bytes(entry) for entry in store.entries(0, stage.service.size())))
    finally:
        store.close()

    assert done.stdout.split()[2] == held.hexdigest()


def test_the_client_refuses_another_log_s_key(stage: Stage, client: Path) -> None:
    name = note.parse_vkey(stage.service.vkey()).name
    other = note.parse_skey(note.format_skey(name, bytes(32))).verifier_key
    done = run(client, stage.service.url, note.format_vkey(other))

    assert done.returncode == 1


def root_of(stage: Stage) -> str:
    return b64decode(stage.service.text("/checkpoint").splitlines()[2]).hex()
