"""S3 servers: MinIO, and versitygw as the second implementation of the same API."""

import contextlib
import http
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from components.process import Process, find_program, free_port

ACCESS_KEY = "mealtrace-test"
SECRET_KEY = "mealtrace-test-secret"


@dataclass(frozen=True, slots=True)
class S3Server:
    """`endpoint` is host:port, without TLS."""

    name: str
    endpoint: str
    access_key: str
    secret_key: str
    process: Process


@contextlib.contextmanager
def minio(folder: Path | None = None, *, port: int | None = None) -> Iterator[S3Server]:
    """MinIO's community server over one folder (kept, if one is given)."""
    program = find_program("minio", "make tools")
    with tempfile.TemporaryDirectory(prefix="mealtrace-minio-") as scratch:
        port, console = port or free_port(), free_port()
        data = folder or Path(scratch) / "data"
        data.mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [
            program, "server", "--quiet", "--address", f"127.0.0.1:{port}",
            "--console-address", f"127.0.0.1:{console}", data,
        ]  # fmt: skip
        env = {
            "MINIO_ROOT_USER": ACCESS_KEY,
            "MINIO_ROOT_PASSWORD": SECRET_KEY,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
            "HOME": scratch,
        }
        with Process(command, log=Path(scratch) / "log", env=env) as process:
            process.wait_until(lambda: _serves(port))
            yield S3Server("minio", f"127.0.0.1:{port}", ACCESS_KEY, SECRET_KEY, process)


@contextlib.contextmanager
def versitygw(*, versions: bool = True) -> Iterator[S3Server]:
    """The Versity gateway over a folder: another S3 server, written by others.

    Without `versions` it keeps one of each object, and no bucket can be told otherwise.
    """
    program = find_program("versitygw", "make tools")
    with tempfile.TemporaryDirectory(prefix="mealtrace-versitygw-") as scratch:
        port = free_port()
        for part in ("data", "versions"):
            (Path(scratch) / part).mkdir()
        command: list[str | Path] = [
            program, "--access", ACCESS_KEY, "--secret", SECRET_KEY,
            "--port", f"127.0.0.1:{port}",
            "posix",
            *(("--versioning-dir", Path(scratch) / "versions") if versions else ()),
            Path(scratch) / "data",
        ]  # fmt: skip
        with Process(command, log=Path(scratch) / "log") as process:
            process.wait_until(lambda: _serves(port))
            yield S3Server("versitygw", f"127.0.0.1:{port}", ACCESS_KEY, SECRET_KEY, process)


def _serves(port: int) -> bool:
    """Whether the S3 API answers: a server that is still starting says 503 to everything."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/")
    try:
        with urllib.request.urlopen(request, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code != http.HTTPStatus.SERVICE_UNAVAILABLE
