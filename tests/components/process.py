"""A child process on loopback: started, waited for, ended by its own id."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools" / "bin"


class MissingComponentError(RuntimeError):
    """A program that the tests need is not on this machine."""

    def __init__(self, name: str, command: str) -> None:
        self.name = name
        self.command = command
        super().__init__(f"{name} is not installed; `{command}` installs it")


def find_program(name: str, command: str, *places: Path) -> Path:
    """The first of `places`, `.tools/bin` and PATH that holds `name`."""
    for place in (*places, TOOLS):
        if (place / name).is_file():
            return place / name
    found = shutil.which(name)
    if found:
        return Path(found)
    raise MissingComponentError(name, command)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """One child with its output in a file; `wait_until` gives up after `timeout_s`."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        user: int | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(env or {})},
                user=user,
                group=user,
                extra_groups=[] if user is not None else None,
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not self.alive:
                break
            with contextlib.suppress(OSError):
                if ready():
                    return
            time.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self._child.args!r} did not become ready:\n{tail}")

    def send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._child.send_signal(number)

    def stop(self, number: int = signal.SIGTERM, *, timeout_s: float = 20) -> int:
        """End the child and wait for it; its exit code."""
        self.send(number)
        try:
            return self._child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            return self._child.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def accepts_connections(port: int) -> bool:
    """Whether something listens on 127.0.0.1:`port`."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
