"""The contract of every `ReleasedMark`: it only grows, whoever raises it."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import logs
import pytest

from ledger.errors import MalformedError, UnavailableError
from storage.blobs.s3 import S3Address, S3Mark
from storage.database import open_engine
from storage.mark import FileMark, Mark, MemoryMark, ReleasedMark, RolledBackError
from storage.turns import MarkInTurn

_RACER = """
import json, random, sys
from hashlib import sha256
from pathlib import Path
from ledger.errors import UnavailableError
from storage.blobs.s3 import S3Address, S3Mark
from storage.mark import FileMark, Mark
where, start, count = json.loads(sys.argv[1])
mark = FileMark(Path(where)) if isinstance(where, str) else S3Mark(S3Address(**where))
sizes = list(range(start, 1000, 7))[:count]
seen = 0
for size in sizes:
    while True:
        try:
            mark.advance(Mark(size, sha256(b"%d" % size).digest()))
            break
        except UnavailableError:
            pass
    found = mark.read().size
    assert found >= max(seen, size), (seen, size, found)
    seen = found
"""


def of(size: int) -> Mark:
    return Mark(size, sha256(b"%d" % size).digest())


@pytest.fixture(params=["memory", "file", "minio", "versitygw", "in turn"])
def mark(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReleasedMark]:
    if request.param == "memory":
        yield MemoryMark()
    elif request.param == "file":
        yield FileMark(tmp_path / "mark")
    elif request.param == "in turn":
        engine = open_engine(request.getfixturevalue("postgres_url"))
        yield MarkInTurn(MemoryMark(), engine)
        engine.dispose()
    else:
        on_s3 = S3Mark(logs.s3_address(request.getfixturevalue(f"{request.param}_server")))
        on_s3.make_bucket()
        yield on_s3


def test_there_is_no_mark_before_the_first_release(mark: ReleasedMark) -> None:
    assert mark.read() is None


def test_a_mark_is_read_as_it_was_raised(mark: ReleasedMark) -> None:
    for size in (1, 2, 1000, 2**40):
        mark.advance(of(size))
        assert mark.read() == of(size)
        assert mark.begin_read()() == of(size)


def test_a_smaller_mark_changes_nothing(mark: ReleasedMark) -> None:
    mark.advance(of(7))
    mark.advance(of(6))
    mark.advance(of(7))

    assert mark.read() == of(7)


def test_two_roots_of_one_size_are_refused(mark: ReleasedMark) -> None:
    mark.advance(of(7))
    with pytest.raises(RolledBackError, match="two roots of size 7"):
        mark.advance(Mark(7, bytes(32)))

    assert mark.read() == of(7)


def race(where: object) -> None:
    """Five processes raise one mark through interleaved sizes; each sees it grow only."""
    children = [
        subprocess.Popen([sys.executable, "-c", _RACER, json.dumps([where, start, 12])])
        for start in range(1, 6)
    ]
    assert [child.wait(timeout=60) for child in children] == [0] * 5


def test_processes_that_raise_a_file_at_once_never_lower_it(tmp_path: Path) -> None:
    race(str(tmp_path / "mark"))

    assert FileMark(tmp_path / "mark").read() == of(5 + 7 * 11)


def test_processes_that_raise_an_object_at_once_never_lower_it(s3: S3Address) -> None:
    S3Mark(s3).make_bucket()
    race(asdict(s3))

    assert S3Mark(s3).read() == of(5 + 7 * 11)


@pytest.mark.parametrize(
    "text",
    [
        "", "7", "7 \n", f"7 {'00' * 32}", f"07 {'00' * 32}\n", f"-7 {'00' * 32}\n",
        f"7 {'00' * 31}\n", f"7 {'AA' * 32}\n", f"7  {'00' * 32}\n", f"7 {'00' * 32}\n\n",
        f"٧ {'00' * 32}\n", "9" * 5000 + f" {'00' * 32}\n",
    ],
)  # fmt: skip
def test_a_mark_that_is_no_mark_is_not_read_as_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mark"
    path.write_text(text)
    with pytest.raises(MalformedError):
        Mark.of_text(text)
    with pytest.raises(UnavailableError):
        FileMark(path).read()
    with pytest.raises(UnavailableError):
        FileMark(path).advance(of(9))

    assert path.read_text() == text


def test_a_mark_of_bytes_that_are_no_text_is_not_read_as_none(tmp_path: Path) -> None:
    path = tmp_path / "mark"
    path.write_bytes(b"7 \xff\xfe\n")
    with pytest.raises(UnavailableError):
        FileMark(path).read()


def test_an_object_that_is_no_mark_is_not_read_as_none(s3: S3Address) -> None:
    mark = S3Mark(s3)
    mark.make_bucket()
    s3.client().put_object(
        bucket_name=f"{s3.bucket}-mark",
        object_name="released-mark",
        data=io.BytesIO(b"7"),
        length=1,
    )
    with pytest.raises(UnavailableError):
        mark.read()
    with pytest.raises(UnavailableError):
        mark.advance(of(9))


def test_a_mark_survives_its_process_and_its_half_written_successor(tmp_path: Path) -> None:
    FileMark(tmp_path / "mark").advance(of(3))
    (tmp_path / "mark.new").write_text("garbage of a process that died")
    FileMark(tmp_path / "mark").advance(of(4))

    assert FileMark(tmp_path / "mark").read() == of(4)


def test_a_mark_that_cannot_be_kept_is_not_raised(tmp_path: Path) -> None:
    mark = FileMark(tmp_path / "no such folder" / "mark")
    with pytest.raises(UnavailableError):
        mark.advance(of(1))


def test_a_server_that_does_not_answer_is_unavailable(unused_address: S3Address) -> None:
    mark = S3Mark(unused_address)
    for call in (mark.read, mark.make_bucket, lambda: mark.advance(of(1))):
        with pytest.raises(UnavailableError):
            call()


def test_a_bucket_that_is_not_there_is_not_an_unmarked_log(s3: S3Address) -> None:
    """Else a mistyped name would switch the protection off."""
    with pytest.raises(UnavailableError):
        S3Mark(s3).read()


@pytest.mark.parametrize("slot", [0, 1])
def test_a_torn_write_spoils_one_mark_only(slot: int, tmp_path: Path) -> None:
    path = tmp_path / "mark"
    for size in (1, 2, 3):
        FileMark(path).advance(of(size))
    data = bytearray(path.read_bytes())
    data[slot * 4096 + 10] ^= 1
    path.write_bytes(data)

    found = FileMark(path).read()
    assert found in (of(2), of(3))
    FileMark(path).advance(of(4))
    assert FileMark(path).read() == of(4)


def test_a_mark_with_neither_slot_whole_is_not_read_as_none(tmp_path: Path) -> None:
    path = tmp_path / "mark"
    FileMark(path).advance(of(3))
    path.write_bytes(bytes(8192))
    with pytest.raises(UnavailableError):
        FileMark(path).read()
    with pytest.raises(UnavailableError):
        FileMark(path).advance(of(4))


def test_a_torn_write_spoils_the_older_mark_only(tmp_path: Path) -> None:
    path = tmp_path / "mark"
    for size in (3, 4):
        FileMark(path).advance(of(size))
    whole = path.read_bytes()
    half = len(whole) // 2
    seen = set()
    for slot in (0, half):
        for at in (0, 1, 20, 66, 100, 131):
            torn = bytearray(whole)
            torn[slot + at : slot + half] = b"\xff" * (half - at)
            path.write_bytes(torn)
            found = FileMark(path).read()
            seen.add(found)
            FileMark(path).advance(of(5))
            assert FileMark(path).read() == of(5)
            FileMark(path).advance(of(6))
            assert FileMark(path).read() == of(6)

    assert seen == {of(3), of(4)}


def test_a_file_of_which_nothing_is_left_is_not_an_unmarked_log(tmp_path: Path) -> None:
    path = tmp_path / "mark"
    FileMark(path).advance(of(3))
    for rest in (b"", bytes(len(path.read_bytes())), b"\xff" * 9000):
        path.write_bytes(rest)
        with pytest.raises(UnavailableError):
            FileMark(path).read()
        with pytest.raises(UnavailableError):
            FileMark(path).advance(of(9))
