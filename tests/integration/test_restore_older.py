"""A backup made under an older schema is restored by today's program, audited and written on.

The first release had no `backup` yet; each schema since may have. So the kept ledger of that
release is brought to every older schema, and backed up with the tables and columns that schema
has: what a program of that day would have written, for the files name their own columns.
"""

import json
import shutil
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from components.posting import BANK, payment
from components.service import Service
from sqlalchemy import MetaData, select

from api.installation import EMBEDDED_CHAIN, open_store
from api.settings import Settings
from storage import backup
from storage.database import open_engine, writing
from storage.migrate import upgrade

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
OLDER = ("0001", "0002", "0003", "0004", "0005")
AUDITOR = "auditor:12210500MB0A1203X6~education"


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> tuple[str | None, str | None]:
    """Addresses of the older database and of the one to restore into; None: SQLite of the home."""
    if request.param == "sqlite":
        return None, None
    cluster = request.getfixturevalue("postgres_cluster")
    made = [cluster.create_database(f"older_{request.node.callspec.id[-4:]}_{n}") for n in "ab"]
    return made[0], made[1]


def older(tmp_path: Path, revision: str, url: str | None) -> Settings:
    """The first release's ledger at a later, but not today's schema."""
    home = tmp_path / "old"
    with tarfile.open(FIXTURES / "ledger-0.1.0.tar.xz") as archive:
        archive.extractall(home, filter="data")
    kept = open_engine(Settings(home=home).engine_url())
    settings = Settings(home=home, database_url=url)
    engine = open_engine(settings.engine_url())
    if url is not None:
        with writing(engine) as connection, kept.connect() as source:
            upgrade(connection, "0001")
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                rows = [dict(row) for row in source.execute(select(table)).mappings()]
                if rows and table.name != "alembic_version":
                    connection.execute(table.insert(), rows)
    with writing(engine) as connection:
        upgrade(connection, revision)
    kept.dispose()
    engine.dispose()
    return settings


def back_up(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> backup.Done:
    """What `mealtrace backup` of a program with that database's tables writes."""
    store, blobs = open_store(settings, signers=())
    with closing(store):
        then = MetaData()
        then.reflect(store.engine)
        then.remove(then.tables["alembic_version"])
        monkeypatch.setattr(backup, "METADATA", then)
        monkeypatch.setattr(backup, "UPLOAD", then.tables["uploads"].c)
        monkeypatch.setattr(backup, "_USE", then.tables["blob_uses"].c)
        monkeypatch.setattr(backup.reads, "WRAPPED", then.tables["wrapped_keys"].c)
        return backup.back_up(
            store,
            blobs,
            tmp_path / "backup",
            tmp_path / "wrapped",
            chain=settings.data_dir / EMBEDDED_CHAIN,
        )


@pytest.mark.parametrize("revision", OLDER)
def test_a_backup_of_an_older_schema_is_restored_audited_and_written_on(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    databases: tuple[str | None, str | None],
    revision: str,
) -> None:
    settings = older(tmp_path, revision, databases[0])
    with monkeypatch.context() as patch:
        done = back_up(settings, tmp_path, patch)
    assert done.manifest.revision == revision
    assert done.blobs > 10
    assert ("links" in done.manifest.tables) == (revision >= "0002")
    assert ("chores" in done.manifest.tables) == (revision >= "0005")
    shutil.copytree(settings.keys_dir, tmp_path / "new" / "keys")
    environment = {} if databases[1] is None else {"MEALTRACE_DATABASE_URL": databases[1]}
    service = Service(tmp_path / "new", environment)

    service.cli("restore", str(tmp_path / "backup"), "--wrapped-keys", str(tmp_path / "wrapped"),
                "--old-keys")  # fmt: skip

    with service:
        touched, picture = read(service)
        token = json.loads(service.cli("tokens", "create", BANK, "--json").stdout)["token"]
        status, receipt = service.call(
            "POST", "/v1/records", token=token, body=payment(f"after {revision}")
        )
    assert status == 201, receipt
    assert receipt["index"] >= done.manifest.head.size
    assert {"settlement", "account-entry"} <= touched  # links were read off the older entries
    assert picture[:2] == b"\xff\xd8"  # JPEG
    audit = service.cli("audit", check=False)
    assert audit.returncode == 0, audit.stdout + audit.stderr


def read(service: Service) -> tuple[set[str], bytes]:
    """Types of the records that rest on a settlement, and a picture, as the auditor sees them."""
    made = service.cli("tokens", "create", AUDITOR, "--json")
    token = json.loads(made.stdout)["token"]
    _, found = service.call("GET", "/v1/records?type=settlement&limit=1", token=token)
    path = f"/v1/records/{found['records'][0]['id']}/trace?direction=down"
    _, trace = service.call("GET", path, token=token)
    _, found = service.call("GET", "/v1/records?type=weigh-in&limit=1", token=token)
    _, record = service.call("GET", f"/v1/records/{found['records'][0]['id']}", token=token)
    digest = record["payload"]["blobs"][0]["sha256"]
    status, picture = service.call("GET", f"/v1/blobs/{digest}", token=token)
    assert status == 200
    return {node["type"] for node in trace["nodes"]}, picture
