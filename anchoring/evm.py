"""What py-evm knows of a chain, as the plain values of `anchoring.chain`."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

import rlp  # type: ignore[import-untyped]
from eth._utils.address import generate_contract_address
from eth.abc import BlockAPI, BlockHeaderAPI, ComputationAPI, SignedTransactionAPI
from eth.chains.base import MiningChain
from eth.exceptions import HeaderNotFound, PyEVMError, TransactionNotFound
from eth.vm.spoof import SpoofTransaction
from eth_bloom.bloom import BloomFilter
from eth_typing import Address, BlockNumber, Hash32
from eth_utils.exceptions import ValidationError

from anchoring.chain import BlockTag, EventLog, Receipt, RevertedError, SendRefusedError

GAS_LIMIT: Final = 30_000_000
"""Of a block, and so of a transaction."""

Wanted = Collection[bytes] | None
"""What a filter takes at one place: one of these, or anything."""


def hex_of(data: bytes) -> str:
    """`0x` and lower-case hex."""
    return "0x" + data.hex()


def decode(chain: MiningChain, raw: bytes) -> SignedTransactionAPI:
    """A signed transaction out of its bytes.

    Raises:
        SendRefusedError: they are none.
    """
    try:
        return chain.get_vm().get_transaction_builder().decode(raw)
    except (ValidationError, PyEVMError, rlp.exceptions.RLPException) as error:
        raise SendRefusedError(f"no transaction: {error}", "other") from error


def encoded_size(block: BlockAPI) -> int:
    """Bytes of the block's RLP."""
    return len(rlp.encode(block))


def base_fee(header: BlockHeaderAPI) -> int:
    """Wei for a unit of gas in that block; all blocks have one since London."""
    assert header.base_fee_per_gas is not None
    return header.base_fee_per_gas


def find_header(chain: MiningChain, tag: BlockTag) -> BlockHeaderAPI | None:
    """The canonical header, or None; the newest is final."""
    if tag in ("latest", "finalized"):
        return chain.get_canonical_head()
    try:
        return chain.get_canonical_block_header_by_number(BlockNumber(int(tag)))
    except HeaderNotFound:
        return None


def execute(
    chain: MiningChain, header: BlockHeaderAPI, sender: bytes, to: bytes, data: bytes
) -> tuple[bytes, int]:
    """What a transaction would return after that block, and the gas it would take.

    Raises:
        RevertedError: it would fail.
    """
    with chain.get_vm(header).in_costless_state() as state:
        unsigned = chain.create_unsigned_transaction(
            nonce=state.get_nonce(Address(sender)),
            gas_price=0,
            gas=GAS_LIMIT,
            to=Address(to),
            value=0,
            data=data,
        )
        call: Any = SpoofTransaction(unsigned, from_=sender)
        try:
            computation: ComputationAPI = state.costless_execute_transaction(call)
        except ValidationError as error:
            raise RevertedError(str(error)) from error
        if computation.is_error:
            reason = type(computation.error).__name__
            raise RevertedError(f"execution reverted: {reason}", computation.output)
        return computation.output, GAS_LIMIT - computation.get_gas_remaining()


def find_receipt(chain: MiningChain, tx_hash: bytes) -> Receipt | None:
    """The receipt of a mined transaction, or None."""
    try:
        number, index = chain.get_canonical_transaction_index(Hash32(tx_hash))
    except TransactionNotFound:
        return None
    return block_receipts(chain, chain.get_canonical_block_header_by_number(number))[index]


def block_receipts(chain: MiningChain, header: BlockHeaderAPI) -> list[Receipt]:
    """The receipts of a canonical block in its order."""
    builder = chain.get_vm_class(header).get_receipt_builder()
    found: list[Receipt] = []
    gas_before = logs_before = 0
    for index, receipt in enumerate(chain.chaindb.get_receipts(header, builder)):
        transaction = chain.get_canonical_transaction_by_index(header.block_number, index)
        created = None
        if transaction.to == b"":
            created = hex_of(generate_contract_address(transaction.sender, transaction.nonce))
        logs = tuple(
            EventLog(
                address=hex_of(log.address),
                topics=tuple(topic.to_bytes(32, "big") for topic in log.topics),
                data=log.data,
                tx_hash=hex_of(transaction.hash),
                log_index=logs_before + position,
                block_number=header.block_number,
                block_hash=hex_of(header.hash),
            )
            for position, log in enumerate(receipt.logs)
        )
        found.append(
            Receipt(
                tx_hash=hex_of(transaction.hash),
                block_number=header.block_number,
                block_hash=hex_of(header.hash),
                succeeded=receipt.state_root == b"\x01",
                gas_used=receipt.gas_used - gas_before,
                contract=created,
                logs=logs,
            )
        )
        gas_before = receipt.gas_used
        logs_before += len(logs)
    return found


def find_logs(
    chain: MiningChain, headers: Iterator[BlockHeaderAPI], address: Wanted, topics: list[Wanted]
) -> list[EventLog]:
    """The events in these blocks that the filter takes; a block's bloom spares most reading."""
    wanted = [address, *topics]
    return [
        event
        for header in headers
        if _takes(wanted, BloomFilter(header.bloom).__contains__)
        for receipt in block_receipts(chain, header)
        for event in receipt.logs
        if _matches(wanted, [bytes.fromhex(event.address[2:]), *event.topics])
    ]


def _takes(wanted: list[Wanted], holds: Callable[[bytes], bool]) -> bool:
    return all(place is None or any(holds(value) for value in place) for place in wanted)


def _matches(wanted: list[Wanted], values: list[bytes]) -> bool:
    return len(wanted) <= len(values) and all(
        place is None or value in place for place, value in zip(wanted, values, strict=False)
    )
