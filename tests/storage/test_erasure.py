"""Erasure: keys are destroyed in the transaction that says so, and every proof stays whole."""

import logs
import pytest
from logs import ADMIN, BUREAU, OPERATOR, SCHOOL, Draft, Writer, appended, refusal, upload
from sqlalchemy import text

from ledger import canonical, disclosure
from ledger.audit.records import check_erased, check_missing
from ledger.errors import Fault, NotFoundError, RefusedError, VerificationError
from ledger.statement import Link
from storage.database import writing
from storage.erasure import Reapplied
from storage.store import Store
from storage.values import Search


def erasure(writer: Writer, of: Draft, *fields: str, by: str = OPERATOR, key: str = "") -> Draft:
    target = of.statement
    payload = {"scope": "record", "reason_code": "data-subject-request"}
    more = {"scope": "fields", "fields": list(fields)} if fields else {}
    draft = writer.draft(
        "erasure",
        by,
        payload | more,
        subjects=(f"record:{target.id}",),
        links=[Link("erases", id=target.id, sha256=target.sha256)],
        key=logs.signer(key) if key else None,
    )
    return logs.with_posters(draft, "operator", "authority")


def keys(store: Store, like: str = "%") -> dict[str, bytes]:
    """The wrapped keys, as a backup of their table holds them."""
    with store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT owner, wrapped FROM wrapped_keys WHERE owner LIKE :like"), {"like": like}
        )
        return {row.owner: bytes(row.wrapped) for row in rows}


def put_back(store: Store, backup: dict[str, bytes]) -> None:
    """Restore a backup of the wrapped keys: those that are gone come back."""
    with writing(store.engine) as connection:
        for owner, wrapped in backup.items():
            connection.execute(text("DELETE FROM wrapped_keys WHERE owner = :o"), {"o": owner})
            connection.execute(
                text("INSERT INTO wrapped_keys (owner, wrapped) VALUES (:o, :w)"),
                {"o": owner, "w": wrapped},
            )


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


# Who may, and what else goes


@pytest.mark.parametrize(
    ("by", "key"),
    [(OPERATOR, ""), (ADMIN, ""), (BUREAU, "bureau")],
    ids=["operator", "admin", "authority"],
)
def test_the_operator_and_an_authority_may_erase(
    log: tuple[Store, Writer], by: str, key: str
) -> None:
    store, writer = log
    draft = writer.draft()
    store.append([draft])
    appended(store.append([erasure(writer, draft, by=by, key=key)])[0])

    assert store.record(draft.statement.id).erased
    logs.audit(store)


@pytest.mark.parametrize(
    "by", [SCHOOL, f"{OPERATOR}~engine", "operator:91210502MA0TEST09X", BUREAU]
)
def test_anybody_else_is_refused_and_destroys_nothing(log: tuple[Store, Writer], by: str) -> None:
    store, writer = log
    draft = writer.draft()
    store.append([draft])
    size = store.head().size
    outcome = store.append([erasure(writer, draft, by=by)])[0]  # the bureau does not sign

    assert refusal(outcome) == ("signature" if by == BUREAU else "forbidden-type")
    assert store.head().size == size
    assert store.record(draft.statement.id).payload == draft.payload


def test_an_erased_record_is_found_by_its_posters_number_no_more(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    whole, part = (
        writer.draft(payload={"source_ref": ref, "n": 1}, source_ref=ref) for ref in ("A-1", "A-2")
    )
    store.append([whole, part])
    store.append([erasure(writer, whole), erasure(writer, part, "source_ref")])

    for ref in ("A-1", "A-2"):
        assert store.search(Search(source_ref=ref, visible_to=SCHOOL)) == []
    assert len(store.search(Search(submitter=SCHOOL))) == 2


def test_the_document_of_an_erased_record_stays_taken(log: tuple[Store, Writer]) -> None:
    store, writer = log
    draft = writer.draft(document="D-1")
    store.append([draft, erasure(writer, draft)])

    assert refusal(store.append([writer.draft(document="D-1")])[0]) == "duplicate-document"
    store.append([writer.correction(draft, "did-not-occur")])
    appended(store.append([writer.draft(document="D-1")])[0])


def test_what_was_kept_of_refused_attempts_goes_too(log: tuple[Store, Writer]) -> None:
    store, writer = log
    draft, other = writer.draft(), writer.draft()
    error = RefusedError("schema", [Fault("/payload/n", "pattern", "13900000000 is none", "不合")])
    store.journal.note_refusals(
        SCHOOL, [(one.statement.id, "demand-plan", error) for one in (draft, other)]
    )
    store.append([draft, other, erasure(writer, draft)])

    kept = store.journal.refusals(SCHOOL, since=None, limit=9)
    assert [refused.record_id for refused in kept] == [other.statement.id]


def test_a_blob_whose_key_is_gone_cannot_be_named_again_but_uploaded_again(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    photo = upload(store, b"a face")
    draft = writer.draft(blobs=[photo])
    store.append([draft, erasure(writer, draft)])

    assert refusal(store.append([writer.draft(blobs=[photo])])[0]) == "missing-blob"
    again = writer.draft(blobs=[upload(store, b"a face")])
    appended(store.append([again])[0])
    newest, _ = store.uploads.find(photo.sha256)
    assert b"".join(store.uploads.open(newest)) == b"a face"


def test_who_a_pseudonym_stands_for_goes_with_the_record_that_introduced_it(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    value = store.journal.pseudonym("person", SCHOOL, "210502199001011234", "2026")
    other = store.journal.pseudonym("person", SCHOOL, "210502199001015678", "2026")
    introduced, mentioned = (
        writer.draft(kind, subjects=(SCHOOL, f"person:{name}"))
        for kind, name in (("staff-registration", value), ("shift-roster", other))
    )
    store.append([introduced, mentioned])
    store.append([erasure(writer, introduced), erasure(writer, mentioned)])

    with pytest.raises(NotFoundError):
        store.journal.identity(value)
    assert store.journal.identity(other) == "210502199001015678"
    assert store.journal.pseudonym("person", SCHOOL, "210502199001011234", "2026") != value


def test_fields_of_a_record_that_opens_no_more_take_the_key_along(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    draft, neighbour = writer.draft(payload={"a": 1, "b": 2}), writer.draft()
    store.append([draft])
    with writing(store.engine) as connection:
        connection.execute(
            text("UPDATE entries SET sealed = :x WHERE record_id = :id"),
            {"x": bytes(60), "id": draft.statement.id},
        )
    for outcome in store.append([neighbour, erasure(writer, draft, "a")]):
        appended(outcome)

    assert keys(store, f"r:{draft.statement.id}") == {}


# Erasure or loss, and restores


def test_a_loss_is_not_excused_by_the_erasure_of_a_field(log: tuple[Store, Writer]) -> None:
    store, writer = log
    draft = writer.draft(payload={"a": 1, "b": 2, "c": 3})
    store.append([draft, erasure(writer, draft, "a")])
    index = store.record(draft.statement.id).index

    def findings(*said: tuple[str, ...] | None) -> list[str]:
        [row] = store.audit_rows(index, index + 1)
        gone = None if row.rest is None else row.rest.gone
        missing = (index, draft.statement.id, "demand-plan", gone)
        return [found.en for found in check_missing(missing, {draft.statement.id: said})]

    assert findings(("a",)) == findings(("a", "b")) == findings(None) == []
    [found] = findings(("b",))
    assert "a loss" in found
    with writing(store.engine) as connection:
        connection.execute(text("DELETE FROM wrapped_keys"))
    [found] = findings(("a",))
    assert "only fields of it were erased: a loss" in found
    [found] = findings()
    assert "no erasure record says why: a loss" in found
    assert findings(None) == []


def test_a_restored_backup_of_the_keys_brings_nothing_back(log: tuple[Store, Writer]) -> None:
    store, writer = log
    value = store.journal.pseudonym("person", SCHOOL, "210502199001011234", "2026")
    photos = [upload(store, bytes([n]) * 9) for n in range(2)]
    whole = writer.draft(payload={"name": "张三"}, blobs=photos[:1])
    part = writer.draft(payload={"name": "张三", "meals": 1})
    kept = writer.draft(payload={"name": "李四"}, blobs=photos[1:])
    store.append([whole, part, kept])
    unnamed = upload(store, b"named by nothing yet")
    backup = keys(store)
    store.append([erasure(writer, whole), erasure(writer, part, "name")])
    store.journal.forget_pseudonym(value)
    after = keys(store)
    assert not store.reapply_erasures()

    put_back(store, {owner: key for owner, key in backup.items() if owner not in after})
    assert len(store.uploads.undestroyed()) == 1
    [row] = store.audit_rows_of([whole.statement.id])
    [found] = check_erased(row, [None])
    assert "still there" in found.en
    again = store.reapply_erasures()

    assert again == Reapplied(records=1, blobs=1, pseudonyms=1)
    assert keys(store) == after
    assert not store.reapply_erasures()
    assert store.uploads.undestroyed() == []
    [row] = store.audit_rows_of([whole.statement.id])
    assert list(check_erased(row, [None])) == []
    assert store.record(kept.statement.id).payload == kept.payload
    for photo, opens in ((photos[0], False), (photos[1], True), (unnamed, True)):
        [blob] = store.uploads.find(photo.sha256)
        assert (f"u:{blob.id}" in keys(store)) is opens


def test_a_restored_database_with_its_old_keys_is_erased_anew(log: tuple[Store, Writer]) -> None:
    """Rows and keys of before the erasure over a log that has it: as if rows were put back by hand."""
    store, writer = log
    whole, part = (writer.draft(payload={"name": "张三", "meals": 1}) for _ in range(2))
    store.append([whole, part])
    with store.engine.connect() as connection:
        rows = connection.execute(text("SELECT record_id, sealed FROM entries")).all()
    backup = keys(store)
    store.append([erasure(writer, whole), erasure(writer, part, "name")])
    with writing(store.engine) as connection:
        for row in rows:
            connection.execute(
                text("UPDATE entries SET sealed = :s WHERE record_id = :id"),
                {"s": row.sealed, "id": row.record_id},
            )
    put_back(store, backup)
    assert store.record(whole.statement.id).payload == whole.payload
    [row] = store.audit_rows_of([part.statement.id])
    [found] = check_erased(row, [("name",)])
    assert found.found == "name"

    assert store.reapply_erasures() == Reapplied(records=1, fields=1)
    assert store.record(whole.statement.id).erased
    assert store.record(part.statement.id).payload == b'{"meals":1}'
