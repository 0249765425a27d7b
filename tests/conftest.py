"""Fixtures for all tests: real components, and the vectors shared by others.

In CI nothing is skipped: a missing component fails. Elsewhere its tests skip and name the command
that installs it.
"""

import functools
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import pytest
from components.anvil import Anvil
from components.anvil import anvil as run_anvil
from components.installed import installed
from components.mosquitto import mosquitto as run_mosquitto
from components.postgres import Cluster
from components.postgres import postgres as run_postgres
from components.process import ROOT
from components.s3 import S3Server
from components.s3 import minio as run_minio
from components.s3 import versitygw as run_versitygw

T = TypeVar("T")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files that need packages which the core has not are not even imported for its run."""
    if config.option.markexpr != "not devices" or collection_path.suffix != ".py":
        return None
    return True if "pytestmark = pytest.mark.devices" in collection_path.read_text() else None


def _component(start: Callable[[], AbstractContextManager[T]]) -> Iterator[T]:
    with installed():
        running = start()
        value = running.__enter__()
    try:
        yield value
    finally:
        running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One PostgreSQL for the whole run."""
    yield from _component(run_postgres)


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> str:
    """SQLAlchemy URL of a new, empty database."""
    return postgres_cluster.create_database(f"t_{uuid.uuid4().hex}")


@pytest.fixture(scope="session")
def minio_server() -> Iterator[S3Server]:
    """One MinIO for the whole run: use a bucket of your own."""
    yield from _component(run_minio)


@pytest.fixture(scope="session")
def versitygw_server() -> Iterator[S3Server]:
    """One versitygw for the whole run: use a bucket of your own."""
    yield from _component(run_versitygw)


@pytest.fixture(scope="session")
def unversioned_server() -> Iterator[S3Server]:
    """One versitygw that keeps no versions, for the whole run: use a bucket of your own."""
    yield from _component(functools.partial(run_versitygw, versions=False))


@pytest.fixture(scope="session")
def mosquitto_port() -> Iterator[int]:
    """One MQTT broker for the whole run: use topics of your own."""
    yield from _component(run_mosquitto)


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    """A fresh node per test."""
    yield from _component(run_anvil)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 96 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", folder],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        pytest.skip("only root can mount a small disk; the reserve is tested without")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="session")
def shared_vectors() -> Callable[[str], Path]:
    """Finds a folder of vectors by others, which are read where they lie and never copied.

    They are looked for in MEALTRACE_SHARED_VECTORS, then in `../shared/vectors` of the repository.
    """
    place = os.environ.get("MEALTRACE_SHARED_VECTORS")
    root = Path(place) if place else ROOT.parent / "shared" / "vectors"

    def find(name: str) -> Path:
        folder = root / name
        if not folder.is_dir():
            message = f"no vectors in {folder}: set MEALTRACE_SHARED_VECTORS to the folder above it"
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)
        return folder

    return find
