"""The append transaction on both databases: what is written, signed and released."""

import time
from pathlib import Path
from typing import Any

import logs
import pytest
from logs import (
    ADMIN,
    BUREAU,
    OTHER_SCHOOL,
    SCHOOL,
    SUPPLIER,
    Writer,
    appended,
    check_receipt,
    refusal,
)

from ledger import canonical, commitment, note, timestamp
from ledger import entry as entry_format
from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress, AnchorState, Mined
from ledger.errors import NotFoundError, RefusedError, UnavailableError
from ledger.evidence.draft import Draft
from storage.store import Store
from storage.values import MAX_BATCH

TARGET = AnchorTarget(31337, "0x" + "11" * 32, "0x" + "22" * 20, "33" * 32, "0x" + "44" * 20)


def test_genesis_is_entry_0_and_is_replayed(store: Store) -> None:
    genesis = Writer().genesis()
    first = store.found(genesis)
    again = store.found(genesis)

    assert (first.index, first.size, first.replayed) == (0, 1, False)
    assert (again.index, again.leaf_hash, again.logged_at) == (0, first.leaf_hash, first.logged_at)
    assert again.replayed
    assert store.genesis_leaf_hash() == first.leaf_hash
    check_receipt(first)
    logs.audit(store)


def test_another_genesis_is_refused(store: Store) -> None:
    store.found(Writer().genesis())
    other = Writer().draft("genesis", logs.OPERATOR, {"name": "another"}, subjects=())

    with pytest.raises(RefusedError):
        store.found(other)
    assert store.head().size == 1


def test_nothing_is_appended_before_genesis(store: Store) -> None:
    with pytest.raises(UnavailableError, match="mealtrace init"):
        store.append([Writer(bytes(32)).draft()])
    with pytest.raises(NotFoundError):
        store.head()
    assert not store.founded()
    assert store.released_head() == (0, b"")


def test_every_receipt_leads_to_a_signed_checkpoint(log: tuple[Store, Writer]) -> None:
    store, writer = log
    for count in (1, 2, 7, 300):
        outcomes = [appended(o) for o in store.append([writer.draft() for _ in range(count)])]
        for outcome in outcomes:
            check_receipt(outcome)
        assert {outcome.checkpoint for outcome in outcomes} == {store.head().checkpoint}
    logs.audit(store)


def test_what_was_posted_is_read_back(log: tuple[Store, Writer]) -> None:
    store, writer = log
    closed = writer.draft(payload={"meals": 12, "note": "午餐"})
    opened = writer.admission("supplier:91210502MA0TEST09X", "supplier")[0]
    receipts = [appended(outcome) for outcome in store.append([closed, opened])]
    for draft, receipt in zip((closed, opened), receipts, strict=True):
        stored = store.record(draft.statement.id)

        assert (stored.index, stored.leaf_hash) == (receipt.index, receipt.leaf_hash)
        assert (stored.data, stored.payload) == (receipt.entry, draft.payload)
        assert stored.seed == receipt.seed == draft.seed
        assert not stored.erased
        said = entry_format.parse(stored.data).statement
        assert stored.seed is not None
        assert stored.payload is not None
        payload: Any = canonical.parse(stored.payload)
        assert commitment.commit(payload, stored.seed, stored.id).root == said.payload_root
    assert store.records(receipts[0].index, receipts[1].index + 1) == [
        store.record(closed.statement.id),
        store.record(opened.statement.id),
    ]
    with pytest.raises(NotFoundError):
        store.record(logs.new_id())


def test_chains_go_through_batches(log: tuple[Store, Writer]) -> None:
    store, writer = log
    one = "order:2105020001~7"
    drafts = [writer.draft(subjects=(one, SCHOOL)) for _ in range(3)]
    first = [appended(outcome) for outcome in store.append(drafts)]
    last = appended(store.append([writer.draft(subjects=(one, SUPPLIER))])[0])

    chain = entry_format.parse(last.entry).chains[0]
    assert (chain.subject, chain.seq) == (one, 4)
    assert (chain.prev_index, chain.prev) == (first[-1].index, first[-1].leaf_hash)
    assert store.head_of(one) == (4, last.index, last.leaf_hash)
    assert [link.index for link in store.history(one, after_seq=2)] == [first[2].index, last.index]
    logs.audit(store)


def test_a_refused_draft_leaves_no_trace_among_those_taken(log: tuple[Store, Writer]) -> None:
    store, writer = log
    before = store.head().size
    one = "order:2105020001~8"
    stranger = writer.draft(issuer="school:2105020099", subjects=(one,))
    good = [writer.draft(subjects=(one,)) for _ in range(2)]
    outcomes = store.append([good[0], stranger, good[1]])

    assert refusal(outcomes[1]) == "forbidden-type"
    assert [appended(outcomes[0]).index, appended(outcomes[2]).index] == [before, before + 1]
    assert store.head_of(one) == (2, before + 1, appended(outcomes[2]).leaf_hash)
    with pytest.raises(NotFoundError):
        store.record(stranger.statement.id)
    logs.audit(store)


def test_a_batch_of_refused_drafts_moves_nothing(log: tuple[Store, Writer]) -> None:
    store, writer = log
    before = store.head()
    outcomes = store.append([writer.draft(issuer="school:2105020099") for _ in range(3)])

    assert {refusal(outcome) for outcome in outcomes} == {"forbidden-type"}
    assert store.head() == before
    assert store.append([]) == []


def test_roles_and_keys_count_from_the_next_entry_in_the_same_batch(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    party = "school:2105020077"
    posts = writer.draft(issuer=party)
    posts = logs.with_posters(posts, "school")
    before, *granted, after = store.append(
        [posts, *writer.admission(party, "school"), logs.again(writer, posts)]
    )

    assert refusal(before) == "forbidden-type"
    assert [appended(outcome).replayed for outcome in (*granted, after)] == [False] * 3
    logs.audit(store)


def test_another_process_sees_what_this_one_granted(url: str, tmp_path: Path) -> None:
    one, writer = logs.new_log(url, tmp_path)
    two = logs.open_store(url, tmp_path)
    new_key = logs.signer("school")
    assert appended(two.append([writer.draft()])[0]).size == one.head().size
    appended(one.append([writer.key_registration(SCHOOL, new_key)])[0])

    assert refusal(two.append([writer.draft()])[0]) == "signature"
    check_receipt(appended(two.append([writer.draft(key=new_key)])[0]))
    assert two.registry().standing.valid_key(SCHOOL, two.head().size) is not None
    logs.audit(one)
    one.close()
    two.close()


def test_a_refused_atomic_batch_leaves_no_grant_behind(log: tuple[Store, Writer]) -> None:
    store, writer = log
    party = "school:2105020078"
    posts = logs.with_posters(writer.draft(issuer=party), "school")
    outcomes = store.append(
        [*writer.admission(party, "school"), writer.draft(issuer="school:2105020099")], atomic=True
    )

    assert [refusal(o) for o in outcomes] == ["rule-blocked", "rule-blocked", "forbidden-type"]
    assert refusal(store.append([posts])[0]) == "forbidden-type"
    assert party not in store.registry().parties()
    logs.audit(store)


def test_the_checkpoint_above_a_log_key_bears_both_signatures_and_those_after_it_one(
    url: str, tmp_path: Path
) -> None:
    store, writer = logs.new_log(url, tmp_path, log_keys=("log 1", "log 2"))
    drafts = [writer.draft(), writer.log_key_change("log 1", "log 2"), writer.draft()]
    before, change, after = (appended(outcome) for outcome in store.append(drafts))

    def signed_by(text: str) -> list[bytes]:
        return [line.key_id for line in note.parse(text).signatures]

    ids = [logs.log_key(name).verifier_key.key_id for name in ("log 1", "log 2")]
    assert change.size == before.size == change.index + 1
    assert signed_by(store.checkpoint(change.size)) == ids
    assert signed_by(after.checkpoint) == ids[1:]
    for name in ("log 1", "log 2"):
        check_receipt(change, [name])
    check_receipt(after, ["log 2"])
    logs.audit(store)
    store.close()


def test_without_the_key_that_a_size_asks_for_nothing_is_written(url: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(url, tmp_path)
    before = store.head()
    with pytest.raises(UnavailableError, match="private key"):
        store.append([writer.log_key_change("log 1", "log 2")])
    assert store.head() == before
    reader = logs.open_store(url, tmp_path, log_keys=())
    with pytest.raises(UnavailableError, match="private key"):
        reader.append([writer.draft()])
    assert reader.head() == before
    reader.close()
    store.close()


def test_what_arrived_while_the_head_was_locked_is_appended_behind(
    url: str, tmp_path: Path
) -> None:
    store, writer = logs.new_log(url, tmp_path, log_keys=("log 1", "log 2"))
    stranger = logs.with_posters(writer.draft(issuer="school:2105020099"), "school")
    first, later = [writer.draft()], [writer.draft(), stranger, writer.draft()]
    asked = []

    def more() -> list[Draft]:
        asked.append(store.head().size)
        return later

    before = store.head().size
    outcomes = store.commit(first, more=more)()

    assert asked == [before]
    assert [
        None if isinstance(one, RefusedError) else (one.index, one.size) for one in outcomes
    ] == [(before, before + 3), (before + 1, before + 3), None, (before + 2, before + 3)]

    change = [writer.draft(), writer.log_key_change("log 1", "log 2"), writer.draft()]
    outcomes = store.commit([writer.draft()], more=lambda: change)()
    at = before + 3
    assert [(appended(one).index, appended(one).size) for one in outcomes] == [
        (at, at + 3), (at + 1, at + 3), (at + 2, at + 3), (at + 3, at + 4)
    ]  # fmt: skip
    assert store.head().size == at + 4
    logs.audit(store)
    store.close()


def test_a_log_key_within_an_atomic_batch_is_refused_with_the_whole(
    url: str, tmp_path: Path
) -> None:
    store, writer = logs.new_log(url, tmp_path, log_keys=("log 1", "log 2"))
    before = store.head()
    change = writer.log_key_change("log 1", "log 2")
    outcomes = store.append([writer.draft(), change, writer.draft()], atomic=True)
    assert [refusal(outcome) for outcome in outcomes] == ["rule-blocked"] * 3
    assert store.head() == before

    for outcome in store.append([writer.draft(), change], atomic=True):
        check_receipt(appended(outcome), ["log 2"])
    logs.audit(store)
    store.close()


def test_times_never_go_backwards_and_are_the_databases(log: tuple[Store, Writer]) -> None:
    store, writer = log
    early = timestamp.format(time.time_ns() // 1_000_000 - 1000)
    times = [appended(store.append([writer.draft()])[0]).logged_at for _ in range(5)]
    late = timestamp.format(time.time_ns() // 1_000_000 + 1000)

    assert [early, *times, late] == sorted([early, *times, late])


def test_nothing_follows_a_genesis_that_is_not_anchored_yet(store: Store) -> None:
    genesis = Writer().genesis(anchor_target=TARGET.to_json())
    writer = Writer(store.found(genesis).leaf_hash)
    first = writer.draft("party-registration", ADMIN, {"party": SCHOOL, "name": "x"})
    with pytest.raises(UnavailableError, match="not anchored"):
        store.append([first])
    assert store.head().size == 1
    assert store.found(genesis).replayed

    head = store.head()
    planned = AnchorProgress(TARGET, 1, head.root, AnchorState.PLANNED, 0, 0)
    stored = store.anchors.put_anchor(planned)
    with pytest.raises(UnavailableError, match="not anchored"):
        store.append([first])
    mined = Mined("0x" + "55" * 32, 0, 7, "0x" + "66" * 32, 1_800_000_000)
    store.anchors.put_anchor(stored.to(AnchorState.MINED, 1, mined=mined))

    assert store.head().anchored_size == 1
    assert appended(store.append([first])[0]).index == 1
    logs.audit(store)


def test_a_mandate_lets_one_party_post_for_another(log: tuple[Store, Writer]) -> None:
    store, writer = log
    for_other = writer.draft(issuer=SCHOOL, submitter=OTHER_SCHOOL)
    mandate = writer.draft(
        "mandate",
        SCHOOL,
        {
            "principal": SCHOOL,
            "submitter": OTHER_SCHOOL,
            "types": ["demand-plan"],
            "from": "2026-01-01T00:00:00.000Z",
            "until": "2099-01-01T00:00:00.000Z",
        },
        subjects=(SCHOOL, OTHER_SCHOOL),
    )
    refused, given, taken = store.append([for_other, mandate, logs.again(writer, for_other)])

    assert refusal(refused) == "forbidden-type"
    assert appended(given).index + 1 == appended(taken).index
    assert entry_format.parse(appended(taken).entry).submitter == OTHER_SCHOOL
    logs.audit(store)


def test_too_many_drafts_at_once_are_the_callers_mistake(log: tuple[Store, Writer]) -> None:
    store, writer = log
    with pytest.raises(ValueError, match=str(MAX_BATCH)):
        store.append([writer.draft()] * (MAX_BATCH + 1))


def test_an_authority_signs_and_its_signature_is_kept(log: tuple[Store, Writer]) -> None:
    store, writer = log
    bare = writer.draft(issuer=BUREAU)
    refused = store.append([logs.with_posters(bare, "bureau-admission")])[0]

    assert refusal(refused) == "signature"
    signed = writer.draft(issuer=BUREAU, key=logs.signer("bureau"))
    taken = appended(store.append([logs.with_posters(signed, "bureau-admission")])[0])
    assert entry_format.parse(taken.entry).signature == signed.signature
    logs.audit(store)
