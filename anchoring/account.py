"""The account that pays for anchors: its address, and its signature under transactions.

The only import of eth_account. The key stays in memory; where it lies is the caller's business.
"""

from dataclasses import dataclass

from eth_account import Account as EthAccount
from eth_utils.address import to_checksum_address

from anchoring.chain import Fees
from ledger.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is signed; `to` None creates a contract."""

    chain_id: int
    nonce: int
    to: str | None
    data: bytes
    gas: int
    fees: Fees


class Account:
    """A secp256k1 key."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 bytes, not zero and below the order of the group."""
        try:
            self._account = EthAccount.from_key(key)
        except (ValueError, TypeError) as error:
            raise MalformedError("no secp256k1 private key") from error
        self.address: str = self._account.address.lower()
        """`0x` and 40 digits of lower-case hex."""

    def sign(self, transaction: Transaction) -> tuple[bytes, str]:
        """The signed transaction and its hash; deterministic (RFC 6979).

        EIP-1559 where the fees have a priority fee, else a legacy transaction under EIP-155.
        """
        fields = {
            "chainId": transaction.chain_id,
            "nonce": transaction.nonce,
            "value": 0,
            "data": transaction.data,
            "gas": transaction.gas,
        }
        if transaction.to is not None:
            fields["to"] = to_checksum_address(transaction.to)
        if transaction.fees.priority_fee_wei is None:
            fields["gasPrice"] = transaction.fees.max_fee_wei
        else:
            fields["type"] = 2
            fields["maxFeePerGas"] = transaction.fees.max_fee_wei
            fields["maxPriorityFeePerGas"] = transaction.fees.priority_fee_wei
        signed = self._account.sign_transaction(fields)
        return bytes(signed.raw_transaction), "0x" + bytes(signed.hash).hex()
