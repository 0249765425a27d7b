"""Blocks, transactions, receipts and logs of the embedded chain, as a node writes them.

Source: the Ethereum execution APIs (ethereum.github.io/execution-apis), receipts and blocks.
"""

from typing import Any

from eth.abc import BlockHeaderAPI, SignedTransactionAPI
from eth.chains.base import MiningChain
from eth_typing import Hash32

from anchoring import evm
from anchoring.chain import EventLog, Receipt
from anchoring.evm import hex_of


def block_json(chain: MiningChain, header: BlockHeaderAPI, *, full: bool) -> dict[str, Any]:
    """The block of a header, its transactions whole or as hashes."""
    block = chain.get_block_by_header(header)
    return {
        "number": hex(header.block_number),
        "hash": hex_of(header.hash),
        "parentHash": hex_of(header.parent_hash),
        "sha3Uncles": hex_of(header.uncles_hash),
        "miner": hex_of(header.coinbase),
        "stateRoot": hex_of(header.state_root),
        "transactionsRoot": hex_of(header.transaction_root),
        "receiptsRoot": hex_of(header.receipt_root),
        "logsBloom": hex_of(header.bloom.to_bytes(256, "big")),
        "difficulty": hex(header.difficulty),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "timestamp": hex(header.timestamp),
        "extraData": hex_of(header.extra_data),
        "mixHash": hex_of(header.mix_hash),
        "nonce": hex_of(header.nonce),
        "baseFeePerGas": hex(evm.base_fee(header)),
        "size": hex(evm.encoded_size(block)),
        "uncles": [],
        "transactions": [
            transaction_json(transaction, header, index) if full else hex_of(transaction.hash)
            for index, transaction in enumerate(block.transactions)
        ],
    }


def transaction_json(
    transaction: SignedTransactionAPI, header: BlockHeaderAPI, index: int
) -> dict[str, Any]:
    """A mined transaction."""
    return {
        "hash": hex_of(transaction.hash),
        "type": hex(transaction.type_id or 0),
        "blockHash": hex_of(header.hash),
        "blockNumber": hex(header.block_number),
        "transactionIndex": hex(index),
        "from": hex_of(transaction.sender),
        "to": hex_of(transaction.to) if transaction.to else None,
        "nonce": hex(transaction.nonce),
        "gas": hex(transaction.gas),
        "maxFeePerGas": hex(transaction.max_fee_per_gas),
        "maxPriorityFeePerGas": hex(transaction.max_priority_fee_per_gas),
        "gasPrice": hex(_price(transaction, header)),
        "value": hex(transaction.value),
        "input": hex_of(transaction.data),
        "chainId": hex(transaction.chain_id or 0),
        "r": hex(transaction.r),
        "s": hex(transaction.s),
        "v": hex(transaction.y_parity),
    }


def _price(transaction: SignedTransactionAPI, header: BlockHeaderAPI) -> int:
    """What a unit of gas did cost (EIP-1559)."""
    tip = transaction.max_priority_fee_per_gas
    return min(transaction.max_fee_per_gas, evm.base_fee(header) + tip)


def receipt_json(chain: MiningChain, receipt: Receipt, tx_hash: bytes) -> dict[str, Any]:
    """A receipt, and what only its block tells."""
    number, index = chain.get_canonical_transaction_index(Hash32(tx_hash))
    header = chain.get_canonical_block_header_by_number(number)
    transaction = chain.get_canonical_transaction_by_index(number, index)
    builder = chain.get_vm_class(header).get_receipt_builder()
    whole = chain.chaindb.get_receipts(header, builder)[index]
    return {
        "transactionHash": receipt.tx_hash,
        "transactionIndex": hex(index),
        "blockHash": receipt.block_hash,
        "blockNumber": hex(receipt.block_number),
        "from": hex_of(transaction.sender),
        "to": hex_of(transaction.to) if transaction.to else None,
        "contractAddress": receipt.contract,
        "cumulativeGasUsed": hex(whole.gas_used),
        "gasUsed": hex(receipt.gas_used),
        "effectiveGasPrice": hex(_price(transaction, header)),
        "status": hex(receipt.succeeded),
        "type": hex(transaction.type_id or 0),
        "logsBloom": hex_of(whole.bloom.to_bytes(256, "big")),
        "logs": [log_json(chain, event) for event in receipt.logs],
    }


def log_json(chain: MiningChain, event: EventLog) -> dict[str, Any]:
    """An event, as `eth_getLogs` and receipts give it."""
    _, index = chain.get_canonical_transaction_index(Hash32(bytes.fromhex(event.tx_hash[2:])))
    return {
        "address": event.address,
        "topics": [hex_of(topic) for topic in event.topics],
        "data": hex_of(event.data),
        "blockNumber": hex(event.block_number),
        "blockHash": event.block_hash,
        "transactionHash": event.tx_hash,
        "transactionIndex": hex(index),
        "logIndex": hex(event.log_index),
        "removed": False,
    }
