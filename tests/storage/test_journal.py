from pathlib import Path

import logs
import pytest
from sqlalchemy import text

from ledger import timestamp
from ledger.errors import Fault, NotFoundError, RefusedError
from storage.database import now_ms
from storage.store import Store

PARTY, OTHER = "school:2105020001", "supplier:91210502MA0TEST03X"
DAY_MS = 86_400_000


def days_ago(store: Store, days: float) -> str:
    with store.engine.connect() as connection:
        return timestamp.format(int(now_ms(connection) - days * DAY_MS))


def refusal(code: str, record: str | None = None) -> RefusedError:
    return RefusedError(code, [Fault("/payload", code, "do this", "请这样做", record)])


def test_refusals_are_their_posters_newest_first(store: Store) -> None:
    store.journal.note_refusals(
        PARTY, [("id 1", "order", refusal("schema")), (None, None, refusal("too-large"))]
    )
    store.journal.note_refusals(OTHER, [("id 2", "dispatch", refusal("wall"))])
    store.journal.note_refusals(PARTY, [("id 3", "order", refusal("duplicate-document", "id 9"))])
    found = store.journal.refusals(PARTY, since=None, limit=10)

    assert [(r.record_id, r.type, r.code) for r in found] == [
        ("id 3", "order", "duplicate-document"),
        (None, None, "too-large"),
        ("id 1", "order", "schema"),
    ]
    assert found[0].faults == [
        {
            "pointer": "/payload",
            "code": "duplicate-document",
            "message_en": "do this",
            "message_zh": "请这样做",
            "record": "id 9",
        }
    ]
    assert len(store.journal.refusals(PARTY, since=None, limit=2)) == 2
    assert store.journal.refusals(PARTY, since=days_ago(store, -1), limit=9) == []
    assert store.journal.refusals(PARTY, since=days_ago(store, 1), limit=9) == found


def test_refusals_are_kept_30_days_and_personal_reads_two_years(store: Store) -> None:
    for days in (29.9, 30.1, 729, 732):
        store.journal.note_refusals(PARTY, [(f"{days}", "order", refusal("schema"))])
        store.journal.note_personal_read(PARTY, f"{days}", 7, ["name"])
        with store.engine.begin() as connection:
            at = days_ago(store, days)
            connection.execute(
                text("UPDATE refusals SET refused_at = :at WHERE record_id = :id"),
                {"at": at, "id": f"{days}"},
            )
            connection.execute(
                text("UPDATE personal_reads SET read_at = :at WHERE token = :id"),
                {"at": at, "id": f"{days}"},
            )
    store.journal.tidy()

    kept = store.journal.refusals(PARTY, since=None, limit=9)
    assert [refusal.record_id for refusal in kept] == ["29.9"]
    assert sorted(row[2] for row in store.journal.personal_reads()) == ["29.9", "30.1", "729"]


def test_personal_reads_say_who_read_what(store: Store) -> None:
    store.journal.note_personal_read(PARTY, "token 1", 41, ["phone", "name"])
    store.journal.note_personal_read(OTHER, "token 2", 42, ["name"])
    reads = store.journal.personal_reads()

    assert [row[1:] for row in reads] == [
        (OTHER, "token 2", 42, "name"),
        (PARTY, "token 1", 41, "name phone"),
    ]
    assert store.journal.personal_reads(limit=1) == reads[:1]


def test_denials_are_counted_by_party_type_and_hour(store: Store) -> None:
    for party, kind in [(PARTY, "order")] * 3 + [(PARTY, "rating"), (OTHER, "order")]:
        store.journal.count_denial(party, kind)
    this_hour = days_ago(store, 0)[:13]
    found = store.journal.denials("9999")

    if {denial.hour for denial in found} == {this_hour}:  # else the hour has just changed
        assert [(d.party, d.type, d.count) for d in found] == [
            (PARTY, "order", 3),
            (PARTY, "rating", 1),
            (OTHER, "order", 1),
        ]
        assert store.journal.denials(this_hour) == []
    assert sum(denial.count for denial in found) == 5
    store.journal.forget_denial(found[0])
    assert store.journal.denials("9999") == found[1:]


def test_one_identity_in_one_scope_is_one_pseudonym(store: Store) -> None:
    def of(kind: str, identity: str, scope: str, party: str = PARTY) -> str:
        return store.journal.pseudonym(kind, party, identity, scope)

    first = of("person", "张三 210502", "2026")
    others = [
        of("person", "张三 210502", "2027"),
        of("person", "李四 210502", "2026"),
        of("account", "张三 210502", "2026"),
        of("sole-trader", "92210502", ""),
    ]

    assert of("person", "张三 210502", "2026", OTHER) == first
    assert len({first, *others}) == 5
    assert len(first) == 26
    assert set(first) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert store.journal.identity(first) == "张三 210502"


def test_a_destroyed_mapping_is_nobodys_and_a_new_one_is_another(store: Store) -> None:
    first = store.journal.pseudonym("person", PARTY, "张三", "2026")
    store.journal.forget_pseudonym(first)
    for call in (store.journal.identity, store.journal.forget_pseudonym):
        with pytest.raises(NotFoundError):
            call(first)
    with store.engine.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM wrapped_keys")).scalar_one()
    assert left == 0

    assert store.journal.pseudonym("person", PARTY, "张三", "2026") != first


def test_a_mapping_does_not_open_without_its_own_key(store: Store) -> None:
    """A backup of the rows, put back after the key was destroyed, tells nothing."""
    value = store.journal.pseudonym("person", PARTY, "张三", "2026")
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM wrapped_keys"))
    with pytest.raises(NotFoundError):
        store.journal.identity(value)


def test_what_a_pseudonym_stands_for_is_nowhere_in_the_file(tmp_path: Path) -> None:
    store = logs.open_store(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    logs.migrate(store.engine)
    value = store.journal.pseudonym("person", PARTY, "a very particular name", "2026")
    store.close()

    stored = (tmp_path / "log.db").read_bytes()
    assert value.encode() in stored
    assert b"particular" not in stored
