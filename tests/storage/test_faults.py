"""Every call to database and mark fails once, before or after it did its work (DESIGN §2.3).

What must hold after each: no two checkpoints of one size differ, none was released whose commit is
not certain, the mark is not beyond the database, and the same ids sent again are stored once.
"""

from collections.abc import Iterator
from pathlib import Path

import logs
import pytest
from failing import COMMIT, FailingMark, Faults, When
from logs import Draft, appended, check_receipt, refusal
from sqlalchemy import create_engine, text

from ledger.errors import RefusedError, UnavailableError
from storage.mark import FileMark
from storage.values import Appended


class Rig:
    """A log on a failing database, and all that was ever released of it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.mark = FailingMark(FileMark(folder / "released-mark"))
        self.store, self.writer = logs.new_log(url, folder, mark=self.mark)
        self.faults = Faults(self.store.engine)
        self.onlooker = create_engine(url)
        self.released: dict[int, str] = {}
        self.stored: dict[str, Appended] = {}
        self.show(self.store.head().checkpoint)

    def close(self) -> None:
        self.store.close()
        self.onlooker.dispose()

    def batch(self, number: int) -> list[Draft]:
        """One of each that writes to a table of its own."""
        photo = logs.upload(self.store, b"photo %d" % number)
        closed = self.writer.draft(
            blobs=[photo], document=f"{number}", source_ref=f"{number}", subjects=("order:s~1",)
        )
        party = f"school:x{number}"
        key = self.writer.key_registration(party, logs.signer(party))
        return [closed, self.writer.draft(), *self.writer.admission(party, "school"), key]

    def show(self, note: str) -> None:
        """A checkpoint left the service."""
        size = int(note.split("\n")[1])
        assert self.released.setdefault(size, note) == note, f"two checkpoints of size {size}"

    def append(self, drafts: list[Draft]) -> bool:
        """Whether the append answered; what it answered is kept."""
        try:
            outcomes = self.store.append(drafts)
        except UnavailableError:
            return False
        for draft, outcome in zip(drafts, outcomes, strict=True):
            receipt = appended(outcome)
            check_receipt(receipt)
            self.show(receipt.checkpoint)
            known = self.stored.setdefault(draft.statement.id, receipt)
            assert (known.index, known.entry, known.seed) == (
                receipt.index,
                receipt.entry,
                receipt.seed,
            )
        return True

    def check(self) -> None:
        """What must hold whatever failed, seen past the store itself."""
        with self.onlooker.connect() as connection:
            size = connection.execute(text("SELECT size FROM log_head")).scalar_one()
            entries = connection.execute(text("SELECT count(*) FROM entries")).scalar_one()
            rows = connection.execute(text("SELECT size, note FROM checkpoints"))
            notes = {row.size: row.note for row in rows}
        mark = FileMark(self.folder / "released-mark").read()
        assert entries == size
        assert mark is not None
        assert mark.size <= size
        for released, note in self.released.items():
            assert notes[released] == note
            assert released <= mark.size


@pytest.fixture
def rig(url: str, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(url, tmp_path)
    yield rig
    rig.close()


def retried(rig: Rig, drafts: list[Draft]) -> None:
    assert rig.append(drafts), "nothing fails any more"
    rig.check()


@pytest.mark.parametrize("when", list(When))
def test_every_call_to_the_database_may_fail_during_an_append(rig: Rig, when: When) -> None:
    number, failed = 0, []
    while True:
        drafts = rig.batch(number)
        with rig.faults.failing(number, when):
            answered = rig.append(drafts)
        if len(rig.faults.calls) <= number:
            break  # the append makes no more calls than that
        failed.append(rig.faults.calls[number])
        rig.check()
        retried(rig, drafts)
        if number % 3 == 0:
            rig.show(rig.store.head().checkpoint)
        number += 1

    assert answered
    assert failed[-1] == COMMIT
    assert len(failed) > 12
    logs.audit(rig.store)


@pytest.mark.parametrize("when", list(When))
def test_what_a_failed_transaction_granted_is_not_granted(rig: Rig, when: When) -> None:
    party = "school:2105020055"
    granted = rig.writer.admission(party, "school")
    posted = logs.with_posters(rig.writer.draft(issuer=party), "school")
    is_insert = 'INSERT INTO "entries"', "INSERT INTO entries"
    rig.faults.fails = lambda _number, text: when if text.startswith(is_insert) else None
    assert not rig.append(granted)
    rig.faults.fails = lambda _number, _text: None

    assert refusal(rig.store.append([posted])[0]) == "forbidden-type"
    retried(rig, granted)
    retried(rig, [logs.again(rig.writer, posted)])
    logs.audit(rig.store)


@pytest.mark.parametrize("when", list(When))
def test_a_commit_of_unknown_outcome_is_looked_up(rig: Rig, when: When) -> None:
    drafts = rig.batch(0)
    before = rig.store.head().size
    with rig.faults.failing_commits(when):
        assert rig.append(drafts)

    replayed = [rig.stored[draft.statement.id].replayed for draft in drafts]
    assert replayed == [when in (When.ALL, When.CUT)] * len(drafts)
    assert rig.store.head().size == before + len(drafts)
    rig.check()
    logs.audit(rig.store)


@pytest.mark.parametrize("when", list(When))
def test_what_arrived_under_the_lock_is_looked_up_as_well(rig: Rig, when: When) -> None:
    drafts, later = rig.batch(0), rig.batch(1)
    arrivals = [later]
    before = rig.store.head().size
    with rig.faults.failing_commits(when):
        outcomes = rig.store.commit(drafts, more=arrivals.pop)()

    assert arrivals == []
    assert [appended(outcome).id for outcome in outcomes] == [
        draft.statement.id for draft in [*drafts, *later]
    ]
    assert rig.store.head().size == before + len(drafts) + len(later)
    logs.audit(rig.store)


@pytest.mark.parametrize("when", list(When))
def test_commits_that_go_on_failing_are_reported_and_retried_safely(rig: Rig, when: When) -> None:
    drafts = rig.batch(0)
    before = rig.store.head().size
    with rig.faults.failing_commits(when, times=2):
        answered = rig.append(drafts)
    rig.check()

    # What was stored by the first attempt is found by the second, which then has nothing to commit.
    assert answered == (when in (When.ALL, When.CUT))
    retried(rig, drafts)
    assert rig.store.head().size == before + len(drafts)
    logs.audit(rig.store)


def test_an_unknown_commit_within_an_atomic_batch_stays_atomic(rig: Rig) -> None:
    for when in When:
        good = [rig.writer.draft(), rig.writer.draft()]
        with rig.faults.failing_commits(when):
            outcomes = rig.store.append(good, atomic=True)
        assert {appended(outcome).size for outcome in outcomes} == {rig.store.head().size}
        with rig.faults.failing_commits(when):
            refused = rig.store.append(
                [rig.writer.draft(), rig.writer.draft("no-such")], atomic=True
            )
        assert all(isinstance(outcome, Appended | RefusedError) for outcome in refused)
    rig.check()
    logs.audit(rig.store)


@pytest.mark.parametrize("when", [When.NOTHING, When.ALL])
def test_a_mark_that_cannot_be_raised_holds_back_every_checkpoint(rig: Rig, when: When) -> None:
    drafts = rig.batch(0)
    before = rig.store.head()
    rig.mark.on_advance = when
    assert not rig.append(drafts)
    assert not rig.append(drafts)
    with pytest.raises(UnavailableError):
        rig.store.head()
    with pytest.raises(UnavailableError):
        rig.store.released_head()
    rig.check()
    rig.mark.on_advance = None

    assert before.size + len(drafts) == rig.store.head().size
    retried(rig, drafts)
    logs.audit(rig.store)


def test_a_mark_that_cannot_be_read_stops_the_signing(rig: Rig) -> None:
    drafts = rig.batch(0)
    rig.mark.on_read = When.NOTHING
    assert not rig.append(drafts)
    rig.mark.on_read = None
    rig.check()

    retried(rig, drafts)
    logs.audit(rig.store)


def test_a_process_that_dies_between_commit_and_mark_leaves_it_to_the_next(rig: Rig) -> None:
    drafts = rig.batch(0)
    rig.mark.on_advance = When.NOTHING
    assert not rig.append(drafts)
    rig.store.close()

    successor = logs.open_store(rig.url, rig.folder)
    size = successor.head().size
    mark = FileMark(rig.folder / "released-mark").read()
    assert mark is not None
    assert mark.size == size
    for outcome in successor.append(drafts):
        assert appended(outcome).replayed
    appended(successor.append([rig.writer.draft()])[0])
    logs.audit(successor)
    successor.close()


@pytest.mark.parametrize("when", list(When))
def test_every_call_may_fail_while_the_log_is_read(rig: Rig, when: When) -> None:
    drafts = rig.batch(0)
    retried(rig, drafts)
    store, last = rig.store, rig.stored[drafts[0].statement.id]
    reads = (
        store.head,
        lambda: store.record(last.id),
        lambda: store.inclusion_proof(last.index, last.size),
        lambda: store.history("order:s~1"),
        store.registry,
    )
    for read in reads:
        expected = read()
        for number in range(3):
            with rig.faults.failing(number, when):
                try:
                    found = read()
                except UnavailableError:
                    continue
            if read is not store.registry:
                assert found == expected
        again = read()
        assert again == expected or read is store.registry
    rig.check()


def test_a_full_disk_stores_nothing_by_halves(tmp_path: Path) -> None:
    rig = Rig(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    before = rig.store.head()
    drafts = [rig.writer.draft(payload={"note": "x" * 20_000}) for _ in range(50)]

    def limit(pages: int) -> None:
        for connection in [rig.store.engine.raw_connection() for _ in range(8)]:
            connection.cursor().execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[no-untyped-call]
            connection.close()

    limit(1)  # no more than there are
    assert not rig.append(drafts)
    rig.check()
    assert rig.store.head() == before
    limit(1 << 30)
    retried(rig, drafts)
    logs.audit(rig.store)
    rig.close()


def test_a_connection_cut_while_idle_costs_at_most_one_answer(
    postgres_url: str, tmp_path: Path
) -> None:
    rig = Rig(postgres_url, tmp_path)
    with rig.onlooker.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert rig.append(rig.batch(0)), "idle connections are checked before they are used"
    logs.audit(rig.store)
    rig.close()
