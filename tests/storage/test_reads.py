"""What is read of a log: tiles, bundles, checkpoints, rows, at every size around the tile bounds."""

from pathlib import Path

import logs
import pytest
from logs import OTHER_SCHOOL, SCHOOL, SUPPLIER, Writer, appended
from sqlalchemy import text

from ledger import entry_bundle, merkle
from ledger.errors import NotFoundError
from storage.store import Store
from storage.values import Search


def test_tiles_and_bundles_at_the_bounds_of_a_tile(log: tuple[Store, Writer]) -> None:
    store, writer = log
    for target in (255, 256, 257, 511, 512, 513):
        store.append([writer.draft() for _ in range(target - store.head().size)])
        entries = store.entries(0, target)
        leaves = [merkle.leaf_hash(data) for data in entries]
        full, rest = divmod(target, 256)
        for tile in range(full):
            expected = b"".join(leaves[256 * tile : 256 * tile + 256])
            assert store.hashes(0, tile, 256) == expected
            bundle = store.entry_bundle(tile, 256)
            assert entry_bundle.parse(bundle) == entries[256 * tile : 256 * tile + 256]
        for width in {1, rest} - {0}:
            if rest:
                at = 256 * full
                assert store.hashes(0, full, width) == b"".join(leaves[at : at + width])
                assert (
                    entry_bundle.parse(store.entry_bundle(full, width), width)
                    == entries[at : at + width]
                )
        for level, tile, width in (
            (0, full, rest + 1),
            (0, full + 1, 1),
            (1, 0, full + 1),
            (2, 0, 1),
        ):
            with pytest.raises(NotFoundError):
                store.hashes(level, tile, width)
        with pytest.raises(NotFoundError):
            store.entry_bundle(full, rest + 1)
        assert store.root_at(target) == merkle.tree_root(leaves) == store.head().root


def test_checkpoints_are_those_that_were_signed(log: tuple[Store, Writer]) -> None:
    store, writer = log
    store.append([writer.draft() for _ in range(5)])
    size = store.head().size
    sizes = [size for size, _ in store.checkpoints()]

    assert sizes == [1, size - 5, size]
    assert store.checkpoints(size - 4) == [(size, store.head().checkpoint)]
    assert store.checkpoints(0, 1) == [(1, store.checkpoint(1))]
    with pytest.raises(NotFoundError):
        store.checkpoint(size - 1)


def test_entries_end_where_the_log_ends(log: tuple[Store, Writer]) -> None:
    store, _ = log
    size = store.head().size

    assert len(store.entries(0, size + 10)) == size
    assert store.entries(size, size + 10) == []


def test_a_party_sees_what_it_issued_submitted_or_is_a_subject_of(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    draft = writer.draft(subjects=(SUPPLIER,))
    at = appended(store.append([draft])[0]).index

    assert [store.concerns(at, party) for party in (SCHOOL, SUPPLIER, OTHER_SCHOOL)] == [
        True,
        True,
        False,
    ]
    hits = {party: store.search(Search(visible_to=party, after=at - 1)) for party in logs.POSTERS}
    assert [bool(hits[party]) for party in (SCHOOL, SUPPLIER, OTHER_SCHOOL)] == [True, True, False]


def test_a_posters_own_number_is_stored_as_its_mac_alone(tmp_path: Path) -> None:
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    store.append([writer.draft(source_ref="order no 4711", document="delivery note 4712")])

    assert len(store.search(Search(source_ref="order no 4711"))) == 1
    assert store.search(Search(source_ref="order no 471")) == []
    store.close()
    stored = (tmp_path / "log.db").read_bytes()
    # Whole: four digits alone stand in some random id now and then.
    assert b"order no" not in stored
    assert b"delivery note" not in stored


def test_payloads_are_nowhere_in_the_file_and_gone_once_their_keys_are(tmp_path: Path) -> None:
    store, writer = logs.new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    draft = writer.draft(payload={"name": "a very particular name"})
    store.append([draft])
    with store.engine.connect() as connection:
        wrapped = connection.execute(
            text("SELECT wrapped FROM wrapped_keys WHERE owner = :owner"),
            {"owner": f"r:{draft.statement.id}"},
        ).scalar_one()
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM wrapped_keys"))
    store.close()

    stored = (tmp_path / "log.db").read_bytes()
    assert b"particular" not in stored
    assert draft.seed not in stored
    assert bytes(wrapped) not in stored


def test_a_foundling_is_known_by_its_genesis(url: str, tmp_path: Path) -> None:
    store = logs.open_store(url, tmp_path)
    logs.migrate(store.engine)
    assert not store.founded()
    with pytest.raises(NotFoundError):
        store.genesis_leaf_hash()
    genesis = store.found(Writer().genesis())

    assert store.founded()
    assert store.genesis_leaf_hash() == genesis.leaf_hash
    assert store.released_head() == (1, genesis.leaf_hash)
    store.close()


def test_a_store_may_be_closed_twice_and_used_again(log: tuple[Store, Writer]) -> None:
    store, _ = log
    head = store.head()
    store.close()
    store.close()

    assert store.head() == head


def test_a_school_sees_its_canteens_and_pages_count_nothing_else(url: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(url, tmp_path)
    canteen, other = "canteen:2105020001~01", "canteen:21050200010~01"
    drafts = [
        writer.draft(issuer=logs.SUPPLIER, subjects=(name, logs.SUPPLIER))
        for name in (canteen, other, canteen, other, "canteen:2105020001")
    ]
    first = store.append(drafts)[0]
    assert not isinstance(first, Exception)

    for party, seen in ((logs.SCHOOL, [0, 2]), (canteen, [0, 2]), (logs.OTHER_SCHOOL, [])):
        hits = store.search(Search(visible_to=party, issuer=logs.SUPPLIER))
        assert [hit.index - first.index for hit in hits] == seen
        assert store.concerns(first.index, party) is bool(seen)
        links = store.history(logs.SUPPLIER, limit=2, visible_to=party)
        assert [link.index - first.index for link in links] == seen
    store.close()


@pytest.mark.parametrize("orders", [3, 40])
def test_a_school_turns_over_all_that_names_its_orders_however_many(
    url: str, tmp_path: Path, orders: int
) -> None:
    store, writer = logs.new_log(url, tmp_path)
    names = [f"order:2105020001~A-{number}" for number in range(orders)]
    subjects = [(SUPPLIER, name, other) for name in names for other in (names[0], "order:x~1")]
    outcomes = store.append(
        [
            writer.draft(issuer=SUPPLIER, subjects=sorted(set(each)))
            for each in (*subjects, (SUPPLIER, "order:21050200010~A-1"), (SCHOOL, SUPPLIER))
        ]
    )
    indices = [appended(outcome).index for outcome in outcomes]
    found: list[int] = []
    after = indices[0] - 1
    while page := store.search(Search(visible_to=SCHOOL, after=after, limit=7)):
        found += [hit.index for hit in page]
        after = page[-1].index

    assert found == [*indices[:-2], indices[-1]]
    assert [store.concerns(index, SCHOOL) for index in indices[-3:]] == [True, False, True]
    store.close()
