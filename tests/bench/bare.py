"""The floor: bare FastAPI endpoints that parse the same JSON and answer a constant."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from components.process import ROOT, Process, accepts_connections, free_port
from fastapi import FastAPI, Response

app = FastAPI()
ANSWER = b"x" * int(os.environ.get("BARE_ANSWER_BYTES", "2500"))


@app.post("/v1/records", status_code=201)
async def record(body: dict[str, Any]) -> Response:  # noqa: ARG001 - parsed, that is the point
    """Parse, forget, answer."""
    return Response(ANSWER, media_type="application/json", status_code=201)


@contextlib.contextmanager
def bare(count: int, answer_bytes: int) -> Iterator[list[int]]:
    """So many of them, each a process, answering as much as the service does. Their ports."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mealtrace-bare-")))
        ports = [free_port() for _ in range(count)]
        for port in ports:
            process = stack.enter_context(_endpoint(port, answer_bytes, folder / f"{port}.log"))
            process.wait_until(lambda port=port: accepts_connections(port))  # type: ignore[misc]
        yield ports


def _endpoint(port: int, answer_bytes: int, log: Path) -> Process:
    return Process(
        [
            sys.executable, "-m", "uvicorn", "tests.bench.bare:app", "--port", str(port),
            "--log-level", "warning", "--no-access-log",
        ],
        log=log,
        env={"BARE_ANSWER_BYTES": str(answer_bytes), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        cwd=ROOT,
    )  # fmt: skip
