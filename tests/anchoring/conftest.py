"""Chains for the tests of this folder and of tests/contracts."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from components.anvil import Anvil
from hypothesis import settings

from anchoring.embedded import EmbeddedChain
from anchoring.web3_chain import Web3Chain

# The helpers beside this file are imported by their names.
sys.path.append(str(Path(__file__).resolve().parent))

from rig import KEY, Rig, TreeLog

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def clock_ms() -> Callable[[], int]:
    return now_ms


@pytest.fixture
def log() -> TreeLog:
    return TreeLog()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedChain]:
    chain = EmbeddedChain(tmp_path / "chain.sqlite", key=KEY, clock_ms=now_ms)
    yield chain
    chain.close()


@pytest.fixture
def embedded_rig(embedded: EmbeddedChain) -> Rig:
    return Rig.on(embedded)


@pytest.fixture
def anvil_rig(anvil: Anvil) -> Rig:
    return Rig.on(Web3Chain(anvil.url, timeout_s=5))
