"""A node over JSON-RPC and HTTP: the only import of web3.

Whatever goes wrong on the way to the node, or comes back other than it should, is
`UnavailableError`: the caller may ask again, and must not conclude anything.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal, cast

from eth_typing import HexStr
from eth_utils.address import to_checksum_address
from web3 import HTTPProvider, Web3
from web3.exceptions import (
    BlockNotFound,
    ContractLogicError,
    TransactionNotFound,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import FilterParams, LogReceipt, TxParams

from anchoring.chain import (
    Block,
    BlockTag,
    ChainIdentity,
    EventLog,
    Fees,
    Receipt,
    RevertedError,
    SendRefusedError,
)
from ledger.errors import LedgerError, UnavailableError

# Said by geth, reth, Besu, Nethermind, Erigon and anvil when they refuse a transaction; the
# execution APIs give these cases no codes.
_REFUSALS: Final[Sequence[tuple[str, Literal["known", "underpriced", "nonce"]]]] = (
    ("already known", "known"),
    ("already imported", "known"),
    ("known transaction", "known"),
    ("alreadyknown", "known"),
    ("underpriced", "underpriced"),
    ("replacement", "underpriced"),
    ("nonce too low", "nonce"),
    ("nonce below current", "nonce"),
    ("oldnonce", "nonce"),
)


class Web3Chain:
    """Implements `anchoring.chain.Chain`. For one thread."""

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        """Nothing is asked of the node yet; `timeout_s` holds for each call."""
        self._url = url
        provider = HTTPProvider(
            url, request_kwargs={"timeout": timeout_s}, exception_retry_configuration=None
        )
        # A contract may not send this client to addresses of its choice (EIP-3668).
        provider.global_ccip_read_enabled = False
        # Chains by proof of authority keep signatures in `extraData`, beyond web3's 32 bytes.
        self._eth = Web3(provider, middleware=[ExtraDataToPOAMiddleware]).eth

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except LedgerError:
            raise
        except ContractLogicError as error:
            raise RevertedError(str(error.message), _revert_data(error.data)) from error
        except Exception as error:
            # requests' errors, web3's, and whatever its formatters meet in a malformed answer. The
            # URL may hold a password: the text names neither it nor what requests says of it.
            reason = (
                error.message[:200] if isinstance(error, Web3RPCError) else type(error).__name__
            )
            raise UnavailableError(f"the node does not answer as it should: {reason}") from error

    def identity(self) -> ChainIdentity:
        """As in `Chain`."""
        with self._asking():
            return ChainIdentity(_number(self._eth.chain_id), _hash(self._eth.get_block(0)["hash"]))

    def block(self, tag: BlockTag) -> Block | None:
        """As in `Chain`."""
        with self._asking():
            try:
                block = self._eth.get_block(tag)
            except BlockNotFound:
                return None
            except Web3RPCError:
                # Nodes without the tag answer with an error each of their own.
                if tag == "finalized":
                    return None
                raise
            fee = block.get("baseFeePerGas")
            return Block(
                _number(block["number"]),
                _hash(block["hash"]),
                _number(block["timestamp"]),
                None if fee is None else _number(fee),
            )

    def code(self, address: str) -> bytes:
        """As in `Chain`."""
        with self._asking():
            return bytes(self._eth.get_code(to_checksum_address(address)))

    def call(self, contract: str, data: bytes) -> bytes:
        """As in `Chain`."""
        with self._asking():
            return bytes(self._eth.call({"to": to_checksum_address(contract), "data": data}))

    def receipt(self, tx_hash: str) -> Receipt | None:
        """As in `Chain`."""
        with self._asking():
            try:
                found = self._eth.get_transaction_receipt(HexStr(tx_hash))
            except TransactionNotFound:
                return None
            if found["blockNumber"] is None:
                return None
            created = found.get("contractAddress")
            return Receipt(
                tx_hash=_hash(found["transactionHash"]),
                block_number=_number(found["blockNumber"]),
                block_hash=_hash(found["blockHash"]),
                succeeded=found["status"] == 1,
                gas_used=_number(found["gasUsed"]),
                contract=None if created is None else created.lower(),
                logs=tuple(_event(log) for log in found["logs"]),
            )

    def logs(
        self, contract: str, topics: Sequence[bytes | None], first_block: int, last_block: int
    ) -> list[EventLog]:
        """As in `Chain`."""
        wanted: Any = {
            "address": to_checksum_address(contract),
            "topics": [None if topic is None else "0x" + topic.hex() for topic in topics],
            "fromBlock": first_block,
            "toBlock": last_block,
        }
        with self._asking():
            found = self._eth.get_logs(cast("FilterParams", wanted))
            return [_event(log) for log in found]

    def nonce(self, address: str) -> int:
        """As in `Chain`."""
        with self._asking():
            return _number(self._eth.get_transaction_count(to_checksum_address(address), "latest"))

    def fees(self) -> Fees:
        """The node's tip on top of twice the base fee: enough for six full blocks in a row."""
        with self._asking():
            base_fee = self._eth.get_block("latest").get("baseFeePerGas")
            if base_fee is None:
                return Fees(_number(self._eth.gas_price), None)
            tip = _number(self._eth.max_priority_fee)
            return Fees(2 * _number(base_fee) + tip, tip)

    def estimate_gas(self, sender: str, contract: str | None, data: bytes) -> int:
        """As in `Chain`."""
        call: TxParams = {"from": to_checksum_address(sender), "data": data}
        if contract is not None:
            call["to"] = to_checksum_address(contract)
        with self._asking():
            return _number(self._eth.estimate_gas(call))

    def send(self, raw: bytes) -> None:
        """As in `Chain`."""
        with self._asking():
            try:
                self._eth.send_raw_transaction(raw)
            except Web3RPCError as error:
                if error.rpc_response is None:
                    raise
                message = _message(error)
                for words, reason in _REFUSALS:
                    if words in message.lower():
                        raise SendRefusedError(message, reason) from error
                raise SendRefusedError(message, "other") from error

    def close(self) -> None:
        """Nothing is held but pooled connections, which the library lets go of itself."""


def _message(error: Web3RPCError) -> str:
    answer: Any = error.rpc_response or {}
    fault = answer.get("error")
    message = fault.get("message") if isinstance(fault, dict) else fault
    return str(message or error.message)


def _revert_data(data: object) -> bytes:
    """What a reverted call returned, as far as the node says it as hex."""
    try:
        return bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else b""
    except ValueError:
        return b""


def _event(log: LogReceipt) -> EventLog:
    return EventLog(
        address=log["address"].lower(),
        topics=tuple(bytes(topic) for topic in log["topics"]),
        data=bytes(log["data"]),
        tx_hash=_hash(log["transactionHash"]),
        log_index=_number(log["logIndex"]),
        block_number=_number(log["blockNumber"]),
        block_hash=_hash(log["blockHash"]),
    )


def _number(value: object) -> int:
    """web3 hands on what a node says where its formatters find nothing to do."""
    if not isinstance(value, int) or not 0 <= value < 2**256:
        raise ValueError("not a number")
    return int(value)


def _hash(value: object) -> str:
    if not isinstance(value, bytes) or len(value) != 32:
        raise ValueError("not a hash")
    return "0x" + bytes(value).hex()
