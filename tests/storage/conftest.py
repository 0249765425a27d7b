"""The storage tests' databases: every test that asks for `url` runs on SQLite and on PostgreSQL."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Helper modules beside this file are imported by their names.
sys.path.append(str(Path(__file__).resolve().parent))

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy URL of a new, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'log.db'}"
    address: str = request.getfixturevalue("postgres_url")
    return address
