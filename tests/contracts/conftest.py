"""One contract per module on each chain: every test registers logs of its own."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from components.anvil import anvil
from components.installed import installed
from hypothesis import settings

from anchoring.embedded import EmbeddedChain
from anchoring.web3_chain import Web3Chain

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "tests" / "anchoring"))

from rig import KEY, Rig  # noqa: E402 - found beside tests/anchoring

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="module")
def embedded_contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    chain = EmbeddedChain(
        tmp_path_factory.mktemp("chain") / "chain.sqlite",
        key=KEY,
        clock_ms=lambda: time.time_ns() // 1_000_000,
    )
    yield Rig.on(chain)
    chain.close()


@pytest.fixture(scope="module", params=["embedded", "anvil"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """The contract on the embedded chain, and on anvil."""
    if request.param == "embedded":
        yield request.getfixturevalue("embedded_contract")
        return
    with installed(), anvil() as node:
        yield Rig.on(Web3Chain(node.url, timeout_s=5))


@pytest.fixture(scope="session")
def merkle_vectors(shared_vectors: Callable[[str], Path]) -> Path:
    """The vectors of transparency-dev/merkle, read where they lie."""
    return shared_vectors("transparency-dev+merkle/testdata")
