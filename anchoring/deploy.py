"""The contract put on a chain, once, when a log is founded."""

from collections.abc import Iterator
from time import monotonic, sleep
from typing import Final

import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

from anchoring.account import Account, Transaction
from anchoring.chain import Chain, RevertedError, SendRefusedError
from contracts.artifact import ledger_anchor
from ledger.anchor import AnchorTarget
from ledger.errors import ConflictError, UnavailableError

_LOOKED_THROUGH: Final = 64
"""Transactions of the account among which an earlier deployment is looked for, newest and oldest."""


def deploy(chain: Chain, key: bytes, *, timeout_s: float = 120.0) -> AnchorTarget:
    """The target for genesis: a contract of ours that `key` deployed, deployed now if there is none.

    Safe to repeat after any interruption: the address follows from account and nonce, so that a
    contract which this key deployed before is found again, and one under way is waited for.

    Raises:
        UnavailableError: the node does not answer, or does not mine it in time; call again.
        ConflictError: the node refuses the transaction, for want of funds perhaps.
    """
    account = Account(key)
    deadline = monotonic() + timeout_s
    nonce = chain.nonce(account.address)
    for address in _addresses(account.address, nonce):
        if chain.code(address) == ledger_anchor().runtime:
            return _target(chain, address, account)
    address = contract_address(account.address, nonce)
    _send(chain, account, nonce)
    while chain.code(address) != ledger_anchor().runtime:
        if chain.nonce(account.address) > nonce and not chain.code(address):
            raise ConflictError(f"another transaction of the account took the nonce {nonce}")
        if monotonic() >= deadline:
            raise UnavailableError(f"the contract was sent to {address}, and is not mined yet")
        sleep(0.1)
    return _target(chain, address, account)


def contract_address(sender: str, nonce: int) -> str:
    """Where a transaction that creates a contract puts it (Yellow Paper §7)."""
    return "0x" + keccak(rlp.encode([bytes.fromhex(sender[2:]), nonce]))[12:].hex()


def _addresses(sender: str, nonce: int) -> Iterator[str]:
    oldest = range(min(nonce, _LOOKED_THROUGH))
    newest = range(max(len(oldest), nonce - _LOOKED_THROUGH), nonce)
    return (contract_address(sender, used) for used in (*oldest, *newest))


def _send(chain: Chain, account: Account, nonce: int) -> None:
    bytecode = ledger_anchor().bytecode
    try:
        gas = chain.estimate_gas(account.address, None, bytecode)
    except RevertedError as error:
        raise ConflictError(f"the chain does not run the contract: {error}") from error
    raw, _ = account.sign(
        Transaction(chain.identity().chain_id, nonce, None, bytecode, gas + gas // 10, chain.fees())
    )
    try:
        chain.send(raw)
    except SendRefusedError as error:
        # Anything but `other`: an earlier call's transaction of this nonce waits, or is mined.
        if error.reason == "other":
            raise ConflictError(f"the node refuses the contract: {error}") from error


def _target(chain: Chain, address: str, account: Account) -> AnchorTarget:
    identity = chain.identity()
    return AnchorTarget(
        chain_id=identity.chain_id,
        genesis_hash=identity.genesis_hash,
        contract=address,
        code_sha256=ledger_anchor().code_sha256,
        registrant=account.address,
    )
