"""`mealtrace serve --sandbox` as an integrator starts it, and the variables it tells of."""

import contextlib
import os
import re
import shlex
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from components.process import ROOT, Process, free_port


@contextlib.contextmanager
def sandbox(
    locale: str = "C.UTF-8", command: str = "mealtrace serve --sandbox --port 8000"
) -> Iterator[dict[str, str]]:
    """The exports of a running sandbox.

    Args:
        locale: in which it speaks.
        command: how it is started; port 8000 stands for a free one.

    Yields:
        What its file exports; `OUTPUT` is what it printed, `FOLDER` where it lies.
    """
    port = free_port()
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = Process(
            shlex.split(command.replace("8000", str(port))),
            log=Path(log.name),
            env={
                "LC_ALL": locale,
                "COLUMNS": "100",
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            },
            cwd=ROOT,
        )

        def ready() -> bool:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)

        with process:
            process.wait_until(ready)
            printed = Path(log.name).read_text("utf-8")
            found = re.search(r"source (\S+)", printed)
            assert found is not None
            path = Path(found[1])
            assert path.stat().st_mode & 0o077 == 0
            pairs = (line.removeprefix("export ") for line in path.read_text().splitlines())
            exports = dict(shlex.split(pair)[0].split("=", 1) for pair in pairs)
            yield {**exports, "OUTPUT": printed, "FOLDER": str(path.parent)}
            assert process.stop() == 0
