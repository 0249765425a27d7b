"""Where the ledger's tests find our own vectors."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

# The transcription of the RFC beside this file is imported by its name.
sys.path.append(str(HERE))

# A shared machine stalls now and then: what counts is the answer.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Our own conformance vectors."""
    return REPOSITORY / "tests" / "vectors"
