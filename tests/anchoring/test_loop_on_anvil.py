"""The loop on a real node: waiting blocks, reorganisations, outages, stuck nonces, dear gas."""

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from components.anvil import Anvil
from rig import OTHER_KEY, Rig
from setting import RULES, Setting, calm

from anchoring import contract
from anchoring.account import Account, Transaction
from anchoring.chain import Fees
from anchoring.loop import Anchoring
from anchoring.web3_chain import Web3Chain
from ledger.anchor_progress import AnchorState

DEEP = replace(RULES, confirmations=3)


class Node:
    """anvil's own methods: blocks when the test says so."""

    def __init__(self, anvil: Anvil) -> None:
        self.anvil = anvil
        self.chain = Web3Chain(anvil.url, timeout_s=5)

    def ask(self, method: str, *params: Any) -> Any:
        answer = self.chain._eth.w3.provider.make_request(method, list(params))  # type: ignore[arg-type]
        assert "error" not in answer, answer
        return answer["result"]

    def mine(self, blocks: int = 1) -> None:
        self.ask("anvil_mine", hex(blocks))

    def automine(self, on: bool) -> None:
        self.ask("evm_setAutomine", on)

    def waiting(self) -> list[dict[str, str]]:
        pools = self.ask("txpool_content").values()
        return [one for pool in pools for account in pool.values() for one in account.values()]


@pytest.fixture
def node(anvil: Anvil) -> Node:
    return Node(anvil)


@pytest.fixture
def setting(node: Node) -> Setting:
    return Setting(Rig.on(node.chain))


def step_until(
    process: Anchoring, done: Callable[[], bool], *, each: Callable[[], None] = lambda: None
) -> None:
    """Steps until `done`: anvil takes a moment between a send and its receipt."""
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline, process.step()
        each()
        process.step()
        time.sleep(0.01)


def anchor(setting: Setting, process: Anchoring, size: int) -> None:
    setting.log.grow(size)
    process.request()
    step_until(process, lambda: setting.states().get(size) in ("mined", "final"))


def test_an_anchor_is_final_after_its_confirmations(setting: Setting, node: Node) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    assert calm(process.step()).final_size == 0
    node.mine(2)
    assert calm(process.step()).final_size == 0
    node.mine(1)

    assert calm(process.step()).final_size == 1
    assert setting.states() == {0: "final", 1: "final"}


def test_without_a_setting_the_nodes_finalized_tag_counts(setting: Setting, node: Node) -> None:
    process = setting.process(rules=replace(RULES, confirmations=None))
    anchor(setting, process, 1)
    node.mine(30)
    assert calm(process.step()).final_size == 0
    node.mine(70)

    finalized, mined = node.chain.block("finalized"), setting.row(1).mined
    assert finalized is not None
    assert mined is not None
    assert finalized.number >= mined.block_number
    assert calm(process.step()).final_size == 1


def test_a_new_anchor_does_not_wait_for_the_last_to_be_final(setting: Setting, node: Node) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    anchor(setting, process, 11)
    anchor(setting, process, 13)

    assert setting.anchored() == [1, 11, 13]
    assert [setting.states()[size] for size in (1, 11, 13)] == ["mined"] * 3
    node.mine()
    calm(process.step())
    assert [setting.states()[size] for size in (1, 11, 13)] == ["final", "mined", "mined"]


def test_a_reorganised_anchor_is_seen_and_sent_anew(setting: Setting, node: Node) -> None:
    """The new blocks hold none of the transactions; the pool forgot them too."""
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    anchor(setting, process, 20)
    before = setting.row(20).mined
    node.ask("anvil_reorg", 1, [])
    assert setting.anchored() == [1]

    trouble = process.step().trouble
    assert "reorganised away" in trouble
    row = setting.row(20)
    assert (row.state, row.mined, row.setbacks) == (AnchorState.REORGED, None, 1)

    setting.clock.forward(10)
    step_until(process, lambda: setting.row(20).state is AnchorState.MINED)
    assert setting.row(20).mined != before
    assert setting.anchored() == [1, 20]


def test_after_a_reorganisation_the_proof_starts_from_what_is_left(
    setting: Setting, node: Node
) -> None:
    """Two anchors are lost; the larger one is sent anew, with a proof from the one before both."""
    process = setting.process(rules=DEEP)
    for size in (1, 20, 33):
        anchor(setting, process, size)
    node.ask("anvil_reorg", 2, [])
    process.step()
    setting.clock.forward(10)
    step_until(process, lambda: setting.row(33).state is AnchorState.MINED)

    assert setting.anchored() == [1, 33]
    assert setting.row(20).state is AnchorState.REPLACED
    node.mine(5)
    step_until(process, lambda: setting.row(33).state is AnchorState.FINAL)
    assert calm(process.step()).final_size == 33


def test_a_registration_that_is_reorganised_away_is_made_again(
    setting: Setting, node: Node
) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.ask("anvil_reorg", 2, [])
    lid = setting.rig.log_id(setting.log.genesis_leaf_hash())
    assert setting.rig.read("logs", lid)[0] == contract.NOBODY

    step_until(
        process,
        lambda: setting.row(1).state is AnchorState.MINED and setting.row(1).setbacks > 0,
        each=lambda: setting.clock.forward(1),
    )
    assert setting.rig.read("logs", lid)[0] == setting.rig.address
    assert setting.anchored() == [1]


HASTY = replace(RULES, confirmations=0)


@pytest.mark.parametrize(("depth", "left"), [(1, [1]), (2, []), (3, [])])
def test_what_was_called_final_too_early_is_given_up_and_made_again(
    setting: Setting, node: Node, depth: int, left: list[int]
) -> None:
    """Blocks of: registration, size 1, size 20; then a reorganisation of so many."""
    process = setting.process(rules=HASTY)
    anchor(setting, process, 1)
    anchor(setting, process, 20)
    assert setting.states()[20] == "final"
    node.ask("anvil_reorg", depth, [])
    assert setting.anchored() == left

    setting.log.grow(40)
    step_until(
        process,
        lambda: setting.states().get(40) == "final",
        each=lambda: setting.clock.forward(1),
    )
    assert setting.anchored() == [*left, 40]
    assert setting.states()[20] == "replaced"
    assert setting.states()[0] == "final"


def test_a_node_that_is_behind_changes_nothing(setting: Setting, node: Node) -> None:
    process = setting.process(rules=HASTY)
    anchor(setting, process, 1)
    anchor(setting, process, 20)
    step_until(process, lambda: setting.states()[20] == "final")
    before, behind = setting.states(), node.chain.block(3)
    assert behind is not None

    def lag(method: str, answer: Any, *arguments: Any) -> Any:
        if method == "block":
            if arguments[0] in ("latest", "finalized"):
                return behind
            return None if arguments[0] > behind.number else answer
        if method == "call" and answer.endswith(setting.log.root_at(20)):
            return (1).to_bytes(32, "big") + setting.log.root_at(1)
        return answer

    setting.chain.alter = lag
    setting.log.grow(40)
    assert "it is behind block" in process.step().trouble
    assert setting.states() == before


def test_a_transaction_mined_in_another_block_is_found_there(setting: Setting, node: Node) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    anchor(setting, process, 20)
    row = setting.row(20)
    node.ask("anvil_reorg", 1, [])
    node.chain.send(row.attempts[-1].raw)
    setting.rig.wait(row.attempts[-1].tx_hash)
    calm(process.step())

    moved = setting.row(20)
    assert moved.state is AnchorState.MINED
    assert moved.mined is not None
    assert row.mined is not None
    assert moved.mined.tx_hash == row.mined.tx_hash
    assert moved.mined.block_hash != row.mined.block_hash
    assert moved.setbacks == 0


def test_anchors_wait_while_the_node_is_down_and_go_on_after(setting: Setting, node: Node) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.anvil.stop()
    setting.log.grow(40)
    report = process.step()
    assert "the node does not answer" in report.trouble
    assert (report.log_size, report.anchor_lag) == (40, 39)

    node.anvil.start()
    step_until(process, lambda: setting.states().get(40) == "mined")
    assert setting.anchored() == [1, 40]


def test_a_node_that_comes_back_empty_is_another_chain(setting: Setting, node: Node) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.anvil.stop()
    (node.anvil.folder / "state.json").unlink()
    time.sleep(1.1)
    node.anvil.start()
    setting.log.grow(40)
    process.step()

    assert "is not the target's" in process.step().trouble
    assert setting.states()[1] == "mined", "nothing is concluded from another chain"


def test_a_transaction_that_the_node_lost_is_handed_over_again(
    setting: Setting, node: Node
) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.automine(False)
    setting.log.grow(20)
    calm(process.step())
    assert setting.states()[20] == "sent"
    (waiting,) = node.waiting()
    node.ask("anvil_dropAllTransactions")

    calm(process.step())
    assert node.waiting() == []
    setting.clock.forward(31)
    calm(process.step())
    assert [one["hash"] for one in node.waiting()] == [waiting["hash"]]
    node.mine()
    assert calm(process.step()).mined_size == 20


def test_after_a_restart_it_is_handed_over_at_once(setting: Setting, node: Node) -> None:
    anchor(setting, setting.process(rules=DEEP), 1)
    node.automine(False)
    setting.log.grow(20)
    calm(setting.process(rules=DEEP).step())
    node.ask("anvil_dropAllTransactions")
    calm(setting.process(rules=DEEP).step())

    assert [one["hash"] for one in node.waiting()] == [setting.row(20).attempts[0].tx_hash]


def test_what_is_not_mined_is_replaced_at_a_higher_fee(setting: Setting, node: Node) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.automine(False)
    setting.log.grow(20)
    calm(process.step())
    for _ in range(2):
        setting.clock.forward(181)
        calm(process.step())

    attempts = setting.row(20).attempts
    assert len(attempts) == 3
    assert len({attempt.nonce for attempt in attempts}) == 1
    for cheap, dear in pairwise(attempts):
        assert dear.max_fee_wei * 100 >= cheap.max_fee_wei * 125
        assert (dear.priority_fee_wei or 0) * 100 >= (cheap.priority_fee_wei or 0) * 125
    assert [one["hash"] for one in node.waiting()] == [attempts[-1].tx_hash]
    node.mine()
    assert calm(process.step()).mined_size == 20


def test_an_earlier_attempt_that_is_mined_after_all_counts(setting: Setting, node: Node) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.automine(False)
    setting.log.grow(20)
    calm(process.step())
    setting.clock.forward(181)
    calm(process.step())
    first, second = setting.row(20).attempts
    node.ask("anvil_dropAllTransactions")
    node.chain.send(first.raw)
    node.mine()
    calm(process.step())

    row = setting.row(20)
    assert row.mined is not None
    assert row.mined.tx_hash == first.tx_hash != second.tx_hash


def foreign(setting: Setting, node: Node, fees: Fees) -> None:
    """Somebody else who holds the key uses its next nonce, for nothing that concerns anchors."""
    rig = setting.rig
    raw, _ = Account(rig.key).sign(
        Transaction(31337, node.chain.nonce(rig.address), rig.address, b"", 30_000, fees)
    )
    node.chain.send(raw)


def test_a_nonce_that_another_transaction_took_is_replaced_by_the_next(
    setting: Setting, node: Node
) -> None:
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.automine(False)
    setting.log.grow(20)
    calm(process.step())
    node.ask("anvil_dropAllTransactions")
    foreign(setting, node, node.chain.fees())
    node.mine()
    process.step()
    row = setting.row(20)
    assert row.state is AnchorState.REPLACED
    assert "took the nonce" in row.detail

    node.automine(True)
    setting.clock.forward(10)
    step_until(process, lambda: setting.row(20).state is AnchorState.MINED)
    assert [attempt.nonce for attempt in setting.row(20).attempts] == [
        row.attempts[0].nonce,
        row.attempts[0].nonce + 1,
    ]


def test_a_stuck_nonce_is_outbid(setting: Setting, node: Node) -> None:
    """A transaction of the account waits, dearer than what the loop would offer."""
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.automine(False)
    fees = node.chain.fees()
    foreign(setting, node, Fees(fees.max_fee_wei * 2, (fees.priority_fee_wei or 1) * 2))
    setting.log.grow(20)
    step_until(process, lambda: [o["to"] for o in node.waiting()] == [setting.rig.target.contract])
    node.mine()

    assert calm(process.step()).mined_size == 20
    assert len({attempt.nonce for attempt in setting.row(20).attempts}) == 1


def test_an_anchor_overtaken_by_a_smaller_one_is_rebuilt_on_it(
    setting: Setting, node: Node
) -> None:
    """Another program of the operator anchors under the same nonce."""
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    node.automine(False)
    setting.log.grow(20)
    calm(process.step())
    node.ask("anvil_dropAllTransactions")
    path = list(setting.log.consistency_proof(1, 15))
    lid = setting.rig.log_id(setting.log.genesis_leaf_hash())
    node.automine(True)
    setting.rig.transact("anchor", lid, 15, setting.log.root_at(15), path)

    step_until(
        process,
        lambda: setting.states().get(20) == "mined",
        each=lambda: setting.clock.forward(1),
    )
    assert setting.anchored() == [1, 15, 20]
    assert setting.states()[15] == "mined", "found on the chain, and kept"


def test_an_anchor_that_reverts_is_failed_and_sent_anew(setting: Setting, node: Node) -> None:
    """Between signing and mining the log passes to another account, and then back."""
    process = setting.process(rules=DEEP)
    anchor(setting, process, 1)
    lid = setting.rig.log_id(setting.log.genesis_leaf_hash())
    other = setting.rig.by(OTHER_KEY)
    setting.rig.transact("transferOperator", lid, other.address)
    node.automine(False)
    setting.log.grow(20)
    calm(process.step())
    node.ask("anvil_dropAllTransactions")
    node.automine(True)
    other.transact("acceptOperator", lid)
    node.chain.send(setting.row(20).attempts[0].raw)
    receipt = setting.rig.wait(setting.row(20).attempts[0].tx_hash)
    assert not receipt.succeeded
    assert f"anchored by {other.address}" in process.step().trouble

    other.transact("transferOperator", lid, setting.rig.address)
    setting.rig.transact("acceptOperator", lid)
    assert "was mined, and reverted" in process.step().trouble
    assert setting.row(20).state is AnchorState.FAILED
    setting.clock.forward(10)
    step_until(process, lambda: setting.row(20).state is AnchorState.MINED)
    assert setting.anchored() == [1, 20]
