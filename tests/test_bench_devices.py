"""The rows of the bench that need the packages of the extra `devices`: each runs, at its smallest."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from components.process import ROOT

pytestmark = pytest.mark.devices


@pytest.mark.slow
@pytest.mark.parametrize("row", ["gateway-idle", "ocr", "displays", "detector", "alert"])
def test_a_row_of_the_devices_runs(row: str, tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--share", "0.002", "--output", output, row],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(output.read_text("utf-8"))["rows"][row]
    assert found.keys() > {"about", "wanted", "met"}
