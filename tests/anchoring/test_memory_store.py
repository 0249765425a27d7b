"""The store in memory keeps the contract, and fails where its hooks say."""

from collections.abc import Callable

import pytest
from anchor_store_contract import CASES, TARGET, planned

from anchoring.memory_store import MemoryAnchorStore
from anchoring.store import AnchorStore
from ledger.errors import UnavailableError


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_contract(case: Callable[[AnchorStore], None]) -> None:
    case(MemoryAnchorStore())


def test_a_failure_before_stores_nothing_and_one_after_stores_all() -> None:
    def fail(method: str) -> None:
        raise UnavailableError(method)

    store = MemoryAnchorStore()
    store.before = fail
    with pytest.raises(UnavailableError, match="put_anchor"):
        store.put_anchor(planned(1))
    store.before = lambda _method: None
    assert store.anchor(TARGET, 1) is None

    store.after = fail
    with pytest.raises(UnavailableError, match="put_anchor"):
        store.put_anchor(planned(1))
    store.after = lambda _method: None
    assert store.anchor(TARGET, 1) is not None
