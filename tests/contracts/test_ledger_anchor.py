"""The contract on both chains: who may do what, and what it keeps."""

import time
from hashlib import sha256

import pytest
from rig import OTHER_KEY, Rig, TreeLog

from anchoring import contract
from anchoring.chain import Receipt
from ledger import proof
from ledger.anchor import log_id

NOBODY = contract.NOBODY
ZEROS = bytes(32)


@pytest.fixture
def log(request: pytest.FixtureRequest) -> TreeLog:
    """A log of 20 entries that no other test has."""
    log = TreeLog()
    log.grow(20, request.node.nodeid.encode())
    return log


def anchor(rig: Rig, log: TreeLog, size: int) -> Receipt:
    lid = rig.log_id(log.genesis_leaf_hash())
    old, _ = rig.read("head", lid)
    assert isinstance(old, int)
    path = log.consistency_proof(old, size) if old else []
    return rig.transact("anchor", lid, size, log.root_at(size), path)


def test_the_id_is_the_callers_address_and_the_genesis(rig: Rig, log: TreeLog) -> None:
    genesis = log.genesis_leaf_hash()
    receipt = rig.transact("register", genesis)

    lid = sha256(bytes.fromhex(rig.address[2:]) + genesis).digest()
    assert lid == log_id(rig.address, genesis)
    (event,) = receipt.logs
    caller = bytes(12) + bytes.fromhex(rig.address[2:])
    assert (contract.event_topic("Registered"), lid, caller) == event.topics
    assert genesis == event.data
    assert (rig.address, 0, NOBODY) == rig.read("logs", lid)


def test_an_id_is_registered_once_and_nobody_can_squat_another(rig: Rig, log: TreeLog) -> None:
    genesis = log.genesis_leaf_hash()
    other = rig.by(OTHER_KEY)
    other.transact("register", genesis)
    rig.transact("register", genesis)

    assert rig.log_id(genesis) != other.log_id(genesis)
    assert rig.refusal("register", genesis) == "AlreadyRegistered"


def test_an_anchor_is_kept_with_its_block_and_told_by_an_event(rig: Rig, log: TreeLog) -> None:
    lid = rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())
    for size in (1, 8, 9, 20):
        receipt = anchor(rig, log, size)
        block = rig.chain.block(receipt.block_number)

        assert block is not None
        assert (size, log.root_at(size)) == rig.read("head", lid)
        assert (log.root_at(size), block.number, block.timestamp_s) == rig.read(
            "anchored", lid, size
        )
        (event,) = receipt.logs
        found = contract.parse_anchored(event, block.timestamp_s)
        assert found is not None
        assert (rig.target.contract, lid, size) == (found.contract, found.log_id, found.size)
        assert log.root_at(size) == found.root
        assert abs(block.timestamp_s - time.time()) < 300

    assert (log.root_at(8),) == rig.read("anchored", lid, 8)[:1], "the past stays"
    assert rig.read("anchored", lid, 7) == (ZEROS, 0, 0)


def test_nothing_is_known_of_an_unknown_id(rig: Rig) -> None:
    assert rig.read("head", ZEROS) == (0, ZEROS)
    assert rig.read("logs", ZEROS) == (NOBODY, 0, NOBODY)
    assert rig.read("verifyInclusion", ZEROS, 1, 0, ZEROS, []) == (False,)
    assert rig.refusal("anchor", ZEROS, 1, ZEROS, []) == "NotOperator"


def test_only_the_operator_anchors(rig: Rig, log: TreeLog) -> None:
    lid = rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())

    assert rig.by(OTHER_KEY).refusal("anchor", lid, 1, log.root_at(1), []) == "NotOperator"


def test_sizes_ascend_from_one(rig: Rig, log: TreeLog) -> None:
    lid = rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())
    assert rig.refusal("anchor", lid, 0, ZEROS, []) == "SizeNotIncreasing"

    anchor(rig, log, 5)
    for size in (0, 1, 4, 5):
        assert rig.refusal("anchor", lid, size, ZEROS, []) == "SizeNotIncreasing"


def test_the_first_anchor_takes_no_proof(rig: Rig, log: TreeLog) -> None:
    lid = rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())

    assert rig.refusal("anchor", lid, 5, log.root_at(5), [ZEROS]) == "InconsistentRoot"


@pytest.mark.parametrize("anchored", [7, 8])
def test_a_forked_log_can_never_anchor_again(rig: Rig, log: TreeLog, anchored: int) -> None:
    """Entry 3 is changed after it was anchored: no proof of the new log is taken, nor of the old."""
    lid = rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())
    anchor(rig, log, anchored)
    forged = TreeLog([*log.leaves[:3], ZEROS, *log.leaves[4:]])

    for size in range(anchored + 1, 21):
        for prover in (log, forged):
            path = prover.consistency_proof(anchored, size)
            refusal = rig.refusal("anchor", lid, size, forged.root_at(size), path)
            assert refusal == "InconsistentRoot"
    assert rig.refusal("anchor", lid, 20, forged.root_at(20), []) == "InconsistentRoot"
    anchor(rig, log, 20)


def test_a_reverted_anchor_changes_nothing(rig: Rig, log: TreeLog) -> None:
    lid = rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())
    anchor(rig, log, 5)
    receipt = rig.transact("anchor", lid, 6, ZEROS, [ZEROS], gas=200_000)

    assert not receipt.succeeded
    assert receipt.logs == ()
    assert (5, log.root_at(5)) == rig.read("head", lid)


def test_a_log_is_handed_over_in_two_steps_and_keeps_its_id(rig: Rig, log: TreeLog) -> None:
    other, lid = rig.by(OTHER_KEY), rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())
    anchor(rig, log, 5)
    assert other.refusal("transferOperator", lid, other.address) == "NotOperator"
    assert other.refusal("acceptOperator", lid) == "NotPendingOperator"

    rig.transact("transferOperator", lid, other.address)
    assert (rig.address, 5, other.address) == rig.read("logs", lid)
    assert rig.refusal("acceptOperator", lid) == "NotPendingOperator"
    anchor(rig, log, 6)

    (event,) = other.transact("acceptOperator", lid).logs
    assert contract.event_topic("OperatorTransferred") == event.topics[0]
    assert (other.address, 6, NOBODY) == rig.read("logs", lid)
    path = log.consistency_proof(6, 7)
    assert rig.refusal("anchor", lid, 7, log.root_at(7), path) == "NotOperator"
    assert rig.refusal("register", log.genesis_leaf_hash()) == "AlreadyRegistered"
    other.transact("anchor", lid, 7, log.root_at(7), path)


def test_an_offer_can_be_taken_back(rig: Rig, log: TreeLog) -> None:
    other, lid = rig.by(OTHER_KEY), rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())
    rig.transact("transferOperator", lid, other.address)
    rig.transact("transferOperator", lid, NOBODY)

    assert other.refusal("acceptOperator", lid) == "NotPendingOperator"


def test_inclusion_is_shown_in_any_anchored_tree(rig: Rig, log: TreeLog) -> None:
    lid = rig.log_id(log.genesis_leaf_hash())
    rig.transact("register", log.genesis_leaf_hash())
    anchor(rig, log, 7)
    anchor(rig, log, 20)

    for size in (7, 20):
        for index in range(size):
            path, leaf = log.inclusion_proof(index, size), log.leaves[index]
            proof.verify_inclusion(index, size, leaf, path, log.root_at(size))
            assert rig.read("verifyInclusion", lid, size, index, leaf, path) == (True,)
            for bad in (
                (size, index, ZEROS, path),
                (size, index, leaf, [*path, ZEROS]),
                (size, index, leaf, path[:-1]),
                (size, index + size, leaf, path),
                (size - 1, index, leaf, path),
            ):
                assert rig.read("verifyInclusion", lid, *bad) == (False,)
