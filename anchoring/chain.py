"""The node as anchoring sees it: a Protocol over plain values, without any library's types.

Hashes and addresses are `0x` and lower-case hex, as in `ledger.anchor`; `data`, `topics` and code
are bytes. Amounts are wei. What a node says is believed only by whoever chose the node.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from ledger.errors import ConflictError

BlockTag: TypeAlias = int | Literal["latest", "finalized"]
"""A block's number, or the newest, or the newest that will not be reorganised away."""


@dataclass(frozen=True, slots=True)
class ChainIdentity:
    """EIP-155 id, and the hash of block 0, which tells two chains with one id apart."""

    chain_id: int
    genesis_hash: str


@dataclass(frozen=True, slots=True)
class Block:
    """A header as far as anchoring reads it; `base_fee_wei` is None before EIP-1559."""

    number: int
    hash: str
    timestamp_s: int
    base_fee_wei: int | None


@dataclass(frozen=True, slots=True)
class EventLog:
    """An event that a contract emitted; `log_index` counts within the block."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    tx_hash: str
    log_index: int
    block_number: int
    block_hash: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction; `contract` is the address it created, if it did."""

    tx_hash: str
    block_number: int
    block_hash: str
    succeeded: bool
    gas_used: int
    contract: str | None
    logs: tuple[EventLog, ...]


@dataclass(frozen=True, slots=True)
class Fees:
    """What a unit of gas may cost; `priority_fee_wei` is None where the chain has no EIP-1559."""

    max_fee_wei: int
    priority_fee_wei: int | None


class RevertedError(ConflictError):
    """A call that the contract refused; `data` is what it returned, a custom error's encoding."""

    def __init__(self, message: str, data: bytes = b"") -> None:
        """`message` is for people."""
        self.data = data
        super().__init__(message)


class SendRefusedError(ConflictError):
    """A transaction that the node did not take.

    Attributes:
        reason: `known` (the node has it already), `underpriced` (another of the same nonce waits
            and pays nearly as much), `nonce` (used already), `other`.
    """

    def __init__(
        self, message: str, reason: Literal["known", "underpriced", "nonce", "other"]
    ) -> None:
        """`message` is the node's own."""
        self.reason = reason
        super().__init__(message)


class Chain(Protocol):
    """One node. Every method may raise `UnavailableError`: it does not answer, or not sensibly."""

    def identity(self) -> ChainIdentity:
        """Which chain this is."""
        ...

    def block(self, tag: BlockTag) -> Block | None:
        """The canonical block, or None: none of that number, or the node knows no such tag."""
        ...

    def code(self, address: str) -> bytes:
        """Runtime code at the newest block; empty where there is no contract."""
        ...

    def call(self, contract: str, data: bytes) -> bytes:
        """What the call would return at the newest block.

        Raises:
            RevertedError: the contract refuses it.
        """
        ...

    def receipt(self, tx_hash: str) -> Receipt | None:
        """The receipt from the canonical chain, or None while there is none."""
        ...

    def logs(
        self, contract: str, topics: Sequence[bytes | None], first_block: int, last_block: int
    ) -> list[EventLog]:
        """Events of the contract in these blocks, both included; None matches any topic."""
        ...

    def nonce(self, address: str) -> int:
        """The number of the account's transactions up to the newest block."""
        ...

    def fees(self) -> Fees:
        """What a transaction should offer now to be mined soon."""
        ...

    def estimate_gas(self, sender: str, contract: str | None, data: bytes) -> int:
        """Gas that the transaction would need now; `contract` None creates one.

        Raises:
            RevertedError: it would be reverted.
        """
        ...

    def send(self, raw: bytes) -> None:
        """Hand over a signed transaction; that the node took it promises nothing.

        Raises:
            SendRefusedError: the node did not take it.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections. May be called twice."""
        ...
