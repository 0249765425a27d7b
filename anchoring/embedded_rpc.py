"""The read-only JSON-RPC of the embedded chain: what a verifier's node would answer.

Source: the Ethereum execution APIs (ethereum.github.io/execution-apis). Transactions come in
through `EmbeddedChain.send` alone, so that this may be served over HTTP.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from eth.abc import BlockHeaderAPI
from eth.chains.base import MiningChain
from eth.exceptions import HeaderNotFound, TransactionNotFound
from eth_typing import BlockNumber, Hash32

from anchoring import embedded_json, evm
from anchoring.chain import RevertedError
from anchoring.evm import Wanted, hex_of
from ledger.errors import LedgerError

METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
REVERTED: Final = 3

_HEX: Final = re.compile(r"0x([0-9a-fA-F]{2})*", re.ASCII)
_QUANTITY: Final = re.compile(r"0x(0|[1-9a-f][0-9a-f]{0,15})", re.ASCII)
_NEWEST: Final = frozenset({"latest", "finalized", "safe", "pending"})

Handler: TypeAlias = Callable[[MiningChain, list[Any]], Any]


class RpcError(LedgerError):
    """The `error` of an answer: `code`, the message, and `data` as hex or None."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        """`data` is what a reverted call returned."""
        self.code = code
        self.message = message
        self.data = data
        super().__init__(message)


def handle(chain: MiningChain, method: str, params: list[Any]) -> Any:
    """The `result` of a call.

    Raises:
        RpcError: an unknown method, parameters that are none, or a call that reverts.
    """
    handler = _METHODS.get(method)
    if handler is None:
        raise RpcError(METHOD_NOT_FOUND, f"the method {method:.80} does not exist here")
    try:
        return handler(chain, params)
    except RevertedError as error:
        raise RpcError(REVERTED, str(error), hex_of(error.data)) from error


def _block_number(chain: MiningChain, _: list[Any]) -> str:
    return hex(chain.get_canonical_head().block_number)


def _fee(chain: MiningChain, _: list[Any]) -> str:
    return hex(evm.base_fee(chain.header))


def _block_by_number(chain: MiningChain, params: list[Any]) -> dict[str, Any] | None:
    header = _header(chain, _param(params, 0))
    return (
        None if header is None else embedded_json.block_json(chain, header, full=_flag(params, 1))
    )


def _block_by_hash(chain: MiningChain, params: list[Any]) -> dict[str, Any] | None:
    try:
        header = chain.get_block_header_by_hash(Hash32(_bytes(_param(params, 0), 32)))
    except HeaderNotFound:
        return None
    return embedded_json.block_json(chain, header, full=_flag(params, 1))


def _receipt(chain: MiningChain, params: list[Any]) -> dict[str, Any] | None:
    tx_hash = _bytes(_param(params, 0), 32)
    receipt = evm.find_receipt(chain, tx_hash)
    return None if receipt is None else embedded_json.receipt_json(chain, receipt, tx_hash)


def _transaction(chain: MiningChain, params: list[Any]) -> dict[str, Any] | None:
    try:
        number, index = chain.get_canonical_transaction_index(Hash32(_bytes(_param(params, 0), 32)))
    except TransactionNotFound:
        return None
    header = chain.get_canonical_block_header_by_number(number)
    transaction = chain.get_canonical_transaction_by_index(number, index)
    return embedded_json.transaction_json(transaction, header, index)


def _logs(chain: MiningChain, params: list[Any]) -> list[dict[str, Any]]:
    wanted = _param(params, 0)
    if not isinstance(wanted, dict):
        raise _invalid("a filter is an object")
    topics = [] if wanted.get("topics") is None else wanted["topics"]
    if not isinstance(topics, list) or len(topics) > 4:
        raise _invalid("topics are an array of at most four")
    found = evm.find_logs(
        chain,
        _range(chain, wanted),
        _wanted(wanted.get("address"), 20),
        [_wanted(topic, 32) for topic in topics],
    )
    return [embedded_json.log_json(chain, event) for event in found]


def _range(chain: MiningChain, wanted: Mapping[str, Any]) -> Iterator[BlockHeaderAPI]:
    if "blockHash" in wanted:
        try:
            yield chain.get_block_header_by_hash(Hash32(_bytes(wanted["blockHash"], 32)))
        except HeaderNotFound as error:
            raise _invalid("no such block") from error
        return
    newest = chain.get_canonical_head().block_number
    bounds = [wanted.get(name) or "latest" for name in ("fromBlock", "toBlock")]
    first, last = (newest if _is_newest(tag) else _number(tag) for tag in bounds)
    for number in range(first, min(last, newest) + 1):
        yield chain.get_canonical_block_header_by_number(BlockNumber(number))


def _wanted(value: Any, size: int) -> Wanted:
    if value is None:
        return None
    return [_bytes(item, size) for item in (value if isinstance(value, list) else [value])]


def _call(chain: MiningChain, params: list[Any]) -> str:
    return hex_of(_execute(chain, params)[0])


def _estimate(chain: MiningChain, params: list[Any]) -> str:
    return hex(_execute(chain, params)[1])


def _execute(chain: MiningChain, params: list[Any]) -> tuple[bytes, int]:
    call = _param(params, 0)
    if not isinstance(call, dict):
        raise _invalid("a call is an object")
    data = call.get("input") or call.get("data") or "0x"
    sender = _bytes(call.get("from") or "0x" + "00" * 20, 20)
    to = b"" if call.get("to") is None else _bytes(call["to"], 20)
    return evm.execute(chain, _state(chain, params, 1), sender, to, _bytes(data))


def _code(chain: MiningChain, params: list[Any]) -> str:
    header = _state(chain, params, 1)
    return hex_of(chain.get_vm(header).state.get_code(_address(params)))


def _balance(chain: MiningChain, params: list[Any]) -> str:
    return hex(chain.get_vm(_state(chain, params, 1)).state.get_balance(_address(params)))


def _nonce(chain: MiningChain, params: list[Any]) -> str:
    return hex(chain.get_vm(_state(chain, params, 1)).state.get_nonce(_address(params)))


_METHODS: Final[Mapping[str, Handler]] = {
    "eth_blockNumber": _block_number,
    "eth_call": _call,
    "eth_chainId": lambda chain, _: hex(chain.chain_id),
    "eth_estimateGas": _estimate,
    "eth_gasPrice": _fee,
    "eth_getBalance": _balance,
    "eth_getBlockByHash": _block_by_hash,
    "eth_getBlockByNumber": _block_by_number,
    "eth_getCode": _code,
    "eth_getLogs": _logs,
    "eth_getTransactionByHash": _transaction,
    "eth_getTransactionCount": _nonce,
    "eth_getTransactionReceipt": _receipt,
    "eth_maxPriorityFeePerGas": lambda _chain, _: "0x0",
    "eth_syncing": lambda _chain, _: False,
    "net_version": lambda chain, _: str(chain.chain_id),
    "web3_clientVersion": lambda _chain, _: "mealtrace-embedded/1",
}


def _invalid(message: str) -> RpcError:
    return RpcError(INVALID_PARAMS, message)


def _param(params: list[Any], position: int) -> Any:
    if position >= len(params):
        raise _invalid(f"parameter {position} is missing")
    return params[position]


def _flag(params: list[Any], position: int) -> bool:
    return len(params) > position and params[position] is True


def _bytes(value: Any, size: int | None = None) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise _invalid(f"not hex: {value!r:.80}")
    data = bytes.fromhex(value[2:])
    if size is not None and len(data) != size:
        raise _invalid(f"{len(data)} bytes where {size} belong")
    return data


def _address(params: list[Any]) -> Any:
    return _bytes(_param(params, 0), 20)


def _number(value: Any) -> int:
    if value == "earliest":
        return 0
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise _invalid(f"no block number or tag: {value!r:.80}")
    return int(value, 16)


def _is_newest(tag: Any) -> bool:
    return isinstance(tag, str) and tag in _NEWEST


def _header(chain: MiningChain, tag: Any) -> BlockHeaderAPI | None:
    if _is_newest(tag):
        return chain.get_canonical_head()
    return evm.find_header(chain, _number(tag))


def _state(chain: MiningChain, params: list[Any], position: int) -> BlockHeaderAPI:
    """The block after which a call is made; the newest if none is named."""
    header = _header(chain, params[position] if len(params) > position else "latest")
    if header is None:
        raise _invalid("no such block")
    return header
