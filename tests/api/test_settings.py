"""Settings: from the environment alone, documented each, secrets only by file."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MEALTRACE_{name.upper()}", raising=False)


def test_without_any_setting_everything_is_embedded_and_listens_on_loopback() -> None:
    settings = Settings()

    assert settings.embedded
    assert settings.runs_worker
    assert settings.loopback
    assert settings.data_dir == Path(".mealtrace/data")
    assert settings.keys_dir == Path(".mealtrace/keys")
    assert settings.entries == "restricted"


def test_the_environment_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEALTRACE_HOME", str(tmp_path))
    monkeypatch.setenv("MEALTRACE_PORT", "9000")
    monkeypatch.setenv("MEALTRACE_KEYS_DIR", "/run/keys")

    settings = Settings()

    assert settings.port == 9000
    assert settings.data_dir == tmp_path / "data"
    assert settings.keys_dir == Path("/run/keys")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    assert len(Settings.model_fields[name].description or "") > 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"chain": "rpc"},
        {"time_zone": "Moon/Base"},
        {"time_zone": "../etc/passwd"},
        {"port": 70000},
        {"operator": "school:1"},
        {"transaction_records": 1025},
    ],
)
def test_what_cannot_work_is_refused_at_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


def test_the_database_s_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "database.password").write_text("p@ss/word\n")
    settings = Settings(
        keys_dir=tmp_path, database_url="postgresql+psycopg://meal@db:5432/trace?sslmode=require"
    )

    assert settings.engine_url() == (
        "postgresql+psycopg://meal:p%40ss%2Fword@db:5432/trace?sslmode=require"
    )
    assert "p@ss" not in repr(settings)


def test_without_a_password_file_the_url_is_taken_as_it_is() -> None:
    assert Settings(database_url="postgresql://u@h/d").engine_url() == "postgresql://u@h/d"
