"""Rows of anchors: through bytes and back, and into a bundle."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.anchor import Anchor, AnchorTarget
from ledger.anchor_progress import AnchorProgress, AnchorState, Attempt, Mined
from ledger.errors import MalformedError

hashes = st.binary(min_size=32, max_size=32).map(lambda data: "0x" + data.hex())
numbers = st.integers(0, 2**53 - 1)
wei = st.integers(0, 10**40)
targets = st.builds(
    AnchorTarget,
    chain_id=numbers,
    genesis_hash=hashes,
    contract=hashes.map(lambda text: text[:42]),
    code_sha256=hashes.map(lambda text: text[2:]),
    registrant=hashes.map(lambda text: text[:42]),
)
attempts = st.builds(
    Attempt,
    tx_hash=hashes,
    raw=st.binary(max_size=200),
    nonce=numbers,
    max_fee_wei=wei,
    priority_fee_wei=st.none() | wei,
    signed_at_ms=numbers,
)
mined = st.builds(
    Mined,
    tx_hash=hashes,
    log_index=numbers,
    block_number=numbers,
    block_hash=hashes,
    block_timestamp_s=st.integers(0, 2**32),
)
rows = st.builds(
    AnchorProgress,
    target=targets,
    size=numbers,
    root=st.binary(min_size=32, max_size=32),
    state=st.sampled_from(AnchorState),
    planned_at_ms=numbers,
    changed_at_ms=numbers,
    attempts=st.lists(attempts, max_size=3).map(tuple),
    mined=st.none() | mined,
    setbacks=numbers,
    not_before_ms=numbers,
    detail=st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    revision=st.integers(0, 9),
)


@given(rows)
def test_a_row_survives_its_bytes(row: AnchorProgress) -> None:
    assert AnchorProgress.from_bytes(row.to_bytes(), revision=row.revision) == row


@given(rows, st.data())
def test_other_bytes_are_malformed(row: AnchorProgress, data: st.DataObject) -> None:
    parsed: Any = canonical.parse(row.to_bytes())
    name = data.draw(st.sampled_from(sorted(parsed)))
    del parsed[name]
    with pytest.raises(MalformedError):
        AnchorProgress.from_bytes(canonical.serialise(parsed), revision=1)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"target":1}', b"\xff"])
def test_nonsense_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        AnchorProgress.from_bytes(data, revision=1)


@given(rows, mined)
def test_what_is_mined_becomes_an_anchor_of_a_bundle(row: AnchorProgress, where: Mined) -> None:
    row = replace(row, mined=where, size=max(row.size, 1))
    anchor = row.to_anchor((b"\x01" * 32,))

    assert Anchor.of_json(canonical.parse(canonical.serialise(anchor.to_json()))) == anchor
    assert (anchor.size, anchor.root, anchor.contract) == (row.size, row.root, row.target.contract)
    assert (anchor.tx_hash, anchor.block_hash) == (where.tx_hash, where.block_hash)


@given(rows)
def test_what_stands_in_no_block_is_no_anchor(row: AnchorProgress) -> None:
    with pytest.raises(MalformedError):
        replace(row, mined=None).to_anchor(())


@given(rows, st.sampled_from(AnchorState), numbers)
def test_a_change_of_state_drops_the_block_unless_it_is_given(
    row: AnchorProgress, state: AnchorState, now_ms: int
) -> None:
    changed = row.to(state, now_ms)

    assert (changed.state, changed.changed_at_ms, changed.mined) == (state, now_ms, None)
    assert changed.attempts == row.attempts
    assert row.to(state, now_ms, mined=row.mined).mined == row.mined
