"""Deployment: once, whatever interrupts it."""

from typing import cast

import pytest
from components.anvil import Anvil
from rig import KEY, OTHER_KEY, HookedChain, Rig

from anchoring.chain import Chain
from anchoring.deploy import contract_address, deploy
from anchoring.embedded import EmbeddedChain
from anchoring.web3_chain import Web3Chain
from contracts.artifact import ledger_anchor
from ledger.errors import ConflictError, UnavailableError


def test_the_target_is_what_lies_on_the_chain(embedded: EmbeddedChain) -> None:
    target = deploy(embedded, KEY)
    identity = embedded.identity()

    assert (target.chain_id, target.genesis_hash) == (identity.chain_id, identity.genesis_hash)
    assert embedded.code(target.contract) == ledger_anchor().runtime
    assert target.code_sha256 == ledger_anchor().code_sha256
    assert target.registrant == Rig(embedded, target).address


def test_it_is_deployed_once(embedded: EmbeddedChain) -> None:
    first = deploy(embedded, KEY)
    Rig(embedded, first).transact("register", b"\x01" * 32)

    assert deploy(embedded, KEY) == first
    assert embedded.nonce(first.registrant) == 2


def test_each_account_has_its_own(embedded_rig: Rig) -> None:
    other = embedded_rig.by(OTHER_KEY)

    assert deploy(embedded_rig.chain, OTHER_KEY).contract != embedded_rig.target.contract
    assert other.address == deploy(embedded_rig.chain, OTHER_KEY).registrant


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_interrupted_deployment_is_found_again(embedded: EmbeddedChain, when: str) -> None:
    chain = HookedChain(embedded)

    def end(method: str) -> None:
        if method == "send":
            raise KeyboardInterrupt

    setattr(chain, when, end)
    with pytest.raises(KeyboardInterrupt):
        deploy(cast("Chain", chain), KEY)

    target = deploy(embedded, KEY)
    assert embedded.nonce(target.registrant) == 1


def test_a_deployment_that_waits_is_not_sent_twice(anvil: Anvil) -> None:
    chain = Web3Chain(anvil.url, timeout_s=5)
    ask = chain._eth.w3.provider.make_request
    ask("evm_setAutomine", [False])  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(UnavailableError, match="not mined yet"):
            deploy(chain, KEY, timeout_s=0.2)
    ask("evm_mine", [])  # type: ignore[arg-type]
    target = deploy(chain, KEY, timeout_s=5)

    assert chain.nonce(target.registrant) == 1
    assert target.contract == contract_address(target.registrant, 0)


def test_an_account_that_cannot_pay_is_told(embedded: EmbeddedChain) -> None:
    with pytest.raises(ConflictError, match="afford"):
        deploy(embedded, OTHER_KEY)


def test_addresses_are_those_of_the_yellow_paper() -> None:
    """anvil's first account and its first contracts: known the world over."""
    sender = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"

    assert contract_address(sender, 0) == "0x5fbdb2315678afecb367f032d93f642f64180aa3"
    assert contract_address(sender, 1) == "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512"
