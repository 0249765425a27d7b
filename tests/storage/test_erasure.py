"""Erasure: keys are destroyed in the transaction that says so, and every proof stays whole."""

from collections.abc import Iterator
from pathlib import Path

import logs
import pytest
from logs import OPERATOR, Draft, Writer, appended, refusal, upload

from ledger import canonical, disclosure
from ledger.errors import NotFoundError, VerificationError
from ledger.statement import Link
from storage.store import Store


@pytest.fixture
def log(url: str, tmp_path: Path) -> Iterator[tuple[Store, Writer]]:
    store, writer = logs.new_log(url, tmp_path)
    yield store, writer
    store.close()


def erasure(writer: Writer, of: Draft, *fields: str) -> Draft:
    target = of.statement
    payload = {"scope": "record", "reason_code": "data-subject-request"}
    more = {"scope": "fields", "fields": list(fields)} if fields else {}
    draft = writer.draft(
        "erasure",
        OPERATOR,
        payload | more,
        subjects=(f"record:{target.id}",),
        links=[Link("erases", id=target.id, sha256=target.sha256)],
    )
    return logs.with_posters(draft, "operator")


def test_an_erased_record_keeps_its_entry_and_nothing_else(log: tuple[Store, Writer]) -> None:
    store, writer = log
    photo = upload(store, b"a face")
    draft = writer.draft(payload={"name": "张三"}, blobs=[photo])
    store.append([draft])
    appended(store.append([erasure(writer, draft)])[0])
    stored = store.record(draft.statement.id)

    assert (stored.erased, stored.payload, stored.seed) == (True, None, None)
    [blob] = store.uploads.find(photo.sha256)
    with pytest.raises(NotFoundError, match="destroyed"):
        store.uploads.open(blob)
    assert refusal(store.append([draft])[0]) == "erased"
    logs.audit(store)


def test_a_blob_that_another_record_names_outlives_the_first(log: tuple[Store, Writer]) -> None:
    store, writer = log
    photo = upload(store, b"a pallet")
    first, second = writer.draft(blobs=[photo]), writer.draft(blobs=[photo])
    store.append([first, second])
    [blob] = store.uploads.find(photo.sha256)

    store.append([erasure(writer, first)])
    assert b"".join(store.uploads.open(blob)) == b"a pallet"
    store.append([erasure(writer, second)])
    with pytest.raises(NotFoundError):
        store.uploads.open(blob)


def test_fields_are_erased_one_by_one_and_the_rest_is_still_disclosed(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    draft = writer.draft(payload={"meals": 400, "name": "张三", "phone": "139"})
    store.append([draft])
    said = draft.statement
    left = {"meals": 400, "name": "张三", "phone": "139"}
    for field in ("name", "phone"):
        appended(store.append([erasure(writer, draft, field, "no_such_field")])[0])
        del left[field]
        stored = store.record(said.id)

        assert stored.payload == canonical.serialise(left)
        assert stored.seed is None
        assert not stored.erased
        assert stored.opening is not None
        shown = disclosure.reveal(stored.opening, left)
        disclosed = disclosure.verify(shown, said.payload_root, said.payload_fields)
        assert disclosed.values == left
        assert not disclosed.lacks(field)
        [row] = store.audit_rows(stored.index, stored.index + 1)
        assert (row.payload, row.seed, row.fault) == (None, None, None)
    assert refusal(store.append([draft])[0]) == "erased"
    store.append([erasure(writer, draft)])
    assert store.record(said.id).erased
    logs.audit(store)


def test_the_old_ciphertext_opens_no_more_after_a_field_is_erased(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    draft = writer.draft(payload={"meals": 400, "name": "张三"})
    store.append([draft])

    def row() -> tuple[bytes, bytes]:
        with store.engine.connect() as connection:
            sealed, wrapped = connection.exec_driver_sql(
                "SELECT sealed, wrapped FROM entries JOIN wrapped_keys "
                f"ON owner = 'r:' || record_id WHERE record_id = '{draft.statement.id}'"
            ).one()
            return bytes(sealed), bytes(wrapped)

    before = row()
    store.append([erasure(writer, draft, "name")])
    after = row()

    assert before[0] != after[0]
    assert before[1] != after[1]
    with pytest.raises(VerificationError):
        store.sealer.open_record(draft.statement.id, before[0], after[1])


def test_the_blobs_of_an_erased_field_go_with_it(log: tuple[Store, Writer]) -> None:
    store, writer = log
    photo = upload(store, b"a face")
    draft = writer.draft(payload={"meals": 400}, blobs=[photo])
    store.append([draft, erasure(writer, draft, "blobs")])
    [blob] = store.uploads.find(photo.sha256)

    assert store.record(draft.statement.id).payload == b'{"meals":400}'
    with pytest.raises(NotFoundError):
        store.uploads.open(blob)


def test_what_stands_in_the_open_is_not_erased(log: tuple[Store, Writer]) -> None:
    store, writer = log
    party, _ = writer.admission("school:2105020055", "school")
    store.append([party])

    assert refusal(store.append([erasure(writer, party)])[0]) == "rule-blocked"


def test_a_refused_atomic_batch_erases_nothing(log: tuple[Store, Writer]) -> None:
    store, writer = log
    draft = writer.draft()
    store.append([draft])
    stranger = writer.draft(issuer="school:2105020099")
    store.append([erasure(writer, draft), stranger], atomic=True)

    assert store.record(draft.statement.id).payload == draft.payload
