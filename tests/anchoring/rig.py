"""What the tests of contract and anchoring stand on: a log in memory, and a contract to call."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_account import Account as EthAccount
from eth_utils.address import to_checksum_address

from anchoring import contract
from anchoring.account import Account, Transaction
from anchoring.chain import Chain, Receipt, RevertedError
from anchoring.deploy import deploy
from ledger import merkle, proof
from ledger.anchor import AnchorTarget, log_id

KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
"""The key of anvil's first funded account; the embedded chain funds it just as well."""

OTHER_KEY = bytes.fromhex("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
"""The key of anvil's second."""


def leaf(index: int, branch: bytes = b"") -> bytes:
    """A leaf hash, the same every time; another `branch` is another history."""
    return merkle.leaf_hash(branch + index.to_bytes(8, "big"))


@dataclass
class TreeLog:
    """A `LogReader` over leaf hashes; what was appended is released."""

    leaves: list[bytes] = field(default_factory=list)

    def grow(self, size: int, branch: bytes = b"") -> None:
        self.leaves.extend(leaf(index, branch) for index in range(len(self.leaves), size))

    def released_head(self) -> tuple[int, bytes]:
        return len(self.leaves), merkle.tree_root(self.leaves)

    def root_at(self, size: int) -> bytes:
        assert 0 < size <= len(self.leaves)
        return merkle.tree_root(self.leaves[:size])

    def consistency_proof(self, old_size: int, new_size: int) -> Sequence[bytes]:
        return proof.perform(proof.consistency_plan(old_size, new_size), self.node)

    def inclusion_proof(self, index: int, size: int) -> Sequence[bytes]:
        return proof.perform(proof.inclusion_plan(index, size), self.node)

    def genesis_leaf_hash(self) -> bytes:
        return self.leaves[0]

    def node(self, node: proof.Node) -> bytes:
        level, index = node
        return merkle.tree_root(self.leaves[index << level : (index + 1) << level])


@dataclass
class Rig:
    """A contract on a chain, and an account that calls it."""

    chain: Chain
    target: AnchorTarget
    key: bytes = KEY

    @staticmethod
    def on(chain: Chain) -> "Rig":
        return Rig(chain, deploy(chain, KEY, timeout_s=20))

    def by(self, key: bytes) -> "Rig":
        """The same contract, called by another account, which is given what it needs to pay."""
        other = Rig(self.chain, self.target, key)
        fees = self.chain.fees()
        transfer = EthAccount.from_key(self.key).sign_transaction(
            {
                "chainId": self.target.chain_id,
                "nonce": self.chain.nonce(self.address),
                "to": to_checksum_address(other.address),
                "value": 10**18,
                "gas": 21000,
                "gasPrice": fees.max_fee_wei,
            }
        )
        self.chain.send(bytes(transfer.raw_transaction))
        self.wait("0x" + bytes(transfer.hash).hex())
        return other

    @property
    def address(self) -> str:
        return Account(self.key).address

    def log_id(self, genesis_leaf_hash: bytes) -> bytes:
        return log_id(self.address, genesis_leaf_hash)

    def gas(self, function: str, *arguments: object) -> int:
        """A dry run; raises `RevertedError` where the contract refuses."""
        data = contract.call_data(function, *arguments)
        return self.chain.estimate_gas(self.address, self.target.contract, data)

    def refusal(self, function: str, *arguments: object) -> str:
        """The name of the custom error with which the contract refuses the call, or ''."""
        try:
            self.gas(function, *arguments)
        except RevertedError as error:
            return contract.explain(error.data).split("(")[0]
        return ""

    def transact(self, function: str, *arguments: object, gas: int | None = None) -> Receipt:
        """Mine the call."""
        return self.transact_data(contract.call_data(function, *arguments), gas=gas)

    def transact_data(self, data: bytes, *, gas: int | None = None) -> Receipt:
        chain = self.chain
        if gas is None:
            gas = chain.estimate_gas(self.address, self.target.contract, data) * 6 // 5
        raw, tx_hash = Account(self.key).sign(
            Transaction(
                self.target.chain_id,
                chain.nonce(self.address),
                self.target.contract,
                data,
                gas,
                chain.fees(),
            )
        )
        chain.send(raw)
        return self.wait(tx_hash)

    def wait(self, tx_hash: str) -> Receipt:
        deadline = time.monotonic() + 20
        while (receipt := self.chain.receipt(tx_hash)) is None:
            assert time.monotonic() < deadline, "not mined"
            time.sleep(0.005)
        return receipt

    def read(self, function: str, *arguments: object) -> tuple[object, ...]:
        return contract.read(self.chain, self.target.contract, function, *arguments)


@dataclass
class Clock:
    """POSIX milliseconds that a test moves."""

    ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    def __call__(self) -> int:
        return self.ms

    def forward(self, seconds: float) -> None:
        self.ms += int(1000 * seconds)


class HookedChain:
    """A chain that tells before and after each call, fails where a hook raises, and may lie."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self.before: Callable[[str], None] = lambda _method: None
        self.after: Callable[[str], None] = lambda _method: None
        self.alter: Callable[..., Any] = lambda _method, answer, *_arguments: answer

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._chain, name)

        def call(*arguments: Any) -> Any:
            self.before(name)
            answer = method(*arguments)
            self.after(name)
            return self.alter(name, answer, *arguments)

        return call
