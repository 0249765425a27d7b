"""The chain in a file: what survives, and what its JSON-RPC answers."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rig import KEY, OTHER_KEY, Clock, Rig, TreeLog

from anchoring import embedded_rpc
from anchoring.chain import SendRefusedError
from anchoring.embedded import CHAIN_ID, EmbeddedChain
from anchoring.embedded_rpc import INVALID_PARAMS, METHOD_NOT_FOUND, REVERTED, RpcError
from anchoring.sqlite_database import SqliteDatabase
from ledger.anchor import RESETTABLE_CHAINS
from ledger.errors import UnavailableError

HERE = Path(__file__).resolve().parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "chain.sqlite"


def test_its_anchors_prove_nothing_to_others() -> None:
    assert CHAIN_ID in RESETTABLE_CHAINS


def test_all_survives_closing_and_opening(path: Path) -> None:
    clock = Clock()
    chain = EmbeddedChain(path, key=KEY, clock_ms=clock)
    rig = Rig.on(chain)
    receipt = rig.transact("register", b"\x01" * 32)
    latest, identity = chain.block("latest"), chain.identity()
    chain.close()
    chain.close()

    again = EmbeddedChain(path, key=OTHER_KEY, clock_ms=clock)
    assert again.identity() == identity
    assert again.block("latest") == latest
    assert again.receipt(receipt.tx_hash) == receipt
    Rig(again, rig.target).transact("register", b"\x02" * 32)
    again.close()


def test_another_file_is_another_chain(tmp_path: Path) -> None:
    clock = Clock()
    first = EmbeddedChain(tmp_path / "a", key=KEY, clock_ms=clock)
    clock.forward(1)
    second = EmbeddedChain(tmp_path / "b", key=KEY, clock_ms=clock)

    assert first.identity() != second.identity()


def test_blocks_carry_the_clocks_time_and_always_ascend(path: Path) -> None:
    clock = Clock()
    chain = EmbeddedChain(path, key=KEY, clock_ms=clock)
    rig = Rig.on(chain)
    start = clock() // 1000
    for number, back in [(2, 0), (3, 0), (4, -3600)]:
        clock.forward(back)
        rig.transact("register", bytes([number]) * 32)
    clock.forward(2 * 3600)
    rig.transact("register", b"\x05" * 32)
    blocks = [chain.block(number) for number in range(6)]
    times = [block.timestamp_s - start for block in blocks if block is not None]

    assert times == [0, 1, 2, 3, 4, 3600]


def test_blocks_keep_their_room(embedded_rig: Rig) -> None:
    assert isinstance(embedded_rig.chain, EmbeddedChain)
    for number in range(30):
        embedded_rig.transact("register", bytes([number]) * 32)
    limits = {
        embedded_rig.chain.handle("eth_getBlockByNumber", [hex(number), False])["gasLimit"]
        for number in range(31)
    }

    assert len(limits) == 1


def test_two_openings_of_one_file_see_the_same_chain(path: Path) -> None:
    clock = Clock()
    first = EmbeddedChain(path, key=KEY, clock_ms=clock)
    second = EmbeddedChain(path, key=KEY, clock_ms=clock)
    rig = Rig.on(first)
    for number in range(6):
        chain = (first, second)[number % 2]
        Rig(chain, rig.target).transact("register", bytes([number]) * 32)

    assert first.block("latest") == second.block("latest")
    assert second.nonce(rig.address) == 7


def test_two_openings_write_at_once(path: Path) -> None:
    """Each finds the other's block below its own, whoever comes first."""
    first = EmbeddedChain(path, key=KEY, clock_ms=Clock())
    rig = Rig.on(first)
    other = rig.by(OTHER_KEY)
    second = Rig(EmbeddedChain(path, key=KEY, clock_ms=Clock()), rig.target, OTHER_KEY)
    assert second.address == other.address

    def register(writer: Rig) -> None:
        for number in range(12):
            writer.transact("register", bytes([number]) * 32)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(register, writer) for writer in (rig, second)]:
            done.result(60)

    latest = first.block("latest")
    assert latest is not None
    assert latest.number == 2 + 24
    assert len(first.logs(rig.target.contract, [], 0, latest.number)) == 24


def test_a_block_that_cannot_be_written_whole_is_not_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails at each write of a block in turn."""
    chain = EmbeddedChain(path, key=KEY, clock_ms=Clock())
    rig = Rig.on(chain)
    before = chain.block("latest")
    write, writes = SqliteDatabase.__setitem__, 0

    def fail(db: SqliteDatabase, key: bytes, value: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes == fail_at:
            raise sqlite3.OperationalError("disk I/O error")
        write(db, key, value)

    monkeypatch.setattr(SqliteDatabase, "__setitem__", fail)
    fail_at = 0
    while True:
        fail_at, writes = fail_at + 1, 0
        try:
            rig.transact("register", b"\x01" * 32)
            break
        except UnavailableError:
            assert chain.block("latest") == before
            assert chain.nonce(rig.address) == 1

    assert fail_at > 5
    latest = chain.block("latest")
    assert latest is not None
    assert latest.number == 2


def test_threads_may_read_while_one_writes(embedded_rig: Rig) -> None:
    chain = embedded_rig.chain
    faults: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(50):
                latest = chain.block("latest")
                assert latest is not None
                assert chain.block(latest.number) == latest
        except BaseException as error:  # noqa: BLE001 - told to the test below
            faults.append(error)

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(10):
        embedded_rig.transact("register", bytes([number]) * 32)
    for thread in threads:
        thread.join(30)

    assert faults == []


def test_transactions_that_cannot_be_mined_are_refused(embedded_rig: Rig) -> None:
    chain = embedded_rig.chain
    mined = embedded_rig.transact("register", b"\x01" * 32)
    before = chain.block("latest")
    assert isinstance(chain, EmbeddedChain)
    poor = Rig(chain, embedded_rig.target, OTHER_KEY)
    with pytest.raises(SendRefusedError, match="afford") as caught:
        poor.transact("register", b"\x01" * 32)
    assert caught.value.reason == "other"
    for raw in (b"", b"\x02\xc0", b"nonsense"):
        with pytest.raises(SendRefusedError) as caught:
            chain.send(raw)
        assert caught.value.reason == "other"

    assert chain.block("latest") == before
    assert chain.receipt(mined.tx_hash) == mined


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(UnavailableError):
        EmbeddedChain(path, key=KEY, clock_ms=Clock())


WRITER = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from rig import KEY, Clock, Rig
from anchoring.embedded import EmbeddedChain
rig = Rig.on(EmbeddedChain(Path(sys.argv[2]), key=KEY, clock_ms=Clock()))
for number in range(10**6):
    receipt = rig.transact("register", number.to_bytes(32, "big"))
    print(receipt.tx_hash, receipt.block_number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 8, 21])
def test_a_killed_process_leaves_whole_blocks_and_all_it_had_acknowledged(
    path: Path, lines: int
) -> None:
    command = [sys.executable, "-c", WRITER, str(HERE), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline().split() for _ in range(lines)]
        os.kill(child.pid, signal.SIGKILL)
        acknowledged += [line.split() for line in child.stdout if line.endswith("\n")]

    chain = EmbeddedChain(path, key=KEY, clock_ms=Clock())
    for tx_hash, number in acknowledged:
        receipt = chain.receipt(tx_hash)
        assert receipt is not None
        assert receipt.block_number == int(number)
    rig = Rig.on(chain)
    latest = chain.block("latest")
    assert latest is not None
    assert latest.number == chain.nonce(rig.address)
    logs = chain.logs(rig.target.contract, [], 0, latest.number)
    assert [log.block_number for log in logs] == list(range(2, latest.number + 1))
    rig.transact("register", b"\xff" * 32)


@pytest.fixture
def ask(embedded_rig: Rig) -> Callable[..., Any]:
    log = TreeLog()
    log.grow(3)
    embedded_rig.transact("register", log.genesis_leaf_hash())
    assert isinstance(embedded_rig.chain, EmbeddedChain)
    handle = embedded_rig.chain.handle
    return lambda method, *params: handle(method, list(params))


def test_a_block_is_described_in_full(ask: Callable[..., Any]) -> None:
    block = ask("eth_getBlockByNumber", "0x2", True)

    assert ask("eth_blockNumber") == "0x2"
    for tag in ("latest", "finalized", "safe", "pending"):
        assert ask("eth_getBlockByNumber", tag, True) == block
    assert ask("eth_getBlockByHash", block["hash"], True) == block
    assert block["parentHash"] == ask("eth_getBlockByNumber", "0x1")["hash"]
    (transaction,) = block["transactions"]
    assert ask("eth_getTransactionByHash", transaction["hash"]) == transaction
    assert ask("eth_getBlockByNumber", "latest")["transactions"] == [transaction["hash"]]
    receipt = ask("eth_getTransactionReceipt", transaction["hash"])
    assert receipt["gasUsed"] == receipt["cumulativeGasUsed"] == block["gasUsed"]
    assert receipt["logs"] == ask("eth_getLogs", {"blockHash": block["hash"]})
    assert receipt["logsBloom"] == block["logsBloom"]
    deployment = ask("eth_getBlockByNumber", "0x1")["transactions"][0]
    created = ask("eth_getTransactionReceipt", deployment)["contractAddress"]
    assert created == receipt["to"]
    assert ask("eth_getCode", created, "latest") != "0x"
    assert ask("eth_getCode", created, "0x0") == "0x", "the state of an earlier block"
    assert ask("eth_getCode", created, "earliest") == "0x"


def test_what_does_not_exist_is_null(ask: Callable[..., Any]) -> None:
    unknown = "0x" + "12" * 32

    assert ask("eth_getBlockByNumber", "0x3") is None
    assert ask("eth_getBlockByHash", unknown) is None
    assert ask("eth_getTransactionByHash", unknown) is None
    assert ask("eth_getTransactionReceipt", unknown) is None


def test_small_questions(ask: Callable[..., Any], embedded_rig: Rig) -> None:
    assert ask("eth_chainId") == hex(CHAIN_ID)
    assert ask("net_version") == str(CHAIN_ID)
    assert ask("eth_syncing") is False
    assert ask("eth_getTransactionCount", embedded_rig.address, "latest") == "0x2"
    assert ask("eth_getTransactionCount", embedded_rig.address, "0x1") == "0x1"
    assert int(ask("eth_getBalance", embedded_rig.address), 16) > 10**20
    assert int(ask("eth_gasPrice"), 16) > 0


def test_filters_take_lists_of_addresses_and_topics(
    ask: Callable[..., Any], embedded_rig: Rig
) -> None:
    (event,) = ask("eth_getLogs", {"fromBlock": "earliest", "toBlock": "latest"})
    contract, topics = embedded_rig.target.contract, event["topics"]
    other = "0x" + "00" * 32

    def found(**changes: Any) -> list[Any]:
        events: list[Any] = ask("eth_getLogs", {"fromBlock": "0x0", **changes})
        return events

    assert found(address=[contract, "0x" + "00" * 20]) == [event]
    assert found(address=["0x" + "00" * 20]) == []
    assert found(topics=[[other, topics[0]], None]) == [event]
    assert found(topics=[None, [other]]) == []
    assert found(topics=[*topics]) == [event]
    assert found(topics=[*topics, other]) == []
    assert found(toBlock="0x1") == []


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("eth_sendRawTransaction", ["0x02"], METHOD_NOT_FOUND),
        ("eth_sendTransaction", [{}], METHOD_NOT_FOUND),
        ("debug_traceTransaction", [], METHOD_NOT_FOUND),
        ("eth_getBlockByNumber", [], INVALID_PARAMS),
        ("eth_getBlockByNumber", ["newest"], INVALID_PARAMS),
        ("eth_getBlockByNumber", [1], INVALID_PARAMS),
        ("eth_getBlockByNumber", ["0x01"], INVALID_PARAMS),
        ("eth_getBlockByNumber", ["0x" + "f" * 17], INVALID_PARAMS),
        ("eth_getBlockByHash", ["0x1"], INVALID_PARAMS),
        ("eth_getBlockByHash", [None], INVALID_PARAMS),
        ("eth_getCode", ["0x" + "00" * 19, "latest"], INVALID_PARAMS),
        ("eth_getCode", ["0x" + "00" * 20, "0x99"], INVALID_PARAMS),
        ("eth_call", ["0x"], INVALID_PARAMS),
        ("eth_call", [{"to": 1}], INVALID_PARAMS),
        ("eth_call", [{"data": "0xzz"}], INVALID_PARAMS),
        ("eth_getLogs", [[]], INVALID_PARAMS),
        ("eth_getLogs", [{"topics": {}}], INVALID_PARAMS),
        ("eth_getLogs", [{"topics": [None] * 5}], INVALID_PARAMS),
        ("eth_getLogs", [{"blockHash": "0x" + "00" * 32}], INVALID_PARAMS),
        ("eth_call", [{"data": "0xfe"}], REVERTED),
    ],
)
def test_what_cannot_be_answered_is_an_error_of_json_rpc(
    ask: Callable[..., Any], method: str, params: list[Any], code: int
) -> None:
    with pytest.raises(RpcError) as caught:
        ask(method, *params)

    assert caught.value.code == code
    assert caught.value.message


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=3)
    | st.sampled_from(
        ["latest", "earliest", "0x0", "0x1", "0x2", "0x" + "00" * 20, "0x" + "00" * 32]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["address", "topics", "fromBlock", "toBlock", "blockHash", "to", "from", "data"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)


@given(
    method=st.sampled_from(sorted(embedded_rpc._METHODS)), params=st.lists(json_values, max_size=3)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_parameters_bring_out_another_error(
    ask: Callable[..., Any], method: str, params: list[Any]
) -> None:
    with contextlib.suppress(RpcError):
        ask(method, *params)
