"""The demo's service: `mealtrace serve` in a process of its own, over a folder of its own."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

from ledger.errors import UnavailableError

_READY_WITHIN_S: Final = 90.0


class DemoService:
    """Started, stopped and asked by its command line, as an operator would."""

    def __init__(self, home: Path, *, operator: str, authorities: list[dict[str, Any]]) -> None:
        """Nothing runs yet; `authorities` go into genesis."""
        self.home = home
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        vouching = home / "authorities.json"
        vouching.write_text(json.dumps(authorities), "utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._environment = {
            **os.environ,
            "MEALTRACE_HOME": str(home),
            "MEALTRACE_PORT": str(self.port),
            "MEALTRACE_NAME": "食迹演示账本 MealTrace demo",
            "MEALTRACE_ORIGIN": "demo.mealtrace.example/log",
            "MEALTRACE_OPERATOR": operator,
            "MEALTRACE_ENTRIES": "public",
            "MEALTRACE_AUTHORITIES_FILE": str(vouching),
            "PYTHONUNBUFFERED": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start it and wait until it is ready; how long that took, in seconds.

        Raises:
            UnavailableError: it did not become ready; the end of its log is in the message.
        """
        began = time.monotonic()
        with (self.home / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api.cli.main", "serve"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while time.monotonic() - began < _READY_WITHIN_S and self._process.poll() is None:
            with (
                contextlib.suppress(urllib.error.URLError, OSError),
                urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer,  # noqa: S310 - loopback
            ):
                if answer.status == 200:
                    return time.monotonic() - began
            time.sleep(0.05)
        tail = (self.home / "serve.log").read_text("utf-8", "replace")[-1500:]
        raise UnavailableError(f"the service did not become ready:\n{tail}")

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
            if self._process.poll() is None:
                self._process.kill()
            self._process = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`mealtrace …` in a process of its own, with this installation's settings."""
        return subprocess.run(  # noqa: S603 - this program itself
            [sys.executable, "-m", "api.cli.main", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def admin_token(self) -> str:
        """The first token, from the file that only its owner may read."""
        return (self.home / "keys" / "admin.token").read_text("ascii").strip()
