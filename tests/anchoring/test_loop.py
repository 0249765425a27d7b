"""The loop on the embedded chain: what it does when all goes well, and after a crash anywhere."""

from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
from rig import KEY, OTHER_KEY, Rig
from setting import RULES, Setting, calm

from anchoring.chain import SendRefusedError
from anchoring.loop import AnchoringReport
from ledger.anchor_progress import AnchorProgress, AnchorState
from ledger.errors import ConflictError, LedgerError, UnavailableError


@pytest.fixture
def setting(embedded_rig: Rig) -> Setting:
    return Setting(embedded_rig)


def test_an_empty_log_is_left_alone(setting: Setting) -> None:
    process = setting.process()

    assert calm(process.step()) == AnchoringReport(True, 0, 0, 0, 0, "")
    with pytest.raises(ConflictError):
        process.request()


def test_the_log_is_registered_and_genesis_anchored_in_one_step(setting: Setting) -> None:
    setting.log.grow(1)

    setting.process().check_log()
    assert calm(setting.process().step()) == AnchoringReport(True, 1, 1, 1, 0, "")
    setting.process().check_log()
    assert setting.states() == {0: "final", 1: "final"}
    assert setting.head() == (1, setting.log.root_at(1))


def test_an_anchor_knows_its_event(setting: Setting) -> None:
    setting.log.grow(1)
    row = setting.process().settle(1, timeout_s=5)

    assert row.mined is not None
    receipt = setting.rig.chain.receipt(row.mined.tx_hash)
    block = setting.rig.chain.block(row.mined.block_number)
    assert receipt is not None
    assert block is not None
    assert (block.hash, block.timestamp_s) == (row.mined.block_hash, row.mined.block_timestamp_s)
    anchor = row.to_anchor(())
    assert (anchor.size, anchor.root) == (1, setting.log.root_at(1))
    assert anchor.log_index == receipt.logs[0].log_index


def test_records_or_time_make_an_anchor_due(setting: Setting) -> None:
    process = setting.process()
    setting.log.grow(1)
    calm(process.step())

    setting.log.grow(10)
    assert calm(process.step()).anchor_lag == 9
    setting.log.grow(11)
    assert calm(process.step()).anchor_lag == 0

    setting.log.grow(12)
    setting.clock.forward(59)
    assert calm(process.step()).anchor_lag == 1
    setting.clock.forward(1)
    assert calm(process.step()).anchor_lag == 0
    setting.clock.forward(1000)
    calm(process.step())
    assert setting.anchored() == [1, 11, 12], "without a new record nothing is anchored"


def test_nothing_new_is_planned_while_an_anchor_waits_to_be_mined(setting: Setting) -> None:
    def swallow(method: str) -> None:
        if method == "send":
            raise SendRefusedError("it waits here already", "known")

    process = setting.process()
    setting.log.grow(1)
    calm(process.step())
    setting.chain.before = swallow
    for size in (20, 200):
        setting.log.grow(size)
        calm(process.step())
    assert setting.states() == {0: "final", 1: "final", 20: "sent"}

    setting.chain.before = lambda _method: None
    setting.clock.forward(31)
    calm(process.step())
    calm(process.step())
    assert setting.anchored() == [1, 20, 200]


def test_an_anchor_can_be_asked_for_by_any_process(setting: Setting) -> None:
    leader, other = setting.process("one"), setting.process("two")
    setting.log.grow(1)
    calm(leader.step())
    setting.log.grow(3)
    row = other.request()

    assert (row.size, row.state) == (3, AnchorState.PLANNED)
    assert other.request() == row
    assert not calm(other.step()).leader
    assert setting.anchored() == [1]
    assert calm(leader.step()).final_size == 3


def test_another_process_goes_on_when_the_lease_runs_out(setting: Setting) -> None:
    seconds = 0.0
    setting.store.clock_s = lambda: seconds
    leader, other = setting.process("one"), setting.process("two")
    setting.log.grow(1)
    calm(leader.step())
    setting.log.grow(20)
    assert calm(other.step()) == AnchoringReport(False, 20, 1, 1, 19, "")
    seconds += 121

    assert calm(other.step()).final_size == 20
    assert not calm(leader.step()).leader


def test_nothing_is_asked_of_the_node_while_nothing_is_to_do(setting: Setting) -> None:
    process = setting.process()
    setting.log.grow(1)
    calm(process.step())
    asked: list[str] = []
    setting.chain.before = asked.append
    calm(process.step())

    assert asked == []


class CrashError(Exception):
    """The process ends here; not an error that anything may handle."""


def crash(setting: Setting, crash_at: int) -> None:
    """Let the process end before or after one of its puts and sends, counted from 1."""
    count = 0

    def hook(method: str) -> None:
        nonlocal count
        if method in ("put_anchor", "send"):
            count += 1
            if count == crash_at:
                raise CrashError

    setting.store.before = setting.store.after = hook
    setting.chain.before = setting.chain.after = hook


def anchor_thrice(setting: Setting) -> None:
    for _ in range(3):
        setting.process().step()
        setting.log.grow(len(setting.log.leaves) + 10)


POINTS = 40
"""Registration and three anchors: planned, signed, handed over, mined, final; before and after."""


@pytest.mark.parametrize("crash_at", range(1, POINTS + 1))
def test_a_process_that_ends_anywhere_is_followed_by_one_that_goes_on(
    setting: Setting, crash_at: int
) -> None:
    setting.log.grow(1)
    crash(setting, crash_at)
    with pytest.raises(CrashError):
        anchor_thrice(setting)

    after = setting.process()
    setting.clock.forward(61)
    for _ in range(2):
        calm(after.step())
    size = len(setting.log.leaves)
    assert setting.head() == (size, setting.log.root_at(size))
    assert set(setting.states().values()) == {"final"}
    events = setting.anchored()
    assert events == sorted(set(events)), "no size is anchored twice"
    transactions = setting.rig.chain.nonce(setting.rig.address)
    assert transactions == 2 + len(events), "deployment, registration, anchors: none sent twice"


def test_every_point_of_three_anchors_is_crashed_at(setting: Setting) -> None:
    setting.log.grow(1)
    crash(setting, POINTS + 1)
    anchor_thrice(setting)


def test_a_row_that_another_process_changed_is_not_sent_again(setting: Setting) -> None:
    """The lease failed: both processes read the planned row, one sends it first."""
    setting.log.grow(1)
    calm(setting.process().step())
    setting.log.grow(20)
    slow, fast = setting.process("one"), setting.process("one")
    raced = False

    def race(method: str) -> None:
        nonlocal raced
        if method == "fees" and not raced:
            raced = True
            calm(fast.step())

    setting.chain.before = race
    assert "moved on" in slow.step().trouble
    assert calm(slow.step()).final_size == 20
    assert setting.anchored() == [1, 20]


@pytest.mark.parametrize("part", ["chain", "store"])
def test_a_part_that_is_down_never_raises_and_shows_as_lag(setting: Setting, part: str) -> None:
    def down(_method: str) -> None:
        raise UnavailableError(f"the {part} is down")

    process = setting.process()
    setting.log.grow(1)
    calm(process.step())
    setting.log.grow(20)
    hooked: Any = setting.chain if part == "chain" else setting.store
    hooked.before = down
    report = process.step()
    assert report.trouble == f"the {part} is down"
    if part == "chain":
        assert report.anchor_lag == 19

    hooked.before = lambda _method: None
    assert calm(process.step()).anchor_lag == 0


def test_settling_gives_up_with_the_reason(setting: Setting) -> None:
    def down(_method: str) -> None:
        raise UnavailableError("the node is down")

    setting.log.grow(1)
    setting.chain.before = down
    with pytest.raises(UnavailableError, match="the node is down"):
        setting.process().settle(1, timeout_s=0)
    setting.chain.before = lambda _method: None
    assert setting.process().settle(1, timeout_s=0).size == 1


def test_rows_lost_with_a_backup_are_found_on_the_chain(setting: Setting) -> None:
    setting.log.grow(1)
    calm(setting.process().step())
    setting.log.grow(20)
    calm(setting.process().step())
    known = setting.row(20)
    for size in (0, 1, 20):
        setting.store.lose(setting.rig.target, size)

    calm(setting.process().step())
    assert setting.states() == {20: "final"}
    assert setting.row(20).mined == known.mined
    assert setting.anchored() == [1, 20]


def test_a_log_put_back_behind_its_anchor_is_not_anchored(setting: Setting) -> None:
    setting.log.grow(20)
    calm(setting.process().step())
    del setting.log.leaves[15:]
    setting.log.grow(18, b"another branch")

    with pytest.raises(ConflictError, match="put back behind what is anchored"):
        setting.process().check_log()
    assert "put back behind what is anchored" in setting.process().step().trouble
    assert setting.anchored() == [20]


def test_a_forked_log_is_not_anchored(setting: Setting) -> None:
    setting.log.grow(20)
    calm(setting.process().step())
    del setting.log.leaves[15:]
    setting.log.grow(40, b"another branch")

    with pytest.raises(ConflictError, match="one of them is forged"):
        setting.process().check_log()
    assert "one of them is forged" in setting.process().step().trouble
    assert setting.anchored() == [20]


def test_a_log_handed_to_another_account_is_not_anchored(setting: Setting) -> None:
    setting.log.grow(1)
    calm(setting.process().step())
    other = setting.rig.by(OTHER_KEY)
    lid = setting.rig.log_id(setting.log.genesis_leaf_hash())
    setting.rig.transact("transferOperator", lid, other.address)
    other.transact("acceptOperator", lid)
    setting.log.grow(20)

    assert f"anchored by {other.address}" in setting.process().step().trouble
    assert setting.process(key=OTHER_KEY).step().final_size == 20, "the id is the same"


def test_a_log_that_cannot_prove_itself_is_noticed_before_anything_is_sent(
    setting: Setting,
) -> None:
    setting.log.grow(5)
    calm(setting.process().step())
    setting.log.grow(20)
    right = setting.log.consistency_proof
    setting.log.consistency_proof = lambda old, new: right(old, new)[::-1]  # type: ignore[method-assign]
    asked: list[str] = []
    setting.chain.before = asked.append

    assert "the log does not extend its anchor" in setting.process().step().trouble
    assert setting.states()[20] == "failed"
    assert "send" not in asked
    assert "estimate_gas" not in asked


def test_an_event_with_another_root_is_not_the_rows(setting: Setting) -> None:
    """A row was planned with a root that the log has no more."""
    setting.log.grow(5)
    calm(setting.process().step())
    setting.store.lose(setting.rig.target, 5)
    wrong = AnchorProgress(setting.rig.target, 5, bytes(32), AnchorState.PLANNED, 0, 0)
    setting.store.put_anchor(wrong)

    assert "the node shows no event of it" in setting.process().step().trouble
    assert setting.states()[5] == "planned"


def test_an_event_of_another_contract_is_not_ours(setting: Setting) -> None:
    def elsewhere(method: str, answer: Any, *_: object) -> Any:
        if method != "receipt" or answer is None:
            return answer
        logs = [replace(event, address="0x" + "ab" * 20) for event in answer.logs]
        return replace(answer, logs=tuple(logs))

    setting.log.grow(1)
    setting.chain.alter = elsewhere

    assert "shows no event of ours" in setting.process().step().trouble


def test_none_is_final_before_the_smaller_ones_are(setting: Setting) -> None:
    """The registration's receipt is there before the block that holds it is called the newest."""
    oldest = setting.rig.chain.block(1)

    def newest_lags(method: str, answer: Any, *arguments: Any) -> Any:
        asked = method == "block" and arguments[0] in ("latest", "finalized")
        return oldest if asked and setting.states().get(0) != "mined" else answer

    setting.log.grow(1)
    setting.chain.alter = newest_lags
    process = setting.process()
    calm(process.step())
    assert setting.states() == {0: "mined", 1: "mined"}

    setting.chain.alter = lambda _method, answer, *_: answer
    assert calm(process.step()).final_size == 1
    assert setting.states() == {0: "final", 1: "final"}


def test_a_block_that_changes_while_it_is_read_is_read_again(setting: Setting) -> None:
    """A node behind a balancer: the receipt comes from one, the block from another."""

    def another_block(method: str, answer: Any, *_: object) -> Any:
        if method == "block" and answer is not None and answer.number > 1:
            return replace(answer, hash="0x" + "ab" * 32)
        return answer

    setting.log.grow(1)
    setting.chain.alter = another_block
    assert "changed while it was read" in setting.process().step().trouble
    assert setting.states()[0] == "sent"

    setting.chain.alter = lambda _method, answer, *_: answer
    assert calm(setting.process().step()).final_size == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"chain_id": 1}, "is not the target's"),
        ({"genesis_hash": "0x" + "00" * 32}, "is not the target's"),
        ({"code_sha256": "00" * 32}, "the target names another"),
        ({"contract": "0x" + "00" * 20}, "the target names another"),
    ],
)
def test_another_chain_or_contract_is_not_anchored_to(
    setting: Setting, changes: dict[str, Any], says: str
) -> None:
    setting.log.grow(1)
    target = replace(setting.rig.target, **changes)

    assert says in setting.process(target=target).step().trouble


def test_fees_above_the_bound_are_waited_out(setting: Setting) -> None:
    setting.log.grow(1)
    process = setting.process(rules=replace(RULES, max_fee_wei=1))

    assert "above the bound" in process.step().trouble
    assert setting.states() == {0: "failed", 1: "planned"}
    setting.clock.forward(5)
    assert calm(setting.process().step()).final_size == 1


def test_refusals_are_tried_again_ever_more_rarely(setting: Setting) -> None:
    """An account without funds: the node refuses each transaction."""
    setting.log.grow(1)
    process = setting.process(
        key=OTHER_KEY, target=replace(setting.rig.target, registrant=setting.rig.by(KEY).address)
    )
    waits = []
    for _ in range(9):
        process.step()
        row = setting.row(0)
        assert row.state is AnchorState.FAILED
        waits.append((row.not_before_ms - setting.clock()) // 1000)
        setting.clock.ms = row.not_before_ms

    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert "refuses it" in setting.row(0).detail


def test_running_goes_on_after_any_fault_and_drops_the_lease_at_the_end(setting: Setting) -> None:
    setting.log.grow(1)
    stop, faults = Event(), 0
    reports: list[AnchoringReport] = []

    def fault(_method: str) -> None:
        nonlocal faults
        faults += 1
        if faults == 1:
            raise RuntimeError("a fault of the program")

    def report(found: AnchoringReport) -> None:
        reports.append(found)
        if found.final_size == 1:
            stop.set()

    setting.chain.before = fault
    process = setting.process()
    thread = Thread(target=lambda: process.run(stop, interval_s=0.01, report=report))
    thread.start()
    thread.join(20)

    assert not thread.is_alive()
    assert faults > 1
    assert reports[-1].final_size == 1
    assert setting.store.take_lease(process._lease, "another", 60)


def test_no_error_of_the_family_comes_out_of_a_step(setting: Setting) -> None:
    """Whatever call to store or chain fails, at whatever place."""
    setting.log.grow(1)
    calls: list[str] = []
    fail_at = [0]

    def hook(method: str) -> None:
        calls.append(method)
        if len(calls) == fail_at[0]:
            raise LedgerError("here")

    setting.store.before = setting.store.after = hook
    setting.chain.before = setting.chain.after = hook
    for place in range(1, 60):
        calls.clear()
        fail_at[0] = place
        setting.log.grow(len(setting.log.leaves) + 10)
        setting.process().step()
    fail_at[0] = 0
    setting.clock.forward(1000)
    for _ in range(2):
        calm(setting.process().step())

    assert setting.head()[0] == len(setting.log.leaves)
