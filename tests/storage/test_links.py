"""Links found backwards, whoever came first, and read off an older database's entries."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from logs import SCHOOL, SUPPLIER, appended, found, new_id, new_log, open_store
from sqlalchemy import text

from ledger.statement import Link
from ledger.trace.walk import Ask, Sharing
from storage.migrate import migrate
from storage.migrations.versions import v0002_links
from storage.store import Store

ORDER = "order:2105020001~A-17"


def linking(store: Store, *targets: str) -> list[int]:
    ask = Ask(frozenset(), frozenset(targets), frozenset(), (), frozenset())
    answer = store.related(ask, size=store.head().size, limit=100)
    return [record.index for record in answer.records]


def test_who_links_to_a_record_or_a_subject_is_found(url: str, tmp_path: Path) -> None:
    store, writer = new_log(url, tmp_path)
    first = writer.draft()
    later = writer.draft(links=[Link("cites", id=first.statement.id), Link("under", subject=ORDER)])
    (_, second) = map(appended, store.append([first, later]))

    assert linking(store, first.statement.id) == [second.index]
    assert linking(store, ORDER) == [second.index]
    assert linking(store, later.statement.id) == []
    store.close()


def test_the_target_of_a_link_may_arrive_after_it(url: str, tmp_path: Path) -> None:
    store, writer = new_log(url, tmp_path)
    expected = new_id()
    (early,) = map(appended, store.append([writer.draft(links=[Link("cites", id=expected)])]))
    store.append([writer.draft(record=expected)])

    assert linking(store, expected) == [early.index]
    store.close()


def test_a_supplier_s_papers_are_found_and_are_no_links(url: str, tmp_path: Path) -> None:
    store, writer = new_log(url, tmp_path)
    paper = writer.certificate()
    (held,) = map(appended, store.append([paper]))
    ask = Ask(frozenset(), frozenset(), frozenset([SUPPLIER]), (), frozenset())

    answer = store.related(ask, size=held.size, limit=100)

    assert [record.index for record in answer.records] == [held.index]
    assert linking(store, SUPPLIER) == []
    store.close()


def test_records_of_a_subject_are_found_by_type_and_day_however_they_name_it(
    url: str, tmp_path: Path
) -> None:
    store, writer = new_log(url, tmp_path)
    said = [
        writer.draft("order", subjects=(SCHOOL, ORDER), occurred_at="2026-11-22T16:30:00.000Z"),
        writer.draft("order", subjects=(SCHOOL, ORDER), occurred_at="2026-11-30T00:00:00.000Z"),
        writer.draft("dispatch", SUPPLIER, links=[Link("fulfils", subject=ORDER)]),
        writer.draft("tender", subjects=(SCHOOL, ORDER)),
    ]
    outcomes = [appended(outcome) for outcome in store.append(said)]
    wanted = Sharing(("dispatch", "order"), (ORDER,), since="2026-11-23", until="2026-11-24")
    ask = Ask(frozenset(), frozenset(), frozenset(), (wanted,), frozenset([outcomes[2].index]))

    answer = store.related(ask, size=store.head().size, limit=100)

    assert [record.index for record in answer.records] == [outcomes[0].index]
    assert answer.known == [outcomes[2].index]
    assert not answer.more
    store.close()


def test_what_is_too_much_is_said_to_be_more(url: str, tmp_path: Path) -> None:
    store, writer = new_log(url, tmp_path)
    first = writer.draft()
    store.append([first])
    store.append([writer.draft(links=[Link("cites", id=first.statement.id)]) for _ in range(4)])
    ask = Ask(frozenset(), frozenset([first.statement.id]), frozenset(), (), frozenset())

    assert not store.related(ask, size=store.head().size, limit=4).more
    assert store.related(ask, size=store.head().size, limit=3).more
    assert len(store.related(ask, size=store.head().size, limit=3).records) == 3
    store.close()


def test_the_first_from_an_index_on_come_in_order_however_often_they_are_named(
    url: str, tmp_path: Path
) -> None:
    store, writer = new_log(url, tmp_path)
    names = tuple(f"lot:91210500MA0UTC1A0P~pork~{number:02d}" for number in range(40))
    said = [writer.draft("acceptance", subjects=names[number % 7 :]) for number in range(30)]
    at = [appended(outcome).index for outcome in store.append(said)]
    sharing = (Sharing(("acceptance",), names), Sharing(("acceptance", "order"), names[:3]))
    ask = Ask(frozenset(), frozenset(), frozenset(), sharing, frozenset(at[:2]))

    first = store.related(ask, size=store.head().size, limit=5, since=0)
    last = store.related(ask, size=store.head().size, limit=5, since=at[25])
    middle = store.related(ask, size=at[12], limit=5, since=at[10])

    assert [record.index for record in first.records] == at[2:7]
    assert [record.index for record in last.records] == at[25:]
    assert [record.index for record in middle.records] == at[10:12]
    assert (first.more, last.more, middle.more) == (True, False, False)
    store.close()


def test_entries_above_the_head_asked_for_do_not_count(url: str, tmp_path: Path) -> None:
    store, writer = new_log(url, tmp_path)
    first = writer.draft()
    (before,) = map(appended, store.append([first]))
    store.append([writer.draft(links=[Link("cites", id=first.statement.id)])])
    ask = Ask(frozenset(), frozenset([first.statement.id]), frozenset(), (), frozenset())

    assert store.related(ask, size=before.size, limit=10).records == []
    store.close()


def test_many_inclusion_proofs_are_those_of_one_at_a_time(url: str, tmp_path: Path) -> None:
    store, writer = new_log(url, tmp_path)
    store.append([writer.draft() for _ in range(700)])
    size = store.head().size
    indices = [0, 1, 255, 256, 511, 600, size - 1]

    together = store.inclusion_proofs(indices, size)

    assert together == [store.inclusion_proof(index, size) for index in indices]
    assert store.inclusion_proofs([], size) == []
    store.close()


def test_an_older_database_s_links_are_read_off_its_entries(empty_url: str, tmp_path: Path) -> None:
    store = open_store(empty_url, tmp_path)
    migrate(store.engine)
    writer = found(store)
    first = writer.draft()
    paper = writer.certificate()
    links = [Link("cites", id=first.statement.id), Link("uses", id=first.statement.id)]
    store.append([first, paper, writer.draft(links=[*links, Link("under", subject=ORDER)])])
    rows = text('SELECT target, "index", rel FROM links ORDER BY target, rel')
    with store.engine.begin() as connection:
        expected = connection.execute(rows).all()
        connection.execute(text("DROP TABLE links"))
        with Operations.context(MigrationContext.configure(connection)):
            v0002_links.upgrade()

    with store.engine.connect() as connection:
        assert connection.execute(rows).all() == expected
    assert len(expected) == 4
    store.close()
