"""A part fails under a running service: it says so, loses nothing, and goes on by itself."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from components.installed import installed
from components.postgres import Cluster, postgres
from components.posting import Crowd, open_bank, payment
from components.process import ROOT, free_port
from components.s3 import ACCESS_KEY, SECRET_KEY, minio
from components.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PROBLEM = "urn:mealtrace:problem:"


def call(
    service: Service, method: str, path: str, token: str, body: bytes = b"", kind: str = ""
) -> tuple[int, http.client.HTTPMessage, Any]:
    """Status, headers and JSON of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    named = {"authorization": f"Bearer {token}", "content-type": kind or "application/json"}
    try:
        connection.request(method, path, body or None, named)
        answer = connection.getresponse()
        data = answer.read()
        return answer.status, answer.headers, json.loads(data)
    finally:
        connection.close()


def post(service: Service, token: str, request: dict[str, Any]) -> tuple[int, Any, Any]:
    return call(service, "POST", "/v1/records", token, json.dumps(request).encode())


def wait_until(condition: Callable[[], bool], timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


def refused_for_now(answer: tuple[int, http.client.HTTPMessage, Any]) -> None:
    status, headers, problem = answer
    assert status == 503
    assert problem["type"] == PROBLEM + "unavailable"
    assert "127.0.0.1" not in str(problem), "where the parts are is nobody's but the operator's"
    assert problem["retry"] is True
    assert int(headers["retry-after"]) >= 1


def readiness(service: Service) -> tuple[int, Any]:
    return service.call("GET", "/readyz")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of the test's own, to be killed."""
    with contextlib.ExitStack() as stack:
        with installed():
            running = stack.enter_context(postgres())
        yield running


def test_a_database_that_crashes_under_load_is_waited_for(tmp_path: Path, cluster: Cluster) -> None:
    url = cluster.create_database("ledger")
    settings = {"MEALTRACE_CHAIN": "none", "MEALTRACE_DATABASE_URL": url}
    with Service(tmp_path, settings).found() as service:
        token = open_bank(service)
        crowd = Crowd([service.port], token)
        crowd.start()
        time.sleep(1.5)
        cluster.kill()

        refused_for_now(post(service, token, payment(uuid.uuid4().hex[:20])))
        wait_until(lambda: readiness(service)[0] == 503)
        assert readiness(service)[1]["database"] != "ok"
        assert service.call("GET", "/healthz")[0] == 200
        cluster.start()
        wait_until(service.ready)
        told = len(crowd.acknowledged)
        wait_until(lambda: len(crowd.acknowledged) > told)
        crowd.stop()

        assert set(crowd.statuses) == {201, 503}
        for record_id, receipt in list(crowd.acknowledged.items()):
            stored = service.call("GET", f"/v1/records/{record_id}", token=token)[1]
            assert stored["index"] == receipt["index"]
    audit = service.cli("audit", check=False)

    assert audit.returncode == 0, audit.stdout + audit.stderr


def test_a_blob_store_that_stops_is_waited_for(tmp_path: Path) -> None:
    """With S3 the released mark lies there too: nothing is acknowledged that it does not know."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        with installed():
            server = stack.enter_context(minio(tmp_path / "minio", port=port))
        keys = tmp_path / "home" / "keys"
        keys.mkdir(parents=True)
        (keys / "s3.secret").write_text(SECRET_KEY)
        (keys / "s3.secret").chmod(0o600)
        settings = {
            "MEALTRACE_CHAIN": "none",
            "MEALTRACE_S3_ENDPOINT": f"127.0.0.1:{port}",
            "MEALTRACE_S3_ACCESS_KEY": ACCESS_KEY,
            "MEALTRACE_S3_SECURE": "false",
        }
        service = stack.enter_context(Service(tmp_path / "home", settings).found())
        token = open_bank(service)
        before = [payment(f"before-{number}") for number in range(3)]
        receipts = [post(service, token, request)[2] for request in before]
        server.process.stop()

        refused_for_now(call(service, "POST", "/v1/blobs", token, b"a file", "image/jpeg"))
        during = payment("during")
        refused_for_now(post(service, token, during))
        wait_until(lambda: readiness(service)[0] == 503)
        assert readiness(service)[1]["blobs"] != "ok"
        for request, receipt in zip(before, receipts, strict=True):
            status, record = service.call("GET", f"/v1/records/{request['id']}", token=token)
            assert (status, record["index"]) == (200, receipt["index"])

        stack.enter_context(minio(tmp_path / "minio", port=port))
        wait_until(service.ready)
        status, _, _ = call(service, "POST", "/v1/blobs", token, b"a file", "image/jpeg")
        assert status == 201
        status, _, again = post(service, token, during)
        assert status in {200, 201}
        assert again["index"] == receipts[-1]["index"] + 1
        audit = service.cli("audit", check=False)

        assert audit.returncode == 0, audit.stdout + audit.stderr


def full(answer: tuple[int, http.client.HTTPMessage, Any]) -> bool:
    status, _, problem = answer
    if status == 507:
        assert problem["type"] == PROBLEM + "storage-full"
        assert problem["errors"][0]["message_zh"]
    return status == 507


def test_a_disk_that_fills_up_stops_writing_and_nothing_else(
    tmp_path: Path, small_disk: Path
) -> None:
    settings = {
        "MEALTRACE_CHAIN": "none",
        "MEALTRACE_DATA_DIR": str(small_disk),
        "MEALTRACE_DISK_RESERVE_BYTES": str(24 * 1024 * 1024),
    }
    with Service(tmp_path / "home", settings).found() as service:
        token = open_bank(service)
        kept = payment("kept")
        assert post(service, token, kept)[0] == 201
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free - 16 * 1024 * 1024))

        wait_until(lambda: full(post(service, token, payment(uuid.uuid4().hex[:20]))))
        assert full(call(service, "POST", "/v1/blobs", token, b"a file", "image/jpeg"))
        batch = json.dumps(payment("batch")).encode() + b"\n"
        assert full(
            call(service, "POST", "/v1/records:batch", token, batch, "application/x-ndjson")
        )
        wait_until(lambda: readiness(service)[0] == 503)
        assert readiness(service)[1]["disk"] == "full"
        size = service.size()
        assert service.call("GET", f"/v1/records/{kept['id']}", token=token)[0] == 200

        ballast.unlink()
        wait_until(service.ready)
        assert service.size() == size
        assert post(service, token, payment("after"))[0] == 201
    assert service.cli("audit", check=False).returncode == 0


def test_below_the_reserve_a_service_starts_and_takes_nothing(tmp_path: Path) -> None:
    service = Service(tmp_path, {"MEALTRACE_CHAIN": "none"}).found()
    service.environment["MEALTRACE_DISK_RESERVE_BYTES"] = str(shutil.disk_usage(tmp_path).total + 1)
    ready, service.ready = service.ready, lambda: service.call("GET", "/healthz")[0] == 200  # type: ignore[method-assign]
    with service:
        status, parts = readiness(service)
        assert (status, parts["disk"], parts["database"]) == (503, "full", "ok")
        assert not ready()
        assert full(post(service, service.admin_token, payment("none")))
        assert service.size() == 1


def test_two_processes_migrate_at_once(tmp_path: Path, postgres_cluster: Cluster) -> None:
    """On both databases; a table made twice, or half, would be an error of one of them."""
    url = postgres_cluster.create_database(f"t_{uuid.uuid4().hex}")
    for name, settings in {
        "sqlite": {"MEALTRACE_CHAIN": "none"},
        "postgres": {"MEALTRACE_CHAIN": "none", "MEALTRACE_DATABASE_URL": url},
    }.items():
        service = Service(tmp_path / name, settings).found()
        if name == "postgres":
            empty = postgres_cluster.create_database(f"t_{uuid.uuid4().hex}")
            service.environment["MEALTRACE_DATABASE_URL"] = empty
        else:
            for file in (tmp_path / name / "data").glob("ledger.sqlite*"):
                file.unlink()
        commands = [
            subprocess.Popen(
                [sys.executable, "-m", "api.cli.main", "migrate"],
                env={**os.environ, **service.environment},
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(4)
        ]
        said = [command.communicate(timeout=60)[0] for command in commands]
        assert [command.returncode for command in commands] == [0] * 4, said
        again = service.cli("migrate")
        assert again.returncode == 0
        if name == "postgres":
            with psycopg.connect(empty.replace("+psycopg", "")) as connection:
                rows = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
            assert rows == (1,)


def test_a_database_put_back_from_an_older_copy_signs_nothing(tmp_path: Path) -> None:
    service = Service(tmp_path / "home", {"MEALTRACE_CHAIN": "none"}).found()
    data, copy = tmp_path / "home" / "data", tmp_path / "copy"
    with service:
        token = open_bank(service)
        assert post(service, token, payment("old"))[0] == 201
    shutil.copytree(data, copy)
    with service:
        status, _, receipt = post(service, token, payment("new"))
        assert status == 201
        released = service.text("/checkpoint")
    shutil.rmtree(data)
    shutil.copytree(copy, data)

    command = [sys.executable, "-m", "api.cli.main", "serve"]
    process = subprocess.Popen(
        command,
        env={**os.environ, **service.environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    timer = threading.Timer(15, process.terminate)
    timer.start()
    try:
        answers = []
        while process.poll() is None:
            with contextlib.suppress(OSError):
                answers.append(post(service, token, payment("fork")))
                answers.append(call(service, "GET", "/readyz", token))
                break
            time.sleep(0.1)
        if answers:
            process.terminate()
        said = process.communicate(timeout=60)[0]
    finally:
        timer.cancel()
        process.kill()

    for status, _, _ in answers:
        assert status == 503
    said += json.dumps([answer for _, _, answer in answers])
    assert "it was rolled back; nothing is signed any more" in said
    assert f"size {released.splitlines()[1]} was released" in said
    assert receipt["index"] == int(released.splitlines()[1]) - 1
