"""What a node says about a bundle's anchors, whatever the bundle claims of them."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any, cast

import pytest
from components.anvil import Anvil
from rig import HookedChain, Rig
from rpc_server import serve
from setting import RULES, Setting

from anchoring.chain import Chain
from anchoring.embedded import EmbeddedChain
from anchoring.facts import gather
from anchoring.web3_chain import Web3Chain
from contracts.artifact import ledger_anchor
from ledger.anchor import Anchor
from ledger.errors import LedgerError, UnavailableError

STRANGER = "0x" + "ab" * 32


def anchored(rig: Rig) -> tuple[Setting, list[Anchor]]:
    """A log with anchors of sizes 1, 12 and 20."""
    setting = Setting(rig)
    process = setting.process(rules=replace(RULES, confirmations=0))
    for size in (1, 12, 20):
        setting.log.grow(size)
        process.settle(size, timeout_s=10)
    return setting, [setting.row(size).to_anchor(()) for size in (1, 12, 20)]


@pytest.fixture(params=["embedded", "anvil", "embedded over HTTP"])
def told(request: pytest.FixtureRequest) -> Iterator[tuple[Setting, list[Anchor], Chain]]:
    """A log with its anchors, and the node that a verifier asks."""
    name = "anvil_rig" if request.param == "anvil" else "embedded_rig"
    setting, anchors = anchored(request.getfixturevalue(name))
    if request.param != "embedded over HTTP":
        yield setting, anchors, setting.rig.chain
        return
    assert isinstance(setting.rig.chain, EmbeddedChain)
    with serve(setting.rig.chain.handle) as url:
        yield setting, anchors, Web3Chain(url, timeout_s=5)


def test_the_facts_are_the_nodes(told: tuple[Setting, list[Anchor], Chain]) -> None:
    setting, anchors, chain = told
    facts = gather(chain, anchors)
    target = setting.rig.target

    assert (facts.chain_id, facts.genesis_hash) == (target.chain_id, target.genesis_hash)
    assert facts.code_sha256 == {target.contract: ledger_anchor().code_sha256}
    assert [event.size for event in facts.events] == [1, 12, 20]
    for anchor, event in zip(anchors, facts.events, strict=True):
        assert (event.tx_hash, event.log_index) == (anchor.tx_hash, anchor.log_index)
        assert (event.block_number, event.block_hash) == (anchor.block_number, anchor.block_hash)
        assert (event.contract, event.root) == (target.contract, setting.log.root_at(anchor.size))
        assert event.log_id == setting.rig.log_id(setting.log.genesis_leaf_hash())
        block = chain.block(event.block_number)
        assert block is not None
        assert event.block_timestamp_s == block.timestamp_s


def test_final_is_the_nodes_tag_or_the_policys_depth(anvil_rig: Rig) -> None:
    setting, anchors = anchored(anvil_rig)
    newest = anchors[-1].block_number

    assert gather(setting.rig.chain, anchors).finalized_block_number == 0
    for confirmations, final in [(0, newest), (2, newest - 2), (10**6, 0)]:
        facts = gather(setting.rig.chain, anchors, confirmations=confirmations)
        assert facts.finalized_block_number == final


def test_the_embedded_chain_is_final_at_once(embedded_rig: Rig) -> None:
    setting, anchors = anchored(embedded_rig)

    assert gather(setting.rig.chain, anchors).finalized_block_number == anchors[-1].block_number


def test_what_the_bundle_claims_changes_nothing(embedded_rig: Rig) -> None:
    setting, anchors = anchored(embedded_rig)
    claims = [
        replace(
            anchors[0], size=99, root=bytes(32), block_hash=STRANGER, block_number=7, log_index=5
        )
    ]

    assert gather(setting.rig.chain, claims).events == gather(setting.rig.chain, anchors[:1]).events


def test_what_is_not_there_is_left_out(embedded_rig: Rig) -> None:
    setting, anchors = anchored(embedded_rig)
    chain, nowhere = setting.rig.chain, "0x" + "ab" * 20
    facts = gather(chain, [replace(anchors[0], tx_hash=STRANGER, contract=nowhere), anchors[1]])

    assert [event.size for event in facts.events] == [12]
    assert facts.code_sha256[nowhere] == sha256(b"").hexdigest()


def test_anchors_of_other_chains_are_passed_over(embedded_rig: Rig) -> None:
    setting, anchors = anchored(embedded_rig)
    others = [replace(anchors[0], chain_id=1), replace(anchors[0], genesis_hash=STRANGER)]
    facts = gather(setting.rig.chain, others)

    assert facts.events == ()
    assert facts.code_sha256 == {}
    assert facts.chain_id == setting.rig.target.chain_id


def test_other_events_of_a_transaction_are_no_anchors(embedded_rig: Rig) -> None:
    setting, anchors = anchored(embedded_rig)
    registration = setting.row(0).mined
    assert registration is not None
    facts = gather(setting.rig.chain, [replace(anchors[0], tx_hash=registration.tx_hash)])

    assert facts.events == ()


def test_an_anchor_that_cannot_be_read_takes_nothing_from_the_others(embedded_rig: Rig) -> None:
    setting, anchors = anchored(embedded_rig)
    chain = HookedChain(setting.rig.chain)
    asked = 0

    def fail_first(wanted: str) -> Callable[[str], None]:
        def hook(method: str) -> None:
            nonlocal asked
            asked += method == wanted
            if method == wanted and asked == 1:
                raise LedgerError("here")

        return hook

    for method, sizes in [("receipt", [12, 20]), ("code", [1, 12, 20])]:
        asked = 0
        chain.before = fail_first(method)
        facts = gather(cast("Chain", chain), anchors)
        assert [event.size for event in facts.events] == sizes
        assert asked > 0
    assert facts.code_sha256 == {}


def test_an_event_whose_block_is_no_longer_canonical_is_left_out(embedded_rig: Rig) -> None:
    """The node still has the receipt, but another block at its number."""
    setting, anchors = anchored(embedded_rig)
    moved = anchors[1].block_number

    def alter(method: str, answer: Any, *arguments: Any) -> Any:
        if method == "block" and arguments == (moved,):
            return replace(answer, hash=STRANGER)
        return answer

    chain = HookedChain(setting.rig.chain)
    chain.alter = alter
    facts = gather(cast("Chain", chain), anchors)

    assert [event.size for event in facts.events] == [1, 20]


def test_without_a_node_there_are_no_facts(anvil: Anvil) -> None:
    anvil.stop()
    with pytest.raises(UnavailableError):
        gather(Web3Chain(anvil.url, timeout_s=2), [])


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, "0x", "0xzz", -1, 10**400, {"hash": 1}, {"number": "0x1", "hash": "0x"}],
)
def test_a_node_that_answers_nonsense_is_no_node(answer: Any) -> None:
    with serve(lambda _method, _params: answer) as url:
        chain = Web3Chain(url, timeout_s=2)
        for ask in (
            lambda: gather(chain, []),
            chain.identity,
            chain.fees,
            lambda: chain.nonce("0x" + "ab" * 20),
            lambda: chain.logs("0x" + "ab" * 20, [], 0, 1),
            lambda: chain.block(1),
            lambda: chain.receipt("0x" + "ab" * 32),
        ):
            with contextlib.suppress(UnavailableError):
                assert ask() in (None, [], 0), "at most an answer that says nothing"
