"""Calls, events and errors of the contract as bytes."""

from dataclasses import replace
from hashlib import sha256

import pytest
from rig import Rig

from anchoring import contract
from anchoring.chain import EventLog
from ledger.errors import UnavailableError

# keccak256("Anchored(bytes32,uint64,bytes32)"), computed with another library.
ANCHORED = "bea4d11b910aad40d2df2a90d97a3329219b6389f85777c99daad7eb5fafd439"
EVENT = EventLog(
    address="0x" + "22" * 20,
    topics=(bytes.fromhex(ANCHORED), b"\x01" * 32, (512).to_bytes(32, "big")),
    data=b"\x02" * 32,
    tx_hash="0x" + "33" * 32,
    log_index=4,
    block_number=12,
    block_hash="0x" + "44" * 32,
)


def test_an_anchored_event_is_read() -> None:
    found = contract.parse_anchored(EVENT, 1_795_414_380)

    assert contract.event_topic("Anchored").hex() == ANCHORED
    assert found is not None
    assert (found.contract, found.log_id, found.size) == (EVENT.address, b"\x01" * 32, 512)
    assert (found.root, found.tx_hash, found.log_index) == (b"\x02" * 32, EVENT.tx_hash, 4)
    assert (found.block_number, found.block_hash) == (12, EVENT.block_hash)
    assert found.block_timestamp_s == 1_795_414_380


@pytest.mark.parametrize(
    "event",
    [
        replace(EVENT, topics=()),
        replace(EVENT, topics=EVENT.topics[:2]),
        replace(EVENT, topics=(*EVENT.topics, bytes(32))),
        replace(EVENT, topics=(bytes(32), *EVENT.topics[1:])),
        replace(EVENT, topics=(*EVENT.topics[:2], b"\xff" * 32)),
        replace(EVENT, data=b""),
        replace(EVENT, data=bytes(64)),
    ],
)
def test_any_other_event_is_none(event: EventLog) -> None:
    assert contract.parse_anchored(event, 0) is None


def test_errors_are_told_by_name() -> None:
    size = (7).to_bytes(32, "big")
    selector = bytes.fromhex("c8f1b5e5")

    assert contract.explain(b"") == "reverted with nothing"
    assert contract.explain(selector) == "reverted with c8f1b5e5"
    known = next(
        prefix
        for name in ("SizeNotIncreasing",)
        for prefix in [contract.keccak(text=f"{name}(uint64,uint64)")[:4]]
    )
    assert contract.explain(known + size + size) == "SizeNotIncreasing(7, 7)"
    assert contract.explain(known + size) == f"reverted with {(known + size).hex()}"


def test_code_that_is_not_the_targets_is_noticed(embedded_rig: Rig) -> None:
    contract.check_code(embedded_rig.chain, embedded_rig.target)
    for changes in ({"code_sha256": sha256(b"").hexdigest()}, {"contract": "0x" + "00" * 20}):
        with pytest.raises(UnavailableError):
            contract.check_code(embedded_rig.chain, replace(embedded_rig.target, **changes))
