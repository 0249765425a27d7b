"""`mealtrace-gateway run` as a child process, with toy scales, over one folder."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from components.kitchen_floor import SCHOOL
from components.process import ROOT, Process, free_port

ENVIRONMENT = {"PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}:.", "LC_ALL": "C.UTF-8"}


class GatewayProgram:
    """One gateway; started, killed, started again over the same files."""

    def __init__(
        self,
        folder: Path,
        *,
        url: str,
        party: str,
        token: str,
        scales: Iterable[str],
        more: str = "",
        of_scales: str = "",
    ) -> None:
        """Writes gateway.toml; `of_scales` stands in each scale's table."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config = folder / "gateway.toml"
        self.page = free_port()
        (folder / "gateway.token").write_text(token)
        tables = "".join(
            f'[[scale]]\ndriver = "components.toy_scale:driver"\ndevice = "{scale}"\n{of_scales}\n'
            for scale in scales
        )
        self.config.write_text(
            f'[gateway]\nurl = "{url}"\nparty = "{party}"\nschool = "{SCHOOL}"\n'
            f"[page]\nport = {self.page}\n"
            f"[outbox]\nrecords_per_s = 100000\nkib_per_s = 1e9\nlongest_wait_s = 1\n{more}\n{tables}"
        )
        self.process: Process | None = None

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def start(self) -> Self:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "devices.gateway.main",
            "run",
            "-c",
            self.config,
        ]
        self.process = Process(
            command, log=self.folder / "gateway.log", env=ENVIRONMENT, cwd=self.folder
        )
        self.process.wait_until(lambda: bool(self.get("/status.json")))
        return self

    def kill(self) -> None:
        """SIGKILL: nothing gets a chance to be tidy."""
        assert self.process is not None
        self.process.stop(signal.SIGKILL)
        self.process = None

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process is None:
            return 0
        code = self.process.stop(signal.SIGTERM)
        self.process = None
        return code

    def get(self, path: str, **headers: str) -> str:
        """The status page, or another path of it."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.page}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.read().decode())

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("/status.json"))
        return found

    def cli(self, *arguments: str, locale: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
        """`mealtrace-gateway …` with this gateway's configuration last."""
        return subprocess.run(
            [sys.executable, "-m", "devices.gateway.main", *arguments, "-c", str(self.config)],
            env={**os.environ, **ENVIRONMENT, "LC_ALL": locale},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
