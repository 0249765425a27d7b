"""The real service as a child process: started, killed, started again over the same files."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from components.process import ROOT, Process, free_port


class Service:
    """`mealtrace serve` over one home folder; `environment` adds MEALTRACE_… settings."""

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.environment = {
            "MEALTRACE_HOME": str(home),
            "MEALTRACE_PORT": str(self.port),
            "MEALTRACE_REQUESTS_PER_S": "1000000",
            "LC_ALL": "C.UTF-8",
            **(environment or {}),
        }
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / "serve.log"

    def found(self) -> Self:
        """`mealtrace init`: what is not embedded does not found itself."""
        self.cli("init")
        return self

    def start(self, *, prefix: tuple[str, ...] = (), timeout_s: float = 60) -> Self:
        """Start and wait for readiness; `prefix` is a command to run it under (strace)."""
        command = [*prefix, sys.executable, "-m", "api.cli.main", "serve"]
        self.process = Process(command, log=self.log, env=self.environment, cwd=ROOT)
        self.process.wait_until(self.ready, timeout_s=timeout_s)
        return self

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return False

    def kill(self) -> None:
        """SIGKILL: nothing gets a chance to be tidy."""
        assert self.process is not None
        self.process.stop(signal.SIGKILL)
        self.process = None

    def stop(self) -> int:
        if self.process is None:
            return 0
        code = self.process.stop(signal.SIGTERM)
        self.process = None
        return code

    def cli(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `mealtrace …` with the service's settings."""
        done = subprocess.run(
            [sys.executable, "-m", "api.cli.main", *arguments],
            env={**os.environ, **self.environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"mealtrace {arguments} gave {done.returncode}:\n{done.stderr}")
        return done

    def token(self, party: str, *scopes: str) -> str:
        """A new token of `party`; to post and read, if nothing else is asked."""
        chosen = [part for scope in scopes or ("post", "read") for part in ("--scope", scope)]
        done = self.cli("tokens", "create", party, *chosen, "--json")
        return str(json.loads(done.stdout)["token"])

    def size(self) -> int:
        """The number of entries, as the served checkpoint says."""
        return int(self.text("/checkpoint").splitlines()[1])

    def vkey(self) -> str:
        """The log's verifier key, as the served policy says."""
        return next(
            line.split()[1]
            for line in self.text("/v1/trust").splitlines()
            if line.startswith("log ")
        )

    def text(self, path: str) -> str:
        """The text of an open resource."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    @property
    def admin_token(self) -> str:
        return (self.home / "keys" / "admin.token").read_text().strip()

    def call(
        self, method: str, path: str, *, token: str | None = None, body: Any = None
    ) -> tuple[int, Any]:
        """One request with a JSON body; status and decoded answer."""
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers=headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, _decoded(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _decoded(error.read())

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _decoded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data
