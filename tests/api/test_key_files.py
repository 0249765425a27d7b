"""Secret files are whole, private, and never replaced."""

import stat
from pathlib import Path

import pytest

from api import key_files
from ledger.errors import MalformedError, NotFoundError


def test_a_key_is_drawn_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "kek"

    key = key_files.read_or_create_key(path)

    assert len(key) == 32
    assert key_files.read_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["kek"]


def test_a_secret_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "admin.token"

    assert key_files.create(path, "one")
    assert not key_files.create(path, "two")
    assert key_files.read_text(path) == "one"
    assert [file.name for file in tmp_path.iterdir()] == ["admin.token"]


@pytest.mark.parametrize("text", ["", "\n", "zz" * 32, "00" * 31, "00" * 33])
def test_what_is_no_key_is_named_with_its_path(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kek"
    path.write_text(text)

    with pytest.raises(MalformedError, match="kek"):
        key_files.read_key(path)


def test_a_missing_secret_is_not_an_unreadable_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="kek"):
        key_files.read_key(tmp_path / "kek")


def test_secrets_that_others_may_read_are_named_unless_their_folder_is_closed(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "keys"
    for name, mode in (("kek", 0o600), ("s3.secret", 0o644), ("released", 0o644), ("index", 0o620)):
        key_files.create(folder / name, "x")
        (folder / name).chmod(mode)
    (folder / ".founding").touch()

    assert key_files.exposed(folder) == []
    folder.chmod(0o750)
    assert [path.name for path in key_files.exposed(folder)] == ["index", "s3.secret"]
    (folder / "released").chmod(0o664)
    assert [path.name for path in key_files.exposed(folder)] == ["index", "released", "s3.secret"]
