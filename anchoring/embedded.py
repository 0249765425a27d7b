"""A chain in a file: py-evm under the rules of Paris, one block for each transaction, final at once.

For installations without a node. Whoever holds the file can make another, so an anchor here proves
nothing to others, and verdicts say so (its chain id is one of the resettable ones). What it does
show is that everything works as it will on a real chain: the same contract, the same proofs.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

from eth.abc import BlockHeaderAPI, SignedTransactionAPI
from eth.chains.base import MiningChain
from eth.constants import POST_MERGE_DIFFICULTY, POST_MERGE_MIX_HASH, POST_MERGE_NONCE
from eth.exceptions import CanonicalHeadNotFound, PyEVMError, TransactionNotFound
from eth.vm.forks.paris import ParisVM
from eth_typing import Address, BlockNumber
from eth_utils.exceptions import ValidationError

from anchoring import embedded_rpc, evm
from anchoring.account import Account
from anchoring.chain import (
    Block,
    BlockTag,
    ChainIdentity,
    EventLog,
    Fees,
    Receipt,
    SendRefusedError,
)
from anchoring.evm import hex_of
from anchoring.sqlite_database import SqliteDatabase

CHAIN_ID: Final = 131277322940537
"""One of the ids that verdicts call resettable (FORMATS §2)."""

_FUNDS_WEI: Final = 10**30
_NOBODY: Final = Address(b"\x00" * 20)


class _Rules(MiningChain):
    chain_id = CHAIN_ID
    vm_configuration = ((BlockNumber(0), ParisVM),)

    def create_header_from_parent(
        self, parent_header: BlockHeaderAPI, **header_params: Any
    ) -> BlockHeaderAPI:
        """The next header; its gas limit stays, where miners' votes would let it dwindle."""
        limit = parent_header.gas_limit
        return super().create_header_from_parent(
            parent_header, **{**header_params, "gas_limit": limit}
        )


class EmbeddedChain:
    """Implements `anchoring.chain.Chain`; safe for several threads, and for several processes."""

    def __init__(self, path: Path, *, key: bytes, clock_ms: Callable[[], int]) -> None:
        """Open the file, or make it with block 0 at the clock's time.

        `key` is the anchoring key: block 0 funds its account, and nobody else's.

        Raises:
            UnavailableError: the file cannot be opened.
        """
        self._clock_ms = clock_ms
        self._lock = RLock()
        self._db = SqliteDatabase(path)
        with self._db.writing():
            try:
                _Rules(self._db)
            except CanonicalHeadNotFound:
                self._found(Account(key))

    def _found(self, account: Account) -> None:
        funded = Address(bytes.fromhex(account.address[2:]))
        _Rules.from_genesis(
            self._db,
            {
                "coinbase": _NOBODY,
                "difficulty": POST_MERGE_DIFFICULTY,
                "extra_data": b"",
                "gas_limit": evm.GAS_LIMIT,
                "mix_hash": POST_MERGE_MIX_HASH,
                "nonce": POST_MERGE_NONCE,
                "timestamp": self._clock_ms() // 1000,
            },
            {funded: {"balance": _FUNDS_WEI, "nonce": 0, "code": b"", "storage": {}}},
        )

    @contextmanager
    def _reading(self) -> Iterator[MiningChain]:
        """py-evm's chain over one consistent view of the file."""
        with self._lock, self._db.reading():
            yield _Rules(self._db)

    def identity(self) -> ChainIdentity:
        """As in `Chain`."""
        with self._reading() as chain:
            return ChainIdentity(CHAIN_ID, hex_of(chain.get_canonical_block_hash(BlockNumber(0))))

    def block(self, tag: BlockTag) -> Block | None:
        """As in `Chain`; the newest block is final."""
        with self._reading() as chain:
            header = evm.find_header(chain, tag)
        if header is None:
            return None
        return Block(
            header.block_number, hex_of(header.hash), header.timestamp, header.base_fee_per_gas
        )

    def code(self, address: str) -> bytes:
        """As in `Chain`."""
        with self._reading() as chain:
            return chain.get_vm(chain.get_canonical_head()).state.get_code(_address(address))

    def call(self, contract: str, data: bytes) -> bytes:
        """As in `Chain`."""
        with self._reading() as chain:
            return evm.execute(
                chain, chain.get_canonical_head(), _NOBODY, _address(contract), data
            )[0]

    def receipt(self, tx_hash: str) -> Receipt | None:
        """As in `Chain`."""
        with self._reading() as chain:
            return evm.find_receipt(chain, bytes.fromhex(tx_hash[2:]))

    def logs(
        self, contract: str, topics: Sequence[bytes | None], first_block: int, last_block: int
    ) -> list[EventLog]:
        """As in `Chain`."""
        with self._reading() as chain:
            last = min(last_block, chain.get_canonical_head().block_number)
            headers = (
                chain.get_canonical_block_header_by_number(BlockNumber(number))
                for number in range(first_block, last + 1)
            )
            wanted = [None if topic is None else (topic,) for topic in topics]
            return evm.find_logs(chain, headers, (_address(contract),), [*wanted])

    def nonce(self, address: str) -> int:
        """As in `Chain`."""
        with self._reading() as chain:
            return chain.get_vm(chain.get_canonical_head()).state.get_nonce(_address(address))

    def fees(self) -> Fees:
        """Twice the base fee of the next block; a tip would go to nobody."""
        with self._reading() as chain:
            return Fees(2 * evm.base_fee(chain.header), 0)

    def estimate_gas(self, sender: str, contract: str | None, data: bytes) -> int:
        """As in `Chain`."""
        to = b"" if contract is None else _address(contract)
        with self._reading() as chain:
            return evm.execute(chain, chain.get_canonical_head(), _address(sender), to, data)[1]

    def send(self, raw: bytes) -> None:
        """Mine the transaction in a block of its own, on disk when this returns.

        Block times follow the clock, but always ascend: of two blocks in one second the later one
        is a second ahead.
        """
        with self._lock, self._db.writing():
            chain = _Rules(self._db)
            transaction = evm.decode(chain, raw)
            try:
                self._check_nonce(chain, transaction)
                chain.set_header_timestamp(
                    max(self._clock_ms() // 1000, chain.get_canonical_head().timestamp + 1)
                )
                chain.mine_all([transaction])
            except (ValidationError, PyEVMError) as error:
                raise SendRefusedError(str(error), "other") from error

    @staticmethod
    def _check_nonce(chain: MiningChain, transaction: SignedTransactionAPI) -> None:
        try:
            chain.get_canonical_transaction_index(transaction.hash)
        except TransactionNotFound:
            pass
        else:
            raise SendRefusedError("already mined", "known")
        transaction.validate()
        nonce = chain.get_vm(chain.get_canonical_head()).state.get_nonce(transaction.sender)
        if transaction.nonce < nonce:
            raise SendRefusedError(f"the account's next nonce is {nonce}", "nonce")

    def handle(self, method: str, params: list[Any]) -> Any:
        """The result of a read-only JSON-RPC call, for POST /v1/chain.

        Raises:
            embedded_rpc.RpcError: has `code` and `message` for the answer's `error`.
        """
        with self._reading() as chain:
            return embedded_rpc.handle(chain, method, params)

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        with self._lock:
            self._db.close()


def _address(text: str) -> Address:
    return Address(bytes.fromhex(text.removeprefix("0x")))
