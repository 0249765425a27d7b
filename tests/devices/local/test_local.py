"""What a driver keeps and reads on its own machine: journal, people, table, status."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from devices.local import people, status
from devices.local.journal import FileJournal, Journal, MemoryJournal
from devices.local.people import KnownPeople, Member, PeopleFile
from ledger.errors import MalformedError, UnavailableError

COOK = "person:c3xw6ofm2ktq7vzj5ynbhapdre"
CERTIFICATE = "01a206fd-6778-7a62-a7b8-000000000030"
TODAY = date(2026, 11, 27)


@pytest.fixture(params=["memory", "file"])
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Journal]:
    memory = MemoryJournal()
    if request.param == "memory":
        return lambda: memory
    return lambda: FileJournal(tmp_path / "sub" / "j")


def test_a_journal_gives_what_was_saved_last(open_journal: Callable[[], Journal]) -> None:
    assert open_journal().load() is None
    open_journal().save({"a": [1, None]})
    open_journal().save({"a": [1, None, "红烧肉"]})

    assert open_journal().load() == {"a": [1, None, "红烧肉"]}


def test_a_damaged_journal_is_set_aside_and_not_believed(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "j")
    journal.save({"a": 1})
    data = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(data.replace(b"1}", b"2}"))

    assert journal.load() is None
    assert journal.fault is not None
    assert (tmp_path / "j.damaged").exists()


def test_a_journal_is_its_owners_alone(tmp_path: Path) -> None:
    FileJournal(tmp_path / "j").save({})

    assert (tmp_path / "j").stat().st_mode & 0o077 == 0


def test_a_disk_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "j")
    journal.save({"a": 1})
    (tmp_path / "j.new").mkdir()
    with pytest.raises(UnavailableError):
        journal.save({"a": 2})

    assert journal.load() == {"a": 1}


def test_a_kill_at_any_moment_leaves_a_whole_journal(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        from pathlib import Path
        from devices.local.journal import FileJournal
        journal = FileJournal(Path({str(tmp_path / "j")!r}))
        n = (journal.load() or {{"n": 0}})["n"]
        while True:
            n += 1
            journal.save({{"n": n, "pad": "x" * 20000}})
            print(n, flush=True)
        """
    )
    last = 0
    for number in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
        ) as child:
            assert child.stdout is not None
            for _ in range(3):
                said = int(child.stdout.readline())
            time.sleep(0.01 * number)
            os.kill(child.pid, signal.SIGKILL)
            rest = [int(line) for line in child.stdout.read().split() if line.isdigit()]
        said = max([said, *rest[:-1]])
        document = FileJournal(tmp_path / "j").load()
        assert document is not None
        assert document["n"] >= said > last
        last = said


def write(file: Path, *members: Member, year: int = 2026) -> None:
    file.touch(0o600)
    file.write_bytes(people.serialise(KnownPeople(members, year)))


def test_people_are_found_by_any_of_their_codes(tmp_path: Path) -> None:
    write(tmp_path / "p", Member(("0012", "card-77"), COOK, CERTIFICATE, "2027-08-14"))
    known = PeopleFile(tmp_path / "p")

    found = known.find("card-77", TODAY)
    assert found is not None
    assert (found.person, found.valid_until) == (COOK, "2027-08-14")
    assert known.find("0013", TODAY) is None


def test_a_pseudonym_of_last_school_year_is_nobody(tmp_path: Path) -> None:
    write(tmp_path / "p", Member(("0012",), COOK))
    known = PeopleFile(tmp_path / "p")

    assert known.find("0012", date(2027, 8, 31)) is not None
    assert known.find("0012", date(2027, 9, 1)) is None


def test_a_list_that_was_changed_is_read_again_and_a_faulty_one_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "p"
    write(file, Member(("0012",), COOK))
    known = PeopleFile(file)
    assert known.find("0012", TODAY) is not None
    file.write_bytes(b'{"people":')
    assert known.find("0012", TODAY) is not None
    assert known.fault is not None
    write(file, Member(("0013",), COOK))

    assert known.find("0013", TODAY) is not None
    assert known.fault is None


def test_a_list_that_others_can_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "p", Member(("0012",), COOK))
    (tmp_path / "p").chmod(0o644)

    with pytest.raises(MalformedError, match="chmod 600"):
        people.read(tmp_path / "p")


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b'{"school_year": 2026}',
        b'{"school_year": 2026, "people": [{"codes": [], "person": "person:x"}]}',
        b'{"school_year": 2026, "people": [{"codes": ["1"], "person": "Li"}]}',
        b'{"school_year": 2026, "people": [{"codes": ["1"], "name": "Li"}]}',
    ],
)
def test_anything_else_is_no_list(data: bytes) -> None:
    with pytest.raises(MalformedError):
        people.parse(data)


def test_one_code_for_two_people_is_refused() -> None:
    with pytest.raises(MalformedError, match=r"a code of people\[1\] stands for somebody") as told:
        KnownPeople([Member(("4711",), COOK), Member(("4711",), COOK)], 2026)
    assert "4711" not in str(told.value)  # it is shown on the status page


def test_secrets_are_no_part_of_a_configurations_digest() -> None:
    one = {"host": "a", "secret": "1", "mqtt": {"password": "2", "port": 1}}
    other = {"host": "a", "secret": "x", "mqtt": {"password": "y", "port": 1}}

    assert status.config_digest(one) == status.config_digest(other)
    assert status.config_digest(one) != status.config_digest({**one, "host": "b"})


def test_a_cameras_password_is_no_part_of_it_either() -> None:
    one, other, elsewhere = (
        status.config_digest({"camera": {"source": f"rtsp://{address}/live"}})
        for address in ("viewer:a@10.0.0.7", "viewer:b@10.0.0.7", "viewer:a@10.0.0.8")
    )
    assert one == other
    assert one != elsewhere
