"""What every `AnchorStore` must do: each function takes an empty store and fails where it does not.

For a test module of any adapter:

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
    def test_contract(case, store): case(store)
"""

import time
from collections.abc import Callable
from dataclasses import replace

from anchoring.store import AnchorStore
from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress, AnchorState, Attempt, Mined
from ledger.errors import ConflictError

TARGET = AnchorTarget(
    chain_id=31337,
    genesis_hash="0x" + "11" * 32,
    contract="0x" + "22" * 20,
    code_sha256="33" * 32,
    registrant="0x" + "44" * 20,
)
OTHER_TARGET = replace(TARGET, contract="0x" + "55" * 20)
MINED = Mined("0x" + "66" * 32, 1, 12, "0x" + "77" * 32, 1_795_414_380)


def planned(size: int, target: AnchorTarget = TARGET) -> AnchorProgress:
    return AnchorProgress(target, size, bytes([size]) * 32, AnchorState.PLANNED, 1000, 1000)


def conflicts(call: Callable[[], object]) -> bool:
    try:
        call()
    except ConflictError:
        return True
    return False


def a_row_comes_back_as_it_was_stored(store: AnchorStore) -> None:
    attempts = tuple(
        Attempt("0x" + f"{n:064x}", bytes(range(n, 200)), n, 10**20 + n, tip, 1000 + n)
        for n, tip in [(0, None), (1, 10**18), (2, 0)]
    )
    row = replace(
        planned(7),
        state=AnchorState.MINED,
        attempts=attempts,
        mined=MINED,
        setbacks=3,
        not_before_ms=99,
        changed_at_ms=2000,
        detail="weil 因为",
    )
    stored = store.put_anchor(row)

    assert stored == replace(row, revision=stored.revision)
    assert stored.revision > 0
    assert store.anchor(TARGET, 7) == stored
    assert store.anchor(TARGET, 8) is None
    assert store.anchor(OTHER_TARGET, 7) is None


def a_row_changes_only_under_its_own_revision(store: AnchorStore) -> None:
    first = store.put_anchor(planned(7))
    second = store.put_anchor(first.to(AnchorState.SENT, 2000))

    assert second.revision > first.revision
    assert conflicts(lambda: store.put_anchor(first.to(AnchorState.FAILED, 3000)))
    assert conflicts(lambda: store.put_anchor(planned(7))), "the row is there already"
    assert conflicts(lambda: store.put_anchor(replace(planned(8), revision=1))), "and this is not"
    assert store.anchor(TARGET, 7) == second
    assert store.anchor(TARGET, 8) is None


def rows_above_the_largest_final_one_are_open(store: AnchorStore) -> None:
    assert store.open_anchors(TARGET) == []
    assert store.largest_final_anchor(TARGET) is None
    states = [
        (30, AnchorState.PLANNED), (0, AnchorState.FINAL), (5, AnchorState.REPLACED),
        (9, AnchorState.FINAL), (20, AnchorState.SENT), (12, AnchorState.REORGED),
        (7, AnchorState.MINED), (10, AnchorState.FAILED),
    ]  # fmt: skip
    for size, state in states:
        mined = MINED if state in (AnchorState.MINED, AnchorState.FINAL) else None
        store.put_anchor(replace(planned(size), state=state, mined=mined))
    store.put_anchor(planned(50, OTHER_TARGET))

    assert [row.size for row in store.open_anchors(TARGET)] == [10, 12, 20, 30]
    final = store.largest_final_anchor(TARGET)
    assert final is not None
    assert final.size == 9
    assert [row.size for row in store.open_anchors(OTHER_TARGET)] == [50]


def a_final_registration_is_a_final_row(store: AnchorStore) -> None:
    store.put_anchor(replace(planned(0), state=AnchorState.FINAL))
    store.put_anchor(planned(1))
    final = store.largest_final_anchor(TARGET)

    assert final is not None
    assert final.size == 0
    assert [row.size for row in store.open_anchors(TARGET)] == [1]


def one_holder_at_a_time_has_a_lease(store: AnchorStore) -> None:
    assert store.take_lease("a", "first", 60)
    assert store.take_lease("a", "first", 60), "a holder prolongs its own"
    assert not store.take_lease("a", "second", 60)
    assert store.take_lease("b", "second", 60), "another name is another lease"

    store.drop_lease("a", "second")
    assert not store.take_lease("a", "second", 60), "nobody drops another's"
    store.drop_lease("a", "first")
    assert store.take_lease("a", "second", 60)
    assert not store.take_lease("a", "first", 60)
    store.drop_lease("never taken", "first")


def a_lease_runs_out(store: AnchorStore) -> None:
    assert store.take_lease("a", "first", 0.05)
    deadline = time.monotonic() + 10
    while not store.take_lease("a", "second", 60):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not store.take_lease("a", "first", 60)


CASES: tuple[Callable[[AnchorStore], None], ...] = (
    a_row_comes_back_as_it_was_stored,
    a_row_changes_only_under_its_own_revision,
    rows_above_the_largest_final_one_are_open,
    a_final_registration_is_a_final_row,
    one_holder_at_a_time_has_a_lease,
    a_lease_runs_out,
)
