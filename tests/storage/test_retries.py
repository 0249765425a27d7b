"""The same id again: a retry is answered as before, anything else is a conflict (API.md, Rules)."""

from dataclasses import replace

import logs
from logs import OTHER_SCHOOL, Writer, appended, check_receipt, refusal
from sqlalchemy import delete

from ledger.errors import RefusedError
from storage.reads import WRAPPED
from storage.store import Store
from storage.tables import WrappedKey


def test_a_retry_gets_the_same_place_under_a_newer_checkpoint(log: tuple[Store, Writer]) -> None:
    store, writer = log
    draft = writer.draft()
    first = appended(store.append([draft])[0])
    store.append([writer.draft() for _ in range(3)])
    size = store.head().size
    again = appended(store.append([replace(draft, seed=bytes(32))])[0])

    assert again.replayed
    assert not first.replayed
    assert (again.index, again.leaf_hash, again.logged_at, again.entry, again.seed) == (
        first.index,
        first.leaf_hash,
        first.logged_at,
        first.entry,
        first.seed,
    )
    assert again.size == store.head().size == size
    check_receipt(again)


def test_a_retry_beside_new_records_is_proven_in_their_checkpoint(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    old = [writer.draft() for _ in range(3)]
    store.append(old)
    outcomes = [appended(o) for o in store.append([writer.draft(), *old, writer.draft()])]

    assert [outcome.replayed for outcome in outcomes] == [False, True, True, True, False]
    for outcome in outcomes:
        check_receipt(outcome)
    logs.audit(store)


def test_a_record_twice_in_one_batch_is_stored_once(log: tuple[Store, Writer]) -> None:
    store, writer = log
    before = store.head().size
    draft = writer.draft()
    one, two = (appended(outcome) for outcome in store.append([draft, draft]))

    assert (one.replayed, two.replayed) == (False, True)
    assert one.index == two.index == before
    assert store.head().size == before + 1
    check_receipt(two)


def test_a_whole_batch_again_is_replayed_also_when_atomic(log: tuple[Store, Writer]) -> None:
    store, writer = log
    drafts = [writer.draft() for _ in range(300)]
    first = [appended(outcome) for outcome in store.append(drafts, atomic=True)]
    head = store.head()
    for atomic in (True, False):
        again = [appended(outcome) for outcome in store.append(drafts, atomic=atomic)]
        assert [o.index for o in again] == [o.index for o in first]
        assert all(o.replayed for o in again)
        for outcome in again:
            check_receipt(outcome)
    assert store.head() == head


def test_other_content_under_a_known_id_is_a_conflict(log: tuple[Store, Writer]) -> None:
    store, writer = log
    draft = writer.draft(payload={"meals": 1})
    store.append([draft])
    name = draft.statement.id
    for other in (
        writer.draft(record=name, payload={"meals": 2}),
        writer.draft(record=name, payload={"meals": 1}, subjects=("order:2105020001~1",)),
        writer.draft(record=name, payload={"meals": 1}, occurred_at="2026-11-23T06:12:11.121Z"),
        writer.draft("waste-log", record=name, payload={"meals": 1}),
    ):
        assert refusal(store.append([other])[0]) == "id-conflict"
    assert appended(store.append([draft])[0]).replayed


def test_a_different_explicit_seed_is_other_content(log: tuple[Store, Writer]) -> None:
    store, writer = log
    seeded, unseeded = writer.draft(seed=b"\x01" * 32), writer.draft()
    stored = {outcome.id: appended(outcome).seed for outcome in store.append([seeded, unseeded])}
    given = stored[unseeded.statement.id]

    for retry, expected in (
        (writer.draft(record=seeded.statement.id, seed=b"\x01" * 32), None),
        (writer.draft(record=seeded.statement.id), None),
        (writer.draft(record=seeded.statement.id, seed=b"\x02" * 32), "id-conflict"),
        (writer.draft(record=unseeded.statement.id, seed=given), None),
        (writer.draft(record=unseeded.statement.id, seed=b"\x02" * 32), "id-conflict"),
    ):
        outcome = store.append([retry])[0]
        if expected is None:
            assert appended(outcome).replayed
        else:
            assert refusal(outcome) == expected


def test_anothers_id_shows_nothing_of_the_record(log: tuple[Store, Writer]) -> None:
    store, writer = log
    draft = writer.draft(payload={"meals": 77})
    store.append([draft])
    theirs = writer.draft(issuer=OTHER_SCHOOL, record=draft.statement.id, payload={"meals": 77})
    same_but_submitter = replace(draft, submitter=OTHER_SCHOOL)
    told = []
    for other in (theirs, same_but_submitter):
        outcome = store.append([other])[0]
        assert isinstance(outcome, RefusedError)
        assert outcome.code == "id-conflict"
        told.append(outcome.faults)
    own = store.append([writer.draft(record=draft.statement.id, payload={"meals": 78})])[0]
    assert isinstance(own, RefusedError)

    assert told == [own.faults] * 2
    assert all(fault.record is None for fault in own.faults)


def test_a_retry_after_the_key_is_gone_is_erased_and_others_learn_nothing(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    draft = writer.draft()
    store.append([draft])
    with store.engine.begin() as connection:
        connection.execute(delete(WrappedKey).where(WRAPPED.owner == f"r:{draft.statement.id}"))

    assert refusal(store.append([draft])[0]) == "erased"
    assert refusal(store.append([replace(draft, submitter=OTHER_SCHOOL)])[0]) == "id-conflict"
    stored = store.record(draft.statement.id)
    assert (stored.erased, stored.payload, stored.seed) == (True, None, None)
    logs.audit(store)


def test_open_records_are_replayed_from_their_entries(log: tuple[Store, Writer]) -> None:
    store, writer = log
    drafts = writer.admission("school:2105020088", "school")
    store.append(drafts)

    assert [appended(outcome).replayed for outcome in store.append(drafts)] == [True, True]
