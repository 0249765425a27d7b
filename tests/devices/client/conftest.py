"""The two ill-behaved peers of the client's tests (`paper_log.py`, `relay.py`)."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# The modules beside this file are imported by their names; there are no packages under tests.
sys.path.append(str(Path(__file__).resolve().parent))

if TYPE_CHECKING:
    from paper_log import PaperLog, Stage
    from relay import Relay


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


@pytest.fixture
def relay(paper: "PaperLog") -> "Iterator[Relay]":
    """A way to `paper` that can be cut."""
    from relay import Relay

    with Relay(paper.port) as way:
        yield way
