"""The rows of anchors and leases keep the contract that `anchoring` states for them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import logs
import pytest
from anchor_store_contract import CASES, MINED, OTHER_TARGET, TARGET, planned
from failing import Faults, When

from anchoring.store import AnchorStore
from ledger.anchor_progress import AnchorState
from ledger.errors import ConflictError, UnavailableError
from storage.store import Store


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_contract(case: Callable[[AnchorStore], None], store: Store) -> None:
    case(store.anchors)


def test_all_rows_of_all_targets_are_listed_by_size(store: Store) -> None:
    for size, target in ((9, TARGET), (3, OTHER_TARGET), (5, TARGET)):
        store.anchors.put_anchor(planned(size, target))

    assert [(row.size, row.target) for row in store.anchors.all()] == [
        (3, OTHER_TARGET),
        (5, TARGET),
        (9, TARGET),
    ]


@pytest.mark.parametrize("when", list(When))
def test_a_row_whose_storing_failed_is_there_or_not_and_never_by_halves(
    store: Store, when: When
) -> None:
    faults = Faults(store.engine)
    with faults.failing_commits(when), pytest.raises(UnavailableError):
        store.anchors.put_anchor(planned(7))
    found = store.anchors.anchor(TARGET, 7)

    assert (found is not None) == (when in (When.ALL, When.CUT))
    if found is None:
        found = store.anchors.put_anchor(planned(7))
    else:
        with pytest.raises(ConflictError):
            store.anchors.put_anchor(planned(7))
    assert store.anchors.put_anchor(found.to(AnchorState.SENT, 5)).state is AnchorState.SENT


def test_the_head_remembers_the_largest_size_that_was_mined(url: str, tmp_path: Path) -> None:
    store, writer = logs.new_log(url, tmp_path)
    sizes = []
    for size, state in (
        (0, AnchorState.FINAL),
        (3, AnchorState.SENT),
        (4, AnchorState.MINED),
        (2, AnchorState.FINAL),
    ):
        mined = MINED if state in (AnchorState.MINED, AnchorState.FINAL) else None
        store.anchors.put_anchor(replace(planned(size), state=state, mined=mined))
        sizes.append(store.head().anchored_size)

    assert sizes == [0, 0, 4, 4]
    logs.appended(store.append([writer.draft()])[0])
    assert store.head().anchored_size == 4
    store.close()
