"""What records say of each other and of documents and files, held against the log (API.md, Rules)."""

from dataclasses import replace
from hashlib import sha256

import logs
import pytest
from logs import OTHER_SCHOOL, SCHOOL, Draft, Writer, appended, refusal, upload

from ledger.errors import Fault, RefusedError
from ledger.evidence.draft import BlobRef
from ledger.statement import Link
from storage.append import Outcome
from storage.store import Store


def faults(outcome: Outcome) -> tuple[Fault, ...]:
    assert isinstance(outcome, RefusedError)
    return outcome.faults


# Documents


def test_a_document_is_recorded_once(log: tuple[Store, Writer]) -> None:
    store, writer = log
    first = writer.draft(document="7")
    store.append([first])
    second, of_another_type = store.append(
        [writer.draft(document="7"), writer.draft("waste-log", document="7")]
    )

    assert refusal(second) == "duplicate-document"
    assert [fault.record for fault in faults(second)] == [first.statement.id]
    appended(of_another_type)


def test_a_document_twice_in_one_batch_is_refused_the_second_time(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    one, two = store.append([writer.draft(document="8"), writer.draft(document="8")])

    assert [fault.record for fault in faults(two)] == [appended(one).id]


def corrected(writer: Writer, of: Draft, reason: str, document: str) -> list[Draft]:
    target = of.statement
    return [
        writer.draft(document=document, links=[Link("replaces", id=target.id)]),
        writer.correction(of, reason),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_the_replacing_record_of_a_correction_takes_the_document(
    log: tuple[Store, Writer], *, turned: bool
) -> None:
    store, writer = log
    first = writer.draft(document="9")
    store.append([first])
    batch = corrected(writer, first, "incorrect-data", "9")
    if turned:
        batch.reverse()
    for outcome in store.append(batch, atomic=True):
        appended(outcome)
    third = store.append([writer.draft(document="9")])[0]

    replacing = next(draft for draft in batch if draft.document_key)
    assert [fault.record for fault in faults(third)] == [replacing.statement.id]
    again = corrected(writer, replacing, "incorrect-data", "9")
    for outcome in store.append(again, atomic=True):
        appended(outcome)
    logs.audit(store)


def test_a_document_is_not_replaced_outside_an_atomic_batch(log: tuple[Store, Writer]) -> None:
    store, writer = log
    first = writer.draft(document="10")
    store.append([first])
    replacing, _ = store.append(corrected(writer, first, "incorrect-data", "10"))
    assert refusal(replacing) == "duplicate-document"
    alone = store.append(corrected(writer, first, "incorrect-data", "10")[:1], atomic=True)[0]
    assert refusal(alone) == "duplicate-document"


def test_a_document_is_not_taken_by_replacing_another_record(log: tuple[Store, Writer]) -> None:
    store, writer = log
    first, other = writer.draft(document="11"), writer.draft(document="12")
    store.append([first, other])
    outcomes = store.append(corrected(writer, other, "incorrect-data", "11"), atomic=True)

    assert [refusal(outcome) for outcome in outcomes] == ["duplicate-document", "rule-blocked"]


def test_what_did_not_occur_frees_its_document(log: tuple[Store, Writer]) -> None:
    store, writer = log
    first = writer.draft(document="13")
    store.append([first])
    correction, again = store.append(
        [writer.correction(first, "did-not-occur"), writer.draft(document="13")]
    )
    appended(correction)
    appended(again)
    assert refusal(store.append([writer.draft(document="13")])[0]) == "duplicate-document"


def test_what_did_not_occur_frees_its_document_within_one_batch(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    first = writer.draft(document="14")
    for outcome in store.append([first, writer.correction(first, "did-not-occur")]):
        appended(outcome)

    appended(store.append([writer.draft(document="14")])[0])


def test_wrong_data_frees_nothing(log: tuple[Store, Writer]) -> None:
    store, writer = log
    first = writer.draft(document="15")
    store.append([first, writer.correction(first, "incorrect-data")])

    assert refusal(store.append([writer.draft(document="15")])[0]) == "duplicate-document"


# Links


@pytest.mark.parametrize("rel", ["replaces", "reviews"])
def test_a_link_whose_target_must_exist_is_refused_without_it(
    log: tuple[Store, Writer], rel: str
) -> None:
    store, writer = log
    missing = logs.new_id()
    outcome = store.append([writer.draft(links=[Link(rel, id=missing)])])[0]

    assert refusal(outcome) == "missing-link"
    assert [fault.record for fault in faults(outcome)] == [missing]


def test_a_link_whose_target_may_arrive_later_is_taken(log: tuple[Store, Writer]) -> None:
    store, writer = log
    later = writer.draft()
    early = writer.draft(links=[Link("accepts", id=later.statement.id)])
    for outcome in store.append([early, later]):
        appended(outcome)
    logs.audit(store)


def test_a_link_to_another_statement_than_it_pins_down_is_refused(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    target = writer.draft()
    store.append([target])
    right = Link("cites", id=target.statement.id, sha256=target.statement.sha256)
    wrong = Link("cites", id=target.statement.id, sha256=bytes(32))
    taken, refused = store.append([writer.draft(links=[right]), writer.draft(links=[wrong])])

    appended(taken)
    assert refusal(refused) == "missing-link"


def test_a_link_into_the_same_batch_holds_only_backwards(log: tuple[Store, Writer]) -> None:
    store, writer = log
    target = writer.draft()
    first, _, second = store.append(
        [
            writer.draft(links=[Link("reviews", id=target.statement.id)]),
            target,
            writer.draft(links=[Link("reviews", id=target.statement.id)]),
        ]
    )

    assert refusal(first) == "missing-link"
    appended(second)
    logs.audit(store)


def test_only_the_issuer_corrects_its_record(log: tuple[Store, Writer]) -> None:
    store, writer = log
    target = writer.draft()
    store.append([target])
    theirs, own = store.append(
        [
            writer.correction(target, "did-not-occur", issuer=OTHER_SCHOOL),
            writer.correction(target, "did-not-occur"),
        ]
    )

    assert refusal(theirs) == "not-your-subject"
    appended(own)


def test_a_record_is_replaced_only_beside_its_correction(log: tuple[Store, Writer]) -> None:
    store, writer = log
    target = writer.draft()
    store.append([target])
    right = writer.draft(links=[Link("replaces", id=target.statement.id)])
    why = writer.correction(target, "incorrect-data")

    for alone in ([right], [why]):
        assert [refusal(o) for o in store.append(alone, atomic=True)] == ["schema"]
    assert [refusal(o) for o in store.append([right, why])] == ["schema", "schema"]
    both = [appended(o) for o in store.append([right, why], atomic=True)]
    again = [appended(o) for o in store.append([right])]

    assert again[0].index == both[0].index
    assert again[0].replayed
    logs.audit(store)


# Atomic batches


def test_an_atomic_batch_is_stored_whole_or_not_at_all(log: tuple[Store, Writer]) -> None:
    store, writer = log
    good = [writer.draft(document="20"), writer.draft()]
    bad = writer.draft(links=[Link("replaces", id=logs.new_id())])
    before = store.head()
    outcomes = store.append([*good, bad], atomic=True)

    assert [refusal(o) for o in outcomes] == ["rule-blocked", "rule-blocked", "missing-link"]
    assert store.head() == before
    assert [appended(o).index for o in store.append(good, atomic=True)] == [
        before.size,
        before.size + 1,
    ]
    logs.audit(store)


# Blobs


def test_a_record_names_what_its_submitter_uploaded(log: tuple[Store, Writer]) -> None:
    store, writer = log
    photo = upload(store, b"a photo")
    stored = appended(store.append([writer.draft(blobs=[photo])])[0])
    found = store.uploads.find(photo.sha256, SCHOOL)

    assert [(blob.size, blob.named) for blob in found] == [(7, True)]
    assert store.uploads.used_by(found[0].id) == [stored.index]
    assert b"".join(store.uploads.open(found[0])) == b"a photo"
    [(index, named, mac)] = store.uploads.named_in(0, stored.index + 1)
    assert (index, named) == (stored.index, found[0])
    assert mac == store.sealer.mac("blob", photo.sha256)


def test_a_missing_blob_is_named_one_fault_each(log: tuple[Store, Writer]) -> None:
    store, writer = log
    there = upload(store, b"there")
    missing = [
        BlobRef(sha256(word).hexdigest(), "photo", "image/jpeg", 3) for word in (b"one", b"two")
    ]
    outcome = store.append([writer.draft(blobs=[there, *missing])])[0]

    assert refusal(outcome) == "missing-blob"
    assert [fault.code for fault in faults(outcome)] == ["missing-blob"] * 2
    assert not store.uploads.find(there.sha256)[0].named


def test_anothers_upload_is_as_good_as_none(log: tuple[Store, Writer]) -> None:
    store, writer = log
    theirs = upload(store, b"a photo", by=OTHER_SCHOOL)
    never = replace(theirs, sha256=sha256(b"never").hexdigest())
    outcomes = [store.append([writer.draft(blobs=[blob])])[0] for blob in (theirs, never)]

    assert [refusal(outcome) for outcome in outcomes] == ["missing-blob"] * 2
    one, two = (faults(outcome)[0] for outcome in outcomes)
    assert one.message_en.replace(theirs.sha256[:16], never.sha256[:16]) == two.message_en


def test_a_photo_that_must_be_new_was_not_used_before(log: tuple[Store, Writer]) -> None:
    store, writer = log
    theirs = upload(store, b"a photo", by=OTHER_SCHOOL)
    store.append([writer.draft(blobs=[theirs], issuer=OTHER_SCHOOL)])
    fresh = replace(upload(store, b"a photo"), fresh=True)
    first = writer.draft(blobs=[fresh])
    one, two = store.append([first, writer.draft(blobs=[fresh])])
    upload(store, b"a photo")
    again, three = store.append([first, writer.draft(blobs=[fresh])])

    appended(one)
    assert appended(again).replayed
    for outcome in (two, three):
        assert refusal(outcome) == "rule-blocked"
        assert [fault.code for fault in faults(outcome)] == ["used-before"]
    usual = replace(fresh, fresh=False)
    appended(store.append([writer.draft(blobs=[usual])])[0])


def test_a_blob_of_another_size_than_said_is_refused(log: tuple[Store, Writer]) -> None:
    store, writer = log
    photo = upload(store, b"a photo")

    outcome = store.append([writer.draft(blobs=[replace(photo, size=8)])])[0]
    assert refusal(outcome) == "missing-blob"


def test_one_content_uploaded_twice_is_named_by_its_newest_upload(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    photo = upload(store, b"a photo")
    assert upload(store, b"a photo") == photo
    store.append([writer.draft(blobs=[photo])])

    assert sorted(blob.named for blob in store.uploads.find(photo.sha256)) == [False, True]
