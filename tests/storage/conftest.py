"""The storage tests' databases: every test that asks for `url` runs on SQLite and on PostgreSQL."""

import sys
from pathlib import Path

import pytest
from components import free_port
from hypothesis import settings

from storage.blobs.s3 import S3Address

# Helper modules beside this file are imported by their names.
sys.path.append(str(Path(__file__).resolve().parent))

import logs

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy URL of a new, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'log.db'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture(params=["minio", "versitygw"])
def s3(request: pytest.FixtureRequest) -> S3Address:
    """A bucket that does not exist yet, on a real server."""
    return logs.s3_address(request.getfixturevalue(f"{request.param}_server"))


@pytest.fixture
def unused_address() -> S3Address:
    """Where no server listens."""
    return S3Address(f"127.0.0.1:{free_port()}", "key", "secret", "bucket", secure=False)
