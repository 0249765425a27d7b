"""What every `Chain` answers: the embedded one, anvil, and the embedded one read over HTTP.

Each reads the same story: a contract, a log registered and anchored twice, a transaction that
reverted. Over HTTP the embedded chain must answer as it does in its own process.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from rig import Rig, TreeLog
from rpc_server import serve

from anchoring import contract
from anchoring.chain import Chain, Receipt, RevertedError, SendRefusedError
from anchoring.embedded import EmbeddedChain
from anchoring.web3_chain import Web3Chain
from contracts.artifact import ledger_anchor
from ledger.errors import UnavailableError

NOWHERE = "0x" + "ab" * 20


@dataclass
class Story:
    chain: Chain
    rig: Rig
    log: TreeLog
    log_id: bytes
    registered: Receipt
    anchors: list[Receipt]
    reverted: Receipt


def tell(rig: Rig) -> Story:
    log = TreeLog()
    log.grow(9)
    lid = rig.log_id(log.genesis_leaf_hash())
    registered = rig.transact("register", log.genesis_leaf_hash())
    anchors = [
        rig.transact("anchor", lid, 5, log.root_at(5), []),
        rig.transact("anchor", lid, 9, log.root_at(9), list(log.consistency_proof(5, 9))),
    ]
    reverted = rig.transact("anchor", lid, 9, log.root_at(9), [], gas=200_000)
    return Story(rig.chain, rig, log, lid, registered, anchors, reverted)


@pytest.fixture(params=["embedded", "anvil", "embedded over HTTP"])
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    name = "anvil_rig" if request.param == "anvil" else "embedded_rig"
    told = tell(request.getfixturevalue(name))
    if request.param != "embedded over HTTP":
        yield told
        return
    assert isinstance(told.chain, EmbeddedChain)
    with serve(told.chain.handle) as url:
        told.chain = Web3Chain(url, timeout_s=5)
        yield told


def test_a_chain_is_known_by_its_id_and_block_0(story: Story) -> None:
    identity = story.chain.identity()
    first = story.chain.block(0)

    assert first is not None
    assert (identity.chain_id, identity.genesis_hash) == (story.rig.target.chain_id, first.hash)
    assert story.rig.target.genesis_hash == first.hash


def test_blocks_are_found_by_number_and_by_tag(story: Story) -> None:
    latest, finalized = story.chain.block("latest"), story.chain.block("finalized")

    assert latest is not None
    assert latest.number == 5
    assert latest == story.chain.block(5)
    assert latest.hash == story.reverted.block_hash
    assert latest.base_fee_wei is not None
    assert latest.base_fee_wei > 0
    assert finalized is not None
    assert finalized.number in (0, 5)
    assert story.chain.block(6) is None
    times = [block.timestamp_s for n in range(6) if (block := story.chain.block(n))]
    assert times == sorted(times)


def test_code_lies_at_the_contract_alone(story: Story) -> None:
    assert story.chain.code(story.rig.target.contract) == ledger_anchor().runtime
    assert story.chain.code(NOWHERE) == b""
    contract.check_code(story.chain, story.rig.target)


def test_receipts_are_read_as_they_were_mined(story: Story) -> None:
    for number, mined in enumerate([story.registered, *story.anchors, story.reverted], 2):
        receipt = story.chain.receipt(mined.tx_hash)

        assert receipt == mined
        assert receipt.block_number == number
        assert receipt.contract is None
        assert receipt.succeeded is (mined is not story.reverted)
        assert len(receipt.logs) == receipt.succeeded
    assert story.chain.receipt("0x" + "00" * 32) is None


def test_events_are_found_by_topics_and_blocks(story: Story) -> None:
    anchored = contract.event_topic("Anchored")
    events = [log for receipt in story.anchors for log in receipt.logs]
    address, lid = story.rig.target.contract, story.log_id

    def found(*topics: bytes | None, first: int = 0, last: int = 5, at: str = address) -> object:
        return story.chain.logs(at, topics, first, last)

    assert found(anchored) == events
    assert found(anchored, lid) == events
    assert found(None, lid, contract.log_topic(9)) == events[1:]
    assert found(None, lid) == [*story.registered.logs, *events]
    assert found(anchored, bytes(32)) == []
    assert found(anchored, last=3) == events[:1]
    assert found(anchored, first=4) == events[1:]
    assert found(anchored, at=NOWHERE) == []


def test_calls_answer_or_revert_with_the_contracts_error(story: Story) -> None:
    head = contract.head(story.chain, story.rig.target.contract, story.log_id)
    assert (head.operator, head.size) == (story.rig.address, 9)
    assert head.root == story.log.root_at(9)
    found = contract.anchored(story.chain, story.rig.target.contract, story.log_id, 5)
    assert found == (story.log.root_at(5), story.anchors[0].block_number)
    assert contract.anchored(story.chain, story.rig.target.contract, story.log_id, 6) is None

    data = contract.call_data("register", story.log.genesis_leaf_hash())
    with pytest.raises(RevertedError) as caught:
        story.chain.estimate_gas(story.rig.address, story.rig.target.contract, data)
    assert contract.explain(caught.value.data) == f"AlreadyRegistered({story.log_id.hex()})"
    data = contract.call_data("transferOperator", story.log_id, NOWHERE)
    with pytest.raises(RevertedError) as caught:
        story.chain.call(story.rig.target.contract, data)
    nobody = contract.NOBODY
    assert contract.explain(caught.value.data) == f"NotOperator({story.log_id.hex()}, {nobody})"


def test_a_contract_of_another_kind_is_not_ours(story: Story) -> None:
    with pytest.raises(UnavailableError, match="does not answer"):
        contract.head(story.chain, NOWHERE, story.log_id)


def test_an_accounts_nonce_is_the_number_of_its_transactions(story: Story) -> None:
    assert story.chain.nonce(story.rig.address) == 5
    assert story.chain.nonce(NOWHERE) == 0


def test_gas_is_estimated_and_priced(story: Story) -> None:
    fees = story.chain.fees()
    latest = story.chain.block("latest")
    assert latest is not None
    assert latest.base_fee_wei is not None
    assert fees.priority_fee_wei is not None
    assert fees.max_fee_wei > latest.base_fee_wei

    data = contract.call_data("register", b"\x01" * 32)
    gas = story.chain.estimate_gas(story.rig.address, story.rig.target.contract, data)
    assert 40_000 < gas < 60_000


def test_a_read_only_chain_takes_no_transaction(embedded_rig: Rig) -> None:
    assert isinstance(embedded_rig.chain, EmbeddedChain)
    with serve(embedded_rig.chain.handle) as url, pytest.raises(SendRefusedError) as caught:
        Web3Chain(url, timeout_s=5).send(b"\x02")

    assert caught.value.reason == "other"
