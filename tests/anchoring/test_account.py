"""Keys and signatures."""

import pytest
from eth_account import Account as EthAccount
from rig import KEY

from anchoring.account import Account, Transaction
from anchoring.chain import Fees
from ledger.errors import MalformedError


def test_the_address_is_the_keys() -> None:
    assert Account(KEY).address == "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"


@pytest.mark.parametrize("key", [b"", bytes(32), b"\xff" * 32, b"\x01" * 31, b"\x01" * 33])
def test_what_is_no_key_is_refused(key: bytes) -> None:
    with pytest.raises(MalformedError):
        Account(key)


@pytest.mark.parametrize("fees", [Fees(10, 1), Fees(10, None)])
@pytest.mark.parametrize("to", [None, "0x" + "ab" * 20])
def test_a_signature_is_the_same_each_time_and_the_accounts(fees: Fees, to: str | None) -> None:
    account = Account(KEY)
    transaction = Transaction(31337, 7, to, b"data", 100_000, fees)
    raw, tx_hash = account.sign(transaction)

    assert account.sign(transaction) == (raw, tx_hash)
    assert EthAccount.recover_transaction(raw).lower() == account.address
    assert (raw[0] == 2) is (fees.priority_fee_wei is not None)
