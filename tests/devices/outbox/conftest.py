"""A log made of paper, and a kitchen floor before a real service."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from components.kitchen_floor import GATEWAY, Floor, open_floor

from devices.client import SigningKey
from devices.outbox import Outbox

# The paper log is the client's; there are no packages under tests.
sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))

if TYPE_CHECKING:
    from paper_log import PaperLog, Stage


@pytest.fixture(scope="session")
def stage() -> "Iterator[Stage]":
    """The server on which `paper` logs are shown."""
    from paper_log import Stage

    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def paper(stage: "Stage") -> "PaperLog":
    """A new service made of paper, running."""
    return stage.show()


@pytest.fixture(scope="session")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """A school's gateway with its key and four scales."""
    with open_floor(tmp_path_factory.mktemp("floor")) as floor:
        yield floor


@pytest.fixture
def outbox(tmp_path: Path, paper: "PaperLog") -> Iterator[Outbox]:
    """An outbox for the log made of paper."""
    from paper_log import PARTY

    box = Outbox(
        tmp_path / "outbox", party=PARTY, policy=paper.policy.encode(), key=SigningKey.generate()
    )
    yield box
    box.close()


@pytest.fixture
def scales(tmp_path: Path, floor: Floor) -> Iterator[Outbox]:
    """A gateway's outbox for the real service."""
    box = Outbox(tmp_path / "gateway", party=GATEWAY, policy=floor.log.policy, key=floor.key)
    yield box
    box.close()
