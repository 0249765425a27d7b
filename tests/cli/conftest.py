"""Commands as an operator runs them: in a process of their own, over a home of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def mealtrace(tmp_path: Path) -> Run:
    """`mealtrace("tokens", "list", LANG="zh_CN")`: exit code, output and errors of a command."""

    def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "api.cli.main", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={
                "PATH": os.environ["PATH"],
                "MEALTRACE_HOME": str(tmp_path / "home"),
                "LANG": "C.UTF-8",
                "COLUMNS": "200",
                **environment,
            },
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run
