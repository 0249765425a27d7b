"""What the client leaves on disk is whole, private, and said to be missing when it is."""

from pathlib import Path

import pytest

from devices.client import Receipt, files
from ledger.encoding import b64
from ledger.errors import MalformedError, NotFoundError, UnavailableError

RECEIPT = Receipt(
    id="01936f5e-0000-7000-8000-000000000001",
    index=1,
    leaf_hash=bytes(32),
    logged_at="2026-11-23T07:00:00.000Z",
    tree_size=2,
    entry=b"an entry",
    seed=bytes(32),
    proof="c2sp.org/tlog-proof@v1\n",
)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    file.write_text("an older receipt")
    RECEIPT.save(file)

    assert Receipt.load(file) == RECEIPT
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "receipt.json"
    file.write_text("an older receipt")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UnavailableError, match="No space left"):
        RECEIPT.save(file)

    assert file.read_text() == "an older receipt"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"gone/receipt\.json cannot be written"):
        RECEIPT.save(tmp_path / "gone" / "receipt.json")


def test_a_receipt_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no receipt"):
        Receipt.load(tmp_path / "receipt.json")


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"[]",
        lambda data: data[:-2],
        lambda data: data.replace(b'"index":1', b'"index":true'),
        lambda data: data.replace(b'"index":1', b'"index":-1'),
        lambda data: data.replace(b'"tree_size":2', b'"tree_size":"2"'),
        lambda data: data.replace(b'"proof"', b'"prove"'),
        lambda data: data.replace(b64(b"an entry").encode(), b"an entry"),
        lambda data: data.replace(b'"leaf_hash":"00', b'"leaf_hash":"0'),
        lambda data: data + b" " * (1 << 20),
    ],
)
def test_a_file_that_holds_no_receipt_is_refused(tmp_path: Path, change: object) -> None:
    assert callable(change)
    file = tmp_path / "receipt.json"
    file.write_bytes(change(RECEIPT.to_bytes()))
    with pytest.raises(MalformedError):
        Receipt.load(file)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be read"):
        files.digest(tmp_path)
    with pytest.raises(UnavailableError, match="cannot be read"):
        Receipt.load(tmp_path)


def test_a_receipt_of_no_entry_cannot_be_linked_to() -> None:
    with pytest.raises(MalformedError):
        RECEIPT.link("corrects")
