import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from ledger.errors import ConflictError
from storage.database import open_engine
from storage.migrate import check_migrated, migrate
from storage.tables import METADATA

_MIGRATE = """
import sys
from storage.database import open_engine
from storage.migrate import check_migrated, migrate
engine = open_engine(sys.argv[1])
sys.stdin.readline()
migrate(engine)
check_migrated(engine)
"""


def test_an_empty_database_is_brought_to_this_version(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    check_migrated(engine)

    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    migrate(engine)
    check_migrated(engine)
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_that_the_program_knows(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, METADATA)
    engine.dispose()

    assert found == []


def test_an_unmigrated_database_is_refused_with_the_command_that_helps(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with pytest.raises(ConflictError, match="mealtrace migrate"):
        check_migrated(engine)
    engine.dispose()


def test_a_database_of_another_version_is_refused(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    with engine.begin() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(ConflictError, match="9999"):
            check_migrated(engine)
    finally:
        # The database is shared with other tests, which must find one they know.
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :found"), {"found": version}
            )
        engine.dispose()


def test_processes_that_migrate_at_once_wait_for_one_another(empty_url: str) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _MIGRATE, empty_url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.flush()
    for child in children:
        _, said = child.communicate(timeout=60)
        assert child.returncode == 0, said.decode()
    engine = open_engine(empty_url)
    check_migrated(engine)
    engine.dispose()
