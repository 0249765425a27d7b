"""The storage tests' databases: every test that asks for `url` runs on SQLite and on PostgreSQL."""

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from components import free_port
from components.postgres import Cluster
from hypothesis import settings
from psycopg.sql import SQL, Identifier

from storage.blobs.s3 import S3Address
from storage.migrate import migrate
from storage.store import Store
from storage.tables import METADATA

# Helper modules beside this file are imported by their names.
sys.path.append(str(Path(__file__).resolve().parent))
sys.path.append(str(Path(__file__).resolve().parents[1] / "anchoring"))  # for its contract

import logs

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def _shared_database(postgres_cluster: Cluster) -> str:
    """One database for all tests: emptying it is far cheaper than making another."""
    return postgres_cluster.create_database(f"storage_{uuid.uuid4().hex}")


@pytest.fixture
def postgres_url(_shared_database: str) -> str:
    """SQLAlchemy URL of a PostgreSQL database without a log; it may be migrated already."""
    with psycopg.connect(_shared_database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        there = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in there.fetchall():
            if table in METADATA.tables:  # deleting few rows is cheaper than new files
                connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))
    return _shared_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy URL of a database without a log; it may be migrated already."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'log.db'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
def empty_url(url: str) -> str:
    """SQLAlchemy URL of a database without a table."""
    if url.startswith("postgresql"):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    return url


@pytest.fixture(params=["minio", "versitygw"])
def s3(request: pytest.FixtureRequest) -> S3Address:
    """A bucket that does not exist yet, on a real server."""
    return logs.s3_address(request.getfixturevalue(f"{request.param}_server"))


@pytest.fixture
def unused_address() -> S3Address:
    """Where no server listens."""
    return S3Address(f"127.0.0.1:{free_port()}", "key", "secret", "bucket", secure=False)


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """A migrated database in which no log was founded yet."""
    store = logs.open_store(url, tmp_path)
    migrate(store.engine)
    yield store
    store.close()


@pytest.fixture
def log(url: str, tmp_path: Path) -> Iterator[tuple[Store, logs.Writer]]:
    """A log that was founded, and who writes into it."""
    store, writer = logs.new_log(url, tmp_path)
    yield store, writer
    store.close()
