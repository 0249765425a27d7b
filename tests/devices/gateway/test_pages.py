"""What docs/devices/ shows works as it stands: the desk with an outbox, and a driver in one file."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from components.gateway_program import GatewayProgram
from components.kitchen_floor import GATEWAY, SCALES, Floor
from components.pages import LANGUAGES, steps
from components.process import ROOT
from components.sandbox import sandbox

PAGES = ROOT / "docs" / "devices"


def shown(page: str, suffix: str) -> dict[str, str]:
    """The files and commands of a page, by name."""
    path = PAGES / f"{page}{suffix}.md"
    return {step.name: step.text for step in steps(path) if step.use in {"file", "run"}}


@pytest.mark.slow
def test_the_desk_of_the_page_posts_once_with_an_outbox(tmp_path: Path) -> None:
    with sandbox() as exports:
        for suffix, locale in LANGUAGES.items():
            folder = tmp_path / locale
            folder.mkdir()
            page = shown("outbox", suffix)
            page["desk.py"] = page["desk.py"].replace("C-100", f"C-{len(locale)}")
            (folder / "desk.py").write_text(page["desk.py"], "utf-8")
            said = [_desk(folder, exports) for _ in range(2)]
            promised = [line[4:] for line in page["desk"].splitlines() if line.startswith("# → ")]

            assert said[0] == "\n".join(promised[:2]) + "\n"
            assert said[1].startswith(promised[2])
            assert len(list(folder.glob("*.receipt.json"))) == 2


def _desk(folder: Path, exports: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "desk.py"],
        cwd=folder,
        env={**os.environ, **exports, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("suffix", LANGUAGES)
def test_a_driver_in_one_file_weighs(floor: Floor, tmp_path: Path, suffix: str) -> None:
    """The page's driver and the page's gateway.toml; only the address is another."""
    page = shown("gateway", suffix)
    program = GatewayProgram(
        tmp_path, url=floor.service.url, party=GATEWAY, token=floor.token, scales=()
    )
    program.state.mkdir(mode=0o700)
    floor.key.save(program.state / "gateway.pem")
    shape = page["gateway.toml"].replace("https://meals.example", floor.service.url)
    counted = 900_000 + 10 * len(suffix)
    program.config.write_text(
        f"{shape}counter_from = {counted}\n[page]\nport = {program.page}\n", "utf-8"
    )
    (tmp_path / "acme_scale.py").write_text(page["acme_scale.py"], "utf-8")
    (tmp_path / "latest.jpg").write_bytes(b"\xff\xd8\xff\xe0" + suffix.encode())
    os.mkfifo(tmp_path / "acme.line")
    with program:
        line = os.open(tmp_path / "acme.line", os.O_WRONLY)
        os.write(line, b"x.9 kg\r\n12.4")
        time.sleep(0.1)
        os.write(line, b"80 kg\r\n")
        deadline = time.monotonic() + 60
        while (SCALES[0], counted) not in floor.logged(subject=SCALES[0]):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        os.close(line)
        assert program.report()["devices"][0]["told"]["last_g"] == 12_480
